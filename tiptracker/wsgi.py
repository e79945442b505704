"""The application as a synchronous one, which `tiptracker.asgi` serves: static files first, then the pages.

Static files are served around Django, not by its middleware: that one is asynchronous, and each request of a
synchronous server would pay for a loop of its own. Neither page nor API gets a part of a body that was cut off.
"""

import os
from wsgiref.headers import Headers

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from servestatic import ServeStatic

from tiptracker.web.complete_body import require_complete_bodies
from tiptracker.web.security_headers import STATIC_FILE_HEADERS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiptracker.settings")


def add_file_headers(headers: Headers, path: str, url: str) -> None:
    """No browser may take a static file for another type than we declare, nor lend it to another site."""
    for name, value in STATIC_FILE_HEADERS.items():
        headers[name] = value


application = ServeStatic(
    require_complete_bodies(get_wsgi_application()),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    immutable_file_test=r"\.[0-9a-f]{12}\.\w+$",  # the content's hash is in the name
    allow_all_origins=False,
    add_headers_function=add_file_headers,
)
