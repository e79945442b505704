"""What every page is made with: the whole page or the partial that htmx asked for, and the frame around it."""

import logging
import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django.views import defaults

from tiptracker import clock
from tiptracker.accounts import secrets_at_rest
from tiptracker.accounts.middleware import ENROLMENT_ONLY, is_account_page, render_signed_out
from tiptracker.accounts.models import Country, User
from tiptracker.audit.permissions import can_read_log
from tiptracker.audit.refused_requests import FORGED_ATTRIBUTE
from tiptracker.choices import Marking, Role
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.infrastructure.outages import find_outage
from tiptracker.web import error_pages
from tiptracker.web.complete_body import IncompleteBody
from tiptracker.web.error_pages import api_or_plain_page, with_plain_fallback
from tiptracker.web.preserved_input import SIGNED_OUT_STATE, preserved_input_context, wants_json
from tiptracker.web.unavailable import unavailable_response

logger = logging.getLogger(__name__)


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


HOME_PAGES = {Role.FOCAL_POINT: "ministry_home", Role.ADMINISTRATOR: "setup_list"}
"""Where somebody arrives after signing in, by role; else on the dashboard or, of several countries, the overview."""


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page; or, where htmx asks and the page has that `partial`, the partial alone."""
    wanted = f"{template}#{partial}" if partial and request.headers.get("HX-Request") else template
    response = render(request, wanted, dict(context), status=status)
    if partial:
        patch_vary_headers(response, ["HX-Request"])
    return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context of every page; what stands in its head is in `recommendations.navigation`."""
    return {
        "marking": _marking(request),
        "reads_log": can_read_log(request.user) and not getattr(request, ENROLMENT_ONLY, False),
        "demo_day": clock.today() if settings.DEMONSTRATION else None,
    }


def home(request: HttpRequest) -> HttpResponse:
    """Where a person's work begins."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    follows_several = len(Country.objects.visible_to(request.user)[:2]) > 1
    return redirect(HOME_PAGES.get(Role(request.user.role), "overview" if follows_several else "dashboard"))


def health(request: HttpRequest) -> JsonResponse:
    """Whether this process can serve pages; 503 with the reason in a word where it can't.

    `degraded` names what pages do without for a while: Redis, and secrets that this SECRET_KEY does not open.
    """
    for reason, check in HEALTH_CHECKS.items():
        try:
            check()
        except Exception:
            logger.exception("Pages can't be served: %s.", reason)
            return JsonResponse({"status": "unavailable", "reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    degraded = [word for word, is_so in DEGRADED_CHECKS.items() if is_so()]
    return JsonResponse({"status": "ok"} | ({"degraded": degraded} if degraded else {}))


def _reach_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _read_static_files() -> None:
    """Look a file up in the manifest, and open it as the server would."""
    name = staticfiles_storage.stored_name("css/site.css")  # type: ignore[attr-defined]
    staticfiles_storage.open(name).close()


HEALTH_CHECKS = {
    "static": _read_static_files,
    "templates": lambda: get_template("base.html"),
    "database": _reach_database,
}
"""What every page needs, by the word that says it is missing."""


def _is_without_cache() -> bool:
    cache.get("health")
    return redis_breaker.is_open


DEGRADED_CHECKS = {"redis": _is_without_cache, "secret_key": secrets_at_rest.has_unreadable_secrets}


# --- Errors -----------------------------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: by a page that asks nothing of the request, since that may be what is wrong."""
    page = error_pages.INCOMPLETE_BODY if isinstance(exception, IncompleteBody) else error_pages.BAD_REQUEST
    return error_pages.plain_page(*page, status=HTTPStatus.BAD_REQUEST)


@with_plain_fallback(*error_pages.FORBIDDEN, status=HTTPStatus.FORBIDDEN)
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: in the site's frame, with the refusal's own words where it has any."""
    return defaults.permission_denied(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where a part of the machine failed, which passes; else 500. What failed may be whatever a page needs."""
    if outage := find_outage(sys.exc_info()[1]):
        return unavailable_response(request, outage)
    return api_or_plain_page(request, *error_pages.SERVER_ERROR, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@with_plain_fallback(*error_pages.CSRF_FAILURE, status=HTTPStatus.FORBIDDEN)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the token of our own page. Texts typed here come back; another site's aren't shown."""
    setattr(request, FORGED_ATTRIBUTE, True)
    if wants_json(request):
        state = "forged" if request.user.is_authenticated else SIGNED_OUT_STATE
        return JsonResponse({"state": state}, status=HTTPStatus.FORBIDDEN)
    context = preserved_input_context(request)
    if context["typed"] and not request.user.is_authenticated and not is_account_page(request):
        return render_signed_out(request, context)
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)


def _marking(request: HttpRequest) -> str:
    """What the embassy reads of a government is sensitive; what a ministry reads of its own promises isn't."""
    user = request.user
    return (Marking.SBU if isinstance(user, User) and user.is_embassy else Marking.UNCLASSIFIED).label
