"""Correct a commitment: its wording, the benchmarks of the page's edition that it supports, and the reason."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dialogues import permissions
from dialogues.actions.corrections import correct_commitment, correction_state
from dialogues.actions.duplicates import DuplicateRecord
from dialogues.forms.commitments import CommitmentBenchmarkRows, CommitmentCorrectionForm
from dialogues.forms.fields import BenchmarkRows, benchmark_choices
from dialogues.models import Commitment, CommitmentBenchmark
from dialogues.views.commitments import list_linked_benchmarks
from dialogues.views.page_context import set_page_edition_for_commitment
from recommendations.edition_context import get_page_edition
from recommendations.models import Benchmark
from tiptracker import clock
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import save_form, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


@login_required
def commitment_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the wording and the benchmarks of a commitment. The earlier wording stays in its history.

    The page of a settled commitment offers its wording alone. Rows that were sent all the same, because it was settled
    meanwhile, are kept and refused.
    """
    user = request.user
    commitments = Commitment.objects.visible_to(user).select_related("ministry").with_history()
    commitment = get_object_or_404(commitments, pk=pk)
    set_page_edition_for_commitment(request, commitment)
    if not permissions.can_change_commitment(user, commitment):
        raise PermissionDenied
    edition, data = get_page_edition(request), sent_data(request)
    now = clock.now(commitment.country.time_zone)
    own = list(commitment.links.current().filter(benchmark__recommendation__edition=edition))
    standing = commitment.standing_on(now.date())
    rows = None
    if "links-TOTAL_FORMS" in data if data is not None else not (standing and standing.is_settled):
        rows = _benchmark_rows(request, own, data)
    form = _correction_form(commitment, data)
    if "more" in request.POST and rows is not None:
        form = CommitmentCorrectionForm(initial=raw_values(form), ministry=commitment.ministry)
        rows = add_empty_row(rows, **_row_kwargs(request, own))
    if save_form(
        form,
        lambda: correct_commitment(
            commitment=commitment,
            text=form.cleaned_data["text"],
            edition=edition if rows is not None else None,
            links=rows.chosen("reach") if rows is not None else [],
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            by=user,
            now=now,
        ),
        also=[] if rows is None else [rows],
        current=lambda: _correction_form(commitments.get(pk=pk)),
    ):
        messages.success(request, _describe_correction(commitment))
        return redirect("commitment_detail", pk)
    if isinstance(form.refusal, EditConflict):
        commitment = commitments.get(pk=pk)
    context = {
        "commitment": commitment,
        "current": list_linked_benchmarks(user, commitment),
        "is_overtaken": isinstance(form.refusal, EditConflict),
        "form": form,
        "links": rows,
        "refused_forms": invalid_forms(form, *(rows or ())),
        "recorded_before": (reverse("commitment_detail", args=[pk]), commitment.text)
        if isinstance(form.refusal, DuplicateRecord)
        else None,
    }
    return render_page(request, "dialogues/commitment_correct.html", context, status=422 if form.is_bound else 200)


def _correction_form(commitment: Commitment, data: QueryDict | None = None) -> CommitmentCorrectionForm:
    initial = {"text": commitment.text, "seen": correction_state(commitment)}
    return CommitmentCorrectionForm(data, initial=initial, ministry=commitment.ministry)


def _benchmark_rows(request: SignedInRequest, own: list[CommitmentBenchmark], data: QueryDict | None) -> BenchmarkRows:
    initial = [{"benchmark": link.benchmark_id, "reach": link.reach} for link in own]
    return CommitmentBenchmarkRows(data, initial=initial, **_row_kwargs(request, own))


def _row_kwargs(request: SignedInRequest, own: list[CommitmentBenchmark]) -> dict[str, Any]:
    """Return what the rows offer: the benchmarks that the page's edition asks, and those that are linked already."""
    offered = Q(recommendation__edition=get_page_edition(request), recommendation__is_retired=False)
    linked = Q(pk__in=[link.benchmark_id for link in own])
    rows = Benchmark.objects.visible_to(request.user).filter(offered | linked)
    benchmarks = list(rows.select_related("recommendation").with_terms())
    return {
        "prefix": "links",
        "form_kwargs": {"benchmarks": benchmarks, "choices": benchmark_choices(benchmarks)},
    }


def _describe_correction(commitment: Commitment) -> str:
    """Return what the page says after a correction, and who sees it."""
    if commitment.ministry is None:
        return gettext("The correction was saved. The history shows what changed.")
    sentence = gettext("The correction was saved. The %(ministry)s sees it in the history of its commitment.")
    return sentence % {"ministry": commitment.ministry}
