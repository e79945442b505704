"""Commitments in the tables of this app's pages, which only the embassy reads."""

from datetime import date
from typing import NamedTuple

from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.commitment_phrases import describe_last_update, describe_receipt, format_status_detail
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment
from reports import formatting
from tiptracker.localization import format_short_date, gettext


class ListedCommitment(NamedTuple):
    """The columns of a commitment that a page with all of a country's commitments needs. Models would cost far more."""

    pk: int
    text: str
    made_by: str
    ministry_id: int | None
    ministry_name: str | None
    is_of_edition: bool

    @property
    def maker(self) -> str:
        """The name of the maker: the ministry, or the United States."""
        return self.ministry_name or MadeBy.UNITED_STATES.label


class CommitmentDisplay[C: (Commitment, ListedCommitment)](NamedTuple):
    """A commitment with its standing today."""

    commitment: C
    standing: CommitmentStanding

    @property
    def status_text(self) -> str:
        """Text shown in place of the status: "overdue by 12 days", "with the embassy since 12 January 2022"."""
        return format_status_detail(self.standing)

    @property
    def last_update(self) -> str:
        """What became of its newest update: "returned on 13 January 2022", "no update received".

        Of one that waits: whether it was received by the due date.
        """
        what_happened = describe_last_update(self.standing, is_ministrys=self.commitment.made_by == MadeBy.MINISTRY)
        return what_happened or describe_receipt(self.standing)

    @property
    def due_text(self) -> str:
        """How urgent it is: "overdue by 12 days", "due 11 Feb 2022", "no date agreed", "verified done"."""
        if self.status_text or self.standing.status is not CommitmentStatus.OPEN:
            return self.status_text or formatting.lowercase_first(self.standing.status.label)
        if self.standing.due_on is None:
            return gettext("no date agreed")
        return gettext("due %(date)s") % {"date": format_short_date(self.standing.due_on)}

    @property
    def due_order(self) -> tuple[date, int]:
        """Sort key: soonest due first, those without a date last."""
        return self.standing.due_on or date.max, self.commitment.pk
