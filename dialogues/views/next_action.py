"""Find what a commitment needs next, from whom, and the one button for it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from dialogues import permissions
from dialogues.actions.commitments import find_missing_proof
from dialogues.choices import CommitmentEventKind, CommitmentStatus, MadeBy
from dialogues.models import CommitmentEvent, Evidence, UpdateVersion
from dialogues.views.timeline import CommitmentTimeline, evidence_links_of
from recommendations.edition_context import edition_url
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext


class NextAction(NamedTuple):
    """What is needed next, from whom, and the one button that the user can press."""

    sentence: str
    url: str = ""
    action: str = ""


def find_next_action(user: User, timeline: CommitmentTimeline, *, is_done_without_proof: bool = False) -> NextAction:
    """Return what a commitment needs next, from whom, and the one button that the user can press.

    `is_done_without_proof`: it was verified as done without the agreed proof.
    """
    commitment = timeline.commitment
    if permissions.can_send_update(user, commitment):
        return _next_for_ministry(timeline)
    if timeline.waiting_version:
        return _next_decision(user, timeline, timeline.waiting_version)
    match timeline.standing.status:
        case CommitmentStatus.WITHDRAWN:
            return NextAction(gettext("The commitment was withdrawn. Nothing is needed."))
        case CommitmentStatus.VERIFIED:
            return _next_after_verification(timeline, is_done_without_proof=is_done_without_proof)
        case CommitmentStatus.REPORTED:
            return _next_verification(user, timeline)
        case _:
            return _next_work(user, timeline)


def _next_for_ministry(timeline: CommitmentTimeline) -> NextAction:
    commitment, status = timeline.commitment, timeline.standing.status
    send = reverse("update_send", args=[commitment.pk])
    if waiting := timeline.waiting_version:
        sentence = gettext(
            "We have your update of %(date)s. You need not do anything now. An officer will accept it, or return it "
            "and say what to change. You will see our reply here and on your home page."
        )
        return NextAction(sentence % {"date": format_date(timezone.localtime(waiting.recorded_at).date())})
    if status is CommitmentStatus.VERIFIED:
        return NextAction(gettext("The embassy has verified that this is done. Nothing more is needed. Thank you."))
    if status is CommitmentStatus.WITHDRAWN:
        return NextAction(gettext("The commitment was withdrawn. Nothing is needed."))
    if timeline.returned:
        sentence = gettext("We returned your update. Correct it and send it again.")
        return NextAction(sentence, send, gettext("Correct the update"))
    if timeline.version_to_resend:
        sentence = gettext("You withdrew your update. If you send it again, its text is already filled in.")
        return NextAction(sentence, send, gettext("Send an update"))
    if reopened := reopened_on(timeline.events, timeline.last_version):
        sentence = gettext(
            "We opened this commitment again on %(date)s. Tell us what has happened since, and attach what proves it."
        ) % {"date": format_date(reopened)}
    elif accepted := timeline.accepted_version:
        sentence = gettext(
            "On %(answered)s we accepted your update of %(sent)s. The commitment is not done yet. Send another update "
            "when more has been done."
        ) % {
            "answered": format_date(timezone.localtime(accepted.decision.recorded_at).date()),
            "sent": format_date(timezone.localtime(accepted.recorded_at).date()),
        }
    else:
        sentence = gettext("Send us an update: say what has been done, and attach what proves it.")
    return NextAction(sentence, send, gettext("Send an update"))


def reopened_on(events: Iterable[CommitmentEvent], newest: UpdateVersion | None) -> date | None:
    """Return the day on which the embassy opened a commitment again; None if an update was sent after that, or never.

    `newest` is the newest version that the ministry sent. The reason is not for the ministry, as it may be internal.
    """
    reopened = [event for event in events if event.kind == CommitmentEventKind.REOPENED]
    last = max(reopened, key=lambda event: (event.recorded_at, event.pk), default=None)
    if last is None or (newest and newest.recorded_at > last.recorded_at):
        return None
    return last.happened_on


def describe_date_moved(events: Iterable[CommitmentEvent], newest: UpdateVersion | None) -> str:
    """Return from when to when the embassy moved the due date; empty if an update was sent after that, or never.

    The reason is not for the ministry, as it may be internal. A date that the ministry itself proposed is told as that.
    """
    due_before: date | None = None
    sentence = ""
    for event in sorted(events, key=lambda event: (event.happened_on, event.recorded_at, event.pk)):
        is_news = newest is None or event.recorded_at > newest.recorded_at
        if event.kind == CommitmentEventKind.RESCHEDULED and is_news and event.due_on:
            values = {"day": format_date(event.happened_on), "due": format_date(event.due_on)}
            if due_before:
                values["before"] = format_date(due_before)
                sentence = gettext("On %(day)s we moved the due date from %(before)s to %(due)s.") % values
            else:
                sentence = gettext("On %(day)s we set the due date: %(due)s.") % values
        due_before = event.due_on or due_before
    return sentence


def _next_decision(user: User, timeline: CommitmentTimeline, update_version: UpdateVersion) -> NextAction:
    url = reverse("version_detail", args=[update_version.pk])
    sent_on = format_date(timezone.localtime(update_version.recorded_at).date())
    if permissions.can_decide_on_update(user, update_version):
        sentence = gettext("The ministry sent an update on %(date)s. Accept it, or return it and say what to change.")
        return NextAction(sentence % {"date": sent_on}, url, gettext("Review the update"))
    sentence = gettext("The ministry sent an update on %(date)s. An officer has to review it.")
    if permissions.has_recorded_version(user, update_version):
        sentence = gettext("You recorded this for the ministry. Another officer decides on it.")
    return NextAction(sentence % {"date": sent_on}, url, gettext("Read the update"))


def _next_after_verification(timeline: CommitmentTimeline, *, is_done_without_proof: bool) -> NextAction:
    verified = max(event.recorded_at for event in timeline.events if event.kind == CommitmentEventKind.VERIFIED_DONE)
    newer = [evidence for evidence in timeline.evidence if evidence.recorded_at > verified]
    if not newer:
        if is_done_without_proof:
            return NextAction(
                gettext(
                    "The commitment is verified as done, without the agreed proof. The reason is under “Agreed proof”. "
                    "Nothing is needed."
                )
            )
        return NextAction(gettext("The commitment is verified as done. Nothing is needed."))
    url = reverse("evidence_detail", args=[newer[0].pk])
    return NextAction(
        gettext("Evidence was added after the commitment was verified as done. Check whether it is still done."),
        url,
        gettext("Open the new evidence"),
    )


def _next_verification(user: User, timeline: CommitmentTimeline) -> NextAction:
    url = reverse("commitment_verify_done", args=[timeline.commitment.pk])
    if permissions.can_verify_done(user, timeline.commitment):
        if missing := find_missing_proof(timeline.commitment):
            sentence = gettext("The commitment was reported done. You cannot verify that yet. Missing: %(missing)s.")
            return _next_proof(user, timeline, sentence % {"missing": missing})
        return NextAction(
            gettext("The commitment was reported done. Check the evidence, then verify it as done."),
            url,
            gettext("Verify the commitment as done"),
        )
    if permissions.can_change_commitment(user, timeline.commitment):
        return NextAction(gettext("You reported the commitment done. Another officer has to verify it."))
    return NextAction(gettext("The commitment was reported done. An officer of the embassy has to verify it."))


def _next_proof(user: User, timeline: CommitmentTimeline, sentence: str) -> NextAction:
    """Return the way to missing proof: evidence that the user can review, else a link to log some."""
    if evidence := _find_reviewable_evidence(user, timeline):
        return NextAction(sentence, reverse("evidence_detail", args=[evidence.pk]), gettext("Review the evidence"))
    return _next_logging(timeline, sentence)


def _next_logging(timeline: CommitmentTimeline, sentence: str) -> NextAction:
    """Return the sentence with a link to log progress, if the page has an edition."""
    if timeline.edition is None:
        return NextAction(sentence)
    return NextAction(
        sentence,
        edition_url(timeline.edition, "evidence_log", query={"commitment": timeline.commitment.pk}),
        gettext("Log progress"),
    )


def _find_reviewable_evidence(user: User, timeline: CommitmentTimeline) -> Evidence | None:
    """Return the first piece of logged evidence that waits for a review and that the user may review."""
    for evidence in timeline.evidence:
        if evidence.update_version_id is not None:
            continue
        unreviewed = any(evidence_link.review is None for evidence_link in evidence_links_of(evidence, ()))
        if unreviewed and not permissions.has_recorded(user, evidence):
            return evidence
    return None


def _next_work(user: User, timeline: CommitmentTimeline) -> NextAction:
    commitment = timeline.commitment
    may_log = permissions.can_log_evidence(user, commitment.country)
    if may_log and (evidence := _find_reviewable_evidence(user, timeline)):
        url = reverse("evidence_detail", args=[evidence.pk])
        sentence = gettext("The evidence “%(title)s” has not been reviewed yet.") % {"title": evidence.title}
        return NextAction(sentence, url, gettext("Review the evidence"))
    if commitment.made_by == MadeBy.UNITED_STATES:
        if permissions.can_report_done(user, commitment):
            url = reverse("commitment_report_done", args=[commitment.pk])
            sentence = gettext("The United States made this commitment. Report it done when it is done.")
            return NextAction(sentence, url, gettext("Report the commitment done"))
        return NextAction(gettext("The United States made this commitment."))
    sentence = (
        gettext("The ministry has to correct the returned update and send it again.")
        if timeline.returned
        else gettext("The ministry has to act, and send an update with the proof.")
    )
    return _next_logging(timeline, sentence) if may_log else NextAction(sentence)
