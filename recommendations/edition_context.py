"""Find the edition that a page belongs to.

A page takes its edition from its URL or from the row that it shows. Otherwise it shows the default edition of today.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_script_prefix, get_urlconf, include, path, re_path, reverse
from django.utils import timezone

from recommendations.choices import Phase
from recommendations.models import Edition
from recommendations.tracking_period import pick_default_edition, tracking_phase
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.onboarding.permissions import can_follow_set_up
from tiptracker.web.pages import SignedInRequest, render_page

_EDITIONS_ATTRIBUTE, _PAGE_EDITION_ATTRIBUTE = "_editions_seen", "edition"


class EditionRequest(SignedInRequest):
    """A request for a page that belongs to an edition."""

    edition: Edition


class EditionMiddleware:
    """Middleware that takes the edition from a URL such as `/LSO/2021/`.

    It answers 404 if the edition doesn't exist or the user can't see it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Remove the country and year from the URL arguments and set `request.edition`."""
        if not {"country", "year"} <= kwargs.keys():
            return
        named = kwargs.pop("country"), int(kwargs.pop("year"))
        if request.user.is_authenticated:  # an anonymous user is sent to sign in by the view
            set_page_edition(
                request,
                _first_or_404(
                    edition for edition in visible_editions(request) if (edition.country.code, edition.year) == named
                ),
            )


def edition_urlpatterns(pages: Sequence[URLPattern]) -> list[URLPattern | URLResolver]:
    """Return the URL patterns of pages below an edition, and the same pages without an edition in the URL.

    A URL without an edition redirects to the default edition. Both patterns have the same name; with country and year
    as
    first arguments the name gives the URL of that edition (`edition_url`).
    """
    below = re_path(r"^(?P<country>[A-Z]{3})/(?P<year>[0-9]{4})/", include(list(pages)))
    named_none = [path(str(page.pattern), redirect_to_edition, {"page": page.name}, name=page.name) for page in pages]
    return [below, *named_none]


def edition_url(edition: Edition, name: str, *args: object, query: Mapping[str, Any] | None = None) -> str:
    """Return the URL of a named page of an edition."""
    if args or query:
        return reverse(name, args=[edition.country.code, edition.year, *args], query=query or None)
    return _edition_page_url(edition.country.code, edition.year, name, get_urlconf(), get_script_prefix())


@lru_cache(4_000)
def _edition_page_url(country: str, year: int, name: str, urlconf: str | None, _prefix: str) -> str:
    """Return the URL of a page without arguments. The navigation of each page names a dozen of them."""
    return reverse(name, urlconf, args=[country, year])


def page_url(request: HttpRequest, name: str, *args: object, query: Mapping[str, Any] | None = None) -> str:
    """Return the URL of a named page in the edition of the current page.

    If the current page has no edition, the URL redirects to the default edition.
    """
    edition = get_page_edition(request)
    return edition_url(edition, name, *args, query=query) if edition else reverse(name, args=args, query=query or None)


@login_required
def redirect_to_edition(request: SignedInRequest, page: str, **kwargs: object) -> HttpResponse:
    """Redirect to the same page of the edition in `?edition=` (its key), or else of the default edition.

    A submitted form is redirected with its data (status 307 or 308).
    """
    query = request.GET.copy()
    named = query.pop("edition", None)
    edition = _edition_by_key(request, named[-1]) if named else default_edition(request)
    if edition is None:
        countries = [country.name for country in Country.objects.visible_to(request.user).order_by("name")]
        context = {"countries": countries, "may_follow_set_up": can_follow_set_up(request.user)}
        return render_page(request, "recommendations/nothing_followed.html", context)
    url = edition_url(edition, page, *kwargs.values(), query=query)
    return redirect(url, preserve_request=request.method not in ("GET", "HEAD"))


def _edition_by_key(request: HttpRequest, key: str) -> Edition:
    return _first_or_404(edition for edition in visible_editions(request) if str(edition.pk) == key)


def _first_or_404(editions: Iterator[Edition]) -> Edition:
    """Return the first edition found. Raises Http404 if there is none."""
    if (edition := next(editions, None)) is None:
        raise Http404
    return edition


def visible_editions(request: HttpRequest) -> list[Edition]:
    """Return the tracked editions of all countries that the user sees, newest first. One query per request."""
    if not hasattr(request, _EDITIONS_ATTRIBUTE):
        setattr(request, _EDITIONS_ATTRIBUTE, _EDITIONS.find(request.user))
    return list(getattr(request, _EDITIONS_ATTRIBUTE))


_EDITIONS = VisibleRows(
    lambda reader: Edition.objects.visible_to(reader).tracked().with_disposal().select_related("country")
)


def editions_of_country(request: HttpRequest, country_id: int) -> list[Edition]:
    """Return the tracked editions of one country that the user sees, newest first."""
    return [edition for edition in visible_editions(request) if edition.country_id == country_id]


def default_edition(request: HttpRequest) -> Edition | None:
    """Return the edition to show if none is named.

    It is the default edition of the first country, by name, that has a current edition; if none has one, of the first
    country. None if the user sees no tracked edition.
    """
    editions = [one for country in visible_countries(request) if (one := default_edition_of_country(request, country))]
    return next(
        (edition for edition in editions if edition_phase(edition) is Phase.CURRENT), next(iter(editions), None)
    )


def visible_countries(request: HttpRequest) -> list[Country]:
    """Return the countries that have a tracked edition visible to the user, by name."""
    countries = {edition.country_id: edition.country for edition in visible_editions(request)}
    return sorted(countries.values(), key=lambda country: country.name)


def default_edition_of_country(request: HttpRequest, country: Country) -> Edition | None:
    """Return the edition of a country to show today; None if the country has no tracked edition."""
    return pick_default_edition(editions_of_country(request, country.pk), clock.today(country.time_zone))


def editions_of_page_country(request: HttpRequest) -> list[Edition]:
    """Return the tracked editions of the page's country: the page's own first, then newest first.

    Empty if the page has no edition.
    """
    shown = get_page_edition(request)
    if shown is None:
        return []
    return [shown, *(edition for edition in editions_of_country(request, shown.country_id) if edition != shown)]


def edition_phase(edition: Edition) -> Phase:
    """Return whether an edition is current, upcoming or past today, in its country's time zone."""
    return tracking_phase(edition, clock.today(edition.country.time_zone))


