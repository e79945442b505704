"""From where a page of readiness looks at the record: the edition, the day, the moment; and the form that asks."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.timezone import localtime

from recommendations.models import Edition
from reports import asking
from reports.asking import Asked
from reports.forms import StandpointForm
from reports.permissions import can_read_readiness
from tiptracker import clock
from tiptracker.pages import SignedIn
from tiptracker.refusals import Refused


class Looked(NamedTuple):
    """What was asked for, or None where it can't be meant (the form says why) or no edition is followed (no form).

    `status` is 422 where it was refused.
    """

    asked: Asked | None
    form: StandpointForm | None
    status: int = 200


def readable_edition(request: SignedIn) -> Edition | None:
    """The edition asked for, or None where none is followed.

    Raises PermissionDenied for whoever may not read readiness, and Refused for an edition that isn't there.
    """
    if not request.user.is_embassy:
        raise PermissionDenied
    edition = asking.edition(request)
    if edition is not None and not can_read_readiness(request.user, edition):
        raise PermissionDenied
    return edition


def fixed(asked: Asked) -> Asked:
    """The same with its moment of knowledge, now where none was named: its address asks for the same for good."""
    return asked._replace(known_by=asked.known_by or clock.now(asked.edition.country.time_zone))


def look(request: SignedIn) -> Looked:
    """What the address asks for. Raises PermissionDenied for whoever may not read readiness."""
    edition = None
    try:
        edition = readable_edition(request)
        if edition is None:
            return Looked(None, None)
        asked = asking.asked_for(request.GET, edition)
    except Refused as refusal:
        form = StandpointForm(request.GET, edition=edition)
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return Looked(None, form, 422)
    known_on = localtime(asked.known_by).date() if asked.known_by else None
    form = StandpointForm(
        initial={"edition": edition.pk, "as_of": asked.as_of, "known_on": known_on}, edition=edition, today=asked.today
    )
    return Looked(asked, form)
