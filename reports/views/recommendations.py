"""Pages of the edition's recommendations: the list, and one recommendation in detail.

The embassy sees the status of each benchmark. A ministry sees what is published, its own commitments and the wording of
their benchmarks; its page holds nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from dialogues.choices import CommitmentStatus, DoneBy, MadeBy, SupportKind, Verdict
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import (
    Assessment,
    Commitment,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    Reading,
)
from dialogues.models.commitments import standing_from_row
from dialogues.permissions import can_assess, can_log_evidence, can_record_commitment
from dialogues.score_effects import describe_last_update, format_status_detail
from dialogues.start_dates import find_start_date
from recommendations.choices import Origin, Pillar, Rule
from recommendations.edition_context import EditionRequest, set_page_edition
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Recommendation, RecommendationTerms
from recommendations.models.recommendations import RecommendationQuerySet
from recommendations.permissions import can_edit_recommendations
from recommendations.unmet_years import YearsUnmet
from reports.choices import ReviewState
from reports.forms import RecommendationFilterForm
from reports.permissions import can_read_readiness
from reports.readiness.explanation.counting_reasons import (
    CountingStatus,
    CountingStatuses,
    describe_doer,
    find_counting_statuses,
)
from reports.readiness.explanation.score_display import BenchmarkDisplay, display_benchmarks
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.views.access import read_page
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.web import exports
from tiptracker.web.pages import SignedInRequest, render_page

NOT_COMPARED = CountingStatus(counts=False, why="from a year that is not compared")
"""Status of rows that the facts of this edition don't include."""


class RecommendationListRow(NamedTuple):
    """A recommendation in the embassy's list: its text, and the status of its benchmarks."""

    recommendation: Recommendation
    pillar: Pillar
    is_of_action_plan: bool
    benchmarks: Sequence[tuple[Benchmark, BenchmarkDisplay | None]]

    @property
    def is_reconstruction(self) -> bool:
        return self.recommendation.is_reconstruction


class BenchmarkCommitment(NamedTuple):
    """A commitment that supports a benchmark; `reach` says whether keeping it would meet the benchmark."""

    commitment: Commitment
    standing: CommitmentStanding
    reach: str

    @property
    def told(self) -> str:
        """Text shown in place of the status: "overdue by 12 days", "with the embassy since 12 January 2022"."""
        return format_status_detail(self.standing)

    @property
    def sent(self) -> str:
        """What became of its newest update: "returned on 13 January 2022", "no update received"."""
        return describe_last_update(self.standing, is_ministrys=self.commitment.made_by == MadeBy.MINISTRY)


class BenchmarkEvidence(NamedTuple):
    """Evidence on a benchmark: what it shows, the embassy's review decision, and whether it counts."""

    evidence: Evidence
    shows: SupportKind
    done_by: str
    looked: ReviewState
    review: EvidenceReview | None
    weight: CountingStatus

    @property
    def first_day(self) -> date | None:
        """The start date on this benchmark: the evidence's own, or else the one that the embassy's review states."""
        return find_start_date(self.evidence.happened_from, [self.review] if self.review else [])

    @property
    def moment(self) -> tuple[date, datetime]:
        """Sort key in the history: the end date, then the time of recording."""
        return self.evidence.happened_to, self.evidence.recorded_at


class BenchmarkReading(NamedTuple):
    """A reading of the benchmark's indicator, and whether it counts."""

    reading: Reading
    weight: CountingStatus


class BenchmarkVerdict(NamedTuple):
    """A verdict of the embassy, the evidence behind it, the day from which it holds, and whether it still holds."""

    assessment: Assessment
    verdict: Verdict
    grounds: Sequence[Evidence]
    held_from: date
    holds: bool

    @property
    def moment(self) -> tuple[date, datetime]:
        """Sort key in the history: the day and time of recording."""
        said = timezone.localtime(self.assessment.recorded_at)
        return said.date(), said


class BenchmarkDetail(NamedTuple):
    """A benchmark with its full record; `story` is evidence and verdicts, newest first."""

    benchmark: Benchmark
    terms: BenchmarkTerms | None
    stands: BenchmarkDisplay | None
    is_assessed: bool
    may_assess: bool
    has_verdict: bool
    commitments: Sequence[BenchmarkCommitment]
    readings: Sequence[BenchmarkReading]
    story: Sequence[BenchmarkEvidence | BenchmarkVerdict]


class OwnCommitment(NamedTuple):
    """A ministry's own commitment, for a page that must not hold anything else."""

    text: str
    url: str
    status: CommitmentStatus
    status_text: str
    due_on: date | None


