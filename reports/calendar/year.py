"""The days of an edition's year for pages and files: milestones, dialogues and due dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from dialogues.choices import ClaimedProgress, CommitmentStatus, DialogueStage, RequestStatus
from dialogues.commitment_phrases import format_overdue, format_with_embassy_since
from dialogues.commitment_status import CommitmentStanding, days_left, days_past_due
from dialogues.dialogue_stage import UPCOMING_STAGES
from dialogues.request_phrases import format_request_status
from dialogues.request_status import RequestStanding
from recommendations.choices import DATE_ONLY_MILESTONES, MilestoneKind
from reports import formatting, sentences
from reports.charts.axis import AxisEvent
from reports.charts.timeline import Filling, Timeline, TimelineRow, timeline_chart
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date, format_short_date, gettext, gettext_noop, ngettext, pgettext


class DayKind(ChoiceEnum):
    """What falls on a day."""

    MILESTONE = "milestone", gettext_noop("Milestone")
    DIALOGUE = "dialogue", gettext_noop("Dialogue")
    DUE = "due", gettext_noop("Due date")
    REQUEST = "request", gettext_noop("Request for information")


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day, what falls on it and its status.

    `detail` is who made a commitment, is asked for information or has to reach a milestone, or where a dialogue is
    held. `purpose` says what a milestone is, and `milestone` which one; `is_about` means that its date is an estimate.
    `is_ours` is True for a commitment of the United States. `days_left` is set if the day is still to come,
    `days_overdue` if it is overdue.
    """

    shown_on: date
    kind: DayKind
    title: str
    detail: str
    status: ChoiceEnum
    status_text: str
    row_id: int
    days_left: int | None = None
    days_overdue: int | None = None
    purpose: str = ""
    milestone: MilestoneKind | None = None
    is_about: bool = False
    is_ours: bool = False

    @property
    def distance(self) -> str:
        """How far away the day is: "in 4 days", "overdue by 12 days"; empty if it is settled or over."""
        if self.days_overdue is not None:
            return format_overdue(self.days_overdue)
        if self.days_left is not None:
            if not self.days_left:
                return gettext("today")
            return ngettext("in %(number)d day", "in %(number)d days", self.days_left) % {"number": self.days_left}
        return ""


STATUS_FILLINGS = {
    CommitmentStatus.OVERDUE: Filling.SOLID,
    CommitmentStatus.OPEN: Filling.OUTLINE,
    CommitmentStatus.WITH_EMBASSY: Filling.HATCHED,
    CommitmentStatus.REPORTED: Filling.HATCHED,
    CommitmentStatus.VERIFIED: Filling.BLUE,
    CommitmentStatus.WITHDRAWN: Filling.DASHED,
}
"""How the timeline fills the due dates of each status."""


SETTLED_REQUESTS = frozenset({RequestStatus.ANSWERED, RequestStatus.NONE, RequestStatus.WITHDRAWN})
"""The statuses of requests for information on which nothing more is expected."""


def milestone_day(
    kind: MilestoneKind,
    due_on: date,
    done_on: date | None,
    row_id: int,
    today: date,
    *,
    title: str = "",
    is_about: bool = False,
) -> CalendarDay:
    """Return a milestone on the day it was done, otherwise on its due date.

    `title` is its own, if it has one. `is_about` means that the due date is an estimate: it is never overdue.
    """
    purpose = sentences.describe_milestone_purpose(kind)
    day = partial(
        CalendarDay,
        kind=DayKind.MILESTONE,
        title=title or kind.label,
        detail=kind.owner.label,
        row_id=row_id,
        purpose=purpose,
        milestone=kind,
    )
    if done_on is not None and done_on <= today:
        status_text = gettext("done; due by %(date)s") % {"date": format_short_date(due_on)}
        return day(shown_on=done_on, status=ClaimedProgress.DONE, status_text=status_text)
    left = days_left(due_on, today)
    day = partial(day, is_about=is_about)
    if left is not None:
        status_text = gettext("ahead, estimated date") if is_about else gettext("ahead")
        return day(shown_on=due_on, status=CommitmentStatus.OPEN, status_text=status_text, days_left=left)
    if is_about:
        return day(shown_on=due_on, status=CommitmentStatus.OPEN, status_text=gettext("the estimated date is past"))
    if kind in DATE_ONLY_MILESTONES:
        return day(shown_on=due_on, status=ClaimedProgress.DONE, status_text=pgettext("milestone", "past"))
    overdue = days_past_due(due_on, today)
    return day(shown_on=due_on, status=CommitmentStatus.OVERDUE, status_text=gettext("overdue"), days_overdue=overdue)


