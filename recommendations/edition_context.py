"""The edition that a page stands at: named by its address, by the row it is about, else the one at hand today."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils import timezone

from recommendations.choices import Phase
from recommendations.models import Edition
from recommendations.tracking_period import pick_default_edition, tracking_phase
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.onboarding.permissions import can_follow_set_up
from tiptracker.web.pages import SignedInRequest, render_page

_EDITIONS_ATTRIBUTE, _PAGE_EDITION_ATTRIBUTE = "_editions_seen", "edition"


class EditionRequest(SignedInRequest):
    """A request of a page that stands at an edition."""

    edition: Edition


class EditionMiddleware:
    """Middleware: a page below `/LSO/2021/` stands at that edition; 404 for one that isn't there, or isn't seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Take the edition out of the address, so that the view finds it on its request."""
        if not {"country", "year"} <= kwargs.keys():
            return
        named = kwargs.pop("country"), int(kwargs.pop("year"))
        if request.user.is_authenticated:  # else the view asks to sign in
            set_page_edition(
                request,
                _first_or_404(one for one in visible_editions(request) if (one.country.code, one.year) == named),
            )


def edition_urlpatterns(pages: Sequence[URLPattern]) -> list[URLPattern | URLResolver]:
    """Pages below the address of an edition, and their addresses without one, which lead to the edition at hand.

    Both go by the same name: with country and year as its first arguments, `edition_url` gives those of an edition.
    """
    below = re_path(r"^(?P<country>[A-Z]{3})/(?P<year>[0-9]{4})/", include(list(pages)))
    named_none = [path(str(page.pattern), redirect_to_edition, {"page": page.name}, name=page.name) for page in pages]
    return [below, *named_none]


def edition_url(edition: Edition, name: str, *args: object, query: Mapping[str, Any] | None = None) -> str:
    """The address of a page of an edition, by the page's name."""
    return reverse(name, args=[edition.country.code, edition.year, *args], query=query or None)


def page_url(request: HttpRequest, name: str, *args: object, query: Mapping[str, Any] | None = None) -> str:
    """The address of a page of the edition that this page stands at; without one, what leads to the one at hand."""
    edition = get_page_edition(request)
    return edition_url(edition, name, *args, query=query) if edition else reverse(name, args=args, query=query or None)


@login_required
def redirect_to_edition(request: SignedInRequest, page: str, **kwargs: object) -> HttpResponse:
    """On to the same page of the edition that `?edition=` names (by its key), else of the one at hand.

    A form that is sent here is sent on with all that was typed.
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
    return _first_or_404(one for one in visible_editions(request) if str(one.pk) == key)


def _first_or_404(found: Iterator[Edition]) -> Edition:
    """The first of those found; raises Http404 where there is none."""
    if (edition := next(found, None)) is None:
        raise Http404
    return edition


def visible_editions(request: HttpRequest) -> list[Edition]:
    """The followed editions of all countries that this person sees, the newest first. One query a request."""
    if not hasattr(request, _EDITIONS_ATTRIBUTE):
        setattr(
            request,
            _EDITIONS_ATTRIBUTE,
            list(Edition.objects.visible_to(request.user).tracked().select_related("country")),
        )
    return list(getattr(request, _EDITIONS_ATTRIBUTE))


def default_edition(request: HttpRequest) -> Edition | None:
    """The one to show where none is named: of the first country (by name) with a current edition, else with any."""
    found = [one for country in visible_countries(request) if (one := default_edition_of_country(request, country))]
    return next((one for one in found if edition_phase(one) is Phase.CURRENT), next(iter(found), None))


def visible_countries(request: HttpRequest) -> list[Country]:
    """The countries of which this person sees a followed edition, by name."""
    countries = {one.country_id: one.country for one in visible_editions(request)}
    return sorted(countries.values(), key=lambda country: country.name)


def default_edition_of_country(request: HttpRequest, country: Country) -> Edition | None:
    """A country's edition at hand today; None where none of it is followed."""
    editions = [one for one in visible_editions(request) if one.country_id == country.pk]
    return pick_default_edition(editions, clock.today(country.time_zone))


def editions_of_page_country(request: HttpRequest) -> list[Edition]:
    """The followed editions of the page's country, the page's own first, then the newest; none where none is."""
    shown = get_page_edition(request)
    if shown is None:
        return []
    return [shown, *(one for one in visible_editions(request) if one.country_id == shown.country_id and one != shown)]


def edition_phase(edition: Edition) -> Phase:
    """Whether an edition is current, upcoming or past on its country's today."""
    return tracking_phase(edition, clock.today(edition.country.time_zone))


def set_page_edition(request: HttpRequest, edition: Edition) -> None:
    """Let the page stand at an edition: its head names it, its navigation leads to it, its days are the country's.

    One that isn't followed yet has no pages: the page stands at the one at hand of its country instead.
    """
    if edition not in visible_editions(request):
        set_page_country(request, edition.country)
        return
    setattr(request, _PAGE_EDITION_ATTRIBUTE, edition)
    timezone.activate(ZoneInfo(edition.country.time_zone))


def set_page_country(request: HttpRequest, country: Country, among: Collection[int] = ()) -> None:
    """Let a row's page stand at the newest edition of `among` (keys) that has begun, else at the country's at hand."""
    timezone.activate(ZoneInfo(country.time_zone))
    own = [one for one in visible_editions(request) if one.pk in among and edition_phase(one) is not Phase.UPCOMING]
    setattr(request, _PAGE_EDITION_ATTRIBUTE, next(iter(own), None) or default_edition_of_country(request, country))


def get_page_edition(request: HttpRequest) -> Edition | None:
    """The edition that a page stands at; on a page of none the one at hand, for who follows a single country."""
    if not hasattr(request, _PAGE_EDITION_ATTRIBUTE):
        countries = visible_countries(request) if request.user.is_authenticated else []
        setattr(
            request,
            _PAGE_EDITION_ATTRIBUTE,
            default_edition_of_country(request, countries[0]) if len(countries) == 1 else None,
        )
    shown: Edition | None = getattr(request, _PAGE_EDITION_ATTRIBUTE)
    return shown
