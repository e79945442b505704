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

from dialogues.benchmark_requirements import describe_terms
from dialogues.choices import CommitmentReach, CommitmentStatus, DoneBy, ReviewState, SupportKind, Verdict
from dialogues.commitment_phrases import format_status_detail
from dialogues.commitment_status import standing_from_row
from dialogues.models import (
    Assessment,
    Commitment,
    CommitmentBenchmark,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    Reading,
)
from dialogues.permissions import can_assess, can_log_evidence, can_record_commitment
from dialogues.start_dates import find_start_date
from dialogues.views.evidence_history import Reversals, find_reversals
from dialogues.views.internal_notes import build_notes_section
from recommendations.choices import Origin, Pillar, Rule
from recommendations.edition_context import EditionRequest, edition_url, set_page_edition
from recommendations.kept_pages import keep_page, keep_row_page
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Recommendation, RecommendationTerms
from recommendations.models.recommendations import RecommendationQuerySet
from recommendations.permissions import can_edit_recommendations
from recommendations.unmet_years import YearsUnmet
from reports.forms import RecommendationFilterForm
from reports.permissions import can_read_readiness
from reports.readiness.explanation.counting_reasons import (
    CountingStatus,
    CountingStatuses,
    describe_doer,
    find_counting_statuses,
)
from reports.readiness.explanation.score_display import BenchmarkDisplay, display_benchmarks
from reports.readiness.facts import Period
from reports.views.access import read_page
from reports.views.commitments import CommitmentDisplay
from reports.views.current_readiness import current_readiness
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import format_date, gettext, gettext_lazy
from tiptracker.web import exports
from tiptracker.web.pages import SignedInRequest, render_page


def _not_compared() -> CountingStatus:
    """Return the status of rows that the facts of this edition don't include."""
    return CountingStatus(counts=False, reason=gettext("from a year that is not compared"))


class RecommendationListRow(NamedTuple):
    """A recommendation in the embassy's list: its text, and the status of its benchmarks."""

    recommendation: Recommendation
    pillar: Pillar
    is_of_action_plan: bool
    benchmarks: Sequence[tuple[Benchmark, BenchmarkDisplay | None]]

    @property
    def is_reconstruction(self) -> bool:
        return self.recommendation.is_reconstruction


class BenchmarkEvidence(NamedTuple):
    """Evidence on a benchmark: what it shows, the embassy's review decision, and whether it counts.

    `reversal` says which earlier decision the newest review, or a correction, reversed.
    """

    evidence: Evidence
    shows: SupportKind
    done_by: str
    review_state: ReviewState
    review: EvidenceReview | None
    counting: CountingStatus
    reversal: str

    @property
    def is_replaced(self) -> bool:
        """Whether a corrected version has replaced it."""
        return hasattr(self.evidence, "revised_by")

    @property
    def first_day(self) -> date | None:
        """The start date on this benchmark: the evidence's own, or else the one that the embassy's review states."""
        return find_start_date(self.evidence.happened_from, [self.review] if self.review else [])

    @property
    def order(self) -> tuple[date, datetime]:
        """Sort key in the history: the end date, then the time of recording."""
        return self.evidence.happened_to, self.evidence.recorded_at


class BenchmarkVerdict(NamedTuple):
    """A verdict of the embassy, the evidence behind it, the day from which it holds, and whether it still holds."""

    assessment: Assessment
    verdict: Verdict
    grounds: Sequence[Evidence]
    held_from: date
    holds: bool

    @property
    def order(self) -> tuple[date, datetime]:
        """Sort key in the history: the day and time of recording."""
        recorded_at = timezone.localtime(self.assessment.recorded_at)
        return recorded_at.date(), recorded_at


