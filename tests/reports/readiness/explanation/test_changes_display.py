"""Changes of the score as displayed: the sentence at the top, and figures that add up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from dialogues.choices import EvidenceDecision
from reports import formatting
from reports.readiness import countable_facts
from reports.readiness.explanation.changes import RecordMoment, find_changes
from reports.readiness.explanation.changes_display import (
    ScoreAtMoment,
    describe_changes,
    display_changes,
    format_signed,
)
from tests.reports.lesotho_record import lesotho_record
from tests.reports.readiness.explanation.test_changes import DAY, END, LATER, small_record, standpoint_pairs
from tests.reports.record_builder import noon
from tests.reports.record_strategies import records

FEBRUARY = date(2022, 2, 28)
BY_JULY = noon(date(2022, 7, 31))


def score_at(as_of, score, known_by=None, *, is_reviewed=True):
    return ScoreAtMoment(RecordMoment(as_of, known_by), Fraction(score), is_reviewed)


def display_sample(record, since, until):
    """What changed in a record, as printed."""
    found = find_changes(record.facts, since, until)
    ends = [
        ScoreAtMoment(at, score, countable_facts.is_reviewed(countable_facts.facts_known_by(record.facts, at.known_by)))
        for at, score in [(since, found.before), (until, found.after)]
    ]
    return display_changes(found, *ends)


@pytest.mark.parametrize(
    ("since", "until", "stops", "sentence"),
    [
        (
            score_at(DAY, "12.3"),
            score_at(LATER, "19.5"),
            2,
            "Readiness rose from 12.3 to 19.5.",
        ),
        (
            score_at(DAY, 20),
            score_at(LATER, "19.96"),
            1,
            "Readiness is 20 at both ends. In between, 1 change moved it.",
        ),
        (
            score_at(DAY, 20),
            score_at(LATER, 13),
            1,
            "Readiness fell from 20 to 13.",
        ),
        (
            score_at(DAY, 13),
            score_at(LATER, 13),
            0,
            "Readiness did not change. It is 13.",
        ),
        (
            score_at(DAY, 13),
            score_at(DAY, 13),
            0,
            "Readiness did not change. It is 13.",
        ),
        (
            score_at(DAY, 13, noon(LATER)),
            score_at(DAY, 20),
            1,
            "Readiness rose from 13 to 20.",
        ),
        (
            score_at(DAY, 0, is_reviewed=False),
            score_at(LATER, 20),
            1,
            "Readiness came to 20. Nothing had been reviewed at the start.",
        ),
        (
            score_at(DAY, 0, is_reviewed=False),
            score_at(LATER, 0, is_reviewed=False),
            0,
            "Nothing has been reviewed yet, so readiness has not changed.",
        ),
    ],
    ids=["rose", "both ends alike", "fell", "nothing", "one day", "later information", "first review", "no review"],
)
def test_the_sentence_says_what_changed(since, until, stops, sentence):
    assert describe_changes(since, until, stops) == sentence


@pytest.mark.parametrize(
    ("points", "text"), [("1.5", "+1.5"), ("-0.8", "−0.8"), ("0", "0"), ("7.0", "+7"), ("-12.0", "−12")]
)
def test_points_are_printed_with_their_sign(points, text):
    assert format_signed(Decimal(points)) == text


def test_changes_of_lesotho_as_printed():
    page = display_sample(lesotho_record(), RecordMoment(FEBRUARY, BY_JULY), RecordMoment(END, BY_JULY))

    assert page.sentence == "Readiness rose from 7.2 to 60.5."
    assert (page.before, page.after, page.points) == (Decimal("7.2"), Decimal("60.5"), "+53.3")
    (stop,) = page.changes
    assert stop.points == "+53.3"
    assert [line.points for line in stop.lines if line.line.part.value == "three_ps"] == ["+6.7", "+6.7"]


def test_without_reviews_no_figure_is_shown():
    page = display_sample(lesotho_record(), RecordMoment(FEBRUARY, noon(FEBRUARY)), RecordMoment(END, BY_JULY))

    assert (page.before, page.after) == (None, Decimal("60.5"))
    assert "from 0" not in page.sentence


def test_lost_points_are_shown_as_negative():
    record = small_record()
    act = record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    record.review(act, known=LATER, key="1a", decision=EvidenceDecision.REJECTED)

    page = display_sample(record, RecordMoment(END, noon(DAY)), RecordMoment(END, noon(LATER)))

    assert page.points == "−14.2"
    assert [line.points for stop in page.changes for line in stop.lines] == ["−7.5", "−6.7"]


@given(records(), standpoint_pairs)
def test_displayed_points_add_up(record, way):
    def figure(text):
        return Decimal(text.replace("−", "-"))

    page = display_sample(record, *way)

    difference = formatting.round_to_tenth(find_changes(record.facts, *way).after) - formatting.round_to_tenth(
        find_changes(record.facts, *way).before
    )
    assert figure(page.points) == difference
    assert sum(figure(stop.points) for stop in page.changes) == difference
    found = find_changes(record.facts, *way)
    score = found.before
    for stop, change in zip(page.changes, found.changes, strict=True):
        before, score = score, score + change.points
        both = formatting.round_to_tenth(score), formatting.round_to_tenth(before)
        assert figure(stop.points) == both[0] - both[1], "as two days with these scores differ"
        assert sum(figure(line.points) for line in stop.lines) == figure(stop.points)
