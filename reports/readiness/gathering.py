"""Load the rows of an edition from the tables as the plain values that readiness reads.

Every row ever recorded is loaded. What was known by a moment and what counts on a day is decided from the values
(`reports.readiness.countable_facts`), so one load serves any day. Only what scoring needs is read: texts of the
evidence stay in their tables. Readiness does not depend on the order of rows, so the large tables are read unsorted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Model, Q

from dialogues.choices import CommitmentReach, ReadingDirection, Verdict
from dialogues.models import (
    Assessment,
    Dialogue,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    InformationRequest,
    Reading,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.choices import MilestoneKind, Origin, Tier
from recommendations.models import Edition
from reports.readiness import fact_queries, facts
from reports.readiness.new_rows import NewRows
from tiptracker.infrastructure.read_snapshot import snapshot


@snapshot()
def gather_facts(edition: Edition) -> facts.Facts:
    """Load everything that the readiness of this edition can depend on.

    This takes twelve queries, and one more if the country is not loaded yet. Recommendations, benchmarks and
    assessments are those of the edition. Indicators, evidence, updates and commitments are those of the country.
    Readings are those of the tracking period and of the year before it. Tiers are those up to this edition's year.
    """
    country = edition.country_id
    return replace(
        _gather_changeable_facts(edition, after=0),
        evidence=fact_queries.EVIDENCE.load(country=country, after=0),
        evidence_links=fact_queries.EVIDENCE_LINKS.load(edition=edition.pk, after=0),
        reviews=fact_queries.REVIEWS.load(country=country, after=0),
        update_versions=fact_queries.UPDATE_VERSIONS.load(country=country, after=0),
        assessments=_assessments(edition, after=0),
        commitments=_commitments(
            edition,
            fact_queries.COMMITMENTS.rows(country=country),
            fact_queries.COMMITMENT_EVENTS.load_with_others(country=country),
        ),
    )


MOST_COMMITMENTS = 10
"""If more commitments have changed, it is faster to gather all facts again."""


@snapshot()
def gather_newer_facts(
    edition: Edition, kept: facts.Facts, after: Mapping[type[Model], int], newest: Mapping[type[Model], int]
) -> tuple[facts.Facts, NewRows] | None:
    """Bring facts up to date: load what may have changed, and the rows that were added since.

    `after` are the keys up to which the facts hold each of `GROWING_TABLES`, and `newest` its newest keys. A table
    without newer rows is not read.

    Returns the facts and their new rows. None if all facts have to be gathered again, because the edition has other
    benchmarks (whose older rows are not among the facts) or because a rollover or an import changed many commitments.
    """
    country = edition.country_id
    current = _gather_changeable_facts(edition, after=after[Reading])
    if (current.edition, current.zone) != (kept.edition, kept.zone) or (
        {row.id for row in current.benchmarks} != {row.id for row in kept.benchmarks}
    ):
        return None

    def load[R](query: fact_queries.FactQuery[R], table: type[Model], **scope: int) -> tuple[R, ...]:
        return query.load(after=after[table], **scope) if newest[table] > after[table] else ()

    commitments = {
        key
        for table, query in fact_queries.CHANGED_COMMITMENTS.items()
        if newest[table] > after[table]
        for (key,) in query.rows(country=country, after=after[table])
    }
    if len(commitments) > MOST_COMMITMENTS:
        return None
    new_rows = NewRows(
        readings=current.readings,
        evidence=load(fact_queries.EVIDENCE, Evidence, country=country),
        evidence_links=load(fact_queries.EVIDENCE_LINKS, EvidenceLink, edition=edition.pk),
        reviews=load(fact_queries.REVIEWS, EvidenceReview, country=country),
        update_versions=(
            *load(fact_queries.UPDATE_VERSIONS, UpdateVersion, country=country),
            *load(fact_queries.DECIDED_VERSIONS, UpdateVersionDecision, country=country),
        ),
        assessments=_assessments(edition, after=after[Assessment]) if newest[Assessment] > after[Assessment] else (),
        commitments=tuple(
            commitment
            for key in sorted(commitments)
            for commitment in _commitments(
                edition,
                fact_queries.COMMITMENT.rows(commitment=key),
                fact_queries.EVENTS_OF_COMMITMENT.load_with_others(commitment=key),
            )
        ),
    )
    growing = {field.name: getattr(kept, field.name) for field in fields(new_rows)}
    return new_rows.added_to(replace(current, **growing)), new_rows


def _gather_changeable_facts(edition: Edition, after: int) -> facts.Facts:
    """Load all of which a row may be changed, or of which there is little. Readings are those with keys above `after`.

    The other facts are left out. This takes five queries.
    """
    edition_fact = facts.EditionFact(
        id=edition.pk,
        country=edition.country.code,
        year=edition.year,
        tracking=facts.Period(edition.starts_on, edition.ends_on),
    )
    indicators, readings = _indicators_and_readings(edition_fact, edition.country_id, after)
    milestones, tiers = _milestones_and_tiers(edition)
    return facts.Facts(
        edition=edition_fact,
        zone=ZoneInfo(edition.country.time_zone),
        edition_terms=_edition_terms(edition),
        recommendations=_recommendations(edition),
        benchmarks=_benchmarks(edition),
        indicators=indicators,
        readings=readings,
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


def _edition_terms(edition: Edition) -> tuple[facts.EditionTermsFact, ...]:
    """Load the edition's terms with their weights."""
    weights: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = {}
    found = fact_queries.EDITION_TERMS.rows(edition=edition.pk)
    for terms_id, recorded_at, deadline_on, mark, reason, recommendation_id, weight in found:
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
    found = fact_queries.RECOMMENDATION_TERMS.load_with_others(edition=edition.pk)
    for row, (recommendation_id, *columns) in found:
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
    for row, benchmark in fact_queries.BENCHMARK_TERMS.load_with_others(edition=edition.pk):
        terms[benchmark].append(row)
    return tuple(
        facts.BenchmarkFact(id=benchmark_id, recommendation_id=recommendation, letter=letter, terms=tuple(rows))
        for (benchmark_id, recommendation, letter), rows in terms.items()
    )


