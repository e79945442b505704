"""Read which edition, day and moment of knowledge a page of readiness is to show, and build the form for them."""

from django.utils.timezone import localtime

from recommendations.edition_context import EditionRequest
from reports import request_params
from reports.forms import RecordMomentForm
from reports.request_params import RequestedMoment
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.web.frontend.form_rows import add_refusal


def read_record_moment(request: EditionRequest) -> tuple[RequestedMoment | None, RecordMomentForm]:
    """Return the requested moment of the record and its form. An invalid one is None, and the form has the error."""
    edition = request.edition
    try:
        record_moment = request_params.parse_record_moment(request.GET, edition)
    except Refused as refusal:
        form = RecordMomentForm(request.GET, edition=edition)
        add_refusal(form, refusal)
        return None, form
    known_on = localtime(record_moment.known_by).date() if record_moment.known_by else None
    initial = {"as_of": record_moment.as_of, "known_on": known_on}
    return record_moment, RecordMomentForm(initial=initial, edition=edition, today=record_moment.today)


def pin_known_by(record_moment: RequestedMoment) -> RequestedMoment:
    """Return the moment of the record with its moment of knowledge set, to now if none was named.

    The address of the result then always requests the same.
    """
    return record_moment._replace(known_by=record_moment.known_by or clock.now(record_moment.edition.country.time_zone))
