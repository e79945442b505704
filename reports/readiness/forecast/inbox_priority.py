"""Compute what each item in the inbox would add today. The inbox is ordered by it.

This is one use of `review_simulation`: one simulation object serves all waiting items of a record.
"""

from dataclasses import dataclass
from fractions import Fraction

from dialogues.choices import Verdict
from reports.readiness.answers import NOTHING
from reports.readiness.forecast.review_simulation import ReviewGain, ReviewSimulation, ScoreDrop


@dataclass(frozen=True, slots=True)
class UpdatePriority:
    """What an update could add: by accepting it with every line verified, and by the best verdict it then allows.

    `falls` are the drops that accepting it would cause.
    """

    accepting: Fraction
    verdict: Fraction
    falls: tuple[ScoreDrop, ...]

    @property
    def points(self) -> Fraction:
        """The points at stake in total."""
        return self.accepting + self.verdict


def update_priority(simulation: ReviewSimulation, update_version_id: int) -> UpdatePriority:
    """Return what deciding on a waiting update could add.

    The best verdict is "met" on every benchmark on which the update shows action. No other verdict gives more, and
    none takes points from another benchmark.
    """
    sent = simulation.evidence_of(update_version_id)
    taken = simulation.with_reviews(simulation.with_the_others_verified(sent))
    best = simulation.assessed(taken, sent, simulation.assessable_by(sent), Verdict.MET)
    return UpdatePriority(
        accepting=taken.score - simulation.stands.score,
        verdict=max(best.score - taken.score, NOTHING),
        falls=simulation.falls(taken),
    )


def evidence_priority(simulation: ReviewSimulation, evidence_id: int) -> ReviewGain:
    """Return what verifying a piece of evidence and all its links would add."""
    return simulation.of_reviews(simulation.with_the_others_verified(simulation.piece(evidence_id)))
