"""Pages of an edition that are kept in the cache until the record of its country changes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from recommendations.edition_context import EditionRequest, visible_editions
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.web.exports import is_export_requested
from tiptracker.web.kept_pages import answer_kept
from tiptracker.web.pages import SignedInRequest

type EditionView = Callable[..., HttpResponse]


def keep_page(
    *, is_personal: bool, besides: Callable[[EditionRequest], object] = lambda request: None
) -> Callable[[EditionView], EditionView]:
    """Decorate a view of an edition that only reads the record of its country.

    Its page depends on the request's address, the day, the language, and the reader's role, ministry and editions, and
    if `is_personal` on who the reader is. `besides` returns what it shows of tables that change without an entry in the
    log. Put it below the decorators that check who may see the page.
    """

    def decorate(view: EditionView) -> EditionView:
        @wraps(view)
        def kept(request: EditionRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_export_requested(request):  # it is a file, and goes into the log
                return view(request, *args, **kwargs)
            key = (*_reader_key(request, request.edition.country, is_personal=is_personal), besides(request))
            return answer_kept(request, key, [request.edition.country_id], lambda: view(request, *args, **kwargs))

        return kept

    return decorate


def keep_row_page(request: SignedInRequest, country: Country, render: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with the page of one row of a country, from the cache if possible.

    Find the row among those that the reader may see, set the edition of the page, and write to the log before.
    """
    return answer_kept(request, _reader_key(request, country, is_personal=True), [country.pk], render)


def _reader_key(request: SignedInRequest, country: Country, *, is_personal: bool) -> tuple[object, ...]:
    user = request.user
    return (
        request.build_absolute_uri(),
        request.headers.get("HX-Request"),
        get_language(),
        timezone.get_current_timezone_name(),
        clock.today(),
        clock.today(country.time_zone),
        user.role,
        user.ministry_id,
        user.pk if is_personal else None,
        [edition.pk for edition in visible_editions(request)],
    )
