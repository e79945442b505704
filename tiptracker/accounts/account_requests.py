"""Requests for the two account changes that one person cannot make alone: a new address, and removing the second step.

They apply to accounts that have a password. A person who controlled both the address and the second step would own the
account, because the link for a new password goes to the address. Therefore:

- An owner confirms a new address by a link sent to it.
- A request by an administrator needs the consent of somebody independent of that administrator.
- A new address that an administrator asked for also waits a day.
- After a second step was removed, no link sets a password for a day.
- The owner gets a mail at the current address at once, and can stop the request from there.
- The officers of the person's countries can read each step in the activity log.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tiptracker.accounts import actions, mail_links, mails
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import AccountRequest, AccountRequestStep, Country, User
from tiptracker.accounts.permissions import administers
from tiptracker.audit.actions import AuditEvent, log_now, record, record_all
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import AccountRequestKind, AccountRequestStepKind, ChoiceEnum, Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext, gettext_noop, record_language

DELAY = mail_links.ADDRESS_DELAY
"""Waiting time of a new address that an administrator asked for, and of a consent after a password reset.

It is also the time in which an owner can confirm a new address or put the old one back.
"""
LAPSES_AFTER = timedelta(days=7)
"""How long a request waits for consent before it lapses."""
MINIMUM_ROLE_AGE = timedelta(days=14)
"""How long an ambassador must have had the role before their consent counts.

