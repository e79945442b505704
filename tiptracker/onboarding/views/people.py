"""Pages of people: who has an account, what each may do, and what an administrator can do to an account."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts import account_requests, lockouts, mails
from tiptracker.accounts import actions as account_actions
from tiptracker.accounts.backend import is_expired
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.accounts.permissions import administers, administers_installation
from tiptracker.audit.models import ImportedLog
from tiptracker.audit.subjects import history
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.handovers.actions import refuse_planned_handover
from tiptracker.handovers.choices import ENDING_STEPS, HANDED_OVER_ROLES, HandoverStepKind
from tiptracker.handovers.models import Handover
from tiptracker.localization import format_date, gettext, gettext_noop
from tiptracker.mail.sentences import describe_mail_state, link_of_invitation
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.actions.accounts import (
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
    refuse_past_day,
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
from tiptracker.onboarding.permissions import require_account_administrator, require_administrator
from tiptracker.onboarding.remaining_officers import warn_of_few_officers
from tiptracker.onboarding.views.requests import pending_requests
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_refusal, invalid_forms, mark_as_seen
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page, require_recent_sign_in

PAGE_SIZE = 50
INVITED_MESSAGE = gettext_noop(
    "We are sending the invitation to %(address)s. “Newest mails” below shows when it was sent."
)
SECOND_FACTOR_LABELS = {
    "webauthn": gettext_noop("Passkey"),
    "totp": gettext_noop("Authenticator app"),
    "recovery_codes": gettext_noop("Recovery codes"),
}
FIELDS_LOCKED_FOR_SELF = frozenset({"email", "role", "ministry", "countries", "until"})
"""Fields that users cannot change in their own account: they decide on access, its end, and where its mails go."""


class AccountRow(NamedTuple):
    """A person in the list: the state of the account, until when it is locked out (domain time), and who takes over."""

    person: User
    state: AccountState
    locked_out_until: datetime | None
    successor: str = ""
    may_hand_over: bool = False


@login_required
@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    """List everybody with an account whom the user sees, filtered: `?q=&role=&country=&state=&page=`.

    Accounts that stand for sources of the public record are no people, and are left out.
    """
    require_administrator(request.user)
    people = User.objects.visible_to(request.user).exclude(email__endswith=".invalid")
    chosen = PersonFilter(request.GET, countries=list(Country.objects.visible_to(request.user)))
    chosen.is_valid()
    visible_countries = Prefetch("countries", Country.objects.visible_to(request.user))
    matching = chosen.narrow(people, clock.today()).select_related("ministry__country")
    matching = matching.prefetch_related(visible_countries)
    page = Paginator(matching.order_by("name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    locked = _locked_out_until(page, clock.now())
    planned = Handover.objects.visible_to(request.user).planned().filter(person__in=list(page))
    successors = dict(planned.values_list("person", "successor__name"))
    keys = [person.pk for person in page]
    handed_over = people.administered_by(request.user).filter(pk__in=keys, role__in=HANDED_OVER_ROLES)
    may_hand_over = set(handed_over.values_list("pk", flat=True))
    context = {
        "filter": chosen,
        "page": page,
        "lines": [
            AccountRow(
                person,
                account_state(person),
                locked.get(person.pk),
                successors.get(person.pk, ""),
                may_hand_over=person.pk in may_hand_over,
            )
            for person in page
        ],
        "waiting": pending_requests(request.user),
        "posts": "" if administers_installation(request.user) else _listed(Country.objects.visible_to(request.user)),
    }
    return render_page(request, "onboarding/person_list.html", context, partial="rows")


def account_state(person: User) -> AccountState:
    """Return the state of an account today."""
    if not person.is_active:
        return AccountState.CLOSED
    if is_expired(person):
        return AccountState.ENDED
    return AccountState.OPEN if person.has_usable_password() else AccountState.INVITED


def _locked_out_until(people: Iterable[User], now: datetime) -> dict[int, datetime]:
    """Return until when people are locked out (domain time), by their key."""
    lock_outs = lockouts.find_lock_outs(people, clock.to_machine_time(now).timestamp())
    return {pk: clock.to_domain_time(until) for pk, until in lock_outs.items()}


def _form_choices(request: SignedInRequest) -> dict[str, Any]:
    return {
        "ministries": list(Ministry.objects.visible_to(request.user).select_related("country").order_by("short_name")),
        "countries": list(Country.objects.visible_to(request.user).order_by("name")),
        "by": request.user,
    }


# --- Add a person -----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: SignedInRequest) -> HttpResponse:
    """Add a person, who is invited at once."""
    require_administrator(request.user)
    require_recent_sign_in(request)
    form = PersonAddForm(request.POST if request.method == "POST" else None, **_form_choices(request))
    if form.is_bound and form.is_valid():
        try:
            person = add_person(
                account=form.account(), email=form.cleaned_data["email"], by=request.user, now=clock.now()
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            _invite(request, person)
            return redirect("person_detail", pk=person.pk)
    existing = find_person_by_email(form["email"].value() or "") if "email" in form.errors else None
    if existing and not User.objects.visible_to(request.user).filter(pk=existing.pk).exists():
        existing = None
    context = {"form": form, "existing": existing}
    return render_page(request, "onboarding/person_add.html", context, status=422 if form.is_bound else 200)


def _invite(request: SignedInRequest, person: User) -> None:
    """Queue the invitation, and show the result on the next page."""
    try:
        account_actions.invite(person=person, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, gettext(INVITED_MESSAGE) % {"address": person.email})


# --- Edit a person ----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Edit a person's details. Another country needs a confirmation.

    In their own account, users can change only the name.
    """
    person = _get_person(request, pk)
    require_account_administrator(request.user, person)
    require_recent_sign_in(request)
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
            context["is_administrator"] = form.cleaned_data.get("role") == Role.ADMINISTRATOR
            return render_page(request, "onboarding/person_move.html", context)
        except Refused as refusal:
            add_refusal(form, refusal)
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
    arguments: dict[str, Any] = {"person": person, "version": form.cleaned_data["version"]}
    arguments |= {"by": request.user, "now": clock.now()}
    if isinstance(form, PersonNameForm):
        rename_person(name=form.cleaned_data["name"], **arguments)
        return gettext("The name was saved.")
    before, after = account_details(person), form.account()
    change_person(account=after, confirmed=form.cleaned_data["confirmed"], **arguments)
    return _saved(before, after)


