"""Compare a figure with earlier ones: the verified figure of the same period, and that of the year before."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Prefetch

from dialogues.choices import DECISIONS_ENDING_CLAIMS, EvidenceDecision
from dialogues.effective_reading import find_effective_reading
from dialogues.models import EvidenceReview, Reading
from recommendations.tracking_period import year_before
from tiptracker.accounts.models import User


class FigureComparison(NamedTuple):
    """A reading, the latest other verified reading of its period, and the reading of the whole year before."""

    reading: Reading
    verified: Reading | None
    before: Reading | None


def compare_figures(user: User, readings: Iterable[Reading]) -> Mapping[int, FigureComparison]:
    """Return each reading by id, with the earlier readings for comparison that the user can see."""
    readings = list(readings)
    comparable = _comparable_readings({reading.indicator_id for reading in readings}, user) if readings else []
    return {
        reading.pk: FigureComparison(
            reading,
            find_effective_reading(
                row
                for row in comparable
                if _is_same_period(row, reading) and row.pk != reading.pk and _is_verified(row)
            ),
            find_effective_reading(
                row for row in comparable if _is_year_before(row, reading) and not _is_rejected(row)
            ),
        )
        for reading in readings
    }


def _comparable_readings(indicators: Iterable[int], user: User) -> list[Reading]:
    """Return the readings of these indicators that still count: not revised, returned or withdrawn."""
    reviews = EvidenceReview.objects.visible_to(user).filter(evidence_link=None)
    rows = Reading.objects.visible_to(user).filter(indicator__in=indicators, evidence__revised_by__isnull=True)
    return list(
        rows.exclude(update_version__decision__decision__in=DECISIONS_ENDING_CLAIMS)
        .select_related("evidence", "indicator")
        .prefetch_related(Prefetch("evidence__reviews", reviews))
    )


def _is_same_period(row: Reading, reading: Reading) -> bool:
    return (row.indicator_id, row.starts_on) == (reading.indicator_id, reading.starts_on)


def _is_year_before(row: Reading, reading: Reading) -> bool:
    span = (row.starts_on, row.through_on)
    return row.indicator_id == reading.indicator_id and span == year_before(reading.starts_on)


def _is_verified(row: Reading) -> bool:
    """Return whether the newest review of its evidence verifies it, and is not older than the reading."""
    review = row.evidence.newest_own_review if row.evidence else None
    return bool(review and review.decision == EvidenceDecision.VERIFIED and review.recorded_at >= row.recorded_at)


def _is_rejected(row: Reading) -> bool:
    review = row.evidence.newest_own_review if row.evidence else None
    return bool(review and review.decision == EvidenceDecision.REJECTED)
