"""The header of every page: country and edition, the other editions to switch to, and the main navigation."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from recommendations.choices import Phase
from recommendations.edition_context import (
    edition_phase,
    edition_url,
    editions_of_country,
    get_page_edition,
    visible_countries,
)
from recommendations.models import Edition
from tiptracker.accounts.middleware import ENROLMENT_ONLY
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.validation import format_date


class NavigationItem(NamedTuple):
    """An entry of the main navigation. `waiting` is how many items wait there; 0 shows nothing."""

    url: str
    label: str
    current: bool = False
    waiting: int = 0


class EditionChoice(NamedTuple):
    """An edition to switch to. `phase` says that it is past or upcoming; it is empty for the current edition."""

    url: str
    year: int
    phase: str
    is_shown: bool


class CountryEditionChoices(NamedTuple):
    """The editions of a country, newest first."""

    country: str
    editions: Sequence[EditionChoice]


EMBASSY_PAGES = (
    ("dashboard", "Dashboard"),
    ("recommendation_list", "Recommendations"),
    ("commitment_list", "Commitments"),
    ("evidence_list", "Evidence"),
    ("dialogue_list", "Dialogues"),
    ("timeline", "Timeline"),
    ("indicator_list", "Indicators"),
    ("briefing_list", "Briefings"),
)
ADMINISTRATOR_PAGES = (
    ("setup_list", "Posts"),
    ("person_list", "People"),
    ("ministry_list", "Ministries"),
    ("country_list", "Countries"),
    ("log_list", "Activity log"),
)


def navigation_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every page. It is lazy, so a partial page doesn't compute it."""
    return {
        "navigation": SimpleLazyObject(lambda: _navigation_items(request)),
        "page_head": SimpleLazyObject(lambda: _page_head(request)),
    }


def _page_head(request: HttpRequest) -> dict[str, Any]:
    """Return the edition of the page and the others to switch to.

    All are plain values, so a ministry's page can't reach a model row through them.
    """
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request) or user.role == Role.ADMINISTRATOR:
        return {}
    shown = get_page_edition(request)
    context: dict[str, Any] = {"countries": _edition_choices(request, shown)}
    if shown is None:
        return context
    phase = edition_phase(shown)
    context |= {"country": shown.country.name, "year": shown.year, "word": describe_phase(shown)}
    if _is_edition_page(request) and phase is not Phase.CURRENT:
        others = editions_of_country(request, shown.country_id)
        current = next((one for one in others if edition_phase(one) is Phase.CURRENT), None)
        context["notice"] = _phase_notice(shown, phase)
        context["current"] = current and EditionChoice(
            _same_page_url(request, current), current.year, "", is_shown=False
        )
    return context


def _phase_notice(edition: Edition, phase: Phase) -> str:
    """Say when the tracking period of an upcoming edition begins, or when that of a past edition ended."""
    if phase is Phase.UPCOMING:
        return (
            f"The {edition.year} edition is upcoming. Its tracking period begins on {format_date(edition.starts_on)}."
        )
    return f"The {edition.year} edition is past. Its tracking period ended on {format_date(edition.ends_on)}."


def describe_phase(edition: Edition) -> str:
    """Return "past" or, for example, "upcoming, from 1 April 2022"; empty for the current edition."""
    phase = edition_phase(edition)
    if phase is Phase.UPCOMING:
        return f"upcoming, from {format_date(edition.starts_on)}"
    return "past" if phase is Phase.PAST else ""


def _edition_choices(request: HttpRequest, shown: Edition | None) -> list[CountryEditionChoices]:
    return [
        CountryEditionChoices(
            country.name,
            [
                EditionChoice(_same_page_url(request, one), one.year, describe_phase(one), one == shown)
                for one in editions_of_country(request, country.pk)
            ],
        )
        for country in visible_countries(request)
    ]


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


def _navigation_items(request: HttpRequest) -> list[NavigationItem]:
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request):
        return []
    if user.role == Role.ADMINISTRATOR:
        return _mark_current(request, [NavigationItem(reverse(name), label) for name, label in ADMINISTRATOR_PAGES])
    if not user.is_embassy:
        return []
    overview = [NavigationItem(reverse("overview"), "Overview")] if len(visible_countries(request)) > 1 else []
    edition = get_page_edition(request)
    if edition is None:
        return _mark_current(request, overview)
    items = [NavigationItem(edition_url(edition, name), label) for name, label in EMBASSY_PAGES]
    if user.role in (Role.OFFICER, Role.AMBASSADOR):
        items.insert(1, NavigationItem(edition_url(edition, "inbox"), "Inbox", waiting=_count_waiting(user, edition)))
    if user.role == Role.OFFICER:
        items.insert(2, NavigationItem(edition_url(edition, "evidence_log"), "Log progress"))
    return _mark_current(request, overview + items)


def _mark_current(request: HttpRequest, items: Sequence[NavigationItem]) -> list[NavigationItem]:
    """Mark the entry whose path matches the longest part of this page's path.

    The comparison ignores the edition, because the page of a row has none in its URL.
    """
    places = [(_path_without_edition(item.url), item) for item in items]
    here = _path_without_edition(request.path)
    current = max((one for one in places if here.startswith(one[0])), key=lambda one: len(one[0]), default=None)
    return [item._replace(current=current is not None and item is current[1]) for item in items]


def _path_without_edition(path: str) -> str:
    """Remove the edition from the start of a path."""
    parts = path.split("/", 3)
    return f"/{parts[3]}" if len(parts) == 4 and parts[1].isupper() and parts[2].isdecimal() else path


def _count_waiting(user: User, edition: Edition) -> int:
    """Count the items that wait for this user in the edition's country.

    These are evidence and redactions proposed by colleagues and, for officers, updates. Only an officer decides on
    updates.
    """
    own = {"country": edition.country_id}
    logged = apps.get_model("dialogues", "Evidence").objects.visible_to(user).for_review_by(user).filter(**own)
    redactions = apps.get_model("dialogues", "Redaction").objects.visible_to(user).for_decision_by(user).filter(**own)
    others = [rows.order_by().values("pk") for rows in (logged, redactions)]
    if user.role != Role.OFFICER:
        return others[0].union(*others[1:], all=True).count()
    versions = apps.get_model("dialogues", "UpdateVersion").objects.visible_to(user).undecided()
    own = {f"update__commitment__{name}": value for name, value in own.items()}
    return versions.filter(**own).order_by().values("pk").union(*others, all=True).count()