def _saved(before: AccountDetails, after: AccountDetails) -> str:
    """Return sentences on what was changed, what access was removed, and how to undo it."""
    gained = after.accessible_countries - before.accessible_countries
    lost = before.accessible_countries - after.accessible_countries
    is_widened, is_narrowed = _is_scope_changed(before, after), _is_scope_changed(after, before)
    if is_widened or is_narrowed:
        gained = lost = set()
    none = gettext("none")
    roles = {"before": before.role.label, "after": after.role.label}
    ministries = {"before": before.ministry or none, "after": after.ministry or none}
    changes = {
        gettext("The name was saved."): before.name != after.name,
        gettext("The last day is now %(date)s.") % {"date": format_date(after.until) if after.until else none}: (
            before.until != after.until
        ),
        gettext("The role was changed from “%(before)s” to “%(after)s”.") % roles: before.role != after.role,
        gettext("The ministry was changed from “%(before)s” to “%(after)s”.") % ministries: (
            before.ministry != after.ministry
        ),
        gettext("Access was removed: %(countries)s.") % {"countries": _listed(lost)}: bool(lost),
        gettext("Access was given: %(countries)s.") % {"countries": _listed(gained)}: bool(gained),
        gettext("%(name)s is now an administrator of the whole installation.") % {"name": after.name}: is_widened,
        gettext("%(name)s is now an administrator for these countries alone: %(countries)s.")
        % {"name": after.name, "countries": _listed(after.countries)}: is_narrowed,
    }
    sentences = [sentence for sentence, is_so in changes.items() if is_so]
    if (before.role, before.ministry) != (after.role, after.ministry) or gained or lost or is_widened or is_narrowed:
        sentences.append(gettext("%(name)s was signed out and gets an e-mail.") % {"name": after.name})
        sentences.append(gettext("To undo this, change it back under “Change the account”."))
    return " ".join(sentences)


def _is_scope_changed(before: AccountDetails, after: AccountDetails) -> bool:
    """Return whether an administrator of single posts became one of the whole installation."""
    return before.role == after.role and after.is_for_installation and not before.is_for_installation


def _listed(countries: Iterable[Country]) -> str:
    """Return the names in order, with commas: "Lesotho, Malawi"."""
    return ", ".join(sorted(map(str, countries)))