class BenchmarkDetail(NamedTuple):
    """A benchmark with its full record.

    `requirement` says in words what meets it. `commitments` are those that support it, each with whether keeping it
    would meet the benchmark. `readings` are those of its indicator, each with whether it counts, and `comparison_gap`
    says whether the year before is missing. `history` is evidence and verdicts, newest first.
    """

    benchmark: Benchmark
    terms: BenchmarkTerms | None
    requirement: str
    display: BenchmarkDisplay | None
    commitments: Sequence[tuple[CommitmentDisplay[Commitment], str]]
    readings: Sequence[tuple[Reading, CountingStatus]]
    comparison_gap: str
    history: Sequence[BenchmarkEvidence | BenchmarkVerdict]

    @property
    def is_assessed(self) -> bool:
        """Whether the embassy decides on it, not its figures."""
        return self.terms is not None and self.terms.rule == Rule.ASSESSED


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
@keep_page(is_personal=False)
def recommendation_list(request: EditionRequest) -> HttpResponse:
    """List the edition's recommendations, most important first.

    `?pillar=` and `?ministry=` filter the list; `?as=` exports it.
    """
    user, edition = request.user, request.edition
    reads_readiness = can_read_readiness(user, edition)
    ministries = list(Ministry.objects.visible_to(user).filter(country=edition.country_id)) if reads_readiness else None
    filter_form = RecommendationFilterForm(request.GET, ministries=ministries)
    filter_form.is_valid()
    visible = Recommendation.objects.visible_to(user).filter(edition=edition)
    recommendations = _apply_filter(visible.active().select_related("lead").with_pillar(), filter_form.cleaned_data)
    context: dict[str, Any] = {"edition": edition, "filter": filter_form, "is_narrowed": filter_form.is_narrowing}
    if not exports.is_export_requested(request) and not filter_form.is_narrowing:
        retired = visible.filter(is_retired=True).order_by("number", "pk").values_list("pk", "text")
        context["retired"] = [(reverse("recommendation_detail", args=[pk]), text) for pk, text in retired]
    if not reads_readiness:
        published = _build_published(user, edition, recommendations)
        if exports.is_export_requested(request):
            cells = [(row.number, row.text, _wording_source(row)) for row in published]
            return exports.export_rows(request, "recommendations", list(map(str, PUBLISHED_EXPORT_COLUMNS)), cells)
        context |= {
            "published": published,
            "all_reconstruction": bool(published) and all(row.is_reconstruction for row in published),
        }
        return render_page(request, "reports/recommendation_list.html", context)
    result = current_readiness(request, edition, clock.today(edition.country.time_zone))
    rows = build_recommendation_rows(user, recommendations, display_benchmarks(result.known_facts, result))
    if exports.is_export_requested(request):
        embassy_cells = [cells for row in rows for cells in _export_rows(row)]
        return exports.export_rows(request, "recommendations", list(map(str, EXPORT_COLUMNS)), embassy_cells)
    context |= {
        "rows": rows,
        "any_reconstruction": any(row.is_reconstruction for row in rows),
        "may_edit": (may_edit := can_edit_recommendations(user, edition)),
        "before": Edition.objects.visible_to(user).preceding(edition).first() if may_edit else None,
    }
    return render_page(request, "reports/recommendation_list.html", context, partial="rows")


PUBLISHED_EXPORT_COLUMNS = (
    gettext_lazy("Number"),
    gettext_lazy("Recommendation"),
    gettext_lazy("Source of the wording"),
)
EMBASSY_COLUMNS = (
    gettext_lazy("Pillar"),
    gettext_lazy("Lead ministry"),
    gettext_lazy("Benchmark"),
    gettext_lazy("Success criterion"),
    gettext_lazy("Progress"),
    gettext_lazy("Result"),
)
EXPORT_COLUMNS = PUBLISHED_EXPORT_COLUMNS + EMBASSY_COLUMNS


def _apply_filter(rows: RecommendationQuerySet, filters: dict[str, Any]) -> RecommendationQuerySet:
    if pillar := filters.get("pillar"):
        rows = rows.filter(Q(pillar=pillar))
    if ministry := filters.get("ministry"):
        rows = rows.filter(lead=ministry)
    return rows


