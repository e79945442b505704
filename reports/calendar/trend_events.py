"""Load the dialogues and milestones that the trend chart marks, as one user may see them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from dialogues.commitment_status import days_past_due
from dialogues.models import Dialogue
from recommendations.choices import DATE_ONLY_MILESTONES, MilestoneKind
from recommendations.models import Edition, Milestone
from reports import sentences
from reports.readiness.explanation.trend_display import TrendEvent
from tiptracker.accounts.models import User
from tiptracker.localization import gettext


def gather_trend_events(user: User, edition: Edition, *, as_of: date, known_by: datetime | None) -> list[TrendEvent]:
    """Return the dialogues held up to a day and recorded by a moment (None: now), and the milestones known then."""
    recorded = Q() if known_by is None else Q(recorded_at__lte=known_by)
    dialogues = (
        Dialogue.objects.visible_to(user)
        .held()
        .filter(recorded, country=edition.country_id, held_on__range=(edition.starts_on, as_of))
    )
    milestones = Milestone.objects.visible_to(user).filter(edition=edition).as_known_by(known_by)
    return list_trend_events(dialogues, milestones, as_of)


def list_trend_events(dialogues: Iterable[Dialogue], milestones: Iterable[Milestone], as_of: date) -> list[TrendEvent]:
    """Return dialogues and milestones as events of the trend.

    A milestone (loaded with `as_known_by`) stands on the day it was done, otherwise on its due date.
    """
    return [
        *(
            TrendEvent(row.held_on, gettext("Dialogue"), gettext("Dialogue, %(place)s") % {"place": row.place}, row.pk)
            for row in dialogues
        ),
        *(_milestone_event(row, as_of) for row in milestones),
    ]


def _milestone_event(row: Milestone, as_of: date) -> TrendEvent:
    name = sentences.name_estimated(row.name) if row.is_about else row.name
    if row.done_on is not None and row.done_on <= as_of:
        return TrendEvent(row.done_on, name, name)
    if row.is_about or MilestoneKind(row.kind) in DATE_ONLY_MILESTONES or not days_past_due(row.falls_on, as_of):
        return TrendEvent(row.falls_on, name, name)
    values = {"milestone": name}
    return TrendEvent(
        row.falls_on,
        gettext("Not recorded: %(milestone)s") % values,
        gettext("%(milestone)s: due and not recorded as done") % values,
    )
