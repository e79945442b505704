"""Which earlier review the newest review or a correction of evidence reversed, in words."""

from datetime import date

import pytest

from dialogues.choices import EvidenceDecision
from dialogues.review_history import REVERSALS, ReviewStep, describe_reversal

VERIFIED, REJECTED, CORRECTED = EvidenceDecision.VERIFIED, EvidenceDecision.REJECTED, None


def steps(*decisions):
    """Return one step for each day from 1 January 2022."""
    return [ReviewStep(decision, date(2022, 1, day)) for day, decision in enumerate(decisions, start=1)]


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        ([], ""),
        ([VERIFIED], ""),
        ([REJECTED], ""),
        ([VERIFIED, VERIFIED], ""),
        ([CORRECTED], ""),
        ([VERIFIED, REJECTED], "Verified on 1 Jan 2022, rejected on 2 Jan 2022"),
        ([REJECTED, VERIFIED], "Rejected on 1 Jan 2022, verified on 2 Jan 2022"),
        ([VERIFIED, CORRECTED], "Verified on 1 Jan 2022, corrected on 2 Jan 2022"),
        ([REJECTED, CORRECTED], "Rejected on 1 Jan 2022, corrected on 2 Jan 2022"),
    ],
)
def test_the_newest_step_reverses_the_one_before(decisions, sentence):
    assert describe_reversal(steps(*decisions)) == sentence


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        ([VERIFIED, REJECTED, REJECTED], "Verified on 1 Jan 2022, rejected on 2 Jan 2022"),
        ([VERIFIED, VERIFIED, REJECTED], "Verified on 2 Jan 2022, rejected on 3 Jan 2022"),
        ([VERIFIED, REJECTED, VERIFIED], "Rejected on 2 Jan 2022, verified on 3 Jan 2022"),
        ([VERIFIED, CORRECTED, CORRECTED], "Verified on 1 Jan 2022, corrected on 2 Jan 2022"),
        ([VERIFIED, CORRECTED, VERIFIED], ""),
        ([VERIFIED, CORRECTED, REJECTED], "Verified on 1 Jan 2022, rejected on 3 Jan 2022"),
    ],
)
def test_the_last_of_several_reversals_is_described(decisions, sentence):
    assert describe_reversal(steps(*decisions)) == sentence


def test_there_is_a_sentence_for_every_reversal():
    decisions = [*EvidenceDecision, CORRECTED]

    assert set(REVERSALS) == {(first, then) for first in EvidenceDecision for then in decisions if first is not then}