def _export_rows(row: RecommendationListRow) -> Iterable[tuple[object, ...]]:
    """Yield one row per benchmark, or one row for a recommendation without benchmarks."""
    recommendation, lead = row.recommendation, row.recommendation.lead
    head = (
        recommendation.number,
        recommendation.text,
        _wording_source(row),
        row.pillar.label,
        lead.name if lead else "",
    )
    if not row.benchmarks:
        yield (*head, "", "", "", "")
    for benchmark, display in row.benchmarks:
        key = f"{recommendation.number}{benchmark.letter}"
        yield (*head, key, benchmark.wording, *((display.bar.text, display.verdict.label) if display else ("", "")))


def _wording_source(row: RecommendationListRow | PublishedRecommendation) -> str:
    """Return whose wording a recommendation has."""
    origin = Origin.ACTION_PLAN if row.is_of_action_plan else Origin.REPORT
    return gettext("%(origin)s, reconstruction") % {"origin": origin.label} if row.is_reconstruction else origin.label


@read_page
def recommendation_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a recommendation with its full record."""
    rows = Recommendation.objects.visible_to(request.user).select_related(
        "edition__country", "lead", "repeats__edition"
    )
    recommendation = get_object_or_404(rows.with_pillar(), pk=pk)
    edition = recommendation.edition
    set_page_edition(request, edition)
    return keep_row_page(request, edition.country, lambda: _render_recommendation(request, recommendation))


def _render_recommendation(request: SignedInRequest, recommendation: Recommendation) -> HttpResponse:
    edition = recommendation.edition
    if not can_read_readiness(request.user, edition):
        rows = Recommendation.objects.visible_to(request.user).filter(pk=recommendation.pk)
        (published,) = _build_published(request.user, edition, rows)
        public_context = {"published": published, "year": edition.year, "is_retired": recommendation.is_retired}
        return render_page(request, "reports/recommendation_detail.html", public_context)
    is_asked = not recommendation.is_retired
    benchmarks = _build_benchmark_details(request, recommendation)
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
        "benchmarks": benchmarks,
        "notes": build_notes_section(request.user, recommendation),
        "may_assess": is_asked and bool(benchmarks) and can_assess(request.user, benchmarks[0].benchmark),
        "may_edit": is_asked and can_edit_recommendations(request.user, edition),
        "may_log": is_asked and can_log_evidence(request.user, edition.country),
        "log_url": edition_url(edition, "evidence_log", query={"benchmark": [row.benchmark.pk for row in benchmarks]}),
        "may_record": is_asked and can_record_commitment(request.user, edition.country),
    }
    return render_page(request, "reports/recommendation_detail.html", context)


def build_recommendation_rows(
    user: User, rows: QuerySet[Recommendation], displays: Mapping[int, BenchmarkDisplay]
) -> list[RecommendationListRow]:
    """Return recommendations (`with_pillar`), most important first, with their benchmarks' status. Two queries."""
    benchmarks = Prefetch("benchmarks", Benchmark.objects.visible_to(user).order_by("letter").with_terms())
    return [
        RecommendationListRow(
            row,
            Pillar(row.pillar),
            row.origin == Origin.ACTION_PLAN,
            [(benchmark, displays.get(benchmark.pk)) for benchmark in row.benchmarks.all()],
        )
        for row in rows.order_by("-origin", "number").prefetch_related(benchmarks)
    ]


def _build_published(user: User, edition: Edition, rows: QuerySet[Recommendation]) -> list[PublishedRecommendation]:
    """Return recommendations with the wording of their benchmarks and the user's own commitments."""
    today = clock.today(edition.country.time_zone)
    benchmarks = Benchmark.objects.visible_to(user).filter(recommendation__in=rows).select_related("recommendation")
    wordings = defaultdict(list)
    for benchmark in benchmarks.with_terms().order_by("letter"):
        wordings[benchmark.recommendation_id].append((benchmark.key, benchmark.wording))
    commitments: dict[int, dict[int, OwnCommitment]] = defaultdict(dict)
    own: Any = Commitment.objects.visible_to(user).with_status(today).with_links("benchmark")
    for row in own.order_by("pk"):
        if row.status:
            standing = standing_from_row(row, today)
            url = reverse("commitment_detail", args=[row.pk])
            commitment = OwnCommitment(row.text, url, standing.status, format_status_detail(standing), standing.due_on)
            for link in row.links.all():
                commitments[link.benchmark.recommendation_id][row.pk] = commitment
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
    rows = Recommendation.objects.visible_to(user).active().filter(repeats=recommendation)
    return rows.select_related("edition").order_by("edition__year", "-origin", "number")


