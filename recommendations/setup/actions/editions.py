"""Opening an edition, and putting one right."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.readiness_changed import readiness_may_have_moved
from recommendations.actions.terms import refuse_outside_period, refuse_overlap
from recommendations.choices import MilestoneKind, Tier
from recommendations.models import Edition, EditionTerms, Milestone
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.validation import add, change, refuse_backwards, written


class Day(NamedTuple):
    """A milestone's day, and where it is told."""

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
    deadline: Day,
    reason: str,
    milestones: Mapping[MilestoneKind, Day],
    by: User,
    now: datetime,
) -> Edition:
    """An edition to be followed, before its list of recommendations: its facts, its first terms and its milestones.

    `milestones` are those besides the deadline and the end of the period, which every edition has. `reason` says why
    this deadline. Raises PermissionDenied; Refused, a milestone's with the field "action_plan_on" for its kind.
    """
    if not can_set_up(by):
        raise PermissionDenied
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    if Edition.objects.filter(country=locked, year=year).exists():
        raise Refused(f"The {year} edition on {locked} is there already. Go on with it below.", field="year")
    first, last = period
    refuse_backwards(first, last, field="ends_on")
    if first == last:
        raise Refused("The last day is the first. Give a later one: a tracking period is a year.", field="ends_on")
    if abs(first.year - year) > 1:
        raise Refused(
            f"The tracking period of the {year} edition begins in {year}, a year before or a year after. Give a day of "
            "one of these.",
            field="starts_on",
        )
    refuse_overlap(locked, first, last)
    edition = add(
        Edition(
            country=locked,
            year=year,
            tier=tier,
            target_tier=target_tier or "",
            published_on=published_on,
            starts_on=first,
            ends_on=last,
            source=written(source, "Say where the edition can be looked up.", field="source"),
        )
    )
    refuse_outside_period(edition, deadline.on, field="deadline_on")
    terms = add(
        EditionTerms(
            edition=edition,
            deadline_on=deadline.on,
            reason=written(reason, "Say why this deadline, for whoever reads it after you.", field="reason"),
            recorded_at=now,
            recorded_by=by,
        )
    )
    days = {
        **milestones,
        MilestoneKind.DEADLINE: deadline,
        MilestoneKind.PERIOD_END: Day(last, edition.source),
    }
    told = {kind.value: _add_milestone(edition, kind, day) for kind, day in days.items()}
    record("edition.opened", by=by, row=edition, country=locked, after=_told(edition, terms) | {"milestones": told})
    return edition


@transaction.atomic
def change_edition(
    *,
    edition: Edition,
    tier: Tier,
    target_tier: Tier | None,
    published_on: date | None,
    source: str,
    milestones: Mapping[MilestoneKind, Day],
    by: User,
) -> Edition:
    """Put an edition's published facts right, and add milestones that it has not yet.

    Its year and tracking period stay: facts are counted by them. Raises PermissionDenied; Refused, also where nothing
    would change.
    """
    if not can_set_up(by):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    before = _facts(locked)
    locked.tier, locked.target_tier, locked.published_on = tier, target_tier or "", published_on
    locked.source = written(source, "Say where the edition can be looked up.", field="source")
    after = _facts(locked)
    changed = [name for name in FACTS if before[name] != after[name]]
    if not changed and not milestones:
        raise Refused("Nothing here differs from what stands. Change something, or go on to the next step.")
    change(locked)
    there = set(locked.milestones.values_list("kind", flat=True))
    if twice := there & set(milestones):
        kind = MilestoneKind(min(twice))
        raise Refused(f"“{kind.label}” has its day already. Load the page again.", field=f"{kind.value}_on")
    told: dict[str, Any] = {name: after[name] for name in changed}
    if milestones:
        told["milestones"] = {kind.value: _add_milestone(locked, kind, day) for kind, day in milestones.items()}
    was = {name: before[name] for name in changed}
    readiness_may_have_moved(locked.country_id)
    record("edition.changed", by=by, row=locked, country=locked.country_id, before=was, after=told)
    return locked


def _add_milestone(edition: Edition, kind: MilestoneKind, day: Day) -> str:
    """Add it, or refuse a day that the edition's year does not have; gives the day for the log."""
    refuse_outside_period(edition, day.on, field=f"{kind.value}_on")
    add(Milestone(edition=edition, kind=kind, due_on=day.on, source=day.source.strip()))
    return day.on.isoformat()


FACTS = ("tier", "target_tier", "published_on", "source")
"""What of an edition is put right; its year and its tracking period stay."""


def _facts(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in FACTS}


def _told(edition: Edition, terms: EditionTerms) -> dict[str, Any]:
    return (
        {"year": edition.year, "starts_on": edition.starts_on, "ends_on": edition.ends_on}
        | _facts(edition)
        | {"terms": terms.pk, "deadline_on": terms.deadline_on, "reason": terms.reason}
    )
