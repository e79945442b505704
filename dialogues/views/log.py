"""Log progress: one thing that happened, what proves it, and on which benchmarks it bears."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from dialogues import actions, permissions
from dialogues.forms.evidence import BearingRows, EvidenceForm
from dialogues.forms.fields import benchmark_choices, beside_field, refused, typed, with_another_row
from dialogues.models import Commitment, Evidence
from dialogues.views.here import edition_at_hand, outside
from dialogues.views.uploads import Kept, keep_files
from dialogues.words import DoneBy, EvidenceKind, Sensitivity, Shows
from recommendations.models import Benchmark, Edition
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.pages import SignedIn, render_page
from tiptracker.refusals import Refused


@login_required
def evidence_log(request: SignedIn) -> HttpResponse:
    """Log progress in one form; `?commitment=` and `?benchmark=` say what it is about."""
    user, now = request.user, clock.now()
    edition = edition_at_hand(user)
    if edition is None or not permissions.can_log(user, edition.country):
        raise PermissionDenied
    commitments = list(Commitment.objects.visible_to(user).filter(country=edition.country).select_related("ministry"))
    benchmarks = list(
        Benchmark.objects.visible_to(user)
        .filter(recommendation__edition=edition)
        .select_related("recommendation")
        .with_terms()
    )
    uploads = keep_files(request, now=now) if request.method == "POST" else Kept([], [])
    kept = uploads.files[-1:]
    offered: dict[str, Any] = {"today": now.date(), "commitments": commitments, "kept": kept}
    row_kwargs: dict[str, Any] = {
        "prefix": "bearings",
        "form_kwargs": {"benchmarks": benchmarks, "choices": benchmark_choices(benchmarks)},
    }
    status = 200
    if request.method != "POST":
        form = EvidenceForm(initial=_asked_about(request, now.date()), **offered)
        rows = BearingRows(initial=_towards(request, commitments), **row_kwargs)
    else:
        form, rows = EvidenceForm(request.POST, **offered), BearingRows(request.POST, **row_kwargs)
        if "more" in request.POST:
            form, rows = EvidenceForm(initial=typed(form), **offered), with_another_row(rows, **row_kwargs)
        else:
            uploads.tell(form)
            if form.is_valid() & rows.is_valid() and (evidence := _log(form, rows, edition, user, now)):
                messages.add_message(request, *_what_becomes_of(evidence, edition))
                return redirect("evidence_detail", evidence.pk)
            status = 422
    context = {
        "form": form,
        "rows": rows,
        "wrong_forms": refused(form, *rows),
        "kept": kept,
        "edition": edition,
    }
    return render_page(request, "dialogues/evidence_log.html", context, status=status)


def _asked_about(request: SignedIn, today: date) -> dict[str, Any]:
    return {"commitment": request.GET.get("commitment"), "happened_from": today}


def _towards(request: SignedIn, commitments: Sequence[Commitment]) -> list[dict[str, Any]]:
    """The benchmarks named by the address: one by itself, and those of the commitment that is named."""
    asked = request.GET.get("commitment")
    named = [{"benchmark": request.GET["benchmark"]}] if "benchmark" in request.GET else []
    return named + [
        {"benchmark": link.benchmark_id, "shows": Shows.ACTION.value}
        for commitment in commitments
        if str(commitment.pk) == asked
        for link in commitment.links.all()
    ]


def _log(form: EvidenceForm, rows: Any, edition: Edition, user: User, now: datetime) -> Evidence | None:
    """Log what the forms say; None where it was refused, with the sentence beside its field."""
    said = form.cleaned_data
    try:
        return actions.log_evidence(
            country=edition.country,
            title=said["title"],
            kind=EvidenceKind(said["kind"]),
            happened_from=said["happened_from"],
            happened_to=said["happened_to"],
            done_by=DoneBy(said["done_by"]),
            stated_by=said["stated_by"],
            source=said["source"],
            link=said["link"],
            file=form.kept[0] if form.kept else None,
            commitment=said["commitment"],
            sensitivity=Sensitivity(said["sensitivity"]),
            bearings=[
                (row.cleaned_data["benchmark"], Shows(row.cleaned_data["shows"] or Shows.ACTION))
                for row in rows
                if row.cleaned_data.get("benchmark")
            ],
            by=user,
            now=now,
        )
    except Refused as refusal:
        beside_field(form, str(refusal), refusal.field)
        return None


def _what_becomes_of(evidence: Evidence, edition: Edition) -> tuple[int, str]:
    """A message's level and its sentence: whether what was logged can count, and what it waits for."""
    if why := outside(edition, evidence.happened_from, evidence.happened_to):
        return messages.WARNING, f"Recorded. It does not count: {why}."
    if evidence.happened_from is None:
        return messages.SUCCESS, "Recorded. It stays a claim until a review states its first day."
    if evidence.done_by not in (DoneBy.GOVERNMENT, DoneBy.JOINT):
        return messages.SUCCESS, "Recorded. It does not count: only what the government does, alone or jointly, can."
    return messages.SUCCESS, "Recorded. It counts once somebody else has verified it."
