"""Hypothesis strategies for records: three recommendations with all kinds of rows."""

from datetime import timedelta

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


@st.composite
def spans(draw):
    first, last = sorted((draw(days), draw(days)))
    return draw(st.sampled_from([first, None, PERIOD.starts_on])), last


def draw_commitment(draw, record):
    later_events = st.tuples(
        st.sampled_from(
            [event_kind for event_kind in CommitmentEventKind if event_kind is not CommitmentEventKind.MADE]
        ),
        days,
        st.none() | days,
    )
    record.commitment(
        made=draw(days),
        known=draw(st.none() | days),
        ministry=draw(st.sampled_from([1, None])),
        due=draw(st.none() | days),
        later_events=draw(st.lists(later_events, max_size=2)),
        **{f"_{key}": draw(st.sampled_from(CommitmentReach)) for key in draw(st.sets(st.sampled_from(KEYS)))},
    )


def draw_readings(draw, record, indicators, evidence, version_ids):
    for indicator in indicators:
        if draw(st.booleans()):
            record.reading_year_before(indicator, draw(reading_values), known=draw(days))
        for _ in range(draw(st.integers(0, 2))):
            record.reading(
                indicator,
                draw(reading_values),
                through=draw(days_in_period),
                known=draw(days),
                evidence=draw(st.sampled_from([None, *evidence])),
                sent=draw(st.sampled_from(version_ids)),
            )


@st.composite
def records(draw):
    """Draw a record of three recommendations with all kinds of rows."""
    record = RecordBuilder(PERIOD)
    indicators = [
        record.indicator(
            question.value,
            draw(st.sampled_from(Pillar)),
            question,
            better=draw(st.sampled_from(Better)),
        )
        for question in EffortQuestion
    ]
    recommendations = {
        key[0]: record.recommendation(int(key[0]), draw(st.sampled_from(Pillar))) for key in ("1a", "2a", "3a")
    }
    for key in KEYS:
        rule = draw(st.sampled_from(Rule))
        record.benchmark(
            recommendations[key[0]],
            key,
            record.benchmark_terms(
                rule,
                known=draw(days),
                weight=draw(st.integers(0, 3)),
                target=draw(st.integers(1, 9)) if rule is Rule.TARGET else None,
                indicator_id=None if rule is Rule.ASSESSED else draw(st.sampled_from(indicators)),
                is_about_complicity=draw(st.booleans()),
            ),
        )
    some = st.integers(0, 4)
    version_ids = [None] + [
        record.update_version(
            draw(st.sampled_from(ClaimedProgress)),
            known=draw(days),
            **draw(st.dictionaries(st.sampled_from(["returned", "withdrawn"]), days, max_size=1)),
            ministry_id=draw(st.sampled_from([1, 2])),
        )
        for _ in range(draw(some))
    ]
    evidence = []
    for _ in range(draw(some)):
        first, last = draw(spans())
        supports = {f"_{key}": draw(st.sampled_from(SupportKind)) for key in draw(st.sets(st.sampled_from(KEYS)))}
        evidence.append(
            record.evidence(
                first,
                last,
                known=draw(days),
                by=draw(st.sampled_from(DoneBy)),
                sent=draw(st.sampled_from(version_ids)),
                revises=evidence[-1] if evidence and draw(st.integers(0, 4)) == 0 else None,  # a row has one revision
                **supports,
            )
        )
    for evidence_id in evidence:
        for _ in range(draw(some)):
            record.review(
                evidence_id,
                known=draw(days),
                key=draw(st.sampled_from([None, *KEYS])),
                decision=draw(
                    st.sampled_from([EvidenceDecision.VERIFIED, EvidenceDecision.VERIFIED, EvidenceDecision.REJECTED])
                ),
                first_on=draw(st.one_of(st.none(), days)),
            )
    for _ in range(draw(some)):
        evidence_ids = draw(st.sets(st.sampled_from(evidence))) if evidence else ()
        # An assessment can only rest on evidence that was recorded before it.
        recorded_on = max(
            (row.recorded_at.date() for row in record.tables["evidence"] if row.id in evidence_ids), default=FIRST_DAY
        )
        record.assessment(
            draw(st.sampled_from(KEYS)),
            draw(st.sampled_from(Verdict)),
            known=max(draw(days), recorded_on),
            on=evidence_ids,
        )
    for _ in range(draw(some)):
        draw_commitment(draw, record)
    for known in draw(st.lists(days, max_size=2)):
        record.edition_terms(known, deadline_on=draw(days), readiness_target=draw(st.integers(0, 100)))
    draw_readings(draw, record, indicators, evidence, version_ids)
    return record
