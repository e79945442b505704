"""Change accounts: invitations, passwords, second factors, sign-ins. Each change writes to the activity log."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from tiptracker.accounts import mail_links, mails, tokens
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import AuditEvent, record, record_all
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext, gettext_noop, record_language
from tiptracker.mail.models import Mail


@transaction.atomic
def invite(*, person: User, by: User) -> Mail:
    """Queue the mail with the link by which `person` sets the first password. Earlier links stop working.

    If an invitation is already waiting, do not queue a second one; try to send the waiting one at once. Raises Refused
    if the person already has a password or may not sign in, because such a mail would never be sent.
    """
    person = User.objects.get_queryset().select_for_update(no_key=True).get(pk=person.pk)
    if person.has_usable_password():
        raise Refused(
            "has_password",
            gettext("%(name)s has already set a password, and can request a new one on the sign-in page.")
            % {"name": person},
        )
    if not Backend().user_can_authenticate(person):
        if not person.is_active:
            raise Refused(
                "closed",
                gettext("The account of %(name)s is closed. Open it first, then send the invitation.")
                % {"name": person},
            )
        raise Refused(
            "account_expired",
            gettext("The last day of %(name)s has passed. Change it first, then send the invitation.")
            % {"name": person},
        )
    if not mails.find_queued_invitation(person):
        person.set_unusable_password()  # differs each time, so earlier links become void
        person.save(update_fields=["password"])
        mail = mails.send_invitation(person)
        record("person.invited", by=by, row=person)
        return mail
    return mails.send_invitation(person)


@transaction.atomic
def request_password_reset(email: str) -> None:
    """Queue a mail with a link to the person who signs in as `email`.

    For an unknown address it does the same work without effect, so that nobody can tell the two cases apart.
    """
    person = User.objects.get_queryset().filter(email=email).first()
    mails.send_reset_link(person, email)
    record("person.password_reset_asked", by=None, row=person)


@transaction.atomic
def set_password(*, token: str, password: str, purpose: mail_links.LinkPurpose) -> bool:
    """Set the password by the link from a mail, end every sign-in to the account, and revoke its tokens.

    Returns whether the password was set. It is not set if the link no longer works; the person is locked before that
    check.
    """
    person = mail_links.find_person(token, purpose, locked=True)
    if person is None:
        return False
    person.set_password(password)
    person.save(update_fields=["password"])
    ended = revoke_access(person)
    verb = "person.invitation_accepted" if purpose == mail_links.LinkPurpose.INVITATION else "person.password_reset"
    mails.notify_sign_in_changed(person, gettext_noop("A new password was set for your account."))
    record_all([*ended, AuditEvent(verb, person)], by=person)
    return True


@transaction.atomic
def renew_account(*, person: User, by: User, until: date) -> None:
    """Extend the account until and including this day. Sign-ins and tokens from before it ran out stay ended."""
    refuse_own_account(person, by)
    had_run_out = not Backend().user_can_authenticate(person)
    before = {"valid_until_on": person.valid_until_on}
    person.valid_until_on = until
    person.save(update_fields=["valid_until_on"])
    ended = revoke_access(person) if had_run_out else []
    record_all([*ended, AuditEvent("person.renewed", person, before, {"valid_until_on": until})], by=by)


@transaction.atomic
def reset_second_factor(*, person: User) -> None:
    """Remove every second step of `person`, from the server itself.

    For the case that no administrator can sign in, for example because SECRET_KEY was lost.
    """
    dropped = remove_second_factors(person)
    ended = revoke_access(person)
    mails.notify_sign_in_changed(
        person, gettext_noop("The people who run the server removed every second step of your sign-in.")
    )
    record_all(
        [*ended, AuditEvent("person.second_factor_dropped", person, before={"second_factors": dropped})], by=None
    )


@transaction.atomic
def renew_expired_account(*, person: User, until: date) -> User:
    """Let a person whose last day has passed sign in again until and including a day, from the server itself.

    For the case that no administrator can sign in any more. Earlier sign-ins and tokens stay ended.
    """
    locked = User.objects.get_queryset().select_for_update(no_key=True).get(pk=person.pk)
    before, locked.valid_until_on = locked.valid_until_on, until
    locked.version += 1
    locked.save(update_fields=["valid_until_on", "version"])
    ended = revoke_access(locked)
    changed = AuditEvent("user.changed", locked, {"valid_until_on": before}, {"valid_until_on": until})
    record_all([*ended, changed], by=None)
    return locked


@transaction.atomic
def set_language(*, person: User, language: str) -> None:
    """Set the language in which pages and mails speak to `person`; empty for that of their country."""
    before, person.language = person.language, language
    if before != language:
        person.save(update_fields=["language"])
        record("user.changed", by=person, row=person, before={"language": before}, after={"language": language})


class AccountSnapshot(NamedTuple):
    """The state of an account at one moment: what an administrator sets, and whether the account works."""

    email: str
    role: str
    ministry: int | None
    countries: frozenset[int]
    works: bool
    posts: Mapping[Country, Mapping[str, str]]
    """What the person is in each country; empty while the account is closed."""


IDENTITY_FIELDS = {
    "email": gettext_noop("e-mail address"),
    "role": gettext_noop("role"),
    "ministry": gettext_noop("ministry"),
    "countries": gettext_noop("countries"),
}
"""The fields that say who a person is to the record, with their labels. A change in one of them ends all sign-ins."""


def snapshot_account(person: User) -> AccountSnapshot:
    """Return the current state of the account of `person`."""
    countries = list(person.countries.all())
    posts: dict[Country, dict[str, str]] = {}
    if person.is_active and person.ministry:
        posts = {person.ministry.country: {"name": person.name, "role": person.role, "ministry": person.ministry.name}}
    elif person.is_active:
        posts = {country: {"name": person.name, "role": person.role} for country in countries}
    works = Backend().user_can_authenticate(person)
    keys = frozenset(country.pk for country in countries)
    return AccountSnapshot(person.email, person.role, person.ministry_id, keys, works, posts)


@transaction.atomic
def handle_account_change(
    *,
    person: User,
    before: AccountSnapshot | None,
    by: User,
    first: AuditEvent | None = None,
    revoked: Sequence[AuditEvent] | None = None,
) -> None:
    """Do what follows after an administrator has added (`before` is None) or changed a person.

    - The log of each country records who got or lost a role there.
    - If IDENTITY_FIELDS changed, or the account did not work before or does not work now, the person is signed out and
      loses all tokens.
    - If IDENTITY_FIELDS changed, a mail says so, also to the old address.
    - The other administrators of the installation get a mail about a new administrator, or other countries of one.

    `first` is the event that the log records before all of these. `revoked` are the events of an access that the caller
    has ended already, because it locks further rows afterwards.
    """
    after = snapshot_account(person)
    changed = [
        word for name, word in IDENTITY_FIELDS.items() if before and getattr(before, name) != getattr(after, name)
    ]
    ended = list(revoked or [])
    if revoked is None and before and (changed or not (before.works and after.works)):
        ended = revoke_access(person)
    if before and changed:
        mails.notify_account_changed(person, changed, sorted({before.email, after.email}))
    is_new = not (before and before.works and (before.role, before.countries) == (after.role, after.countries))
    if after.works and after.role == Role.ADMINISTRATOR and is_new:
        _notify_administrators(person, by)
    record_all([*([first] if first else []), *ended], by=by)
    _log_role_changes(person, before.posts if before else {}, after.posts, by)


def _notify_administrators(added: User, by: User) -> None:
    others = User.objects.get_queryset().of_installation().filter(is_active=True)
    for administrator in others.exclude(pk__in=[added.pk, by.pk]):
        mails.notify_administrator_added(administrator, added, by.name)


def _log_role_changes(
    person: User, before: Mapping[Country, Mapping[str, str]], after: Mapping[Country, Mapping[str, str]], by: User
) -> None:
    for country in sorted({*before, *after}, key=str):
        was, became = before.get(country, {}), after.get(country, {})
        if {**was, "name": ""} != {**became, "name": ""}:  # a new name alone is not a new role
            verb = "person.role_given" if became else "person.role_ended"
            record(verb, by=by, row=person, country=country, before=was, after=became)


def refuse_own_account(person: User, by: User) -> None:
    """Refuse what nobody may do to their own account."""
    if person == by:
        raise Refused("own_account", gettext("You cannot do this to your own account. Ask another administrator."))


def revoke_access(person: User) -> list[AuditEvent]:
    """End every sign-in and token of `person`. Return the events that the activity log must record."""
    end_sign_ins(person)
    return tokens.revoke_all(person)


def remove_second_factors(person: User) -> list[str]:
    """Remove every second step of `person`. Return their types, for the activity log."""
    steps = Authenticator.objects.filter(user=person)
    removed = sorted(steps.values_list("type", flat=True))
    steps.delete()
    return removed


@transaction.atomic
def end_sign_ins(person: User, *, but: str | None = None, only: str | None = None) -> int:
    """Delete the sessions of `person` and return how many.

    Args:
        but: the key of a session to keep.
        only: the id of the one sign-in to end; without it, all of them end.
    """
    ended = [
        session
        for session in UserSession.objects.filter(user=person)
        if session.session_key != but and only in (None, str(session.pk))
    ]
    for session in ended:
        session.end()
    return len(ended)


def ensure_former_account(key: int, *, at: datetime) -> User:
    """Return the account with this key. If a restored record lacks it, create one that cannot be used, in its place.

    A row that says who did something needs the account. Its name and address are not known any more.
    """
    person = User.objects.get_queryset().filter(pk=key).first()
    if person is None:
        with record_language():
            name = gettext("Account %(number)d, made after the backup") % {"number": key}
        person = User(
            pk=key,
            email=f"account-{key}@restored.invalid",
            name=name,
            role=Role.OFFICER,
            is_active=False,
            created_at=at,
        )
        person.set_unusable_password()
        person.save(force_insert=True)
        record("user.restored", by=None, row=person)
    return person
