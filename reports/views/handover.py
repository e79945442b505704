"""The handover note: one page for the next officer."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recommendations.edition_context import EditionRequest
from reports.briefings.handover import build_handover_note
from tiptracker import clock
from tiptracker.web.pages import render_page


@login_required
@require_safe
def handover(request: EditionRequest) -> HttpResponse:
    """Show the status of the edition today, on one sheet of paper."""
    if not request.user.is_embassy:
        raise PermissionDenied
    edition = request.edition
    today = clock.today(edition.country.time_zone)
    note = build_handover_note(reader=request.user, edition=edition, as_of=today)
    return render_page(request, "reports/handover.html", {"note": note})
