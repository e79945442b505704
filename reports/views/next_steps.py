"""Context for next steps on a page, each with the page where it is done."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from recommendations.edition_context import edition_url
from recommendations.models import Edition
from reports.briefings.step_texts import step_texts
from reports.choices import StepKind, YearsAsked
from reports.readiness.answers import RowReference
from reports.readiness.explanation.step_display import FIRST_PAGE_STEPS, StepDisplay
from reports.readiness.explanation.step_sentences import StepTexts, display_steps
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.accounts.models import User
from tiptracker.choices import Role

PAGE_BY_ROW_TYPE = {
    "update_version": "version_detail",
    "evidence": "evidence_detail",
    "reading": "",
    "indicator": "indicator_detail",
    "commitment": "commitment_detail",
    "information_request": "information_request_detail",
}
"""The page for each type of row that a step or a point to raise is about. Benchmarks have that of a recommendation."""


MAX_REVIEWERS = 3
"""The most people that a step names as its reviewers."""


class NextStepRow(NamedTuple):
    """A next step as displayed, and the address where it is done (empty if there is none).

    `ask_url` is the form to ask a ministry for the figure, filled in, for those who may ask. `request_url` is the
    request by which it was asked. `is_own` is True if the user recorded the evidence, so that one of the `reviewers`
    has to review it (their names; empty without any).
    """

    step: StepDisplay
    url: str = ""
    is_own: bool = False
    ask_url: str = ""
    request_url: str = ""
    reviewers: str = ""


def next_steps_context(
    user: User, result: Readiness, steps: NextSteps, edition: Edition, *, tasks_url: str = ""
) -> dict[str, Any]:
    """Return the context of `reports/next_steps.html`: all these next steps, and a short list.

    The short list names each item to review for officers; other roles get one line for all of them. It leads to
    `tasks_url`, the page where the user reviews (empty if the user does not).
    """
    texts = step_texts(result, steps, reader=user)
    shown_steps = display_steps(result, steps, texts)
    asking = edition if user.role == Role.OFFICER else None  # an officer reads this only of an own country
    rows = _next_step_rows(result, shown_steps.steps, steps.steps, texts, asking=asking)
    if any(row.is_own for row in rows):
        reviewers = _name_reviewers(user, edition)
        rows = [row._replace(reviewers=reviewers) if row.is_own else row for row in rows]
    reviews, others = rows[: len(shown_steps.reviews)], rows[len(shown_steps.reviews) :]
    if reviews and user.role != Role.OFFICER and shown_steps.reviews_in_one:
        reviews = [NextStepRow(shown_steps.reviews_in_one, tasks_url)]
    figures, figure_steps = (*shown_steps.also_ask, *shown_steps.last_period), (*steps.also_ask, *steps.last_period)
    to_assess = [step for step in steps.to_assess if step.points]
    after_deadline = [step for step in steps.after_deadline if step.points]
    return {
        "next_steps": shown_steps,
        "asked_figures": texts.asked,
        "in_short": [*reviews, *others[:FIRST_PAGE_STEPS]],
        "in_full": rows,
        "also_ask": _next_step_rows(result, figures, figure_steps, texts, asking=asking),
        "to_assess": _next_step_rows(result, shown_steps.to_assess, to_assess, texts),
        "after_deadline": _next_step_rows(result, shown_steps.after_deadline, after_deadline, texts),
    }


def _next_step_rows(
    result: Readiness,
    displays: Sequence[StepDisplay],
    steps: Sequence[ReadinessStep],
    texts: StepTexts,
    *,
    asking: Edition | None = None,
) -> list[NextStepRow]:
    """Return the steps with their pages.

    `asking` is the edition in which the user may ask a ministry. A figure that was asked for leads to its
    request instead.
    """
    urls = row_urls(result, [step.rows[0] for step in steps])
    rows = []
    for display, step, url in zip(displays, steps, urls, strict=True):
        asked = texts.asked.get(step.indicator_id or 0) if step.kind is StepKind.ASK else None
        rows.append(
            NextStepRow(
                display,
                url,
                is_own=step.rows[0].type == "evidence" and step.rows[0].id in texts.own_evidence,
                ask_url=_asking_url(asking, step) if asking and not asked else "",
                request_url=reverse("information_request_detail", args=[asked.request]) if asked else "",
            )
        )
    return rows


def _name_reviewers(user: User, edition: Edition) -> str:
    """Name those who may review what the user recorded: the other officers of the country and its ambassador."""
    people = User.objects.visible_to(user).filter(countries=edition.country_id, is_active=True).exclude(pk=user.pk)
    named = people.filter(role__in=[Role.OFFICER, Role.AMBASSADOR]).order_by("name", "pk")
    return ", ".join(person.name for person in named[:MAX_REVIEWERS])


def _asking_url(edition: Edition, step: ReadinessStep) -> str:
    """Return the form to ask for the figure that a step needs, with ministry and line filled in; empty if none."""
    if step.kind is not StepKind.ASK or step.indicator_id is None:
        return ""
    query: dict[str, Any] = {"indicator": step.indicator_id}
    if step.ministry_id:
        query["ministry"] = step.ministry_id
    if step.years is not YearsAsked.PERIOD:
        query["years"] = step.years.value
    return edition_url(edition, "information_request_add", query=query)


def row_urls(result: Readiness, rows: Iterable[RowReference]) -> list[str]:
    """Return the pages of the rows that steps are about, in their order; empty for a row without a page."""
    benchmarks = {benchmark.benchmark_id: benchmark for benchmark in result.verified.benchmarks}
    urls = []
    for row in rows:
        if row.type == "benchmark":
            line = benchmarks[row.id]
            page = reverse("recommendation_detail", args=[line.recommendation_id])
            urls.append(f"{page}#benchmark-{line.line.key[-1]}")
        else:
            urls.append(reverse(PAGE_BY_ROW_TYPE[row.type], args=[row.id]) if PAGE_BY_ROW_TYPE[row.type] else "")
    return urls
