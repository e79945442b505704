"""The fourth step: an officer accepts, changes or skips the benchmarks suggested from each recommendation's wording."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from recommendations.choices import Origin
from recommendations.edition_context import set_page_edition
from recommendations.models import Benchmark, Edition, Indicator, Recommendation
from recommendations.permissions import can_edit_recommendations
from recommendations.setup.actions.benchmarks import accept_benchmarks
from recommendations.setup.benchmark_suggestions import suggest_benchmarks
from recommendations.setup.forms.benchmarks import SuggestedBenchmarkFormSet, SuggestedBenchmarkRow, TermsReasonForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.text_rules import normalize_name
from tiptracker.web.frontend.form_rows import add_field_error, add_row_error, invalid_forms
from tiptracker.web.pages import SignedInRequest, render_page


class BenchmarkCountRow(NamedTuple):
    """A recommendation and its number of benchmarks."""

    recommendation: Recommendation
    benchmarks: int


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
        "lines": _benchmark_count_rows(request, edition),
        "before": before,
    }
    return render_page(request, "recommendations/setup_benchmarks.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup_suggested(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the benchmarks suggested for one recommendation, to accept, change or skip."""
    rows = Recommendation.objects.visible_to(request.user).asked().select_related("edition__country")
    row = get_object_or_404(rows, pk=pk)
    country = row.edition.country
    set_page_edition(request, row.edition)
    if not can_edit_recommendations(request.user, row.edition):
        raise PermissionDenied
    benchmarks = list(Benchmark.objects.visible_to(request.user).filter(recommendation=row).with_terms())
    page = _SuggestionsPage(request, row, benchmarks)
    if page.is_sent and page.is_valid():
        try:
            added = accept_benchmarks(
                recommendation=row, by=request.user, now=clock.now(country.time_zone), **page.said()
            )
        except Refused as refusal:
            page.refuse(refusal)
        else:
            what = "A benchmark is" if len(added) == 1 else f"{len(added)} benchmarks are"
            messages.success(request, f"{what} added to recommendation {row.number}.")
            return _redirect_to_next(request, row)
    context: dict[str, Any] = (
        step_context(country, SetupStep.BENCHMARKS)
        | page.context()
        | {
            "recommendation": row,
            "benchmarks": benchmarks,
        }
    )
    status = 422 if page.is_sent else 200
    return render_page(request, "recommendations/setup_suggested.html", context, status=status)


def _can_open_page(request: SignedInRequest, edition: Edition | None) -> bool:
    """Allow officers of the edition's country. If there is no edition yet, allow any officer."""
    user = request.user
    return can_edit_recommendations(user, edition) if edition else user.role == Role.OFFICER


def _benchmark_count_rows(request: SignedInRequest, edition: Edition | None) -> list[BenchmarkCountRow]:
    if edition is None:
        return []
    rows: Any = (
        Recommendation.objects.visible_to(request.user)
        .filter(edition=edition)
        .asked()
        .annotate(checked=Count("benchmarks"))
        .order_by("-origin", "number")
    )
    return [BenchmarkCountRow(row, row.checked) for row in rows]


def _redirect_to_next(request: SignedInRequest, row: Recommendation) -> HttpResponse:
    """Redirect to the next recommendation without a benchmark, or to the steps if all have one."""
    left = [line.recommendation for line in _benchmark_count_rows(request, row.edition) if not line.benchmarks]
    here = (row.origin != Origin.REPORT, row.number)
    after = [one for one in left if (one.origin != Origin.REPORT, one.number) > here]
    if ahead := next(iter(after or left), None):
        return redirect("setup_suggested", pk=ahead.pk)
    messages.success(request, "Every recommendation can be checked now.")
    return redirect("setup_detail", pk=row.edition.country_id)


class _SuggestionsPage:
    """The page's rows, one for each suggestion, and one reason for all accepted rows."""

    def __init__(self, request: SignedInRequest, row: Recommendation, benchmarks: Iterable[Benchmark]) -> None:
        country = row.edition.country
        indicators = list(Indicator.objects.visible_to(request.user).filter(country=country))
        ministries = list(Ministry.objects.visible_to(request.user).filter(country=country))
        offered = {"indicators": indicators, "ministries": ministries}
        kwargs: dict[str, Any] = {"prefix": "suggested", "form_kwargs": offered}
        self.is_sent = request.method == "POST"
        self.reason = TermsReasonForm(request.POST if self.is_sent else None)
        if self.is_sent:
            self.rows = SuggestedBenchmarkFormSet(request.POST, **kwargs)
            return
        there = {normalize_name(one.wording) for one in benchmarks}
        suggested = [
            one
            for one in suggest_benchmarks(row.text, districts=country.districts.count())
            if normalize_name(one.criterion) not in there
        ]
        initial = [SuggestedBenchmarkRow.filled_from(one, indicators) for one in suggested]
        self.rows = SuggestedBenchmarkFormSet(initial=initial, **kwargs)

    def is_valid(self) -> bool:
        """Return whether the reason and every accepted row are valid."""
        return all([self.reason.is_valid(), self.rows.is_valid()])

    def _ticked(self) -> list[Any]:
        return [line for line in self.rows if line.is_accepted]

    def said(self) -> dict[str, Any]:
        """Return the accepted benchmarks as the action takes them."""
        return {"accepted": [line.accepted for line in self._ticked()], "reason": self.reason.cleaned_data["reason"]}

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal next to the row that it belongs to."""
        if not add_row_error({"accepted": self._ticked()}, str(refusal), refusal.field):
            add_field_error(self.reason, str(refusal), refusal.field)

    def context(self) -> dict[str, Any]:
        """Return the template context."""
        wrong = invalid_forms(self.reason, *self.rows.forms) if self.is_sent else []
        return {"rows": self.rows, "reason": self.reason, "wrong_forms": wrong}
