"""Who answers for what: each ministry, and the United States, with the people and how what was promised stands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.models import Commitment
from dialogues.status import Standing, standing_on
from dialogues.words import MadeBy, Status
from recommendations.models import Edition
from reports import telling
from reports.record import Facts, Round
from tiptracker.accounts.models import Ministry, User
from tiptracker.words import Role


@dataclass(frozen=True)
class Promised:
    """A commitment as it stands; whether its newest update waits for the embassy, or went back and isn't mended."""

    key: int
    text: str
    maker: str
    dialogue_id: int | None
    standing: Standing
    is_waiting: bool
    is_returned: bool

    @property
    def is_unsettled(self) -> bool:
        return self.standing.status in (Status.OPEN, Status.LATE)

    @property
    def told(self) -> str:
        """How it stands, in words: "late by 12 days", "due 11 Feb 2022", "no date agreed", "verified done"."""
        status, due_on = self.standing.status, self.standing.due_on
        if status is Status.LATE:
            return f"late by {telling.days(self.standing.days_late)}"
        if status is Status.OPEN:
            return f"due {telling.short(due_on)}" if due_on else "no date agreed"
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
    def late(self) -> int:
        return sum(one.standing.status is Status.LATE for one in self.promises)

    @property
    def open(self) -> int:
        return sum(one.standing.status is Status.OPEN for one in self.promises)

    @property
    def waiting(self) -> int:
        """How many wait for the embassy's word: an update was sent, or it was reported done."""
        return sum(one.is_waiting or one.standing.status is Status.REPORTED for one in self.promises)

    @property
    def returned(self) -> int:
        """How many went back to it and are unsettled."""
        return sum(one.is_returned and one.is_unsettled for one in self.promises)

    @property
    def tally(self) -> str:
        """ "1 late, 2 open, 1 waiting for the embassy." """
        return telling.tallied([one.standing.status for one in self.promises])


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
    """Each with its ministry (None: the United States): late first, then by due date, then what is settled."""
    gathered = {one.id: one for one in facts.commitments}
    newest = newest_rounds(facts)
    found = []
    for row in Commitment.objects.visible_to(reader).filter(country=edition.country_id).select_related("ministry"):
        if row.pk not in gathered or (standing := standing_on(gathered[row.pk].events, today)) is None:
            continue
        sent = newest.get(row.pk)
        is_waiting, is_returned = (sent.decided_at is None, sent.returned_at is not None) if sent else (False, False)
        found.append(
            (
                row.ministry_id,
                Promised(row.pk, row.text, row.maker, row.dialogue_id, standing, is_waiting, is_returned),
            )
        )
    order = (Status.LATE, Status.OPEN, Status.REPORTED, Status.VERIFIED, Status.WITHDRAWN)
    return sorted(
        found,
        key=lambda each: (
            order.index(each[1].standing.status),
            each[1].standing.due_on or date.max,
            each[1].key,
        ),
    )


def newest_rounds(facts: Facts) -> Mapping[int, Round]:
    """By commitment: the update that was sent last."""
    newest: dict[int, Round] = {}
    for row in sorted(facts.rounds, key=lambda row: (row.recorded_at, row.id)):
        if row.commitment_id is not None:
            newest[row.commitment_id] = row
    return newest
