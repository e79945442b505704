"""List who is responsible: each ministry and the United States, with contact people and commitments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment
from dialogues.score_effects import describe_last_update, format_status_detail
from recommendations.models import Edition
from reports import sentences
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.facts import Facts
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role


@dataclass(frozen=True)
class CommitmentSummary:
    """A commitment with its current status."""

    key: int
    text: str
    maker: str
    dialogue_id: int | None
    standing: CommitmentStanding
    is_ministrys: bool = True

    @property
    def status_text(self) -> str:
        """The detail that replaces the status: "overdue by 12 days", "with the embassy since 12 January 2022"."""
        return format_status_detail(self.standing)

    @property
    def sent(self) -> str:
        """The outcome of its newest update: "returned on 13 January 2022", "no update received"."""
        return describe_last_update(self.standing, is_ministrys=self.is_ministrys)

    @property
    def told(self) -> str:
        """The status in words: "overdue by 12 days", "due 11 Feb 2022", "no date agreed", "verified done"."""
        status, due_on = self.standing.status, self.standing.due_on
        if said := self.status_text:
            return f"{said}, {self.sent}" if self.sent else said
        if status is CommitmentStatus.OPEN:
            due = f"due {sentences.format_short_date(due_on)}" if due_on else "no date agreed"
            return f"{self.sent}; {due}" if self.sent else due
        return status.label.lower()


@dataclass(frozen=True)
class ResponsibleParty:
    """A ministry, or the United States (`key` is None). Its unsettled commitments come first."""

    key: int | None
    name: str
    short_name: str
    in_office: Sequence[str]
    focal_points: Sequence[str]
    promises: Sequence[CommitmentSummary]

    @property
    def overdue(self) -> int:
        return sum(one.standing.status is CommitmentStatus.OVERDUE for one in self.promises)

    @property
    def open(self) -> int:
        return sum(one.standing.status is CommitmentStatus.OPEN for one in self.promises)

    @property
    def waiting(self) -> int:
        """The number of commitments that wait for the embassy: an update was sent, or they were reported done."""
        return sum(
            one.standing.status in (CommitmentStatus.WITH_EMBASSY, CommitmentStatus.REPORTED) for one in self.promises
        )

    @property
    def returned(self) -> int:
        """The number of commitments whose newest update was returned."""
        return sum(one.standing.returned_on is not None for one in self.promises)

    @property
    def tally(self) -> str:
        """The commitments by status: "1 overdue, 2 open, 1 with the embassy." """
        return sentences.describe_status_counts([one.standing.status for one in self.promises])


def gather_responsible_parties(reader: User, edition: Edition, facts: Facts, today: date) -> list[ResponsibleParty]:
    """Return every ministry of the country by name, then the United States if it has made a commitment.

    This takes four queries.
    """
    promised: dict[int | None, list[CommitmentSummary]] = defaultdict(list)
    for ministry, one in _find_commitments(reader, edition, facts, today):
        promised[ministry].append(one)
    people: dict[int | None, list[str]] = defaultdict(list)
    for person in User.objects.visible_to(reader).filter(role=Role.FOCAL_POINT, is_active=True).order_by("name", "pk"):
        people[person.ministry_id].append(person.name)
    ministries = Ministry.objects.visible_to(reader).filter(country=edition.country_id)
    desks = [
        ResponsibleParty(
            row.pk, row.name, row.short_name, list_office_holders(row, today), people[row.pk], promised[row.pk]
        )
        for row in ministries.prefetch_related("office_holders").order_by("name")
    ]
    if promised[None]:
        ours = MadeBy.UNITED_STATES.label
        desks.append(ResponsibleParty(None, ours, ours, (), (), promised[None]))
    return desks


def list_office_holders(ministry: Ministry, day: date) -> list[str]:
    """Return who holds the ministry's office on a day, as far as that is known, in the order of `office_holders`."""
    return [
        str(holder)
        for holder in ministry.office_holders.all()
        if (holder.from_on or day) <= day <= (holder.until_on or day)
    ]


def _find_commitments(
    reader: User, edition: Edition, facts: Facts, today: date
) -> list[tuple[int | None, CommitmentSummary]]:
    """Return each commitment with its ministry's key (None: the United States).

    Overdue commitments come first, then the open ones, those that wait for the embassy, and the settled ones. Within
    each status the order is by due date.
    """
    stands = commitment_standings(facts, today)
    rows = Commitment.objects.visible_to(reader).filter(country=edition.country_id).select_related("ministry")
    found = [
        (
            row.ministry_id,
            CommitmentSummary(
                row.pk, row.text, row.maker, row.dialogue_id, stands[row.pk], row.ministry_id is not None
            ),
        )
        for row in rows
        if row.pk in stands
    ]
    order = (
        CommitmentStatus.OVERDUE,
        CommitmentStatus.OPEN,
        CommitmentStatus.WITH_EMBASSY,
        CommitmentStatus.REPORTED,
        CommitmentStatus.VERIFIED,
        CommitmentStatus.WITHDRAWN,
    )
    return sorted(
        found,
        key=lambda each: (
            order.index(each[1].standing.status),
            each[1].standing.due_on or date.max,
            each[1].key,
        ),
    )
