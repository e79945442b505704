"""Sign in through an OpenID Connect provider, if one is configured. Nobody can sign up this way either.

allauth handles the redirects. This module checks more than allauth does: a signature by the provider's own key, the
nonce of this sign-in, and an address that the provider states it has verified.
"""

import logging
from functools import cached_property
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string

from tiptracker.accounts.adapter import AccountAdapter
from tiptracker.accounts.models import User
from tiptracker.accounts.openid_tokens import (
    BoundedSession,
    ProviderError,
    check_configuration,
    exchange_code,
    fetch_json,
    read_id_token,
)
from tiptracker.audit.actions import record

logger = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's adapter: a person must already have an account here, with an address that the provider has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> "OpenIdProvider":
        return OpenIdProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def get_requests_session(self) -> BoundedSession:
        return BoundedSession()

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Return the account with this address.

        The empty second value keeps the password: allauth would remove it, because allauth's own table holds no
        address.
        """
        match = super().authenticate_by_email(sociallogin)
        return (match[0], "") if match else None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse people who are unknown here or whose address is not verified.

        The answer is a page that says why, and the activity log gets an entry.
        """
        if sociallogin.is_existing:
            return
        addresses = sociallogin.email_addresses
        person = User.objects.get_queryset().filter(email__iexact=addresses[0].email).first() if addresses else None
        reason = "unknown" if addresses and addresses[0].verified else "unverified" if addresses else "nameless"
        _record_refusal(request, reason, person if reason == "unverified" else None)
        if reason != "unknown":
            raise ImmediateHttpResponse(render_refusal(request, reason))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: "OpenIdProvider",
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Show what went wrong.

        Answers that belong to no sign-in of ours are not logged, because anybody can send one.
        """
        if error == AuthError.CANCELLED:
            return
        reason = "declined" if (extra_context or {}).get("state") else "used"
        if exception is not None:
            reason = exception.reason if isinstance(exception, ProviderError) else "declined"
            logger.warning("The OpenID Connect provider let nobody in: %s (%s)", reason, exception)
            if reason == "untrusted":
                _record_refusal(request, reason, None)
        raise ImmediateHttpResponse(render_refusal(request, reason))


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """How allauth queries the provider; `nonce` is the one that this sign-in began with."""

    nonce = ""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        server_url = self.get_provider().server_url
        with get_adapter().get_requests_session() as session:
            configuration = fetch_json(session, server_url)
        check_configuration(configuration, server_url, is_secure=settings.SECURE)
        return configuration

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, str]:
        form = {
            "grant_type": "authorization_code",
            "code": request.GET.get("code", ""),
            "redirect_uri": client.callback_url,
            "code_verifier": pkce_code_verifier or "",
        }
        with get_adapter().get_requests_session() as session:
            return exchange_code(
                session, self.access_token_url, form, client=(app.client_id, app.secret), is_basic=self.basic_auth
            )

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        configuration = self.openid_config
        with get_adapter().get_requests_session() as session:
            keys = fetch_json(session, configuration["jwks_uri"])
            claims = read_id_token(
                kwargs["response"]["id_token"],
                keys=keys,
                issuer=configuration["issuer"],
                audience=app.client_id,
                nonce=self.nonce,
            )
            headers = {"Authorization": f"Bearer {token.token}"}
            user_info = fetch_json(session, configuration["userinfo_endpoint"], headers)
        if user_info.get("sub") != claims["sub"]:
            raise ProviderError("untrusted", "an answer on somebody else")
        profile = claims | user_info
        profile["email"] = profile["email"].strip() if isinstance(profile.get("email"), str) else ""
        profile["email_verified"] = profile.get("email_verified") in {True, "true"}  # some providers send a string
        return self.get_provider().sociallogin_from_response(request, {"userinfo": profile})


class OpenIdProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """allauth's provider, limited to signing in, whatever parameters the request adds."""

    oauth2_adapter_class = OpenIdAdapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        parameters = super().get_redirect_from_request_kwargs(request)
        return {key: parameters[key] for key in parameters.keys() & {"next_url"}} | {"process": AuthProcess.LOGIN}

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: object = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = get_random_string(32)
        kwargs |= {"auth_params": self.get_auth_params() | {"nonce": nonce}, "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, next_url, data, **kwargs)
        return answer


def render_refusal(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "socialaccount/authentication_error.html", {"reason": reason}, status=401)


def _record_refusal(request: HttpRequest, reason: str, person: User | None) -> None:
    """Write to the activity log, once in a while for each reason and address, so that nobody can fill the log."""
    if person is None and not AccountAdapter(request).begins_lock_out(request, f"provider {reason}"):
        return
    with transaction.atomic():
        record("person.sign_in_refused", by=None, row=person, after={"with": ["socialaccount"], "why": reason})
