"""The requests for information on the first page of a focal point: what to answer, what we have, what is closed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dialogues.choices import UpdateDecision
from dialogues.commitment_phrases import format_returned_on
from dialogues.models import Draft, InformationRequest
from dialogues.request_phrases import format_request_status
from dialogues.request_status import RequestStanding
from dialogues.views.drafts import DraftNote, describe_draft
from dialogues.views.request_exchange import (
    ReturnedAnswer,
    WaitingAnswer,
    list_returned_answers,
    list_waiting_answers,
)
from tiptracker.accounts.models import User
from tiptracker.audit.append_only import DISPOSED


class MinistryRequest(NamedTuple):
    """A request as its ministry sees it: what it still has to answer, what waits, and why an answer was returned."""

    pk: int
    text: str
    reason: str
    standing: RequestStanding
    expected: Sequence[str]
    waiting: Sequence[WaitingAnswer]
    returned: Sequence[ReturnedAnswer]
    draft: DraftNote | None

    @property
    def is_settled(self) -> bool:
        """Return whether the embassy asks nothing more."""
        return self.standing.is_settled

    @property
    def is_open(self) -> bool:
        """Return whether the ministry has to send something."""
        return self.standing.is_expected

    @property
    def status_text(self) -> str:
        """Return the status in words, such as "overdue by 12 days"; empty if the label is enough."""
        return format_request_status(self.standing)

    @property
    def returned_status(self) -> UpdateDecision | None:
        """Return the word for an answer that was returned and not sent again yet."""
        return UpdateDecision.RETURNED if self.standing.returned_on else None

    @property
    def returned_text(self) -> str:
        """Return the return in words, such as "returned on 13 January 2022"."""
        return format_returned_on(self.standing.returned_on) if self.standing.returned_on else ""

    @property
    def order(self) -> tuple[bool, date, int]:
        """Return the sort key: returned first, then by due date."""
        return not self.standing.returned_on, self.standing.due_on, self.pk


def list_ministry_requests(user: User, day: date) -> list[MinistryRequest]:
    """Return the requests that the focal point's ministry was asked by `day`, most urgent first."""
    drafts = Draft.objects.visible_to(user).filter(information_request__isnull=False).select_related("saved_by")
    by_request = {draft.information_request_id: draft for draft in drafts}
    rows = []
    for request in InformationRequest.objects.visible_to(user).exclude(reason=DISPOSED).with_history():
        standing = request.standing_on(day)
        if standing is not None:
            draft = by_request.get(request.pk)
            rows.append(
                MinistryRequest(
                    pk=request.pk,
                    text=request.text,
                    reason=request.reason,
                    standing=standing,
                    expected=[line.description for line in request.list_expected_lines(standing)],
                    waiting=list_waiting_answers(request, standing),
                    returned=list_returned_answers(request, standing),
                    draft=describe_draft(draft, request, user) if draft else None,
                )
            )
    return sorted(rows, key=lambda row: row.order)
