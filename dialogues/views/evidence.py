"""Pages about one piece of evidence: its details and reviews, and the download of its file."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from dialogues import permissions
from dialogues.actions import evidence as evidence_actions
from dialogues.actions.evidence import record_evidence_opened
from dialogues.actions.files import read_for_download
from dialogues.choices import DoneBy, EvidenceDecision, Sensitivity, SupportKind, UpdateDecision
from dialogues.forms.evidence import ReviewForm
from dialogues.models import Evidence, EvidenceFile, EvidenceLink, EvidenceReview
from dialogues.models.disposals import is_disposed_of
from dialogues.score_effects import (
    ScoreEffect,
    describe_benchmark_effect,
    describe_exclusion,
    describe_unused_figure,
    find_score_effect,
)
from dialogues.views.evidence_history import list_evidence_versions
from dialogues.views.evidence_query import (
    EvidenceSummary,
    describe_topics,
    evidence_with_details,
    find_evidence_with_details,
)
from dialogues.views.figure_comparison import compare_figures
from dialogues.views.last_decision import find_last_decision, redirect_to_next
from dialogues.views.page_context import describe_outside_period
from dialogues.views.previews import preview_files
from dialogues.views.redactions import list_evidence_rows, pending_redaction_urls, removal_notes
from dialogues.views.timeline import decision_on, newest_review, review_of
from recommendations.choices import Rule
from recommendations.edition_context import editions_of_page_country, set_page_country
from recommendations.models import Benchmark, Edition, Indicator
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.audit.subjects import history, list_openings
from tiptracker.audit.verbs import VerbGroup
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_refusal, invalid_forms, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.stored_files import stored_file_response


class EvidenceReviewRow(NamedTuple):
    """What the evidence shows on one benchmark, with its reviews and the form for a new one.

    `evidence_link` is None for the evidence itself. `becomes` says what the evidence can do to the score, if the
    decision doesn't make that plain.
    """

    evidence_link: EvidenceLink | None
    review: EvidenceReview | None
    decision: EvidenceDecision | None
    earlier: Sequence[EvidenceReview]
    form: ReviewForm | None
    becomes: str


type SentReviews = Sequence[tuple[EvidenceLink | None, ReviewForm]]
"""Submitted review forms, each with the evidence link that it reviews (None: the evidence itself)."""


class ReviewAnswer(NamedTuple):
    """What a ministry sees of the embassy's review of something it sent."""

    decision: EvidenceDecision
    about: str
    reason: str
    at: datetime


@login_required
@require_GET
def evidence_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one piece of evidence, what it shows and the embassy's reviews.

    Opening it is recorded in the activity log.
    """
    evidence = find_evidence_with_details(request.user, pk)
    if evidence is None:
        raise Http404
    record_evidence_opened(evidence=evidence, by=request.user)
    return _render_detail(request, evidence)


@login_required
def evidence_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save the reviews that the user filled in, all at once. The other rows stay unreviewed."""
    if request.method != "POST":  # the user signed in again after the session had ended
        return redirect("evidence_detail", pk=pk)
    user = request.user
    evidence = get_object_or_404(evidence_with_details(user), pk=pk)
    is_own = user.is_embassy and permissions.has_recorded(user, evidence)  # refused later, with the reason
    if not is_own and not permissions.can_review_evidence(user, evidence):
        raise PermissionDenied
    set_page_country(request, evidence.country)
    was_waiting = _awaits_review(evidence)
    now = clock.now(evidence.country.time_zone)
    sent = _filled_reviews(evidence, now.date(), request.POST)
    if not invalid_forms(*(form for _, form in sent)):
        try:
            with transaction.atomic():  # all reviews or none
                for evidence_link, form in sent:
                    _save_review(evidence, evidence_link, form.cleaned_data, by=user, now=now)
        except Refused as refusal:
            evidence = evidence_with_details(user).get(pk=pk)
            if isinstance(refusal, EditConflict):
                mark_as_seen(form, "seen", _newest_review_id(evidence, evidence_link))
            add_refusal(form, refusal)
        else:
            if was_waiting and not _awaits_review(evidence_with_details(user).get(pk=pk)):
                return redirect_to_next(request, evidence)
            messages.success(request, " ".join(_describe_decision(evidence_link, form) for evidence_link, form in sent))
            return redirect("evidence_detail", evidence.pk)
    return _render_detail(request, evidence, sent=sent, status=422)


