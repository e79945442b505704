"""Who answers for what: each ministry, and the United States, with the people and how what was promised stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.choices import MadeBy, Status
from dialogues.models import Commitment
from dialogues.score_effects import beside_status, what_was_sent
from dialogues.status import Standing
from recommendations.models import Edition
from reports import sentences
from reports.readiness.facts import Facts
from reports.readiness.standings import standings
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role


@dataclass(frozen=True)
class Promised:
    """A commitment as it stands."""

    key: int
    text: str
    maker: str
    dialogue_id: int | None
    standing: Standing
    is_ministrys: bool = True

    @property
    def status_text(self) -> str:
        """What to read in place of the status: "overdue by 12 days", "with the embassy since 12 January 2022"."""
        return beside_status(self.standing)

    @property
    def sent(self) -> str:
        """What became of its newest update: "returned on 13 January 2022", "no update received"."""
        return what_was_sent(self.standing, is_ministrys=self.is_ministrys)

    @property
    def told(self) -> str:
        """How it stands, in words: "overdue by 12 days", "due 11 Feb 2022", "no date agreed", "verified done"."""
        status, due_on = self.standing.status, self.standing.due_on
        if said := self.status_text:
            return f"{said}, {self.sent}" if self.sent else said
        if status is Status.OPEN:
            due = f"due {sentences.short(due_on)}" if due_on else "no date agreed"
            return f"{self.sent}; {due}" if self.sent else due
        return status.label.lower()


@dataclass(frozen=True)
class Desk:
    """A ministry, or (without a key) the United States; what is unsettled stands first among its promises."""

    key: int | None
    name: str
    short_name: str
    in_office: Sequence[str]
    focal_points: Sequence[str]
    promises: Sequence[Promised]

    @property
    def overdue(self) -> int:
        return sum(one.standing.status is Status.OVERDUE for one in self.promises)

    @property
    def open(self) -> int:
        return sum(one.standing.status is Status.OPEN for one in self.promises)

    @property
    def waiting(self) -> int:
        """How many wait for the embassy's word: an update was sent, or it was reported done."""
        return sum(one.standing.status in (Status.WITH_EMBASSY, Status.REPORTED) for one in self.promises)

    @property
    def returned(self) -> int:
        """Of how many the newest update was returned to it."""
        return sum(one.standing.returned_on is not None for one in self.promises)

    @property
    def tally(self) -> str:
        """ "1 overdue, 2 open, 1 with the embassy." """
        return sentences.tallied([one.standing.status for one in self.promises])


def gather_desks(reader: User, edition: Edition, facts: Facts, today: date) -> list[Desk]:
    """Every ministry of the country by name, then the United States where it promised anything. Four queries."""
    promised: dict[int | None, list[Promised]] = defaultdict(list)
    for ministry, one in _promises(reader, edition, facts, today):
        promised[ministry].append(one)
    people: dict[int | None, list[str]] = defaultdict(list)
    for person in User.objects.visible_to(reader).filter(role=Role.FOCAL_POINT, is_active=True).order_by("name", "pk"):
        people[person.ministry_id].append(person.name)
    ministries = Ministry.objects.visible_to(reader).filter(country=edition.country_id)
    desks = [
        Desk(row.pk, row.name, row.short_name, in_office(row, today), people[row.pk], promised[row.pk])
        for row in ministries.prefetch_related("office_holders").order_by("name")
    ]
    if promised[None]:
        ours = MadeBy.UNITED_STATES.label
        desks.append(Desk(None, ours, ours, (), (), promised[None]))
    return desks


def in_office(ministry: Ministry, day: date) -> list[str]:
    """Who holds its office on a day, as far as that is known; `office_holders` are read as they come."""
    return [
        str(one)
        for one in ministry.office_holders.all()
        if (one.from_on is None or one.from_on <= day) and (one.until_on is None or one.until_on >= day)
    ]


def _promises(reader: User, edition: Edition, facts: Facts, today: date) -> list[tuple[int | None, Promised]]:
    """Each with its ministry (None: the United States): overdue first, then by due date, then what is settled."""
    stands = standings(facts, today)
    rows = Commitment.objects.visible_to(reader).filter(country=edition.country_id).select_related("ministry")
    found = [
        (
            row.ministry_id,
            Promised(row.pk, row.text, row.maker, row.dialogue_id, stands[row.pk], row.ministry_id is not None),
        )
        for row in rows
        if row.pk in stands
    ]
    order = (Status.OVERDUE, Status.OPEN, Status.WITH_EMBASSY, Status.REPORTED, Status.VERIFIED, Status.WITHDRAWN)
    return sorted(
        found,
        key=lambda each: (
            order.index(each[1].standing.status),
            each[1].standing.due_on or date.max,
            each[1].key,
        ),
    )
