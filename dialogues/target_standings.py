"""Gather the annual targets of an edition with the figures that say how far along each indicator is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Prefetch, Q

from dialogues.choices import EvidenceDecision
from dialogues.effective_reading import find_effective_reading
from dialogues.models import EvidenceReview, IndicatorTarget, Reading
from dialogues.target_phrases import describe_progress
from dialogues.target_progress import (
    LatestFigure,
    TargetProgress,
    YearlyCount,
    YearlyTarget,
    measure_progress,
)
from recommendations.choices import Better
from recommendations.models import Edition, EditionTerms, Indicator
from tiptracker.accounts.models import User


class YearOfTargets(NamedTuple):
    """The edition whose year is measured, its deadline, and the day in the country."""

    edition: Edition
    deadline_on: date
    today: date


@dataclass(frozen=True)
class TargetStanding:
    """An indicator with its annual target, its figures of the year, and how far along it is.

    `verified` and `claimed` are the latest readings of the tracking period. `claimed` is one that goes further than the
    verified one and that nobody has reviewed. `readings` are all with a figure, by their last day.
    """

    indicator: Indicator
    year: YearOfTargets
    target: IndicatorTarget | None
    verified: Reading | None
    claimed: Reading | None
    progress: TargetProgress | None
    readings: Sequence[tuple[Reading, bool]] = ()

    @property
    def has_target(self) -> bool:
        """Whether an annual target is set and not dropped."""
        return self.target is not None and not self.target.is_dropped

    @property
    def sentences(self) -> list[str]:
        """How far along it is, in sentences; empty without an annual target."""
        return [] if self.progress is None else describe_progress(self.progress, Better(self.indicator.better))


def list_standings(
    user: User, edition: Edition, indicators: Iterable[Indicator], *, today: date, known_by: datetime | None = None
) -> list[TargetStanding]:
    """Return how each of these indicators stands against its annual target, in four queries.

    Args:
        user: the reader.
        edition: the edition whose tracking period is meant.
        indicators: indicators of the edition's country.
        today: the day in the country.
        known_by: only what was recorded by this moment; None for all.
    """
    wanted = list(indicators)
    targets = {
        row.indicator_id: row
        for row in IndicatorTarget.objects.visible_to(user)
        .filter(edition=edition, indicator__in=wanted)
        .in_force(known_by)
        .select_related("ministry", "dialogue", "indicator", "recorded_by")
    }
    readings = _readings_of_period(user, edition, [row.pk for row in wanted], known_by)
    terms = EditionTerms.objects.visible_to(user).filter(edition=edition).known_by(known_by).first()
    year = YearOfTargets(edition, terms.deadline_on if terms else edition.ends_on, today)
    return [_build_standing(row, year, targets.get(row.pk), readings[row.pk]) for row in wanted]


def is_verified(reading: Reading) -> bool:
    """Return whether the evidence of a reading is verified. Its reviews have to be loaded."""
    review = reading.evidence.newest_own_review if reading.evidence else None
    return review is not None and review.decision == EvidenceDecision.VERIFIED


def _build_standing(
    indicator: Indicator, year: YearOfTargets, target: IndicatorTarget | None, readings: Sequence[Reading]
) -> TargetStanding:
    verified = find_effective_reading(reading for reading in readings if is_verified(reading))
    newest = find_effective_reading(readings)
    claimed = newest if newest is not None and newest is not verified and _is_claim(newest) else None
    return TargetStanding(
        indicator=indicator,
        year=year,
        target=target,
        verified=verified,
        claimed=claimed,
        progress=None if target is None else _measure(indicator, year, target, verified),
        readings=[(reading, is_verified(reading)) for reading in readings if reading.figure is not None],
    )


def _measure(
    indicator: Indicator, year: YearOfTargets, target: IndicatorTarget, verified: Reading | None
) -> TargetProgress:
    counted = YearlyCount(
        Better(indicator.better), indicator.counts_districts, year.edition.starts_on, year.deadline_on
    )
    latest = None
    if verified is not None and verified.figure is not None:
        latest = LatestFigure(verified.figure, verified.through_on)
    return measure_progress(counted, YearlyTarget(target.figure, target.baseline), latest, year.today)


def _is_claim(reading: Reading) -> bool:
    """Return whether nobody has reviewed a reading."""
    return reading.evidence is None or reading.evidence.newest_own_review is None


def _readings_of_period(
    user: User, edition: Edition, indicators: Collection[int], known_by: datetime | None
) -> dict[int, list[Reading]]:
    """Return the readings of the tracking period that still counted at a moment, by indicator and last day."""
    reviews = EvidenceReview.objects.visible_to(user).filter(evidence_link=None)
    rows = Reading.objects.visible_to(user).filter(
        indicator__in=indicators, starts_on__range=(edition.starts_on, edition.ends_on)
    )
    revised = Q(evidence__revised_by__isnull=False)
    if known_by is not None:
        reviews = reviews.filter(recorded_at__lte=known_by)
        rows = rows.filter(recorded_at__lte=known_by)
        revised &= Q(evidence__revised_by__recorded_at__lte=known_by)
    rows = rows.exclude(revised).select_related("evidence__update_version__decision")
    found: dict[int, list[Reading]] = defaultdict(list)
    for reading in rows.prefetch_related(Prefetch("evidence__reviews", reviews)).order_by("through_on", "recorded_at"):
        if not _has_ended(reading, known_by):
            found[reading.indicator_id].append(reading)
    return found


def _has_ended(reading: Reading, known_by: datetime | None) -> bool:
    """Return whether the update that a reading came with was returned or withdrawn by a moment."""
    evidence = reading.evidence
    if evidence is None or evidence.claim_ended is None or evidence.update_version is None:
        return False
    return known_by is None or evidence.update_version.decision.recorded_at <= known_by
