"""What doesn't fit together in the record, and what to do about it. Pure.

A check never changes a score: it says where two rows contradict each other, or where one is missing
that would count. `facts` are those known (`reports.readiness.countable_facts.known`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dialogues.choices import Review, Shows, Verdict
from dialogues.effective_reading import latest
from dialogues.status import days_past_due
from recommendations.choices import DATES_ALONE, Better, Origin, Rule
from reports import formatting
from reports.choices import Misfit
from reports.readiness.answers import Asked, Questionnaire, Row
from reports.readiness.countable_facts import OWN, Sight, newest
from reports.readiness.facts import Facts
from reports.readiness.standings import standings


@dataclass(frozen=True, slots=True)
class Check:
    """A thing that doesn't fit: what sort, the sentence, what to do, and the rows to look at."""

    misfit: Misfit
    sentence: str
    to_do: str
    rows: tuple[Row, ...]


def checks(facts: Facts, asked: Questionnaire, seen: Sight, as_of: date) -> tuple[Check, ...]:
    """All that doesn't fit together on a day, sort by sort; `seen` is what is verified."""
    return (
        *_met_without_action(asked, seen),
        *_action_without_assessment(facts, asked, seen),
        *_figures(asked, seen),
        *_without_source(facts, as_of),
        *_day_unknown(facts, asked, as_of),
        *_past_due(facts, as_of),
        *_unfinished(facts, asked),
        *_missed(facts, as_of),
    )


def _met_without_action(asked: Questionnaire, seen: Sight) -> Iterator[Check]:
    for one in _assessed(asked):
        judgement = seen.judgements.get(one.id)
        if judgement is not None and judgement.verdict is Verdict.MET and not seen.actions.get(one.id):
            yield Check(
                Misfit.MET_WITHOUT_ACTION,
                f"{one.key} is assessed as met, but no verified action in the tracking period stands behind it.",
                "Verify the action, or assess it again.",
                (Row("benchmark", one.id), Row("assessment", judgement.id)),
            )


def _action_without_assessment(facts: Facts, asked: Questionnaire, seen: Sight) -> Iterator[Check]:
    judged = {row.benchmark_id for row in facts.assessments}
    for one in _assessed(asked):
        actions = seen.actions.get(one.id, ())
        if actions and one.id not in judged:
            count = "a verified action" if len(actions) == 1 else f"{len(actions)} verified actions"
            yield Check(
                Misfit.NOT_ASSESSED,
                f"{one.key} has {count} and no assessment, so it counts as a step.",
                "Assess it.",
                (Row("benchmark", one.id), *sorted({Row("evidence", act.evidence_id) for act in actions})),
            )


def _figures(asked: Questionnaire, seen: Sight) -> Iterator[Check]:
    """A figure can't well be lower than the number of verified actions on what it counts, over by its day."""
    for one in asked.benchmarks:
        if one.terms.rule is Rule.ASSESSED or one.terms.indicator_id is None:
            continue
        indicator = asked.indicators[one.terms.indicator_id]
        now = latest(seen.figures.get(indicator.id, ()))
        if now is None or now.figure is None or indicator.better is not Better.UP:
            continue
        actions = [act for act in seen.actions.get(one.id, ()) if act.on <= now.through_on]
        if now.figure < len(actions):
            yield Check(
                Misfit.FIGURE_TOO_LOW,
                f"{formatting.opening(indicator.name)}: {formatting.figure(now.figure)} by "
                f"{formatting.day(now.through_on)}, but "
                f"{len(actions)} verified {'action' if len(actions) == 1 else 'actions'} over by then"
                f" {'stands' if len(actions) == 1 else 'stand'} on {one.key}.",
                "Ask for the figure anew, or look at what the actions show.",
                (Row("reading", now.id), *sorted({Row("evidence", act.evidence_id) for act in actions})),
            )


def _without_source(facts: Facts, as_of: date) -> Iterator[Check]:
    """A figure or a direction with nothing behind it, until it is logged again, for the same span, with a source."""
    names = {one.id: one.name for one in facts.indicators}
    sourced: dict[tuple[int, date, date], datetime] = {}
    for row in sorted(facts.readings, key=lambda row: row.recorded_at):
        if row.has_source and not row.is_no_data:
            sourced[row.indicator_id, row.starts_on, row.through_on] = row.recorded_at
    for row in sorted(facts.readings, key=lambda row: row.id):
        logged_at = sourced.get((row.indicator_id, row.starts_on, row.through_on))
        if (
            not row.has_source
            and not row.is_no_data
            and row.through_on <= as_of
            and (logged_at is None or logged_at < row.recorded_at)
        ):
            yield Check(
                Misfit.NO_SOURCE,
                f"{formatting.opening(names[row.indicator_id])} through {formatting.day(row.through_on)} names "
                "no source.",
                "Log the figure again with the document it comes from.",
                (Row("reading", row.id),),
            )


