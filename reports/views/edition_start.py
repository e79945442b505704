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
from tiptracker.localization import format_date, gettext


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
    before = next((other for other in others if other.year < edition.year), None)
    tasks = _start_tasks(user, edition, before, result)
    if not (before or tasks):
        return None
    return EditionStart(_start_sentence(edition, before, today) if before else "", before, tasks)


def _start_sentence(edition: Edition, before: Edition, today: date) -> str:
    if today < edition.starts_on:
        return gettext(
            "Actions before %(begins_on)s do not count for the %(year)d edition. Until then they count for the"
            " %(before)d edition."
        ) % {"begins_on": format_date(edition.starts_on), "year": edition.year, "before": before.year}
    last = evaluate_readiness(gather_facts(before), as_of=before.ends_on)
    if not last.is_reviewed:
        return gettext(
            "Its tracking period began on %(began_on)s. The %(before)d edition ended, and nothing in it was reviewed."
        ) % {"began_on": format_date(edition.starts_on), "before": before.year}
    return gettext(
        "Its tracking period began on %(began_on)s. The %(before)d edition ended with a readiness of %(score)s of 100."
    ) % {
        "began_on": format_date(edition.starts_on),
        "before": before.year,
        "score": formatting.format_points(last.verified.points),
    }


def _start_tasks(user: User, edition: Edition, before: Edition | None, result: Readiness) -> list[PageLink]:
    if not can_edit_recommendations(user, edition):
        return []
    tasks = []
    if result.deadline_on is None:
        label = gettext("Set the deadline of the %(year)d edition") % {"year": edition.year}
        tasks.append(PageLink(reverse("edition_terms", args=[edition.pk]), label))
    recommendations = Recommendation.objects.visible_to(user).filter(edition=edition).active()
    if before and not recommendations.exclude(repeats=None).exists():
        label = gettext("Roll over from the %(year)d edition") % {"year": before.year}
        tasks.append(PageLink(reverse("edition_repeats", args=[edition.pk]), label))
    if recommendations.filter(benchmarks=None).exists():
        label = gettext("Add benchmarks to the recommendations that have none")
        tasks.append(PageLink(reverse("setup_benchmarks", args=[edition.country_id]), label))
    return tasks
