"""Security headers of every response: pages, the API, static files and Django's own error answers.

The policy of what a page may load and run (`SECURE_CSP`), HSTS and cookies are in the settings.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

_UNUSED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial",
    "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
"""Browser features that no page of ours uses. File fields open a phone's camera without the camera feature."""
_USED_FEATURES = ("publickey-credentials-create", "publickey-credentials-get", "clipboard-write")
"""Passkeys, and copying the address of a list."""

STATIC_FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers that matter for static files too. The others would only slow down a slow connection."""
SECURITY_HEADERS = STATIC_FILE_HEADERS | {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in _UNUSED_FEATURES), *(f"{name}=(self)" for name in _USED_FEATURES)]
    ),
}


def security_headers_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: add the security headers. It is the outermost one, so that every refusal has them too.

    Browsers and proxies must not store responses. After signing out, Back shows the next user of the computer nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
