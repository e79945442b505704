"""Load the rows of an edition from the tables as the plain values that readiness reads.

Every row ever recorded is loaded. What was known by a moment and what counts on a day is decided from the values
(`reports.readiness.countable_facts`), so one load serves any day. Only what scoring needs is read: texts of the
evidence stay in their tables. Readiness does not depend on the order of rows, so the large tables are read unsorted.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

from django.db.models import Case, FilteredRelation, Q, QuerySet, When

from dialogues.choices import CommitmentReach, ReadingDirection, UpdateDecision, Verdict
from dialogues.models import (
    Assessment,
    Commitment,
    CommitmentEvent,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    UpdateVersion,
)
from recommendations.choices import MilestoneKind, Origin, Tier
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, Indicator, RecommendationTerms
from reports.readiness import facts
from tiptracker.infrastructure.read_snapshot import snapshot


@snapshot()
def gather_facts(edition: Edition) -> facts.Facts:
    """Load everything that the readiness of this edition can depend on.

    This takes twelve queries, and one more if the country is not loaded yet. Recommendations, benchmarks and
    assessments are those of the edition. Indicators, evidence, updates and commitments are those of the country.
    Readings are those of the tracking period and of the year before it. Tiers are those up to this edition's year.
    """
    country = edition.country
    asked = facts.EditionFact(
        id=edition.pk,
        country=country.code,
        year=edition.year,
        tracking=facts.Period(edition.starts_on, edition.ends_on),
    )
    indicators, readings = _indicators_and_readings(asked, edition)
    milestones, tiers = _milestones_and_tiers(edition)
    return facts.Facts(
        edition=asked,
        zone=ZoneInfo(country.time_zone),
        edition_terms=_edition_terms(edition),
        recommendations=_recommendations(edition),
        benchmarks=_benchmarks(edition),
        indicators=indicators,
        readings=readings,
        evidence=_load(facts.EvidenceFact, Evidence.objects.filter(country=country).order_by(), revises="revises_id"),
        evidence_links=_load(
            facts.EvidenceLinkFact,
            EvidenceLink.objects.filter(benchmark__recommendation__edition=edition).order_by(),
        ),
        reviews=_load(facts.EvidenceReviewFact, EvidenceReview.objects.filter(evidence__country=country).order_by()),
        update_versions=_load(
            facts.UpdateVersionFact,
            UpdateVersion.objects.filter(update__commitment__country=country).annotate(
                sent_back_at=Case(When(decision__decision=UpdateDecision.RETURNED, then="decision__recorded_at"))
            ),
            progress="claimed",
            returned_at="sent_back_at",
            ministry_id="update__commitment__ministry_id",
            commitment_id="update__commitment_id",
            decided_at="decision__recorded_at",
        ),
        assessments=_assessments(edition),
        commitments=_commitments(edition),
        milestones=milestones,
        tiers=tiers,
    )


def _load[F](kind: type[F], rows: QuerySet[Any], **columns: str) -> tuple[F, ...]:
    """Load rows as facts of this kind."""
    return tuple([fact for fact, _ in _load_with(kind, rows, **columns)])


def _load_with[F](
    kind: type[F], rows: QuerySet[Any], *others: str, **columns: str
) -> Iterator[tuple[F, Sequence[Any]]]:
    """Load rows as facts of this kind, each with the values of other columns.

    A field of the fact is read from the column of the same name, or from the one that `columns` gives.
    """
    hints = get_type_hints(kind)
    # Look-up tables are faster than calling the enumeration, which costs more than the rest of the row.
    members = {
        at: {"": None, None: None} | {one.value: one for one in type_}
        for at, hint in enumerate(hints.values())
        for type_ in (hint, *get_args(hint))
        if isinstance(type_, type) and issubclass(type_, Enum)
    }
    for row in rows.values_list(*(columns.get(name, name) for name in hints), *others):
        values = list(row)
        for at, by_value in members.items():
            values[at] = by_value[values[at]]
        yield kind(*values[: len(hints)]), values[len(hints) :]


def _edition_terms(edition: Edition) -> tuple[facts.EditionTermsFact, ...]:
    """Load the edition's terms with their weights. The query has one row per weight, or one row without weights."""
    weights: dict[int, dict[int, Decimal]] = defaultdict(dict)
    told = {}
    for key, at, deadline_on, mark, reason, weighed, weight in EditionTerms.objects.filter(edition=edition).values_list(
        "id",
        "recorded_at",
        "deadline_on",
        "working_mark",
        "working_mark_reason",
        "weights__recommendation_id",
        "weights__weight",
    ):
        told[key] = (at, deadline_on, mark, reason)
        if weighed is not None:
            weights[key][weighed] = weight
    return tuple(
        facts.EditionTermsFact(key, at, deadline_on, weights[key], mark, reason)
        for key, (at, deadline_on, mark, reason) in told.items()
    )


