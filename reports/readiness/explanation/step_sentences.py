"""Write next steps as sentences, with displayed figures that add up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from dialogues.commitment_status import CommitmentStanding
from reports import formatting
from reports.choices import StepKind, YearsAsked
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.explanation import step_display
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_date, format_number, join_with_and

EMBASSY = "Embassy"


@dataclass(frozen=True, slots=True)
class StepTexts:
    """The names and texts of the rows that steps are about, by id.

    `updates` maps the id of a waiting update version to its sender, the day it was sent and the text of its
    commitment. If a text is missing, the sentence names only the benchmarks. `own_evidence` are the ids of evidence
    that the reader recorded and so may not review.
    """

    ministries: Mapping[int, str] = field(default_factory=dict)
    benchmarks: Mapping[int, str] = field(default_factory=dict)
    commitments: Mapping[int, str] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)
    updates: Mapping[int, tuple[str, date, str]] = field(default_factory=dict)
    own_evidence: frozenset[int] = frozenset()


def display_steps(result: Readiness, steps: NextSteps, texts: StepTexts) -> step_display.StepsDisplay:
    """Return the next steps of a day as pages and documents display them.

    The displayed points of the ladder add up to the displayed readiness.
    """
    formatter = StepFormatter(result, texts)
    reaching_step = steps.target_reached_after
    return step_display.StepsDisplay(
        steps=tuple(formatter.display_ladder(steps.steps, reaching_step)),
        also_ask=tuple(formatter.display_separately(step) for step in steps.also_ask),
        last_period=tuple(formatter.display_separately(step) for step in steps.last_period),
        to_assess=tuple(formatter.display_separately(step) for step in steps.to_assess if step.points),
        after_deadline=tuple(formatter.display_separately(step) for step in steps.after_deadline if step.points),
        target=_target_sentence(result, steps),
    )


class StepFormatter:
    """Write the steps of one result as sentences."""

    def __init__(self, result: Readiness, texts: StepTexts) -> None:
        self.result, self.texts = result, texts
        undated = {row.id for row in result.known_facts.evidence if row.happened_from is None}
        self.undated = {claim.row for claim in result.waiting_claims if undated.intersection(claim.evidence)}
        self.keys = {benchmark.benchmark_id: benchmark.line.key for benchmark in result.verified.benchmarks}

    def display_ladder(
        self, steps: Iterable[ReadinessStep], reaching_step: int | None
    ) -> Iterator[step_display.StepDisplay]:
        """Yield the steps of the ladder.

        The displayed points are the differences of the displayed cumulative readiness.
        """
        before = formatting.round_to_tenth(self.result.score)
        for number, step in enumerate(steps, start=1):
            cumulative = formatting.round_to_tenth(step.cumulative or Fraction(0))
            yield self._display(step, cumulative - before, cumulative, reaches_target=number == reaching_step)
            before = cumulative

    def display_separately(self, step: ReadinessStep) -> step_display.StepDisplay:
        """Return a step off the ladder."""
        return self._display(step, formatting.round_to_tenth(step.points), None)

    def _display(
        self, step: ReadinessStep, points: Decimal, cumulative: Decimal | None, *, reaches_target: bool = False
    ) -> step_display.StepDisplay:
        is_shown = self.result.is_reviewed
        at_most = formatting.round_to_tenth(step.points_at_most)
        return step_display.StepDisplay(
            kind=step.kind.value,
            sentence=self.sentence(step),
            owner=self.owner(step) or "",
            due_on=step.due_on,
            points=points if is_shown else None,
            at_most=at_most if is_shown and step.points_at_most > step.points and at_most > points else None,
            cumulative=cumulative if is_shown else None,
            reaches_target=reaches_target and is_shown,
        )

    def owner(self, step: ReadinessStep) -> str | None:
        """Return the name of the owner of a step, or None if the owner is unknown."""
        if step.kind is StepKind.REVIEW:
            return EMBASSY
        return self.texts.ministries.get(step.ministry_id) if step.ministry_id is not None else None

    def sentence(self, step: ReadinessStep) -> str:
        """Return what a step asks the reader to do, in a sentence that can be understood alone."""
        match step.kind:
            case StepKind.REVIEW:
                return self._review(step)
            case StepKind.ASK:
                return self._ask(step)
            case StepKind.KEEP:
                return self._keep(step)
            case StepKind.AGREE:
                ministry = self._ministry(step) or "the government"
                return f"Agree with {ministry} on benchmark {self._criterion(step)}."

    def _review(self, step: ReadinessStep) -> str:
        row, towards = step.rows[0], self._towards(step)
        if row in self.undated:
            towards += ", and state its start date"
        if row.type == "update_version":
            if row.id not in self.texts.updates:
                return f"Review the update that waits{towards}."
            sender, sent_on, commitment = self.texts.updates[row.id]
            return (
                f"Review the update from {_with_article(sender)} of {format_date(sent_on)} on "
                f"“{_without_full_stop(commitment)}”{towards}."
            )
        if row.type == "evidence":
            title = self.texts.evidence.get(row.id)
            return (
                f"Review the evidence “{_without_full_stop(title)}”{towards}."
                if title
                else f"Review the evidence{towards}."
            )
        if row.type == "benchmark":
            return f"Assess benchmark {self._criterion(step)}. A verified action supports it."
        return f"Record the proof for the figure that was entered without any{towards}, and have it verified."

    def _ask(self, step: ReadinessStep) -> str:
        indicator = self.result.claimed_record.questionnaire.indicators[step.indicator_id or 0]
        edition = self.result.edition
        since = f"since {format_date(edition.tracking.starts_on)}"
        first, last = (format_date(day) for day in (edition.previous.starts_on, edition.previous.ends_on))
        years = {
            YearsAsked.PERIOD: since,
            YearsAsked.BOTH: f"{since}, and for the year before that",
            YearsAsked.BEFORE: f"from {first} to {last}, to compare with",
        }
        figure = f"the figure on {formatting.lowercase_first(indicator.name)} {years[step.years]}"
        ministry = self._ministry(step)
        return f"Ask {ministry} for {figure}." if ministry else f"Find out which ministry has {figure}, and ask for it."

    def _keep(self, step: ReadinessStep) -> str:
        text = self.texts.commitments.get(step.rows[0].id)
        noun = f"commitment “{_without_full_stop(text)}”" if text else "commitment"
        ministry = self._ministry(step) or "the ministry"
        commitment, deadline = f"{noun}{self._towards(step)}", self.result.deadline_on
        if step.due_on is None:
            return f"Make sure that {ministry} keeps its {commitment}. No date is agreed yet."
        if deadline is not None and step.due_on > deadline:
            return f"Ask {ministry} to bring forward its {commitment}, due {format_date(step.due_on)}."
        due_on, status = format_date(step.due_on), self._status_sentence(step)
        return f"Make sure that {ministry} keeps its {commitment}, due {due_on}.{status}"

    def _status_sentence(self, step: ReadinessStep) -> str:
        """Return a sentence if the commitment is overdue or an update on it waits; empty if it is simply open."""
        standing = self._standings.get(step.rows[0].id)
        if standing is not None and standing.waits_since:
            return f" An update on it has been with the embassy since {format_date(standing.waits_since)}."
        return " It is overdue." if standing is not None and standing.days_overdue else ""

    @cached_property
    def _standings(self) -> Mapping[int, CommitmentStanding]:
        return commitment_standings(self.result.known_facts, self.result.as_of)

    def _ministry(self, step: ReadinessStep) -> str | None:
        name = self.texts.ministries.get(step.ministry_id) if step.ministry_id is not None else None
        return _with_article(name) if name else None

    def _towards(self, step: ReadinessStep) -> str:
        """Return the benchmarks that the step supports, in brackets; empty if there are none."""
        return f" ({join_with_and(self.keys[key] for key in step.benchmarks)})" if step.benchmarks else ""

    def _criterion(self, step: ReadinessStep) -> str:
        key = step.benchmarks[0]
        text = self.texts.benchmarks.get(key)
        return f"{self.keys[key]}: {formatting.lowercase_first(_without_full_stop(text))}" if text else self.keys[key]


def _with_article(name: str) -> str:
    """Return a ministry's name as part of a sentence: `the Ministry of Police`."""
    return f"the {name}" if name.startswith(("Ministry", "Office", "Department")) else name


def _without_full_stop(text: str) -> str:
    return text.rstrip(".")


def _target_sentence(result: Readiness, steps: NextSteps) -> str:
    """Return whether these steps reach the target."""
    if result.readiness_target is None:
        return "No target is set."
    target = f"our target of {format_number(result.readiness_target)}"
    if steps.target_reached_after == 0:
        return f"Readiness has reached {target}."
    if steps.target_reached_after is None:
        return f"With these steps readiness does not reach {target}."
    return f"With these steps readiness reaches {target}."
