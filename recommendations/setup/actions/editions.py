"""Open an edition, and correct one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.edition_terms import refuse_outside_period, refuse_overlap
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import MilestoneKind, Tier
from recommendations.models import Edition, EditionTerms, Milestone
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.validation import insert_row, refuse_reversed_dates, require_text, update_row


class MilestoneDate(NamedTuple):
    """A milestone's day and the source of that date."""

    on: date
    source: str = ""


class EditionFacts(TypedDict):
    """The published facts of an edition that can be corrected. Its year and tracking period can't."""

    tier: Tier
    target_tier: Tier | None
    published_on: date | None
    source: str


EDITABLE_FIELDS = tuple(EditionFacts.__annotations__)


@transaction.atomic
def open_edition(
    *,
    country: Country,
    year: int,
    period: tuple[date, date],
    deadline: MilestoneDate,
    reason: str,
    milestones: Mapping[MilestoneKind, MilestoneDate],
    by: User,
    now: datetime,
    **facts: Unpack[EditionFacts],
) -> Edition:
    """Open an edition to track, before its list is imported: its facts, first terms and milestones.

    `milestones` are those besides the deadline and the end of the period, which every edition has. `reason` is the
    reason for this deadline. Raises PermissionDenied, Refused. A refusal about a milestone has a field such as
    "action_plan_on".
    """
    if not can_set_up(by, country.pk):
        raise PermissionDenied
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    if Edition.objects.filter(country=locked, year=year).exists():
        raise Refused(
            "taken",
            gettext("The %(year)d edition on %(country)s already exists. You find it above.")
            % {"year": year, "country": locked.name},
            field="year",
        )
    first, last = period
    refuse_reversed_dates(first, last, field="ends_on")
    if first == last:
        raise Refused(
            "one_day_period",
            gettext("The first and the last day are the same. Give a later last day. A tracking period is a year."),
            field="ends_on",
        )
    if abs(first.year - year) > 1:
        raise Refused(
            "out_of_range",
            gettext(
                "The tracking period of the %(year)d edition begins between %(first)d and %(last)d. Correct the day."
            )
            % {"year": year, "first": year - 1, "last": year + 1},
            field="starts_on",
        )
    refuse_overlap(locked, first, last)
    edition = Edition(country=locked, year=year, starts_on=first, ends_on=last)
    _set_facts(edition, facts)
    insert_row(edition)
    refuse_outside_period(edition, deadline.on, field="deadline_on")
    terms = insert_row(
        EditionTerms(
            edition=edition,
            deadline_on=deadline.on,
            reason=require_text(
                reason, gettext("Write why this is the deadline. Your successors will read it."), field="reason"
            ),
            recorded_at=now,
            recorded_by=by,
        )
    )
    days = {
        **milestones,
        MilestoneKind.DEADLINE: deadline,
        MilestoneKind.PERIOD_END: MilestoneDate(last, edition.source),
    }
    after = {"year": year, "starts_on": first, "ends_on": last} | _editable_values(edition)
    after |= {"terms": terms.pk, "deadline_on": terms.deadline_on, "reason": terms.reason}
    after["milestones"] = {kind.value: _add_milestone(edition, kind, day) for kind, day in days.items()}
    record("edition.opened", by=by, row=edition, country=locked, after=after)
    return edition


@transaction.atomic
def change_edition(
    *,
    edition: Edition,
    milestones: Mapping[MilestoneKind, MilestoneDate],
    by: User,
    **facts: Unpack[EditionFacts],
) -> Edition:
    """Correct an edition's published facts, and add milestones that it doesn't have yet.

    Its year and tracking period can't change, because facts are assigned to editions by them. Raises PermissionDenied,
    or Refused, also if nothing would change.
    """
    if not can_set_up(by, edition.country_id):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    before = _editable_values(locked)
    _set_facts(locked, facts)
    after = _editable_values(locked)
    changed = [name for name in EDITABLE_FIELDS if before[name] != after[name]]
    if not changed and not milestones:
        raise Refused("unchanged", gettext("You changed nothing. Change something, or cancel."))
    update_row(locked)
    existing = set(locked.milestones.values_list("kind", flat=True))
    if duplicates := existing & set(milestones):
        kind = MilestoneKind(min(duplicates))
        raise Refused(
            "milestone_exists",
            gettext("“%(milestone)s” already has a date. Load the page again.") % {"milestone": kind.label},
            field=f"{kind.value}_on",
        )
    values: dict[str, Any] = {name: after[name] for name in changed}
    if milestones:
        values["milestones"] = {kind.value: _add_milestone(locked, kind, day) for kind, day in milestones.items()}
    was = {name: before[name] for name in changed}
    enqueue_readiness(locked.country_id)
    record("edition.changed", by=by, row=locked, country=locked.country_id, before=was, after=values)
    return locked


def _set_facts(edition: Edition, facts: EditionFacts) -> None:
    edition.tier, edition.target_tier = facts["tier"], facts["target_tier"] or ""
    edition.published_on = facts["published_on"]
    edition.source = require_text(facts["source"], gettext("Write the source of the edition."), field="source")


def _add_milestone(edition: Edition, kind: MilestoneKind, day: MilestoneDate) -> str:
    """Add a milestone and return its day for the activity log. Refuse a day outside the tracking period."""
    refuse_outside_period(edition, day.on, field=f"{kind.value}_on")
    insert_row(Milestone(edition=edition, kind=kind, due_on=day.on, source=day.source.strip()))
    return day.on.isoformat()


def _editable_values(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in EDITABLE_FIELDS}