The post then had time to read about the new ambassador.
"""


class AccountRequestStage(ChoiceEnum):
    """The stage that a request has reached."""

    LINK = "link", gettext_noop("Waiting for confirmation by the link that we sent to the new address")
    CONSENT = "consent", gettext_noop("Waiting for approval")
    DELAY = "delay", gettext_noop("Approved. The change takes effect one day after the request")
    DONE = "done", gettext_noop("Completed")
    STOPPED = "stopped", gettext_noop("Cancelled")
    REVERTED = "reverted", gettext_noop("Completed, then undone")
    LAPSED = "lapsed", gettext_noop("Lapsed, because it was not completed in time")


def request_stage(request: AccountRequest, now: datetime) -> AccountRequestStage:
    """Return the stage of `request` at `now`."""
    past_steps = {step.kind for step in request.steps.all()}
    for ended in (AccountRequestStage.REVERTED, AccountRequestStage.DONE, AccountRequestStage.STOPPED):
        if ended in past_steps:  # these stages have the values of the steps that lead to them
            return ended
    if AccountRequestStepKind.CONSENTED in past_steps:
        return AccountRequestStage.DELAY
    if now - request.asked_at > (DELAY if request.is_own else LAPSES_AFTER):
        return AccountRequestStage.LAPSED
    return AccountRequestStage.LINK if request.is_own else AccountRequestStage.CONSENT


WAITING_STAGES = frozenset({AccountRequestStage.LINK, AccountRequestStage.CONSENT, AccountRequestStage.DELAY})


def due_at(request: AccountRequest) -> datetime:
    """Return when a new address takes effect after consent."""
    return request.asked_at + DELAY


# --- Who consents -----------------------------------------------------------------------------------------------------


def consenters(request: AccountRequest, now: datetime) -> list[User]:
    """Return the people whose consent counts: independent administrators, or the ambassadors if there are none.

    The administrators are those who look after the account that is to change.

    Two administrators are independent if no person stands in both lines of appointment: neither got the role from the
    other, directly or through others, and both did not get it from the same person. Otherwise an administrator could
    invent the second one. The first administrator of each line gets the role on the server, from the command
    `invite_administrator`.
    """
    given_by = dict(User.objects.get_queryset().values_list("pk", "role_given_by"))
    askers = _role_lineage(request.asked_by_id, given_by)
    people = User.objects.get_queryset().filter(is_active=True).exclude(pk__in=[request.asked_by_id, request.person_id])
    candidates = [
        person
        for person in people.filter(role__in=[Role.ADMINISTRATOR, Role.AMBASSADOR]).prefetch_related("countries")
        if person.has_usable_password() and Backend().user_can_authenticate(person)
    ]
    independent = [
        person
        for person in candidates
        if administers(person, request.person) and not askers & _role_lineage(person.pk, given_by)
    ]
    if independent:
        return independent
    countries = {country.pk for country in countries_of(request.person)}
    of_installation = request.person.role == Role.ADMINISTRATOR and not countries
    return [
        person
        for person in candidates
        if person.role == Role.AMBASSADOR
        and (person.role_given_at is None or now - person.role_given_at >= MINIMUM_ROLE_AGE)
        and (of_installation or countries & {country.pk for country in person.countries.all()})
    ]


def _role_lineage(pk: int, given_by: dict[int, int | None]) -> set[int]:
    """Return the ids of this person, of the person who gave them the role, and so on up the line."""
    line: set[int] = set()
    key: int | None = pk
    while key is not None and key not in line:
        line.add(key)
        key = given_by.get(key)
    return line


def can_stop(request: AccountRequest, by: User, now: datetime) -> bool:
    """Return whether `by` may stop the request: its owner, the person who asked, and everyone whose consent counts."""
    return by.pk in (request.person_id, request.asked_by_id) or by in consenters(request, now)


def countries_of(person: User) -> list[Country]:
    """Return the countries whose post a person belongs to; an administrator of the installation has none."""
    return [person.ministry.country] if person.ministry else list(person.countries.all())


# --- Make a request ---------------------------------------------------------------------------------------------------


@transaction.atomic
def request_address_change(*, person: User, email: str, by: User, now: datetime) -> AccountRequest:
    """Ask for a new address for an account that has a password. Raises PermissionDenied, Refused."""
    locked = _lock_person(person, by)
    email = email.strip().lower()
    if email == locked.email:
        raise Refused(
            "unchanged", gettext("The account already has this address. Enter another address."), field="email"
        )
    if User.objects.get_queryset().filter(email=email).exists():
        raise Refused("taken", gettext("Another account has this address. Enter another address."), field="email")
    return _create_request(locked, AccountRequestKind.ADDRESS, email, by, now)


@transaction.atomic
def request_second_factor_removal(*, person: User, by: User, now: datetime) -> AccountRequest:
    """Ask to remove every second step of a person who lost theirs. Raises PermissionDenied, Refused."""
    actions.refuse_own_account(person, by)
    locked = _lock_person(person, by)
    if not Authenticator.objects.filter(user=locked).exists():
        raise Refused("no_second_step", gettext("%(name)s has no second step to remove.") % {"name": locked})
    return _create_request(locked, AccountRequestKind.SECOND_STEP, "", by, now)


def _create_request(person: User, kind: AccountRequestKind, email: str, by: User, now: datetime) -> AccountRequest:
    for earlier in AccountRequest.objects.filter(person=person, kind=kind).pending().prefetch_related("steps"):
        if request_stage(earlier, now) in WAITING_STAGES:
            raise Refused(
                "already_requested",
                gettext("The same request is already pending. Cancel it first."),
                field="email",
            )
    request = AccountRequest(
        person=person, kind=kind, old_email=person.email, new_email=email, asked_by=by, asked_at=now
    )
    approvers = [] if request.is_own else consenters(request, now)
    if not request.is_own and not approvers:
        raise Refused(
            "no_approver",
            gettext(
                "Nobody can approve this request. It needs an administrator whom you did not appoint, or an ambassador "
                "of the country with at least two weeks in this role. The people who run the server can add an "
                "administrator with manage.py invite_administrator."
            ),
            field="email",
        )
    request.save(force_insert=True)
    mails.notify_request_made(request)
    mails.ask_for_consent(request, approvers, until=now + LAPSES_AFTER)
    if request.is_own:
        mails.send_address_confirmation(request)
    _log_for_countries("person.address_change_asked" if email else "person.second_factor_drop_asked", request, by)
    return request


def _lock_person(person: User, by: User) -> User:
    if person != by and not administers(by, person):
        raise PermissionDenied
    locked = User.objects.get_queryset().select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    if not locked.has_usable_password():
        raise Refused(
            "no_password",
            gettext("%(name)s has no password yet. Change the address directly instead.") % {"name": locked},
            field="email",
        )
    return locked


# --- Decide on a request and carry it out -----------------------------------------------------------------------------


@transaction.atomic
def consent(*, request: AccountRequest, by: User, now: datetime) -> None:
    """Consent to a request. A second step is removed at once; a new address waits until a day after the request.

    Raises PermissionDenied, Refused.
    """
    request = _lock_request(request)
    if by not in consenters(request, now):
        raise PermissionDenied
    if request_stage(request, now) is not AccountRequestStage.CONSENT:
        raise Refused("not_waiting", gettext("This request no longer waits for approval. Reload the page."))
    if request.kind == AccountRequestKind.SECOND_STEP and _was_password_reset_recently(request.person):
        raise Refused(
            "recent_password_reset",
            gettext(
                "A new password was set for %(name)s by e-mail within the last day. Ask %(name)s in person or by "
                "telephone whether they did that. You can approve one day after the change."
            )
            % {"name": request.person},
        )
    _record_step(request, AccountRequestStepKind.CONSENTED, by, now)
    if request.kind == AccountRequestKind.SECOND_STEP or now >= due_at(request):
        _carry_out(request, by, now, consented=True)
    else:
        _log_for_countries("person.request_consented", request, by)


@transaction.atomic
def stop(*, request: AccountRequest, by: User | None, now: datetime) -> AccountRequestStage:
    """Stop a request, or put the old address back within a day of the change. Return the resulting stage.

    `by` is None if the owner used the link in the mail. Raises PermissionDenied, Refused.
    """
    request = _lock_request(request)
    if by is not None and not can_stop(request, by, now):
        raise PermissionDenied
    stage = request_stage(request, now)
    if stage in WAITING_STAGES:
        _record_step(request, AccountRequestStepKind.STOPPED, by, now)
        _log_for_countries("person.request_stopped", request, by)
        return AccountRequestStage.STOPPED
    if stage is AccountRequestStage.DONE and _can_put_back(request, now):
        _record_step(request, AccountRequestStepKind.REVERTED, by, now)
        ended = _set_address(request, request.old_email)
        _log_for_countries("person.address_put_back", request, by, ended)
        return AccountRequestStage.REVERTED
    raise Refused(
        "cannot_cancel",
        gettext("You cannot cancel this request. Its state: %(state)s. If that is wrong, tell an administrator.")
        % {"state": stage.label},
    )


def _can_put_back(request: AccountRequest, now: datetime) -> bool:
    """Return whether a request changed the address within the last day, and the account still has that address."""
    is_recent = any(step.kind == AccountRequestStepKind.DONE and now - step.at <= DELAY for step in request.steps.all())
    return is_recent and request.kind == AccountRequestKind.ADDRESS and request.person.email == request.new_email


@transaction.atomic
def confirm_address(*, token: str, now: datetime) -> User | None:
    """Carry out the owner's own request by the link sent to the new address. Return None if the link is void."""
    request = mail_links.find_request(token, mail_links.RequestLinkAction.CONFIRM)
    if request is None:
        return None
    request = _lock_request(request)
    person = request.person
    if request_stage(request, now) is not AccountRequestStage.LINK or not Backend().user_can_authenticate(person):
        return None
    _carry_out(request, person, now)
    return person


