"""Pages of people: who has an account, what each may do, and what an administrator can do to an account."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts import account_requests, lockouts, mails
from tiptracker.accounts import actions as account_actions
from tiptracker.accounts.backend import is_expired
from tiptracker.accounts.models import AccountRequest, Country, Ministry, User
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.mail.sentences import describe_mail_state, link_of_invitation
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.actions.accounts import (
    PAST_DAY_MESSAGE,
    AccountDetails,
    CountryMoveUnconfirmed,
    account_details,
    add_person,
    change_person,
    change_unused_address,
    close_account,
    end_sign_ins_and_tokens,
    find_person_by_email,
    lift_lock_out,
    rename_person,
    reopen_account,
)
from tiptracker.onboarding.forms import (
    AccountState,
    EmailAddressForm,
    LastDayForm,
    PersonAddForm,
    PersonEditForm,
    PersonFilter,
    PersonNameForm,
)
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.validation import EditConflict, format_date
from tiptracker.web.frontend.form_rows import add_field_error, invalid_forms, mark_as_seen
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 50
INVITED_MESSAGE = "The invitation to {} is queued. See “Newest mails” below."
SECOND_FACTOR_LABELS = {"webauthn": "passkey", "totp": "an app that shows codes", "recovery_codes": "recovery codes"}
FIELDS_LOCKED_FOR_SELF = frozenset({"email", "role", "ministry", "countries", "until"})
"""Fields that users cannot change in their own account: they decide on access, its end, and where its mails go."""


class AccountRow(NamedTuple):
    """A person in the list: the state of the account, and until when it is locked out (domain time)."""

    person: User
    state: AccountState
    locked_out_until: datetime | None


@login_required
@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    """List everybody with an account, filtered by the query string: `?q=&role=&country=&state=&page=`.

    Accounts that stand for sources of the public record are no people, and are left out.
    """
    _require_administrator(request)
    people = User.objects.visible_to(request.user).exclude(email__endswith=".invalid")
    chosen = PersonFilter(request.GET, countries=list(Country.objects.visible_to(request.user)))
    chosen.is_valid()
    found = chosen.narrow(people, clock.today()).select_related("ministry__country").prefetch_related("countries")
    page = Paginator(found.order_by("name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    locked = lockouts.find_lock_outs(page, clock.to_machine_time(clock.now()).timestamp())
    waiting = AccountRequest.objects.visible_to(request.user).waiting().select_related("person", "asked_by")
    now = clock.now()
    context = {
        "filter": chosen,
        "page": page,
        "lines": [AccountRow(one, account_state(one), _to_domain_time(locked.get(one.pk))) for one in page],
        "waiting": [
            one
            for one in waiting.prefetch_related("steps")
            if account_requests.request_stage(one, now) in account_requests.WAITING_STAGES
        ],
    }
    return render_page(request, "onboarding/person_list.html", context, partial="rows")


def account_state(person: User) -> AccountState:
    """Return the state of an account today."""
    if not person.is_active:
        return AccountState.CLOSED
    if is_expired(person):
        return AccountState.ENDED
    return AccountState.OPEN if person.has_usable_password() else AccountState.INVITED


def _to_domain_time(moment: datetime | None) -> datetime | None:
    return clock.to_domain_time(moment) if moment else None


def _require_administrator(request: SignedInRequest) -> None:
    if not can_set_up(request.user):
        raise PermissionDenied


def _form_choices(request: SignedInRequest) -> dict[str, Any]:
    return {
        "ministries": list(Ministry.objects.visible_to(request.user).select_related("country").order_by("short_name")),
        "countries": list(Country.objects.visible_to(request.user).order_by("name")),
    }


# --- Add a person -----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: SignedInRequest) -> HttpResponse:
    """Add a person, who is invited at once."""
    _require_administrator(request)
    answer: HttpResponse = _add_person(request)
    return answer


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def _add_person(request: SignedInRequest) -> HttpResponse:
    form = PersonAddForm(request.POST if request.method == "POST" else None, **_form_choices(request))
    if form.is_bound and form.is_valid():
        try:
            person = add_person(
                account=form.account(), email=form.cleaned_data["email"], by=request.user, now=clock.now()
            )
        except Refused as refusal:
            add_field_error(form, str(refusal), refusal.field)
        else:
            _invite(request, person)
            return redirect("person_detail", pk=person.pk)
    there = find_person_by_email(form["email"].value() or "") if "email" in form.errors else None
    context = {"form": form, "there": there}
    return render_page(request, "onboarding/person_add.html", context, status=422 if form.is_bound else 200)


def _invite(request: SignedInRequest, person: User) -> None:
    """Queue the invitation, and show the result on the next page."""
    try:
        account_actions.invite(person=person, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, INVITED_MESSAGE.format(person.email))


# --- Edit a person ----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Edit a person's details. Another country needs a confirmation.

    In their own account, users can change only the name.
    """
    person = _get_person(request, pk)
    answer: HttpResponse = _edit_person(request, person)
    return answer


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def _edit_person(request: SignedInRequest, person: User) -> HttpResponse:
    is_own = person == request.user
    if is_own and request.POST.keys() & FIELDS_LOCKED_FOR_SELF:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form: PersonNameForm | PersonEditForm = (
        PersonNameForm(data, initial={"name": person.name, "version": person.version})
        if is_own
        else PersonEditForm(data, initial=PersonEditForm.filled_from(person), **_form_choices(request))
    )
    context: dict[str, Any] = {"form": form, "person": person, "is_own": is_own}
    if form.is_bound and form.is_valid():
        was_contact_of = list(person.contact_of.all())
        try:
            saved = _save_person(request, person, form)
        except CountryMoveUnconfirmed as move:
            context |= {"move": move, "leaves": _listed(move.leaves), "joins": _listed(move.joins)}
            context |= {"ministry": form.cleaned_data.get("ministry"), "typed": _resubmit_fields(form, move.seal)}
            return render_page(request, "onboarding/person_move.html", context)
        except Refused as refusal:
            add_field_error(form, str(refusal), refusal.field)
            if isinstance(refusal, EditConflict):
                context["stands"] = _get_person(request, person.pk)
                mark_as_seen(form, "version", context["stands"].version)
        else:
            messages.success(request, saved)
            _warn_of_contact(request, was_contact_of)
            return redirect("person_detail", pk=person.pk)
    status = 422 if form.is_bound else 200
    return render_page(request, "onboarding/person_edit.html", context, status=status)


