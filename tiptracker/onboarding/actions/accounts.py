"""What an administrator does to accounts: add people, change their details, close and reopen accounts.

An administrator alone cannot change the address of an account that has a password, or remove a second step: see
`tiptracker.accounts.account_requests`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from tiptracker.accounts import actions, lockouts, mails
from tiptracker.accounts.account_requests import countries_of
from tiptracker.accounts.backend import Backend, is_expired
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.accounts.permissions import administers_installation
from tiptracker.audit.actions import AuditEvent, record, record_all
from tiptracker.choices import EMBASSY_ROLES, MINISTRY_ROLES, Role
from tiptracker.errors import Refused
from tiptracker.handovers.actions import refuse_planned_handover
from tiptracker.handovers.models import Handover
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import gettext, gettext_noop
from tiptracker.onboarding.actions.countries import contact_choices
from tiptracker.onboarding.permissions import can_give_access, require_account_administrator
from tiptracker.validation import refuse_stale, require_text, update_row


class AccountDetails(NamedTuple):
    """What an administrator sets for a person.

    `ministry` is only for focal points, `countries` for embassy roles and administrators of posts.
    """

    name: str
    role: Role
    ministry: Ministry | None
    countries: Sequence[Country]
    until: date | None

    @property
    def accessible_countries(self) -> set[Country]:
        """The countries that these details give access to; none for an administrator of the installation."""
        return {self.ministry.country} if self.ministry else set(self.countries)

    @property
    def is_for_installation(self) -> bool:
        """Whether the person is an administrator of the whole installation."""
        return self.role == Role.ADMINISTRATOR and not self.countries


def account_details(person: User) -> AccountDetails:
    """Return the current details of a person."""
    countries = list(person.countries.all())
    return AccountDetails(person.name, Role(person.role), person.ministry, countries, person.valid_until_on)


PAST_DAY_MESSAGE = gettext_noop("This date has passed. Enter the last day on which the person may sign in.")


class CountryMoveUnconfirmed(Refused):
    """A change that gives a person another country, or the whole installation, and needs a confirmation first.

    `seal` names exactly the change in question; sending it with the form confirms that change. Without `joins`, it is
    about the whole installation.
    """

    def __init__(self, *, leaves: Iterable[Country], joins: Iterable[Country], seal: str) -> None:
        super().__init__(
            "country_move_unconfirmed",
            gettext("This change gives the person access to another country. Confirm it first."),
        )
        self.leaves, self.joins, self.seal = leaves, joins, seal


@transaction.atomic
def add_person(*, account: AccountDetails, email: str, by: User, now: datetime) -> User:
    """Create an account without a password. Raises PermissionDenied, Refused."""
    person = create_person(account, email, by=by, now=now)
    handle_person_added(person, by=by)
    return person


def create_person(
    account: AccountDetails, email: str, *, by: User, now: datetime, field: Callable[[str], str] = str
) -> User:
    """Create a person within the current transaction. Raises PermissionDenied, Refused.

    `field` gives a field's name for a refusal, if the form has several lines.
    """
    if not can_give_access(by, account.role, account.accessible_countries):
        raise PermissionDenied
    name = require_text(account.name, gettext("Enter the person’s name."), field=field("name"))
    email = require_text(email, gettext("Enter the person’s e-mail address."), field=field("email")).lower()
    _refuse_invalid_details(account, field)
    _refuse_taken_email(email, field("email"), by)
    person = User.objects.create_user(
        email,
        name=name,
        role=account.role,
        ministry=account.ministry,
        valid_until_on=account.until,
        role_given_by=by,
        role_given_at=now,
    )
    person.countries.set(account.countries)
    return person


def handle_person_added(person: User, *, by: User) -> None:
    """Write the log entries for a person who was added."""
    actions.handle_account_change(
        person=person,
        before=None,
        by=by,
        first=AuditEvent("user.added", person, after={"email": person.email, "is_active": True} | _log_fields(person)),
    )


@transaction.atomic
def change_person(
    *, person: User, version: int, account: AccountDetails, confirmed: str, by: User, now: datetime
) -> User:
    """Change a person's details. `confirmed` is the seal of a move to another country that the page has asked about.

    If the contact person of a country is no longer an officer there, it has no contact person until a new one is named.
    Raises PermissionDenied, EditConflict, CountryMoveUnconfirmed, Refused.
    """
    countries = hold_countries(person)
    others = _lock_administrators(person)
    locked = _lock_person(person, version, by, now)
    if person == by or not can_give_access(by, account.role, account.accessible_countries):
        raise PermissionDenied
    if not account.is_for_installation:
        _refuse_last_administrator(locked, others)
    name = require_text(account.name, gettext("Enter the person’s name."), field="name")
    if account.until != locked.valid_until_on or locked.is_active:
        _refuse_invalid_details(account, str)
    _refuse_unconfirmed_move(locked, account, confirmed)
    before, stood = _log_fields(locked), actions.snapshot_account(locked)
    locked.name, locked.role, locked.ministry = name, account.role, account.ministry
    locked.valid_until_on = account.until
    locked.countries.set(account.countries)
    after = _log_fields(locked)
    changed = [key for key in after if before[key] != after[key]]
    if not changed:
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or cancel."))
    changes_access = bool({"role", "ministry", "countries"} & set(changed))
    if changes_access or "valid_until_on" in changed:
        refuse_planned_handover(locked, takes_over=changes_access)
    if changes_access:
        locked.role_given_by, locked.role_given_at = by, now
    _save_new_version(locked)
    actions.handle_account_change(person=locked, before=stood, by=by)
    was, became = {key: before[key] for key in changed}, {key: after[key] for key in changed}
    record("user.changed", by=by, row=locked, before=was, after=became)
    stays = set(account.countries) if account.role == Role.OFFICER else set()
    gone = [country for country in countries if country not in stays]
    record_all(replace_contact(locked, gone, None), by=by)
    return locked


@transaction.atomic
def rename_person(*, person: User, version: int, name: str, by: User, now: datetime) -> User:
    """Change only the name; also allowed for one's own account. Raises PermissionDenied, EditConflict, Refused."""
    locked = _lock_person(person, version, by, now)
    before, locked.name = locked.name, require_text(name, gettext("Enter the person’s name."), field="name")
    if before == locked.name:
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or cancel."))
    _save_new_version(locked)
    record("user.changed", by=by, row=locked, before={"name": before}, after={"name": locked.name})
    return locked


