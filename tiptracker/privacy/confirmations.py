"""What somebody said identifies nobody: told by forms and API, read by the log, so that no action asks for it."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request_kinds: ContextVar[set[str] | None] = ContextVar("told", default=None)


def confirm(kinds: Iterable[str]) -> None:
    """Remember, while the request lasts, that what reads like one of these `kinds` was confirmed to identify nobody."""
    if (told := _request_kinds.get()) is not None:
        told.update(kinds)


def confirmed_kinds() -> list[str]:
    """The kinds that were confirmed in this request; none outside of one."""
    return sorted(_request_kinds.get() or ())


def confirmations_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what is confirmed holds for one request alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = _request_kinds.set(set())
        try:
            return get_response(request)
        finally:
            _request_kinds.reset(before)

    return middleware