class PublishedRecommendation(NamedTuple):
    """A recommendation as a ministry sees it. It holds plain values, so the page can't reach anything else."""

    number: int
    text: str
    is_reconstruction: bool
    is_of_action_plan: bool
    url: str
    wordings: Sequence[tuple[str, str]]
    commitments: Sequence[OwnCommitment]


@read_page
def recommendation_list(request: EditionRequest) -> HttpResponse:
    """List the edition's recommendations, most important first.

    `?pillar=` and `?ministry=` filter the list; `?as=` exports it.
    """
    user, edition = request.user, request.edition
    reads_readiness = can_read_readiness(user, edition)
    led_by = list(Ministry.objects.visible_to(user).filter(country=edition.country_id)) if reads_readiness else None
    chosen = RecommendationFilterForm(request.GET, ministries=led_by)
    chosen.is_valid()
    seen = Recommendation.objects.visible_to(user).filter(edition=edition)
    rows = _apply_filter(seen.asked().select_related("lead").with_pillar(), chosen.cleaned_data)
    context: dict[str, Any] = {"edition": edition, "filter": chosen, "is_narrowed": chosen.is_narrowing}
    if not exports.is_export_requested(request) and not chosen.is_narrowing:
        context["retired"] = [
            (reverse("recommendation_detail", args=[pk]), text)
            for pk, text in seen.filter(is_retired=True).order_by("number", "pk").values_list("pk", "text")
        ]
    if not reads_readiness:
        published = _build_published(user, edition, rows)
        if exports.is_export_requested(request):
            told = [(one.number, one.text, _wording_source(one)) for one in published]
            return exports.export_rows(request, "recommendations", PUBLISHED_EXPORT_COLUMNS, told)
        return render_page(request, "reports/recommendation_list.html", context | {"published": published})
    asked = _list_rows(user, edition, rows)
    if exports.is_export_requested(request):
        return exports.export_rows(
            request, "recommendations", EXPORT_COLUMNS, [cells for one in asked for cells in _export_rows(one)]
        )
    context |= {
        "rows": asked,
        "any_reconstruction": any(one.recommendation.is_reconstruction for one in asked),
        "may_edit": (may_edit := can_edit_recommendations(user, edition)),
        "before": Edition.objects.visible_to(user).preceding(edition).first() if may_edit else None,
    }
    return render_page(request, "reports/recommendation_list.html", context, partial="rows")


PUBLISHED_EXPORT_COLUMNS = ("Number", "Recommendation", "Whose words")
EXPORT_COLUMNS = (
    *PUBLISHED_EXPORT_COLUMNS,
    "Pillar",
    "Lead ministry",
    "Benchmark",
    "What it asks",
    "How far",
    "Verdict",
)


def _apply_filter(rows: RecommendationQuerySet, chosen: dict[str, Any]) -> RecommendationQuerySet:
    if pillar := chosen.get("pillar"):
        rows = rows.filter(Q(pillar=pillar))
    if ministry := chosen.get("ministry"):
        rows = rows.filter(lead=ministry)
    return rows


def _export_rows(asked: RecommendationListRow) -> Iterable[tuple[object, ...]]:
    """Yield one row per benchmark, or one row for a recommendation without benchmarks."""
    row = asked.recommendation
    told = (row.number, row.text, _wording_source(asked), asked.pillar.label, row.lead.name if row.lead else "")
    if not asked.benchmarks:
        yield (*told, "", "", "", "")
    for benchmark, stands in asked.benchmarks:
        key = f"{row.number}{benchmark.letter}"
        yield (*told, key, benchmark.wording, *((stands.bar.text, stands.verdict.label) if stands else ("", "")))


def _wording_source(one: "RecommendationListRow | PublishedRecommendation") -> str:
    """Return whose wording a recommendation has."""
    origin = Origin.ACTION_PLAN if one.is_of_action_plan else Origin.REPORT
    return f"{origin.label}, our reconstruction" if one.is_reconstruction else origin.label


