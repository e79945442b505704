"""The fourth step: an officer accepts, changes or skips the benchmarks suggested from each recommendation's wording."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from recommendations.choices import Origin
from recommendations.edition_context import set_page_edition
from recommendations.models import Benchmark, Edition, Indicator, Recommendation
from recommendations.permissions import can_edit_recommendations
from recommendations.setup.actions.benchmarks import accept_all_suggestions, accept_benchmarks
from recommendations.setup.benchmark_suggestions import BenchmarkSuggestion, suggest_benchmarks
from recommendations.setup.forms.benchmarks import SuggestedBenchmarkFormSet, SuggestedBenchmarkRow, TermsReasonForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry
from tiptracker.choices import Role
from tiptracker.country_reference import division_kind
from tiptracker.errors import Refused
from tiptracker.localization import gettext, ngettext
from tiptracker.text_rules import normalize_name
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import add_refusal, add_row_refusal, invalid_forms
from tiptracker.web.pages import SignedInRequest, render_page


@form_page
def setup_benchmarks(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the recommendations of the country's newest tracked edition, each with its benchmarks or suggestions.

    One button adds all suggestions of the recommendations that have no benchmark yet.
    """
    country = get_post_country(request, pk)
    edition = Edition.objects.visible_to(request.user).filter(country=country).tracked().first()
    if not _can_open_page(request, edition):
        raise PermissionDenied
    known = _known_districts(country)
    rows = list(_with_benchmark_counts(request, edition)) if edition else []
    without = [row for row in rows if not row.benchmark_count]
    form = TermsReasonForm(sent_data(request))
    if edition and (
        added := save_form(
            form,
            lambda: accept_all_suggestions(
                recommendations=without,
                **known,
                **form.cleaned_data,
                by=request.user,
                now=clock.now(country.time_zone),
            ),
        )
    ):
        sentence = ngettext("%(number)d benchmark is added.", "%(number)d benchmarks are added.", len(added))
        messages.success(request, sentence % {"number": len(added)})
        return redirect("setup_detail", pk=country.pk)
    before = Edition.objects.visible_to(request.user).preceding(edition).first() if edition else None
    context = step_context(country, SetupStep.BENCHMARKS) | {
        "edition": edition,
        "recommendations": [
            (row, () if row.benchmark_count else suggest_benchmarks(row.text, **known)) for row in rows
        ],
        "has_suggestions": bool(without),
        "before": before,
    }
    return render_form(request, "recommendations/setup_benchmarks.html", form, context)


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
    suggested = suggest_benchmarks(row.text, **_known_districts(row.edition.country))
    return [suggestion for suggestion in suggested if normalize_name(suggestion.criterion) not in existing]


def _known_districts(country: Country) -> Any:
    """Return the number of districts of a country and what it calls one, as the suggestions take them."""
    names = list(country.districts.values_list("name", flat=True))
    return {"districts": len(names), "division": division_kind(country.code, names)}


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
