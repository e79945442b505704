"""How often something may be asked: by a person, or from an address where nobody has signed in. In the cache.

A whole ministry sits behind one address, so whoever has signed in is counted by themselves. REST framework counts, for
pages too; what is asked at the same moment may slip by, which these limits bear. While the shared cache fails, each
process counts by itself and lets a part of it pass.
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

PageView = Callable[..., HttpResponseBase]

RETRY_AFTER = "Retry-After"
FALLBACK_DIVISOR = 4
"""A process that counts by itself lets a quarter pass: there are several of them."""


class RateLimit(SimpleRateThrottle):
    """A limit of `settings.LIMITS` by its name, such as "uploads"."""

    num_requests: int

    def __init__(self, name: str) -> None:
        self.rate = settings.LIMITS[name]
        self.scope = name
        super().__init__()

    def allow_request(self, request: Any, view: Any = None) -> bool:
        """Count one more; whether it may be done. (No limit of ours asks which view it is for.)"""
        return super().allow_request(request, view)

    def throttle_success(self) -> bool:
        """Count this one. The cache was asked just before, so it is known whether this process counts by itself."""
        if redis_breaker.is_open:
            self.num_requests = max(1, self.num_requests // FALLBACK_DIVISOR)
            if len(self.history) >= self.num_requests:
                return bool(self.throttle_failure())
        return bool(super().throttle_success())

    def get_cache_key(self, request: Any, view: Any = None) -> str:
        who = request.user.pk if isinstance(request.user, User) else client_address(request)
        return f"limit:{self.scope}:{who}"


class ApiRateLimit(RateLimit):
    """The limit of the API as a whole, for REST_FRAMEWORK."""

    def __init__(self) -> None:
        super().__init__("api")


def seconds_to_wait(name: str, request: HttpRequest | Request) -> int:
    """Count one more; 0 where it may be done, else in how many seconds it may be tried again."""
    limit = RateLimit(name)
    return 0 if limit.allow_request(request) else ceil(limit.wait() or 1)


def enforce_limit(name: str, request: Request) -> None:
    """Count one more in the API; raises Throttled, which is answered 429."""
    if wait := seconds_to_wait(name, request):
        raise Throttled(wait)


def rate_limited(name: str) -> Callable[[PageView], PageView]:
    """Decorates a page below `login_required`: asked too often it answers 429, and nothing is done."""

    def decorate(view: PageView) -> PageView:
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if wait := seconds_to_wait(name, request):
                page = render(request, "429.html", {"wait": format_wait(wait)}, status=HTTPStatus.TOO_MANY_REQUESTS)
                return set_retry_after(page, wait)
            return view(request, *args, **kwargs)

        return within

    return decorate


def set_retry_after(
    response: HttpResponse, seconds: int, status: HTTPStatus = HTTPStatus.TOO_MANY_REQUESTS
) -> HttpResponse:
    """`response` as the answer to who has to wait; 0 seconds leave it as it is."""
    if seconds:
        response.status_code = status
        response.headers[RETRY_AFTER] = str(seconds)
    return response


def format_wait(seconds: float) -> str:
    """A time to wait as a sentence has it: "40 seconds", "12 minutes"."""
    number, unit = (ceil(seconds), "second") if seconds <= 90 else (ceil(seconds / 60), "minute")
    return f"{number} {unit}{'s' * (number != 1)}"