@transaction.atomic
def change_unused_address(*, person: User, version: int, email: str, by: User, now: datetime) -> User:
    """Correct the address of a person who has no password yet. Earlier links become void.

    The caller sends a new invitation. The account counts as created by the person who gave it this address. Raises
    PermissionDenied, EditConflict, Refused.
    """
    locked = _lock_person(person, version, by, now)
    if locked.has_usable_password():
        raise Refused(
            "has_password",
            gettext("%(name)s has a password. Request the new address instead.") % {"name": locked},
            field="email",
        )
    if not locked.is_active:
        raise Refused(
            "closed",
            gettext("The account of %(name)s is closed. Open it first, then change the address.") % {"name": locked},
            field="email",
        )
    email = require_text(email, gettext("Enter the person’s e-mail address."), field="email").lower()
    if email == locked.email:
        raise Refused(
            "unchanged", gettext("The account already has this address. Enter another address."), field="email"
        )
    _refuse_taken_email(email, "email", by)
    stood, before = actions.snapshot_account(locked), locked.email
    locked.email, locked.role_given_by, locked.role_given_at = email, by, now
    _save_new_version(locked)
    actions.handle_account_change(person=locked, before=stood, by=by)
    record("user.changed", by=by, row=locked, before={"email": before}, after={"email": email})
    for country in sorted(countries_of(locked), key=str):
        after = {"name": locked.name, "email": email}
        record("person.address_changed", by=by, row=locked, country=country, before={"email": before}, after=after)
    return locked


