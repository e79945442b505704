"""Load the rows of an edition from the tables as the plain values that readiness reads.

Every row ever recorded is loaded. What was known by a moment and what counts on a day is decided from the values
(`reports.readiness.countable_facts`), so one load serves any day. Only what scoring needs is read: texts of the
evidence stay in their tables. Readiness does not depend on the order of rows, so the large tables are read unsorted.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
    UpdateDecision,
    Verdict,
)
from dialogues.models import (
    Assessment,
    Commitment,
    CommitmentEvent,
    Evidence,
    EvidenceBearing,
    EvidenceReview,
    UpdateRound,
)
from recommendations.choices import Better, EffortQuestion, MilestoneKind, Origin, Pillar, Rule, Tier
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, Indicator, RecommendationTerms
from reports.readiness import facts
from tiptracker.infrastructure.read_snapshot import snapshot

# Look-up tables are faster than calling the enumeration, which costs more than the rest of the row.
DOER_BY_VALUE = {one.value: one for one in DoneBy}
SHOWS_BY_VALUE = {one.value: one for one in SupportKind}
REVIEW_BY_VALUE = {one.value: one for one in EvidenceDecision}
EVENT_KIND_BY_VALUE = {one.value: one for one in CommitmentEventKind}
REACH_BY_VALUE = {one.value: one for one in CommitmentReach}


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
        evidence=tuple(
            facts.EvidenceFact(key, recorded_at, first, last, DOER_BY_VALUE[done_by], sent, revises, commitment)
            for key, recorded_at, first, last, done_by, sent, revises, commitment in Evidence.objects.filter(
                country=country
            )
            .order_by()
            .values_list(
                "id",
                "recorded_at",
                "happened_from",
                "happened_to",
                "done_by",
                "round_id",
                "revises_id",
                "commitment_id",
            )
        ),
        bearings=tuple(
            facts.EvidenceLinkFact(key, evidence, benchmark, at, SHOWS_BY_VALUE[shows])
            for key, evidence, benchmark, at, shows in EvidenceBearing.objects.filter(
                benchmark__recommendation__edition=edition
            )
            .order_by()
            .values_list("id", "evidence_id", "benchmark_id", "recorded_at", "shows")
        ),
        reviews=tuple(
            facts.EvidenceReviewFact(key, evidence, bearing, at, REVIEW_BY_VALUE[decision], first_on)
            for key, evidence, bearing, at, decision, first_on in EvidenceReview.objects.filter(
                evidence__country=country
            )
            .order_by()
            .values_list("id", "evidence_id", "bearing_id", "recorded_at", "decision", "first_on")
        ),
        rounds=tuple(
            facts.UpdateVersionFact(
                id=key,
                recorded_at=at,
                progress=ClaimedProgress(claimed),
                returned_at=decided_at if decision == UpdateDecision.RETURNED else None,
                ministry_id=ministry,
                commitment_id=commitment,
                decided_at=decided_at,
            )
            for key, at, claimed, decision, decided_at, ministry, commitment in UpdateRound.objects.filter(
                update__commitment__country=country
            ).values_list(
                "id",
                "recorded_at",
                "claimed",
                "decision__decision",
                "decision__recorded_at",
                "update__commitment__ministry_id",
                "update__commitment_id",
            )
        ),
        assessments=_assessments(edition),
        commitments=_commitments(edition),
        milestones=milestones,
        tiers=tiers,
    )


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
    for key, at, pillar, number, is_retired, one, stands, origin, lead, indicia in RecommendationTerms.objects.filter(
        recommendation__edition=edition
    ).values_list(
        "id",
        "recorded_at",
        "pillar",
        "number",
        "is_retired",
        "recommendation_id",
        "recommendation__number",
        "recommendation__origin",
        "recommendation__lead_id",
        "recommendation__indicia",
    ):
        terms[one].append(facts.RecommendationTermsFact(key, at, Pillar(pillar), number, is_retired))
        rows[one] = (stands, Origin(origin), lead, indicia)
    return tuple(
        facts.RecommendationFact(
            id=key,
            number=number,
            origin=origin,
            terms=tuple(terms[key]),
            has_lead=lead is not None,
            lead_id=lead,
            indicia=tuple(indicia),
        )
        for key, (number, origin, lead, indicia) in rows.items()
    )


def _benchmarks(edition: Edition) -> tuple[facts.BenchmarkFact, ...]:
    """Load benchmarks with all their terms. Those without terms are not asked yet, so they are not read."""
    terms: dict[tuple[int, int, str], list[facts.BenchmarkTermsFact]] = defaultdict(list)
    for row in BenchmarkTerms.objects.filter(benchmark__recommendation__edition=edition).select_related("benchmark"):
        one = row.benchmark
        terms[one.pk, one.recommendation_id, one.letter].append(
            facts.BenchmarkTermsFact(
                id=row.pk,
                recorded_at=row.recorded_at,
                rule=Rule(row.rule),
                weight=row.weight,
                target=row.target,
                indicator_id=row.indicator_id,
                is_about_complicity=row.is_about_complicity,
                recommendation_id=row.recommendation_id,
                letter=row.letter,
            )
        )
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
    for key, name, pillar, unit, better, question, indicium, ministry, *told in (
        Indicator.objects.filter(country=edition.country_id)
        .annotate(compared=compared)
        .order_by("pk", "compared__pk")
        .values_list(
            "id",
            "name",
            "pillar",
            "unit",
            "better",
            "question",
            "indicium",
            "ministry_id",
            "compared__id",
            "compared__recorded_at",
            "compared__starts_on",
            "compared__through_on",
            "compared__figure",
            "compared__direction",
            "compared__evidence_id",
            "compared__round_id",
            "compared__source",
        )
    ):
        if key not in indicators:
            indicators[key] = facts.IndicatorFact(
                id=key,
                name=name,
                pillar=Pillar(pillar),
                unit=unit,
                better=Better(better),
                question=EffortQuestion(question) if question else None,
                indicium=indicium,
                ministry_id=ministry,
            )
        reading, at, starts_on, through_on, figure, direction, evidence, sent, source = told
        if reading is not None:
            readings.append(
                facts.ReadingFact(
                    id=reading,
                    indicator_id=key,
                    recorded_at=at,
                    starts_on=starts_on,
                    through_on=through_on,
                    figure=figure,
                    direction=ReadingDirection(direction) if direction else None,
                    evidence_id=evidence,
                    round_id=sent,
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
            towards[key][benchmark] = REACH_BY_VALUE[reach]
            if linked_at is not None:
                linked[key][benchmark] = linked_at
    events: dict[int, list[facts.CommitmentEventFact]] = defaultdict(list)
    for key, at, kind, happened_on, due_on, commitment in (
        CommitmentEvent.objects.filter(commitment__country=edition.country_id)
        .order_by()
        .values_list("id", "recorded_at", "kind", "happened_on", "due_on", "commitment_id")
    ):
        events[commitment].append(facts.CommitmentEventFact(key, at, EVENT_KIND_BY_VALUE[kind], happened_on, due_on))
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
