"""Tell requests of this machine from those of others. The web server uses this before Django has loaded."""

from collections.abc import Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from django.http import JsonResponse

FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")
"""Headers of requests that a proxy passes on. A proxy on the same machine has a loopback address too."""


def is_from_this_machine(environ: Mapping[str, Any]) -> bool:
    """Return whether a program on this machine sent the request itself, not through a proxy."""
    if any(environ.get(name) for name in FORWARDING_HEADERS):
        return False
    try:
        return ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def unavailable_health(environ: Mapping[str, Any], reason: str) -> JsonResponse:
    """Return the answer 503, with the reason for this machine alone."""
    said = {"status": "unavailable"} | ({"reason": reason} if is_from_this_machine(environ) else {})
    return JsonResponse(said, status=HTTPStatus.SERVICE_UNAVAILABLE)
