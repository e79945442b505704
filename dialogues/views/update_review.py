"""Review an update: show each claim beside its evidence, then accept it line by line or return it for changes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from dialogues import permissions
from dialogues.actions.update_decisions import describe_earlier_decision
from dialogues.actions.updates import ReviewInput, accept_update, record_versions_opened, return_update
from dialogues.choices import ClaimedProgress, DoneBy, EvidenceDecision, SupportKind, UpdateDecision
from dialogues.decision_reasons import RequestedChange, format_return_reason, standard_sentence
from dialogues.forms.updates import AcceptForm, LineReviewForm, ReturnForm
from dialogues.models import AgreedProof, Evidence, EvidenceLink, EvidenceReview, Reading, UpdateVersion
from dialogues.models.disposals import is_disposed_of
from dialogues.models.updates import UpdateVersionQuerySet
from dialogues.score_effects import describe_decision_effect, describe_exclusion, find_score_effect
from dialogues.views.assessments import AssessableBenchmark, list_assessable_benchmarks, needs_verdict
from dialogues.views.bulk_review import BulkReview, ReviewItem, build_bulk_review, fill_in, find_obstacle
from dialogues.views.evidence_query import evidence_with_details
from dialogues.views.figure_comparison import compare_figures
from dialogues.views.last_decision import find_last_decision, redirect_to_next
from dialogues.views.page_context import UpdateSubjectHeading, describe_outside_period, set_page_edition_for_subject
from dialogues.views.previews import FilePreview, preview_files
from dialogues.views.proof_rows import ProofRow, list_proofs, missing_proofs
from dialogues.views.redactions import list_evidence_rows, pending_redaction_urls, removal_notes
from dialogues.views.request_timeline import list_request_answers
from dialogues.views.timeline import decision_on, review_of
from dialogues.views.version_content import describe_sent_facts
from recommendations.choices import Rule
from recommendations.edition_context import editions_of_page_country
from recommendations.models import Edition
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.subjects import history
from tiptracker.localization import gettext, ngettext
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import save_form
from tiptracker.web.frontend.form_rows import invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


class UpdateReviewRow(NamedTuple):
    """A line to review: an evidence link, or (`evidence_link` None) the evidence itself.

    `effect` says what a decision can do for the benchmark of the link; empty without a form.
    """

    evidence_link: EvidenceLink | None
    readings: Sequence[Reading]
    form: LineReviewForm | None
    review: EvidenceReview | None
    decision: EvidenceDecision | None
    effect: str = ""


class UpdateEvidence(NamedTuple):
    """A piece of evidence of an update version, with its lines to review."""

    evidence: Evidence
    outside: str
    shown: FilePreview | None
    lines: list[UpdateReviewRow]


def _versions(user: User) -> UpdateVersionQuerySet:
    """Return the update versions that an embassy user can see; none for a ministry.

    Only the embassy reviews. A ministry finds what it sent on the pages of its commitments.
    """
    rows = UpdateVersion.objects.visible_to(user) if user.is_embassy else UpdateVersion.objects.none()
    return rows.with_subject("recorded_by", "decision__recorded_by")


def _version(request: SignedInRequest, pk: int) -> UpdateVersion:
    """Return one update version, and set the edition of its page as for its commitment or request."""
    update_version = get_object_or_404(_versions(request.user), pk=pk)
    set_page_edition_for_subject(request, update_version.update.subject)
    return update_version


@login_required
@require_GET
def version_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an update version: each claim beside its evidence and, once it is accepted, the verdict on each benchmark.

    Opening it is recorded in the activity log.
    """
    update_version = _version(request, pk)
    record_versions_opened(update_version, by=request.user)
    return _render_detail(request, update_version)


