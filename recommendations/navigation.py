"""The head of every page: its country and edition with the others to change to, and the main navigation."""

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
    get_page_edition,
    visible_countries,
    visible_editions,
)
from recommendations.models import Edition
from tiptracker.accounts.middleware import ENROLMENT_ONLY
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.validation import format_date


class NavigationItem(NamedTuple):
    """An entry of the main navigation; `waiting` is how much waits there (0: say nothing)."""

    url: str
    label: str
    current: bool = False
    waiting: int = 0


class EditionChoice(NamedTuple):
    """An edition to change to; `standing` says that it is past or upcoming, of the current one nothing."""

    url: str
    year: int
    standing: str
    is_shown: bool


class CountryEditionChoices(NamedTuple):
    """The editions of a country, the newest first."""

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
    """Context of every page. Lazy: a partial doesn't pay for it."""
    return {
        "navigation": SimpleLazyObject(lambda: _navigation_items(request)),
        "page_head": SimpleLazyObject(lambda: _page_head(request)),
    }


def _page_head(request: HttpRequest) -> dict[str, Any]:
    """Where the page stands, and where else it could: in plain values, so that a ministry's page reaches no row."""
    user = request.user
    if not isinstance(user, User) or not _is_enrolled(request) or user.role == Role.ADMINISTRATOR:
        return {}
    shown = get_page_edition(request)
    told: dict[str, Any] = {"countries": _edition_choices(request, shown)}
    if shown is None:
        return told
    phase = edition_phase(shown)
    told |= {"country": shown.country.name, "year": shown.year, "word": describe_phase(shown)}
    if _is_edition_page(request) and phase is not Phase.CURRENT:
        others = [one for one in visible_editions(request) if one.country_id == shown.country_id]
        current = next((one for one in others if edition_phase(one) is Phase.CURRENT), None)
        told["notice"] = _phase_notice(shown, phase)
        told["current"] = current and EditionChoice(_same_page_url(request, current), current.year, "", is_shown=False)
    return told


def _phase_notice(edition: Edition, phase: Phase) -> str:
    """Says of an upcoming edition when its tracking period begins, of a past one when it ended."""
    if phase is Phase.UPCOMING:
        return (
            f"The {edition.year} edition is upcoming. Its tracking period begins on {format_date(edition.starts_on)}."
        )
    return f"The {edition.year} edition is past. Its tracking period ended on {format_date(edition.ends_on)}."


def describe_phase(edition: Edition) -> str:
    """ "past", or "upcoming, from 1 April 2022"; of the current edition nothing."""
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
                for one in visible_editions(request)
                if one.country_id == country.pk
            ],
        )
        for country in visible_countries(request)
    ]


def _is_edition_page(request: HttpRequest) -> bool:
    """Whether the address names an edition."""
    match = request.resolver_match
    return match is not None and match.route.startswith("^(?P<country>")


def _same_page_url(request: HttpRequest, edition: Edition) -> str:
    """The page in another edition; where it is about something of this one, where the other's pages begin."""
    match = request.resolver_match
    if match is not None and _is_edition_page(request) and not match.kwargs:
        return edition_url(edition, match.view_name)
    is_ministry = isinstance(request.user, User) and request.user.role == Role.FOCAL_POINT
    return edition_url(edition, "ministry_home" if is_ministry else "dashboard")


def _is_enrolled(request: HttpRequest) -> bool:
    """Whether there is more than enrolment to see for whoever is signed in."""
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
        items.insert(
            1, NavigationItem(edition_url(edition, "round_list"), "Inbox", waiting=_count_waiting(user, edition))
        )
    if user.role == Role.OFFICER:
        items.insert(2, NavigationItem(edition_url(edition, "evidence_log"), "Log progress"))
    return _mark_current(request, overview + items)


def _mark_current(request: HttpRequest, items: Sequence[NavigationItem]) -> list[NavigationItem]:
    """The entries, with the one that leads furthest towards this page marked; a row's page has no edition in front."""
    places = [(_path_without_edition(item.url), item) for item in items]
    here = _path_without_edition(request.path)
    current = max((one for one in places if here.startswith(one[0])), key=lambda one: len(one[0]), default=None)
    return [item._replace(current=current is not None and item is current[1]) for item in items]


def _path_without_edition(path: str) -> str:
    """A path without the edition that it begins with."""
    parts = path.split("/", 3)
    return f"/{parts[3]}" if len(parts) == 4 and parts[1].isupper() and parts[2].isdecimal() else path


def _count_waiting(user: User, edition: Edition) -> int:
    """How much of the edition's country waits for this person: what colleagues logged or would redact, and updates.

    Only an officer decides on updates.
    """
    own = {"country": edition.country_id}
    logged = apps.get_model("dialogues", "Evidence").objects.visible_to(user).awaiting(user).filter(**own)
    redactions = apps.get_model("dialogues", "Redaction").objects.visible_to(user).awaiting(user).filter(**own)
    others = [rows.order_by().values("pk") for rows in (logged, redactions)]
    if user.role != Role.OFFICER:
        return others[0].union(*others[1:], all=True).count()
    rounds = apps.get_model("dialogues", "UpdateRound").objects.visible_to(user).waiting()
    own = {f"update__commitment__{name}": value for name, value in own.items()}
    return rounds.filter(**own).order_by().values("pk").union(*others, all=True).count()
