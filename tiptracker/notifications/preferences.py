"""What a person chooses about mails: how often for each kind of notice, and the hour and days of digests."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from tiptracker.accounts.models import User
from tiptracker.choices import MINISTRY_ROLES, Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.notifications.choices import KIND_RULES, Audience, Frequency, NoticeKind
from tiptracker.notifications.digest_times import DigestTimes
from tiptracker.notifications.models import DigestSchedule, NoticeFrequency
from tiptracker.notifications.people import find_open_accounts

_AUDIENCES: Mapping[str, frozenset[Audience]] = {
    Role.FOCAL_POINT: frozenset({Audience.FOCAL_POINTS, Audience.INVITED}),
    Role.OFFICER: frozenset(Audience) - {Audience.FOCAL_POINTS, Audience.AMBASSADORS},
    Role.AMBASSADOR: frozenset(Audience) - {Audience.FOCAL_POINTS, Audience.OFFICERS},
}
OWN_COMMITMENT_KINDS = (NoticeKind.DUE_SOON, NoticeKind.OVERDUE)
"""Kinds that officers get too: about the commitments of the United States."""


def kinds_for_role(role: str) -> list[NoticeKind]:
    """Return the kinds of notice that people of a role can get. Empty for roles that get none."""
    audiences = _AUDIENCES.get(role, frozenset())
    return [
        kind
        for kind, rule in KIND_RULES.items()
        if rule.audience in audiences or (role == Role.OFFICER and kind in OWN_COMMITMENT_KINDS)
    ]


def read_frequencies(person: User) -> dict[NoticeKind, Frequency]:
    """Return how often the person wants mails about each kind that they can get."""
    chosen = {row.kind: Frequency(row.frequency) for row in NoticeFrequency.objects.filter(person=person)}
    return {kind: chosen.get(kind, KIND_RULES[kind].frequency) for kind in kinds_for_role(person.role)}


def read_digest_times(person: User) -> DigestTimes:
    """Return when the person wants digests."""
    schedule = DigestSchedule.objects.filter(person=person).first()
    return schedule.times if schedule else DigestTimes()


@transaction.atomic
def save_preferences(*, frequencies: Mapping[NoticeKind, Frequency], times: DigestTimes, by: User, today: date) -> None:
    """Save how often and when the person wants mails.

    Raises Refused (code "last_recipient") if nobody of the ministry would be told of something required.
    """
    _lock_person(by)
    for kind in _find_kinds_without_recipient(by, frequencies, today):
        sentence = gettext(
            "You are the only person of your ministry who gets mails of the kind “%(kind)s”. Choose at once, once a "
            "day or once a week, or ask a colleague to choose mails first."
        )
        raise Refused("last_recipient", sentence % {"kind": kind.label}, field=kind)
    for kind, frequency in frequencies.items():
        NoticeFrequency.objects.update_or_create(person=by, kind=kind, defaults={"frequency": frequency})
    DigestSchedule.objects.update_or_create(person=by, defaults=times._asdict())


@transaction.atomic
def stop_mails(*, person: User, today: date) -> list[NoticeKind]:
    """Stop the mails of all kinds that the person may switch off. Return the kinds that go on."""
    _lock_person(person)
    kinds = kinds_for_role(person.role)
    required = _find_kinds_without_recipient(person, dict.fromkeys(kinds, Frequency.NEVER), today)
    for kind in kinds:
        if kind not in required:
            NoticeFrequency.objects.update_or_create(person=person, kind=kind, defaults={"frequency": Frequency.NEVER})
    return required


def _find_kinds_without_recipient(
    person: User, frequencies: Mapping[NoticeKind, Frequency], today: date
) -> list[NoticeKind]:
    """Return the required kinds of which nobody of the person's ministry would be told with these frequencies."""
    if person.role not in MINISTRY_ROLES:
        return []
    stopped = [
        kind for kind, frequency in frequencies.items() if frequency is Frequency.NEVER and KIND_RULES[kind].is_required
    ]
    colleagues = set(
        find_open_accounts(today).filter(ministry=person.ministry_id).exclude(pk=person.pk).values_list("pk", flat=True)
    )
    return [kind for kind in stopped if not colleagues - _people_without(kind, colleagues)]


def _people_without(kind: NoticeKind, people: Sequence[int] | set[int]) -> set[int]:
    rows = NoticeFrequency.objects.filter(person__in=people, kind=kind, frequency=Frequency.NEVER)
    return set(rows.values_list("person", flat=True))


def _lock_person(person: User) -> None:
    """Lock the people of the ministry, so that two colleagues cannot both become the last to switch off."""
    people = User.objects.get_queryset()
    own = people.filter(ministry=person.ministry_id) if person.ministry_id else people.filter(pk=person.pk)
    list(own.order_by("pk").select_for_update(no_key=True, of=("self",)))
