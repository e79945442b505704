"""The header of the site. It is rendered once in a process for all who see the same, and then filled in."""

from functools import lru_cache
from typing import NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context, Engine
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from recommendations.navigation import (
    NavigationItem,
    PageHead,
    can_get_notices,
    describe_page_head,
    find_log_progress_url,
    list_navigation_items,
)
from tiptracker.accounts.models import User
from tiptracker.web.kept_body import Gaps

_KEPT_HEADERS = 500
"""Headers that a process keeps. Each has about 5 kB, and people of one role share those without waiting tasks."""


class SiteHeader(NamedTuple):
    """All that the header shows, apart from the person's name and the token of its form.

    `role_label` is empty if nobody is signed in.
    """

    language: str | None
    role_label: str
    is_ministry: bool
    unread_notices: int
    gets_notices: bool
    navigation: tuple[NavigationItem, ...]
    log_progress_url: str
    page_head: PageHead


def render_site_header(request: HttpRequest) -> SafeString:
    """Return the header for a request."""
    texts, names = _render(describe_site_header(request))
    pieces = [texts[0]]
    for name, text in zip(names, texts[1:], strict=True):
        pieces += [_FILLED_IN[name](request), text]
    return SafeString("".join(pieces))


def describe_site_header(request: HttpRequest) -> SiteHeader:
    """Return what the header shows for a request."""
    user = request.user
    return SiteHeader(
        get_language(),
        str(user.get_role_display()) if isinstance(user, User) else "",
        isinstance(user, User) and user.is_ministry,
        getattr(user, "unread_notices", 0),
        can_get_notices(request),
        list_navigation_items(request),
        find_log_progress_url(request),
        describe_page_head(request),
    )


def _person_name(request: HttpRequest) -> str:
    user = request.user
    return escape(user.name or user.email) if isinstance(user, User) else ""


_FILLED_IN = {"person_name": _person_name, "csrf_token": get_token}
"""What is filled into the header on each request."""


@lru_cache(_KEPT_HEADERS)
def _render(header: SiteHeader) -> tuple[list[str], list[str]]:
    """Return the texts of a header between what is filled in, and the names of what is filled in."""
    gaps = Gaps()
    context = Context(header._asdict() | {name: gaps.mark(name) for name in _FILLED_IN})
    return gaps.split(Engine.get_default().get_template("includes/site_header.html").render(context))