def _awaits_review(evidence: Evidence) -> bool:
    """Return whether a part of the evidence that needs a review has none yet."""
    return any(not _newest_review_id(evidence, evidence_link) for evidence_link in _review_subjects(evidence))


def _filled_reviews(evidence: Evidence, today: date, data: QueryDict) -> SentReviews:
    """Return the rows that the user began; if there are none, the first unreviewed row, to show the error there."""
    lines = [
        (evidence_link, _review_form(evidence, evidence_link, today, data))
        for evidence_link in _review_subjects(evidence)
    ]
    begun = [(evidence_link, form) for evidence_link, form in lines if form.is_begun]
    return begun or [next((line for line in lines if not _newest_review_id(evidence, line[0])), lines[0])]


def _save_review(
    evidence: Evidence, evidence_link: EvidenceLink | None, values: dict[str, Any], *, by: User, now: datetime
) -> None:
    evidence_actions.review_evidence(
        evidence=evidence,
        evidence_link=evidence_link,
        decision=EvidenceDecision(values["decision"]),
        reason=values["reason"],
        first_on=values.get("first_on"),
        seen=values["seen"],
        by=by,
        now=now,
    )


def _describe_decision(evidence_link: EvidenceLink | None, form: ReviewForm) -> str:
    """Return the message for a review, such as "Verified for benchmark 3b."."""
    is_verified = form.cleaned_data["decision"] == EvidenceDecision.VERIFIED
    if evidence_link is None:
        return gettext("You verified the evidence.") if is_verified else gettext("You rejected the evidence.")
    sentence = (
        gettext("You verified it for benchmark %(key)s.")
        if is_verified
        else gettext("You rejected it for benchmark %(key)s.")
    )
    return sentence % {"key": evidence_link.benchmark.key}


def _review_form(evidence: Evidence, evidence_link: EvidenceLink | None, today: date, data: Any = None) -> ReviewForm:
    return ReviewForm(
        data,
        prefix=f"evidence_link-{evidence_link.pk}" if evidence_link else "evidence",
        about=evidence_link.benchmark.key if evidence_link else gettext("the evidence itself"),
        initial={"seen": _newest_review_id(evidence, evidence_link)},
        today=today,
        asks_first_day=evidence.happened_from is None,
    )


def _newest_review_id(evidence: Evidence, evidence_link: EvidenceLink | None) -> int:
    """Return the id of the newest review, which applies; 0 if there is none."""
    review = review_of(evidence, evidence_link)
    return review.pk if review else 0


