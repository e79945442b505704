"""Send, return and accept updates: a ministry sends a version; the embassy accepts it link by link, or returns it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import (
    add_event,
    is_reported_done,
    lock_with_standing,
    newest_event_date,
    refuse_unproven,
)
from dialogues.actions.drafts import DraftPage
from dialogues.actions.evidence import TITLE_LENGTH, add_review, evidence_audit_values, refuse_unless_reviewer
from dialogues.actions.information_requests import lock_update_subject
from dialogues.actions.proof_inputs import (
    MissingProof,
    describe_missing_proof,
    match_sent_evidence,
    missing_audit_values,
)
from dialogues.actions.readings import ReadingInput, ReadingPartInput, reading_audit_values
from dialogues.actions.redactions import refuse_pending_redaction
from dialogues.actions.review_completeness import list_sent_rows, refuse_incomplete_reviews
from dialogues.actions.sent_forms import SentForm, find_sent_version, refuse_newer_version
from dialogues.actions.sent_versions import version_to_resend, waiting_version
from dialogues.actions.update_decisions import refuse_decided, write_decision
from dialogues.actions.update_versions import (
    add_version,
    add_version_evidence,
    add_version_figure,
    refuse_too_many_files,
)
from dialogues.choices import (
    GOVERNMENT_DOERS,
    ClaimedProgress,
    CommitmentEventKind,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    ReadingDirection,
    ReceivedAs,
    SupportKind,
    UpdateDecision,
    UpdatePart,
)
from dialogues.models import (
    AgreedProof,
    Commitment,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.models.updates import subject_field
from dialogues.permissions import can_decide_on_update, can_send_on_behalf, can_send_update
from dialogues.returned_parts import add_proof_request, find_returned_parts
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import Rule
from recommendations.models import Benchmark, Edition, Indicator
from recommendations.tracking_period import find_covering_edition, pick_default_edition
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import format_moment, refuse_future, refuse_reversed_dates, require_text

WITHOUT_FILE: Sequence[EvidenceFile | None] = (None,)


class FigureInput(NamedTuple):
    """A figure that a ministry sends, or only its direction.

    It covers the tracking period from its start to `through_on`.
    """

    indicator: Indicator
    figure: Decimal | None
    direction: ReadingDirection | str
    through_on: date
    parts: Sequence[ReadingPartInput] = ()


class ReviewInput(NamedTuple):
    """The embassy's review of one evidence link of an update version or, without a link, of the evidence itself."""

    evidence: Evidence
    evidence_link: EvidenceLink | None
    decision: EvidenceDecision
    reason: str
    first_on: date | None = None


