"""Say what has reversed verified actions since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.choices import CommitmentStatus, Sensitivity
from dialogues.models import Evidence
from reports.briefings.commitments import GatheredCommitment
from reports.readiness.explanation import score_fall
from reports.readiness.explanation.trend_display import TrendDisplay
from reports.readiness.facts import Facts
from reports.readiness.reversed_actions import Reversal, ReversedAction, find_reversed_actions
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext


@dataclass(frozen=True)
class GatheredReversals:
    """The reversed actions of a record. `findings` is the evidence that reversed them and that the reader may see."""

    actions: Sequence[ReversedAction]
    findings: Mapping[int, Evidence]

    def of_evidence(self, key: int) -> Sequence[Reversal]:
        """Return what has reversed an action since, even if a later action restored it."""
        return _in_order(action for action in self.actions if action.evidence_id == key)

    def of_commitment(self, key: int) -> Sequence[Reversal]:
        """Return what has reversed the actions on a commitment, unless a later action restored them."""
        return _in_order(action for action in self.actions if action.commitment_id == key and not action.is_restored)

    def count_reversed(self, commitments: Iterable[GatheredCommitment]) -> int:
        """Return how many of these commitments are verified done, although their actions were reversed since."""
        return sum(
            commitment.standing.status is CommitmentStatus.VERIFIED and bool(self.of_commitment(commitment.row.pk))
            for commitment in commitments
        )

    def of_benchmark(self, key: int) -> Sequence[Reversal]:
        """Return what has reversed the actions on a benchmark, unless a later action restored them."""
        return _in_order(action for action in self.actions if action.benchmark_id == key and not action.is_restored)

    def describe_to(self, ministry: int | None, reversals: Iterable[Reversal]) -> str:
        """Return the findings that this ministry may read: "Since then: Rules taken back, 12 January 2022."

        Empty if it may read none. A verdict is never named: it is internal to the embassy.
        """
        return _since_then(
            row
            for row in self._found(reversals)
            if row.commitment
            and row.commitment.ministry_id == ministry
            and (row.sensitivity == Sensitivity.SHARED or row.update_version_id)
        )

    def describe(self, reversals: Collection[Reversal]) -> str:
        """Return the findings for the embassy or, without any, the day of the verdict. Empty without reversals."""
        if not reversals:
            return ""
        if findings := _since_then(self._found(reversals)):
            return findings
        newest = max(each.on for each in reversals)
        return gettext("Since then: assessed as going backwards, %(date)s.") % {"date": format_date(newest)}

    def _found(self, reversals: Iterable[Reversal]) -> list[Evidence]:
        return [
            self.findings[key] for each in reversals if (key := each.evidence_id) is not None and key in self.findings
        ]


def gather_reversals(reader: User, facts: Facts, as_of: date) -> GatheredReversals:
    """Return the reversed actions by a day. `facts` are the known ones (see `facts_known_by`)."""
    actions = find_reversed_actions(facts, as_of)
    keys = {key for action in actions for each in action.reversals if (key := each.evidence_id) is not None}
    rows = Evidence.objects.visible_to(reader).filter(pk__in=keys).select_related("commitment")
    return GatheredReversals(actions, {row.pk: row for row in rows} if keys else {})


def describe_fall(reader: User, trend: TrendDisplay, *, told_since: date | None) -> str:
    """Say how far readiness has fallen since its highest week, and why. Empty if it has not.

    `told_since` is the day with which the sentence before it compares readiness; None if it compares with none. Takes
    one query if a finding reversed an action, otherwise none.
    """
    cause = trend.fall.cause if trend.fall else None
    title = ""
    if cause and cause.finding_id is not None:
        row = Evidence.objects.visible_to(reader).filter(pk=cause.finding_id).first()
        title = row.title if row else ""
    return score_fall.describe_fall(trend.fall, title, told_since=told_since)


def _in_order(actions: Iterable[ReversedAction]) -> Sequence[Reversal]:
    """Return the reversals of these actions, each once, oldest first."""
    return sorted({each for action in actions for each in action.reversals}, key=lambda each: each.on)


def _since_then(rows: Iterable[Evidence]) -> str:
    events = "; ".join(f"{row.title.rstrip('.')}, {format_date(row.happened_to)}" for row in rows)
    return gettext("Since then: %(events)s.") % {"events": events} if events else ""
