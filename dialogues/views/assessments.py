"""The embassy's verdict on a benchmark: a page, and the same form on the page of an update version."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.assessments import assess
from dialogues.choices import DECISIONS_ENDING_CLAIMS, GOVERNMENT_DOERS, EvidenceDecision, SupportKind, Verdict
from dialogues.forms.assessments import AssessmentForm
from dialogues.models import Assessment, Evidence, EvidenceLink, EvidenceReview, Reading, UpdateVersion
from dialogues.start_dates import find_start_date
from dialogues.views.figure_comparison import FigureComparison, compare_figures
from dialogues.views.timeline import newest_review, review_of
from recommendations.choices import Rule
from recommendations.edition_context import set_page_edition
from recommendations.models import Benchmark
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import save_form, sent_data
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page


class AssessedEvidence(NamedTuple):
    """Evidence that supports the benchmark, with its newest review decision, and whether a verdict rests on it."""

    evidence: Evidence
    first_day: date | None
    decision: EvidenceDecision | None
    is_ground: bool
    figures: Sequence[FigureComparison] = ()


class AssessableBenchmark(NamedTuple):
    """A benchmark with its current verdict, its evidence, and the form for a new verdict.

    `form` is None if the user may not assess the benchmark. If `by_figures` is true, the benchmark is judged by its
    figures and needs no verdict.
    """

    benchmark: Benchmark
    by_figures: bool
    assessment: Assessment | None
    verdict: Verdict | None
    exhibits: list[AssessedEvidence]
    form: AssessmentForm | None


def section_of_law(indicia: Collection[int]) -> str:
    """Return the section of the law that covers these indicia, such as "22 U.S.C. 7106(b)(1), (7)".

    Without indicia, return the section on the tiers.
    """
    if not indicia:
        return "22 U.S.C. 7107(b)"
    return f"22 U.S.C. 7106(b){', '.join(f'({number})' for number in indicia)}"


def _benchmarks(user: User) -> QuerySet[Benchmark]:
    resting = Assessment.objects.visible_to(user).filter(
        benchmark=OuterRef("benchmark"), grounds__evidence=OuterRef("evidence")
    )
    evidence_links = (
        EvidenceLink.objects.visible_to(user)
        .annotate(is_ground=Exists(resting))
        .filter(evidence__revised_by=None)
        .exclude(evidence__update_version__decision__decision__in=DECISIONS_ENDING_CLAIMS)
        .select_related("evidence")
        .prefetch_related(Prefetch("evidence__reviews", EvidenceReview.objects.visible_to(user)))
        .order_by("-evidence__happened_to", "-evidence__pk")
    )
    return (
        Benchmark.objects.visible_to(user)
        .select_related("recommendation__edition__country")
        .prefetch_related(
            Prefetch("evidence_links", evidence_links, to_attr="seen_evidence_links"),
            Prefetch("assessments", Assessment.objects.visible_to(user).select_related("recorded_by")),
        )
        .with_terms()
    )


def _assessable_benchmark(benchmark: Benchmark, form: AssessmentForm | None) -> AssessableBenchmark:
    terms, assessment = benchmark.current_terms, _newest_assessment(benchmark)
    return AssessableBenchmark(
        benchmark=benchmark,
        by_figures=terms is not None and terms.rule != Rule.ASSESSED,
        assessment=assessment,
        verdict=Verdict(assessment.verdict) if assessment else None,
        exhibits=_assessed_evidence(benchmark),
        form=form,
    )


def _assessed_evidence(benchmark: Benchmark) -> list[AssessedEvidence]:
    exhibits = []
    for evidence_link in benchmark.seen_evidence_links:  # type: ignore[attr-defined]  # prefetched by `_benchmarks`
        evidence = evidence_link.evidence
        reviews = [review for review in evidence.reviews.all() if review.evidence_link_id == evidence_link.pk]
        review, of_evidence = newest_review(reviews), review_of(evidence, None)
        if of_evidence and of_evidence.decision == EvidenceDecision.REJECTED:  # then it counts on no benchmark
            review = of_evidence
        decision = EvidenceDecision(review.decision) if review else None
        first = find_start_date(evidence.happened_from, reviews)
        exhibits.append(AssessedEvidence(evidence, first, decision, evidence_link.is_ground))
    return exhibits


def _with_figures(user: User, assessable: AssessableBenchmark) -> AssessableBenchmark:
    """Add the figures of each piece of evidence, compared with earlier figures for the same indicator."""
    pieces = [exhibit.evidence.pk for exhibit in assessable.exhibits]
    readings = Reading.objects.visible_to(user).filter(evidence__in=pieces).select_related("indicator")
    figures: dict[int | None, list[FigureComparison]] = defaultdict(list)
    for figure in compare_figures(user, readings).values():
        figures[figure.reading.evidence_id].append(figure)
    exhibits = [exhibit._replace(figures=figures[exhibit.evidence.pk]) for exhibit in assessable.exhibits]
    return assessable._replace(exhibits=exhibits)


def _newest_assessment(benchmark: Benchmark) -> Assessment | None:
    return max(benchmark.assessments.all(), key=lambda each: (each.recorded_at, each.pk), default=None)


def _assessment_form(
    benchmark: Benchmark, came_from: UpdateVersion | None, data: QueryDict | None = None
) -> AssessmentForm:
    """Return the form for a new verdict, with the verified evidence ticked.

    Only evidence of `came_from` is ticked if that is given. Evidence that an earlier verdict rests on is not ticked: it
    would date the new verdict back.
    """
    exhibits, assessment = _assessed_evidence(benchmark), _newest_assessment(benchmark)
    fresh = [exhibit for exhibit in exhibits if exhibit.decision is EvidenceDecision.VERIFIED and not exhibit.is_ground]
    return AssessmentForm(
        data,
        newest=assessment,
        evidence=[exhibit.evidence for exhibit in exhibits],
        notes={exhibit.evidence.pk: note for exhibit in exhibits if (note := _note(exhibit))},
        today=_now(benchmark).date(),
        auto_id=f"benchmark-{benchmark.pk}-%s",
        initial={
            "seen": assessment.pk if assessment else 0,
            "law": section_of_law(benchmark.recommendation.indicia),
            "evidence": [
                str(each.evidence.pk)
                for each in fresh
                if came_from is None or each.evidence.update_version_id == came_from.pk
            ],
        },
    )


def _note(exhibit: AssessedEvidence) -> str:
    """Return what to know before a verdict rests on a piece of evidence; empty if it is verified and not used yet."""
    if exhibit.decision is EvidenceDecision.REJECTED:
        return gettext("rejected; used for an earlier assessment") if exhibit.is_ground else gettext("rejected")
    if exhibit.is_ground:
        return gettext("used for an earlier assessment")
    return "" if exhibit.decision else gettext("not reviewed")


def list_assessable_benchmarks(
    user: User, pks: Collection[int], update_version: UpdateVersion
) -> list[AssessableBenchmark]:
    """Return the benchmarks `pks`, all of one country, each with the form for a new verdict.

    The form has the verified evidence of `update_version` ticked. It is None if the user may not assess.
    """
    benchmarks = list(_benchmarks(user).filter(pk__in=pks).order_by("recommendation__number", "letter"))
    may_assess = bool(benchmarks) and permissions.can_assess(user, benchmarks[0])
    return [
        _assessable_benchmark(benchmark, _assessment_form(benchmark, update_version) if may_assess else None)
        for benchmark in benchmarks
    ]


def needs_verdict(user: User, update_version: UpdateVersion) -> bool:
    """Return whether an update version has verified government action on a benchmark that needs a verdict."""
    evidence_links = (
        EvidenceLink.objects.visible_to(user)
        .filter(
            evidence__update_version=update_version,
            evidence__revised_by=None,
            evidence__done_by__in=GOVERNMENT_DOERS,
            shows=SupportKind.ACTION,
        )
        .prefetch_related(
            Prefetch("reviews", EvidenceReview.objects.visible_to(user)),
            Prefetch("benchmark", Benchmark.objects.visible_to(user).with_terms()),
        )
    )
    return any(
        (review := newest_review(evidence_link.reviews.all()))
        and review.decision == EvidenceDecision.VERIFIED
        and (terms := evidence_link.benchmark.current_terms)
        and terms.rule == Rule.ASSESSED
        for evidence_link in evidence_links
    )


@login_required
def benchmark_assess(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a verdict on one benchmark.

    If the request names an update version as `update_version`, the user returns to it afterwards.
    """
    user = request.user
    benchmark = get_object_or_404(_benchmarks(user), pk=pk)
    set_page_edition(request, benchmark.recommendation.edition)
    if not permissions.can_assess(user, benchmark):
        raise PermissionDenied
    data = sent_data(request)
    came_from = _version(user, (request.GET if data is None else data).get("update_version", ""))
    form = _assessment_form(benchmark, came_from, data)
    if assessment := save_form(
        form,
        lambda: assess(benchmark=benchmark, by=user, now=_now(benchmark), **({"evidence": []} | form.cleaned_data)),
    ):
        sentence = gettext("Benchmark %(benchmark)s was assessed: %(verdict)s. Readiness is now recalculated.")
        verdict = Verdict(assessment.verdict).label
        messages.success(request, sentence % {"benchmark": benchmark.key, "verdict": verdict})
        if came_from:
            return redirect("version_detail", came_from.pk)
        return redirect("recommendation_detail", benchmark.recommendation_id)
    if isinstance(refusal := form.refusal, EditConflict):
        benchmark = _benchmarks(user).get(pk=pk)
        newer = _newest_assessment(benchmark)
        form = _assessment_form(benchmark, came_from, data)
        form.is_valid()
        mark_as_seen(form, "seen", newer.pk if newer else 0)
        add_refusal(form, refusal)
    context = {
        "assessable": _with_figures(user, _assessable_benchmark(benchmark, form)),
        "recommendation": benchmark.recommendation,
        "update_version": came_from,
    }
    return render_page(request, "dialogues/benchmark_assess.html", context, status=422 if form.is_bound else 200)


def _now(benchmark: Benchmark) -> datetime:
    return clock.now(benchmark.recommendation.edition.country.time_zone)


def _version(user: User, pk: str) -> UpdateVersion | None:
    """Return the update version with this id, if the user can see it."""
    key = parse_whole_number(pk)
    return UpdateVersion.objects.visible_to(user).filter(pk=key).first() if key is not None else None
