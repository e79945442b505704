"""What somebody said identifies nobody: told by forms and API, read by the log, so that no action asks for it."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_told: ContextVar[set[str] | None] = ContextVar("told", default=None)


def confirm(kinds: Iterable[str]) -> None:
    """Remember, while the request lasts, that what reads like one of these `kinds` was confirmed to identify nobody."""
    if (told := _told.get()) is not None:
        told.update(kinds)


def confirmed() -> list[str]:
    """The kinds that were confirmed in this request; none outside of one."""
    return sorted(_told.get() or ())


def for_one_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what is confirmed holds for one request alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = _told.set(set())
        try:
            return get_response(request)
        finally:
            _told.reset(before)

    return middleware
