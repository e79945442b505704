"""When an edition's year has only begun: what there is to be done first, and where the year before ended."""

from datetime import date
from typing import NamedTuple

from django.urls import reverse

from recommendations.models import Edition, Recommendation
from recommendations.permissions import can_edit_recommendations
from reports import formatting
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, readiness
from tiptracker.accounts.models import User
from tiptracker.validation import spelt


class Step(NamedTuple):
    """Something to be done, and where."""

    url: str
    label: str


class Beginning(NamedTuple):
    """A year's beginning: how it is told, the year before it, and what its reader has to do first."""

    told: str
    before: Edition | None
    steps: list[Step]


def beginning(user: User, edition: Edition, others: list[Edition], result: Readiness, today: date) -> Beginning | None:
    """None once anything of the year was reviewed, and where there is nothing to tell or to do.

    `others` are the country's other editions that are followed, the newest first.
    """
    if result.is_reviewed:
        return None
    before = next((one for one in others if one.year < edition.year), None)
    steps = _steps(user, edition, before, result)
    return Beginning(_told(edition, before, today) if before else "", before, steps) if before or steps else None


def _told(edition: Edition, before: Edition, today: date) -> str:
    if today < edition.starts_on:
        begins_on = spelt(edition.starts_on)
        return f"What happens before {begins_on} does not count for {edition.year}. Until then {before.year} counts."
    last = readiness(gather_facts(before), as_of=before.ends_on)
    score = f"at {formatting.figure(formatting.tenths(last.verified.points))} of 100 verified"
    ended = score if last.is_reviewed else "without anything reviewed"
    began = f"The year of the {edition.year} edition began on {spelt(edition.starts_on)}, and its record with it"
    return f"{began}: what happened before counts for {before.year}, which ended {ended}."


def _steps(user: User, edition: Edition, before: Edition | None, result: Readiness) -> list[Step]:
    if not can_edit_recommendations(user, edition):
        return []
    steps = []
    if result.deadline_on is None:
        steps.append(Step(reverse("edition_terms", args=[edition.pk]), f"Set the deadline of {edition.year}"))
    asked = Recommendation.objects.visible_to(user).filter(edition=edition).asked()
    if before and not asked.exclude(repeats=None).exists():
        steps.append(Step(reverse("edition_repeats", args=[edition.pk]), f"Carry {before.year} over"))
    if asked.filter(benchmarks=None).exists():
        steps.append(
            Step(reverse("setup_benchmarks", args=[edition.country_id]), "Say how each recommendation can be checked")
        )
    return steps
