"""Limit how often a user, or an IP address before sign-in, may do something. The counts are in the cache.

A whole ministry may share one IP address, so signed-in users are counted individually. REST framework counts, for
pages too. Requests at the same moment may slip through, which is acceptable for these limits. While the shared cache
fails, each process counts alone and allows only a part of the limit.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from tiptracker.accounts.models import User
from tiptracker.audit.request_context import client_address
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.localization import ngettext

PageView = Callable[..., HttpResponseBase]

RETRY_AFTER = "Retry-After"
FALLBACK_DIVISOR = 4
"""A process that counts alone allows a quarter of the limit, because several processes run."""


class RateLimit(SimpleRateThrottle):
    """A limit of `settings.LIMITS`, by name, such as "uploads"."""

    num_requests: int

    def __init__(self, name: str) -> None:
        self.rate = settings.LIMITS[name]
        self.scope = name
        super().__init__()

    def allow_request(self, request: Any, view: Any = None) -> bool:
        """Count one request and return whether it is allowed. Our limits do not depend on the view."""
        return super().allow_request(request, view)

    def throttle_success(self) -> bool:
        """Count an allowed request, with a lower limit if this process counts alone.

        The cache was used just before, so the state of `redis_breaker` is current.
        """
        if redis_breaker.is_open:
            self.num_requests = max(1, self.num_requests // FALLBACK_DIVISOR)
            if len(self.history) >= self.num_requests:
                return bool(self.throttle_failure())
        return bool(super().throttle_success())

    def get_cache_key(self, request: Any, view: Any = None) -> str:
        client = request.user.pk if isinstance(request.user, User) else client_address(request)
        return f"limit:{self.scope}:{client}"


class ApiRateLimit(RateLimit):
    """The limit of the whole API, for REST_FRAMEWORK in the settings."""

    def __init__(self) -> None:
        super().__init__("api")


def seconds_to_wait(name: str, request: HttpRequest | Request) -> int:
    """Count one request. Return 0 if it is allowed, otherwise after how many seconds to try again."""
    limit = RateLimit(name)
    return 0 if limit.allow_request(request) else ceil(limit.wait() or 1)


def enforce_limit(name: str, request: Request) -> None:
    """Count one API request. Raises Throttled (answered 429) if it is over the limit."""
    if wait := seconds_to_wait(name, request):
        raise Throttled(wait)


def rate_limited(name: str) -> Callable[[PageView], PageView]:
    """Decorate a page behind `login_required`: over the limit it answers 429 and does nothing."""

    def decorate(view: PageView) -> PageView:
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if wait := seconds_to_wait(name, request):
                return limit_exceeded_page(request, wait)
            return view(request, *args, **kwargs)

        return within

    return decorate


def limit_exceeded_page(request: HttpRequest, wait: int) -> HttpResponse:
    """Return the page that says how long to wait, in seconds."""
    return set_retry_after(render(request, "429.html", {"wait": format_wait(wait)}), wait)


def set_retry_after(
    response: HttpResponse, seconds: int, status: HTTPStatus = HTTPStatus.TOO_MANY_REQUESTS
) -> HttpResponse:
    """Set the status and Retry-After of `response` if the client has to wait. 0 seconds leave it unchanged."""
    if seconds:
        response.status_code = status
        response.headers[RETRY_AFTER] = str(seconds)
    return response


def format_wait(seconds: float) -> str:
    """Format a waiting time for a sentence, such as "40 seconds" or "12 minutes"."""
    if seconds <= 90:
        number = ceil(seconds)
        return ngettext("%(number)d second", "%(number)d seconds", number) % {"number": number}
    number = ceil(seconds / 60)
    return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}
