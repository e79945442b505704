"""Write next steps as sentences, with displayed figures that add up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from dialogues.commitment_status import CommitmentStanding
from reports import formatting
from reports.choices import StepKind, YearsAsked
from reports.readiness.answers import RowReference
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.explanation import step_display
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_date, format_number, gettext, join_with_and, join_with_colon, ngettext


class FigureRequest(NamedTuple):
    """A request (id) by which the embassy asked a ministry (name) for the figure of a step, and what became of it.

    `has_none` is set if the ministry said that it has none, and the embassy accepted that.
    """

    request: int
    ministry: str
    asked_on: date
    due_on: date
    is_overdue: bool = False
    has_none: bool = False

    @property
    def is_awaited(self) -> bool:
        """Whether the answer is not due yet, so that there is nothing to do but wait."""
        return not self.is_overdue and not self.has_none


@dataclass(frozen=True, slots=True)
class StepTexts:
    """The names and texts of the rows that steps are about, by id.

    `updates` maps the id of a waiting update version to its sender, the day it was sent and the text of its
    commitment. Those with an id in `answers` answer a request. If a text is missing, the sentence names only the
    benchmarks. `own_evidence` are the ids of evidence that the reader recorded and so may not review. `asked` are the
    figures that a ministry was asked for, by the id of the indicator.
    """

    ministries: Mapping[int, str] = field(default_factory=dict)
    benchmarks: Mapping[int, str] = field(default_factory=dict)
    commitments: Mapping[int, str] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)
    updates: Mapping[int, tuple[str, date, str]] = field(default_factory=dict)
    answers: frozenset[int] = frozenset()
    own_evidence: frozenset[int] = frozenset()
    asked: Mapping[int, FigureRequest] = field(default_factory=dict)


def display_steps(result: Readiness, steps: NextSteps, texts: StepTexts) -> step_display.StepsDisplay:
    """Return the next steps of a day as pages and documents display them.

    The displayed points of the steps in order add up to the displayed readiness.
    """
    formatter = StepFormatter(result, texts)
    reaching_step = steps.target_reached_after
    return step_display.StepsDisplay(
        steps=tuple(formatter.display_in_order(steps.steps, reaching_step)),
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

    def display_in_order(
        self, steps: Iterable[ReadinessStep], reaching_step: int | None
    ) -> Iterator[step_display.StepDisplay]:
        """Yield the steps in order.

        The displayed points are the differences of the displayed cumulative readiness.
        """
        before = formatting.round_to_tenth(self.result.score)
        for number, step in enumerate(steps, start=1):
            cumulative = formatting.round_to_tenth(step.cumulative or Fraction(0))
            yield self._display(step, cumulative - before, cumulative, reaches_target=number == reaching_step)
            before = cumulative

    def display_separately(self, step: ReadinessStep) -> step_display.StepDisplay:
        """Return a step outside the running total, with its own points."""
        return self._display(step, formatting.round_to_tenth(step.points), None)

    def _display(
        self, step: ReadinessStep, points: Decimal, cumulative: Decimal | None, *, reaches_target: bool = False
    ) -> step_display.StepDisplay:
        is_shown = self.result.is_reviewed
        at_most = formatting.round_to_tenth(step.points_at_most)
        asked = self._asked(step)
        return step_display.StepDisplay(
            kind=step.kind.value,
            sentence=self.sentence(step),
            owner=self.owner(step) or "",
            due_on=asked.due_on if asked else step.due_on,
            points=points if is_shown else None,
            at_most=at_most if is_shown and step.points_at_most > step.points and at_most > points else None,
            cumulative=cumulative if is_shown else None,
            reaches_target=reaches_target and is_shown,
            waits_since=self._waits_since.get(step.rows[0]) if step.kind is StepKind.REVIEW else None,
        )

    def owner(self, step: ReadinessStep) -> str | None:
        """Return the name of the owner of a step, or None if the owner is unknown."""
        if step.kind is StepKind.REVIEW:
            return gettext("Embassy")
        if asked := self._asked(step):
            return asked.ministry
        return self.texts.ministries.get(step.ministry_id) if step.ministry_id is not None else None

    def _asked(self, step: ReadinessStep) -> FigureRequest | None:
        is_figure = step.kind is StepKind.ASK and step.indicator_id is not None
        return self.texts.asked.get(step.indicator_id or 0) if is_figure else None

    def sentence(self, step: ReadinessStep) -> str:
        """Return what a step asks the reader to do, in a sentence that can be understood alone."""
        match step.kind:
            case StepKind.REVIEW:
                return self._review(step)
            case StepKind.ASK:
                asked = self._asked(step)
                return self._was_asked(step, asked) if asked else self._ask(step)
            case StepKind.KEEP:
                return self._keep(step)
            case StepKind.AGREE:
                sentence = gettext("Agree with %(ministry)s on benchmark %(benchmark)s.")
                ministry = self._ministry(step) or gettext("the government")
                return sentence % {"ministry": ministry, "benchmark": self._key_and_wording(step)}

    def _review(self, step: ReadinessStep) -> str:
        row, sentence = step.rows[0], ""
        values = {
            "benchmarks": self._benchmarks_in_brackets(step),
            "benchmark": self._key_and_wording(step) if step.benchmarks else "",
        }
        if row.type == "update_version" and row.id in self.texts.updates:
            sender, sent_on, commitment = self.texts.updates[row.id]
            values |= {"sender": with_article(sender), "date": format_date(sent_on)}
            values["commitment"] = _without_full_stop(commitment)
            sentence = (
                gettext("Review the answer from %(sender)s of %(date)s to “%(commitment)s”%(benchmarks)s.")
                if row.id in self.texts.answers
                else gettext("Review the update from %(sender)s of %(date)s on “%(commitment)s”%(benchmarks)s.")
            )
        elif row.type == "update_version":
            sentence = gettext("Review the waiting update%(benchmarks)s.")
        elif row.type == "evidence" and row.id in self.texts.evidence:
            values["title"] = _without_full_stop(self.texts.evidence[row.id])
            sentence = gettext("Review the evidence “%(title)s”%(benchmarks)s.")
        elif row.type == "evidence":
            sentence = gettext("Review the evidence%(benchmarks)s.")
        elif row.type == "benchmark":
            sentence = gettext("Assess benchmark %(benchmark)s. A verified action supports it.")
        else:
            sentence = gettext("Record the source of the figure%(benchmarks)s, and have it verified.")
        text = sentence % values
        return gettext("%(step)s State its start date.") % {"step": text} if row in self.undated else text

    def _ask(self, step: ReadinessStep) -> str:
        """Return whom to ask for a figure. If nobody has named the ministry, say why it is asked, or to find it."""
        indicator = self.result.claimed_record.questionnaire.indicators[step.indicator_id or 0]
        edition, ministry = self.result.edition, self._ministry(step)
        match step.years:
            case YearsAsked.PERIOD:
                sentence = gettext("Ask %(ministry)s for the figure “%(indicator)s” since %(start)s.")
                if step.is_ministry_inferred:
                    sentence = gettext(
                        "Ask %(ministry)s, which leads on this subject, for the figure “%(indicator)s” since %(start)s."
                    )
                if ministry is None:
                    sentence = gettext("Find out which ministry has the figure “%(indicator)s” since %(start)s.")
            case YearsAsked.BOTH:
                sentence = gettext(
                    "Ask %(ministry)s for the figure “%(indicator)s” since %(start)s, and for the year before."
                )
                if step.is_ministry_inferred:
                    sentence = gettext(
                        "Ask %(ministry)s, which leads on this subject, for the figure “%(indicator)s” since "
                        "%(start)s, and for the year before."
                    )
                if ministry is None:
                    sentence = gettext(
                        "Find out which ministry has the figure “%(indicator)s” since %(start)s, "
                        "and for the year before."
                    )
            case YearsAsked.BEFORE:
                sentence = gettext(
                    "Ask %(ministry)s for the figure “%(indicator)s” from %(first)s to %(last)s, to compare with."
                )
                if step.is_ministry_inferred:
                    sentence = gettext(
                        "Ask %(ministry)s, which leads on this subject, for the figure “%(indicator)s” from %(first)s "
                        "to %(last)s, to compare with."
                    )
                if ministry is None:
                    sentence = gettext(
                        "Find out which ministry has the figure “%(indicator)s” from %(first)s to %(last)s, "
                        "to compare with."
                    )
        text = sentence % {
            "ministry": ministry,
            "indicator": formatting.capitalize_first(indicator.name),
            "start": format_date(edition.tracking.starts_on),
            "first": format_date(edition.previous.starts_on),
            "last": format_date(edition.previous.ends_on),
        }
        return text if ministry else gettext("%(step)s No ministry is set for it.") % {"step": text}

    def _was_asked(self, step: ReadinessStep, asked: FigureRequest) -> str:
        """Return what became of a figure that a ministry was asked for, and what is to do about it now."""
        sentence = gettext(
            "We asked %(ministry)s for the figure “%(indicator)s” on %(asked)s. The answer is due on %(due)s."
        )
        if asked.is_overdue:
            sentence = gettext(
                "Remind %(ministry)s of the figure “%(indicator)s”. We asked on %(asked)s, and the answer was due on "
                "%(due)s."
            )
        if asked.has_none:
            sentence = gettext(
                "We asked %(ministry)s for the figure “%(indicator)s” on %(asked)s. It has none. Find out how it can "
                "be counted."
            )
        indicator = self.result.claimed_record.questionnaire.indicators[step.indicator_id or 0]
        return sentence % {
            "ministry": with_article(asked.ministry),
            "indicator": formatting.capitalize_first(indicator.name),
            "asked": format_date(asked.asked_on),
            "due": format_date(asked.due_on),
        }

    def _keep(self, step: ReadinessStep) -> str:
        text, deadline = self.texts.commitments.get(step.rows[0].id), self.result.deadline_on
        values = {
            "ministry": self._ministry(step) or gettext("the ministry"),
            "commitment": _without_full_stop(text) if text else "",
            "benchmarks": self._benchmarks_in_brackets(step),
            "date": format_date(step.due_on) if step.due_on else "",
        }
        if step.due_on is None:
            sentence = gettext(
                "Urge %(ministry)s to keep its commitment “%(commitment)s”%(benchmarks)s. No date is agreed."
            )
            if not text:
                sentence = gettext("Urge %(ministry)s to keep its commitment%(benchmarks)s. No date is agreed.")
        elif deadline is not None and step.due_on > deadline:
            sentence = gettext(
                "Ask %(ministry)s for an earlier date for its commitment “%(commitment)s”%(benchmarks)s, due %(date)s."
            )
            if not text:
                sentence = gettext(
                    "Ask %(ministry)s for an earlier date for its commitment%(benchmarks)s, due %(date)s."
                )
        else:
            sentence = gettext("Urge %(ministry)s to keep its commitment “%(commitment)s”%(benchmarks)s, due %(date)s.")
            if not text:
                sentence = gettext("Urge %(ministry)s to keep its commitment%(benchmarks)s, due %(date)s.")
            return self._add_status(step, sentence % values)
        return sentence % values

    def _add_status(self, step: ReadinessStep, text: str) -> str:
        """Return the text of a step, and that its commitment is overdue or has an update that waits, if it is so."""
        standing = self._standings.get(step.rows[0].id)
        if standing is not None and standing.waits_since:
            sentence = gettext("%(step)s An update on it has been with the embassy since %(date)s.")
            return sentence % {"step": text, "date": format_date(standing.waits_since)}
        if standing is not None and standing.days_overdue:
            return gettext("%(step)s It is overdue.") % {"step": text}
        return text

    @cached_property
    def _standings(self) -> Mapping[int, CommitmentStanding]:
        return commitment_standings(self.result.known_facts, self.result.as_of)

    @cached_property
    def _waits_since(self) -> Mapping[RowReference, date]:
        """The day in the country on which each update version and each piece of evidence was recorded."""
        facts = self.result.known_facts
        rows = {
            **{RowReference("update_version", row.id): row.recorded_at for row in facts.update_versions},
            **{RowReference("evidence", row.id): row.recorded_at for row in facts.evidence},
        }
        return {row: recorded_at.astimezone(facts.zone).date() for row, recorded_at in rows.items()}

    def _ministry(self, step: ReadinessStep) -> str | None:
        name = self.texts.ministries.get(step.ministry_id) if step.ministry_id is not None else None
        return with_article(name) if name else None

    def _benchmarks_in_brackets(self, step: ReadinessStep) -> str:
        """Return the keys of a step's benchmarks, in brackets after a space; empty if there are none."""
        return (
            f" ({join_with_and(self.keys[benchmark_id] for benchmark_id in step.benchmarks)})"
            if step.benchmarks
            else ""
        )

    def _key_and_wording(self, step: ReadinessStep) -> str:
        """Return a benchmark's key and wording: `4b: Ten districts have a shelter`."""
        benchmark_id = step.benchmarks[0]
        key, text = self.keys[benchmark_id], self.texts.benchmarks.get(benchmark_id)
        return join_with_colon(key, _without_full_stop(text)) if text else key


