"""Compute what each item to review would add today. “My tasks” is ordered by it.

This is one use of `review_simulation`: one simulation object serves all waiting items of a record.
"""

from dataclasses import dataclass
from fractions import Fraction

from dialogues.choices import Verdict
from reports.readiness.exact_sums import NOTHING
from reports.readiness.forecast.review_simulation import ReviewGain, ReviewSimulation, ScoreDrop


@dataclass(frozen=True, slots=True)
class UpdatePriority:
    """What an update could add: by accepting it with every line verified, and by the best verdict it then allows.

    `drops` are the drops that accepting it would cause.
    """

    accepting: Fraction
    verdict: Fraction
    drops: tuple[ScoreDrop, ...]

    @property
    def points(self) -> Fraction:
        """The points at stake in total."""
        return self.accepting + self.verdict


def update_priority(simulation: ReviewSimulation, update_version_id: int) -> UpdatePriority:
    """Return what deciding on a waiting update could add.

    The best verdict is "met" on every benchmark on which the update shows action. No other verdict gives more, and
    none takes points from another benchmark.
    """
    evidence = simulation.update_evidence(update_version_id)
    accepted = simulation.with_reviews(simulation.with_rest_verified(evidence))
    best = simulation.with_verdict(accepted, evidence, simulation.assessable_benchmarks(evidence), Verdict.MET)
    return UpdatePriority(
        accepting=accepted.score - simulation.current.score,
        verdict=max(best.score - accepted.score, NOTHING),
        drops=simulation.score_drops(accepted),
    )


def evidence_priority(simulation: ReviewSimulation, evidence_id: int) -> ReviewGain:
    """Return what verifying a piece of evidence and all its links would add."""
    return simulation.review_gain(simulation.with_rest_verified(simulation.evidence_with_id(evidence_id)))
