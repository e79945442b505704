"""The header of every page: country and edition, the other editions to switch to, and the main navigation."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import get_language

from recommendations.choices import Phase
from recommendations.edition_context import (
    default_edition_of_country,
    edition_phase,
    edition_url,
    editions_of_country,
    get_page_edition,
    visible_countries,
)
from recommendations.models import Edition
from recommendations.navigation_places import (
    DECIDING_ROLES,
    PLACES,
    PlaceOfPage,
    Tab,
    find_place,
    places_of_role,
    tabs_of_role,
)
from recommendations.waiting_tasks import keep_waiting_tasks
from tiptracker.accounts.middleware import ENROLMENT_ONLY
from tiptracker.accounts.models import User
from tiptracker.accounts.permissions import administers_installation
from tiptracker.choices import Role
from tiptracker.localization import format_date, gettext
from tiptracker.notifications.preferences import kinds_for_role

TASKS_VIEW = "my_tasks"


class NavigationItem(NamedTuple):
    """An entry of the main navigation, or a tab. `waiting` is how many items wait there; 0 shows nothing."""

    url: str
    label: str
    current: bool = False
    waiting: int = 0


class WayBack(NamedTuple):
    """What stands above a page's heading: the tabs of its place, or the links to where it belongs.

    Only a page that is a tab has tabs. Any other page has links: to its place and, if that has several, to its tab.
    """

    place: str
    tabs: Sequence[NavigationItem] = ()
    links: Sequence[NavigationItem] = ()


class EditionChoice(NamedTuple):
    """An edition to switch to. `phase` says that it is past or upcoming; it is empty for the current edition."""

    url: str
    year: int
    phase: str
    is_shown: bool


class CountryEditionChoices(NamedTuple):
    """The editions of a country, newest first."""

    country: str
    editions: tuple[EditionChoice, ...]


class PageHead(NamedTuple):
    """The edition of a page and the others to change to. All are plain values, so no row can be reached from them.

    Attributes:
        countries: the countries that the person sees, each with its editions.
        country: the name of the country of the edition; empty if the page has no edition.
        year: its year.
        word: that it is past or upcoming; empty for the current edition.
        notice: a sentence on a page of an edition that is past or upcoming.
        current: the same page of the current edition, beside the notice.
    """

    countries: tuple[CountryEditionChoices, ...] = ()
    country: str = ""
    year: int | None = None
    word: str = ""
    notice: str = ""
    current: EditionChoice | None = None


def navigation_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every page. It is lazy, so a partial page doesn't compute it."""
    return {
        "navigation": SimpleLazyObject(lambda: list_navigation_items(request)),
        "gets_notices": SimpleLazyObject(lambda: can_get_notices(request)),
        "log_progress_url": SimpleLazyObject(lambda: find_log_progress_url(request)),
        "way_back": SimpleLazyObject(lambda: _way_back(request)),
        "footer_links": SimpleLazyObject(lambda: _footer_links(request)),
        "page_head": SimpleLazyObject(lambda: describe_page_head(request)),
        "closed_edition": SimpleLazyObject(lambda: is_edition_closed(request)),
    }


def is_edition_closed(request: HttpRequest) -> bool:
    """Return whether the edition of the page was disposed of, so that nothing can be added to it.

    The page of one row says it of the row instead, because a row may belong to several editions.
    """
    shown = get_page_edition(request)
    return shown is not None and shown.disposed_at is not None


def can_get_notices(request: HttpRequest) -> bool:
    """Return whether this person's role gets notices."""
    user = request.user
    return isinstance(user, User) and _is_enrolled(request) and bool(kinds_for_role(user.role))


def describe_page_head(request: HttpRequest) -> PageHead:
    """Return the edition of the page and the others to change to."""
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request) or user.role == Role.ADMINISTRATOR:
        return PageHead()
    shown = get_page_edition(request)
    countries = _edition_choices(request, shown)
    if shown is None:
        return PageHead(countries)
    head, phase = PageHead(countries, shown.country.name, shown.year, describe_phase(shown)), edition_phase(shown)
    if not (_is_edition_page(request) or shown.disposed_at) or phase is Phase.CURRENT:
        return head
    others = editions_of_country(request, shown.country_id)
    current = next((other for other in others if edition_phase(other) is Phase.CURRENT), None)
    return head._replace(
        notice=_phase_notice(shown, phase, user),
        current=EditionChoice(_same_page_url(request, current), current.year, "", is_shown=False) if current else None,
    )