@read_page
def recommendation_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a recommendation with its full record."""
    recommendation = get_object_or_404(
        Recommendation.objects.visible_to(request.user)
        .select_related("edition__country", "lead", "repeats__edition")
        .with_pillar(),
        pk=pk,
    )
    edition = recommendation.edition
    set_page_edition(request, edition)
    if not can_read_readiness(request.user, edition):
        rows = Recommendation.objects.visible_to(request.user).filter(pk=pk)
        context: dict[str, Any] = {
            "published": _build_published(request.user, edition, rows)[0],
            "year": edition.year,
            "is_retired": recommendation.is_retired,
        }
        return render_page(request, "reports/recommendation_detail.html", context)
    is_asked = not recommendation.is_retired
    context = {
        "recommendation": recommendation,
        "pillar": Pillar(recommendation.pillar),
        "origin": Origin(recommendation.origin),
        "supporting": list(recommendation.supporting.all()),
        "repeated": recommendation.repeats,
        "repeated_by": list(_find_repeats(request.user, recommendation)),
        "unmet": _years_unmet(request.user, recommendation),
        "is_retired": recommendation.is_retired,
        "wordings": _wording_history(request.user, recommendation),
        "benchmarks": _build_benchmark_details(request.user, recommendation),
        "may_edit": is_asked and can_edit_recommendations(request.user, edition),
        "may_log": is_asked and can_log_evidence(request.user, edition.country),
        "may_record": is_asked and can_record_commitment(request.user, edition.country),
    }
    return render_page(request, "reports/recommendation_detail.html", context)


def _list_rows(user: User, edition: Edition, rows: QuerySet[Recommendation]) -> list[RecommendationListRow]:
    facts = gather_facts(edition)
    result = evaluate_readiness(facts, as_of=clock.today(edition.country.time_zone))
    return build_recommendation_rows(user, rows, display_benchmarks(facts, result))


def build_recommendation_rows(
    user: User, rows: QuerySet[Recommendation], stands: Mapping[int, BenchmarkDisplay]
) -> list[RecommendationListRow]:
    """Return recommendations (`with_pillar`), most important first, with their benchmarks' status. Two queries."""
    seen = Prefetch("benchmarks", Benchmark.objects.visible_to(user).order_by("letter").with_terms())
    return [
        RecommendationListRow(
            row,
            Pillar(row.pillar),
            row.origin == Origin.ACTION_PLAN,
            [(one, stands.get(one.pk)) for one in row.benchmarks.all()],
        )
        for row in rows.order_by("-origin", "number").prefetch_related(seen)
    ]


def _build_published(user: User, edition: Edition, rows: QuerySet[Recommendation]) -> list[PublishedRecommendation]:
    """Return recommendations with the wording of their benchmarks and the user's own commitments."""
    today = clock.today(edition.country.time_zone)
    wordings = defaultdict(list)
    for one in (
        Benchmark.objects.visible_to(user)
        .filter(recommendation__in=rows)
        .select_related("recommendation")
        .with_terms()
        .order_by("letter")
    ):
        wordings[one.recommendation_id].append((one.key, one.wording))
    commitments: dict[int, dict[int, OwnCommitment]] = defaultdict(dict)
    own: QuerySet[Any] = Commitment.objects.visible_to(user).with_status(today)
    for promise in own.prefetch_related("links__benchmark").order_by("pk"):
        if promise.status:
            standing = standing_from_row(promise, today)
            url = reverse("commitment_detail", args=[promise.pk])
            told = OwnCommitment(promise.text, url, standing.status, format_status_detail(standing), standing.due_on)
            for link in promise.links.all():
                commitments[link.benchmark.recommendation_id][promise.pk] = told
    return [
        PublishedRecommendation(
            number=row.number,
            text=row.text,
            is_reconstruction=row.is_reconstruction,
            is_of_action_plan=row.origin == Origin.ACTION_PLAN,
            url=reverse("recommendation_detail", args=[row.pk]),
            wordings=wordings[row.pk],
            commitments=list(commitments[row.pk].values()),
        )
        for row in rows.order_by("-origin", "number")
    ]


def _find_repeats(user: User, recommendation: Recommendation) -> QuerySet[Recommendation]:
    """Return the recommendations that repeat this one in a later edition."""
    rows = Recommendation.objects.visible_to(user).asked().filter(repeats=recommendation)
    return rows.select_related("edition").order_by("edition__year", "-origin", "number")


def _years_unmet(user: User, recommendation: Recommendation) -> YearsUnmet | None:
    """Return for how many years running it has been unmet, as a report states or as counted."""
    known = Recommendation.objects.visible_to(user).filter(edition__country=recommendation.edition.country_id)
    return known.years_unmet().get(recommendation.pk)


def _wording_history(user: User, recommendation: Recommendation) -> list[RecommendationTerms]:
    """Return its numbers and wordings over time, newest first; empty if they never changed."""
    rows = RecommendationTerms.objects.visible_to(user).filter(recommendation=recommendation).known_by(None)
    terms = list(rows.select_related("recorded_by"))
    worded = {(one.number, one.text, one.text_status, one.is_retired) for one in terms}
    return terms if len(worded) > 1 else []


