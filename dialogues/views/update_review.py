"""Review an update: show each claim beside its evidence, then accept it line by line or return it for changes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_GET

from dialogues import permissions
from dialogues.actions.updates import ReviewInput, accept_round, open_rounds, return_round
from dialogues.choices import ClaimedProgress, DoneBy, EvidenceDecision, EvidenceKind, SupportKind, UpdateDecision
from dialogues.decision_reasons import REASON_SENTENCES, RequestedChange, format_return_reason
from dialogues.forms.updates import AcceptForm, LineReviewForm, ReturnForm
from dialogues.models import Evidence, EvidenceBearing, EvidenceReview, Reading, UpdateRound
from dialogues.views.assessments import AssessableBenchmark, list_assessable_benchmarks, needs_verdict
from dialogues.views.evidence_query import evidence_with_details
from dialogues.views.figure_comparison import compare_figures
from dialogues.views.last_decision import find_last_decision, redirect_to_next
from dialogues.views.page_context import describe_outside_period, set_page_edition_for_commitment
from dialogues.views.previews import FilePreview, preview_files
from dialogues.views.redactions import list_evidence_rows, pending_redaction_urls, redaction_dates
from dialogues.views.timeline import decision_on, newest_review
from recommendations.edition_context import editions_of_page_country
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_field_error, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


class UpdateReviewRow(NamedTuple):
    """A line to review: an evidence link, or (`bearing` None) the evidence itself."""

    bearing: EvidenceBearing | None
    shows: SupportKind | None
    readings: Sequence[Reading]
    form: LineReviewForm | None
    review: EvidenceReview | None
    decision: EvidenceDecision | None


class UpdateEvidence(NamedTuple):
    """A piece of evidence of an update version, with its lines to review."""

    evidence: Evidence
    kind: str
    done_by: str
    outside: str
    shown: FilePreview | None
    lines: list[UpdateReviewRow]


def _rounds(user: User) -> QuerySet[UpdateRound]:
    """Return the update versions that an embassy user can see; none for a ministry.

    Only the embassy has an inbox. A ministry finds what it sent on the pages of its commitments.
    """
    rows = UpdateRound.objects.visible_to(user) if user.is_embassy else UpdateRound.objects.none()
    return rows.select_related(
        "update__commitment__ministry", "update__commitment__country", "recorded_by", "decision__recorded_by"
    )


def _round(request: SignedInRequest, pk: int) -> UpdateRound:
    """Return one update version, and set the edition of its page as for its commitment."""
    round = get_object_or_404(_rounds(request.user), pk=pk)
    set_page_edition_for_commitment(request, round.update.commitment)
    return round


@login_required
@require_GET
def round_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an update version: each claim beside its evidence and, once it is accepted, the verdict on each benchmark.

    Opening it is recorded in the activity log.
    """
    round = _round(request, pk)
    open_rounds(round, by=request.user)
    return _render_detail(request, round)