def _phase_notice(edition: Edition, phase: Phase, user: User) -> str:
    """Say when the tracking period of an upcoming edition begins, or when that of a past edition ended.

    A ministry knows an edition as the report of its year.
    """
    if phase is Phase.UPCOMING:
        values = {"year": edition.year, "date": format_date(edition.starts_on)}
        if user.is_ministry:
            return gettext("The tracking period of the TIP Report %(year)d begins on %(date)s.") % values
        return gettext("The %(year)d edition is upcoming. Its tracking period begins on %(date)s.") % values
    if edition.disposed_at:
        return gettext(
            "The %(year)d edition was disposed of on %(date)s under certificate %(number)s. Nothing can be added to it."
        ) % {
            "year": edition.year,
            "date": format_date(timezone.localtime(edition.disposed_at).date()),
            "number": f"{edition.country.code} {edition.certificate_number}",
        }
    values = {"year": edition.year, "date": format_date(edition.ends_on)}
    if user.is_ministry:
        return gettext("The tracking period of the TIP Report %(year)d ended on %(date)s.") % values
    return gettext("The %(year)d edition is past. Its tracking period ended on %(date)s.") % values


def describe_phase(edition: Edition) -> str:
    """Return "past" or, for example, "upcoming, from 1 April 2022"; empty for the current edition."""
    phase = edition_phase(edition)
    if phase is Phase.UPCOMING:
        return gettext("upcoming, from %(date)s") % {"date": format_date(edition.starts_on)}
    return gettext("past") if phase is Phase.PAST else ""


def _edition_choices(request: HttpRequest, shown: Edition | None) -> tuple[CountryEditionChoices, ...]:
    return tuple(
        CountryEditionChoices(
            country.name,
            tuple(
                EditionChoice(_same_page_url(request, edition), edition.year, describe_phase(edition), edition == shown)
                for edition in editions_of_country(request, country.pk)
            ),
        )
        for country in visible_countries(request)
    )


def _is_edition_page(request: HttpRequest) -> bool:
    """Return whether the URL names an edition."""
    match = request.resolver_match
    return match is not None and match.route.startswith("^(?P<country>")


def _same_page_url(request: HttpRequest, edition: Edition) -> str:
    """Return the URL of the same page in another edition.

    A page about a single row of this edition has no counterpart, so the URL is the other edition's start page.
    """
    match = request.resolver_match
    if match is not None and _is_edition_page(request) and not match.kwargs:
        return edition_url(edition, match.view_name)
    is_ministry = isinstance(request.user, User) and request.user.is_ministry
    return edition_url(edition, "ministry_home" if is_ministry else "dashboard")


def _is_enrolled(request: HttpRequest) -> bool:
    """Return whether the signed-in user may see more than the enrolment pages."""
    return not getattr(request, ENROLMENT_ONLY, False)


def list_navigation_items(request: HttpRequest) -> tuple[NavigationItem, ...]:
    """Return the entries of the main navigation: the places of the user's role, as far as an edition is at hand."""
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request):
        return ()
    match, waiting = request.resolver_match, 0
    # An administrator's entries belong to no edition, so there is none to look for.
    edition = get_page_edition(request) if user.role != Role.ADMINISTRATOR else None
    if edition and user.role in DECIDING_ROLES:
        waiting = keep_waiting_tasks(request, user, edition).count(user.pk)
    return _place_items(
        Role(user.role),
        match.view_name if match else "",
        (edition.country.code, edition.year) if edition else None,
        follows_several=user.is_embassy and len(visible_countries(request)) > 1,
        sees_status=administers_installation(user),
        waiting=waiting,
        language=get_language(),
        prefix=get_script_prefix(),
    )