@transaction.atomic
def send_update(
    *,
    commitment: Commitment,
    title: str,
    narrative: str,
    claimed: ClaimedProgress,
    happened_from: date | None,
    happened_to: date,
    done_by: DoneBy,
    files: Sequence[EvidenceFile],
    figures: Sequence[FigureInput],
    proofs: Sequence[AgreedProof] | None = None,
    page: DraftPage | None = None,
    form: SentForm | None = None,
    received_on: date | None = None,
    by: User,
    now: datetime,
) -> UpdateVersion:
    """Send an update on a ministry's commitment: a new update, or a new version of the last one.

    It is a new version if the last one was returned or withdrawn. Each file and each figure becomes a piece of evidence
    of its own, because every claim needs evidence. If there is no file, the text of the update becomes evidence too, as
    a statement, unless the figures answer everything that the commitment supports. If the ministry claims that the
    commitment is done, the same transaction reports it done.

    Args:
        proofs: which agreed proof it contains. None: the ministry was not asked.
        page: the page whose draft is sent and deleted. An API client has no page; its request leaves drafts alone.
        form: the form that is sent. If it was sent before, the version of that time is returned, and nothing happens.
        received_on: the day on which the embassy received the ministry's workbook, if an officer sends the update on
            behalf of the ministry. None if the ministry sends it itself.

    Raises:
        PermissionDenied: if the user may not send updates on the commitment.
        Refused: if the commitment is settled, an update already waits, a date is in the future, or a file belongs
            neither to the sender nor to the draft nor to the version that was returned or withdrawn; if `form` does not
            show the newest version, or another update was sent with its key.
        EditConflict: if a colleague has saved a draft that `page` has not shown.
    """
    is_allowed = can_send_update(by, commitment) if received_on is None else can_send_on_behalf(by, commitment)
    if not is_allowed:
        raise PermissionDenied
    if received_on:
        refuse_future(received_on, now, field="received_on")
    title = require_text(title, gettext("Write in one line what was done."), field="title")
    narrative = require_text(narrative, gettext("Write in a few sentences what was done."), field="narrative")
    refuse_future(happened_to, now, field="happened_to")
    refuse_reversed_dates(happened_from, happened_to, field="happened_to")
    if done_by not in GOVERNMENT_DOERS:
        sentence = gettext("Choose whether the government did it alone or together with others.")
        raise Refused("no_choice", sentence, field="done_by")
    refuse_too_many_files(files)
    locked, standing = lock_with_standing(commitment, now)
    if before := find_sent_version(form, locked, by):
        return before
    if standing.is_settled:
        # The reason and its author may be internal to the embassy: a ministry sees status and date.
        sentence = gettext(
            "%(status)s on %(date)s. You need not do anything more. If the work continues, ask the embassy to reopen "
            "the commitment."
        )
        raise Refused(
            "closed",
            sentence % {"status": standing.status.label, "date": format_date(newest_event_date(locked))},
        )
    if waiting := waiting_version(locked):
        sentence = gettext(
            "The embassy already has the update that %(person)s sent on %(moment)s. Wait for the reply. You will see "
            "it on your home page."
        )
        moment = format_moment(waiting.recorded_at, now)
        raise Refused("update_waits", sentence % {"moment": moment, "person": waiting.sender})
    refuse_newer_version(form, locked, now)
    last = version_to_resend(locked)
    sent = add_version(
        UpdateVersion(
            narrative=narrative,
            claimed=claimed,
            happened_on=happened_to,
            received_on=received_on,
            received_as=ReceivedAs.WORKBOOK if received_on else "",
        ),
        subject=locked,
        update=last.update if last else None,
        resent=[last] if last else [],
        files=files,
        page=page,
        form=form,
        by=by,
        now=now,
    )
    benchmarks = _benchmarks_for_dates(locked, happened_from, happened_to, now.date())
    support = SupportKind.PLAN if claimed == ClaimedProgress.NOT_STARTED else SupportKind.ACTION
    evidence_files = files or (() if _figures_answer_all(figures, benchmarks) else WITHOUT_FILE)
    evidence = [
        add_version_evidence(
            sent,
            Evidence(
                title=f"{title} ({file.name})"[:TITLE_LENGTH] if file and len(files) > 1 else title,
                kind=EvidenceKind.REPORT if file else EvidenceKind.STATEMENT,
                happened_from=happened_from,
                happened_to=happened_to,
                done_by=done_by,
                file=file,
            ),
            [(benchmark, support) for benchmark in benchmarks],
        )
        for file in evidence_files
    ]
    readings = [
        add_version_figure(
            sent, title, ReadingInput(starts_on=_period_start(figure, locked, by), **figure._asdict()), field="figures"
        )
        for figure in figures
    ]
    evidence += [reading.evidence for reading in readings if reading.evidence]
    matched = match_sent_evidence(sent, locked, evidence, proofs)
    if claimed == ClaimedProgress.DONE:
        # The event can't precede an existing one: done in December, returned on 3 January, sent again on 10 January.
        add_event(
            locked,
            CommitmentEventKind.REPORTED_DONE,
            on=max(happened_to, newest_event_date(locked)),
            update_version=sent,
            by=by,
            now=now,
        )
    enqueue_readiness(locked.country_id)
    on_behalf = {"on_behalf_of": locked.maker, "received_on": received_on} if received_on else {}
    record(
        "update.sent_on_behalf" if received_on else "update.sent",
        by=by,
        row=sent,
        country=locked.country_id,
        after=on_behalf
        | {
            "commitment": locked.pk,
            "update": sent.update.number,
            "update_version": sent.number,
            "narrative": narrative,
            "claimed": claimed,
            "evidence": [evidence_audit_values(piece) for piece in evidence],
            "figures": [reading_audit_values(reading) for reading in readings],
            "agreed_proofs": [proof.pk for proof in matched],
        },
        ministries=[locked.ministry_id],
    )
    return sent


