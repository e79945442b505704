"""Read the standpoint of a readiness page (edition, day and moment of knowledge) and build its form."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.timezone import localtime

from recommendations.edition_context import EditionRequest
from recommendations.models import Edition
from reports import request_params
from reports.forms import StandpointForm
from reports.permissions import can_read_readiness
from reports.request_params import RequestedStandpoint
from tiptracker import clock
from tiptracker.errors import Refused


class ParsedStandpoint(NamedTuple):
    """The requested standpoint, or None if it is invalid: then `form` has the error and `status` is 422."""

    asked: RequestedStandpoint | None
    form: StandpointForm
    status: int = 200


def require_readable_edition(request: EditionRequest) -> Edition:
    """Return the page's edition. Raises PermissionDenied if the user may not read its readiness."""
    if not can_read_readiness(request.user, request.edition):
        raise PermissionDenied
    return request.edition


def pin_known_by(asked: RequestedStandpoint) -> RequestedStandpoint:
    """Return the standpoint with its moment of knowledge set, to now if none was named.

    The address of the result then always requests the same.
    """
    return asked._replace(known_by=asked.known_by or clock.now(asked.edition.country.time_zone))


def read_standpoint(request: EditionRequest) -> ParsedStandpoint:
    """Return the requested standpoint. Raises PermissionDenied if the user may not read readiness."""
    edition = require_readable_edition(request)
    try:
        asked = request_params.parse_standpoint(request.GET, edition)
    except Refused as refusal:
        form = StandpointForm(request.GET, edition=edition)
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return ParsedStandpoint(None, form, 422)
    known_on = localtime(asked.known_by).date() if asked.known_by else None
    form = StandpointForm(initial={"as_of": asked.as_of, "known_on": known_on}, edition=edition, today=asked.today)
    return ParsedStandpoint(asked, form)
