"""Say in words that a later decision or a correction reversed a review of evidence. No Django here."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dialogues.choices import EvidenceDecision
from tiptracker.localization import format_short_date, gettext, gettext_noop


class ReviewStep(NamedTuple):
    """A review of evidence, or (`decision` None) a correction, after which the evidence waits for a new review."""

    decision: EvidenceDecision | None
    day: date


REVERSALS: dict[tuple[EvidenceDecision | None, EvidenceDecision | None], str] = {
    (EvidenceDecision.VERIFIED, EvidenceDecision.REJECTED): gettext_noop("Verified on %(first)s, rejected on %(then)s"),
    (EvidenceDecision.REJECTED, EvidenceDecision.VERIFIED): gettext_noop("Rejected on %(first)s, verified on %(then)s"),
    (EvidenceDecision.VERIFIED, None): gettext_noop("Verified on %(first)s, corrected on %(then)s"),
    (EvidenceDecision.REJECTED, None): gettext_noop("Rejected on %(first)s, corrected on %(then)s"),
}
"""The sentence, in English, for a decision and what reversed it. `gettext` translates it."""


def describe_reversal(steps: Sequence[ReviewStep]) -> str:
    """Return what the newest step reversed, such as "Verified on 3 Dec 2021, rejected on 10 Jan 2022".

    Empty if it reversed nothing.

    Args:
        steps: the reviews and corrections, oldest first.
    """
    newest = steps[-1].decision if steps else None
    reversed_ones = [number for number, step in enumerate(steps) if step.decision not in (newest, None)]
    if not reversed_ones:
        return ""
    last = reversed_ones[-1]
    reversing = next(step for step in steps[last + 1 :] if step.decision is newest)
    dates = {"first": format_short_date(steps[last].day), "then": format_short_date(reversing.day)}
    return gettext(REVERSALS[steps[last].decision, newest]) % dates
