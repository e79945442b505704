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

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape
from django.utils.translation import get_language, get_language_bidi

from tiptracker.choices import Marking
from tiptracker.infrastructure.log_lines import request_number
from tiptracker.localization import gettext, gettext_noop

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
    @media (prefers-color-scheme: dark) {
      body { color: #f0f0f0; background: #1b1b1b }
      a { color: #73b3e7 }
    }
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
    """Title and text of an error page, in English."""

    title: str
    text: str


PAGE_TEMPLATE = """<!doctype html>
<html lang="{language}"{direction}>
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title} – TIP Tracker</title>
  <style>{style}</style>
</head>
<body>
  <header>
    <p class="{marking_class}">{marking}</p>
    <p class="name"><a href="/">TIP Tracker</a></p>
  </header>
  <main id="main">
    <h1>{title}</h1>
{paragraphs}
  </main>
  <footer>
    <p class="{marking_class}">{marking}</p>
  </footer>
</body>
</html>
"""

BAD_REQUEST = ErrorPage(
    gettext_noop("We could not read your request"),
    gettext_noop(
        "Nothing was saved. Open the page at its usual address and try again. If you sent a lot at once, send less."
    ),
)
FORBIDDEN = ErrorPage(
    gettext_noop("You cannot open this page"),
    gettext_noop("Your role does not allow this. If you need access, ask the embassy’s TIP officer."),
)
CSRF_FAILURE = ErrorPage(
    gettext_noop("This form has expired"),
    gettext_noop(
        "Nothing was saved. Go back in your browser and copy your text. Then load the page again, paste the text and "
        "send it. Your browser must allow cookies."
    ),
)
NOT_FOUND = ErrorPage(
    gettext_noop("Page not found"),
    gettext_noop(
        "The link may be old or incomplete, or you may not have access to the page. Check the address, or go to the "
        "start page."
    ),
)
SERVER_ERROR = ErrorPage(
    gettext_noop("Something went wrong on our side"),
    gettext_noop(
        "The fault has been recorded. If you sent something, go back in your browser and send it again in a few "
        "minutes."
    ),
)
UNAVAILABLE = ErrorPage(
    gettext_noop("TIP Tracker is not available at the moment"),
    gettext_noop(
        "If you sent something, it may not have been saved. Leave this page open, and go back in your browser in a few "
        "minutes, not at once: then the form still has what you typed, and you can send it again. If this page still "
        "appears after ten minutes, tell your administrator."
    ),
)
INCOMPLETE_BODY = ErrorPage(
    gettext_noop("Not everything arrived"),
    gettext_noop("The connection broke, so nothing was saved. Go back in your browser and send it again."),
)
REQUEST_TIMEOUT = ErrorPage(
    gettext_noop("Sending took too long"),
    gettext_noop("Nothing was saved. Go back in your browser and send it again with fewer or smaller files."),
)
TOO_BUSY = ErrorPage(
    gettext_noop("Too many people are sending something at the moment"),
    gettext_noop("Nothing was saved. Go back in your browser, wait half a minute and send it again."),
)
TOO_LARGE = ErrorPage(
    gettext_noop("You sent too much at once"),
    gettext_noop("Nothing was saved. Go back in your browser and send fewer or smaller files."),
)
TOO_MANY_REQUESTS = ErrorPage(
    gettext_noop("Too many requests came from your internet address"),
    gettext_noop("Nothing was saved. Go back in your browser, wait half a minute and try again."),
)
PROXY_PAGES = {"400": BAD_REQUEST, "413": TOO_LARGE, "429": TOO_MANY_REQUESTS, "503": UNAVAILABLE}
"""Pages that the proxy shows by itself, from deploy/proxy/errors/, by file name."""


def render_html(title: str, *paragraphs: str, note: str = "") -> str:
    """Return a whole HTML page with a title and paragraphs of plain text, given in English and translated here.

    `note` is a further paragraph, in the reader's language.
    """
    written = [f"    <p>{escape(text)}</p>" for text in (*map(gettext, paragraphs), note) if text]
    home_link = f'    <p><a href="/">{escape(gettext("Go to the start page"))}</a></p>'
    return fill_template(gettext(title), "\n".join([*written, home_link]), style=STYLE)


def fill_template(title: str, html: str, *, style: str, marking: Marking = Marking.UNCLASSIFIED) -> str:
    """Return a whole HTML page from a title as plain text, the HTML of its paragraphs, its style and its marking."""
    return PAGE_TEMPLATE.format(
        language=escape(get_language() or settings.LANGUAGE_CODE),
        direction=' dir="rtl"' if get_language_bidi() else "",
        marking=escape(marking.label),
        marking_class="marking" if marking is Marking.UNCLASSIFIED else "marking marking--sensitive",
        title=escape(title),
        style=style,
        paragraphs=html,
    )


def plain_page(title: str, *paragraphs: str, status: HTTPStatus) -> HttpResponse:
    """Return a response with a title and paragraphs of plain text, in English. The page has no dependencies.

    If something failed on our side, it also names the number of the request.
    """
    page = render_html(
        title, *paragraphs, note=request_sentence() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    )
    return HttpResponse(page, status=status, headers={"Content-Security-Policy": POLICY})


def request_sentence() -> str:
    """Return the sentence with the number of the request, by which the log is searched. Empty without a request."""
    if not (number := request_number.get()):
        return ""
    return gettext("If you tell your administrator, give this number: %(number)s.") % {"number": number}


def api_or_plain_page(request: HttpRequest, title: str, text: str, *, status: HTTPStatus) -> HttpResponse:
    """Return JSON for requests below /api/, and a plain page for people."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": f"{gettext(title)}. {gettext(text)}"}, status=status)
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