def _save_person(request: SignedInRequest, person: User, form: PersonNameForm | PersonEditForm) -> str:
    """Save the change and return the sentence that says what was changed."""
    said: dict[str, Any] = {"person": person, "version": form.cleaned_data["version"]}
    said |= {"by": request.user, "now": clock.now()}
    if isinstance(form, PersonNameForm):
        rename_person(name=form.cleaned_data["name"], **said)
        return "Name saved."
    before, after = account_details(person), form.account()
    change_person(account=after, confirmed=form.cleaned_data["confirmed"], **said)
    return _saved(before, after)


def _saved(before: AccountDetails, after: AccountDetails) -> str:
    """Return sentences on what was changed, what access was removed, and how to undo it."""
    given, taken = after.works_on - before.works_on, before.works_on - after.works_on
    told = {
        "Name saved.": before.name != after.name,
        "Last day saved.": before.until != after.until,
        f"Role changed from {before.role.label.lower()} to {after.role.label.lower()}.": before.role != after.role,
        f"Ministry changed from {before.ministry or 'none'} to {after.ministry or 'none'}.": (
            before.ministry != after.ministry
        ),
        f"Access to {_listed(taken)} removed.": bool(taken),
        f"Access to {_listed(given)} given.": bool(given),
    }
    sentences = [sentence for sentence, is_so in told.items() if is_so]
    if (before.role, before.ministry) != (after.role, after.ministry) or given or taken:
        sentences.append(f"{after.name} is signed out and gets an e-mail.")
        sentences.append("To undo this, change it back under “Change the account”.")
    return " ".join(sentences)


