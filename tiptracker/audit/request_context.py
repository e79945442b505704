"""Where a request comes from and by which token, for the log: read by `record`, so that actions need no request."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

address: ContextVar[str | None] = ContextVar("address", default=None)
token: ContextVar[str] = ContextVar("token", default="")
"""How the API token begins that is used; "" where somebody has signed in."""


PERSON_KEY = "tiptracker.person"
"""The key in a request's META under which it stands whose request it is."""


def set_request_person(request: HttpRequest, person: int) -> None:
    """Let the web server know whose request this is, so that nobody's requests take all of its threads."""
    request.META[PERSON_KEY] = person


def client_address(request: HttpRequest) -> str | None:
    """The address of whoever asks; behind TRUSTED_PROXIES proxies, the one that the outermost of them saw."""
    stated = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            stated = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ip_address(stated))
    except ValueError:
        return None


def request_context_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: remember the address, and the token that may be found, for the length of the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before, without = address.set(client_address(request)), token.set("")
        try:
            return get_response(request)
        finally:
            address.reset(before)
            token.reset(without)

    return middleware