@transaction.atomic
def record_versions_opened(*versions: UpdateVersion, by: User) -> None:
    """Log who opened update versions with their evidence.

    The caller has already checked with `visible_to` that they may.
    """
    for update_version in versions:
        record("update.viewed", by=by, row=update_version, country=update_version.update.subject.country_id)


@transaction.atomic
def return_update(
    *,
    update_version: UpdateVersion,
    reason: str,
    parts: Sequence[UpdatePart] = (),
    missing: MissingProof | None = None,
    by: User,
    now: datetime,
) -> UpdateVersionDecision:
    """Return an update version to the ministry. A commitment claimed to be done becomes open or overdue again.

    `parts` of the form are what the reason is about, besides what it names itself. If agreed proof is `missing`, the
    reason also says which, and by when to send it. The due date of the commitment stays.

    Raises:
        PermissionDenied: if the user may not decide on the version.
        Refused: without a reason and without missing proof, or if the day for that proof has passed.
        EditConflict: if another person has decided on it already, or the ministry has withdrawn it.
    """
    if not can_decide_on_update(by, update_version):
        raise PermissionDenied
    reason = reason.strip()
    if missing is None:
        reason = require_text(reason, gettext("Write what the ministry has to change."), field="reason")
    locked, standing = lock_update_subject(update_version.update.subject, now)
    refuse_decided(update_version, now)
    request = describe_missing_proof(locked, missing, now) if missing and isinstance(locked, Commitment) else ""
    reason, returned = add_proof_request(reason, find_returned_parts(update_version, reason, parts), request)
    decision = write_decision(update_version, UpdateDecision.RETURNED, reason, by, now, parts=returned)
    if (
        isinstance(locked, Commitment)
        and update_version.claimed == ClaimedProgress.DONE
        and is_reported_done(locked, now)
    ):
        add_event(
            locked,
            CommitmentEventKind.REPORT_RETURNED,
            on=now.date(),
            reason=reason,
            update_version=update_version,
            by=by,
            now=now,
        )
    enqueue_readiness(locked.country_id)
    record(
        "update.returned",
        by=by,
        row=update_version,
        country=locked.country_id,
        before={"status": standing.status},
        after={
            subject_field(locked): locked.pk,
            "reason": reason,
            "parts": sorted(returned),
            **missing_audit_values(missing),
        },
        ministries=[locked.ministry_id],
    )
    return decision


