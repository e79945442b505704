"""Who was invited to a dialogue, as lines for its page."""

from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from dialogues.dialogue_occasions import DIALOGUE
from dialogues.models import Dialogue
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import format_short_date, gettext, gettext_noop
from tiptracker.notifications.invitations import InvitationStep, InvitedPerson, find_told_people
from tiptracker.notifications.people import find_open_accounts

_SENTENCES = {
    InvitationStep.INVITED: gettext_noop("Invited on %(date)s: %(people)s"),
    InvitationStep.CHANGED: gettext_noop("Told on %(date)s of another day or place: %(people)s"),
    InvitationStep.CANCELLED: gettext_noop("Told on %(date)s that they need not come: %(people)s"),
}


def list_invitations(reader: User, dialogue: Dialogue) -> list[str]:
    """Return who was told what of the invitation to a dialogue, a line for each day, in their order.

    For example "Invited on 24 Jan 2022: Ann Lee (embassy); Lineo Sello (Police)".
    """
    zone = ZoneInfo(dialogue.country.time_zone)
    groups: dict[tuple[InvitationStep, date], list[InvitedPerson]] = defaultdict(list)
    for told in find_told_people(DIALOGUE, dialogue.pk, reader):
        groups[told.step, told.at.astimezone(zone).date()].append(told)
    return [
        gettext(_SENTENCES[step]) % {"date": format_short_date(day), "people": _name_people(people)}
        for (step, day), people in groups.items()
    ]


def find_unreachable(reader: User, dialogue: Dialogue, today: date) -> list[Ministry]:
    """Return the ministries at the table of which nobody has an account, so that nobody gets the invitation."""
    at_the_table = dialogue.participants.at_the_table().values("ministry")
    ministries = Ministry.objects.visible_to(reader).filter(pk__in=at_the_table)
    reachable = find_open_accounts(today).filter(ministry__isnull=False).values("ministry")
    return list(ministries.exclude(pk__in=reachable).order_by("short_name"))


def _name_people(told: list[InvitedPerson]) -> str:
    """Name people by their office, the embassy first: "Ann Lee, Tom Ray (embassy); Lineo Sello (Police)"."""
    by_office: dict[str, list[str]] = defaultdict(list)
    for each in sorted(told, key=_order):
        ministry = each.person.ministry
        by_office[ministry.short_name if ministry else gettext("embassy")].append(_name(each))
    values = ({"people": ", ".join(names), "office": office} for office, names in by_office.items())
    return "; ".join(gettext("%(people)s (%(office)s)") % each for each in values)


def _order(told: InvitedPerson) -> tuple[str, str]:
    return told.person.ministry.short_name if told.person.ministry else "", told.person.name


def _name(told: InvitedPerson) -> str:
    if told.has_failed:
        return gettext("%(person)s – the mail did not arrive") % {"person": told.person.name}
    if told.wants_no_mail:
        return gettext("%(person)s – no mail, by their own choice") % {"person": told.person.name}
    return told.person.name