def _years_unmet(user: User, recommendation: Recommendation) -> YearsUnmet | None:
    """Return for how many years running it has been unmet, as a report states or as counted."""
    rows = Recommendation.objects.visible_to(user).filter(edition__country=recommendation.edition.country_id)
    return rows.years_unmet().get(recommendation.pk)


def _wording_history(user: User, recommendation: Recommendation) -> list[RecommendationTerms]:
    """Return its numbers and wordings over time, newest first; empty if they never changed."""
    rows = RecommendationTerms.objects.visible_to(user).filter(recommendation=recommendation).known_by(None)
    terms = list(rows.select_related("recorded_by"))
    wordings = {(version.number, version.text, version.text_status, version.is_retired) for version in terms}
    return terms if len(wordings) > 1 else []


def _build_benchmark_details(request: SignedInRequest, recommendation: Recommendation) -> list[BenchmarkDetail]:
    """Return its benchmarks, each with commitments, evidence, readings and the embassy's verdicts."""
    user, today = request.user, clock.today(recommendation.edition.country.time_zone)
    result = current_readiness(request, recommendation.edition, today)
    facts = result.known_facts
    displays = display_benchmarks(facts, result)
    statuses = find_counting_statuses(facts, today)
    benchmarks = list(_benchmarks_with_record(user, recommendation))
    commitments = _commitments_by_benchmark(user, benchmarks, today)
    readings = _readings_by_indicator(user, benchmarks, statuses)
    shown = {link.evidence_id for benchmark in benchmarks for link in benchmark.evidence_links.all()}
    reversals = find_reversals(user, recommendation.edition.country, shown)
    for benchmark in benchmarks:
        benchmark.recommendation = recommendation
    return [
        BenchmarkDetail(
            benchmark=benchmark,
            terms=(terms := benchmark.current_terms),
            requirement=describe_terms(terms) if terms else "",
            display=displays.get(benchmark.pk),
            commitments=sorted(commitments[benchmark.pk], key=lambda pair: pair[0].due_order),
            readings=(own := readings[terms.indicator_id] if terms and terms.indicator_id else []),
            comparison_gap=_describe_comparison_gap(terms, [row for row, _ in own], facts.edition.previous),
            history=_build_history(benchmark, statuses, reversals),
        )
        for benchmark in benchmarks
    ]


def _benchmarks_with_record(user: User, recommendation: Recommendation) -> QuerySet[Benchmark]:
    """Return its benchmarks with their terms, evidence, reviews and assessments."""
    reviews = EvidenceReview.objects.visible_to(user).select_related("recorded_by").order_by("recorded_at", "pk")
    links = (
        EvidenceLink.objects.visible_to(user)
        .select_related("evidence__file", "evidence__revised_by")
        .prefetch_related(Prefetch("reviews", reviews))
    )
    assessments = Assessment.objects.visible_to(user).select_related("recorded_by")
    grounds = Prefetch("grounds__evidence", Evidence.objects.visible_to(user))
    return (
        Benchmark.objects.visible_to(user)
        .filter(recommendation=recommendation)
        .with_terms()
        .prefetch_related(
            Prefetch("evidence_links", links.order_by("-evidence__happened_to", "-evidence__pk")),
            Prefetch("assessments", assessments.prefetch_related(grounds).order_by("-recorded_at", "-pk")),
        )
    )