@transaction.atomic
def close_account(*, person: User, version: int, today: date, by: User, now: datetime) -> User:
    """Close an account as of today and end its sign-ins and tokens.

    The person is no longer the contact person of any country. If a handover is planned, its successor is, and the rest
    of it follows in the next run. Raises PermissionDenied, EditConflict, Refused.
    """
    countries = hold_countries(person)
    others = _lock_administrators(person)
    locked = _lock_person(person, version, by, now)
    _refuse_own_account(locked, by)
    if not locked.is_active:
        raise Refused("already_closed", gettext("The account of %(name)s is already closed.") % {"name": locked})
    _refuse_last_administrator(locked, others)
    stood, before = actions.snapshot_account(locked), locked.valid_until_on
    locked.is_active = False
    locked.valid_until_on = min(today, before or today)
    _save_new_version(locked)
    actions.handle_account_change(person=locked, before=stood, by=by)
    was = {"is_active": True, "valid_until_on": before}
    became = {"is_active": False, "valid_until_on": locked.valid_until_on}
    record("person.account_closed", by=by, row=locked, before=was, after=became)
    planned = Handover.objects.planned().filter(person=locked).select_related("successor").first()
    record_all(replace_contact(locked, countries, planned.successor if planned else None), by=by)
    return locked


@transaction.atomic
def reopen_account(*, person: User, version: int, until: date, by: User, now: datetime) -> User:
    """Let a person sign in again until and including a day. Earlier sign-ins and tokens stay ended.

    The role counts as newly given. Raises PermissionDenied, EditConflict, Refused.
    """
    locked = _lock_person(person, version, by, now)
    _refuse_own_account(locked, by)
    refuse_past_day(until, "until")
    if locked.is_active:
        raise Refused(
            "already_open",
            gettext("The account of %(name)s is already open. Change its last day instead.") % {"name": locked},
            field="until",
        )
    stood, before = actions.snapshot_account(locked), locked.valid_until_on
    locked.is_active, locked.valid_until_on = True, until
    locked.role_given_by, locked.role_given_at = by, now
    _save_new_version(locked)
    actions.handle_account_change(person=locked, before=stood, by=by)
    was, became = {"is_active": False, "valid_until_on": before}, {"is_active": True, "valid_until_on": until}
    record("person.account_reopened", by=by, row=locked, before=was, after=became)
    return locked


@transaction.atomic
def end_sign_ins_and_tokens(*, person: User, by: User) -> None:
    """End every sign-in and API token of a person. Raises PermissionDenied."""
    require_account_administrator(by, person)
    count = actions.end_sign_ins(person)
    ended = actions.revoke_access(person)
    mails.notify_sign_in_changed(person, gettext_noop("An administrator ended all your sign-ins and API tokens."))
    record_all([*ended, AuditEvent("person.sign_ins_ended", person, after={"ended": count})], by=by)


@transaction.atomic
def lift_lock_out(*, person: User, by: User) -> None:
    """Lift the lock-out of a person after failed attempts. Raises PermissionDenied, Refused."""
    require_account_administrator(by, person)
    _refuse_own_account(person, by)
    mails.notify_sign_in_changed(
        person,
        gettext_noop("Your account was locked after too many failed attempts. An administrator unlocked it."),
    )
    record("person.lock_out_lifted", by=by, row=person)
    transaction.on_commit(lambda: lockouts.clear_failed_attempts(person))


def hold_countries(person: User) -> list[Country]:
    """Lock and return the countries that a person works on or is the contact person of, before the person is locked."""
    countries = Country.objects.filter(Q(contact=person) | Q(users=person)).values("pk")
    return lock_rows(Country.objects.filter(pk__in=countries))


def replace_contact(person: User, countries: Iterable[Country], successor: User | None) -> list[AuditEvent]:
    """Put `successor` (None: nobody) in the place of `person` as contact person of those of `countries` that name them.

    The countries must be locked. Returns the events that the activity log must record. A successor who may not be the
    contact person of a country does not become it.
    """
    events = []
    for country in countries:
        if country.contact_id == person.pk:
            may = successor is not None and contact_choices(country).filter(pk=successor.pk).exists()
            country.contact = successor if may else None
            country.version += 1
            update_row(country)
            was, became = {"contact": person.name}, {"contact": country.contact.name if country.contact else None}
            events.append(AuditEvent("country.changed", country, was, became, country=country))
    return events


def _lock_administrators(person: User) -> list[User]:
    """Lock the administrators of the installation who may sign in, and return those besides `person`.

    Only if `person` is an administrator, and before that person is locked: so two administrators who change each other
    at once wait for one another.
    """
    if person.role != Role.ADMINISTRATOR:
        return []
    keys = User.objects.get_queryset().of_installation().filter(is_active=True).values("pk")
    found = lock_rows(User.objects.get_queryset().filter(Q(pk__in=keys) | Q(pk=person.pk)))
    return [
        row
        for row in found
        if row != person
        and row.has_usable_password()
        and Backend().user_can_authenticate(row)
        and administers_installation(row)
    ]