@login_required
def version_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return an update version, with a reason for the whole, for each line that needs changes, or both."""
    if request.method != "POST":  # the user signed in again after the session had ended
        return redirect("version_detail", pk=pk)
    update_version = _get_decidable(request, pk)
    if decision_on(update_version):
        return _render_overtaken(request, pk)
    exhibits = _update_evidence(
        request, update_version, asks=True, data=request.POST, is_checked=lambda form: form.needs_change
    )
    to_change = [(each, line) for each in exhibits for line in each.lines if line.form and line.form.needs_change]
    proofs = _list_proofs(request.user, update_version)
    form = _return_form(update_version, proofs, request.POST, has_lines=bool(to_change))
    if all([form.is_valid(), *(line.form.is_valid() for _, line in to_change if line.form)]):
        reason = format_return_reason(form.cleaned_data["reason"], [_requested_change(*each) for each in to_change])
        now = _now(update_version)
        if save_form(
            form,
            lambda: return_update(
                update_version=update_version,
                reason=reason,
                parts=form.cleaned_data["parts"],
                missing=form.missing_proof,
                by=request.user,
                now=now,
            ),
        ):
            return redirect_to_next(request, update_version)
    if isinstance(form.refusal, EditConflict):
        return _render_overtaken(request, pk)
    current = _version(request, pk)
    accept_form = _accept_form(request.user, current, keeps=request.POST)
    return _render_detail(request, current, accept_form=accept_form, return_form=form, exhibits=exhibits, status=422)


def _return_form(
    update_version: UpdateVersion,
    proofs: Sequence[ProofRow],
    data: QueryDict | None = None,
    *,
    keeps: QueryDict | None = None,
    **kwargs: Any,
) -> ReturnForm:
    """Return the form to return a version, with the parts that the form of the ministry has.

    `keeps` is input to show again, without validation.
    """
    is_answer = update_version.update.information_request_id is not None
    kwargs |= {"prefix": "return", "proofs": [row.proof for row in proofs], "is_answer": is_answer}
    initial = raw_values(ReturnForm(keeps, **kwargs)) if keeps else None
    return ReturnForm(data, initial=initial, **kwargs)


def _accept_form(
    user: User, update_version: UpdateVersion, data: QueryDict | None = None, *, keeps: QueryDict | None = None
) -> AcceptForm:
    """Return the form to accept a version. `keeps` is input to show again, without validation."""
    lacks_proof = bool(_proof_to_do_without(update_version, _list_proofs(user, update_version)))
    initial = raw_values(AcceptForm(keeps)) if keeps else None
    return AcceptForm(data, initial=initial, lacks_proof=lacks_proof)


def _proof_to_do_without(update_version: UpdateVersion, proofs: Sequence[ProofRow]) -> list[AgreedProof]:
    """Return the agreed proof that has not come, if accepting the version would verify the commitment as done."""
    return missing_proofs(proofs) if update_version.claimed == ClaimedProgress.DONE else []


def _list_proofs(user: User, update_version: UpdateVersion) -> list[ProofRow]:
    """Return the agreed proof of the commitment, and what has come of it today. Empty for the answer to a request."""
    commitment = update_version.update.commitment_id
    return list_proofs(user, [commitment], _now(update_version).date())[commitment] if commitment else []


def _requested_change(exhibit: UpdateEvidence, line: UpdateReviewRow) -> RequestedChange:
    """Describe a line that needs changes, as the ministry reads it."""
    towards = line.evidence_link.benchmark.wording if line.evidence_link else ""
    return RequestedChange(exhibit.evidence.title, towards, line.form.cleaned_data["reason"] if line.form else "")


@login_required
def version_accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept an update version, and verify or reject each line."""
    if request.method != "POST":  # the user signed in again after the session had ended
        return redirect("version_detail", pk=pk)
    update_version = _get_decidable(request, pk)
    if decision_on(update_version):
        return _render_overtaken(request, pk)
    form = _accept_form(request.user, update_version, request.POST)
    exhibits = _update_evidence(request, update_version, asks=True, data=request.POST)
    judged = [
        (exhibit.evidence, line.evidence_link, line.form) for exhibit in exhibits for line in exhibit.lines if line.form
    ]
    if _is_complete(form, [line_form for _, _, line_form in judged]):
        reviews = [_review_input(*each, for_all=form.cleaned_data["reason"]) for each in judged]
        if save_form(
            form,
            lambda: accept_update(
                update_version=update_version,
                reviews=reviews,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=_now(update_version),
            ),
        ):
            return redirect_to_next(request, update_version)
    if isinstance(form.refusal, EditConflict):
        return _render_overtaken(request, pk)
    current = _version(request, pk)
    return _render_detail(request, current, accept_form=form, exhibits=exhibits, status=422)


@login_required
def version_fill(request: SignedInRequest, pk: int) -> HttpResponse:
    """Fill in “verify” for the ticked items and show the form again with all that was typed. Nothing is saved."""
    if request.method != "POST":  # the user signed in again after the session had ended
        return redirect("version_detail", pk=pk)
    update_version = _get_decidable(request, pk)
    if decision_on(update_version):
        return _render_overtaken(request, pk)
    exhibits = _update_evidence(request, update_version, asks=True, data=request.POST, is_checked=lambda _: False)
    items = _review_items(exhibits)
    bulk = build_bulk_review(items, request.POST)
    if bulk is None:  # a colleague changed the evidence in the meantime
        return redirect("version_detail", pk=pk)
    bulk = fill_in(bulk, items, request.POST)
    return _render_detail(
        request,
        update_version,
        accept_form=_accept_form(request.user, update_version, keeps=request.POST),
        exhibits=exhibits,
        bulk=bulk,
        status=200 if bulk.filled is not None else 422,
    )


