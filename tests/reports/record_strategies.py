"""Hypothesis strategies for records: three recommendations with all kinds of rows.

A record takes hundreds of draws. What each draws from is therefore made once: Hypothesis spends more time on checking
a new strategy than on drawing from it.
"""

from datetime import timedelta
from functools import lru_cache

from hypothesis import strategies as st

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
    Verdict,
)
from recommendations.choices import Better, EffortQuestion, Pillar, Rule
from tests.reports.record_builder import RecordBuilder, noon, period

PERIOD = period("2021-04-01", "2022-03-31")
KEYS = ("1a", "1b", "2a", "2b", "3a")

FIRST_DAY = PERIOD.starts_on - timedelta(days=40)
days = st.dates(FIRST_DAY, PERIOD.ends_on + timedelta(days=40))
days_in_period = st.dates(PERIOD.starts_on, PERIOD.ends_on)
reading_values = st.one_of(st.none(), st.sampled_from(ReadingDirection), st.integers(0, 12))
moments = st.one_of(st.none(), days.map(noon))
maybe_days = st.none() | days
few = st.integers(0, 4)
key_sets = st.sets(st.sampled_from(KEYS))
later_events = st.lists(
    st.tuples(
        st.sampled_from([one for one in CommitmentEventKind if one is not CommitmentEventKind.MADE]), days, maybe_days
    ),
    max_size=2,
)
update_ends = st.dictionaries(st.sampled_from(["returned", "withdrawn"]), days, max_size=1)
decisions = st.sampled_from([EvidenceDecision.VERIFIED, EvidenceDecision.VERIFIED, EvidenceDecision.REJECTED])
term_days = st.lists(days, max_size=2)
booleans = st.booleans()
targets = st.integers(0, 100)


@lru_cache(maxsize=None, typed=True)  # members of two enumerations may be equal
def among(*values):
    return st.sampled_from(values)


@lru_cache(maxsize=None, typed=True)
def between(first, last):
    return st.integers(first, last)


@lru_cache(maxsize=None, typed=True)
def sets_among(*values):
    return st.sets(st.sampled_from(values))


@st.composite
def spans(draw):
    first, last = sorted((draw(days), draw(days)))
    return (first, None, PERIOD.starts_on)[draw(between(0, 2))], last


any_span = spans()


def draw_commitment(draw, record):
    record.commitment(
        made=draw(days),
        known=draw(maybe_days),
        ministry=draw(among(1, None)),
        due=draw(maybe_days),
        later_events=draw(later_events),
        **{f"_{key}": draw(among(*CommitmentReach)) for key in draw(key_sets)},
    )


def draw_readings(draw, record, indicators, evidence, version_ids):
    for indicator in indicators:
        if draw(booleans):
            record.reading_year_before(indicator, draw(reading_values), known=draw(days))
        for _ in range(draw(between(0, 2))):
            record.reading(
                indicator,
                draw(reading_values),
                through=draw(days_in_period),
                known=draw(days),
                evidence=draw(among(None, *evidence)),
                sent=draw(among(*version_ids)),
            )


@st.composite
def records(draw):
    """Draw a record of three recommendations with all kinds of rows."""
    record = RecordBuilder(PERIOD)
    indicators = [
        record.indicator(
            question.value,
            draw(among(*Pillar)),
            question,
            better=draw(among(*Better)),
        )
        for question in EffortQuestion
    ]
    recommendations = {key[0]: record.recommendation(int(key[0]), draw(among(*Pillar))) for key in ("1a", "2a", "3a")}
    for key in KEYS:
        rule = draw(among(*Rule))
        record.benchmark(
            recommendations[key[0]],
            key,
            record.benchmark_terms(
                rule,
                known=draw(days),
                weight=draw(between(0, 3)),
                target=draw(between(1, 9)) if rule is Rule.TARGET else None,
                indicator_id=None if rule is Rule.ASSESSED else draw(among(*indicators)),
                is_about_complicity=draw(booleans),
            ),
        )
    version_ids = [None] + [
        record.update_version(
            draw(among(*ClaimedProgress)),
            known=draw(days),
            **draw(update_ends),
            ministry_id=draw(among(1, 2)),
        )
        for _ in range(draw(few))
    ]
    evidence = []
    for _ in range(draw(few)):
        first, last = draw(any_span)
        supports = {f"_{key}": draw(among(*SupportKind)) for key in draw(key_sets)}
        evidence.append(
            record.evidence(
                first,
                last,
                known=draw(days),
                by=draw(among(*DoneBy)),
                sent=draw(among(*version_ids)),
                revises=evidence[-1] if evidence and draw(few) == 0 else None,  # a row has one revision
                **supports,
            )
        )
    for evidence_id in evidence:
        for _ in range(draw(few)):
            record.review(
                evidence_id,
                known=draw(days),
                key=draw(among(None, *KEYS)),
                decision=draw(decisions),
                first_on=draw(maybe_days),
            )
    for _ in range(draw(few)):
        evidence_ids = draw(sets_among(*evidence)) if evidence else ()
        # An assessment can only rest on evidence that was recorded before it.
        recorded_on = max(
            (row.recorded_at.date() for row in record.tables["evidence"] if row.id in evidence_ids), default=FIRST_DAY
        )
        record.assessment(
            draw(among(*KEYS)),
            draw(among(*Verdict)),
            known=max(draw(days), recorded_on),
            on=evidence_ids,
        )
    for _ in range(draw(few)):
        draw_commitment(draw, record)
    for known in draw(term_days):
        record.edition_terms(known, deadline_on=draw(days), readiness_target=draw(targets))
    draw_readings(draw, record, indicators, evidence, version_ids)
    return record
