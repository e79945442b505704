"""Proposed due dates as pages show them: entries of a timeline, and a note for the ministry that proposed them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dialogues.choices import DueDateDecision
from dialogues.commitment_status import CommitmentStanding, summarize_events
from dialogues.models import Commitment, DueDateProposal, DueDateProposalDecision
from dialogues.views.timeline_entries import EMBASSY_NAME, TimelineEntry
from tiptracker.accounts.models import Ministry, User
from tiptracker.accounts.permissions import can_read_name
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.localization import format_date, gettext


class DueDateNote(NamedTuple):
    """What a ministry reads about its newest proposal, while that matters.

    `reason` is the embassy's, with its answer. `url` is the page on which a proposal that waits is withdrawn.
    """

    sentence: str
    reason: str = ""
    url: str = ""


def visible_proposals(user: User, commitment: Commitment) -> list[DueDateProposal]:
    """Return the proposed due dates of a commitment that the user can see, oldest first, with their answers."""
    return _PROPOSALS.find(user, commitment=commitment.pk)


def _proposals(reader: User, commitment: int) -> QuerySet[DueDateProposal]:
    rows = DueDateProposal.objects.visible_to(reader).filter(commitment=commitment).order_by("recorded_at", "pk")
    return rows.select_related("commitment__ministry", "recorded_by", "decision__recorded_by")


_PROPOSALS = VisibleRows(_proposals, commitment=int)


def find_waiting_proposal(commitment: Commitment, proposals: Sequence[DueDateProposal]) -> DueDateProposal | None:
    """Return the proposal that waits for an answer, while the commitment may still be kept. The newest comes last."""
    if not proposals or proposals[-1].outcome is not None:
        return None
    summary = summarize_events(commitment.events.all(), date.max)
    return proposals[-1] if summary and summary.is_open else None


def find_proposing_url(commitment: Commitment, proposals: Sequence[DueDateProposal]) -> str:
    """Return the address at which a ministry proposes another due date; empty if it can't.

    It can't once the commitment is reported done or settled, or while a proposal waits for an answer.
    """
    summary = summarize_events(commitment.events.all(), date.max)
    if summary is None or not summary.is_open or find_waiting_proposal(commitment, proposals):
        return ""
    return reverse("due_date_propose", args=[commitment.pk])


def describe_newest_proposal(
    commitment: Commitment, proposals: Sequence[DueDateProposal], standing: CommitmentStanding
) -> DueDateNote | None:
    """Return what a ministry reads about its newest proposal: that it waits, or our answer until the next update."""
    if waiting := find_waiting_proposal(commitment, proposals):
        sentence = gettext("You proposed to move the due date to %(date)s. We have not answered yet.")
        url = reverse("due_date_withdraw", args=[waiting.pk])
        return DueDateNote(sentence % {"date": format_date(waiting.due_on)}, url=url)
    if not proposals or proposals[-1].outcome is None or standing.is_settled:
        return None
    last, decision = proposals[-1], proposals[-1].decision
    if standing.sent_on and standing.sent_on > timezone.localtime(decision.recorded_at).date():
        return None
    date_text = {"date": format_date(last.due_on)}
    match last.outcome:
        case DueDateDecision.ACCEPTED if standing.due_on == last.due_on:
            sentence = gettext("We accepted your proposal. The commitment is now due on %(date)s.")
            return DueDateNote(sentence % date_text, decision.reason)
        case DueDateDecision.DECLINED:
            sentence = gettext("We declined your proposal to move the due date to %(date)s.")
            return DueDateNote(sentence % date_text, decision.reason)
    return None


def list_proposal_entries(user: User, proposals: Iterable[DueDateProposal]) -> Iterator[TimelineEntry]:
    """Yield the entries of a timeline on the due dates that a ministry proposed, and on what became of each."""
    for proposal in proposals:
        yield _entry(
            user,
            proposal,
            gettext("Another due date proposed: %(date)s") % {"date": format_date(proposal.due_on)},
        )
        if (outcome := proposal.outcome) is not None:
            title = {
                DueDateDecision.ACCEPTED: gettext("Proposed due date accepted"),
                DueDateDecision.DECLINED: gettext("Proposed due date declined"),
                DueDateDecision.WITHDRAWN: gettext("Proposed due date withdrawn"),
            }[outcome]
            yield _entry(user, proposal.decision, title)


def _entry(user: User, row: DueDateProposal | DueDateProposalDecision, title: str) -> TimelineEntry:
    """Return the entry of a proposal, or of its answer, which the ministry gave if it withdrew the proposal."""
    ministry: Ministry | None = row.sent_for
    return TimelineEntry(
        day=timezone.localtime(row.recorded_at).date(),
        recorded_at=row.recorded_at,
        speaker="ministry" if ministry else "embassy",
        title=title,
        source=ministry.name if ministry else gettext(EMBASSY_NAME),
        verb="recorded",
        text=row.reason,
        by=row.recorded_by.name if can_read_name(user, sent_for=ministry.pk if ministry else None) else "",
    )
