"""What each thing that waits is worth today, by which the inbox is ordered. Pure.

It is one use of `review_simulation`: all that waits in a record is simulated from one look at it.
"""

from dataclasses import dataclass
from fractions import Fraction

from dialogues.choices import Verdict
from reports.readiness.answers import NOTHING
from reports.readiness.forecast.review_simulation import ReviewGain, ReviewSimulation, ScoreDrop


@dataclass(frozen=True, slots=True)
class UpdatePriority:
    """What accepting an update would add, every piece verified, and what the best verdict it allows would on top.

    `falls` is what accepting it would lower.
    """

    accepting: Fraction
    verdict: Fraction
    falls: tuple[ScoreDrop, ...]

    @property
    def points(self) -> Fraction:
        """What is at stake in all."""
        return self.accepting + self.verdict


def update_priority(simulation: ReviewSimulation, round_id: int) -> UpdatePriority:
    """What deciding on an update that waits would add.

    No verdict gives more than "met" on all that it shows action on: where that holds, no other gives as much, and none
    takes from another benchmark.
    """
    sent = simulation.evidence_of(round_id)
    taken = simulation.with_reviews(simulation.with_the_others_verified(sent))
    best = simulation.assessed(taken, sent, simulation.assessable_by(sent), Verdict.MET)
    return UpdatePriority(
        accepting=taken.score - simulation.stands.score,
        verdict=max(best.score - taken.score, NOTHING),
        falls=simulation.falls(taken),
    )


def evidence_priority(simulation: ReviewSimulation, evidence_id: int) -> ReviewGain:
    """What verifying all that a piece of evidence shows, and itself, would add."""
    return simulation.of_reviews(simulation.with_the_others_verified(simulation.piece(evidence_id)))
