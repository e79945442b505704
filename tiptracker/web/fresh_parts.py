"""The parts of a page that belong to one request or one person. They are never kept in the cache with the page."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest
from django.utils.module_loading import import_string

FRESH_PARTS = {
    "site_header": "recommendations.site_header.render_site_header",
    "messages": "tiptracker.web.messages.render_messages",
    "saved_filters": "tiptracker.saved_filters.views.render_saved_filters",
}
"""The function that renders each part for a request.

They are import paths, because this package must not import those apps.
"""


def render_fresh_part(name: str, request: HttpRequest) -> str:
    """Return a part of a page as HTML."""
    return _find_renderer(name)(request)


@cache
def _find_renderer(name: str) -> Callable[[HttpRequest], str]:
    renderer: Callable[[HttpRequest], str] = import_string(FRESH_PARTS[name])
    return renderer