def _warn_of_contact(request: SignedInRequest, countries: Iterable[Country]) -> None:
    """Ask for a new contact person for each of `countries` that now has none."""
    for country in Country.objects.visible_to(request.user).filter(
        pk__in=[country.pk for country in countries], contact=None
    ):
        url = f"{reverse('setup_people', args=[country.pk])}#contact"
        sentence = gettext("The ministries of %(country)s now have no contact person at the embassy.")
        label = gettext("Name the contact person")
        messages.warning(request, format_html('{} <a href="{}">{}</a>', sentence % {"country": country}, url, label))


def _resubmit_fields(form: TrackerForm, seal: str) -> list[tuple[str, str]]:
    """Return the typed fields, to send again with the confirmation."""
    data = cast("QueryDict", form.data)
    sent = [(name, value) for name in form.fields if name != "confirmed" for value in data.getlist(name)]
    return [*sent, ("confirmed", seal)]


def _get_person(request: SignedInRequest, pk: int) -> User:
    """Return the person, or a source of the public record, because the log links to those too.

    Raises Http404, PermissionDenied.
    """
    require_administrator(request.user)
    people = User.objects.visible_to(request.user).select_related("ministry__country", "role_given_by")
    person: User = get_object_or_404(people.prefetch_related("countries"), pk=pk)
    return person