def _listed(countries: Iterable[Country]) -> str:
    """Return the names in order, with commas: "Lesotho, Malawi"."""
    return ", ".join(sorted(map(str, countries)))


def _warn_of_contact(request: SignedInRequest, countries: Iterable[Country]) -> None:
    """Ask for a new contact person for each of `countries` that now has none."""
    for country in Country.objects.visible_to(request.user).filter(pk__in=[one.pk for one in countries], contact=None):
        sentence = 'The ministries of {} have no contact person at the embassy now. <a href="{}">Name another one</a>.'
        where = f"{reverse('setup_people', args=[country.pk])}#contact"
        messages.warning(request, format_html(sentence, country, where))


def _resubmit_fields(form: TrackerForm, seal: str) -> list[tuple[str, str]]:
    """Return the typed fields, to send again with the confirmation."""
    data = cast("QueryDict", form.data)
    sent = [(name, value) for name in form.fields if name != "confirmed" for value in data.getlist(name)]
    return [*sent, ("confirmed", seal)]


def _get_person(request: SignedInRequest, pk: int) -> User:
    """Return the person, or a source of the public record, because the log links to those too.

    Raises Http404, PermissionDenied.
    """
    _require_administrator(request)
    people = User.objects.visible_to(request.user).select_related("ministry__country", "role_given_by")
    person: User = get_object_or_404(people.prefetch_related("countries"), pk=pk)
    return person


# --- One person -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one account: its access, state and history. Each button sends `do`, which names the action."""
    person = _get_person(request, pk)
    answer: HttpResponse = _show_person(request, person)
    return answer


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def _show_person(request: HttpRequest, person: User) -> HttpResponse:
    return _PersonPage(request, person).answer()  # type: ignore[arg-type]  # the decorators admit only signed-in users


