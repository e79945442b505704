"""Readiness that is brought up to date after new rows equals readiness that is evaluated anew."""

from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
    Verdict,
)
from recommendations.choices import EffortQuestion, Pillar, Rule
from reports.readiness import daily_scores
from reports.readiness.answers import compute_answers
from reports.readiness.daily_scores import DailyScores
from reports.readiness.explanation.trend_display import display_trend
from reports.readiness.facts import Facts
from reports.readiness.new_rows import NewRows
from reports.readiness.readiness import bring_up_to_date, evaluate_readiness
from tests.reports.record_builder import RecordBuilder
from tests.reports.record_strategies import KEYS, PERIOD, days, days_in_period, records

TABLES = [field.name for field in fields(NewRows)]
SCORED_TABLES = ("readings", "evidence", "evidence_links", "reviews", "assessments")
BATCHES = 8
"""The record before, and the new rows that come in so many batches less one."""


def all_fields(result):
    """Return every field of a result, with those that an ordinary comparison leaves out, without the order of rows."""
    values = {field.name: getattr(result, field.name) for field in fields(result) if field.name != "kept_results"}
    values["open_commitments"] = {row.id: (row, due_on) for row, due_on in values["open_commitments"]}
    values["known_facts"] = {
        field.name: frozenset(map(repr, rows))
        if isinstance(rows := getattr(result.known_facts, field.name), tuple)
        else rows
        for field in fields(Facts)
    }
    views = values.pop("views")
    values["reversed_actions"] = frozenset(result.reversed_actions())
    return values | {name: getattr(views, name) for name in ("verified_last_actions", "begun", "waiting")}


def trend_of(facts, as_of, **at_hand):
    return display_trend(facts, as_of=as_of, known_by=None, events=(), **at_hand)


def as_before(row, random):
    """Return a row as it may have been before: an update that waited, a commitment with fewer events."""
    if hasattr(row, "decided_at"):
        return row._replace(decided_at=None, returned_at=None, withdrawn_at=None)
    if hasattr(row, "events"):
        return replace(row, events=tuple(event for event in row.events if random.random() < 0.5))
    return row


def in_batches(facts, random):
    """Yield the facts in batches, each with its new rows. Rows of any kind come in any batch, and in any order."""
    come = {name: [(random.randrange(BATCHES), row) for row in getattr(facts, name)] for name in TABLES}
    terms = [(random.randrange(BATCHES), row) for row in facts.edition_terms]
    so_far = replace(facts, **dict.fromkeys(TABLES, ()))
    for batch in range(BATCHES):
        rows = {name: [row for number, row in rows if number == batch] for name, rows in come.items()}
        for name in ("update_versions", "commitments"):  # rows that may change
            rows[name] += [
                as_before(row, random) for number, row in come[name] if number > batch and random.random() < 0.3
            ]
        new_rows = NewRows(**{name: tuple(random.sample(found, len(found))) for name, found in rows.items()})
        so_far = replace(
            new_rows.added_to(so_far), edition_terms=tuple(row for number, row in terms if number <= batch)
        )
        yield so_far, new_rows


def dense_record(random):
    """Return a record in which almost every row touches another: little of it counts for nothing."""

    def day():
        return PERIOD.starts_on + timedelta(days=random.randrange(330))

    record = RecordBuilder(PERIOD)
    indicators = [
        record.indicator(question.value, random.choice([*Pillar]), question) for question in [*EffortQuestion][:3]
    ]
    for number in range(1, 4):
        recommendation = record.recommendation(number, random.choice([*Pillar]))
        for letter in "ab":
            rule, indicator = random.choice([(Rule.ASSESSED, None)] * 3 + [(Rule.MORE, random.choice(indicators))])
            terms = record.benchmark_terms(rule, known=PERIOD.starts_on, indicator_id=indicator)
            record.benchmark(recommendation, f"{number}{letter}", terms)
    keys = list(record.benchmark_ids)
    commitments = [
        record.commitment(
            made=day(),
            due=day(),
            ministry=random.choice([1, 2, None]),
            later_events=[(random.choice([*CommitmentEventKind]), day(), day())],
            **{f"_{key}": random.choice([*CommitmentReach]) for key in random.sample(keys, 2)},
        )
        for _ in range(4)
    ]
    versions = [
        record.update_version(
            random.choice([*ClaimedProgress]),
            known=day(),
            ministry_id=random.choice([1, 2]),
            commitment_id=random.choice(commitments),
            **random.choice([{}, {}, {"returned": day()}, {"withdrawn": day()}]),
        )
        for _ in range(6)
    ]
    evidence, kinds = [], [SupportKind.ACTION, SupportKind.ACTION, SupportKind.ACTION, SupportKind.PLAN]
    for _ in range(14):
        last = day()
        evidence.append(
            record.evidence(
                random.choice([None, last]),
                last,
                known=last,
                sent=random.choice([None, *versions]),
                revises=evidence[-1] if evidence and random.random() < 0.3 else None,
                **{f"_{key}": random.choice(kinds) for key in random.sample(keys, 2)},
            )
        )
    for row in [*evidence, *evidence]:
        shown_on = [link.benchmark_id for link in record.tables["evidence_links"] if link.evidence_id == row]
        key = random.choice([None, *[key for key in keys if record.benchmark_ids[key] in shown_on]])
        decision = random.choice([EvidenceDecision.VERIFIED, EvidenceDecision.VERIFIED, EvidenceDecision.REJECTED])
        record.review(row, known=day(), key=key, decision=decision, first_on=random.choice([None, day()]))
    for _ in range(8):
        record.assessment(random.choice(keys), random.choice([*Verdict]), known=day(), on=random.sample(evidence, 2))
    for indicator in indicators:
        record.reading_year_before(indicator, random.randrange(9), known=day())
        for _ in range(4):
            value = random.choice([None, ReadingDirection.UP, random.randrange(9), random.randrange(9)])
            sources = {"evidence": random.choice([None, *evidence]), "sent": random.choice([None, *versions])}
            record.reading(indicator, value, through=day(), known=day(), **sources)
    return record


