"""Middleware about the user of a request: their language, the limits of their session, and the second factor."""

from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from tiptracker.accounts import sessions
from tiptracker.accounts.models import User
from tiptracker.audit import request_context as audit_context
from tiptracker.audit.actions import record
from tiptracker.audit.request_context import Handler
from tiptracker.choices import Role
from tiptracker.languages.enabled import find_browser_language, find_language
from tiptracker.localization import gettext
from tiptracker.web.preserved_input import SIGNED_OUT_STATE, preserved_input_context, wants_json

ENROLLED_IN_SESSION = "enrolled_here"
"""Key in a session: its own user set up the second factor in it."""
ENROLMENT_ONLY = "is_held_at_enrolment"
"""Attribute of a request: only enrolment answers it, so its page shows no other links and no counts."""
ENROLMENT_VIEWS = frozenset({
    "account_logout", "account_reauthenticate", "health", "metrics", "mfa_activate_totp", "mfa_add_webauthn",
    "mfa_index", "ready",
})  # fmt: skip
"""The views that a user without a second factor may use."""
SIGNED_OUT_VIEWS = frozenset({
    "account_login", "invitation_accept", "mfa_authenticate", "mfa_login_webauthn", "openid_connect_callback",
    "openid_connect_login", "password_choose", "password_forgotten",
})  # fmt: skip
"""The views of somebody who is about to sign in."""


def locale_middleware(get_response: Handler) -> Handler:
    """Middleware: use the language and the time zone of the user. Before sign-in the browser says the language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            time_zone, chosen = user.locale()
            language = find_language(chosen, Role(user.role))
        else:
            time_zone, language = "", find_browser_language(request)
        zone = ZoneInfo(time_zone) if time_zone else None
        # Both also reset what an API token's user activated.
        with timezone.override(zone), translation.override(language):
            response = get_response(request)
        if not user.is_authenticated:
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def session_limits_middleware(get_response: Handler) -> Handler:
    """Middleware: end sessions that were idle for too long or began too long ago.

    If a user who is no longer signed in sends one of our forms, the answer gives back what they typed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            audit_context.set_request_person(request, request.user.pk)
            if sentence := sessions.describe_expiry(request.session, request.user.role):
                return _sign_out(request, "person.session_ended", sentence)
            sessions.touch_session(request.session)
            return get_response(request)
        response = get_response(request)
        if request.method != "POST" or not _redirects_to_sign_in(response):
            return response
        if wants_json(request):
            return JsonResponse({"state": SIGNED_OUT_STATE}, status=HTTPStatus.FORBIDDEN)
        context = preserved_input_context(request)
        return render_signed_out(request, context) if context["typed"] else response

    return middleware


def second_factor_middleware(get_response: Handler) -> Handler:
    """Middleware: allow nothing but enrolment in a session in which no second factor was shown."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not (settings.SECOND_FACTOR_REQUIRED and request.user.is_authenticated) or has_shown_second_factor(request):
            return get_response(request)
        if Authenticator.objects.filter(user=request.user).exists():
            # The user enrolled elsewhere after this session began. A password alone must not add another second factor.
            return _sign_out(request, "person.signed_out", gettext("Sign in again with your second step."))
        if _view_name(request) in ENROLMENT_VIEWS:
            setattr(request, ENROLMENT_ONLY, True)
            return get_response(request)
        if request.path.startswith("/api/"):
            return _forbidden_json(
                gettext("Set up a second step for your sign-in first. Open the start page in a browser.")
            )
        return redirect("mfa_index")

    return middleware


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Return whether the user has shown more than a password in this session. Enrolling a second factor counts."""
    shown = get_authentication_records(request, request.user)
    return request.session.get(ENROLLED_IN_SESSION, False) or any(sign_in["method"] == "mfa" for sign_in in shown)


def _view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _sign_out(request: HttpRequest, verb: str, sentence: str) -> HttpResponse:
    """Sign the user out and lead to the sign-in page. A form in this request is not saved; its input is given back."""
    context = preserved_input_context(request) if request.method == "POST" else {"typed": []}
    with transaction.atomic():
        person = request.user if isinstance(request.user, User) else None
        record(verb, by=person, row=person)
        logout(request)
    if request.path.startswith("/api/"):
        return _forbidden_json(sentence)
    if wants_json(request):
        return JsonResponse({"state": SIGNED_OUT_STATE, "sentence": sentence}, status=HTTPStatus.FORBIDDEN)
    if context["typed"]:
        return render_signed_out(request, context, sentence)
    messages.info(request, sentence)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def render_signed_out(
    request: HttpRequest,
    context: dict[str, Any],
    sentence: str = "",
) -> HttpResponse:
    """Answer 403 with the typed input (`typed.given_back`) and a link back to the form through the sign-in page."""
    page = {"sentence": sentence or gettext("You signed out in this browser, perhaps in another tab.")} | context
    return render(request, "account/signed_out.html", page, status=HTTPStatus.FORBIDDEN)


def is_account_page(request: HttpRequest) -> bool:
    """Return whether the request is about signing in or an account, so that its sender need not be signed in."""
    return _view_name(request).startswith(("account_", "mfa_", "password_", "invitation_"))


def is_signed_out_page(request: HttpRequest) -> bool:
    """Return whether the request is part of signing in, so that its sender can read nothing yet."""
    return _view_name(request) in SIGNED_OUT_VIEWS


def _redirects_to_sign_in(response: HttpResponse) -> bool:
    return response.get("Location", "").startswith(f"{resolve_url(settings.LOGIN_URL)}?next=")


def _forbidden_json(sentence: str) -> JsonResponse:
    return JsonResponse({"detail": sentence}, status=HTTPStatus.FORBIDDEN)