def _build_history(
    benchmark: Benchmark, statuses: CountingStatuses, reversals: Reversals
) -> list[BenchmarkEvidence | BenchmarkVerdict]:
    """Return the evidence on a benchmark and the verdicts on it, newest first."""
    history: list[BenchmarkEvidence | BenchmarkVerdict] = [
        *(_benchmark_evidence(link, statuses, reversals) for link in benchmark.evidence_links.all()),
        *(_benchmark_verdict(assessment, statuses) for assessment in benchmark.assessments.all()),
    ]
    return sorted(history, key=lambda entry: entry.order, reverse=True)


def _benchmark_evidence(link: EvidenceLink, statuses: CountingStatuses, reversals: Reversals) -> BenchmarkEvidence:
    reviews = list(link.reviews.all())
    review = reviews[-1] if reviews else None
    return BenchmarkEvidence(
        link.evidence,
        SupportKind(link.shows),
        describe_doer(DoneBy(link.evidence.done_by)),
        ReviewState(review.decision) if review else ReviewState.CLAIMED,
        review,
        statuses.evidence_links.get(link.pk) or _not_compared(),
        reversals.get((link.evidence_id, link.benchmark_id), ""),
    )


def _benchmark_verdict(assessment: Assessment, statuses: CountingStatuses) -> BenchmarkVerdict:
    grounds = [ground.evidence for ground in assessment.grounds.all()]
    recorded_on = timezone.localtime(assessment.recorded_at).date()
    held_from = max((piece.happened_to for piece in grounds), default=recorded_on)
    verdict = Verdict(assessment.verdict)
    return BenchmarkVerdict(assessment, verdict, grounds, held_from, assessment.pk in statuses.assessments_in_force)


def _commitments_by_benchmark(
    user: User, benchmarks: Iterable[Benchmark], today: date
) -> Mapping[int, list[tuple[CommitmentDisplay[Commitment], str]]]:
    """Return commitments by benchmark, each with its reach in words."""
    by_benchmark = defaultdict(list)
    linked = CommitmentBenchmark.objects.current().filter(benchmark__in=benchmarks).values("commitment")
    rows: Any = Commitment.objects.visible_to(user).filter(pk__in=linked).with_status(today)
    for row in rows.select_related("ministry").with_links():
        for link in row.links.all() if row.status else ():
            commitment = CommitmentDisplay(row, standing_from_row(row, today))
            by_benchmark[link.benchmark_id].append((commitment, _describe_reach(link)))
    return by_benchmark


def _describe_reach(link: CommitmentBenchmark) -> str:
    return (
        gettext("Meets the benchmark if it is kept")
        if link.reach == CommitmentReach.MEETS
        else gettext("Contributes to the benchmark if it is kept")
    )


def _describe_comparison_gap(terms: BenchmarkTerms | None, readings: Iterable[Reading], before: Period) -> str:
    """Say that the year before has no figure, for a rule that compares with it; empty if it has one."""
    if terms is None or terms.rule != Rule.MORE:
        return ""
    if any(row.starts_on >= before.starts_on and row.through_on <= before.ends_on for row in readings):
        return ""
    return gettext(
        "The year before, from %(first)s to %(last)s, has no figure. Without it nothing can be compared."
    ) % {
        "first": format_date(before.starts_on),
        "last": format_date(before.ends_on),
    }


def _readings_by_indicator(
    user: User, benchmarks: Iterable[Benchmark], statuses: CountingStatuses
) -> Mapping[int, list[tuple[Reading, CountingStatus]]]:
    """Return readings of the benchmarks' indicators, by indicator: latest day covered first."""
    indicators = {
        terms.indicator_id for benchmark in benchmarks if (terms := benchmark.current_terms) and terms.indicator_id
    }
    by_indicator = defaultdict(list)
    rows = Reading.objects.visible_to(user).filter(indicator__in=indicators).with_asked()
    rows = rows.select_related("evidence", "indicator")
    for row in rows.order_by("-through_on", "-recorded_at", "-pk"):
        by_indicator[row.indicator_id].append((row, statuses.readings.get(row.pk) or _not_compared()))
    return by_indicator
