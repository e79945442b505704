"""Context for next steps on a page, each with the page where it is done."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from reports.briefings.step_texts import step_texts
from reports.readiness.explanation.step_display import FIRST_PAGE_STEPS, StepDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.forecast.next_steps import ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.accounts.models import User
from tiptracker.choices import Role

PAGE_BY_ROW_TYPE = {
    "update_version": "version_detail",
    "evidence": "evidence_detail",
    "reading": "",
    "indicator": "indicator_detail",
    "commitment": "commitment_detail",
}
"""The page for each type of row that a step is about. Benchmarks are shown with their recommendation."""


class NextStepRow(NamedTuple):
    """A next step as displayed, and the address where it is done (empty if there is none).

    `is_own` is True if the user recorded the evidence, so that a colleague has to review it.
    """

    told: StepDisplay
    url: str = ""
    is_own: bool = False


def next_steps_context(user: User, result: Readiness) -> dict[str, Any]:
    """Return the context of `reports/next_steps.html`: all next steps, and a short list.

    The short list names each item to review for officers; other roles get one line for all of them.
    """
    steps = result.next_steps()
    texts = step_texts(result, steps, reader=user)
    ladder = display_steps(result, steps, texts)
    lines = _next_step_rows(result, ladder.steps, steps.steps, texts.own_evidence)
    reviews, others = lines[: len(ladder.reviews)], lines[len(ladder.reviews) :]
    if reviews and user.role != Role.OFFICER and ladder.reviews_in_one:
        reviews = [NextStepRow(ladder.reviews_in_one)]
    return {
        "ladder": ladder,
        "in_short": [*reviews, *others[:FIRST_PAGE_STEPS]],
        "in_full": lines,
        "also_ask": _next_step_rows(
            result, (*ladder.also_ask, *ladder.last_period), (*steps.also_ask, *steps.last_period)
        ),
        "to_assess": _next_step_rows(result, ladder.to_assess, [one for one in steps.to_assess if one.points]),
        "after_deadline": _next_step_rows(
            result, ladder.after_deadline, [one for one in steps.after_deadline if one.points]
        ),
    }


def _next_step_rows(
    result: Readiness, told: Sequence[StepDisplay], steps: Sequence[ReadinessStep], own: Collection[int] = ()
) -> list[NextStepRow]:
    benchmarks = {one.benchmark_id: one for one in result.verified.benchmarks}
    lines = []
    for one, step in zip(told, steps, strict=True):
        row = step.rows[0]
        if row.type == "benchmark":
            line = benchmarks[row.id]
            url = f"{reverse('recommendation_detail', args=[line.recommendation_id])}#benchmark-{line.line.key[-1]}"
        else:
            url = reverse(PAGE_BY_ROW_TYPE[row.type], args=[row.id]) if PAGE_BY_ROW_TYPE[row.type] else ""
        lines.append(NextStepRow(one, url, row.type == "evidence" and row.id in own))
    return lines
