"""Hand over an account: plan it for a day, change or cancel it, and carry it out once the last day is over.

The account can sign in until its last day and no longer, also if nothing runs on that night. The rest happens in the
first run after it (`carry_out`), once, however often or late the run comes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from tiptracker.accounts import actions, mails
from tiptracker.accounts.account_requests import countries_of
from tiptracker.accounts.backend import default_valid_until, is_expired
from tiptracker.accounts.models import User, UserQuerySet
from tiptracker.audit.actions import record, record_all
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.handovers.belongings import copy_saved_filters, move_calendar
from tiptracker.handovers.choices import HANDED_OVER_ROLES, HandoverItemKind, HandoverStepKind
from tiptracker.handovers.mails import find_told_people, notify_called_off, notify_carried_out, notify_handover
from tiptracker.handovers.models import Handover, HandoverItem, HandoverStep
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import format_date, gettext
from tiptracker.notifications.people import find_open_accounts
from tiptracker.onboarding.actions.accounts import (
    AccountDetails,
    create_person,
    handle_person_added,
    hold_countries,
    replace_contact,
)
from tiptracker.onboarding.permissions import require_account_administrator
from tiptracker.validation import refuse_stale, update_row


class NewSuccessor(NamedTuple):
    """A successor who has no account yet. Role, ministry and countries are those of the person who leaves."""

    name: str
    email: str


def find_possible_successors(person: User, today: date) -> UserQuerySet:
    """Return the people who could take over: open accounts with the same role and the same ministry or countries."""
    people = find_open_accounts(today).filter(role=person.role, ministry=person.ministry_id).exclude(pk=person.pk)
    for country in person.countries.all():
        people = people.filter(countries=country)
    return people.exclude(email__endswith=".invalid").order_by("name", "pk")


def find_planned(person: User) -> Handover | None:
    """Return the handover of an account that still lies ahead, or None."""
    return Handover.objects.planned().filter(person=person).select_related("person", "successor", "planned_by").first()


def refuse_handover(
    *, person: User, version: int, last_day: date, successor: User | NewSuccessor, by: User, now: datetime
) -> None:
    """Refuse a handover that cannot be planned, so that a page can say so before it asks to confirm it.

    Raises EditConflict, Refused.
    """
    refuse_stale(person, version, now)
    actions.refuse_own_account(person, by)
    if person.role not in HANDED_OVER_ROLES:
        raise Refused(
            "no_handover_for_role",
            gettext("An administrator has no work to hand over. Close the account on the page of the person."),
        )
    _refuse_last_day(person, last_day, now)
    if not isinstance(successor, NewSuccessor):
        _refuse_unfit_successor(person, successor, last_day, now)
    elif successor.email.strip().lower() == person.email:
        raise Refused(
            "address_of_leaver",
            gettext("This is the address of %(name)s. Enter the address of the new person.") % {"name": person},
            field="email",
        )


@transaction.atomic
def plan_handover(
    *, person: User, version: int, last_day: date, successor: User | NewSuccessor, by: User, now: datetime
) -> Handover:
    """Plan that `successor` takes over from `person` after a last day. A planned handover is replaced.

    A new successor gets an account and an invitation in the same transaction. Everybody concerned gets a mail. If the
    last day is over already, the caller carries the handover out at once. Raises PermissionDenied, EditConflict,
    Refused.
    """
    contact_of = [country for country in hold_countries(person) if country.contact_id == person.pk]
    existing = successor.pk if isinstance(successor, User) else None
    locked = {row.pk: row for row in lock_rows(User.objects.get_queryset().filter(pk__in=[person.pk, existing]))}
    for row in locked.values():
        require_account_administrator(by, row)
    leaver = locked[person.pk]
    chosen = successor if isinstance(successor, NewSuccessor) else locked[successor.pk]
    refuse_handover(person=leaver, version=version, last_day=last_day, successor=chosen, by=by, now=now)
    earlier = find_planned(leaver)
    is_new = isinstance(chosen, NewSuccessor)
    taking_over = _create_successor(leaver, chosen, by, now) if isinstance(chosen, NewSuccessor) else chosen
    stays_open = leaver.is_active and not is_expired(leaver)
    handover = Handover.objects.create(
        person=leaver,
        successor=taking_over,
        last_day=last_day,
        earlier_last_day=earlier.earlier_last_day if earlier else leaver.valid_until_on,
        planned_by=by,
        planned_at=now,
    )
    before = leaver.valid_until_on
    if stays_open:
        leaver.valid_until_on = last_day
    leaver.version += 1
    update_row(leaver)
    told = find_told_people(leaver, countries=countries_of(leaver), contact_of=contact_of, today=now.date())
    if earlier:
        _end(earlier, HandoverStepKind.CALLED_OFF, by, now)
        if earlier.successor != taking_over:
            notify_called_off(earlier, [])
    if is_new:
        mails.send_invitation(taking_over)
    notify_handover(handover, told, is_contact=bool(contact_of))
    if is_new:
        handle_person_added(taking_over, by=by)
        record("person.invited", by=by, row=taking_over)
    _log("person.handover_planned", handover, by, {"valid_until_on": before}, {"valid_until_on": last_day})
    return handover


@transaction.atomic
def call_off_handover(*, person: User, version: int, by: User, now: datetime) -> Handover:
    """Cancel the planned handover of `person`. The account gets its earlier last day back.

    The account of a new successor stays, because it may be in use. Raises PermissionDenied, EditConflict, Refused.
    """
    contact_of = [country for country in hold_countries(person) if country.contact_id == person.pk]
    leaver = User.objects.get_queryset().select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    require_account_administrator(by, leaver)
    refuse_stale(leaver, version, now)
    handover = find_planned(leaver)
    if handover is None:
        raise Refused("not_planned", gettext("No handover of this account is planned. Reload the page."))
    _end(handover, HandoverStepKind.CALLED_OFF, by, now)
    returns_to = handover.earlier_last_day
    if leaver.is_active and (returns_to is None or returns_to >= now.date()):
        leaver.valid_until_on = returns_to
    leaver.version += 1
    update_row(leaver)
    told = find_told_people(leaver, countries=countries_of(leaver), contact_of=contact_of, today=now.date())
    notify_called_off(handover, told)
    became = {"valid_until_on": leaver.valid_until_on}
    _log("person.handover_called_off", handover, by, {"valid_until_on": handover.last_day}, became)
    return handover


def find_due_handovers(*, now: datetime) -> list[Handover]:
    """Return the planned handovers whose last day is over where the person works, or whose account is closed."""
    planned = Handover.objects.planned().select_related("person__ministry__country", "successor")
    return [handover for handover in planned.order_by("pk") if is_due(handover.person, handover.last_day, now)]


@transaction.atomic
def carry_out(*, handover: Handover, counted: Mapping[HandoverItemKind, int], now: datetime) -> bool:
    """Close the account and hand over what is left, once. Return whether that happened now.

    It is done in the name of the administrator who planned it. `counted` is what the post or ministry keeps of the
    person's work, such as drafts. A successor who has not accepted the invitation is invited again. If the successor
    may no longer take over, the account is closed all the same and the handover lapses: nothing is lost, and an
    administrator names another successor.
    """
    countries = hold_countries(handover.person)
    keys = [handover.person_id, handover.successor_id]
    locked = {row.pk: row for row in lock_rows(User.objects.get_queryset().filter(pk__in=keys))}
    leaver, successor = locked[handover.person_id], locked[handover.successor_id]
    planned = find_planned(leaver)
    if planned != handover or not is_due(leaver, handover.last_day, now):
        return False  # an earlier run, or another one at the same time, has done it
    by = planned.planned_by
    fits = find_possible_successors(leaver, now.date()).filter(pk=successor.pk).exists()
    stood, was = actions.snapshot_account(leaver), {"is_active": True, "valid_until_on": leaver.valid_until_on}
    was_open = leaver.is_active
    if was_open:
        leaver.is_active = False
        leaver.valid_until_on = min(filter(None, (handover.last_day, leaver.valid_until_on)))
        leaver.version += 1
        update_row(leaver)
    ended = actions.revoke_access(leaver)
    contact_of = [country for country in countries if country.contact_id == leaver.pk]
    counts = dict(counted) if fits else {}
    counts[HandoverItemKind.TOKENS] = len(ended)
    counts[HandoverItemKind.CALENDAR] = int(move_calendar(leaver, successor if fits else None))
    if fits:
        counts[HandoverItemKind.SAVED_FILTERS] = copy_saved_filters(leaver, successor, now)
        counts[HandoverItemKind.CONTACT] = len(contact_of)
    _end(planned, HandoverStepKind.CARRIED_OUT if fits else HandoverStepKind.LAPSED, None, now)
    HandoverItem.objects.bulk_create(
        [HandoverItem(handover=planned, kind=kind, number=number) for kind, number in counts.items() if number]
    )
    is_invited_again = fits and not successor.has_usable_password()
    if is_invited_again:  # the link of the first invitation works for a week, and may be over
        mails.send_invitation(successor)
    if fits:
        notify_carried_out(planned, is_contact=bool(contact_of))
    changed = replace_contact(leaver, countries, successor if fits else None)
    actions.handle_account_change(person=leaver, before=stood, by=by, revoked=ended)
    if was_open:
        became = {"is_active": False, "valid_until_on": leaver.valid_until_on}
        record("person.account_closed", by=by, row=leaver, before=was, after=became)
    record_all(changed, by=by)
    if is_invited_again:
        record("person.invited", by=by, row=successor)
    verb = "person.handover_carried_out" if fits else "person.handover_lapsed"
    _log(verb, planned, by, None, {str(kind): number for kind, number in counts.items() if number})
    return True


def is_due(person: User, last_day: date, now: datetime) -> bool:
    """Return whether the account is closed, or its last day is over in every country where the person works."""
    zones = [ZoneInfo(country.time_zone) for country in countries_of(person)]
    return not person.is_active or all(now.astimezone(zone).date() > last_day for zone in zones)


def _refuse_last_day(leaver: User, last_day: date, now: datetime) -> None:
    can_sign_in = leaver.is_active and not is_expired(leaver)
    if not can_sign_in and last_day >= now.date():
        raise Refused(
            "account_over",
            gettext("%(name)s can no longer sign in. Enter the last day on which %(name)s worked, before today.")
            % {"name": leaver},
            field="last_day",
        )
    takes_over = Handover.objects.planned().filter(successor=leaver, last_day__gte=last_day).select_related("person")
    if other := takes_over.first():
        raise Refused(
            "takes_over_later",
            gettext("%(name)s is to take over from %(other)s after %(date)s. Change or cancel that handover first.")
            % {"name": leaver, "other": other.person, "date": format_date(other.last_day)},
            field="last_day",
        )


def _create_successor(leaver: User, typed: NewSuccessor, by: User, now: datetime) -> User:
    countries = list(leaver.countries.all())
    account = AccountDetails(typed.name, Role(leaver.role), leaver.ministry, countries, default_valid_until())
    return create_person(account, typed.email, by=by, now=now)


def _refuse_unfit_successor(leaver: User, successor: User, last_day: date, now: datetime) -> None:
    if not find_possible_successors(leaver, now.date()).filter(pk=successor.pk).exists():
        raise Refused(
            "another_scope",
            gettext(
                "%(successor)s cannot take over from %(name)s. A successor has an open account with the same role, and "
                "the same ministry or countries. Change the account of %(successor)s first, or choose another person."
            )
            % {"successor": successor, "name": leaver},
            field="successor",
        )
    if successor.valid_until_on and successor.valid_until_on <= last_day:
        raise Refused(
            "successor_ends_first",
            gettext("The last day of %(successor)s is %(date)s. Save a later one first, or choose another person.")
            % {"successor": successor, "date": format_date(successor.valid_until_on)},
            field="successor",
        )


def _end(handover: Handover, kind: HandoverStepKind, by: User | None, now: datetime) -> None:
    HandoverStep.objects.create(handover=handover, kind=kind, by=by, at=now)


def _log(verb: str, handover: Handover, by: User, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    """Record the event in the log of each of the person's countries."""
    said = {"name": handover.person.name, "successor": handover.successor.name} | after
    for country in sorted(countries_of(handover.person), key=str):
        record(verb, by=by, row=handover.person, country=country, before=before, after=said)
