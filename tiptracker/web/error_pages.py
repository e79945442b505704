"""Error pages without dependencies: no template, static file, database, session or context processor.

They are shown when any of these may be broken.
"""

import base64
import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape

logger = logging.getLogger(__name__)

STYLE = """
    body { margin: 0; color: #1b1b1b; background: #fff; font: 1.06rem/1.5 system-ui, sans-serif }
    header, main, footer { padding: 0 1rem }
    .marking {
      margin: 0 -1rem; padding: .25rem 1rem; color: #fff; background: #2e6b34; font-weight: 700; text-align: center
    }
    .name { margin: 0; padding: 1rem 0; font-weight: 700 }
    main { max-width: 42rem; padding-bottom: 2rem }
    h1 { font-size: 1.75rem; line-height: 1.2 }
    a { color: #005ea2 }
  """


def content_security_policy(style: str, *, form_action: str = "'none'") -> str:
    """Return the Content-Security-Policy of a page that has its own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


POLICY = content_security_policy(STYLE)
"""The Content-Security-Policy of these pages: their own style and nothing else."""


class ErrorPage(NamedTuple):
    """Title and text of an error page."""

    title: str
    text: str


PAGE_TEMPLATE = """<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title} – TIP Tracker</title>
  <style>{style}</style>
</head>
<body>
  <header>
    <p class="marking">UNCLASSIFIED</p>
    <p class="name"><a href="/">TIP Tracker</a></p>
  </header>
  <main id="main">
    <h1>{title}</h1>
{paragraphs}
  </main>
  <footer>
    <p class="marking">UNCLASSIFIED</p>
  </footer>
</body>
</html>
"""

HOME_LINK = '    <p><a href="/">Go to the start page</a></p>'

BAD_REQUEST = ErrorPage(
    "That could not be understood",
    "Nothing was recorded. Open the page by its usual address and try again. If you were sending a lot, send less at a "
    "time.",
)
FORBIDDEN = ErrorPage(
    "This is not open to you",
    "This page, or what you asked for on it, is not open to your role. If you think it should be, ask the embassy’s "
    "TIP officer.",
)
CSRF_FAILURE = ErrorPage(
    "This form was open too long",
    "Nothing was saved. Go back in your browser, where most keep what you typed, and copy it. Then open the page "
    "again, so that you are signed in, and send the form once more. Cookies must be allowed.",
)
NOT_FOUND = ErrorPage(
    "There is nothing at this address",
    "The link may be old or cut short, or it leads to something that is not yours to see. Check the address, or begin "
    "at the start page.",
)
SERVER_ERROR = ErrorPage(
    "Something went wrong on our side",
    "The fault has been recorded. If you were sending something, go back in your browser, where most keep what you "
    "typed, and try again in a few minutes.",
)
UNAVAILABLE = ErrorPage(
    "TIP Tracker does not answer at the moment",
    "If you were sending something, it may not have been recorded. Go back in your browser, where most keep what you "
    "typed, and send it again in a few minutes. If the page is the same after an hour, tell your administrator.",
)
INCOMPLETE_BODY = ErrorPage(
    "Not everything arrived",
    "The line broke while it was being sent, so nothing was recorded. Go back in your browser and send it again. If "
    "what you typed is gone by then, open the page anew.",
)
REQUEST_TIMEOUT = ErrorPage(
    "It took too long to arrive",
    "Nothing was recorded. Go back in your browser and send it again, with fewer or smaller files.",
)
TOO_BUSY = ErrorPage(
    "Too many people are sending something at the moment",
    "Nothing was recorded. Go back in your browser, wait half a minute, and send it again.",
)
TOO_LARGE = ErrorPage(
    "That is more than one request may hold",
    "Nothing was recorded. Go back in your browser and send fewer or smaller files at a time.",
)
TOO_MANY_REQUESTS = ErrorPage(
    "Too many requests at once come from your address",
    "Nothing was recorded. Go back in your browser, wait half a minute, and try again.",
)
PROXY_PAGES = {"400": BAD_REQUEST, "413": TOO_LARGE, "429": TOO_MANY_REQUESTS, "503": UNAVAILABLE}
"""Pages that the proxy shows by itself, from deploy/proxy/errors/, by file name."""


def render_html(title: str, *paragraphs: str) -> str:
    """Return a whole HTML page with a title and paragraphs of plain text."""
    written = "\n".join(f"    <p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return PAGE_TEMPLATE.format(title=escape(title), style=STYLE, paragraphs=f"{written}\n{HOME_LINK}")


def plain_page(title: str, *paragraphs: str, status: HTTPStatus) -> HttpResponse:
    """Return a response with a title and paragraphs of plain text. The page has no dependencies."""
    return HttpResponse(render_html(title, *paragraphs), status=status, headers={"Content-Security-Policy": POLICY})


def api_or_plain_page(request: HttpRequest, title: str, text: str, *, status: HTTPStatus) -> HttpResponse:
    """Return JSON for requests below /api/, and a plain page for people."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": f"{title}. {text}"}, status=status)
    return plain_page(title, text, status=status)


def with_plain_fallback(
    title: str, text: str, *, status: HTTPStatus
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorate an error view so that a plain page replaces it if the view itself fails."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Exception:
                logger.exception("The page for status %d could not be shown.", status)
                return api_or_plain_page(request, title, text, status=status)

        return guarded

    return decorate
