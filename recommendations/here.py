"""Where somebody stands: who asks, and which edition is at hand."""

from django.shortcuts import get_object_or_404

from recommendations.models import Edition
from tiptracker.pages import SignedIn


def edition_at_hand(request: SignedIn) -> Edition | None:
    """The edition that `?edition=` names, else the newest one with recommendations; None where there is none to see.

    Raises Http404 for one that this person doesn't see, or that isn't there.
    """
    editions = Edition.objects.visible_to(request.user).tracked().select_related("country")
    if asked := request.GET.get("edition"):
        return get_object_or_404(editions, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else None)
    return editions.first()
