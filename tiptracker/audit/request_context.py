"""Keep the address and the API token of the current request for the log, so that actions need no request."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]
"""What a middleware wraps and returns."""

address: ContextVar[str | None] = ContextVar("address", default=None)
token: ContextVar[str] = ContextVar("token", default="")
"""The prefix of the API token in use; "" if the user signed in."""


PERSON_KEY = "tiptracker.person"
"""The key in a request's META that holds the id of its user."""


def set_request_person(request: HttpRequest, person: int) -> None:
    """Tell the web server whose request this is, so that one user's requests cannot take all of its threads."""
    request.META[PERSON_KEY] = person


def client_address(request: HttpRequest) -> str | None:
    """Return the address of the client; behind TRUSTED_PROXIES proxies, the address that the outermost one saw."""
    stated = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            stated = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ip_address(stated))
    except ValueError:
        return None


def request_context_middleware(get_response: Handler) -> Handler:
    """Middleware: store the address and the token (set later) for the duration of the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before, without = address.set(client_address(request)), token.set("")
        try:
            return get_response(request)
        finally:
            address.reset(before)
            token.reset(without)

    return middleware
