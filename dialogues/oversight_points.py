"""Check a dialogue against the six recommendations of GAO-23-105390. No Django here."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from dialogues.indicator_proposals import last_day_to_agree
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_noop


class OversightState(ChoiceEnum):
    """Whether a recommendation is met by the record of a dialogue."""

    MET = "met", gettext_noop("Met")
    NOT_MET = "not_met", gettext_noop("Not met")
    DEPARTMENT = "department", gettext_noop("Concerns the Department’s own guidance")


class ChosenFacts(NamedTuple):
    """An indicator of the dialogue that was not dropped: the first day of agreement, whether its figure was discussed,
    and whether it has an annual target.
    """

    name: str
    agreed_on: date | None
    is_discussed: bool
    has_target: bool


class WorkFacts(NamedTuple):
    """A piece of work that a contribution names, and whether it is recorded what will sustain it."""

    title: str
    is_sustained: bool


class DialogueFacts(NamedTuple):
    """What the record holds on a dialogue.

    Attributes:
        held_on: its day.
        chosen: its indicators that were not dropped.
        from_government: what the government contributed since the last dialogue, with commitments kept, in words.
        from_united_states: the same of the United States.
        works: the pieces of work that these contributions name.
    """

    held_on: date
    chosen: Sequence[ChosenFacts]
    from_government: Sequence[str]
    from_united_states: Sequence[str]
    works: Sequence[WorkFacts]


class OversightPoint(NamedTuple):
    """One of the six recommendations: whether it is met, and the rows that decide it.

    `meeting` are the rows that meet it, `missing` those that do not. `lack` says what is missing altogether.
    """

    number: int
    title: str
    state: OversightState
    meeting: Sequence[str] = ()
    missing: Sequence[str] = ()
    lack: str = ""


TITLES = {
    1: gettext_noop("Key indicators are named before the dialogue"),
    2: gettext_noop("Their data are discussed at the dialogue"),
    3: gettext_noop("Every chosen indicator has an annual target"),
    4: gettext_noop("The Department’s guidance asks for annual targets"),
    5: gettext_noop("The contributions of both sides are tracked"),
    6: gettext_noop("It is recorded what will sustain the work"),
}
"""The six recommendations in our words, in English."""


def check_points(facts: DialogueFacts) -> list[OversightPoint]:
    """Return the six recommendations in order. A post can meet five of them."""
    by = last_day_to_agree(facts.held_on)
    return [
        _of_indicators(1, facts, lambda row: row.agreed_on is not None and row.agreed_on <= by),
        _of_indicators(2, facts, lambda row: row.is_discussed),
        _of_indicators(3, facts, lambda row: row.has_target),
        OversightPoint(4, gettext(TITLES[4]), OversightState.DEPARTMENT),
        _of_contributions(facts),
        _of_works(facts),
    ]


def count_met(points: Sequence[OversightPoint]) -> int:
    """Return how many of the five recommendations that a post can meet are met."""
    return sum(point.state is OversightState.MET for point in points)


def _of_indicators(number: int, facts: DialogueFacts, is_met: Callable[[ChosenFacts], bool]) -> OversightPoint:
    meeting = [row.name for row in facts.chosen if is_met(row)]
    missing = [row.name for row in facts.chosen if not is_met(row)]
    lack = "" if facts.chosen else gettext("No indicator is chosen for this dialogue.")
    return _point(number, meeting, missing, lack)


def _of_contributions(facts: DialogueFacts) -> OversightPoint:
    lacks = []
    if not facts.from_government:
        lacks.append(gettext("Nothing is recorded of the government’s contributions."))
    if not facts.from_united_states:
        lacks.append(gettext("Nothing is recorded of the United States’ contributions."))
    return _point(5, [*facts.from_government, *facts.from_united_states], [], " ".join(lacks))


def _of_works(facts: DialogueFacts) -> OversightPoint:
    meeting = [row.title for row in facts.works if row.is_sustained]
    missing = [row.title for row in facts.works if not row.is_sustained]
    lack = "" if facts.works else gettext("No contribution names the work that it is for.")
    return _point(6, meeting, missing, lack)


def _point(number: int, meeting: Sequence[str], missing: Sequence[str], lack: str) -> OversightPoint:
    state = OversightState.NOT_MET if missing or lack else OversightState.MET
    return OversightPoint(number, gettext(TITLES[number]), state, meeting, missing, lack)
