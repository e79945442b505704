"""The figures of a dialogue on its own page: for the embassy with the minutes, for a ministry only its indicators."""

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest

from dialogues.dialogue_figures import ChosenLine, find_edition_of, list_chosen
from dialogues.models import ChosenIndicator, Dialogue, IndicatorTarget, Reading
from dialogues.views.request_rows import AskedFigureState, find_newest_requests
from tiptracker.accounts.models import User


class FigureLine(NamedTuple):
    """An indicator of a dialogue, what was said of its figure, and what became of it afterwards."""

    line: ChosenLine
    since: Reading | None

    @property
    def said(self) -> str:
        """What was said of the figure."""
        discussion = self.line.chosen.discussion
        return discussion.text if discussion else ""


class OwnIndicator(NamedTuple):
    """An indicator as a ministry sees it: its name and unit, the day of the agreement, the target and the request."""

    name: str
    unit: str
    agreed_on: date | None
    target: IndicatorTarget | None
    asked: AskedFigureState | None


def list_figures(request: HttpRequest, dialogue: Dialogue, today: date) -> list[FigureLine]:
    """Return the indicators of a dialogue that were not dropped, each with the reading since."""
    user: User = request.user  # type: ignore[assignment]  # only signed-in users get here
    edition = find_edition_of(user, dialogue)
    if edition is None:
        return []
    lines = list_chosen(user, dialogue, edition, today=today)
    return [FigureLine(line, _reading_since(line)) for line in lines if not line.is_dropped]


def list_own_indicators(user: User, dialogue: Dialogue, today: date) -> list[OwnIndicator]:
    """Return the indicators of a dialogue that are proposed to the ministry or agreed with it."""
    chosen = ChosenIndicator.objects.visible_to(user).filter(dialogue=dialogue).with_history()
    rows = [row for row in chosen if not row.dropped]
    edition = find_edition_of(user, dialogue) if rows else None
    if edition is None:
        return []
    targets = {
        row.indicator_id: row
        for row in IndicatorTarget.objects.visible_to(user).filter(edition=edition).in_force()
        if not row.is_dropped
    }
    asked = find_newest_requests(user, edition, today)
    return [
        OwnIndicator(
            row.indicator.name,
            row.indicator.unit,
            _agreed_with(row, user),
            targets.get(row.indicator_id),
            asked.get(row.indicator_id),
        )
        for row in rows
    ]


def _agreed_with(row: ChosenIndicator, user: User) -> date | None:
    """Return the day on which an indicator was agreed with the user's ministry."""
    days = [event.happened_on for event in row.events.all() if event.ministry_id == user.ministry_id]
    return max(days, default=None)


def _reading_since(line: ChosenLine) -> Reading | None:
    """Return the newest figure that goes beyond the day of the dialogue."""
    newest = line.standing.claimed or line.standing.verified
    return newest if newest is not None and newest.through_on > line.held_on else None
