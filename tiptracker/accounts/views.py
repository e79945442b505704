"""Views for signing in, links from mails, second steps, and the user's own sign-ins and API tokens.

Most of them are allauth's views with our wording and an entry in the activity log.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.views import ReauthenticateView, logout
from allauth.core.ratelimit import consume
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
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
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from tiptracker.accounts import actions, mail_links, mails, one_time_codes, tokens
from tiptracker.accounts.adapter import ONLY_SECOND_STEP_MESSAGE
from tiptracker.accounts.browsers import describe_browser
from tiptracker.accounts.forms import (
    ADDRESS_IN_SESSION,
    ApiTokenForm,
    LanguageForm,
    NewPasswordForm,
    PasswordForgottenForm,
    SignInForm,
)
from tiptracker.accounts.middleware import ENROLLED_IN_SESSION
from tiptracker.accounts.models import ApiToken
from tiptracker.audit.actions import record
from tiptracker.choices import Role, TokenScope
from tiptracker.errors import Refused
from tiptracker.languages.enabled import find_language
from tiptracker.localization import gettext, gettext_noop, ngettext
from tiptracker.undo.offers import offer_undo
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.pages import SignedInRequest
from tiptracker.web.rate_limits import limit_exceeded_page

LINK_QUEUED_MESSAGE = gettext_noop(
    "If this address has an account, we send it an e-mail with a link to set a new password. The link works once, "
    "within one hour. If no e-mail arrives within an hour, look in your spam folder. Then ask the administrator at your"
    " post."
)


def account_logout(request: HttpRequest) -> HttpResponse:
    """Sign out, and clear what the browser has stored of this account's forms.

    An expired session does not clear that. Nor does a user who agrees that an update waits on the device.
    """
    response: HttpResponse = logout(request)
    if request.method == "POST" and "keep_on_device" not in request.POST:
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


# --- Set a password by a link -----------------------------------------------------------------------------------------


def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to set a new password. The answer and its duration are the same if there is no such account."""
    form = PasswordForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/password_forgotten.html", {"form": form}, status=422 if form.is_bound else 200)
    email = form.cleaned_data["email"].lower()
    if not consume(request, action="reset_password", key=email):
        return too_many_requests(request)
    actions.request_password_reset(email)
    messages.info(request, gettext(LINK_QUEUED_MESSAGE))
    return redirect("account_login")


