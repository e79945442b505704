"""Open an edition, and correct one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.edition_terms import refuse_outside_period, refuse_overlap
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import MilestoneKind, Tier
from recommendations.models import Edition, EditionTerms, Milestone
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.validation import insert_row, refuse_reversed_dates, require_text, update_row


class MilestoneDate(NamedTuple):
    """A milestone's day and the source of that date."""

    on: date
    source: str = ""


@transaction.atomic
def open_edition(
    *,
    country: Country,
    year: int,
    tier: Tier,
    target_tier: Tier | None,
    published_on: date | None,
    period: tuple[date, date],
    source: str,
    deadline: MilestoneDate,
    reason: str,
    milestones: Mapping[MilestoneKind, MilestoneDate],
    by: User,
    now: datetime,
) -> Edition:
    """Open an edition to track, before its list is imported: its facts, first terms and milestones.

    `milestones` are those besides the deadline and the end of the period, which every edition has. `reason` is the
    reason
    for this deadline. Raises PermissionDenied, Refused. A refusal about a milestone has a field such as
    "action_plan_on".
    """
    if not can_set_up(by):
        raise PermissionDenied
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    if Edition.objects.filter(country=locked, year=year).exists():
        raise Refused(f"The {year} edition on {locked} is there already. Go on with it below.", field="year")
    first, last = period
    refuse_reversed_dates(first, last, field="ends_on")
    if first == last:
        raise Refused("The last day is the first. Give a later one: a tracking period is a year.", field="ends_on")
    if abs(first.year - year) > 1:
        raise Refused(
            f"The tracking period of the {year} edition begins in {year}, a year before or a year after. Give a day of "
            "one of these.",
            field="starts_on",
        )
    refuse_overlap(locked, first, last)
    edition = insert_row(
        Edition(
            country=locked,
            year=year,
            tier=tier,
            target_tier=target_tier or "",
            published_on=published_on,
            starts_on=first,
            ends_on=last,
            source=require_text(source, "Say where the edition can be looked up.", field="source"),
        )
    )
    refuse_outside_period(edition, deadline.on, field="deadline_on")
    terms = insert_row(
        EditionTerms(
            edition=edition,
            deadline_on=deadline.on,
            reason=require_text(reason, "Say why this deadline, for whoever reads it after you.", field="reason"),
            recorded_at=now,
            recorded_by=by,
        )
    )
    days = {
        **milestones,
        MilestoneKind.DEADLINE: deadline,
        MilestoneKind.PERIOD_END: MilestoneDate(last, edition.source),
    }
    told = {kind.value: _add_milestone(edition, kind, day) for kind, day in days.items()}
    record(
        "edition.opened",
        by=by,
        row=edition,
        country=locked,
        after=_edition_audit_values(edition, terms) | {"milestones": told},
    )
    return edition


@transaction.atomic
def change_edition(
    *,
    edition: Edition,
    tier: Tier,
    target_tier: Tier | None,
    published_on: date | None,
    source: str,
    milestones: Mapping[MilestoneKind, MilestoneDate],
    by: User,
) -> Edition:
    """Correct an edition's published facts, and add milestones that it doesn't have yet.

    Its year and tracking period can't change, because facts are assigned to editions by them. Raises PermissionDenied,
    or
    Refused, also if nothing would change.
    """
    if not can_set_up(by):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    before = _editable_values(locked)
    locked.tier, locked.target_tier, locked.published_on = tier, target_tier or "", published_on
    locked.source = require_text(source, "Say where the edition can be looked up.", field="source")
    after = _editable_values(locked)
    changed = [name for name in EDITABLE_FIELDS if before[name] != after[name]]
    if not changed and not milestones:
        raise Refused("Nothing here differs from what stands. Change something, or go on to the next step.")
    update_row(locked)
    there = set(locked.milestones.values_list("kind", flat=True))
    if twice := there & set(milestones):
        kind = MilestoneKind(min(twice))
        raise Refused(f"“{kind.label}” has its day already. Load the page again.", field=f"{kind.value}_on")
    told: dict[str, Any] = {name: after[name] for name in changed}
    if milestones:
        told["milestones"] = {kind.value: _add_milestone(locked, kind, day) for kind, day in milestones.items()}
    was = {name: before[name] for name in changed}
    enqueue_readiness(locked.country_id)
    record("edition.changed", by=by, row=locked, country=locked.country_id, before=was, after=told)
    return locked


def _add_milestone(edition: Edition, kind: MilestoneKind, day: MilestoneDate) -> str:
    """Add a milestone and return its day for the activity log. Refuse a day outside the tracking period."""
    refuse_outside_period(edition, day.on, field=f"{kind.value}_on")
    insert_row(Milestone(edition=edition, kind=kind, due_on=day.on, source=day.source.strip()))
    return day.on.isoformat()


EDITABLE_FIELDS = ("tier", "target_tier", "published_on", "source")
"""The fields of an edition that can be corrected. Its year and tracking period can't."""


def _editable_values(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in EDITABLE_FIELDS}


def _edition_audit_values(edition: Edition, terms: EditionTerms) -> dict[str, Any]:
    return (
        {"year": edition.year, "starts_on": edition.starts_on, "ends_on": edition.ends_on}
        | _editable_values(edition)
        | {"terms": terms.pk, "deadline_on": terms.deadline_on, "reason": terms.reason}
    )