def _indicators_and_readings(
    edition: facts.EditionFact, country: int, after: int
) -> tuple[tuple[facts.IndicatorFact, ...], tuple[facts.ReadingFact, ...]]:
    """Load the country's indicators, and their readings of the two years that are compared."""
    indicators = {}
    readings = []
    found = fact_queries.INDICATORS.load_with_others(
        country=country, after=after, first=edition.previous.starts_on, last=edition.tracking.ends_on
    )
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
    ) in found:
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


def _assessments(edition: Edition, after: int) -> tuple[facts.AssessmentFact, ...]:
    """Load assessments with the evidence they rest on."""
    grounds: dict[int, set[int]] = defaultdict(set)
    rows = {}
    for assessment_id, benchmark_id, recorded_at, verdict, evidence_id in fact_queries.ASSESSMENTS.rows(
        edition=edition.pk, after=after
    ):
        rows[assessment_id] = (benchmark_id, recorded_at, verdict)
        if evidence_id is not None:
            grounds[assessment_id].add(evidence_id)
    return tuple(
        facts.AssessmentFact(
            assessment_id, benchmark_id, recorded_at, Verdict(verdict), frozenset(grounds[assessment_id])
        )
        for assessment_id, (benchmark_id, recorded_at, verdict) in rows.items()
    )


_REACHES = {reach.value: reach for reach in CommitmentReach}


def _commitments(
    edition: Edition,
    commitment_rows: Iterable[tuple[Any, ...]],
    event_rows: Iterable[tuple[facts.CommitmentEventFact, tuple[int]]],
) -> tuple[facts.CommitmentFact, ...]:
    """Build commitments with their events, and with what each would give the benchmarks of this edition.

    A commitment without events is not made yet, so it is left out.
    """
    towards: dict[int, dict[int, CommitmentReach]] = defaultdict(dict)
    linked: dict[int, dict[int, datetime]] = defaultdict(dict)
    removed: dict[int, dict[int, facts.RemovedLinkFact]] = defaultdict(dict)
    proofs: dict[int, dict[int, facts.AgreedProofFact]] = defaultdict(dict)
    rows = {}
    own_edition_id = edition.pk
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
    ) in commitment_rows:
        rows[commitment_id] = (recorded_at, ministry)
        if proof_id is not None:
            proof = facts.AgreedProofFact(proof_id, proof_recorded_at, agreed_on, ended_on, ended_at)
            proofs[commitment_id][proof_id] = proof
        if edition_id != own_edition_id:
            continue
        if removed_at is not None:
            link = facts.RemovedLinkFact(benchmark, _REACHES[reach], linked_at, removed_at)
            removed[commitment_id][link_id] = link
            continue
        towards[commitment_id][benchmark] = _REACHES[reach]
        if linked_at is not None:
            linked[commitment_id][benchmark] = linked_at
    events: dict[int, list[facts.CommitmentEventFact]] = defaultdict(list)
    for event, (event_commitment_id,) in event_rows:
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
    """Load the edition's milestones, and the country's tiers by year up to this edition's year."""
    milestones = {}
    done: dict[int, dict[int, facts.MilestoneDoneFact]] = defaultdict(dict)
    changes: dict[int, dict[int, facts.MilestoneDateFact]] = defaultdict(dict)
    tiers = {}
    found = fact_queries.MILESTONES.rows(country=edition.country_id, year=edition.year)
    for edition_id, year, tier, key, kind, due_on, is_estimated, *others in found:
        tiers[year] = Tier(tier)
        if edition_id != edition.pk or key is None:
            continue
        milestones[key] = kind, due_on, is_estimated
        done_id, done_at, done_on, change_id, *change = others
        if done_id is not None:
            done[key][done_id] = facts.MilestoneDoneFact(done_id, done_at, done_on)
        if change_id is not None:
            changes[key][change_id] = facts.MilestoneDateFact(change_id, *change)
    return tuple(
        facts.MilestoneFact(
            key,
            MilestoneKind(kind),
            due_on,
            tuple(done[key].values()),
            is_estimated=is_estimated,
            date_changes=tuple(changes[key].values()),
        )
        for key, (kind, due_on, is_estimated) in milestones.items()
    ), tiers
