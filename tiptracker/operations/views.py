"""The status page, for administrators of the installation, and the metrics, for a program inside."""

from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from tiptracker import clock
from tiptracker.accounts.permissions import administers_installation
from tiptracker.localization import gettext
from tiptracker.operations.checks import CheckState, run_checks, severity
from tiptracker.operations.commands import manage_command
from tiptracker.operations.metrics import render_metrics
from tiptracker.operations.this_machine import is_from_this_machine
from tiptracker.web.pages import SignedInRequest, render_page


@login_required
@require_safe
@never_cache
def status(request: SignedInRequest) -> HttpResponse:
    """Show each part of the installation: its state, what was measured, and what to do next."""
    if not administers_installation(request.user):
        raise PermissionDenied(gettext("Only administrators of the whole installation see the status."))
    now = clock.now()
    parts = sorted(run_checks(now=clock.to_machine_time(now)), key=severity, reverse=True)
    context = {
        "parts": parts,
        "failed_count": sum(part.result.state is CheckState.FAILED for part in parts),
        "attention_count": sum(part.result.state is CheckState.ATTENTION for part in parts),
        "at": timezone.localtime(now),
        "status_command": manage_command("status", service="web"),
    }
    return render_page(request, "operations/status.html", context)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics for Prometheus to programs of this machine or with METRICS_TOKEN; 404 to all others."""
    if not (is_from_this_machine(request.META) or _has_token(request)):
        raise Http404
    return HttpResponse(render_metrics(now=clock.to_machine_time(clock.now())), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").encode()
    return bool(settings.METRICS_TOKEN) and compare_digest(shown, f"Bearer {settings.METRICS_TOKEN}".encode())