def with_article(name: str) -> str:
    """Return the name of a ministry as part of a sentence: `the Ministry of Police`."""
    if not name.startswith(("Ministry", "Office", "Department")):
        return name
    return gettext("the %(ministry)s") % {"ministry": name}


def _without_full_stop(text: str) -> str:
    return text.rstrip(".")


def _target_sentence(result: Readiness, steps: NextSteps) -> str:
    """Return how many of the steps reach the target: "The first 9 of 22 next steps reach our target of 45."."""
    if result.readiness_target is None:
        return gettext("No target is set.")
    total, reaching = len(steps.steps), steps.target_reached_after
    if reaching == 0:
        sentence = gettext("Readiness has reached our target of %(target)s.")
    elif not total:
        sentence = gettext("Readiness has not reached our target of %(target)s.")
    elif reaching is None:
        sentence = ngettext(
            "The only next step does not reach our target of %(target)s.",
            "All %(total)d next steps together do not reach our target of %(target)s.",
            total,
        )
    elif reaching < total:
        sentence = ngettext(
            "The first of %(total)d next steps reaches our target of %(target)s.",
            "The first %(number)d of %(total)d next steps reach our target of %(target)s.",
            reaching,
        )
    else:
        sentence = ngettext(
            "The only next step reaches our target of %(target)s.",
            "All %(total)d next steps together reach our target of %(target)s.",
            total,
        )
    return sentence % {"target": format_number(result.readiness_target), "number": reaching, "total": total}