def carry_out_due_requests(*, now: datetime) -> int:
    """Carry out the approved requests that have waited long enough, one transaction each. Return how many."""
    waiting = AccountRequest.objects.filter(
        steps__kind=AccountRequestStepKind.CONSENTED, asked_at__lte=now - DELAY
    ).pending()
    return sum(_carry_out_if_due(request, now) for request in waiting.order_by("pk"))


@transaction.atomic
def _carry_out_if_due(request: AccountRequest, now: datetime) -> bool:
    """Return whether the request was still due once it was locked; carry it out if so."""
    request = _lock_request(request)
    is_due = request_stage(request, now) is AccountRequestStage.DELAY
    if is_due:
        _carry_out(request, None, now)
    return is_due


def _lock_request(request: AccountRequest) -> AccountRequest:
    """Read the request again with its person locked, so that other decisions on it wait."""
    person = (
        User.objects.get_queryset()
        .select_for_update(no_key=True, of=("self",))
        .select_related("ministry__country")
        .get(pk=request.person_id)
    )
    locked = AccountRequest.objects.select_related("asked_by").prefetch_related("steps").get(pk=request.pk)
    locked.person = person
    return locked


def _carry_out(request: AccountRequest, by: User | None, now: datetime, *, consented: bool = False) -> None:
    """Do what the request asks for, and write to the activity log last.

    `consented`: the log does not have the consent yet, so record it first.
    """
    verb, before, ended = "person.address_changed", None, []
    if request.kind == AccountRequestKind.SECOND_STEP:
        verb = "person.second_factor_dropped"
        before = {"second_factors": actions.remove_second_factors(request.person)}
        _record_step(request, AccountRequestStepKind.DONE, by, now)
        ended = actions.revoke_access(request.person)
        mails.notify_request_done(request)
    elif User.objects.get_queryset().filter(email=request.new_email).exists():
        verb = "person.request_stopped"
        _record_step(request, AccountRequestStepKind.STOPPED, None, now)
    else:
        _record_step(request, AccountRequestStepKind.DONE, by, now)
        ended = _set_address(request, request.new_email)
    if consented:
        _log_for_countries("person.request_consented", request, by)
    _log_for_countries(verb, request, by, ended, before)


def _set_address(request: AccountRequest, email: str) -> list[AuditEvent]:
    """Change the address and end all access. Return the events that the activity log must record."""
    person = request.person
    person.email = email
    person.version += 1
    person.save(update_fields=["email", "version"])
    ended = actions.revoke_access(person)
    mails.notify_request_done(request)
    return ended


def _record_step(request: AccountRequest, kind: AccountRequestStepKind, by: User | None, now: datetime) -> None:
    AccountRequestStep.objects.create(request=request, kind=kind, by=by, at=now)


def _log_for_countries(
    verb: str,
    request: AccountRequest,
    by: User | None,
    ended: Sequence[AuditEvent] = (),
    before: dict[str, Any] | None = None,
) -> None:
    """Record `ended`, then this event in the log of each of the person's countries (with none, in no country's log)."""
    record_all(ended, by=by)
    person = request.person
    countries: Iterable[Country | None] = sorted(countries_of(person), key=str) or [None]
    with record_language():
        kind = str(request.get_kind_display())
    after = {"name": person.name, "asked_for": kind, "asked_by": request.asked_by.name}
    if request.new_email:
        after |= {"email": request.new_email}
        before = {"email": request.old_email}
    for country in countries:
        record(verb, by=by, row=person, country=country, before=before, after=after)


def _was_password_reset_recently(person: User) -> bool:
    resets = AuditEntry.objects.for_rows(person).filter(verb="person.password_reset", at__gt=log_now() - DELAY)
    return resets.exists()
