"""Views for signing in, links from mails, second steps, and the user's own sign-ins and API tokens.

Most of them are allauth's views with our wording and an entry in the activity log.
"""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.views import ReauthenticateView, logout
from allauth.core.ratelimit import consume
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import IndexView as SecondFactorsView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from tiptracker.accounts import actions, mail_links, mails, one_time_codes, tokens
from tiptracker.accounts.forms import ApiTokenForm, NewPasswordForm, PasswordForgottenForm
from tiptracker.accounts.middleware import ENROLLED_IN_SESSION
from tiptracker.accounts.models import ApiToken, User
from tiptracker.audit.actions import record
from tiptracker.choices import TokenScope
from tiptracker.errors import Refused

LINK_QUEUED_MESSAGE = (
    "If somebody signs in here with that address, a mail with a link to set a new password is queued for it. "
    "The link works once, for one hour. If the mail server does not take the mail, we try again for a day. "
    "If nothing arrives within an hour, look among unwanted mail, then ask the administrator at your post."
)


def account_logout(request: HttpRequest) -> HttpResponse:
    """Sign out, and clear what the browser has stored of this account's forms.

    An expired session does not clear that.
    """
    response: HttpResponse = logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


# --- Set a password by a link -----------------------------------------------------------------------------------------


def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to set a new password. The answer and its duration are the same if there is no such account."""
    form = PasswordForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "account/password_forgotten.html", {"form": form}, status=status)
    email = form.cleaned_data["email"].lower()
    if not consume(request, action="reset_password", key=email):
        return too_many_requests(request)
    actions.request_password_reset(email)
    messages.info(request, LINK_QUEUED_MESSAGE)
    return redirect("account_login")


@never_cache
@sensitive_post_parameters()
def password_choose(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by the link from a mail."""
    return _set_password(request, token, mail_links.LinkPurpose.RESET)


@never_cache
@sensitive_post_parameters()
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password by the link from an invitation."""
    return _set_password(request, token, mail_links.LinkPurpose.INVITATION)


def _set_password(request: HttpRequest, token: str, purpose: mail_links.LinkPurpose) -> HttpResponse:
    page = f"account/{purpose}.html"
    person = mail_links.find_person(token, purpose)
    if person is None:
        return _render_gone(request, page)
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, page, {"person": person, "form": form}, status=status)
    if not actions.set_password(token=token, password=form.cleaned_data["password"], purpose=purpose):
        return _render_gone(request, page)
    messages.success(request, "Your password is set. Sign in with it.")
    return redirect("account_login")


def _render_gone(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, page, {"person": None}, status=HTTPStatus.GONE)


@require_GET
def account_expired(request: HttpRequest) -> HttpResponse:
    """Tell a user that their account has expired, after the right password."""
    return render(request, "account/account_expired.html")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429 to too many requests."""
    context = {"minutes": settings.LOCKED_OUT_MINUTES}
    page = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    page.headers["Retry-After"] = str(settings.LOCKED_OUT_MINUTES * 60)
    return page


# --- The second factor ------------------------------------------------------------------------------------------------


