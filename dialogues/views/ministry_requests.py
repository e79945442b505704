"""The requests for information on the first page of a focal point: what to answer, what we have, what is closed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dialogues.choices import LineStatus, RequestStatus, UpdateDecision
from dialogues.commitment_phrases import format_returned_on
from dialogues.models import Draft, InformationRequest, UpdateVersion
from dialogues.request_phrases import format_request_status
from dialogues.request_status import RequestStanding
from dialogues.views.drafts import DraftNote, describe_draft
from tiptracker.accounts.models import User


class MinistryRequest(NamedTuple):
    """A request as its ministry sees it: what is still asked for, and why the last answer was returned, if it was.

    `open_lines` have no accepted answer. To `unanswered` ones, no answer waits for the embassy either.
    """

    pk: int
    text: str
    reason: str
    standing: RequestStanding
    open_lines: Sequence[str]
    unanswered: Sequence[str]
    returned_reason: str
    draft: DraftNote | None

    @property
    def is_waiting(self) -> bool:
        """Return whether the embassy has an answer to decide on."""
        return self.standing.status is RequestStatus.WITH_EMBASSY

    @property
    def is_settled(self) -> bool:
        """Return whether the embassy asks nothing more."""
        return self.standing.is_settled

    @property
    def is_open(self) -> bool:
        """Return whether the ministry has to send something."""
        return not self.is_waiting and not self.is_settled

    @property
    def status_text(self) -> str:
        """Return the status in words, such as "overdue by 12 days"; empty if the label is enough."""
        return format_request_status(self.standing)

    @property
    def returned(self) -> UpdateDecision | None:
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
    for request in InformationRequest.objects.visible_to(user).with_history():
        standing = request.standing_on(day)
        if standing is not None:
            draft = by_request.get(request.pk)
            rows.append(
                MinistryRequest(
                    pk=request.pk,
                    text=request.text,
                    reason=request.reason,
                    standing=standing,
                    open_lines=[
                        line.description for line in request.list_lines(standing) if standing.lines[line.pk].is_open
                    ],
                    returned_reason=_find_returned_reason(request) if standing.returned_on else "",
                    unanswered=[
                        line.description
                        for line in request.list_lines(standing)
                        if standing.lines[line.pk].status is LineStatus.ASKED
                    ],
                    draft=describe_draft(draft, request, user) if draft else None,
                )
            )
    return sorted(rows, key=lambda row: row.order)


def _find_returned_reason(request: InformationRequest) -> str:
    """Return what the embassy asks to change in the newest answer that was not withdrawn."""
    sent: list[UpdateVersion] = [version for update in request.updates.all() for version in update.versions.all()]
    last = max(
        (version for version in sent if version.withdrawn_at is None),
        key=lambda version: (version.recorded_at, version.pk),
        default=None,
    )
    decision = getattr(last, "decision", None)
    return decision.reason if decision else ""