# --- One person -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one account: its access, state and history. Each button sends `do`, which names the action."""
    person = _get_person(request, pk)
    if request.method != "POST" and request.user != person and not administers(request.user, person):
        return _render_for_other_post(request, person)
    require_account_administrator(request.user, person)
    require_recent_sign_in(request)
    data = request.POST if request.method == "POST" else None
    do = request.POST.get("do", "")
    page = TrackerForm(data)
    stored = {"until": person.valid_until_on} if person.is_active else None  # a new last day is nobody's default
    until = LastDayForm(data if do in ("renew", "reopen") else None, initial=stored)
    address = EmailAddressForm(data if do == "address" else None)
    form = {"renew": until, "reopen": until, "address": address}.get(do, page)
    action = PERSON_ACTIONS.get(do)
    if form.is_bound and action is None:
        page.add_error(None, gettext("Choose an action with one of the buttons on this page."))
    elif action and form.is_valid():
        try:
            sentence = action(request, person, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            if sentence:
                messages.success(request, sentence)
            return redirect("person_detail", pk=person.pk)
    context = _person_context(request, person) | {
        "until": until,
        "address": address,
        "refused_forms": invalid_forms(page, until, address),
    }
    return render_page(request, "onboarding/person_detail.html", context, status=422 if page.is_bound else 200)


def _render_for_other_post(request: SignedInRequest, person: User) -> HttpResponse:
    """Show what an administrator of a post may know of a person whose account others look after."""
    countries = Country.objects.visible_to(request.user).filter(users=person)
    context = {"person": person, "countries": _listed(countries), "state": account_state(person)}
    return render_page(request, "onboarding/person_of_other_post.html", context)


def _person_context(request: SignedInRequest, person: User) -> dict[str, Any]:
    """Return what the page of one account shows beside its forms."""
    now = clock.now()
    machine_now = clock.to_machine_time(now)
    invitation = mails.last_invitations([person]).get(person.pk)
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    sessions = Session.objects.filter(expire_date__gt=machine_now).values("session_key")
    return {
        "person": person,
        "is_own": person == request.user,
        "state": account_state(person),
        "locked_out_until": _locked_out_until([person], now).get(person.pk),
        "second_steps": [gettext(label) for kind, label in SECOND_FACTOR_LABELS.items() if kind in kinds],
        "sign_ins": UserSession.objects.filter(user=person, session_key__in=sessions).count(),
        "tokens": person.api_tokens.filter(revoked_at=None, expires_on__gte=now.date()).count(),
        "requests": pending_requests(request.user, person=person),
        "countries": _listed(account_requests.countries_of(person)),
        "contact_of": list(person.contact_of.all()),
        "handovers": list(_current_handovers(person)),
        "may_hand_over": person.role in HANDED_OVER_ROLES,
        "few_officers": warn_of_few_officers(person, last_day=clock.today()) if person.is_active else [],
        "imported_with": _find_imported_log(request.user, person),
        "invitation_link": link_of_invitation(invitation, now) if invitation else "",
        "mails": [(mail, describe_mail_state(mail)) for mail in mails.newest_mails(person)],
        "history": history(request.user, person),
    }


def _find_imported_log(reader: User, person: User) -> ImportedLog | None:
    """Return the imported log with whose country an account came along; None for an account of this installation."""
    logs = ImportedLog.objects.visible_to(reader).select_related("country")
    return next((log for log in logs if person.pk in log.keys.get("people", {}).values()), None)


def _current_handovers(person: User) -> Iterator[tuple[Handover, HandoverStepKind | None]]:
    """Yield the handovers of an account that were not cancelled, newest first, each with how it ended, if it did."""
    for handover in person.handovers.select_related("successor").prefetch_related("steps"):
        ended = next((kind for kind in ENDING_STEPS if handover.step(kind)), None)
        if ended is not HandoverStepKind.CALLED_OFF:
            yield handover, ended


def _shown_version(request: SignedInRequest) -> dict[str, Any]:
    """Return the arguments of an action that changes the account in the version that the page showed."""
    version = parse_whole_number(request.POST.get("version")) or 0
    return {"version": version, "by": request.user, "now": clock.now()}


def _send_invitation(request: SignedInRequest, person: User) -> str:
    account_actions.invite(person=person, by=request.user)
    return gettext(INVITED_MESSAGE) % {"address": person.email}


def _renew(request: SignedInRequest, person: User, until: date) -> str:
    refuse_past_day(until, "until")
    refuse_planned_handover(person, takes_over=False)
    had_run_out = is_expired(person)
    account_actions.renew_account(person=person, by=request.user, until=until)
    sentence = gettext("The last day of %(name)s is now %(date)s. No mail is sent about this, so tell them yourself.")
    saved = sentence % {"name": person, "date": format_date(until)}
    return f"{saved} {_invite_next(person)}".strip() if had_run_out else saved


def _reopen(request: SignedInRequest, person: User, until: date) -> str:
    reopen_account(person=person, until=until, **_shown_version(request))
    opened = gettext("The account of %(name)s is open again.") % {"name": person}
    return f"{opened} {_invite_next(person)}".strip()


def _invite_next(person: User) -> str:
    """Return the sentence that asks to send the invitation again, if the person has no password; otherwise ""."""
    return "" if person.has_usable_password() else gettext("No password is set yet. Send the invitation again.")


def _close(request: SignedInRequest, person: User) -> str:
    was_contact_of = list(person.contact_of.all())
    close_account(person=person, today=clock.today(), **_shown_version(request))
    _warn_of_contact(request, was_contact_of)
    return gettext(
        "The account of %(name)s is closed. %(name)s was signed out, and their API tokens ended. To undo this, open "
        "the account again below."
    ) % {"name": person}


def _end(request: SignedInRequest, person: User) -> str:
    end_sign_ins_and_tokens(person=person, by=request.user)
    return gettext("%(name)s was signed out everywhere, and their API tokens ended. They get an e-mail.") % {
        "name": person
    }


def _lift(request: SignedInRequest, person: User) -> str:
    lift_lock_out(person=person, by=request.user)
    return gettext("The lock-out is lifted. %(name)s can sign in now, and gets an e-mail.") % {"name": person}


def _change_address(request: SignedInRequest, person: User, email: str) -> str:
    if not person.has_usable_password():
        changed = change_unused_address(person=person, email=email, **_shown_version(request))
        _invite(request, changed)
        return ""
    account_requests.request_address_change(person=person, email=email, by=request.user, now=clock.now())
    return gettext(
        "Your request was sent. Another person must approve it. The change takes effect one day from now at the "
        "earliest. We tell %(name)s by e-mail to %(address)s, with a link to cancel the change."
    ) % {"name": person, "address": person.email}


def _remove_second_step(request: SignedInRequest, person: User) -> str:
    account_requests.request_second_factor_removal(person=person, by=request.user, now=clock.now())
    return gettext(
        "Your request was sent. Another person must approve it. Then %(name)s sets up a new second step at the next "
        "sign-in. We tell %(name)s by e-mail to %(address)s, with a link to cancel the request."
    ) % {"name": person, "address": person.email}


PERSON_ACTIONS: dict[str, Callable[..., str]] = {
    "invite": _send_invitation,
    "renew": _renew,
    "reopen": _reopen,
    "close": _close,
    "end": _end,
    "lift": _lift,
    "address": _change_address,
    "second_step": _remove_second_step,
}
"""By `do`: the function that carries out the action and returns a sentence for the next page."""
