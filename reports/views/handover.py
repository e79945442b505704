"""The handover note: one page for the next officer."""

from django.http import HttpResponse

from dialogues.permissions import can_give_reviews
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from reports.briefings.handover import build_handover_note
from reports.views.access import embassy_page
from tiptracker import clock
from tiptracker.web.pages import render_page


@embassy_page
@keep_page(is_personal=True)
def handover(request: EditionRequest) -> HttpResponse:
    """Show the status of the edition today, on one sheet of paper."""
    edition = request.edition
    today = clock.today(edition.country.time_zone)
    note = build_handover_note(reader=request.user, edition=edition, as_of=today)
    return render_page(request, "reports/handover.html", {"note": note, "has_tasks": can_give_reviews(request.user)})