@login_required
def round_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return an update version, with a reason for the whole, for each line that needs changes, or both."""
    if request.method != "POST":  # the user signed in again after the session had ended
        return redirect("round_detail", pk=pk)
    round = _get_decidable(request, pk)
    if decision_on(round):
        return _render_overtaken(request, pk)
    exhibits = _update_evidence(request, round, asks=True, data=request.POST, is_returning=True)
    lacking = [(each, line) for each in exhibits for line in each.lines if line.form and line.form.is_to_mend]
    form = ReturnForm(request.POST, prefix="return", has_lines=bool(lacking))
    if all([form.is_valid(), *(line.form.is_valid() for _, line in lacking if line.form)]):
        reason = format_return_reason(form.cleaned_data["reason"], [_requested_change(*each) for each in lacking])
        try:
            return_round(round=round, reason=reason, by=request.user, now=_now(round))
        except EditConflict:
            return _render_overtaken(request, pk)
        except Refused as refusal:
            add_field_error(form, str(refusal), refusal.field)
        else:
            return redirect_to_next(request, round)
    as_it_stands = _round(request, pk)
    accept_form = AcceptForm(prefix="accept", initial=raw_values(AcceptForm(request.POST, prefix="accept")))
    return _render_detail(
        request, as_it_stands, accept_form=accept_form, return_form=form, exhibits=exhibits, status=422
    )


def _requested_change(exhibit: UpdateEvidence, line: UpdateReviewRow) -> RequestedChange:
    """Describe a line that needs changes, as the ministry reads it."""
    towards = f"for “{line.bearing.benchmark.wording}”" if line.bearing else ""
    return RequestedChange(exhibit.evidence.title, towards, line.form.cleaned_data["reason"] if line.form else "")


@login_required
def round_accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept an update version, and verify or reject each line."""
    if request.method != "POST":  # the user signed in again after the session had ended
        return redirect("round_detail", pk=pk)
    round = _get_decidable(request, pk)
    if decision_on(round):
        return _render_overtaken(request, pk)
    form = AcceptForm(request.POST, prefix="accept")
    exhibits = _update_evidence(request, round, asks=True, data=request.POST)
    judged = [
        (exhibit.evidence, line.bearing, line.form) for exhibit in exhibits for line in exhibit.lines if line.form
    ]
    if _is_complete(form, [judgement for _, _, judgement in judged]):
        try:
            accept_round(
                round=round,
                reviews=[_review_input(*each, for_all=form.cleaned_data["reason"]) for each in judged],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=_now(round),
            )
        except EditConflict:
            return _render_overtaken(request, pk)
        except Refused as refusal:
            add_field_error(form, str(refusal), refusal.field)
        else:
            return redirect_to_next(request, round)
    as_it_stands = _round(request, pk)
    return_form = ReturnForm(prefix="return", initial=raw_values(ReturnForm(request.POST, prefix="return")))
    return _render_detail(
        request, as_it_stands, accept_form=form, return_form=return_form, exhibits=exhibits, status=422
    )


def _is_complete(form: AcceptForm, judgements: Sequence[LineReviewForm]) -> bool:
    """Return whether the input is complete for accepting, and mark what is missing."""
    is_valid = all([form.is_valid(), *(each.is_valid() for each in judgements)])
    to_mend = [each for each in judgements if each.is_to_mend]
    for each in to_mend:
        each.refuse_to_mend()
    return is_valid and not to_mend and form.reasons_given(judgements)


def _get_decidable(request: SignedInRequest, pk: int) -> UpdateRound:
    """Return the update version, or raise PermissionDenied if the user may not decide on it."""
    round = _round(request, pk)
    if not permissions.can_decide_on_update(request.user, round):
        raise PermissionDenied
    return round


