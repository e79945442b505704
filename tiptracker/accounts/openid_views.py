"""Views that lead to the organisation's OpenID Connect provider and back.

allauth's own views answer with a server error if the provider does not respond.
"""

from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView, OAuth2View
from django.http import Http404, HttpRequest, HttpResponse

from tiptracker.accounts.openid import OpenIdAdapter
from tiptracker.accounts.openid_tokens import ProviderError


class _CallbackView(OAuth2CallbackView):  # type: ignore[misc]
    """Checks that the answer belongs to the sign-in that this browser began: its nonce is stored with the state."""

    def _get_state(self, request: HttpRequest, provider: object) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, answer


def openid_connect_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to the provider."""
    return _call_allauth_view(OAuth2LoginView, request, provider_id)


def openid_connect_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in the person whom the provider has identified."""
    return _call_allauth_view(_CallbackView, request, provider_id)


def _call_allauth_view(view: type[OAuth2View], request: HttpRequest, provider_id: str) -> HttpResponse:
    adapter = OpenIdAdapter(request, provider_id)
    try:
        answer: HttpResponse = view.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except ProviderError as error:
        answer = render_authentication_error(request, adapter.get_provider(), exception=error)
    return answer