def dialogue_day(stage: DialogueStage, held_on: date, place: str, row_id: int, today: date) -> CalendarDay:
    """Return a dialogue with its stage: planned, held, not recorded or called off.

    Only a dialogue that is still to be held has days left.
    """
    left = (held_on - today).days if stage in UPCOMING_STAGES else None
    status_text = formatting.lowercase_first((DialogueStage.PLANNED if stage in UPCOMING_STAGES else stage).label)
    return CalendarDay(
        held_on, DayKind.DIALOGUE, DayKind.DIALOGUE.label, place, stage, status_text, row_id, days_left=left
    )


def due_day(
    standing: CommitmentStanding,
    due_on: date,
    *,
    text: str,
    maker: str,
    row_id: int,
    today: date,
    is_ours: bool = False,
) -> CalendarDay:
    """Return a commitment on the day it is due."""
    return CalendarDay(
        due_on,
        DayKind.DUE,
        text,
        maker,
        standing.status,
        format_with_embassy_since(standing.waits_since)
        if standing.waits_since
        else formatting.lowercase_first(standing.status.label),
        row_id,
        days_left=days_left(due_on, today)
        if standing.status in (CommitmentStatus.OPEN, CommitmentStatus.WITH_EMBASSY)
        else None,
        days_overdue=standing.days_overdue or None,
        is_ours=is_ours,
    )


def request_day(standing: RequestStanding, *, text: str, ministry: str, row_id: int, today: date) -> CalendarDay:
    """Return a request for information on the day it is due."""
    is_expected = standing.status not in SETTLED_REQUESTS and not standing.days_overdue
    return CalendarDay(
        standing.due_on,
        DayKind.REQUEST,
        text,
        ministry,
        standing.status,
        format_request_status(standing) or formatting.lowercase_first(standing.status.label),
        row_id,
        days_left=days_left(standing.due_on, today) if is_expected else None,
        days_overdue=standing.days_overdue or None,
    )


def sort_days(days: Iterable[CalendarDay]) -> list[CalendarDay]:
    """Sort by date; on one date milestones come first, then dialogues, then commitments, then requests."""
    kinds = list(DayKind)
    return sorted(days, key=lambda day: (day.shown_on, kinds.index(day.kind), day.row_id))


def describe_year(days: Sequence[CalendarDay], today: date) -> str:
    """Describe the year as of today, without a full stop.

    Example: "2 commitments are overdue. Next date: 3 March 2022, in 4 days".
    """
    overdue = sum(day.kind is DayKind.DUE and day.days_overdue is not None for day in days)
    missed = sum(day.kind is DayKind.MILESTONE and day.days_overdue is not None for day in days)
    counted = [
        sentence % {"number": number}
        for number, sentence in (
            (overdue, ngettext("%(number)d commitment is overdue.", "%(number)d commitments are overdue.", overdue)),
            (missed, ngettext("%(number)d milestone was missed.", "%(number)d milestones were missed.", missed)),
        )
        if number
    ]
    summary = " ".join(counted or [gettext("Nothing is overdue.")])
    next_day = min((day.shown_on for day in days if day.days_left is not None), default=None)
    if next_day is None:
        return f"{summary} {gettext('No date is ahead')}"
    following = gettext("Next date: %(date)s, %(distance)s")
    distance = sentences.format_relative_date(next_day, today)
    return f"{summary} {following % {'date': format_date(next_day), 'distance': distance}}"


def draw_timeline(days: Iterable[CalendarDay], *, starts_on: date, ends_on: date, today: date) -> Timeline:
    """Draw the tracking period as a timeline. Requests and dialogues that were called off are left out."""
    days = list(days)
    named = [
        AxisEvent(
            day.shown_on,
            _day_name(day),
            day.kind is DayKind.DIALOGUE,
            day.status in (ClaimedProgress.DONE, DialogueStage.HELD),
        )
        for day in days
        if day.kind not in (DayKind.DUE, DayKind.REQUEST) and day.status is not DialogueStage.CALLED_OFF
    ]
    rows = [
        TimelineRow(
            partial(sentences.count_status, status),
            STATUS_FILLINGS[status],
            [day.shown_on for day in days if day.kind is DayKind.DUE and day.status is status],
        )
        for status in sentences.COUNTED_STATUSES
    ]
    return timeline_chart(named, rows, starts_on=starts_on, ends_on=ends_on, today=today)


def _day_name(day: CalendarDay) -> str:
    if day.kind is DayKind.DIALOGUE:
        return day.title if day.status is DialogueStage.HELD else f"{day.title} ({day.status_text})"
    if day.days_overdue is not None:
        return f"{day.title} ({day.status_text})"
    return sentences.name_estimated(day.title) if day.is_about else day.title
