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

from django.db.models import Case, FilteredRelation, Max, Q, QuerySet, When

from dialogues.choices import CommitmentReach, ReadingDirection, UpdateDecision, Verdict
from dialogues.models import (
    Assessment,
    Commitment,
    CommitmentEvent,
    Dialogue,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    InformationRequest,
    UpdateVersion,
)
from dialogues.models.updates import subject_value
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
    edition_fact = facts.EditionFact(
        id=edition.pk,
        country=country.code,
        year=edition.year,
        tracking=facts.Period(edition.starts_on, edition.ends_on),
    )
    indicators, readings = _indicators_and_readings(edition_fact, edition)
    milestones, tiers = _milestones_and_tiers(edition)
    return facts.Facts(
        edition=edition_fact,
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
            UpdateVersion.objects.of_country(country.pk).annotate(
                sent_by_ministry=subject_value("ministry"),
                sent_back_at=Case(When(decision__decision=UpdateDecision.RETURNED, then="decision__recorded_at")),
                taken_back_at=Case(When(decision__decision=UpdateDecision.WITHDRAWN, then="decision__recorded_at")),
            ),
            progress="claimed",
            returned_at="sent_back_at",
            withdrawn_at="taken_back_at",
            ministry_id="sent_by_ministry",
            commitment_id="update__commitment_id",
            decided_at="decision__recorded_at",
        ),
        assessments=_assessments(edition),
        commitments=_commitments(edition),
        milestones=milestones,
        tiers=tiers,
    )


DIALOGUE_MOMENTS = ("entered_at", "recorded_at", "next_steps__recorded_at", "next_steps__marks__recorded_at")
"""When a dialogue was planned and recorded, and when its next steps were agreed and marked as done."""


def newest_dialogue_moment(edition: Edition, known_by: datetime | None) -> datetime | None:
    """Return when the newest known row on the country's dialogues was recorded, or None if there is none.

    Dialogues are no facts of readiness, but documents rest on them, too. Only the moment is read.
    """
    newest = Dialogue.objects.filter(country=edition.country_id).aggregate(
        **{
            name: Max(name, filter=Q() if known_by is None else Q(**{f"{name}__lte": known_by}))
            for name in DIALOGUE_MOMENTS
        }
    )
    return max(filter(None, newest.values()), default=None)


def newest_request_moment(edition: Edition, known_by: datetime | None) -> datetime | None:
    """Return when the newest known event of the country's requests was recorded, or None if there is none."""
    known = Q() if known_by is None else Q(events__recorded_at__lte=known_by)
    requests = InformationRequest.objects.filter(country=edition.country_id)
    newest: datetime | None = requests.aggregate(newest=Max("events__recorded_at", filter=known))["newest"]
    return newest


def _load[F](kind: type[F], rows: QuerySet[Any], **columns: str) -> tuple[F, ...]:
    """Load rows as facts of this kind."""
    return tuple([fact for fact, _ in _load_with(kind, rows, **columns)])


def _load_with[F](
    kind: type[F], rows: QuerySet[Any], *other_columns: str, **columns: str
) -> Iterator[tuple[F, Sequence[Any]]]:
    """Load rows as facts of this kind, each with the values of other columns.

    A field of the fact is read from the column of the same name, or from the one that `columns` gives.
    """
    hints = get_type_hints(kind)
    # Look-up tables are faster than calling the enumeration, which costs more than the rest of the row.
    members = {
        position: {"": None, None: None} | {member.value: member for member in type_}
        for position, hint in enumerate(hints.values())
        for type_ in (hint, *get_args(hint))
        if isinstance(type_, type) and issubclass(type_, Enum)
    }
    for row in rows.values_list(*(columns.get(name, name) for name in hints), *other_columns):
        values = list(row)
        for position, by_value in members.items():
            values[position] = by_value[values[position]]
        yield kind(*values[: len(hints)]), values[len(hints) :]


def _edition_terms(edition: Edition) -> tuple[facts.EditionTermsFact, ...]:
    """Load the edition's terms with their weights. The query has one row per weight, or one row without weights."""
    weights: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = {}
    for terms_id, recorded_at, deadline_on, mark, reason, recommendation_id, weight in EditionTerms.objects.filter(
        edition=edition
    ).values_list(
        "id",
        "recorded_at",
        "deadline_on",
        "readiness_target",
        "readiness_target_reason",
        "weights__recommendation_id",
        "weights__weight",
    ):
        rows[terms_id] = (recorded_at, deadline_on, mark, reason)
        if recommendation_id is not None:
            weights[terms_id][recommendation_id] = weight
    return tuple(
        facts.EditionTermsFact(terms_id, recorded_at, deadline_on, weights[terms_id], mark, reason)
        for terms_id, (recorded_at, deadline_on, mark, reason) in rows.items()
    )