def _recommendations(edition: Edition) -> tuple[facts.RecommendationFact, ...]:
    """Load recommendations with all their terms. Those without terms are not asked yet, so they are not read."""
    terms: dict[int, list[facts.RecommendationTermsFact]] = defaultdict(list)
    rows = {}
    for one, (key, *others) in _load_with(
        facts.RecommendationTermsFact,
        RecommendationTerms.objects.filter(recommendation__edition=edition),
        "recommendation_id",
        "recommendation__number",
        "recommendation__origin",
        "recommendation__lead_id",
        "recommendation__indicia",
    ):
        terms[key].append(one)
        rows[key] = others
    return tuple(
        facts.RecommendationFact(
            id=key,
            number=number,
            origin=Origin(origin),
            terms=tuple(terms[key]),
            has_lead=lead is not None,
            lead_id=lead,
            indicia=tuple(indicia),
        )
        for key, (number, origin, lead, indicia) in rows.items()
    )


def _benchmarks(edition: Edition) -> tuple[facts.BenchmarkFact, ...]:
    """Load benchmarks with all their terms. Those without terms are not asked yet, so they are not read."""
    terms: dict[tuple[Any, ...], list[facts.BenchmarkTermsFact]] = defaultdict(list)
    for one, benchmark in _load_with(
        facts.BenchmarkTermsFact,
        BenchmarkTerms.objects.filter(benchmark__recommendation__edition=edition),
        "benchmark_id",
        "benchmark__recommendation_id",
        "benchmark__letter",
    ):
        terms[tuple(benchmark)].append(one)
    return tuple(
        facts.BenchmarkFact(id=key, recommendation_id=recommendation, letter=letter, terms=tuple(rows))
        for (key, recommendation, letter), rows in terms.items()
    )


def _indicators_and_readings(
    asked: facts.EditionFact, edition: Edition
) -> tuple[tuple[facts.IndicatorFact, ...], tuple[facts.ReadingFact, ...]]:
    """Load the country's indicators and their readings.

    The query has one row per reading, or one row for an indicator without readings.
    """
    compared = FilteredRelation(
        "readings",
        condition=Q(
            readings__starts_on__gte=asked.previous.starts_on, readings__through_on__lte=asked.tracking.ends_on
        ),
    )
    indicators = {}
    readings = []
    for indicator, (reading, at, starts_on, through_on, figure, direction, evidence, sent, source) in _load_with(
        facts.IndicatorFact,
        Indicator.objects.filter(country=edition.country_id).annotate(compared=compared).order_by("pk", "compared__pk"),
        "compared__id",
        "compared__recorded_at",
        "compared__starts_on",
        "compared__through_on",
        "compared__figure",
        "compared__direction",
        "compared__evidence_id",
        "compared__update_version_id",
        "compared__source",
    ):
        indicators[indicator.id] = indicator
        if reading is not None:
            readings.append(
                facts.ReadingFact(
                    id=reading,
                    indicator_id=indicator.id,
                    recorded_at=at,
                    starts_on=starts_on,
                    through_on=through_on,
                    figure=figure,
                    direction=ReadingDirection(direction) if direction else None,
                    evidence_id=evidence,
                    update_version_id=sent,
                    has_source=bool(source) or evidence is not None,
                )
            )
    return tuple(indicators.values()), tuple(readings)


