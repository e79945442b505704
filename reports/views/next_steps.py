"""Next steps on a page: each with where it is done."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from reports.briefings import content
from reports.briefings.step_texts import step_texts
from reports.readiness.explanation.step_sentences import told_steps
from reports.readiness.forecast.next_steps import Step
from reports.readiness.readiness import Readiness
from tiptracker.accounts.models import User
from tiptracker.choices import Role

PAGES = {
    "round": "round_detail",
    "evidence": "evidence_detail",
    "reading": "",
    "indicator": "indicator_detail",
    "commitment": "commitment_detail",
}
"""The page of what a step is about, by what it is; benchmarks are read with their recommendation."""


class StepLine(NamedTuple):
    """A step as it is told, and the address where it is done; empty where there is none.

    `is_own` is True where this reader recorded the evidence, so that a colleague has to review it.
    """

    told: content.NextStep
    url: str = ""
    is_own: bool = False


def next_steps_context(user: User, result: Readiness) -> dict[str, Any]:
    """What `reports/next_steps.html` shows: the ladder, whole and in short.

    Who reviews sees each thing to review, everybody else one line for all of them.
    """
    steps = result.next_steps()
    texts = step_texts(result, steps, reader=user)
    ladder = told_steps(result, steps, texts)
    lines = _lines(result, ladder.steps, steps.steps, texts.own_evidence)
    reviews, others = lines[: len(ladder.reviews)], lines[len(ladder.reviews) :]
    if reviews and user.role != Role.OFFICER and ladder.reviews_in_one:
        reviews = [StepLine(ladder.reviews_in_one)]
    return {
        "ladder": ladder,
        "in_short": [*reviews, *others[: content.STEPS_FIRST]],
        "in_full": lines,
        "also_ask": _lines(result, (*ladder.also_ask, *ladder.last_period), (*steps.also_ask, *steps.last_period)),
        "to_assess": _lines(result, ladder.to_assess, [one for one in steps.to_assess if one.points]),
        "after_deadline": _lines(result, ladder.after_deadline, [one for one in steps.after_deadline if one.points]),
    }


def _lines(
    result: Readiness, told: Sequence[content.NextStep], steps: Sequence[Step], own: Collection[int] = ()
) -> list[StepLine]:
    benchmarks = {one.benchmark_id: one for one in result.verified.benchmarks}
    lines = []
    for one, step in zip(told, steps, strict=True):
        row = step.rows[0]
        if row.type == "benchmark":
            line = benchmarks[row.id]
            url = f"{reverse('recommendation_detail', args=[line.recommendation_id])}#benchmark-{line.line.key[-1]}"
        else:
            url = reverse(PAGES[row.type], args=[row.id]) if PAGES[row.type] else ""
        lines.append(StepLine(one, url, row.type == "evidence" and row.id in own))
    return lines