def _recommendations(edition: Edition) -> tuple[facts.RecommendationFact, ...]:
    """Load recommendations with all their terms. Those without terms are not asked yet, so they are not read."""
    terms: dict[int, list[facts.RecommendationTermsFact]] = defaultdict(list)
    rows = {}
    for row, (recommendation_id, *columns) in _load_with(
        facts.RecommendationTermsFact,
        RecommendationTerms.objects.filter(recommendation__edition=edition),
        "recommendation_id",
        "recommendation__number",
        "recommendation__origin",
        "recommendation__lead_id",
        "recommendation__indicia",
    ):
        terms[recommendation_id].append(row)
        rows[recommendation_id] = columns
    return tuple(
        facts.RecommendationFact(
            id=recommendation_id,
            number=number,
            origin=Origin(origin),
            terms=tuple(terms[recommendation_id]),
            has_lead=lead is not None,
            lead_id=lead,
            indicia=tuple(indicia),
        )
        for recommendation_id, (number, origin, lead, indicia) in rows.items()
    )


def _benchmarks(edition: Edition) -> tuple[facts.BenchmarkFact, ...]:
    """Load benchmarks with all their terms. Those without terms are not asked yet, so they are not read."""
    terms: dict[tuple[Any, ...], list[facts.BenchmarkTermsFact]] = defaultdict(list)
    for row, benchmark in _load_with(
        facts.BenchmarkTermsFact,
        BenchmarkTerms.objects.filter(benchmark__recommendation__edition=edition),
        "benchmark_id",
        "benchmark__recommendation_id",
        "benchmark__letter",
    ):
        terms[tuple(benchmark)].append(row)
    return tuple(
        facts.BenchmarkFact(id=benchmark_id, recommendation_id=recommendation, letter=letter, terms=tuple(rows))
        for (benchmark_id, recommendation, letter), rows in terms.items()
    )


