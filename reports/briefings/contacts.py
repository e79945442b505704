"""List who is responsible: each ministry and the United States, with contact people and commitments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.commitment_phrases import describe_last_update, format_status_detail
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment
from recommendations.models import Edition
from reports import formatting, sentences
from reports.briefings.commitments import FOLLOW_UP_STATUSES
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.facts import Facts
from reports.readiness.reversed_actions import find_reversed_actions, find_reversed_commitments
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import MINISTRY_ROLES
from tiptracker.localization import format_short_date, gettext

STATUS_ORDER = (*FOLLOW_UP_STATUSES, CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN)
"""The order of commitments in a list, by status."""


@dataclass(frozen=True)
class CommitmentSummary:
    """A commitment with its current status, and whether it was verified done but reversed since."""

    row: Commitment
    standing: CommitmentStanding
    is_reversed: bool = False

    @property
    def status_text(self) -> str:
        """The detail that replaces the status: "overdue by 12 days", "with the embassy since 12 January 2022"."""
        return format_status_detail(self.standing)

    @property
    def last_update(self) -> str:
        """The outcome of its newest update: "returned on 13 January 2022", "no update received"."""
        return describe_last_update(self.standing, is_ministrys=self.row.ministry_id is not None)

    @property
    def status_sentence(self) -> str:
        """The status in words: "overdue by 12 days", "due 11 Feb 2022", "no date agreed", "verified done"."""
        status, due_on = self.standing.status, self.standing.due_on
        if detail := self.status_text:
            return f"{detail}, {self.last_update}" if self.last_update else detail
        if status is CommitmentStatus.OPEN:
            due = gettext("due %(date)s") % {"date": format_short_date(due_on)} if due_on else gettext("no date agreed")
            return f"{self.last_update}; {due}" if self.last_update else due
        return formatting.lowercase_first(status.label)

    @property
    def urgency(self) -> tuple[int, date, int]:
        """Sort key: overdue, open, waiting for the embassy, settled; within each by due date."""
        return STATUS_ORDER.index(self.standing.status), self.standing.due_on or date.max, self.row.pk


@dataclass(frozen=True)
class ResponsibleParty:
    """A ministry, or the United States (`key` is None). Its unsettled commitments come first.

    `requests` counts the requests for information that are not settled, where a page needs it.
    """

    key: int | None
    name: str
    in_office: Sequence[str]
    focal_points: Sequence[str]
    commitments: Sequence[CommitmentSummary]
    requests: int = 0

    def _count(self, *statuses: CommitmentStatus) -> int:
        return sum(commitment.standing.status in statuses for commitment in self.commitments)

    @property
    def overdue(self) -> int:
        return self._count(CommitmentStatus.OVERDUE)

    @property
    def open(self) -> int:
        return self._count(CommitmentStatus.OPEN)

    @property
    def waiting(self) -> int:
        """The number of commitments that wait for the embassy: an update was sent, or they were reported done."""
        return self._count(CommitmentStatus.WITH_EMBASSY, CommitmentStatus.REPORTED)

    @property
    def returned(self) -> int:
        """The number of commitments whose newest update was returned."""
        return sum(commitment.standing.returned_on is not None for commitment in self.commitments)

    @property
    def tally(self) -> str:
        """The commitments by status: "1 overdue, 2 open, 1 with the embassy." """
        return sentences.describe_status_counts(
            [commitment.standing.status for commitment in self.commitments],
            reversed_since=sum(commitment.is_reversed for commitment in self.commitments),
        )


def gather_responsible_parties(reader: User, edition: Edition, facts: Facts, today: date) -> list[ResponsibleParty]:
    """Return every ministry of the country by name, then the United States if it has made a commitment.

    This takes four queries.
    """
    standings = commitment_standings(facts, today)
    rows = Commitment.objects.visible_to(reader).filter(country=edition.country_id).select_related("ministry")
    reversed_since = find_reversed_commitments(find_reversed_actions(facts, today))
    known = [
        CommitmentSummary(
            row,
            standings[row.pk],
            is_reversed=row.pk in reversed_since and standings[row.pk].status is CommitmentStatus.VERIFIED,
        )
        for row in rows
        if row.pk in standings
    ]
    commitments: dict[int | None, list[CommitmentSummary]] = defaultdict(list)
    for commitment in sorted(known, key=lambda commitment: commitment.urgency):
        commitments[commitment.row.ministry_id].append(commitment)
    people: dict[int | None, list[str]] = defaultdict(list)
    focal_points = User.objects.visible_to(reader).filter(role__in=MINISTRY_ROLES, is_active=True)
    for person in focal_points.order_by("name", "pk"):
        people[person.ministry_id].append(person.name)
    ministries = Ministry.objects.visible_to(reader).filter(country=edition.country_id)
    parties = [
        ResponsibleParty(row.pk, row.name, list_office_holders(row, today), people[row.pk], commitments[row.pk])
        for row in ministries.prefetch_related("office_holders").order_by("name")
    ]
    if commitments[None]:
        parties.append(ResponsibleParty(None, MadeBy.UNITED_STATES.label, (), (), commitments[None]))
    return parties


def list_office_holders(ministry: Ministry, day: date) -> list[str]:
    """Return who holds the ministry's office on a day, as far as that is known, in the order of `office_holders`."""
    return [
        str(holder)
        for holder in ministry.office_holders.all()
        if (holder.from_on or day) <= day <= (holder.until_on or day)
    ]
