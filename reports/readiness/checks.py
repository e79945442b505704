"""Find problems in the record and say what to do about each.

A check never changes a score. It reports where two rows contradict each other, or where a row that would count is
missing. `facts` are always the known ones (`reports.readiness.countable_facts.facts_known_by`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dialogues.choices import EvidenceDecision, Verdict
from dialogues.commitment_status import days_past_due
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import DATE_ONLY_MILESTONES, Better, Rule
from reports import formatting
from reports.choices import ProblemKind
from reports.readiness.answers import AskedBenchmark, Questionnaire, RowReference
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.countable_facts import FactView, is_action, is_in_window, newest_row
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts
from tiptracker.localization import format_date, format_number


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """A problem in the record: its kind, a sentence, what to do, and the rows to look at."""

    kind: ProblemKind
    sentence: str
    to_do: str
    rows: tuple[RowReference, ...]


def find_problems(
    facts: Facts, questionnaire: Questionnaire, verified_view: FactView, as_of: date
) -> tuple[RecordProblem, ...]:
    """Return all problems in the record on a day, grouped by kind."""
    return (
        *_met_without_action(questionnaire, verified_view),
        *_action_without_assessment(facts, questionnaire, verified_view),
        *_figures_too_low(questionnaire, verified_view),
        *_figures_without_source(facts, as_of),
        *_start_date_unknown(facts, questionnaire, as_of),
        *_overdue_without_update(facts, as_of),
        *_incomplete_recommendations(facts, questionnaire),
        *_missed_milestones(facts, as_of),
    )


def _met_without_action(questionnaire: Questionnaire, verified_view: FactView) -> Iterator[RecordProblem]:
    for benchmark in _assessed_benchmarks(questionnaire):
        assessment = verified_view.assessments.get(benchmark.id)
        if assessment is not None and assessment.verdict is Verdict.MET and not verified_view.actions.get(benchmark.id):
            yield RecordProblem(
                ProblemKind.MET_WITHOUT_ACTION,
                f"{benchmark.key} is assessed as met, but no verified action in the tracking period stands behind it.",
                "Verify the action, or assess it again.",
                (RowReference("benchmark", benchmark.id), RowReference("assessment", assessment.id)),
            )


def _action_without_assessment(
    facts: Facts, questionnaire: Questionnaire, verified_view: FactView
) -> Iterator[RecordProblem]:
    assessed_ids = {row.benchmark_id for row in facts.assessments}
    for benchmark in _assessed_benchmarks(questionnaire):
        actions = verified_view.actions.get(benchmark.id, ())
        if actions and benchmark.id not in assessed_ids:
            count = "a verified action" if len(actions) == 1 else f"{len(actions)} verified actions"
            yield RecordProblem(
                ProblemKind.NOT_ASSESSED,
                f"{benchmark.key} has {count} and no assessment, so it counts as a step.",
                "Assess it.",
                (
                    RowReference("benchmark", benchmark.id),
                    *sorted({RowReference("evidence", action.evidence_id) for action in actions}),
                ),
            )


def _figures_too_low(questionnaire: Questionnaire, verified_view: FactView) -> Iterator[RecordProblem]:
    """Find figures that are lower than the number of verified actions on their benchmark by the same day."""
    for benchmark in questionnaire.benchmarks:
        if not benchmark.is_decided_by_figure:
            continue
        indicator = questionnaire.indicators[benchmark.terms.indicator_id or 0]
        reading = find_effective_reading(verified_view.figures.get(indicator.id, ()))
        if reading is None or reading.figure is None or indicator.better is not Better.UP:
            continue
        actions = [
            action for action in verified_view.actions.get(benchmark.id, ()) if action.counts_from <= reading.through_on
        ]
        if reading.figure < len(actions):
            yield RecordProblem(
                ProblemKind.FIGURE_TOO_LOW,
                f"{formatting.capitalize_first(indicator.name)}: {format_number(reading.figure)} by "
                f"{format_date(reading.through_on)}, but "
                f"{len(actions)} verified {'action' if len(actions) == 1 else 'actions'} over by then"
                f" {'stands' if len(actions) == 1 else 'stand'} on {benchmark.key}.",
                "Ask for the figure anew, or look at what the actions show.",
                (
                    RowReference("reading", reading.id),
                    *sorted({RowReference("evidence", action.evidence_id) for action in actions}),
                ),
            )


def _figures_without_source(facts: Facts, as_of: date) -> Iterator[RecordProblem]:
    """Find figures and directions without a source, unless the same span was recorded again later with a source."""
    names = {indicator.id: indicator.name for indicator in facts.indicators}
    sourced_at: dict[tuple[int, date, date], datetime] = {}
    for row in sorted(facts.readings, key=lambda row: row.recorded_at):
        if row.has_source and not row.is_no_data:
            sourced_at[row.indicator_id, row.starts_on, row.through_on] = row.recorded_at
    for row in sorted(facts.readings, key=lambda row: row.id):
        logged_at = sourced_at.get((row.indicator_id, row.starts_on, row.through_on))
        if (
            not row.has_source
            and not row.is_no_data
            and row.through_on <= as_of
            and (logged_at is None or logged_at < row.recorded_at)
        ):
            yield RecordProblem(
                ProblemKind.NO_SOURCE,
                f"{formatting.capitalize_first(names[row.indicator_id])} through "
                f"{format_date(row.through_on)} names no source.",
                "Log the figure again with the document it comes from.",
                (RowReference("reading", row.id),),
            )


def _start_date_unknown(facts: Facts, questionnaire: Questionnaire, as_of: date) -> Iterator[RecordProblem]:
    """Find verified actions in the window that do not count because no start date is known.

    Benchmarks that a figure decides are left out, since no action counts there.
    """
    window = facts.edition.tracking
    assessed = {benchmark.id for benchmark in _assessed_benchmarks(questionnaire)}
    index = FactIndex(facts)
    for evidence_link, row in sorted(index.links_in_force, key=lambda pair: pair[0].id):
        review = index.newest_review(row.id, evidence_link.id)
        if (
            row.happened_from is None
            and evidence_link.benchmark_id in assessed
            and is_action(evidence_link, row)
            and is_in_window(window, None, row.happened_to)
            and row.happened_to <= as_of
            and review is not None
            and review.decision is EvidenceDecision.VERIFIED
            and review.first_on is None
        ):
            yield RecordProblem(
                ProblemKind.DAY_UNKNOWN,
                f"An action over by {format_date(row.happened_to)} is verified and would count"
                " if its first day were known.",
                "Find out when it began, and verify it with that day.",
                (RowReference("evidence", row.id), RowReference("benchmark", evidence_link.benchmark_id)),
            )


def _overdue_without_update(facts: Facts, as_of: date) -> Iterator[RecordProblem]:
    """Find overdue commitments on which no update was received since they were made, moved or last accepted.

    The United States sends no updates. So each of its own overdue commitments is reported.
    """
    standings = commitment_standings(facts, as_of)
    for row in sorted(facts.commitments, key=lambda row: row.id):
        standing = standings.get(row.id)
        if standing is None or standing.due_on is None or not standing.is_overdue_without_update:
            continue
        days = "a day" if standing.days_overdue == 1 else f"{standing.days_overdue} days"
        due = f"was due on {format_date(standing.due_on)}, {days} ago, and"
        if row.ministry_id is None:
            sentence = f"An undertaking of the United States {due} was not reported done."
        elif standing.sent_on:
            sentence = f"A commitment {due} no update was received since that of {format_date(standing.sent_on)}."
        else:
            sentence = f"A commitment {due} no update was received."
        yield RecordProblem(
            ProblemKind.PAST_DUE,
            sentence,
            "Ask the ministry for an update." if row.ministry_id else "Record what became of it.",
            (RowReference("commitment", row.id),),
        )


def _incomplete_recommendations(facts: Facts, questionnaire: Questionnaire) -> Iterator[RecordProblem]:
    """Find recommendations without a benchmark or without a lead ministry."""
    with_lead = {row.id for row in facts.recommendations if row.has_lead}
    for recommendation in questionnaire.recommendations:
        if not recommendation.benchmarks:
            yield RecordProblem(
                ProblemKind.NO_BENCHMARK,
                f"{recommendation.title} has no benchmark, so nothing can be shown on it.",
                "Add a benchmark: what has to be so for it to be met.",
                (RowReference("recommendation", recommendation.id),),
            )
        if recommendation.id not in with_lead:
            yield RecordProblem(
                ProblemKind.NO_LEAD,
                f"No ministry leads {formatting.lowercase_first(recommendation.title)}.",
                "Name the ministry that answers for it.",
                (RowReference("recommendation", recommendation.id),),
            )


def _missed_milestones(facts: Facts, as_of: date) -> Iterator[RecordProblem]:
    for row in sorted(facts.milestones, key=lambda row: (row.due_on, row.id)):
        done = newest_row(row.done)
        if (
            row.kind not in DATE_ONLY_MILESTONES
            and days_past_due(row.due_on, as_of)
            and (done is None or done.done_on > as_of)
        ):
            yield RecordProblem(
                ProblemKind.MISSED,
                f"{row.kind.label}: due on {format_date(row.due_on)}, and not recorded as done.",
                "Record the day on which it was done, or press for it.",
                (RowReference("milestone", row.id),),
            )


def _assessed_benchmarks(questionnaire: Questionnaire) -> Iterator[AskedBenchmark]:
    return (benchmark for benchmark in questionnaire.benchmarks if benchmark.terms.rule is Rule.ASSESSED)