def set_page_edition(request: HttpRequest, edition: Edition) -> None:
    """Set the edition of the page: its header and navigation use it, and its dates use the country's time zone.

    An edition that is not tracked yet has no pages, so the page uses the country's default edition.
    """
    shown = next((visible for visible in visible_editions(request) if visible == edition), None)
    if shown is None:
        set_page_country(request, edition.country)
        return
    setattr(request, _PAGE_EDITION_ATTRIBUTE, shown)
    timezone.activate(ZoneInfo(edition.country.time_zone))


def set_page_country(request: HttpRequest, country: Country, among: Collection[int] = ()) -> None:
    """Set the edition of a page about one row of a country.

    It is the newest edition of `among` (keys) that has begun, or else the country's default edition.
    """
    timezone.activate(ZoneInfo(country.time_zone))
    own = [
        edition
        for edition in visible_editions(request)
        if edition.pk in among and edition_phase(edition) is not Phase.UPCOMING
    ]
    setattr(request, _PAGE_EDITION_ATTRIBUTE, next(iter(own), None) or default_edition_of_country(request, country))


def get_page_edition(request: HttpRequest) -> Edition | None:
    """Return the edition of the page.

    A page without one uses the default edition if the user sees a single country. Otherwise None.
    """
    if not hasattr(request, _PAGE_EDITION_ATTRIBUTE):
        countries = visible_countries(request) if request.user.is_authenticated else []
        edition = default_edition_of_country(request, countries[0]) if len(countries) == 1 else None
        setattr(request, _PAGE_EDITION_ATTRIBUTE, edition)
    shown: Edition | None = getattr(request, _PAGE_EDITION_ATTRIBUTE)
    return shown