def _assessments(edition: Edition) -> tuple[facts.AssessmentFact, ...]:
    """Load assessments with the evidence they rest on. The query has one row per evidence, or one row without any."""
    grounds: dict[int, set[int]] = defaultdict(set)
    told = {}
    for key, benchmark, at, verdict, evidence in Assessment.objects.filter(
        benchmark__recommendation__edition=edition
    ).values_list("id", "benchmark_id", "recorded_at", "verdict", "grounds__evidence_id"):
        told[key] = (benchmark, at, verdict)
        if evidence is not None:
            grounds[key].add(evidence)
    return tuple(
        facts.AssessmentFact(key, benchmark, at, Verdict(verdict), frozenset(grounds[key]))
        for key, (benchmark, at, verdict) in told.items()
    )


def _commitments(edition: Edition) -> tuple[facts.CommitmentFact, ...]:
    """Load the country's commitments with their events, and what each would give the benchmarks of this edition.

    The query has one row per commitment and benchmark, or one row without benchmarks. A commitment without events is
    not made yet, so it is left out.
    """
    towards: dict[int, dict[int, CommitmentReach]] = defaultdict(dict)
    linked: dict[int, dict[int, datetime]] = defaultdict(dict)
    told = {}
    for key, at, ministry, benchmark, reach, linked_at, asked_in in Commitment.objects.filter(
        country=edition.country_id
    ).values_list(
        "id",
        "recorded_at",
        "ministry_id",
        "links__benchmark_id",
        "links__reach",
        "links__recorded_at",
        "links__benchmark__recommendation__edition_id",
    ):
        told[key] = (at, ministry)
        if asked_in == edition.pk:
            towards[key][benchmark] = CommitmentReach(reach)
            if linked_at is not None:
                linked[key][benchmark] = linked_at
    events: dict[int, list[facts.CommitmentEventFact]] = defaultdict(list)
    made = CommitmentEvent.objects.filter(commitment__country=edition.country_id).order_by()
    for event, (commitment,) in _load_with(facts.CommitmentEventFact, made, "commitment_id"):
        events[commitment].append(event)
    return tuple(
        facts.CommitmentFact(key, at, ministry, towards[key], tuple(events[key]), linked[key])
        for key, (at, ministry) in told.items()
        if key in events
    )


def _milestones_and_tiers(edition: Edition) -> tuple[tuple[facts.MilestoneFact, ...], dict[int, Tier]]:
    """Load the edition's milestones, and the country's tiers by year up to this edition's year.

    The query has one row per record of a milestone as done, or one row without such records.
    """
    milestones = {}
    done: dict[int, list[facts.MilestoneDoneFact]] = defaultdict(list)
    tiers = {}
    for key, year, tier, milestone, kind, due_on, recording, at, done_on in Edition.objects.filter(
        country=edition.country_id, year__lte=edition.year
    ).values_list(
        "id",
        "year",
        "tier",
        "milestones__id",
        "milestones__kind",
        "milestones__due_on",
        "milestones__done__id",
        "milestones__done__recorded_at",
        "milestones__done__done_on",
    ):
        tiers[year] = Tier(tier)
        if key == edition.pk and milestone is not None:
            milestones[milestone] = (MilestoneKind(kind), due_on)
            if recording is not None:
                done[milestone].append(facts.MilestoneDoneFact(recording, at, done_on))
    return tuple(facts.MilestoneFact(key, *told, tuple(done[key])) for key, told in milestones.items()), tiers
