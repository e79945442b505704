"""What happened beside the score: dialogues and milestones, as one reader sees them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from dialogues.models import Dialogue
from dialogues.status import days_past_due
from recommendations.choices import DATES_ALONE, MilestoneKind
from recommendations.models import Edition, Milestone
from reports.readiness.explanation.trend_display import Happening
from tiptracker.accounts.models import User


def gather_happenings(user: User, edition: Edition, *, as_of: date, known_by: datetime | None) -> list[Happening]:
    """The dialogues held up to a day and recorded by a moment (None: by now), and the milestones as known then."""
    recorded = Q() if known_by is None else Q(recorded_at__lte=known_by)
    dialogues = (
        Dialogue.objects.visible_to(user)
        .held()
        .filter(recorded, country=edition.country_id, held_on__range=(edition.starts_on, as_of))
    )
    milestones = Milestone.objects.visible_to(user).filter(edition=edition).as_known_by(known_by)
    return told(dialogues, milestones, as_of)


def told(dialogues: Iterable[Dialogue], milestones: Iterable[Milestone], as_of: date) -> list[Happening]:
    """Each by its name; a milestone (`as_known_by`) on the day on which it was done, else on that on which it falls."""
    return [
        *(Happening(row.held_on, "Dialogue", f"Dialogue, {row.place}", row.pk) for row in dialogues),
        *(_milestone(row, as_of) for row in milestones),
    ]


def _milestone(row: Milestone, as_of: date) -> Happening:
    name = row.get_kind_display()
    if row.done_on is not None and row.done_on <= as_of:
        return Happening(row.done_on, name, name)
    if MilestoneKind(row.kind) in DATES_ALONE or not days_past_due(row.falls_on, as_of):
        return Happening(row.falls_on, name, name)
    return Happening(row.falls_on, name, f"{name}: due, and not recorded as done")