class _PersonPage:
    """The forms on the page of one account, told apart by `do`."""

    def __init__(self, request: SignedInRequest, person: User) -> None:
        self.request, self.person, self.now = request, person, clock.now()
        self.do = request.POST.get("do", "?") if request.method == "POST" else ""
        self.page = TrackerForm(request.POST if self.do else None)
        self.until = LastDayForm(request.POST if self.do in ("renew", "reopen") else None)
        self.address = EmailAddressForm(request.POST if self.do == "address" else None)

    def answer(self) -> HttpResponse:
        """Carry out the action and redirect, or return the page with any errors."""
        if self.do and self._done():
            return redirect("person_detail", pk=self.person.pk)
        person, request = self.person, self.request
        locked = lockouts.find_lock_outs([person], clock.to_machine_time(self.now).timestamp())
        asked = AccountRequest.objects.visible_to(request.user).filter(person=person).prefetch_related("steps")
        invitation = mails.last_invitations([person]).get(person.pk)
        kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        there = Session.objects.filter(expire_date__gt=clock.to_machine_time(self.now)).values("session_key")
        context = {
            "person": person,
            "is_own": person == request.user,
            "state": account_state(person),
            "locked_out_until": _to_domain_time(locked.get(person.pk)),
            "second_steps": [words for kind, words in SECOND_FACTOR_LABELS.items() if kind in kinds],
            "sign_ins": UserSession.objects.filter(user=person, session_key__in=there).count(),
            "tokens": person.api_tokens.filter(revoked_at=None, expires_on__gte=self.now.date()).count(),
            "requests": [
                one for one in asked if account_requests.request_stage(one, self.now) in account_requests.WAITING_STAGES
            ],
            "countries": _listed(account_requests.countries_of(person)),
            "contact_of": list(person.contact_of.all()),
            "invitation_link": link_of_invitation(invitation, self.now) if invitation else "",
            "mails": [(mail, describe_mail_state(mail)) for mail in mails.newest_mails(person)],
            "history": history(request.user, person),
            "until": self.until,
            "address": self.address,
            "wrong_forms": invalid_forms(self.page, self.until, self.address),
        }
        return render_page(request, "onboarding/person_detail.html", context, status=422 if self.do else 200)

    def _done(self) -> bool:
        """Carry out the action that `do` names and return whether it succeeded.

        An error goes to its field or to the page.
        """
        does = {
            "invite": self._send_invitation,
            "renew": self._renew,
            "reopen": self._reopen,
            "close": self._close,
            "end": self._end,
            "lift": self._lift,
            "address": self._change_address,
            "second_step": self._remove_second_step,
        }.get(self.do)
        form: TrackerForm = {"renew": self.until, "reopen": self.until, "address": self.address}.get(self.do, self.page)
        if does is None:
            add_field_error(self.page, "Choose what is to be done with one of the buttons of this page.", None)
            return False
        if not form.is_valid():
            return False
        try:
            sentence = does()
        except Refused as refusal:
            add_field_error(form, str(refusal), refusal.field)
            return False
        if sentence:
            messages.success(self.request, sentence)
        return True

    def _as(self, action: Callable[..., Any]) -> Callable[..., Any]:
        """Bind an action to this account in the version that the page showed."""
        return partial(action, person=self.person, version=self._version(), by=self.request.user, now=self.now)

    def _version(self) -> int:
        return parse_whole_number(self.request.POST.get("version")) or 0

    def _send_invitation(self) -> str:
        account_actions.invite(person=self.person, by=self.request.user)
        return INVITED_MESSAGE.format(self.person.email)

    def _renew(self) -> str:
        until = self.until.cleaned_data["until"]
        if is_expired(User(valid_until_on=until)):
            raise Refused(PAST_DAY_MESSAGE, field="until")
        had_run_out = is_expired(self.person)
        account_actions.renew_account(person=self.person, by=self.request.user, until=until)
        return f"{self.person} may sign in until {format_date(until)}.{self._invite_next() if had_run_out else ''}"

    def _reopen(self) -> str:
        self._as(reopen_account)(until=self.until.cleaned_data["until"])
        return f"The account of {self.person} is open again.{self._invite_next()}"

    def _invite_next(self) -> str:
        """Return the sentence that asks to send the invitation again, if the person has no password; otherwise ""."""
        return "" if self.person.has_usable_password() else " No password is set yet: send the invitation again."

    def _close(self) -> str:
        was_contact_of = list(self.person.contact_of.all())
        self._as(close_account)(today=self.now.date())
        _warn_of_contact(self.request, was_contact_of)
        return (
            f"The account of {self.person} is closed. They are signed out, and their API tokens have ended. To undo "
            "this, open the account again below."
        )

    def _end(self) -> str:
        end_sign_ins_and_tokens(person=self.person, by=self.request.user)
        return f"{self.person} is signed out everywhere, and has no API token. A mail tells them."

    def _lift(self) -> str:
        lift_lock_out(person=self.person, by=self.request.user)
        return f"{self.person} can try again at once. A mail tells them."

    def _change_address(self) -> str:
        email = self.address.cleaned_data["email"]
        if not self.person.has_usable_password():
            changed = self._as(change_unused_address)(email=email)
            _invite(self.request, changed)
            return ""
        account_requests.request_address_change(person=self.person, email=email, by=self.request.user, now=self.now)
        return (
            f"Requested. An e-mail to {self.person.email} tells them and contains a link to cancel it. Somebody else "
            "must approve. The change takes effect one day from now at the earliest."
        )

    def _remove_second_step(self) -> str:
        account_requests.request_second_factor_removal(person=self.person, by=self.request.user, now=self.now)
        return (
            f"Requested. An e-mail to {self.person.email} tells them and contains a link to cancel it. Once somebody "
            f"else approves, {self.person} sets up a new second step at the next sign-in."
        )