def check_batches(facts, as_of, random):
    batches = in_batches(facts, random)
    first, _ = next(batches)
    kept, scores = evaluate_readiness(first, as_of=as_of), DailyScores(first)
    for facts_then, new_rows in batches:
        kept, scores = bring_up_to_date(kept, facts_then, new_rows), scores.with_new_rows(facts_then, new_rows)

        assert all_fields(kept) == all_fields(evaluate_readiness(facts_then, as_of=as_of))
        assert trend_of(facts_then, as_of, scores=scores, result=kept) == trend_of(facts_then, as_of)


@given(records(), days, st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_readiness_that_is_brought_up_to_date_equals_readiness_evaluated_anew(record, as_of, random):
    check_batches(record.facts, as_of, random)


@given(st.randoms(use_true_random=True), days_in_period)
@settings(max_examples=40)
def test_so_does_that_of_a_dense_record(random, as_of):
    check_batches(dense_record(random).facts, as_of, random)


@given(st.randoms(use_true_random=True), days_in_period)
@settings(max_examples=40)
def test_one_new_row_leaves_a_past_week_only_as_it_is(random, as_of):
    """What only claims something moves no week, and so most of the scores are taken over."""
    facts = dense_record(random).facts
    later = random.sample([(name, row) for name in SCORED_TABLES for row in getattr(facts, name)], 15)
    so_far = replace(
        facts,
        **{name: tuple(row for row in getattr(facts, name) if (name, row) not in later) for name in SCORED_TABLES},
    )
    scores = DailyScores(so_far)
    trend_of(so_far, as_of, scores=scores)
    for name, row in later:
        new_rows = NewRows(**{name: (row,)})
        so_far = new_rows.added_to(so_far)
        scores = scores.with_new_rows(so_far, new_rows)

        assert trend_of(so_far, as_of, scores=scores) == trend_of(so_far, as_of), (name, row)


@given(records(), days, st.sampled_from(KEYS))
def test_what_is_asked_may_change_as_well(record, as_of, key):
    before = record.facts
    terms = record.benchmark_terms(known=as_of - timedelta(days=1), weight=3, is_about_complicity=True)
    benchmarks = [
        replace(row, terms=(*row.terms, terms)) if row.id == record.benchmark_ids[key] else row
        for row in record.tables["benchmarks"]
    ]
    after = replace(before, benchmarks=tuple(benchmarks))

    kept = bring_up_to_date(evaluate_readiness(before, as_of=as_of), after, NewRows())

    assert all_fields(kept) == all_fields(evaluate_readiness(after, as_of=as_of))


def record_with_action():
    """Return a record with one benchmark, and an action on it that nobody has reviewed."""
    record = RecordBuilder(PERIOD)
    terms = record.benchmark_terms(known=PERIOD.starts_on)
    record.benchmark(record.recommendation(1, Pillar.PROSECUTION), "1a", terms)
    return record, record.action("1a", PERIOD.starts_on, PERIOD.starts_on, known=PERIOD.starts_on)


def test_a_result_that_misses_what_a_review_touches_is_seen():
    record, action = record_with_action()
    before = evaluate_readiness(record.facts, as_of=PERIOD.ends_on)
    record.review(action, known=PERIOD.ends_on, key="1a")
    anew = evaluate_readiness(record.facts, as_of=PERIOD.ends_on)
    new_rows = NewRows(reviews=record.facts.reviews)

    with patch.object(NewRows, "touched_evidence", return_value=frozenset()):
        forgetful = bring_up_to_date(before, record.facts, new_rows)

    assert (before.score, anew.score) == (Fraction(0), 30 * Fraction(1, 2) + Fraction(20, 3))
    assert all_fields(forgetful) != all_fields(anew)
    assert all_fields(bring_up_to_date(before, record.facts, new_rows)) == all_fields(anew)


def test_nothing_that_nobody_touched_is_computed_again():
    record, _ = record_with_action()
    before = evaluate_readiness(record.facts, as_of=PERIOD.ends_on)
    record.commitment(made=PERIOD.starts_on, due=None)

    with patch("reports.readiness.answers.evaluate_unassessed") as evaluated:
        after = bring_up_to_date(before, record.facts, NewRows(commitments=record.facts.commitments))

    assert not evaluated.called
    assert after.verified.benchmarks[0] is before.verified.benchmarks[0]
    assert len(after.open_commitments) == 1


def test_past_weeks_are_computed_once():
    record, action = record_with_action()
    in_november, today = date(2021, 11, 8), date(2022, 1, 28)
    record.review(action, known=in_november, key="1a")
    finding = record.evidence(None, in_november, known=in_november, _1a=SupportKind.NO_ACTION)
    record.assessment("1a", Verdict.BACKWARDS, known=date(2021, 12, 6), on=[finding])
    before = record.facts
    scores = DailyScores(before)
    assert trend_of(before, today, scores=scores).fall
    later = record.action("1a", today, today, known=today, verified=today)
    after = record.facts
    new_rows = NewRows(
        evidence=tuple(row for row in after.evidence if row.id == later),
        evidence_links=tuple(row for row in after.evidence_links if row.evidence_id == later),
        reviews=tuple(row for row in after.reviews if row.evidence_id == later),
    )

    scores = scores.with_new_rows(after, new_rows)
    with patch("reports.readiness.daily_scores.compute_answers", wraps=compute_answers) as computed:
        trend = trend_of(after, today, scores=scores)

    assert trend == trend_of(after, today)
    assert computed.call_count == 1, "Only the current week is computed again."


def test_evidence_that_nobody_reviewed_moves_no_past_week():
    record, action = record_with_action()
    in_november, today = date(2021, 11, 8), date(2022, 1, 28)
    record.review(action, known=in_november, key="1a")
    before = record.facts
    scores = DailyScores(before)
    trend_of(before, today, scores=scores)
    dated_back = record.action("1a", in_november, in_november, known=in_november)
    after = record.facts
    new_rows = NewRows(
        evidence=tuple(row for row in after.evidence if row.id == dated_back),
        evidence_links=tuple(row for row in after.evidence_links if row.evidence_id == dated_back),
    )

    with (
        patch("reports.readiness.daily_scores.compute_answers", wraps=compute_answers) as computed,
        patch("reports.readiness.daily_scores.VerifiedHistory.from_facts") as looked_up,
    ):
        trend = trend_of(after, today, scores=scores.with_new_rows(after, new_rows))

    assert trend == trend_of(after, today)
    assert (computed.call_count, looked_up.call_count) == (0, 0)


def test_a_correction_that_nobody_reviewed_ends_what_was_verified():
    record, action = record_with_action()
    record.review(action, known=date(2021, 11, 8), key="1a")
    before, today = record.facts, date(2022, 1, 28)
    scores = DailyScores(before)
    trend_of(before, today, scores=scores)
    correction = record.evidence(PERIOD.starts_on, PERIOD.starts_on, known=date(2021, 12, 6), revises=action)
    after = record.facts
    new_rows = NewRows(evidence=tuple(row for row in after.evidence if row.id == correction))

    trend = trend_of(after, today, scores=scores.with_new_rows(after, new_rows))

    assert trend == trend_of(after, today)
    assert trend.fall


def test_past_weeks_are_computed_again_if_a_row_is_dated_back_or_other_terms_are_in_force():
    record, action = record_with_action()
    before = record.facts
    scores = DailyScores(before)
    last = PERIOD.ends_on
    assert {week.then for week in trend_of(before, last, scores=scores).weeks} == {None}
    record.review(action, known=PERIOD.starts_on + timedelta(days=30), key="1a")
    after = record.facts

    scores = scores.with_new_rows(after, NewRows(reviews=after.reviews))
    assert trend_of(after, last, scores=scores) == trend_of(after, last)

    heavier = replace(after, recommendations=())
    assert trend_of(heavier, last, scores=scores.with_new_rows(heavier, NewRows())) == trend_of(heavier, last)


def test_only_the_newest_results_are_kept(monkeypatch):
    monkeypatch.setattr(daily_scores, "MOST_RESULTS", 3)
    scores, computed = DailyScores(record_with_action()[0].facts), []

    def ask(key):
        scores.once(key, None, lambda: computed.append(key))

    for key in (1, 2, 3, 1, 4, 1):
        ask(key)

    assert computed == [1, 2, 3, 4, 1]
