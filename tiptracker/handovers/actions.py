"""What a successor does with a handover: close the page about it, and take over the choices about mails."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.handovers.belongings import own_frequencies
from tiptracker.handovers.choices import HandoverStepKind
from tiptracker.handovers.models import Handover
from tiptracker.localization import gettext
from tiptracker.notifications.preferences import read_digest_times, read_frequencies, save_preferences


@transaction.atomic
def mark_seen(*, handover: Handover, by: User, now: datetime) -> None:
    """Record that the successor has read the page, which then no longer opens first. Raises PermissionDenied."""
    if handover.successor_id != by.pk:
        raise PermissionDenied
    list(User.objects.get_queryset().filter(pk=by.pk).select_for_update(no_key=True, of=("self",)))
    handover.steps.get_or_create(kind=HandoverStepKind.SEEN, defaults={"by": by, "at": now})


@transaction.atomic
def take_over_notice_settings(*, handover: Handover, by: User, today: date) -> None:
    """Give the successor the choices about mails of the person who left. Raises PermissionDenied, Refused."""
    if handover.successor_id != by.pk:
        raise PermissionDenied
    chosen = own_frequencies(handover.person)
    times = read_digest_times(handover.person)
    if not chosen and times == read_digest_times(by):
        raise Refused("unchanged", gettext("Your choices about mails are the same already."))
    save_preferences(frequencies={**read_frequencies(by), **chosen}, times=times, by=by, today=today)


def refuse_planned_handover(person: User, *, takes_over: bool) -> None:
    """Refuse a change of an account while a handover of it is planned; with `takes_over`, also one to it.

    Raises Refused.
    """
    planned = Handover.objects.planned().select_related("person", "successor")
    concerned = Q(person=person) | Q(successor=person) if takes_over else Q(person=person)
    if handover := planned.filter(concerned).first():
        raise Refused(
            "handover_planned",
            gettext(
                "A handover from %(name)s to %(successor)s is planned. Change or cancel it first, on the page “Hand "
                "over an account” of %(name)s."
            )
            % {"name": handover.person, "successor": handover.successor},
        )