def _indicators_and_readings(
    edition_fact: facts.EditionFact, edition: Edition
) -> tuple[tuple[facts.IndicatorFact, ...], tuple[facts.ReadingFact, ...]]:
    """Load the country's indicators and their readings.

    The query has one row per reading, or one row for an indicator without readings.
    """
    compared = FilteredRelation(
        "readings",
        condition=Q(
            readings__starts_on__gte=edition_fact.previous.starts_on,
            readings__through_on__lte=edition_fact.tracking.ends_on,
        ),
    )
    indicators = {}
    readings = []
    for indicator, (
        reading_id,
        recorded_at,
        starts_on,
        through_on,
        figure,
        direction,
        evidence_id,
        version_id,
        source,
    ) in _load_with(
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
        if reading_id is not None:
            readings.append(
                facts.ReadingFact(
                    id=reading_id,
                    indicator_id=indicator.id,
                    recorded_at=recorded_at,
                    starts_on=starts_on,
                    through_on=through_on,
                    figure=figure,
                    direction=ReadingDirection(direction) if direction else None,
                    evidence_id=evidence_id,
                    update_version_id=version_id,
                    has_source=bool(source) or evidence_id is not None,
                )
            )
    return tuple(indicators.values()), tuple(readings)


def _assessments(edition: Edition) -> tuple[facts.AssessmentFact, ...]:
    """Load assessments with the evidence they rest on. The query has one row per evidence, or one row without any."""
    grounds: dict[int, set[int]] = defaultdict(set)
    rows = {}
    for assessment_id, benchmark_id, recorded_at, verdict, evidence_id in Assessment.objects.filter(
        benchmark__recommendation__edition=edition
    ).values_list("id", "benchmark_id", "recorded_at", "verdict", "grounds__evidence_id"):
        rows[assessment_id] = (benchmark_id, recorded_at, verdict)
        if evidence_id is not None:
            grounds[assessment_id].add(evidence_id)
    return tuple(
        facts.AssessmentFact(
            assessment_id, benchmark_id, recorded_at, Verdict(verdict), frozenset(grounds[assessment_id])
        )
        for assessment_id, (benchmark_id, recorded_at, verdict) in rows.items()
    )


def _commitments(edition: Edition) -> tuple[facts.CommitmentFact, ...]:
    """Load the country's commitments with their events, and what each would give the benchmarks of this edition.

    The query has one row per commitment, benchmark and agreed proof, or one row without these. A commitment without
    events is not made yet, so it is left out.
    """
    towards: dict[int, dict[int, CommitmentReach]] = defaultdict(dict)
    linked: dict[int, dict[int, datetime]] = defaultdict(dict)
    removed: dict[int, dict[int, facts.RemovedLinkFact]] = defaultdict(dict)
    proofs: dict[int, dict[int, facts.AgreedProofFact]] = defaultdict(dict)
    rows = {}
    for (
        commitment_id,
        recorded_at,
        ministry,
        link_id,
        benchmark,
        reach,
        linked_at,
        removed_at,
        edition_id,
        proof_id,
        proof_recorded_at,
        agreed_on,
        ended_on,
        ended_at,
    ) in Commitment.objects.filter(country=edition.country_id).values_list(
        "id",
        "recorded_at",
        "ministry_id",
        "links__id",
        "links__benchmark_id",
        "links__reach",
        "links__recorded_at",
        "links__removed_in__recorded_at",
        "links__benchmark__recommendation__edition_id",
        "agreed_proofs__id",
        "agreed_proofs__recorded_at",
        "agreed_proofs__agreed_on",
        "agreed_proofs__end__ended_on",
        "agreed_proofs__end__recorded_at",
    ):
        rows[commitment_id] = (recorded_at, ministry)
        if proof_id is not None:
            proof = facts.AgreedProofFact(proof_id, proof_recorded_at, agreed_on, ended_on, ended_at)
            proofs[commitment_id][proof_id] = proof
        if edition_id == edition.pk and removed_at is not None:
            link = facts.RemovedLinkFact(benchmark, CommitmentReach(reach), linked_at, removed_at)
            removed[commitment_id][link_id] = link
        elif edition_id == edition.pk:
            towards[commitment_id][benchmark] = CommitmentReach(reach)
            if linked_at is not None:
                linked[commitment_id][benchmark] = linked_at
    events: dict[int, list[facts.CommitmentEventFact]] = defaultdict(list)
    event_rows = CommitmentEvent.objects.filter(commitment__country=edition.country_id).order_by()
    for event, (event_commitment_id,) in _load_with(facts.CommitmentEventFact, event_rows, "commitment_id"):
        events[event_commitment_id].append(event)
    return tuple(
        facts.CommitmentFact(
            commitment_id,
            recorded_at,
            ministry,
            towards[commitment_id],
            tuple(events[commitment_id]),
            linked[commitment_id],
            tuple(removed[commitment_id].values()),
            tuple(proofs[commitment_id].values()),
        )
        for commitment_id, (recorded_at, ministry) in rows.items()
        if commitment_id in events
    )


def _milestones_and_tiers(edition: Edition) -> tuple[tuple[facts.MilestoneFact, ...], dict[int, Tier]]:
    """Load the edition's milestones, and the country's tiers by year up to this edition's year.

    The query has one row for each pair of a record of a milestone as done and a change of its date.
    """
    milestones = {}
    done: dict[int, dict[int, facts.MilestoneDoneFact]] = defaultdict(dict)
    changes: dict[int, dict[int, facts.MilestoneDateFact]] = defaultdict(dict)
    tiers = {}
    fields = ("kind", "due_on", "is_estimated")
    done_fields = ("id", "recorded_at", "done_on")
    change_fields = ("id", "recorded_at", "due_on", "is_estimated")
    for row in Edition.objects.filter(country=edition.country_id, year__lte=edition.year).values(
        "id",
        "year",
        "tier",
        "milestones__id",
        *(f"milestones__{name}" for name in fields),
        *(f"milestones__done__{name}" for name in done_fields),
        *(f"milestones__date_changes__{name}" for name in change_fields),
    ):
        tiers[row["year"]] = Tier(row["tier"])
        if row["id"] != edition.pk or (key := row["milestones__id"]) is None:
            continue
        milestones[key] = {name: row[f"milestones__{name}"] for name in fields}
        if (done_id := row["milestones__done__id"]) is not None:
            values = (row[f"milestones__done__{name}"] for name in done_fields)
            done[key][done_id] = facts.MilestoneDoneFact(*values)
        if (change_id := row["milestones__date_changes__id"]) is not None:
            values = (row[f"milestones__date_changes__{name}"] for name in change_fields)
            changes[key][change_id] = facts.MilestoneDateFact(*values)
    return tuple(
        facts.MilestoneFact(
            key,
            MilestoneKind(columns["kind"]),
            columns["due_on"],
            tuple(done[key].values()),
            is_estimated=columns["is_estimated"],
            date_changes=tuple(changes[key].values()),
        )
        for key, columns in milestones.items()
    ), tiers