class _AuthenticateView(AuthenticateView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        if verb := _refusal_verb(self.request, form, self.stage.login.user, "person.second_factor_refused"):
            with transaction.atomic():
                record(verb, by=None, row=self.stage.login.user)
        answer: HttpResponse = super().form_invalid(form)
        return answer


class _PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            record("person.sign_in_refused", by=None, after={"with": ["webauthn"]})
        answer: HttpResponse = super().form_invalid(form)
        return answer


def _refusal_verb(request: HttpRequest, form: Any, person: Any, refused: str) -> str:
    """Return the log verb for a refused form, or "" if the log needs no entry.

    An empty form is no attempt. While a user is locked out, repeated attempts must not fill the log.
    """
    found = {error.code for errors in form.errors.as_data().values() for error in errors}
    if found & {"too_many_login_attempts", "rate_limited"}:
        return "person.locked_out" if get_adapter().begins_lock_out(request, person.email) else ""
    return refused if found - {"required"} else ""


class _SecondFactorChangeMixin:
    """A view by which a user changes their own second factor. The change is logged, and a mail tells the user."""

    verb: str
    kind: str
    told: str

    def form_valid(self, form: Any) -> HttpResponse:
        request: HttpRequest = self.request  # type: ignore[attr-defined]
        person = request.user
        assert isinstance(person, User)  # noqa: S101 -- behind allauth's login_required
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            if self.verb == "person.second_factor_added":
                request.session[ENROLLED_IN_SESSION] = True
            actions.end_sign_ins(person, but=request.session.session_key)
            mails.notify_sign_in_changed(person, self.told)
            record(self.verb, by=person, row=person, after={"second_factor": self.kind})
        return response


class _ActivateAppView(_SecondFactorChangeMixin, ActivateTOTPView):  # type: ignore[misc]
    verb, kind, told = "person.second_factor_added", "totp", "An app that shows codes was added to your sign-in"

    def form_invalid(self, form: Any) -> HttpResponse:
        if verb := _refusal_verb(self.request, form, self.request.user, "person.second_factor_refused"):
            with transaction.atomic():
                record(verb, by=None, row=self.request.user)
        answer: HttpResponse = super().form_invalid(form)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Set up the app, and use up the code that was typed for it."""
        with transaction.atomic():
            answer = super().form_valid(form)
            one_time_codes.use_code(
                Authenticator.objects.get(user=form.user, type=Authenticator.Type.TOTP), form.cleaned_data["code"]
            )
        return answer


class _DeactivateAppView(_SecondFactorChangeMixin, DeactivateTOTPView):  # type: ignore[misc]
    verb, kind, told = "person.second_factor_removed", "totp", "The app that shows codes was removed from your sign-in"


class _AddPasskeyView(_SecondFactorChangeMixin, AddWebAuthnView):  # type: ignore[misc]
    verb, kind, told = "person.second_factor_added", "webauthn", "A passkey was added to your sign-in"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for a passkey: stored on the device, and unlocked there by finger, face or PIN."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        wanted = context["js_data"]["creation_options"]["publicKey"]["authenticatorSelection"]
        wanted |= {"residentKey": "required", "requireResidentKey": True}
        return context


class _RemovePasskeyView(_SecondFactorChangeMixin, RemoveWebAuthnView):  # type: ignore[misc]
    verb, kind, told = "person.second_factor_removed", "webauthn", "A passkey was removed from your sign-in"

    def form_valid(self, form: Any) -> HttpResponse:
        passkey = self.get_object()
        if not actions.can_remove_second_factor(passkey):
            messages.error(self.request, "This is your only second step. Set up another one before you remove it.")
            return redirect("mfa_index")
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse("mfa_index")


class _MakeRecoveryCodesView(_SecondFactorChangeMixin, GenerateRecoveryCodesView):  # type: ignore[misc]
    verb, kind, told = "person.recovery_codes_made", "recovery_codes", "New recovery codes were made for your sign-in"


class _ReauthenticationMixin:
    """A view by which a signed-in user authenticates again. The result goes into the activity log."""

    kind: str

    def form_valid(self, form: Any) -> HttpResponse:
        self._tell("person.reauthenticated")
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        if verb := _refusal_verb(self.request, form, self.request.user, "person.reauthentication_refused"):  # type: ignore[attr-defined]
            self._tell(verb)
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return answer

    @transaction.atomic
    def _tell(self, verb: str) -> None:
        person = self.request.user  # type: ignore[attr-defined]
        # No actor if it failed: the user has not proved who they are.
        by = person if verb == "person.reauthenticated" else None
        record(verb, by=by, row=person, after={"with": self.kind})


class _PasswordReauthenticationView(_ReauthenticationMixin, ReauthenticateView):  # type: ignore[misc]
    kind = "password"


class _CodeReauthenticationView(_ReauthenticationMixin, CodeAgainView):  # type: ignore[misc]
    kind = "code"


class _PasskeyReauthenticationView(_ReauthenticationMixin, ReauthenticateWebAuthnView):  # type: ignore[misc]
    kind = "webauthn"


def mfa_authenticate(request: HttpRequest) -> HttpResponse:
    """The second step of signing in."""
    return _call_allauth_view(request, _AuthenticateView)


def mfa_index(request: HttpRequest) -> HttpResponse:
    """List the user's own second factors; enrolment starts here for a user who has none."""
    return _call_allauth_view(request, SecondFactorsView)


@csp_override(settings.CSP_WITH_DRAWINGS)
def mfa_activate_totp(request: HttpRequest) -> HttpResponse:
    """Set up an app that shows codes."""
    return _call_allauth_view(request, _ActivateAppView)


def mfa_deactivate_totp(request: HttpRequest) -> HttpResponse:
    """Remove the app."""
    return _call_allauth_view(request, _DeactivateAppView)


def mfa_add_webauthn(request: HttpRequest) -> HttpResponse:
    """Set up a passkey."""
    return _call_allauth_view(request, _AddPasskeyView)


def mfa_remove_webauthn(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one of the user's own passkeys."""
    return _call_allauth_view(request, _RemovePasskeyView, pk=pk)


def mfa_login_webauthn(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone.

    A passkey is two factors: the user has the device, and unlocks it by finger, face or PIN.
    """
    return _call_allauth_view(request, _PasskeySignInView)


@never_cache
def mfa_view_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes the first time; after that, how many are left."""
    return _call_allauth_view(request, ViewRecoveryCodesView)


def mfa_generate_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Create new recovery codes in place of the old ones."""
    return _call_allauth_view(request, _MakeRecoveryCodesView)


def account_reauthenticate(request: HttpRequest) -> HttpResponse:
    """Ask for the password again."""
    return _call_allauth_view(request, _PasswordReauthenticationView)


def mfa_reauthenticate(request: HttpRequest) -> HttpResponse:
    """Ask for a code again."""
    return _call_allauth_view(request, _CodeReauthenticationView)


def mfa_reauthenticate_webauthn(request: HttpRequest) -> HttpResponse:
    """Ask for a passkey again."""
    return _call_allauth_view(request, _PasskeyReauthenticationView)


def _call_allauth_view(request: HttpRequest, view: Any, **named: Any) -> HttpResponse:
    """Return the answer of one of allauth's views, with 422 for a refused form, as everywhere in the tracker."""
    response = view.as_view()(request, **named)
    form = (getattr(response, "context_data", None) or {}).get("form")
    if request.method == "POST" and getattr(form, "errors", None) and response.status_code == HTTPStatus.OK:
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    answer: HttpResponse = response
    return answer


# --- The user's own sign-ins ------------------------------------------------------------------------------------------


@login_required
def sign_in_list(request: HttpRequest) -> HttpResponse:
    """List where the user is signed in. A POST ends one sign-in (`end`: its id), or all others."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 -- behind login_required
    here = request.session.session_key
    if request.method == "POST":
        with transaction.atomic():
            ended = actions.end_sign_ins(person, but=here, only=request.POST.get("end"))
            if ended:
                mails.notify_sign_in_changed(person, "You were signed out elsewhere")
            record("person.sign_ins_ended", by=person, row=person, after={"ended": ended})
        ends = "No other sign-in was there to end." if not ended else f"{ended} sign-in{'s' * (ended > 1)} ended."
        messages.success(request, ends)
        return HttpResponseRedirect(reverse("sign_in_list"))
    own, there = UserSession.objects.filter(user=person), Session.objects.values("session_key")
    own.exclude(session_key__in=there).delete()  # rows of ended sessions; allauth would query each one
    found = list(own.order_by("-created_at"))
    lines = [{"row": one, "is_here": one.session_key == here} for one in found]
    return render(request, "account/sign_in_list.html", {"lines": lines, "others": len(found) > 1})


# --- The user's own API tokens ----------------------------------------------------------------------------------------


@login_required
@require_GET
def token_list(request: HttpRequest) -> HttpResponse:
    """List the user's API tokens: those that work, and the newest 20 that have ended."""
    found = list(ApiToken.objects.visible_to(request.user))
    working = [token for token in found if not tokens.end_reason(token)]
    ended = [token for token in found if tokens.end_reason(token)][:20]
    return render(request, "account/token_list.html", {"working": working, "ended": ended})


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@sensitive_variables("secret")
def token_add(request: HttpRequest) -> HttpResponse:
    """Create a token. Only the answer to the form shows the secret; it is stored nowhere, not in a session either."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 -- behind login_required
    form = ApiTokenForm(
        request.POST or None, initial={"expires_on": tokens.latest_expiry(person, tokens.DEFAULT_LIFETIME)}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            token, secret = tokens.create_token(
                person=person, name=said["name"], scope=TokenScope(said["scope"]), expires_on=said["expires_on"]
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return render(request, "account/token_made.html", {"token": token, "secret": secret})
    context = {"form": form, "last_day": tokens.latest_expiry(person)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "account/token_add.html", context, status=status)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's own tokens for good."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    tokens.revoke(token, by=token.person)
    messages.success(request, f"“{token.name}” is revoked: what uses it is refused from now on.")
    return redirect("token_list")