def _render_overtaken(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a colleague decided in the meantime, with the user's unused reasons and without the forms."""
    reasons = [
        REASON_SENTENCES.get(str(text), str(text))
        for name, text in request.POST.items()
        if name.endswith(("-because", "-reason")) and str(text).strip()
    ]
    return _render_detail(request, _round(request, pk), in_vain=reasons, status=422)


def _now(round: UpdateRound) -> datetime:
    return clock.now(round.update.commitment.country.time_zone)


def _review_input(
    evidence: Evidence, bearing: EvidenceBearing | None, form: LineReviewForm, *, for_all: str
) -> ReviewInput:
    """Convert the form of a line to input of the action. A line without its own reason gets `for_all`."""
    said = form.cleaned_data
    return ReviewInput(
        evidence=evidence,
        bearing=bearing,
        decision=EvidenceDecision(said["decision"]),
        reason=said["reason"] or for_all,
        first_on=said.get("first_on"),
    )


def _render_detail(
    request: SignedInRequest,
    round: UpdateRound,
    *,
    accept_form: AcceptForm | None = None,
    return_form: ReturnForm | None = None,
    exhibits: list[UpdateEvidence] | None = None,
    in_vain: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, decision = request.user, decision_on(round)
    is_overtaken = in_vain is not None
    may_decide = permissions.can_decide_on_update(user, round) and decision is None
    exhibits = exhibits or _update_evidence(request, round, asks=may_decide)
    accept_form = accept_form or AcceptForm(prefix="accept")
    return_form = return_form or ReturnForm(prefix="return")
    forms = [line.form for exhibit in exhibits for line in exhibit.lines if line.form]
    readings = list(Reading.objects.visible_to(user).filter(round=round).select_related("indicator"))
    commitment = round.update.commitment
    told = [round, commitment, decision, *(row for each in exhibits for row in list_evidence_rows(each.evidence))]
    context = {
        "round": round,
        "commitment": commitment,
        "claimed": ClaimedProgress(round.claimed),
        "decision": decision,
        "decided": UpdateDecision(decision.decision) if decision else None,
        "may_decide": may_decide,
        "exhibits": exhibits,
        "figures": list(compare_figures(user, readings).values()),
        "earlier": list(_rounds(user).filter(update=round.update, number__lt=round.number).order_by("number")),
        "accept_form": accept_form,
        "wrong_forms": invalid_forms(*forms, accept_form, return_form),
        "return_form": return_form,
        "before": find_last_decision(request),
        "is_overtaken": is_overtaken,
        "redacted": redaction_dates(*told),
        "pending": pending_redaction_urls(user, commitment.country, *told, *readings),
        "can_redact": permissions.can_redact(user, commitment.country),
        "in_vain": in_vain,
        "history": history(user, round),
        "assess": [],
    }
    if decision and decision.decision == UpdateDecision.ACCEPTED and not is_overtaken:
        context |= {
            "assess": _benchmarks_to_assess(user, round, exhibits),
            "asks_for_verdict": needs_verdict(user, round),
        }
    return render_page(request, "dialogues/round_detail.html", context, status=status)


def _update_evidence(
    request: SignedInRequest, round: UpdateRound, *, asks: bool, data: Any = None, is_returning: bool = False
) -> list[UpdateEvidence]:
    """Return the evidence of an update version, each with its file and lines to review, and forms if `asks`.

    A file that several pieces cite is shown with the first. If `is_returning`, lines that need no changes keep their
    input as typed.
    """
    user, editions = request.user, editions_of_page_country(request)
    today = _now(round).date()
    pieces = list(evidence_with_details(user).filter(round=round).order_by("pk"))
    files = preview_files((piece.file for piece in pieces), to=user)
    return [
        UpdateEvidence(
            evidence=evidence,
            kind=EvidenceKind(evidence.kind).label,
            done_by=DoneBy(evidence.done_by).label,
            outside=describe_outside_period(editions, evidence.first_day, evidence.happened_to),
            shown=files.pop(evidence.file_id, None),
            lines=list(_review_rows(evidence, today, asks=asks, data=data, is_returning=is_returning)),
        )
        for evidence in pieces
    ]


def _review_rows(
    evidence: Evidence, today: date, *, asks: bool, data: Any, is_returning: bool
) -> Iterator[UpdateReviewRow]:
    """Yield the lines that `actions.updates.list_parts_to_review` asks for.

    There is a line for each evidence link. There is one for the evidence itself if figures cite it or it has no link.
    """
    readings = list(evidence.readings.all())
    bearings: list[EvidenceBearing | None] = list(evidence.bearings.all())
    if readings or not bearings:
        bearings.append(None)
    for bearing in bearings:
        pk = bearing.pk if bearing else None
        review = newest_review(review for review in evidence.reviews.all() if review.bearing_id == pk)
        asked: dict[str, Any] = {
            "prefix": f"bearing-{pk}" if pk else f"evidence-{evidence.pk}",
            "about": bearing.benchmark.key if bearing else _figure_label(readings) or "the evidence itself",
            "today": today,
            "asks_first_day": evidence.happened_from is None,
        }
        form = LineReviewForm(data, **asked)
        if is_returning and not form.is_to_mend:  # keep the input, show no errors
            form = LineReviewForm(initial=raw_values(form), **asked)
        yield UpdateReviewRow(
            bearing=bearing,
            shows=SupportKind(bearing.shows) if bearing else None,
            readings=[] if bearing else readings,
            form=form if asks else None,
            review=review,
            decision=EvidenceDecision(review.decision) if review else None,
        )


def _figure_label(readings: Sequence[Reading]) -> str:
    """Return a label such as "the figure of Prosecutions"; empty without readings."""
    names = [reading.indicator.name for reading in readings]
    return f"the figure{pluralize(names)} of {', '.join(names)}" if names else ""


def _benchmarks_to_assess(
    user: User, round: UpdateRound, exhibits: Sequence[UpdateEvidence]
) -> list[AssessableBenchmark]:
    benchmarks = {
        line.bearing.benchmark_id for exhibit in exhibits for line in exhibit.lines if line.bearing is not None
    }
    return list_assessable_benchmarks(user, benchmarks, round)
