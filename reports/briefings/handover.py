"""The note for whoever comes next: one page of where we stand, what is open with whom, and whom to know.

Every line of it stands in the record; nothing is summed up by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied

from dialogues.models import Dialogue, Evidence, Participant
from recommendations.models import Edition
from reports.briefings import content
from reports.briefings.contacts import Desk, Promised, gather_desks
from reports.briefings.step_texts import step_texts
from reports.calendar import year
from reports.calendar.gathering import days_of_the_embassy, milestones_of
from reports.calendar.year import Day
from reports.readiness.explanation import headline, score_display
from reports.readiness.explanation.gaps import Lack, lacking
from reports.readiness.explanation.step_sentences import told_steps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import readiness
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.infrastructure.read_snapshot import snapshot

SOON = timedelta(days=30)
MOST_DUE, MOST_AGREED, MOST_MET, MOST_STEPS = 7, 4, 8, 3
"""How many lines are named of what is due, was agreed last, of whom we met and of next steps; the rest is counted."""


@dataclass(frozen=True)
class Agreed:
    """The newest dialogue that was held, and what became of what was promised there; `more` counts the rest."""

    key: int
    held_on: date
    place: str
    promises: Sequence[Promised]
    more: int


@dataclass(frozen=True)
class Handover:
    """The note, as plain values."""

    edition_id: int
    country: str
    year: int
    as_of: date
    headline: str
    parts: Sequence[score_display.PrintedPart]
    ladder: content.Ladder
    desks: Sequence[Desk]
    agreed: Agreed | None
    due: Sequence[Day]
    more_due: int
    lacks: Sequence[Lack]
    colleagues: Sequence[tuple[str, str]]
    met: Sequence[str]

    @property
    def steps(self) -> Sequence[content.NextStep]:
        """The first next steps: what waits at the embassy in one line, then what is asked of ministries."""
        return self.ladder.on_one_page[:MOST_STEPS]

    @property
    def more_steps(self) -> str:
        """The other next steps, counted."""
        return self.ladder.more_than(len(self.steps))


@snapshot()
def build_handover(*, reader: User, edition: Edition, as_of: date) -> Handover:
    """The note on an edition, for one reader, as of a day in the country.

    Raises PermissionDenied for a reader who may not read readiness.
    """
    if not reader.is_embassy:
        raise PermissionDenied
    facts = gather_facts(edition)
    result = readiness(facts, as_of=as_of)
    steps = result.next_steps()
    desks = gather_desks(reader, edition, facts, as_of)
    promises = [one for desk in desks for one in desk.promises]
    due = _due(reader, edition, promises, as_of)
    words_alone = (
        Evidence.objects.visible_to(reader)
        .current()
        .filter(country=edition.country_id, reviews__isnull=True, file__isnull=True, link="")
    )
    return Handover(
        edition_id=edition.pk,
        country=edition.country.name,
        year=edition.year,
        as_of=as_of,
        headline=headline.headline(result),
        parts=score_display.parts(result),
        ladder=told_steps(result, steps, step_texts(result, steps, reader=reader)),
        desks=desks,
        agreed=_agreed(reader, edition, promises, as_of),
        due=due[:MOST_DUE],
        more_due=len(due[MOST_DUE:]),
        lacks=lacking(facts, result, on_words_alone=words_alone.count()),
        colleagues=_colleagues(reader, edition),
        met=_met(reader, edition, as_of),
    )


def _due(reader: User, edition: Edition, promises: Iterable[Promised], as_of: date) -> list[Day]:
    """What is overdue, then what falls on one of the next days: milestones, dialogues planned, what was promised."""
    falls_due = [
        year.due(one.standing, one.standing.due_on, text=one.text, maker=one.maker, key=one.key, today=as_of)
        for one in promises
        if one.standing.due_on and not one.standing.is_settled
    ]
    days = [*days_of_the_embassy(reader, edition, milestones_of(reader, edition), as_of), *falls_due]
    return [
        day
        for day in year.in_order(days)
        if day.days_overdue is not None or (day.days_left is not None and day.on <= as_of + SOON)
    ]


def _agreed(reader: User, edition: Edition, promises: Iterable[Promised], as_of: date) -> Agreed | None:
    held = (
        Dialogue.objects.visible_to(reader)
        .held()
        .filter(country=edition.country_id, held_on__lte=as_of)
        .order_by("-held_on", "-pk")
        .first()
    )
    if held is None:
        return None
    there = [one for one in promises if one.dialogue_id == held.pk]
    return Agreed(held.pk, held.held_on, held.place, there[:MOST_AGREED], len(there[MOST_AGREED:]))


def _colleagues(reader: User, edition: Edition) -> list[tuple[str, str]]:
    """Who works on it at the embassy: officers, then the ambassador."""
    people = User.objects.visible_to(reader).filter(
        countries=edition.country_id, is_active=True, role__in=[Role.OFFICER, Role.AMBASSADOR]
    )
    return [(row.name, Role(row.role).label.lower()) for row in people.order_by("-role", "name", "pk")]


def _met(reader: User, edition: Edition, as_of: date) -> list[str]:
    """Who sat at the dialogues of the period, each office once, the newest meeting first."""
    in_the_period = {"country": edition.country_id, "held_on__range": (edition.starts_on, as_of)}
    held = Dialogue.objects.visible_to(reader).held().filter(**in_the_period)
    rows = (
        Participant.objects.filter(dialogue__in=held)
        .exclude(came=False)
        .order_by("-dialogue__held_on", "-dialogue_id", "pk")
    )
    return list(dict.fromkeys(str(row) for row in rows))[:MOST_MET]