@never_cache
@sensitive_post_parameters()
def password_choose(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by the link from a mail."""
    return _set_password(request, token, mail_links.LinkPurpose.RESET)


@never_cache
@sensitive_post_parameters()
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password by the link from an invitation, and sign in with it."""
    return _set_password(request, token, mail_links.LinkPurpose.INVITATION)


def _set_password(request: HttpRequest, token: str, purpose: mail_links.LinkPurpose) -> HttpResponse:
    page = f"account/{purpose}.html"
    person = mail_links.find_person(token, purpose)
    if person is None:
        return _render_gone(request, page)
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method != "POST" or not form.is_valid():
        context = {"person": person, "form": form}
        return render(request, page, context, status=422 if form.is_bound else 200)
    if not actions.set_password(token=token, password=form.cleaned_data["password"], purpose=purpose):
        return _render_gone(request, page)
    if purpose is mail_links.LinkPurpose.INVITATION and not request.user.is_authenticated:
        sign_in = SignInForm({"login": person.email, "password": form.cleaned_data["password"]}, request=request)
        if sign_in.is_valid():
            answer: HttpResponse = sign_in.login(request)
            return answer
    request.session[ADDRESS_IN_SESSION] = person.email
    messages.success(request, gettext("Your password is set. Sign in with it."))
    return redirect("account_login")


def _render_gone(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, page, {"person": None}, status=HTTPStatus.GONE)


@require_GET
def account_expired(request: HttpRequest) -> HttpResponse:
    """Tell a user that their account has expired, after the right password."""
    return render(request, "account/account_expired.html")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429 to too many requests."""
    return limit_exceeded_page(request, settings.LOCKED_OUT_MINUTES * 60)


# --- The second factor ------------------------------------------------------------------------------------------------


class _RefusalLoggingMixin:
    """A view that asks for a second factor or a password, and writes to the activity log if it was wrong."""

    request: HttpRequest
    refused_verb = "person.second_factor_refused"
    shown = ""
    """What the user shows, as the log names it; empty if the verb says it."""

    def person(self) -> Any:
        return self.request.user

    def form_invalid(self, form: Any) -> HttpResponse:
        if verb := self._verb_of(form):
            with transaction.atomic():
                # No actor: the user has not proved who they are.
                record(verb, by=None, row=self.person(), after={"with": self.shown} if self.shown else None)
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return answer

    def _verb_of(self, form: Any) -> str:
        """Return the log verb for a refused form, or "" if the log needs no entry.

        An empty form is no attempt. While a user is locked out, repeated attempts must not fill the log.
        """
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        if codes & {"too_many_login_attempts", "rate_limited"}:
            is_new = get_adapter().begins_lock_out(self.request, self.person().email)
            return "person.locked_out" if is_new else ""
        return self.refused_verb if codes - {"required"} else ""


class _AuthenticateView(_RefusalLoggingMixin, AuthenticateView):  # type: ignore[misc]
    def person(self) -> Any:
        return self.stage.login.user


class _PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            record("person.sign_in_refused", by=None, after={"with": ["webauthn"]})
        answer: HttpResponse = super().form_invalid(form)
        return answer


class _SecondFactorChangeMixin:
    """A view by which a user changes their own second factor. The change is logged, and a mail tells the user."""

    request: SignedInRequest
    verb: str
    kind: str
    description: str

    def form_valid(self, form: Any) -> HttpResponse:
        person, session = self.request.user, self.request.session
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            if self.verb == "person.second_factor_added":
                session[ENROLLED_IN_SESSION] = True
            actions.end_sign_ins(person, but=session.session_key)
            mails.notify_sign_in_changed(person, self.description)
            record(self.verb, by=person, row=person, after={"second_factor": self.kind})
        return response


class _ActivateAppView(_RefusalLoggingMixin, _SecondFactorChangeMixin, ActivateTOTPView):  # type: ignore[misc]
    verb, kind = "person.second_factor_added", "totp"
    description = gettext_noop("An authenticator app was added to your sign-in.")

    def form_valid(self, form: Any) -> HttpResponse:
        """Set up the app, and use up the code that was typed for it."""
        with transaction.atomic():
            answer = super().form_valid(form)
            app = Authenticator.objects.get(user=form.user, type=Authenticator.Type.TOTP)
            one_time_codes.use_code(app, form.cleaned_data["code"])
        return answer


class _DeactivateAppView(_SecondFactorChangeMixin, DeactivateTOTPView):  # type: ignore[misc]
    verb, kind = "person.second_factor_removed", "totp"
    description = gettext_noop("The authenticator app was removed from your sign-in.")


class _AddPasskeyView(_SecondFactorChangeMixin, AddWebAuthnView):  # type: ignore[misc]
    verb, kind = "person.second_factor_added", "webauthn"
    description = gettext_noop("A passkey was added to your sign-in.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for a passkey: stored on the device, and unlocked there by finger, face or PIN."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        selection = context["js_data"]["creation_options"]["publicKey"]["authenticatorSelection"]
        selection |= {"residentKey": "required", "requireResidentKey": True}
        return context


class _RemovePasskeyView(_SecondFactorChangeMixin, RemoveWebAuthnView):  # type: ignore[misc]
    verb, kind = "person.second_factor_removed", "webauthn"
    description = gettext_noop("A passkey was removed from your sign-in.")

    def form_valid(self, form: Any) -> HttpResponse:
        passkey = self.get_object()
        if not get_mfa_adapter().can_delete_authenticator(passkey):  # allauth asks this for the app only
            messages.error(self.request, gettext(ONLY_SECOND_STEP_MESSAGE))
            return redirect("mfa_index")
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse("mfa_index")


class _MakeRecoveryCodesView(_SecondFactorChangeMixin, GenerateRecoveryCodesView):  # type: ignore[misc]
    verb, kind = "person.recovery_codes_made", "recovery_codes"
    description = gettext_noop("New recovery codes were made for your sign-in.")


class _ReauthenticationMixin(_RefusalLoggingMixin):
    """A view by which a signed-in user authenticates again. The result goes into the activity log."""

    refused_verb = "person.reauthentication_refused"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            record("person.reauthenticated", by=self.person(), row=self.person(), after={"with": self.shown})
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class _PasswordReauthenticationView(_ReauthenticationMixin, ReauthenticateView):  # type: ignore[misc]
    shown = "password"


class _CodeReauthenticationView(_ReauthenticationMixin, CodeAgainView):  # type: ignore[misc]
    shown = "code"


class _PasskeyReauthenticationView(_ReauthenticationMixin, ReauthenticateWebAuthnView):  # type: ignore[misc]
    shown = "webauthn"


def _page(name: str, allauth_view: Any) -> Callable[..., HttpResponse]:
    """Return one of allauth's views as the page `name`, with 422 for a refused form, as everywhere in the tracker."""
    view = allauth_view.as_view()

    def page(request: HttpRequest, **named: Any) -> HttpResponse:
        response: HttpResponse = view(request, **named)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and getattr(form, "errors", None) and response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    page.__name__ = page.__qualname__ = name
    return page


mfa_authenticate = _page("mfa_authenticate", _AuthenticateView)
mfa_index = _page("mfa_index", SecondFactorsView)
"""List the user's own second factors; enrolment starts here for a user who has none."""
mfa_activate_totp = csp_override(settings.CSP_WITH_DRAWINGS)(_page("mfa_activate_totp", _ActivateAppView))
mfa_deactivate_totp = _page("mfa_deactivate_totp", _DeactivateAppView)
mfa_add_webauthn = _page("mfa_add_webauthn", _AddPasskeyView)
mfa_remove_webauthn = _page("mfa_remove_webauthn", _RemovePasskeyView)
mfa_login_webauthn = _page("mfa_login_webauthn", _PasskeySignInView)
"""Sign in with a passkey alone.

A passkey is two factors: the user has the device, and unlocks it by finger, face or PIN.
"""
mfa_view_recovery_codes = never_cache(_page("mfa_view_recovery_codes", ViewRecoveryCodesView))
"""Show the recovery codes the first time; after that, how many are left."""
mfa_generate_recovery_codes = _page("mfa_generate_recovery_codes", _MakeRecoveryCodesView)
account_reauthenticate = _page("account_reauthenticate", _PasswordReauthenticationView)
mfa_reauthenticate = _page("mfa_reauthenticate", _CodeReauthenticationView)
mfa_reauthenticate_webauthn = _page("mfa_reauthenticate_webauthn", _PasskeyReauthenticationView)


# --- The user's own sign-ins ------------------------------------------------------------------------------------------


@login_required
def sign_in_list(request: SignedInRequest) -> HttpResponse:
    """List where the user is signed in. A POST ends one sign-in (`end`: its id), or all others."""
    person = request.user
    here = request.session.session_key
    if request.method == "POST":
        with transaction.atomic():
            ended = actions.end_sign_ins(person, but=here, only=request.POST.get("end"))
            if ended:
                mails.notify_sign_in_changed(person, gettext_noop("Other sign-ins of your account were ended."))
            record("person.sign_ins_ended", by=person, row=person, after={"ended": ended})
        messages.success(
            request,
            ngettext("%(number)d sign-in ended.", "%(number)d sign-ins ended.", ended) % {"number": ended}
            if ended
            else gettext("There was no other sign-in to end."),
        )
        return redirect("sign_in_list")
    own_sessions, live_keys = UserSession.objects.filter(user=person), Session.objects.values("session_key")
    own_sessions.exclude(session_key__in=live_keys).delete()  # rows of ended sessions; allauth would query each one
    sessions = list(own_sessions.order_by("-created_at"))
    lines = [
        {"row": session, "is_here": session.session_key == here, "browser": describe_browser(session.user_agent)}
        for session in sessions
    ]
    return render(request, "account/sign_in_list.html", {"lines": lines, "others": len(sessions) > 1})


# --- The user's own language ------------------------------------------------------------------------------------------


@login_required
def account_language(request: SignedInRequest) -> HttpResponse:
    """Choose the language in which pages and mails speak to the user."""
    person = request.user
    form = LanguageForm(
        request.POST if request.method == "POST" else None,
        initial={"language": person.language},
        default=gettext("The language of your country"),
        role=Role(person.role),
    )
    if form.is_bound and form.is_valid():
        before = person.language
        actions.set_language(person=person, language=form.cleaned_data["language"])
        with translation.override(find_language(person.locale().language, Role(person.role))):
            sentence = gettext("Your language was saved.")
        language = cast("ChoiceField", form.fields["language"])
        if before != person.language and (not before or language.valid_value(before)):
            offer_undo(request, sentence, reverse("account_language"), language=before)
        else:
            messages.success(request, sentence)
        return redirect("account_language")
    return render(request, "account/language.html", {"form": form}, status=422 if form.is_bound else 200)


# --- The user's own API tokens ----------------------------------------------------------------------------------------


@login_required
@require_GET
def token_list(request: HttpRequest) -> HttpResponse:
    """List the user's API tokens: those that work, and the newest 20 that have ended."""
    visible = list(ApiToken.objects.visible_to(request.user))
    working = [token for token in visible if not tokens.end_reason(token)]
    ended = [token for token in visible if tokens.end_reason(token)][:20]
    return render(request, "account/token_list.html", {"working": working, "ended": ended})


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@sensitive_variables("secret")
def token_add(request: SignedInRequest) -> HttpResponse:
    """Create a token. Only the answer to the form shows the secret; it is stored nowhere, not in a session either."""
    person = request.user
    form = ApiTokenForm(
        request.POST or None, initial={"expires_on": tokens.latest_expiry(person, tokens.DEFAULT_LIFETIME)}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            token, secret = tokens.create_token(
                person=person, name=data["name"], scope=TokenScope(data["scope"]), expires_on=data["expires_on"]
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return render(request, "account/token_made.html", {"token": token, "secret": secret})
    context = {"form": form, "last_day": tokens.latest_expiry(person)}
    return render(request, "account/token_add.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's own tokens for good."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    tokens.revoke(token, by=token.person)
    messages.success(
        request,
        gettext("The token “%(name)s” is revoked. Programs can no longer use it.") % {"name": token.name},
    )
    return redirect("token_list")
