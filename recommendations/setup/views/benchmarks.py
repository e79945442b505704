"""The fourth step: an officer accepts, changes or skips the benchmarks suggested from each recommendation's wording."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from recommendations.choices import Origin
from recommendations.edition_context import set_page_edition
from recommendations.models import Benchmark, Edition, Indicator, Recommendation
from recommendations.permissions import can_edit_recommendations
from recommendations.setup.actions.benchmarks import accept_benchmarks
from recommendations.setup.benchmark_suggestions import BenchmarkSuggestion, suggest_benchmarks
from recommendations.setup.forms.benchmarks import SuggestedBenchmarkFormSet, SuggestedBenchmarkRow, TermsReasonForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext, ngettext
from tiptracker.text_rules import normalize_name
from tiptracker.web.form_pages import form_page, sent_data
from tiptracker.web.frontend.form_rows import add_refusal, add_row_refusal, invalid_forms
from tiptracker.web.pages import SignedInRequest, render_page


@login_required
@require_safe
def setup_benchmarks(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the recommendations of the country's newest tracked edition, each with its number of benchmarks."""
    country = get_post_country(request, pk)
    edition = Edition.objects.visible_to(request.user).filter(country=country).tracked().first()
    if not _can_open_page(request, edition):
        raise PermissionDenied
    before = Edition.objects.visible_to(request.user).preceding(edition).first() if edition else None
    context = step_context(country, SetupStep.BENCHMARKS) | {
        "edition": edition,
        "recommendations": _with_benchmark_counts(request, edition) if edition else [],
        "before": before,
    }
    return render_page(request, "recommendations/setup_benchmarks.html", context)


@form_page
def setup_suggested(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the benchmarks suggested for one recommendation, to accept, change or skip."""
    recommendations = Recommendation.objects.visible_to(request.user).active().select_related("edition__country")
    row = get_object_or_404(recommendations, pk=pk)
    country = row.edition.country
    set_page_edition(request, row.edition)
    if not can_edit_recommendations(request.user, row.edition):
        raise PermissionDenied
    benchmarks = list(Benchmark.objects.visible_to(request.user).filter(recommendation=row).with_terms())
    indicators = list(Indicator.objects.visible_to(request.user).filter(country=country))
    ministries = list(Ministry.objects.visible_to(request.user).filter(country=country))
    data = sent_data(request)
    reason = TermsReasonForm(data)
    suggested = _new_suggestions(row, benchmarks) if data is None else []
    rows = SuggestedBenchmarkFormSet(
        data,
        prefix="suggested",
        initial=[SuggestedBenchmarkRow.filled_from(suggestion, indicators) for suggestion in suggested],
        form_kwargs={"indicators": indicators, "ministries": ministries},
    )
    if data is not None and all([reason.is_valid(), rows.is_valid()]):
        accepted = [line for line in rows if line.is_accepted]
        try:
            added = accept_benchmarks(
                recommendation=row,
                accepted=[line.accepted for line in accepted],
                reason=reason.cleaned_data["reason"],
                by=request.user,
                now=clock.now(country.time_zone),
            )
        except Refused as refusal:
            if not add_row_refusal({"accepted": accepted}, refusal):
                add_refusal(reason, refusal)
        else:
            sentence = ngettext(
                "%(number)d benchmark is added to recommendation %(recommendation)d.",
                "%(number)d benchmarks are added to recommendation %(recommendation)d.",
                len(added),
            )
            messages.success(request, sentence % {"number": len(added), "recommendation": row.number})
            return _redirect_to_next(request, row)
    context = step_context(country, SetupStep.BENCHMARKS) | {
        "rows": rows,
        "reason": reason,
        "refused_forms": invalid_forms(reason, *rows.forms),
        "recommendation": row,
        "benchmarks": benchmarks,
    }
    status = 200 if data is None else 422
    return render_page(request, "recommendations/setup_suggested.html", context, status=status)


def _new_suggestions(row: Recommendation, benchmarks: Iterable[Benchmark]) -> list[BenchmarkSuggestion]:
    """Return the suggested benchmarks that the recommendation doesn't have yet."""
    existing = {normalize_name(benchmark.wording) for benchmark in benchmarks}
    suggested = suggest_benchmarks(row.text, districts=row.edition.country.districts.count())
    return [suggestion for suggestion in suggested if normalize_name(suggestion.criterion) not in existing]


def _can_open_page(request: SignedInRequest, edition: Edition | None) -> bool:
    """Allow officers of the edition's country. If there is no edition yet, allow any officer."""
    user = request.user
    return can_edit_recommendations(user, edition) if edition else user.role == Role.OFFICER


def _with_benchmark_counts(request: SignedInRequest, edition: Edition) -> Any:
    """Return the recommendations of an edition, each with its number of benchmarks as `.benchmark_count`."""
    rows = Recommendation.objects.visible_to(request.user).filter(edition=edition).active()
    return rows.annotate(benchmark_count=Count("benchmarks")).order_by("-origin", "number")


def _redirect_to_next(request: SignedInRequest, row: Recommendation) -> HttpResponse:
    """Redirect to the next recommendation without a benchmark, or to the steps if all have one."""
    left = [
        recommendation
        for recommendation in _with_benchmark_counts(request, row.edition)
        if not recommendation.benchmark_count
    ]
    here = (row.origin != Origin.REPORT, row.number)
    after = [
        recommendation
        for recommendation in left
        if (recommendation.origin != Origin.REPORT, recommendation.number) > here
    ]
    if ahead := next(iter(after or left), None):
        return redirect("setup_suggested", pk=ahead.pk)
    messages.success(request, gettext("Every recommendation has a benchmark now."))
    return redirect("setup_detail", pk=row.edition.country_id)
