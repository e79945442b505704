"""Read the standpoint of a readiness page (edition, day and moment of knowledge) and build its form."""

from django.utils.timezone import localtime

from recommendations.edition_context import EditionRequest
from reports import request_params
from reports.forms import StandpointForm
from reports.request_params import RequestedStandpoint
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.web.frontend.form_rows import add_refusal


def read_standpoint(request: EditionRequest) -> tuple[RequestedStandpoint | None, StandpointForm]:
    """Return the requested standpoint and its form. An invalid standpoint is None, and the form has the error."""
    edition = request.edition
    try:
        standpoint = request_params.parse_standpoint(request.GET, edition)
    except Refused as refusal:
        form = StandpointForm(request.GET, edition=edition)
        add_refusal(form, refusal)
        return None, form
    known_on = localtime(standpoint.known_by).date() if standpoint.known_by else None
    initial = {"as_of": standpoint.as_of, "known_on": known_on}
    return standpoint, StandpointForm(initial=initial, edition=edition, today=standpoint.today)


def pin_known_by(standpoint: RequestedStandpoint) -> RequestedStandpoint:
    """Return the standpoint with its moment of knowledge set, to now if none was named.

    The address of the result then always requests the same.
    """
    return standpoint._replace(known_by=standpoint.known_by or clock.now(standpoint.edition.country.time_zone))