def _build_benchmark_details(user: User, recommendation: Recommendation) -> list[BenchmarkDetail]:
    """Return its benchmarks, each with commitments, evidence, readings and the embassy's verdicts."""
    edition = recommendation.edition
    today = clock.today(edition.country.time_zone)
    facts = gather_facts(edition)
    stands = display_benchmarks(facts, evaluate_readiness(facts, as_of=today))
    weights = find_counting_statuses(facts, today)
    rows = list(Benchmark.objects.visible_to(user).filter(recommendation=recommendation).with_terms())
    promises = _commitments_by_benchmark(user, rows, today)
    evidence = _evidence_by_benchmark(user, rows, weights)
    readings = _readings_by_indicator(user, rows, weights)
    assessments = _verdicts_by_benchmark(user, rows, weights)
    for one in rows:
        one.recommendation = recommendation
    may_assess = bool(rows) and not recommendation.is_retired and can_assess(user, rows[0])
    return [
        BenchmarkDetail(
            benchmark=one,
            terms=(terms := one.current_terms),
            stands=stands.get(one.pk),
            is_assessed=terms is not None and terms.rule == Rule.ASSESSED,
            may_assess=may_assess,
            has_verdict=one.pk in assessments,
            commitments=promises.get(one.pk, []),
            readings=readings.get(terms.indicator_id, []) if terms and terms.indicator_id else [],
            story=sorted(
                [*evidence.get(one.pk, []), *assessments.get(one.pk, [])], key=lambda each: each.moment, reverse=True
            ),
        )
        for one in rows
    ]


def _commitments_by_benchmark(
    user: User, rows: Iterable[Benchmark], today: date
) -> Mapping[int, list[BenchmarkCommitment]]:
    """Return commitments by benchmark: soonest due first, those without a date last."""
    towards = Commitment.objects.visible_to(user).filter(benchmarks__in=rows).distinct()
    found = defaultdict(list)
    stands: QuerySet[Any] = towards.with_status(today)
    for row in stands.select_related("ministry").prefetch_related("links"):
        for link in row.links.all() if row.status else ():
            found[link.benchmark_id].append(
                BenchmarkCommitment(row, standing_from_row(row, today), link.get_reach_display())
            )
    for promises in found.values():
        promises.sort(key=lambda one: (one.standing.due_on or date.max, one.commitment.pk))
    return found


def _evidence_by_benchmark(
    user: User, rows: Iterable[Benchmark], weights: CountingStatuses
) -> Mapping[int, list[BenchmarkEvidence]]:
    """Return evidence by benchmark, latest end date first."""
    reviews = EvidenceReview.objects.visible_to(user).select_related("recorded_by").order_by("recorded_at", "pk")
    found = defaultdict(list)
    for row in (
        EvidenceLink.objects.visible_to(user)
        .filter(benchmark__in=rows)
        .select_related("evidence__file")
        .prefetch_related(Prefetch("reviews", reviews, to_attr="said"))
        .order_by("-evidence__happened_to", "-evidence__pk")
    ):
        review = row.said[-1] if row.said else None  # type: ignore[attr-defined]
        looked = ReviewState(review.decision) if review else ReviewState.CLAIMED
        doer = describe_doer(DoneBy(row.evidence.done_by))
        weight = weights.evidence_links.get(row.pk, NOT_COMPARED)
        found[row.benchmark_id].append(
            BenchmarkEvidence(row.evidence, SupportKind(row.shows), doer, looked, review, weight)
        )
    return found


def _readings_by_indicator(
    user: User, rows: Iterable[Benchmark], weights: CountingStatuses
) -> Mapping[int, list[BenchmarkReading]]:
    """Return readings of the benchmarks' indicators, by indicator: latest day covered first."""
    indicators = {terms.indicator_id for one in rows if (terms := one.current_terms) and terms.indicator_id}
    found = defaultdict(list)
    for row in (
        Reading.objects.visible_to(user)
        .filter(indicator__in=indicators)
        .select_related("evidence", "indicator")
        .order_by("-through_on", "-recorded_at", "-pk")
    ):
        found[row.indicator_id].append(BenchmarkReading(row, weights.readings.get(row.pk, NOT_COMPARED)))
    return found


def _verdicts_by_benchmark(
    user: User, rows: Iterable[Benchmark], weights: CountingStatuses
) -> Mapping[int, list[BenchmarkVerdict]]:
    """Return verdicts by benchmark, newest first."""
    found = defaultdict(list)
    for row in (
        Assessment.objects.visible_to(user)
        .filter(benchmark__in=rows)
        .select_related("recorded_by")
        .prefetch_related(Prefetch("grounds__evidence", Evidence.objects.visible_to(user)))
        .order_by("-recorded_at", "-pk")
    ):
        evidence = [ground.evidence for ground in row.grounds.all()]
        recorded_on = timezone.localtime(row.recorded_at).date()
        held_from = max((piece.happened_to for piece in evidence), default=recorded_on)
        found[row.benchmark_id].append(
            BenchmarkVerdict(row, Verdict(row.verdict), evidence, held_from, row.pk in weights.holding)
        )
    return found
