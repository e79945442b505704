"""The WSGI application that `tiptracker.asgi` serves: static files first, then the pages.

Static files are served around Django, not by its middleware. That middleware is asynchronous, and every request of a
synchronous server would need its own event loop. Pages and API never receive an incomplete request body.
"""

from wsgiref.headers import Headers

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from servestatic import ServeStatic

from tiptracker.web.complete_body import require_complete_bodies
from tiptracker.web.security_headers import STATIC_FILE_HEADERS


def add_file_headers(headers: Headers, path: str, url: str) -> None:
    """Add headers that stop browsers from guessing the type of a static file and other sites from embedding it."""
    for name, value in STATIC_FILE_HEADERS.items():
        headers[name] = value


application = ServeStatic(
    require_complete_bodies(get_wsgi_application()),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    immutable_file_test=r"\.[0-9a-f]{12}\.\w+$",  # the name contains a hash of the content
    allow_all_origins=False,
    add_headers_function=add_file_headers,
)
