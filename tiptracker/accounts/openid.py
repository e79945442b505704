"""Signing in through an OpenID Connect provider, where one is set up. Nobody signs up that way either."""

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class ClosedOpenIdAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's adapter: whoever the provider vouches for has an account here already, by a verified address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False