def _render_detail(
    request: SignedInRequest, evidence: Evidence, sent: SentReviews = (), status: int = 200
) -> HttpResponse:
    user = request.user
    set_page_country(request, evidence.country)
    editions = editions_of_page_country(request)
    versions = list_evidence_versions(user, evidence) if user.is_embassy else []
    earlier = [version.evidence for version in versions if version.evidence != evidence]
    rows = (
        *list_evidence_rows(evidence),
        *evidence.readings.all(),
        evidence.commitment,
        evidence.information_request,
        *earlier,
    )
    context: dict[str, Any] = {
        "evidence": EvidenceSummary.of(evidence),
        "later": _newer_revision_id(user, evidence),
        "redacted": removal_notes(*rows),
        "update_decision": _update_decision(evidence),
        "claim_ended": evidence.claim_ended,
        "closed_edition": is_disposed_of(evidence),
    }
    files = [evidence.file] if evidence.file else []
    if evidence.update_version_id and not files:  # the proof of a figure is in another part of the update
        files = _FILES_OF_VERSION.find(user, version=evidence.update_version_id)
        context["files"] = files
    context["shown"] = list(preview_files(files, user=user).values())
    if user.is_embassy:
        lines = _review_rows(user, evidence, editions, sent)
        context |= {
            "is_embassy": True,
            "before": find_last_decision(request),
            "pending": pending_redaction_urls(user, evidence.country, *rows, *context.get("files", ())),
            "can_redact": permissions.can_redact(user, evidence.country),
            "update_version": evidence.update_version,
            "topics": describe_topics(evidence),
            "partner": evidence.partner,
            "figures": list(compare_figures(user, evidence.readings.all()).values()),
            "recorded_by": evidence.sender,
            "recorded_at": evidence.recorded_at,
            "sensitivity": Sensitivity(evidence.sensitivity).label,
            "outside": describe_outside_period(editions, evidence.first_day, evidence.happened_to),
            "lines": lines,
            "asked": [line.form for line in lines if line.form],
            "refused_forms": invalid_forms(*(form for _, form in sent)),
            "is_answered": _is_reviewable(evidence),
            "is_own": permissions.has_recorded(user, evidence),
            "wordings": versions,
            "can_revise": permissions.can_revise(user, evidence) and not hasattr(evidence, "revised_by"),
            "openings": list_openings(user, evidence, evidence.file),
            "history": history(user, evidence, evidence.file, without=VerbGroup.READ),
        }
    elif evidence.update_version_id:
        wording_of: dict[int | None, str] = {each.pk: each.benchmark.wording for each in evidence.evidence_links.all()}
        context["answers"] = [
            ReviewAnswer(
                EvidenceDecision(review.decision),
                wording_of.get(review.evidence_link_id) or gettext("Your update"),
                review.reason,
                review.recorded_at,
            )
            for review in evidence.reviews.all()
        ]
    return render_page(request, "dialogues/evidence_detail.html", context, status=status)


def _files_of_version(reader: User, version: int) -> QuerySet[EvidenceFile]:
    return EvidenceFile.objects.visible_to(reader).filter(evidence__update_version=version).distinct()


_FILES_OF_VERSION = VisibleRows(_files_of_version, version=int)


def _newer_revision_id(user: User, evidence: Evidence) -> int | None:
    """Return the id of the entry that revised this one, if the user can see it.

    The embassy always can. A ministry can if the revision is shared with it.
    """
    later = getattr(evidence, "revised_by", None)
    if later is None or not (user.is_embassy or Evidence.objects.visible_to(user).filter(pk=later.pk).exists()):
        return None
    return int(later.pk)


def _is_reviewable(evidence: Evidence) -> bool:
    """Return whether the evidence can be reviewed on its own page.

    Evidence of an update that waits is reviewed with it. An update that was returned or withdrawn is not reviewed.
    """
    return evidence.update_version is None or _update_decision(evidence) is UpdateDecision.ACCEPTED


def _update_decision(evidence: Evidence) -> UpdateDecision | None:
    """Return the decision on the update that the evidence came with; None without a decision or an update."""
    answer = decision_on(evidence.update_version) if evidence.update_version else None
    return UpdateDecision(answer.decision) if answer else None


def _review_subjects(evidence: Evidence) -> list[EvidenceLink | None]:
    """Return the evidence links to review, and None if the evidence itself is to be reviewed too.

    It is if a figure cites it, if it supports something without a recommendation, if it has such a review already, or
    if it has no link.
    """
    evidence_links: list[EvidenceLink | None] = list(evidence.evidence_links.all())
    itself = evidence.readings.all() or [r for r in evidence.reviews.all() if r.evidence_link_id is None]
    if itself or not evidence_links or evidence.supports_without_recommendation:
        evidence_links.append(None)
    return evidence_links


