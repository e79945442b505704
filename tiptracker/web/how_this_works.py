"""The page "How this works": what ministries are asked for, a sample update, and what happens next."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tiptracker.web.pages import render_page


@login_required
@require_safe
def how_this_works(request: HttpRequest) -> HttpResponse:
    """Show how a ministry sends an update. It is the same for every reader, and names nobody."""
    return render_page(request, "tiptracker/help.html", {})