def _day_unknown(facts: Facts, asked: Questionnaire, as_of: date) -> Iterator[Check]:
    """Verified, in the window by its last day, and not counted because nobody stated its first.

    Where a figure decides, no action would count.
    """
    window = facts.edition.tracking
    assessed = {one.id for one in _assessed(asked)}
    evidence = {row.id: row for row in facts.evidence}
    revised = {row.revises for row in facts.evidence}
    said = {row.bearing_id: row for row in sorted(facts.reviews, key=lambda row: (row.recorded_at, row.id))}
    for bearing in sorted(facts.bearings, key=lambda row: row.id):
        row = evidence.get(bearing.evidence_id)
        if (
            row is None
            or row.id in revised
            or row.happened_from is not None
            or bearing.benchmark_id not in assessed
            or bearing.shows is not Shows.ACTION
            or row.done_by not in OWN
            or not window.starts_on <= row.happened_to <= min(window.ends_on, as_of)
        ):
            continue
        review = said.get(bearing.id)
        if review is not None and review.decision is Review.VERIFIED and review.first_on is None:
            yield Check(
                Misfit.DAY_UNKNOWN,
                f"An action over by {formatting.day(row.happened_to)} is verified and would count"
                " if its first day were known.",
                "Find out when it began, and verify it with that day.",
                (Row("evidence", row.id), Row("benchmark", bearing.benchmark_id)),
            )


def _past_due(facts: Facts, as_of: date) -> Iterator[Check]:
    """Overdue, and no update was received since the commitment was made, was moved, or had one accepted.

    The United States sends no updates: of its own undertakings each that is overdue lacks a word on what became of it.
    """
    stands = standings(facts, as_of)
    for row in sorted(facts.commitments, key=lambda row: row.id):
        standing = stands.get(row.id)
        if standing is None or standing.due_on is None or not standing.is_silent:
            continue
        days = "a day" if standing.days_overdue == 1 else f"{standing.days_overdue} days"
        due = f"was due on {formatting.day(standing.due_on)}, {days} ago, and"
        if row.ministry_id is None:
            sentence = f"An undertaking of the United States {due} was not reported done."
        elif standing.sent_on:
            sentence = f"A commitment {due} no update was received since that of {formatting.day(standing.sent_on)}."
        else:
            sentence = f"A commitment {due} no update was received."
        yield Check(
            Misfit.PAST_DUE,
            sentence,
            "Ask the ministry for an update." if row.ministry_id else "Record what became of it.",
            (Row("commitment", row.id),),
        )


def _unfinished(facts: Facts, asked: Questionnaire) -> Iterator[Check]:
    """A recommendation that nothing measures or that nobody answers for."""
    led = {row.id for row in facts.recommendations if row.has_lead}
    for each in asked.recommendations:
        called = f"{'Recommendation' if each.origin is Origin.REPORT else each.origin.label} {each.number}"
        if not each.benchmarks:
            yield Check(
                Misfit.NO_BENCHMARK,
                f"{called} has no benchmark, so nothing can be shown on it.",
                "Add a benchmark: what has to be so for it to be met.",
                (Row("recommendation", each.id),),
            )
        if each.id not in led:
            yield Check(
                Misfit.NO_LEAD,
                f"No ministry leads {formatting.within(called)}.",
                "Name the ministry that answers for it.",
                (Row("recommendation", each.id),),
            )


def _missed(facts: Facts, as_of: date) -> Iterator[Check]:
    for row in sorted(facts.milestones, key=lambda row: (row.due_on, row.id)):
        done = newest(row.done)
        if row.kind not in DATES_ALONE and days_past_due(row.due_on, as_of) and (done is None or done.done_on > as_of):
            yield Check(
                Misfit.MISSED,
                f"{row.kind.label}: due on {formatting.day(row.due_on)}, and not recorded as done.",
                "Record the day on which it was done, or press for it.",
                (Row("milestone", row.id),),
            )


def _assessed(asked: Questionnaire) -> Iterator[Asked]:
    return (one for one in asked.benchmarks if one.terms.rule is Rule.ASSESSED)