def _refuse_last_administrator(person: User, others: Sequence[User]) -> None:
    """Refuse to end the role of the last person who can administer the installation."""
    if not others and administers_installation(person):
        raise Refused(
            "last_administrator",
            gettext(
                "%(name)s is the last administrator of the whole installation who can sign in. Add another one first."
            )
            % {"name": person},
            field="countries",
        )


def _lock_person(person: User, version: int, by: User, now: datetime) -> User:
    locked = User.objects.get_queryset().select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    require_account_administrator(by, locked)
    refuse_stale(locked, version, now)
    return locked


def _save_new_version(person: User) -> None:
    person.version += 1
    update_row(person)


def _refuse_own_account(person: User, by: User) -> None:
    if person == by:
        raise Refused("own_account", gettext("You cannot do this to your own account. Ask another administrator."))


def refuse_past_day(until: date | None, field: str) -> None:
    """Refuse a last day that is over."""
    if is_expired(User(valid_until_on=until)):
        raise Refused("past_day", gettext(PAST_DAY_MESSAGE), field=field)


def find_invalid_details(
    role: Role, ministry: Ministry | None, countries: Sequence[Country]
) -> Iterator[tuple[str, str, str]]:
    """Yield what does not fit the role: the field, the code of the refusal, and a sentence."""
    if role in MINISTRY_ROLES and ministry is None:
        yield "ministry", "required", gettext("Choose the ministry of the focal point.")
    if role not in MINISTRY_ROLES and ministry is not None:
        yield "ministry", "ministry_not_for_role", gettext("Only a focal point belongs to a ministry. Choose “None”.")
    if role in EMBASSY_ROLES and not countries:
        yield "countries", "required", gettext("Choose at least one country.")
    if role in MINISTRY_ROLES and countries:
        sentence = gettext("A focal point has the country of the ministry. Remove the countries.")
        yield "countries", "countries_not_for_role", sentence


def find_person_by_email(email: str) -> User | None:
    """Return the person whose account has this address, or None."""
    return User.objects.get_queryset().filter(email=email.strip().lower()).first()


def describe_taken_email(person: User, reader: User) -> str:
    """Return the error sentence for an address that another account has. It is named if the reader may see it."""
    if not User.objects.visible_to(reader).filter(pk=person.pk).exists():
        return gettext("Another account has this address. Enter another address.")
    named = {"name": person, "role": person.get_role_display()}
    if not person.is_active:
        sentence = gettext(
            "This address belongs to the closed account of %(name)s (%(role)s). Open that account again under People."
        )
    else:
        sentence = gettext(
            "This address belongs to the account of %(name)s (%(role)s). To change the account, open it under People."
        )
    return sentence % named


def _refuse_invalid_details(account: AccountDetails, field: Callable[[str], str]) -> None:
    for name, code, sentence in find_invalid_details(account.role, account.ministry, account.countries):
        raise Refused(code, sentence, field=field(name))
    refuse_past_day(account.until, field("until"))


def _refuse_taken_email(email: str, field: str, by: User) -> None:
    if person := find_person_by_email(email):
        raise Refused("taken", describe_taken_email(person, by), field=field)


def _refuse_unconfirmed_move(person: User, account: AccountDetails, confirmed: str) -> None:
    """Ask for confirmation if a person who works on a country would get another one.

    Also if an administrator of posts would become one of the whole installation, because the countries were removed.
    """
    old_countries = set(countries_of(person))
    new_countries = account.accessible_countries
    seal = f"{account.role}:{account.ministry.pk if account.ministry else ''}:" + ",".join(
        str(country.pk) for country in sorted(new_countries, key=lambda country: country.pk)
    )
    widens = account.is_for_installation and person.role == Role.ADMINISTRATOR
    if old_countries and (new_countries - old_countries or widens) and confirmed != seal:
        raise CountryMoveUnconfirmed(
            leaves=set() if widens else old_countries - new_countries, joins=new_countries - old_countries, seal=seal
        )


def _log_fields(person: User) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "ministry": person.ministry.name if person.ministry else None,
        "countries": sorted(country.name for country in person.countries.all()),
        "valid_until_on": person.valid_until_on,
    }
