"""Authenticate programs that use the API: a token in the Authorization header. Only the API accepts tokens."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tiptracker.accounts import tokens
from tiptracker.accounts.models import ApiToken, User
from tiptracker.audit import request_context
from tiptracker.choices import Role, TokenScope
from tiptracker.languages.enabled import find_language
from tiptracker.localization import gettext, gettext_lazy, gettext_noop

if TYPE_CHECKING:  # that module imports this one
    from rest_framework.views import APIView

BEARER = "Bearer"
INVALID_CREDENTIALS_MESSAGE = gettext_noop(
    "This token does not work. It is unknown or has ended. Make another one on the page “API tokens”."
)
"""One sentence for every reason, so that a person who found a token learns nothing about it."""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer tip_…`. A token counts before any session that the request also has."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's person and the token; None if the request has no token.

        Sentences and times in the answer are then in the person's language and time zone.
        """
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != BEARER.lower():
            return None
        token = tokens.find_token(secret.strip())
        if reason := tokens.refusal_reason(token) if token else "unknown":
            tokens.note_refusal(token, reason)
        if token is None or reason:
            raise AuthenticationFailed(gettext(INVALID_CREDENTIALS_MESSAGE))
        tokens.note_use(token, request_context.address.get())
        request_context.token.set(token.prefix)
        request_context.set_request_person(request, token.person_id)
        time_zone, language = token.person.locale()
        if time_zone:  # until tiptracker.accounts.middleware.locale_middleware ends the request
            timezone.activate(ZoneInfo(time_zone))
        translation.activate(find_language(language, Role(token.person.role)))
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return BEARER


class TokenScopePermission(BasePermission):
    """Refuse writing requests by a token that may only read."""

    message = gettext_lazy("This token can only read. Make a token that can read and submit, on the page “API tokens”.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        token = request.auth
        return not isinstance(token, ApiToken) or token.scope == TokenScope.SUBMIT or request.method in SAFE_METHODS
