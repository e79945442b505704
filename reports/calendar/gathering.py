"""The days that somebody watches, as one reader sees them: from rows to `reports.calendar.year`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from dialogues.choices import Status
from dialogues.models import Commitment, Dialogue
from dialogues.models.commitments import standing_in
from recommendations.choices import MilestoneKind
from recommendations.models import Edition, Milestone
from reports.calendar import year
from reports.calendar.year import Day
from tiptracker.accounts.models import User


def gather_days(user: User, edition: Edition, today: date) -> list[Day]:
    """Every milestone of the edition; dialogues since its period began; what falls due since then, or is unsettled."""
    promised = Commitment.objects.visible_to(user).filter(country=edition.country_id).with_status(today)
    unsettled = Q(due_on__isnull=False, status__in=[Status.OPEN, Status.OVERDUE, Status.WITH_EMBASSY])
    rows: Any = promised.filter(Q(due_on__gte=edition.starts_on) | unsettled)
    return year.in_order(
        [
            *days_of_the_embassy(user, edition, milestones_of(user, edition), today),
            *(
                year.due(standing_in(row, today), row.due_on, text=row.text, maker=row.maker, key=row.pk, today=today)
                for row in rows.select_related("ministry").order_by("pk")
            ),
        ]
    )


def milestones_of(user: User, edition: Edition) -> list[Milestone]:
    """The edition's milestones by their days, as known now."""
    return list(Milestone.objects.visible_to(user).filter(edition=edition).as_known_by(None))


def days_of_the_embassy(user: User, edition: Edition, milestones: Iterable[Milestone], today: date) -> list[Day]:
    """Milestones, and dialogues since the period began, each as it stands on the day `today`."""
    dialogues = Dialogue.objects.visible_to(user).filter(country=edition.country_id, held_on__gte=edition.starts_on)
    return [
        *(year.milestone(MilestoneKind(row.kind), row.falls_on, row.done_on, row.pk, today) for row in milestones),
        *(
            year.dialogue(row.stage_on(today), row.held_on, row.place, row.pk, today)
            for row in dialogues.order_by("held_on", "pk")
        ),
    ]