def _review_items(exhibits: Sequence[UpdateEvidence]) -> list[ReviewItem]:
    """Return the lines with a form, each with its name and what keeps it from being verified along with others."""
    return [
        ReviewItem(
            f"{exhibit.evidence.title} ({line.evidence_link.benchmark.key})"
            if line.evidence_link
            else f"{exhibit.evidence.title} ({_label_evidence(line.readings)})",
            line.form,
            find_obstacle(
                needs_start_date="first_on" in line.form.fields,
                has_figures=bool(line.readings),
                outside=exhibit.outside,
            ),
        )
        for exhibit in exhibits
        for line in exhibit.lines
        if line.form
    ]


def _is_complete(form: AcceptForm, lines: Sequence[LineReviewForm]) -> bool:
    """Return whether the input is complete for accepting, and mark what is missing."""
    is_valid = all([form.is_valid(), *(each.is_valid() for each in lines)])
    to_change = [each for each in lines if each.needs_change]
    for each in to_change:
        each.refuse_acceptance()
    return is_valid and not to_change and form.check_reasons(lines)


def _get_decidable(request: SignedInRequest, pk: int) -> UpdateVersion:
    """Return the update version, or raise PermissionDenied if the user may not decide on it."""
    update_version = _version(request, pk)
    if not permissions.can_decide_on_update(request.user, update_version):
        raise PermissionDenied
    return update_version


