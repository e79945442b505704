"""The page "How this works": what a person of each role does. Ministries also find a sample update there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tiptracker.web.pages import render_page


@login_required
@require_safe
def how_this_works(request: HttpRequest) -> HttpResponse:
    """Show how people of the user's role work. It is the same for all of them, and names nobody."""
    return render_page(request, "tiptracker/help.html", {})
