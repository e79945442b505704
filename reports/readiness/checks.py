"""Find problems in the record and say what to do about each.

A check never changes a score. It reports where two rows contradict each other, or where a row that would count is
missing. `facts` are always the known ones (`reports.readiness.countable_facts.facts_known_by`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from dialogues.choices import CommitmentStatus, EvidenceDecision, Verdict
from dialogues.commitment_status import CommitmentStanding, days_left, days_past_due
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import DATE_ONLY_MILESTONES, Better, MilestoneKind, MilestoneOwner, Rule
from reports import formatting
from reports.choices import ProblemKind
from reports.readiness.answers import RowReference
from reports.readiness.commitment_standings import DatedCommitment
from reports.readiness.countable_facts import Action, FactView, is_action, is_in_window, newest_row
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import AgreedProofFact, Facts, IndicatorFact, MilestoneFact, ReadingFact
from reports.readiness.kept_results import KeptResults
from reports.readiness.questionnaire import AskedBenchmark, Questionnaire
from tiptracker.localization import format_date, format_number, gettext, ngettext


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """A problem in the record: its kind, a sentence, what to do, and the rows to look at."""

    kind: ProblemKind
    sentence: str
    to_do: str
    rows: tuple[RowReference, ...]


def find_problems(
    index: FactIndex,
    questionnaire: Questionnaire,
    verified_view: FactView,
    commitments: Mapping[int, DatedCommitment],
    *,
    as_of: date,
    kept: KeptResults | None = None,
) -> tuple[RecordProblem, ...]:
    """Return all problems in the record on a day, grouped by kind.

    `commitments` are those as of the day, by id. `kept` are earlier results, from which problems of the same rows are
    taken.
    """
    kept = kept or KeptResults()
    facts, dated = index.facts, sorted(commitments.values(), key=lambda row: row.commitment.id)
    return (
        *_met_without_action(questionnaire, verified_view),
        *_action_without_assessment(facts, questionnaire, verified_view),
        *_figures_too_low(questionnaire, verified_view, kept),
        *_figures_without_source(facts, as_of),
        *_start_date_unknown(index, questionnaire, as_of),
        *_overdue_without_update(dated, kept),
        *_without_agreed_proof(dated, as_of),
        *_incomplete_recommendations(facts, questionnaire),
        *_missed_milestones(facts, as_of),
    )


def _met_without_action(questionnaire: Questionnaire, verified_view: FactView) -> Iterator[RecordProblem]:
    for benchmark in _assessed_benchmarks(questionnaire):
        assessment = verified_view.assessments.get(benchmark.id)
        if assessment is not None and assessment.verdict is Verdict.MET and not verified_view.actions.get(benchmark.id):
            yield RecordProblem(
                ProblemKind.MET_WITHOUT_ACTION,
                gettext("%(benchmark)s is assessed as met, but no verified action in the tracking period supports it.")
                % {"benchmark": benchmark.key},
                gettext("Verify the action, or assess the benchmark again."),
                (RowReference("benchmark", benchmark.id), RowReference("assessment", assessment.id)),
            )


def _action_without_assessment(
    facts: Facts, questionnaire: Questionnaire, verified_view: FactView
) -> Iterator[RecordProblem]:
    assessed_ids = {row.benchmark_id for row in facts.assessments}
    for benchmark in _assessed_benchmarks(questionnaire):
        actions = verified_view.actions.get(benchmark.id, ())
        if actions and benchmark.id not in assessed_ids:
            sentence = ngettext(
                "%(benchmark)s has %(number)d verified action and no assessment. It counts as a concrete step.",
                "%(benchmark)s has %(number)d verified actions and no assessment. It counts as a concrete step.",
                len(actions),
            )
            yield RecordProblem(
                ProblemKind.NOT_ASSESSED,
                sentence % {"benchmark": benchmark.key, "number": len(actions)},
                gettext("Assess the benchmark."),
                (
                    RowReference("benchmark", benchmark.id),
                    *sorted({RowReference("evidence", action.evidence_id) for action in actions}),
                ),
            )


def _figures_too_low(
    questionnaire: Questionnaire, verified_view: FactView, kept: KeptResults
) -> Iterator[RecordProblem]:
    """Find figures that are lower than the number of verified actions on their benchmark by the same day."""
    for benchmark in questionnaire.benchmarks:
        if benchmark.is_decided_by_figure:
            indicator = questionnaire.indicators[benchmark.terms.indicator_id or 0]
            figures = verified_view.figures.get(indicator.id, ())
            inputs = (benchmark, indicator, figures, verified_view.actions.get(benchmark.id, ()))
            problem = kept.once(("figure too low", benchmark.id), inputs, partial(_find_low_figure, *inputs))
            if problem:
                yield problem


def _find_low_figure(
    benchmark: AskedBenchmark, indicator: IndicatorFact, figures: Iterable[ReadingFact], actions: Iterable[Action]
) -> RecordProblem | None:
    reading = find_effective_reading(figures)
    if reading is None or reading.figure is None or indicator.better is not Better.UP:
        return None
    counted = [action for action in actions if action.counts_from <= reading.through_on]
    if reading.figure >= len(counted):
        return None
    sentence = ngettext(
        "%(indicator)s: %(figure)s by %(date)s. But %(number)d verified action up to that day supports %(benchmark)s.",
        "%(indicator)s: %(figure)s by %(date)s. But %(number)d verified actions up to that day support %(benchmark)s.",
        len(counted),
    )
    values = {
        "indicator": formatting.capitalize_first(indicator.name),
        "figure": format_number(reading.figure),
        "date": format_date(reading.through_on),
        "number": len(counted),
        "benchmark": benchmark.key,
    }
    return RecordProblem(
        ProblemKind.FIGURE_TOO_LOW,
        sentence % values,
        gettext("Ask for a new figure, or check what the actions show."),
        (
            RowReference("reading", reading.id),
            *sorted({RowReference("evidence", action.evidence_id) for action in counted}),
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
                gettext("%(indicator)s: the figure up to %(date)s has no source.")
                % {
                    "indicator": formatting.capitalize_first(names[row.indicator_id]),
                    "date": format_date(row.through_on),
                },
                gettext("Log the figure again with the document it comes from."),
                (RowReference("reading", row.id),),
            )


def _start_date_unknown(index: FactIndex, questionnaire: Questionnaire, as_of: date) -> Iterator[RecordProblem]:
    """Find verified actions in the window that do not count because no start date is known.

    Benchmarks that a figure decides are left out, since no action counts there.
    """
    window = index.facts.edition.tracking
    assessed = {benchmark.id for benchmark in _assessed_benchmarks(questionnaire)}
    for evidence_link, row in index.undated_links:
        review = index.newest_review(row.id, evidence_link.id)
        if (
            evidence_link.benchmark_id in assessed
            and is_action(evidence_link, row)
            and is_in_window(window, None, row.happened_to)
            and row.happened_to <= as_of
            and review is not None
            and review.decision is EvidenceDecision.VERIFIED
            and review.first_on is None
        ):
            yield RecordProblem(
                ProblemKind.DAY_UNKNOWN,
                gettext("An action that ended by %(date)s is verified and has no start date. With one it would count.")
                % {"date": format_date(row.happened_to)},
                gettext("Find out the start date, and verify the action again with it."),
                (RowReference("evidence", row.id), RowReference("benchmark", evidence_link.benchmark_id)),
            )


def _overdue_without_update(commitments: Iterable[DatedCommitment], kept: KeptResults) -> Iterator[RecordProblem]:
    """Find overdue commitments on which no update was received since they were made, moved or last accepted.

    The United States sends no updates. So each of its own overdue commitments is reported.
    """
    for row in commitments:
        if row.standing.due_on is not None and row.standing.is_overdue_without_update:
            inputs = row.commitment.id, row.commitment.ministry_id, row.standing
            yield kept.once(("overdue", row.commitment.id), inputs, partial(_describe_overdue, *inputs))


def _describe_overdue(commitment_id: int, ministry_id: int | None, standing: CommitmentStanding) -> RecordProblem:
    days = standing.days_overdue
    if ministry_id is None:
        sentence = ngettext(
            "A commitment of the United States was due on %(due)s, %(days)d day ago. It is not reported done.",
            "A commitment of the United States was due on %(due)s, %(days)d days ago. It is not reported done.",
            days,
        )
    elif standing.withdrawn_on:
        sentence = ngettext(
            "A commitment was due on %(due)s, %(days)d day ago. The ministry withdrew its update on %(withdrawn)s.",
            "A commitment was due on %(due)s, %(days)d days ago. The ministry withdrew its update on %(withdrawn)s.",
            days,
        )
    elif standing.sent_on:
        sentence = ngettext(
            "A commitment was due on %(due)s, %(days)d day ago. No update received since the one of %(sent)s.",
            "A commitment was due on %(due)s, %(days)d days ago. No update received since the one of %(sent)s.",
            days,
        )
    else:
        sentence = ngettext(
            "A commitment was due on %(due)s, %(days)d day ago. No update received.",
            "A commitment was due on %(due)s, %(days)d days ago. No update received.",
            days,
        )
    values = {
        "due": format_date(standing.due_on) if standing.due_on else "",
        "days": days,
        "sent": format_date(standing.sent_on) if standing.sent_on else "",
        "withdrawn": format_date(standing.withdrawn_on) if standing.withdrawn_on else "",
    }
    return RecordProblem(
        ProblemKind.PAST_DUE,
        sentence % values,
        gettext("Ask the ministry for an update.") if ministry_id else gettext("Record what happened to it."),
        (RowReference("commitment", commitment_id),),
    )


def _without_agreed_proof(commitments: Iterable[DatedCommitment], as_of: date) -> Iterator[RecordProblem]:
    """Find the commitments that are open or overdue and say nowhere what will show that they are kept.

    They are one problem together, because a record from before proof was agreed has nothing but such commitments.
    """
    without = [
        row
        for row, _, standing in commitments
        if standing.status in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE)
        and not (row.proofs and any(_is_in_force(proof, as_of) for proof in row.proofs))
    ]
    if without:
        sentence = ngettext(
            "%(number)d open commitment has no agreed proof.",
            "%(number)d open commitments have no agreed proof.",
            len(without),
        )
        yield RecordProblem(
            ProblemKind.NO_AGREED_PROOF,
            sentence % {"number": len(without)},
            gettext("Agree on what will show that each is kept, and from whom it comes."),
            tuple(RowReference("commitment", row.id) for row in without),
        )


def _is_in_force(proof: AgreedProofFact, as_of: date) -> bool:
    return proof.agreed_on <= as_of and (proof.ended_on is None or proof.ended_on > as_of)


def _incomplete_recommendations(facts: Facts, questionnaire: Questionnaire) -> Iterator[RecordProblem]:
    """Find recommendations without a benchmark or without a lead ministry."""
    with_lead = {row.id for row in facts.recommendations if row.has_lead}
    for recommendation in questionnaire.recommendations:
        if not recommendation.benchmarks:
            yield RecordProblem(
                ProblemKind.NO_BENCHMARK,
                gettext("%(recommendation)s has no benchmark, so it cannot add to readiness.")
                % {"recommendation": recommendation.title},
                gettext("Add a benchmark."),
                (RowReference("recommendation", recommendation.id),),
            )
        if recommendation.id not in with_lead:
            yield RecordProblem(
                ProblemKind.NO_LEAD,
                gettext("%(recommendation)s has no lead ministry.") % {"recommendation": recommendation.title},
                gettext("Choose its lead ministry."),
                (RowReference("recommendation", recommendation.id),),
            )


def find_missed_milestones(facts: Facts, as_of: date) -> list[MilestoneFact]:
    """Return the milestones that were due before a day and are not recorded as done by then, the oldest first.

    An estimated date cannot be missed. `facts` are the known ones.
    """
    missed = []
    for row in facts.milestones:
        done = newest_row(row.done)
        due_on, is_estimated = row.date_in_force
        is_open = row.kind not in DATE_ONLY_MILESTONES and (done is None or done.done_on > as_of)
        if is_open and not is_estimated and days_past_due(due_on, as_of):
            missed.append(row)
    return sorted(missed, key=lambda row: (row.date_in_force, row.id))


def find_next_milestones(facts: Facts, as_of: date) -> list[MilestoneFact]:
    """Return the milestones on or after a day that are not done by then, the soonest first.

    The deadline is not among them: its day is in the edition's terms. `facts` are the known ones.
    """
    ahead = [
        row
        for row in facts.milestones
        if row.kind is not MilestoneKind.DEADLINE
        and days_left(row.date_in_force[0], as_of) is not None
        and ((done := newest_row(row.done)) is None or done.done_on > as_of)
    ]
    return sorted(ahead, key=lambda row: (row.date_in_force, row.id))


def _missed_milestones(facts: Facts, as_of: date) -> Iterator[RecordProblem]:
    for row in find_missed_milestones(facts, as_of):
        yield RecordProblem(
            ProblemKind.MISSED,
            gettext("%(milestone)s: due on %(date)s and not recorded as done.")
            % {"milestone": row.kind.label_with_owner, "date": format_date(row.date_in_force[0])},
            gettext("Record the day on which it was done, or ask the Department about it.")
            if row.kind.owner is MilestoneOwner.DEPARTMENT
            else gettext("Do it, then record the day. If the date was changed, record the new date."),
            (RowReference("milestone", row.id),),
        )


def _assessed_benchmarks(questionnaire: Questionnaire) -> Iterator[AskedBenchmark]:
    return (benchmark for benchmark in questionnaire.benchmarks if benchmark.terms.rule is Rule.ASSESSED)
