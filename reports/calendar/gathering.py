"""Load the days of an edition's calendar that one user may see, as the values of `reports.calendar.year`."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Q

from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.commitment_status import standing_from_row
from dialogues.models import Commitment, Dialogue, InformationRequest
from recommendations.choices import MilestoneKind
from recommendations.models import Edition, Milestone
from reports.calendar import year
from reports.calendar.year import CalendarDay
from tiptracker.accounts.models import User


def gather_days(user: User, edition: Edition, today: date) -> list[CalendarDay]:
    """Return the calendar days of an edition that the user may see, sorted.

    They are all milestones, the dialogues since the tracking period began, commitments and requests for information. A
    commitment is listed if it is due since then, or if it has a due date and is open, overdue or with the embassy; a
    request if it is due since then, or still open.
    """
    commitments = Commitment.objects.visible_to(user).filter(country=edition.country_id).with_status(today)
    unsettled = Q(
        due_on__isnull=False,
        status__in=[CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.WITH_EMBASSY],
    )
    rows: Any = commitments.filter(Q(due_on__gte=edition.starts_on) | unsettled)
    return year.sort_days(
        [
            *milestone_and_dialogue_days(user, edition, list_milestones(user, edition), today),
            *(
                year.due_day(
                    standing_from_row(row, today),
                    row.due_on,
                    text=row.text,
                    maker=row.maker,
                    row_id=row.pk,
                    today=today,
                    is_ours=row.made_by == MadeBy.UNITED_STATES,
                )
                for row in rows.select_related("ministry").order_by("pk")
            ),
            *_request_days(user, edition, today),
        ]
    )


def _request_days(user: User, edition: Edition, today: date) -> Iterator[CalendarDay]:
    for row in InformationRequest.objects.visible_to(user, edition.country).with_history():
        standing = row.standing_on(today)
        if standing and (standing.due_on >= edition.starts_on or not standing.is_settled):
            yield year.request_day(standing, text=row.text, ministry=row.maker, row_id=row.pk, today=today)


def list_milestones(user: User, edition: Edition) -> list[Milestone]:
    """Return the edition's milestones that the user may see, as known now."""
    return list(Milestone.objects.visible_to(user).filter(edition=edition).as_known_by(None))


def milestone_day(row: Milestone, today: date) -> CalendarDay:
    """Return the calendar day of a milestone that was loaded with `as_known_by`."""
    return year.milestone_day(
        MilestoneKind(row.kind),
        row.falls_on,
        row.done_on,
        row.pk,
        today,
        title=row.own_title,
        is_about=row.is_about,
    )


def milestone_and_dialogue_days(
    user: User, edition: Edition, milestones: Iterable[Milestone], today: date
) -> list[CalendarDay]:
    """Return the milestones, and the dialogues since the period began, each with its status on the day `today`."""
    dialogues = Dialogue.objects.visible_to(user).filter(country=edition.country_id, held_on__gte=edition.starts_on)
    return [
        *(milestone_day(row, today) for row in milestones),
        *(
            year.dialogue_day(row.stage_on(today), row.held_on, row.place, row.pk, today)
            for row in dialogues.order_by("held_on", "pk")
        ),
    ]