def _review_rows(
    user: User, evidence: Evidence, editions: Sequence[Edition], sent: SentReviews
) -> list[EvidenceReviewRow]:
    """Return a row for each part to review, with the form `sent`, or a new one if the user may review it."""
    today = clock.today(evidence.country.time_zone)
    is_current = _is_reviewable(evidence) and not hasattr(evidence, "revised_by")
    may_review = is_current and permissions.can_review_evidence(user, evidence)
    forms = {evidence_link.pk if evidence_link else None: form for evidence_link, form in sent}
    lines = []
    for evidence_link in _review_subjects(evidence):
        pk = evidence_link.pk if evidence_link else None
        reviews = [review for review in evidence.reviews.all() if review.evidence_link_id == pk]
        newest = newest_review(reviews)
        form = forms.get(pk)
        if form is None and may_review and not permissions.has_recorded(user, evidence, evidence_link):
            form = _review_form(evidence, evidence_link, today)
        lines.append(
            EvidenceReviewRow(
                evidence_link,
                newest,
                EvidenceDecision(newest.decision) if newest else None,
                [review for review in reviews if review is not newest],
                form,
                _describe_effect(user, evidence, evidence_link, editions, is_reviewed=newest is not None),
            )
        )
    return lines


def _describe_effect(
    user: User,
    evidence: Evidence,
    evidence_link: EvidenceLink | None,
    editions: Sequence[Edition],
    *,
    is_reviewed: bool,
) -> str:
    """Describe what the evidence can do to the score; empty if its review, or the end of its claim, makes that plain.

    Without a link (`evidence_link` None), describe its figure.
    """
    if hasattr(evidence, "revised_by") or evidence.claim_ended:
        return ""
    if evidence_link is None:
        return "" if is_reviewed else _describe_figures(user, evidence, editions)
    own = [edition for edition in editions if edition.pk == evidence_link.benchmark.recommendation.edition_id]
    outside = describe_outside_period(own, evidence.happened_from, evidence.happened_to)
    if exclusion := describe_exclusion(DoneBy(evidence.done_by), outside):
        return exclusion
    terms = evidence_link.benchmark.current_terms
    effect = find_score_effect(SupportKind(evidence_link.shows), Rule(terms.rule) if terms else None)
    if effect is ScoreEffect.COUNTS and is_reviewed:
        return ""
    return describe_benchmark_effect(effect, evidence.happened_from)


def _describe_figures(user: User, evidence: Evidence, editions: Sequence[Edition]) -> str:
    """Describe what the unreviewed figures of the evidence wait for; empty if none is of a tracking period."""
    starts = {edition.starts_on for edition in editions}
    waiting = [row for row in evidence.readings.all() if row.starts_on in starts and not row.is_no_data]
    if not waiting:
        return ""
    if any(_is_used(user, row.indicator) for row in waiting):
        return gettext("The figure will count once another person has verified the evidence itself.")
    return describe_unused_figure()


def _is_used(user: User, indicator: Indicator) -> bool:
    """Return whether a question or a benchmark is judged by the figures of an indicator.

    A ministry does not see how benchmarks are judged. For it, every figure may be used.
    """
    if indicator.question or not user.is_embassy:
        return True
    judged = Benchmark.objects.visible_to(user).filter(terms__indicator=indicator).distinct().with_terms()
    terms = [benchmark.current_terms for benchmark in judged]
    return any(row and row.indicator_id == indicator.pk and row.rule != Rule.ASSESSED for row in terms)


@login_required
@require_GET
@cache_control(private=True, no_store=True)
def evidence_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download a file as stored.

    The browser saves the file and never runs it. Access needs `visible_to`, and each download is recorded in the
    activity log.
    """
    file = get_object_or_404(EvidenceFile.objects.visible_to(request.user), pk=pk)
    try:
        content = read_for_download(file=file, by=request.user)
    except Refused as refusal:
        return render_page(request, "dialogues/evidence_file.html", {"file": file, "refusal": refusal}, status=409)
    response = stored_file_response(file.file, name=file.name, media_type=file.media_type, content=content)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