def _render_overtaken(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a colleague decided in the meantime, with the user's unused reasons and without the forms."""
    reasons = [
        standard_sentence(str(text)) or str(text)
        for name, text in request.POST.items()
        if name.endswith(("-because", "-reason")) and str(text).strip()
    ]
    return _render_detail(request, _version(request, pk), unused_reasons=reasons, status=422)


def _now(update_version: UpdateVersion) -> datetime:
    return clock.now(update_version.update.subject.country.time_zone)


def _review_input(
    evidence: Evidence, evidence_link: EvidenceLink | None, form: LineReviewForm, *, for_all: str
) -> ReviewInput:
    """Convert the form of a line to input of the action. A line without its own reason gets `for_all`."""
    data = form.cleaned_data
    return ReviewInput(
        evidence=evidence,
        evidence_link=evidence_link,
        decision=EvidenceDecision(data["decision"]),
        reason=data["reason"] or for_all,
        first_on=data.get("first_on"),
    )


def _render_detail(
    request: SignedInRequest,
    update_version: UpdateVersion,
    *,
    accept_form: AcceptForm | None = None,
    return_form: ReturnForm | None = None,
    exhibits: list[UpdateEvidence] | None = None,
    unused_reasons: list[str] | None = None,
    bulk: BulkReview | None = None,
    status: int = 200,
) -> HttpResponse:
    user, decision = request.user, decision_on(update_version)
    is_overtaken = unused_reasons is not None
    may_decide = permissions.can_decide_on_update(user, update_version) and decision is None
    exhibits = exhibits or _update_evidence(request, update_version, asks=may_decide)
    proofs = _list_proofs(user, update_version)
    lacking = _proof_to_do_without(update_version, proofs)
    accept_form = accept_form or AcceptForm(lacks_proof=bool(lacking))
    return_form = return_form or _return_form(update_version, proofs, keeps=request.POST)
    bulk = bulk or build_bulk_review(_review_items(exhibits), request.POST or None)
    forms = [line.form for exhibit in exhibits for line in exhibit.lines if line.form]
    readings = list(Reading.objects.visible_to(user).filter(update_version=update_version).select_related("indicator"))
    subject = update_version.update.subject
    answers = list_request_answers(user, update_version)
    rows = [
        update_version,
        subject,
        *(answer.row for answer in answers),
        decision,
        *(row for exhibit in exhibits for row in list_evidence_rows(exhibit.evidence)),
    ]
    context = {
        "update_version": update_version,
        "subject": UpdateSubjectHeading.of(subject),
        "answers": answers,
        "claimed": update_version.progress,
        "sent_facts": describe_sent_facts(update_version, [exhibit.evidence for exhibit in exhibits]),
        "decision": decision,
        "decided": UpdateDecision(decision.decision) if decision else None,
        "may_decide": may_decide,
        "closed_edition": is_disposed_of(subject),
        "exhibits": exhibits,
        "figures": list(compare_figures(user, readings).values()),
        "earlier": list(
            _versions(user).filter(update=update_version.update, number__lt=update_version.number).order_by("number")
        ),
        "accept_form": accept_form,
        "bulk": bulk,
        "refused_forms": invalid_forms(*([bulk.form] if bulk else []), *forms, accept_form, return_form),
        "return_form": return_form,
        "proofs": proofs,
        "missing_proofs": lacking,
        "before": find_last_decision(request),
        "is_overtaken": is_overtaken,
        "overtaken": describe_earlier_decision(decision, _now(update_version)) if is_overtaken and decision else "",
        "is_recorded_by_user": decision is None and permissions.has_recorded_version(user, update_version),
        "redacted": removal_notes(*rows),
        "pending": pending_redaction_urls(user, subject.country, *rows, *readings),
        "can_redact": permissions.can_redact(user, subject.country),
        "unused_reasons": unused_reasons,
        "history": history(user, update_version),
        "assess": [],
    }
    is_accepted = decision is not None and decision.decision == UpdateDecision.ACCEPTED
    if is_accepted and not is_overtaken and not is_disposed_of(subject):
        context |= {
            "assess": _benchmarks_to_assess(user, update_version, exhibits),
            "asks_for_verdict": needs_verdict(user, update_version),
        }
    return render_page(request, "dialogues/version_detail.html", context, status=status)


def _update_evidence(
    request: SignedInRequest,
    update_version: UpdateVersion,
    *,
    asks: bool,
    data: Any = None,
    is_checked: Callable[[LineReviewForm], bool] = lambda _: True,
) -> list[UpdateEvidence]:
    """Return the evidence of an update version, each with its file and lines to review, and forms if `asks`.

    A file that several pieces cite is shown with the first. Lines for which `is_checked` is false keep their input as
    typed, without errors.
    """
    user, editions = request.user, editions_of_page_country(request)
    today = _now(update_version).date()
    pieces = list(evidence_with_details(user).filter(update_version=update_version).order_by("pk"))
    files = preview_files((piece.file for piece in pieces), user=user)
    return [
        UpdateEvidence(
            evidence=evidence,
            outside=describe_outside_period(editions, evidence.first_day, evidence.happened_to),
            shown=files.pop(evidence.file_id, None),
            lines=list(_review_rows(evidence, editions, today, asks=asks, data=data, is_checked=is_checked)),
        )
        for evidence in pieces
    ]


def _review_rows(
    evidence: Evidence,
    editions: Sequence[Edition],
    today: date,
    *,
    asks: bool,
    data: Any,
    is_checked: Callable[[LineReviewForm], bool],
) -> Iterator[UpdateReviewRow]:
    """Yield the lines that `actions.updates.list_parts_to_review` asks for.

    There is a line for each evidence link. There is one for the evidence itself if figures cite it or it has no link.
    """
    readings = list(evidence.readings.all())
    evidence_links: list[EvidenceLink | None] = list(evidence.evidence_links.all())
    if readings or not evidence_links:
        evidence_links.append(None)
    for evidence_link in evidence_links:
        review = review_of(evidence, evidence_link)
        form_kwargs: dict[str, Any] = {
            "prefix": f"evidence_link-{evidence_link.pk}" if evidence_link else f"evidence-{evidence.pk}",
            "about": evidence_link.benchmark.key if evidence_link else _label_evidence(readings),
            "today": today,
            "asks_first_day": evidence.happened_from is None,
        }
        form = LineReviewForm(data, **form_kwargs)
        if data is not None and not is_checked(form):  # keep the input, show no errors
            form = LineReviewForm(initial=raw_values(form), **form_kwargs)
        yield UpdateReviewRow(
            evidence_link=evidence_link,
            readings=[] if evidence_link else readings,
            form=form if asks else None,
            review=review,
            decision=EvidenceDecision(review.decision) if review else None,
            effect=_describe_effect(evidence, evidence_link, editions) if asks and evidence_link else "",
        )


def _describe_effect(evidence: Evidence, evidence_link: EvidenceLink, editions: Sequence[Edition]) -> str:
    """Say what a decision can do for the benchmark of a link."""
    own = [edition for edition in editions if edition.pk == evidence_link.benchmark.recommendation.edition_id]
    outside = describe_outside_period(own, evidence.happened_from, evidence.happened_to)
    if exclusion := describe_exclusion(DoneBy(evidence.done_by), outside):
        return exclusion
    terms = evidence_link.benchmark.current_terms
    effect = find_score_effect(SupportKind(evidence_link.shows), Rule(terms.rule) if terms else None)
    return describe_decision_effect(effect, evidence.happened_from)


def _label_evidence(readings: Sequence[Reading]) -> str:
    """Return what a line without an evidence link is about: the figures, or else the evidence itself."""
    if not readings:
        return gettext("the evidence itself")
    names = ", ".join(reading.indicator.name for reading in readings)
    return ngettext("the figure: %(names)s", "the figures: %(names)s", len(readings)) % {"names": names}


def _benchmarks_to_assess(
    user: User, update_version: UpdateVersion, exhibits: Sequence[UpdateEvidence]
) -> list[AssessableBenchmark]:
    benchmarks = {
        line.evidence_link.benchmark_id
        for exhibit in exhibits
        for line in exhibit.lines
        if line.evidence_link is not None
    }
    return list_assessable_benchmarks(user, benchmarks, update_version)
