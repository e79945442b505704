"""Add milestones to an edition, change their dates, and record them as done."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import DATE_ONLY_MILESTONES, FIXED_MILESTONES, MilestoneKind, Tier
from recommendations.department_year import EditionOfYear, ProposedMilestone, compute_department_year
from recommendations.models import Edition, Milestone, MilestoneDateChange, MilestoneDone
from recommendations.permissions import can_add_department_year, can_edit_recommendations
from recommendations.tracking_period import latest_milestone_day
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, record_language
from tiptracker.validation import insert_row, refuse_future, require_text


def list_department_year(edition: Edition) -> list[ProposedMilestone]:
    """Return the computed dates of the Department's year for an edition, whether or not it has them already."""
    editions = Edition.objects.filter(country=edition.country_id, year__lte=edition.year + 1)
    rows = {year: (Tier(tier), day) for year, tier, day in editions.values_list("year", "tier", "published_on")}
    _, next_published_on = rows.pop(edition.year + 1, (None, None))
    tiers = {year: tier for year, (tier, _) in rows.items()}
    return compute_department_year(
        EditionOfYear(edition.year, edition.published_on, edition.ends_on, edition.source, tiers, next_published_on)
    )


@transaction.atomic
def add_department_year(*, edition: Edition, by: User) -> list[Milestone]:
    """Add the dates of the Department's year that the edition lacks. Kinds that it has stay as they are.

    Raises PermissionDenied, or Refused if it has them all.
    """
    if not can_add_department_year(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    existing = set(locked.milestones.values_list("kind", flat=True))
    missing = [row for row in list_department_year(locked) if row.kind not in existing]
    if not missing:
        raise Refused("nothing_to_add", gettext("The edition already has all dates of the Department’s year."))
    with record_language():
        added = [
            insert_row(
                Milestone(
                    edition=locked,
                    kind=row.kind,
                    due_on=row.due_on,
                    is_estimated=row.is_estimated,
                    source=gettext(row.source) if row.source else "",
                )
            )
            for row in missing
        ]
    after: dict[str, Any] = {"milestones": {row.kind: row.due_on.isoformat() for row in added}}
    enqueue_readiness(locked.country_id)
    record("edition.year_added", by=by, row=locked, country=locked.country_id, after=after)
    return added


@transaction.atomic
def add_milestone(
    *, edition: Edition, kind: MilestoneKind, own_title: str, due_on: date, is_estimated: bool, source: str, by: User
) -> Milestone:
    """Add a milestone to an edition. One of a kind that it already has needs a title of its own.

    Raises PermissionDenied, Refused.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if kind in FIXED_MILESTONES:
        raise Refused("fixed_milestone", _explain_fixed(kind), field="kind")
    own_title = own_title.strip()
    names = {row.name.casefold() for row in locked.milestones.filter(kind=kind)}
    if (own_title or kind.label).casefold() in names:
        raise Refused(
            "taken",
            gettext("The edition already has a milestone of this name. Give this one another title."),
            field="own_title",
        )
    _refuse_distant_day(locked, due_on)
    values = {
        "kind": kind,
        "own_title": own_title,
        "due_on": due_on,
        "is_estimated": is_estimated,
        "source": require_text(source, gettext("Write the source of this date."), field="source"),
    }
    row = insert_row(Milestone(edition=locked, **values))
    enqueue_readiness(locked.country_id)
    record("milestone.added", by=by, row=row, country=locked.country_id, after=values)
    return row


@transaction.atomic
def change_milestone_date(
    *, milestone: Milestone, due_on: date, is_estimated: bool, reason: str, by: User, now: datetime
) -> MilestoneDateChange:
    """Give a milestone another date from now on. The earlier dates stay in the record.

    Raises PermissionDenied, Refused.
    """
    if not can_edit_recommendations(by, milestone.edition):
        raise PermissionDenied
    locked = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    kind = MilestoneKind(locked.kind)
    if kind in FIXED_MILESTONES:
        raise Refused("fixed_milestone", _explain_fixed(kind), field="due_on")
    _refuse_distant_day(milestone.edition, due_on)
    reason = require_text(reason, gettext("Write why the date changes, and who says so."), field="reason")
    old = locked.date_changes.known_by(None).first() or locked
    before = {"due_on": old.due_on, "is_estimated": old.is_estimated}
    values = {"due_on": due_on, "is_estimated": is_estimated}
    if values == before:
        raise Refused("unchanged", gettext("You changed nothing. Change something, or cancel."))
    row = insert_row(MilestoneDateChange(milestone=locked, **values, reason=reason, recorded_at=now, recorded_by=by))
    country = milestone.edition.country_id
    enqueue_readiness(country)
    after = values | {"reason": reason, "date_change": row.pk}
    record("milestone.date_changed", by=by, row=locked, country=country, before=before, after=after)
    return row


@transaction.atomic
def record_milestone_done(
    *, milestone: Milestone, done_on: date, source: str, by: User, now: datetime
) -> MilestoneDone:
    """Record the day on which a milestone was done. A later record corrects an earlier one.

    Raises PermissionDenied, Refused.
    """
    if not can_edit_recommendations(by, milestone.edition):
        raise PermissionDenied
    locked = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    if locked.kind in DATE_ONLY_MILESTONES:
        raise Refused("date_only_milestone", gettext("This milestone is only a date. It cannot be recorded as done."))
    refuse_future(done_on, now, field="done_on")
    source = require_text(source, gettext("Write the source of this date."), field="source")
    old = locked.done.known_by(None).first()
    before = {"done_on": old.done_on, "source": old.source} if old else None
    values = {"done_on": done_on, "source": source}
    if values == before:
        raise Refused("unchanged", gettext("This is already recorded. Change something, or cancel."))
    row = insert_row(MilestoneDone(milestone=locked, **values, recorded_at=now, recorded_by=by))
    country = milestone.edition.country_id
    enqueue_readiness(country)
    record("milestone.done", by=by, row=locked, country=country, before=before, after=values | {"done": row.pk})
    return row


def _explain_fixed(kind: MilestoneKind) -> str:
    if kind is MilestoneKind.DEADLINE:
        return gettext("The deadline is set in the terms of the edition. Change it there.")
    return gettext("The tracking period of an edition cannot change, because facts are counted by it.")


def _refuse_distant_day(edition: Edition, day: date) -> None:
    """Refuse a day that cannot belong to the edition's year: before its period, or more than a year after it."""
    last = latest_milestone_day(edition.ends_on)
    if not edition.starts_on <= day <= last:
        raise Refused(
            "out_of_range",
            gettext("Give a date from %(first)s to %(last)s.")
            % {"first": format_date(edition.starts_on), "last": format_date(last)},
            field="due_on",
        )
