"""Confirmations that a text identifies nobody, kept for one request.

Forms and the API set them and the activity log reads them, so no action has to pass them on.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request_kinds: ContextVar[set[str] | None] = ContextVar("told", default=None)


def confirm(kinds: Iterable[str]) -> None:
    """Record for this request that findings of these `kinds` were confirmed to identify nobody."""
    if (request_kinds := _request_kinds.get()) is not None:
        request_kinds.update(kinds)


def confirmed_kinds() -> list[str]:
    """Return the kinds that were confirmed in this request. Empty outside a request."""
    return sorted(_request_kinds.get() or ())


def confirmations_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a confirmation is valid for one request only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = _request_kinds.set(set())
        try:
            return get_response(request)
        finally:
            _request_kinds.reset(before)

    return middleware
