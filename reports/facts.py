"""The one bridge between tables and rules: an edition's rows, whole, as the values that readiness reads.

Every row ever recorded is in it; what of them was known by a moment and what counts on a day is
decided from the values (`reports.counting`), so one loading answers for any day. Only what scoring
needs is read: no text of a piece of evidence leaves its table.
"""

from collections import defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dialogues.models import Assessment, Evidence, EvidenceBearing, EvidenceReview, Reading, UpdateRound
from dialogues.words import Decision, Direction, DoneBy, Progress, Review, Shows, Verdict
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, Indicator, RecommendationTerms
from recommendations.words import Better, Origin, Pillar, Question, Rule
from reports import record


def gather_facts(edition: Edition) -> record.Facts:
    """Everything readiness of this edition may rest on, in eleven queries (one more for a country not yet loaded).

    The recommendations, benchmarks and assessments are the edition's own; indicators, evidence and
    rounds are the country's; readings those of the tracking period and of the year before it.
    """
    country = edition.country
    asked = record.Edition(
        id=edition.pk,
        country=country.code,
        year=edition.year,
        tracking=record.Period(edition.starts_on, edition.ends_on),
    )
    return record.Facts(
        edition=asked,
        zone=ZoneInfo(country.time_zone),
        edition_terms=tuple(_edition_terms(edition)),
        recommendations=tuple(_recommendations(edition)),
        benchmarks=tuple(_benchmarks(edition)),
        indicators=tuple(
            record.Indicator(
                id=key,
                name=name,
                pillar=Pillar(pillar),
                unit=unit,
                better=Better(better),
                question=Question(question) if question else None,
            )
            for key, name, pillar, unit, better, question in Indicator.objects.filter(country=country).values_list(
                "id", "name", "pillar", "unit", "better", "question"
            )
        ),
        readings=tuple(_readings(asked, edition)),
        evidence=tuple(
            record.Evidence(
                id=key,
                recorded_at=recorded_at,
                happened_from=first,
                happened_to=last,
                done_by=DoneBy(done_by),
                round_id=sent,
                revises=revises,
            )
            for key, recorded_at, first, last, done_by, sent, revises in Evidence.objects.filter(
                country=country
            ).values_list("id", "recorded_at", "happened_from", "happened_to", "done_by", "round_id", "revises_id")
        ),
        bearings=tuple(
            record.Bearing(id=key, evidence_id=evidence, benchmark_id=benchmark, recorded_at=at, shows=Shows(shows))
            for key, evidence, benchmark, at, shows in EvidenceBearing.objects.filter(
                benchmark__recommendation__edition=edition
            ).values_list("id", "evidence_id", "benchmark_id", "recorded_at", "shows")
        ),
        reviews=tuple(
            record.EvidenceReview(
                id=key,
                evidence_id=evidence,
                bearing_id=bearing,
                recorded_at=at,
                decision=Review(decision),
                first_on=first_on,
            )
            for key, evidence, bearing, at, decision, first_on in EvidenceReview.objects.filter(
                evidence__country=country
            ).values_list("id", "evidence_id", "bearing_id", "recorded_at", "decision", "first_on")
        ),
        rounds=tuple(
            record.Round(
                id=key,
                recorded_at=at,
                progress=Progress(claimed),
                returned_at=decided_at if decision == Decision.RETURNED else None,
            )
            for key, at, claimed, decision, decided_at in UpdateRound.objects.filter(
                update__commitment__country=country
            ).values_list("id", "recorded_at", "claimed", "decision__decision", "decision__recorded_at")
        ),
        assessments=tuple(_assessments(edition)),
    )


def _edition_terms(edition: Edition) -> Iterator[record.EditionTerms]:
    for row in EditionTerms.objects.filter(edition=edition).prefetch_related("weights"):
        yield record.EditionTerms(
            id=row.pk,
            recorded_at=row.recorded_at,
            deadline_on=row.deadline_on,
            weights={one.recommendation_id: one.weight for one in row.weights.all()},
            working_mark=row.working_mark,
            working_mark_reason=row.working_mark_reason,
        )


def _recommendations(edition: Edition) -> Iterator[record.Recommendation]:
    """Recommendations with all their terms. One without any isn't asked, so it isn't read."""
    terms: dict[tuple[int, int, str], list[record.RecommendationTerms]] = defaultdict(list)
    for row in RecommendationTerms.objects.filter(recommendation__edition=edition).select_related("recommendation"):
        one = row.recommendation
        terms[one.pk, one.number, one.origin].append(
            record.RecommendationTerms(id=row.pk, recorded_at=row.recorded_at, pillar=Pillar(row.pillar))
        )
    for (key, number, origin), rows in terms.items():
        yield record.Recommendation(id=key, number=number, origin=Origin(origin), terms=tuple(rows))


def _benchmarks(edition: Edition) -> Iterator[record.Benchmark]:
    """Benchmarks with all their terms. One without any isn't asked, so it isn't read."""
    terms: dict[tuple[int, int, str], list[record.BenchmarkTerms]] = defaultdict(list)
    for row in BenchmarkTerms.objects.filter(benchmark__recommendation__edition=edition).select_related("benchmark"):
        one = row.benchmark
        terms[one.pk, one.recommendation_id, one.letter].append(
            record.BenchmarkTerms(
                id=row.pk,
                recorded_at=row.recorded_at,
                rule=Rule(row.rule),
                weight=row.weight,
                target=row.target,
                indicator_id=row.indicator_id,
                is_about_complicity=row.is_about_complicity,
            )
        )
    for (key, recommendation, letter), rows in terms.items():
        yield record.Benchmark(id=key, recommendation_id=recommendation, letter=letter, terms=tuple(rows))


def _readings(asked: record.Edition, edition: Edition) -> Iterator[record.Reading]:
    for row in Reading.objects.filter(
        indicator__country=edition.country_id,
        starts_on__gte=asked.previous.starts_on,
        through_on__lte=asked.tracking.ends_on,
    ):
        yield record.Reading(
            id=row.pk,
            indicator_id=row.indicator_id,
            recorded_at=row.recorded_at,
            starts_on=row.starts_on,
            through_on=row.through_on,
            figure=row.figure,
            direction=Direction(row.direction) if row.direction else None,
            evidence_id=row.evidence_id,
            round_id=row.round_id,
        )


def _assessments(edition: Edition) -> Iterator[record.Assessment]:
    """Assessments with what they rest on: one row a piece of evidence, or one where there is none."""
    grounds: dict[int, set[int]] = defaultdict(set)
    told = {}
    for key, benchmark, recorded_at, verdict, evidence in Assessment.objects.filter(
        benchmark__recommendation__edition=edition
    ).values_list("id", "benchmark_id", "recorded_at", "verdict", "grounds__evidence_id"):
        told[key] = benchmark, recorded_at, Verdict(verdict)
        if evidence is not None:
            grounds[key].add(evidence)
    for key, (benchmark, recorded_at, verdict) in told.items():
        yield record.Assessment(
            id=key,
            benchmark_id=benchmark,
            recorded_at=recorded_at,
            verdict=verdict,
            evidence_ids=frozenset(grounds[key]),
        )