@transaction.atomic
def accept_update(
    *, update_version: UpdateVersion, reviews: Sequence[ReviewInput], reason: str = "", by: User, now: datetime
) -> UpdateVersionDecision:
    """Accept an update version, with a review of each evidence link and of each piece that has figures or no link.

    If the ministry claims that the commitment is done, it is verified done with `reason`. Then something in the version
    must be verified and dated. Accepting never assesses a benchmark.

    Raises:
        PermissionDenied: if the user may not decide on the version or review a part of it.
        Refused: naming what is not reviewed or is missing, or if a redaction of its content is pending.
        EditConflict: if another person has decided on it already, or the ministry has withdrawn it.
    """
    if not can_decide_on_update(by, update_version):
        raise PermissionDenied
    locked, standing = lock_update_subject(update_version.update.subject, now)
    refuse_decided(update_version, now)
    refuse_incomplete_reviews(
        list_parts_to_review(update_version), [(review.evidence, review.evidence_link) for review in reviews]
    )
    refuse_pending_redaction(locked.country, list_sent_rows(update_version))
    for review in reviews:
        refuse_unless_reviewer(by, review.evidence, review.evidence_link)
        add_review(**review._asdict(), by=by, now=now)
    decision = write_decision(update_version, UpdateDecision.ACCEPTED, reason.strip(), by, now)
    if (
        isinstance(locked, Commitment)
        and update_version.claimed == ClaimedProgress.DONE
        and is_reported_done(locked, now)
    ):
        if not any(review.decision == EvidenceDecision.VERIFIED for review in reviews):
            raise Refused(
                "nothing_verified",
                gettext(
                    "The update says that the commitment is done, but you verified nothing in it. Verify the proof, or "
                    "return the update and say what to change."
                ),
            )
        refuse_unproven(locked, reason)
        add_event(
            locked,
            CommitmentEventKind.VERIFIED_DONE,
            on=now.date(),
            reason=reason.strip(),
            update_version=update_version,
            by=by,
            now=now,
        )
    enqueue_readiness(locked.country_id)
    record(
        "update.accepted",
        by=by,
        row=update_version,
        country=locked.country_id,
        before={"status": standing.status},
        after={
            subject_field(locked): locked.pk,
            "reason": decision.reason,
            "reviews": [
                {
                    "evidence": review.evidence.pk,
                    "evidence_link": review.evidence_link.pk if review.evidence_link else None,
                    "decision": review.decision,
                    "reason": review.reason,
                    "first_on": review.first_on,
                }
                for review in reviews
            ],
        },
    )
    return decision


def list_parts_to_review(update_version: UpdateVersion) -> list[tuple[Evidence, EvidenceLink | None]]:
    """Return what to review when accepting a version.

    That is each evidence link, and each piece of evidence itself if figures rest on it or it has no link.
    """
    pieces = update_version.evidence.order_by("pk").prefetch_related(
        "evidence_links__benchmark__recommendation", "readings"
    )
    parts: list[tuple[Evidence, EvidenceLink | None]] = []
    for piece in pieces:
        evidence_links = list(piece.evidence_links.all())
        parts += [(piece, evidence_link) for evidence_link in evidence_links]
        if not evidence_links or piece.readings.all():
            parts.append((piece, None))
    return parts


def _figures_answer_all(figures: Sequence[FigureInput], benchmarks: Sequence[Benchmark]) -> bool:
    """Return whether the figures answer all of these benchmarks, so that the text of the update claims nothing more."""
    indicators = {figure.indicator.pk for figure in figures if figure.figure is not None or figure.direction}
    return bool(indicators) and all(
        (terms := benchmark.current_terms) and terms.rule != Rule.ASSESSED and terms.indicator_id in indicators
        for benchmark in benchmarks
    )


def _benchmarks_for_dates(commitment: Commitment, first: date | None, last: date, today: date) -> list[Benchmark]:
    """Return the benchmarks that a commitment supports in the edition whose tracking period contains the dates.

    If no such edition has links, use the default edition of `today`: the update can still come to count there.
    """
    links = commitment.links.current().select_related("benchmark__recommendation__edition")
    by_edition: dict[Edition, list[Benchmark]] = {}
    for link in links:
        by_edition.setdefault(link.benchmark.recommendation.edition, []).append(link.benchmark)
    default = pick_default_edition(by_edition, today)
    edition = find_covering_edition([default, *by_edition], first, last) if default else None
    return by_edition[edition] if edition else []


def _period_start(figure: FigureInput, commitment: Commitment, by: User) -> date:
    """Return the first day of the tracking period that contains the figure's last day, or that ended before it."""
    if not Indicator.objects.visible_to(by).filter(pk=figure.indicator.pk).exists():
        sentence = gettext("We do not ask your ministry for “%(indicator)s”. Leave this figure out.")
        raise Refused("not_asked", sentence % {"indicator": figure.indicator}, field="figures")
    editions = Edition.objects.filter(country=commitment.country_id, starts_on__lte=figure.through_on).tracked()
    if (edition := editions.first()) is None:
        sentence = gettext(
            "No tracking period had begun by %(date)s. Enter the last day that the figure covers, within a tracking "
            "period."
        )
        raise Refused("before_tracking_period", sentence % {"date": format_date(figure.through_on)}, field="figures")
    return edition.starts_on
