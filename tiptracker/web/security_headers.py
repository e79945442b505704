"""What every answer tells the browser to refuse, whoever gives it: a page, the API, a static file, Django's own 400.

The policy of what a page may load and run (`SECURE_CSP`), HSTS and cookies stand in the settings.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

_UNUSED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "clipboard-write",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial",
    "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
"""What a browser can do and no page of ours asks of it. A field for files opens the telephone's camera without it."""
_PASSKEY_FEATURES = ("publickey-credentials-create", "publickey-credentials-get")

STATIC_FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What says something of a static file too; the others would only weigh on a slow line."""
SECURITY_HEADERS = STATIC_FILE_HEADERS | {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in _UNUSED_FEATURES), *(f"{name}=(self)" for name in _PASSKEY_FEATURES)]
    ),
}


def security_headers_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outermost, so that no refusal further in goes without.

    Nothing is kept by a browser or a proxy: after signing out, Back shows the next person at this machine nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
