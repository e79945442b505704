"""Decorators for pages that only show something, by who may open them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from recommendations.edition_context import EditionRequest
from reports.permissions import can_read_readiness

type Page = Callable[..., HttpResponse]


def read_page[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Let signed-in users open a page that has nothing to send."""
    return login_required(require_safe(view))


def embassy_page(view: Page) -> Page:
    """Let signed-in users with an embassy role open a page. Others get 403."""
    return _page_for(lambda request: request.user.is_embassy, view)


def readiness_page(view: Page) -> Page:
    """Let signed-in users who may read the readiness of the page's edition open a page. Others get 403."""
    return _page_for(lambda request: can_read_readiness(request.user, request.edition), view)


def _page_for(may_open: Callable[[EditionRequest], bool], view: Page) -> Page:
    @read_page
    @wraps(view)
    def page(request: EditionRequest, **arguments: Any) -> HttpResponse:
        if not may_open(request):
            raise PermissionDenied
        return view(request, **arguments)

    return page
