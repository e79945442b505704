"""Tasks and context for the start of an edition's tracking period."""

from datetime import date
from typing import NamedTuple

from django.urls import reverse

from recommendations.models import Edition, Recommendation
from recommendations.permissions import can_edit_recommendations
from reports import formatting
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.views.links import PageLink
from tiptracker.accounts.models import User
from tiptracker.localization import format_date


class EditionStart(NamedTuple):
    """The start of an edition: a sentence about it, the edition before it, and the reader's first tasks."""

    sentence: str
    before: Edition | None
    tasks: list[PageLink]


def build_edition_start(
    user: User, edition: Edition, others: list[Edition], result: Readiness, today: date
) -> EditionStart | None:
    """Return the start of an edition, or None if anything in it was reviewed or there is nothing to show.

    `others` are the other tracked editions of the country, newest first.
    """
    if result.is_reviewed:
        return None
    before = next((one for one in others if one.year < edition.year), None)
    tasks = _start_tasks(user, edition, before, result)
    if not (before or tasks):
        return None
    return EditionStart(_start_sentence(edition, before, today) if before else "", before, tasks)


def _start_sentence(edition: Edition, before: Edition, today: date) -> str:
    if today < edition.starts_on:
        begins_on = format_date(edition.starts_on)
        return f"What happens before {begins_on} does not count for {edition.year}. Until then {before.year} counts."
    last = evaluate_readiness(gather_facts(before), as_of=before.ends_on)
    score = f"at {formatting.format_points(last.verified.points)} of 100 verified"
    ended = score if last.is_reviewed else "without anything reviewed"
    began = f"The year of the {edition.year} edition began on {format_date(edition.starts_on)}, and its record with it"
    return f"{began}: what happened before counts for {before.year}, which ended {ended}."


def _start_tasks(user: User, edition: Edition, before: Edition | None, result: Readiness) -> list[PageLink]:
    if not can_edit_recommendations(user, edition):
        return []
    tasks = []
    if result.deadline_on is None:
        tasks.append(PageLink(reverse("edition_terms", args=[edition.pk]), f"Set the deadline of {edition.year}"))
    recommendations = Recommendation.objects.visible_to(user).filter(edition=edition).active()
    if before and not recommendations.exclude(repeats=None).exists():
        tasks.append(PageLink(reverse("edition_repeats", args=[edition.pk]), f"Carry {before.year} over"))
    if recommendations.filter(benchmarks=None).exists():
        tasks.append(
            PageLink(
                reverse("setup_benchmarks", args=[edition.country_id]), "Say how each recommendation can be checked"
            )
        )
    return tasks
