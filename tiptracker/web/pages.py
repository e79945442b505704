"""Basics of all pages: rendering a page or an htmx partial, shared context, home and error pages."""

import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.views import defaults

from tiptracker import VERSION, clock
from tiptracker.accounts.middleware import ENROLMENT_ONLY, is_account_page, render_signed_out
from tiptracker.accounts.models import Country, User
from tiptracker.audit.permissions import can_read_log
from tiptracker.audit.refused_requests import FORGED_ATTRIBUTE
from tiptracker.choices import Marking, Role
from tiptracker.handovers.models import Handover
from tiptracker.infrastructure.outages import find_outage
from tiptracker.languages.enabled import list_languages
from tiptracker.web import error_pages
from tiptracker.web.complete_body import IncompleteBody
from tiptracker.web.error_pages import api_or_plain_page, with_plain_fallback
from tiptracker.web.kept_pages import VALUES, gap_context
from tiptracker.web.preserved_input import SIGNED_OUT_STATE, preserved_input_context, wants_json
from tiptracker.web.script_sentences import translate_script_sentences
from tiptracker.web.unavailable import unavailable_response


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


HOME_PAGES = {Role.FOCAL_POINT: "ministry_home", Role.ADMINISTRATOR: "setup_list"}
"""First page after sign-in by role. Other roles get the dashboard, or the overview if they follow several countries."""


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page, or only its `partial` if htmx asks for it."""
    template_name = f"{template}#{partial}" if partial and request.headers.get("HX-Request") else template
    response = render(request, template_name, {**context, **gap_context(request)}, status=status)
    if partial:
        patch_vary_headers(response, ["HX-Request"])
    return response


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def require_recent_sign_in(request: HttpRequest) -> None:
    """Ask for the password again before a change, unless that was done recently. A form that was sent goes on then."""


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page. `recommendations.navigation` provides the context of the page header."""
    marking = _marking(request)
    return {
        "marking": marking.label,
        "is_sensitive": marking is not Marking.UNCLASSIFIED,
        "languages": SimpleLazyObject(list_languages),
        "script_sentences": translate_script_sentences(),
        "reads_log": can_read_log(request.user) and not getattr(request, ENROLMENT_ONLY, False),
        "version": VERSION,
        "demo_day": clock.today() if settings.DEMONSTRATION else None,
        "account_key": VALUES["account_key"](request),
        "session_began_at": VALUES["session_began_at"](request),
    }


def home(request: HttpRequest) -> HttpResponse:
    """Redirect a user to the page where their work begins; a successor first to the page about the handover."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if Handover.objects.visible_to(request.user).filter(successor=request.user.pk).in_force().unseen().exists():
        return redirect("handover_received")
    follows_several = len(Country.objects.visible_to(request.user)[:2]) > 1
    return redirect(HOME_PAGES.get(Role(request.user.role), "overview" if follows_several else "dashboard"))


# --- Errors -----------------------------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a page that uses nothing of the request, because the request itself may be the problem."""
    page = error_pages.INCOMPLETE_BODY if isinstance(exception, IncompleteBody) else error_pages.BAD_REQUEST
    return error_pages.plain_page(*page, status=HTTPStatus.BAD_REQUEST)


@with_plain_fallback(*error_pages.FORBIDDEN, status=HTTPStatus.FORBIDDEN)
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a page in the site's frame, with the text of the refusal if it has one."""
    return defaults.permission_denied(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 if a part of the machine failed temporarily, otherwise 500. Anything that a page needs may be broken."""
    if outage := find_outage(sys.exc_info()[1]):
        return unavailable_response(request, outage)
    return api_or_plain_page(request, *error_pages.SERVER_ERROR, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@with_plain_fallback(*error_pages.CSRF_FAILURE, status=HTTPStatus.FORBIDDEN)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without our CSRF token.

    Shows the user's text again if one of our own pages sent it. Text from another site is not shown.
    """
    setattr(request, FORGED_ATTRIBUTE, True)
    if wants_json(request):
        state = "forged" if request.user.is_authenticated else SIGNED_OUT_STATE
        return JsonResponse({"state": state}, status=HTTPStatus.FORBIDDEN)
    context = preserved_input_context(request)
    if context["typed"] and not request.user.is_authenticated and not is_account_page(request):
        return render_signed_out(request, context)
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)


def _marking(request: HttpRequest) -> Marking:
    """Return the marking: what the embassy reads of a government is sensitive, a ministry's own commitments are not."""
    user = request.user
    return Marking.SBU if isinstance(user, User) and user.is_embassy else Marking.UNCLASSIFIED