@lru_cache(1_000)
def _place_items(
    role: Role,
    page: str,
    edition: tuple[str, int] | None,
    *,
    follows_several: bool,
    sees_status: bool,
    waiting: int,
    language: str | None,
    prefix: str,
) -> tuple[NavigationItem, ...]:
    """Return the entries for a role on a page (name of its view) of an edition (code of the country, year).

    `sees_status`: whether the status of the installation is among them.
    """
    here = find_place(page, role) if page else None
    items = []
    if follows_several:
        items.append(NavigationItem(reverse("overview"), gettext("Overview"), current=page == "overview"))
    for place in places_of_role(role):
        tab = tabs_of_role(place, role)[0]
        is_hidden = (tab.is_of_edition and edition is None) or (tab.view == "status" and not sees_status)
        if is_hidden or not place.is_in_menu:
            continue
        url = reverse(tab.view, args=edition if tab.is_of_edition else None)
        is_current = here is not None and here.place is place
        items.append(NavigationItem(url, gettext(place.label), is_current, waiting if tab.view == TASKS_VIEW else 0))
    return tuple(items)


def _way_back(request: HttpRequest) -> WayBack | None:
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request) or (here := _find_place(request, user)) is None:
        return None
    place, tab, is_tab = here
    tabs = tabs_of_role(place, Role(user.role))
    if is_tab:
        if len(tabs) == 1:
            return None
        named = [(_beside_url(request, tab, beside), beside) for beside in tabs]
        return WayBack(
            gettext(place.label),
            tabs=[NavigationItem(url, gettext(beside.label), current=beside is tab) for url, beside in named if url],
        )
    is_named_twice = tab is tabs[0] and tab.label == place.label
    steps = [(tabs[0], place.label), (tab, tab.label)] if len(tabs) > 1 and not is_named_twice else [(tab, tab.label)]
    named_steps = [(_tab_url(request, step), label) for step, label in steps]
    return WayBack(
        gettext(place.label), links=[NavigationItem(url, gettext(label)) for url, label in named_steps if url]
    )


def find_log_progress_url(request: HttpRequest) -> str:
    """Return the URL on which an officer logs progress in the edition of this page; empty for others.

    If that was disposed of, it is the page of the country's edition of today.
    """
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request) or user.role != Role.OFFICER:
        return ""
    edition = get_page_edition(request)
    if edition and is_edition_closed(request):
        edition = default_edition_of_country(request, edition.country)
    return edition_url(edition, "evidence_log") if edition else ""


def _footer_links(request: HttpRequest) -> list[NavigationItem]:
    """Return the tabs of the places that stand in no menu, and the help pages."""
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request):
        return []
    role = Role(user.role)
    tabs = [tab for place in PLACES[role] if not place.is_in_menu for tab in tabs_of_role(place, role)]
    named = [(_tab_url(request, tab), tab) for tab in tabs]
    links = [NavigationItem(url, gettext(tab.label)) for url, tab in named if url]
    if not user.is_ministry:  # the menu of a ministry has it
        links.insert(0, NavigationItem(reverse("how_this_works"), gettext("How this works")))
    return [NavigationItem(reverse("glossary"), gettext("Glossary")), *links]


def _find_place(request: HttpRequest, user: User) -> PlaceOfPage | None:
    match = request.resolver_match
    return find_place(match.view_name, Role(user.role)) if match else None


def _tab_url(request: HttpRequest, tab: Tab) -> str | None:
    """Return the URL of a tab, in the edition of this page. None if it belongs to an edition and there is none."""
    if not tab.is_of_edition:
        return reverse(tab.view)
    edition = get_page_edition(request)
    return edition_url(edition, tab.view) if edition else None


def _beside_url(request: HttpRequest, shown: Tab, tab: Tab) -> str | None:
    """Return the URL of a tab beside the one shown, with the parameters that both keep."""
    url = _tab_url(request, tab)
    kept = {name: request.GET[name] for name in sorted(shown.keeps & tab.keeps) if request.GET.get(name)}
    return f"{url}?{urlencode(kept)}" if url and kept else url
