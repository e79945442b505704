"""Change an edition's terms: deadline, target, weights."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import MilestoneKind
from recommendations.models import (
    BenchmarkTerms,
    Edition,
    EditionTerms,
    Milestone,
    RecommendationWeight,
)
from recommendations.permissions import can_edit_recommendations
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import EditConflict, format_moment, insert_row, require_text

MAX_SCORE = 100
"""The highest score, and so the highest target."""


@transaction.atomic
def change_edition_terms(
    *,
    edition: Edition,
    seen: int,
    deadline_on: date,
    readiness_target: Decimal | None,
    readiness_target_reason: str,
    weights: Mapping[int, Decimal],
    reason: str,
    by: User,
    now: datetime,
) -> EditionTerms:
    """Change an edition's terms, in force from now. The old terms stay in force for every earlier moment.

    `seen` is the key of the terms that the form was filled from; 0 if there were none. `weights` are by
    recommendation (id); a recommendation not in it weighs 1. Raises PermissionDenied, EditConflict, Refused.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    old = locked.terms.known_by(None).select_related("recorded_by").prefetch_related("weights").first()
    refuse_stale_terms(old, seen, now)
    refuse_outside_period(locked, deadline_on, field="deadline_on")
    readiness_target_reason = readiness_target_reason.strip()
    if readiness_target is not None and not 0 <= readiness_target <= MAX_SCORE:
        raise Refused("out_of_range", gettext("Give a target from 0 to 100."), field="readiness_target")
    if readiness_target is not None and not readiness_target_reason:
        raise Refused(
            "required",
            gettext("Write the reason for the target. Readers will ask for it."),
            field="readiness_target_reason",
        )
    if (
        old
        and readiness_target not in (None, old.readiness_target)
        and readiness_target_reason == old.readiness_target_reason
    ):
        raise Refused(
            "same_reason",
            gettext("You changed the target. Write the reason for the new target."),
            field="readiness_target_reason",
        )
    if readiness_target is None and readiness_target_reason:
        raise Refused(
            "reason_without_target",
            gettext("Give the target for this reason, or leave both empty."),
            field="readiness_target",
        )
    weighed = _check_weights(locked, weights)
    terms = EditionTerms(
        edition=locked,
        deadline_on=deadline_on,
        readiness_target=readiness_target,
        readiness_target_reason=readiness_target_reason,
        reason=require_text(
            reason, gettext("Write why the terms change. Your successors will read it."), field="reason"
        ),
        recorded_at=now,
        recorded_by=by,
    )
    before = _edition_terms_audit_values(old, _non_default_weights(old)) if old else None
    after = _edition_terms_audit_values(terms, weighed)
    if before and not any(before[name] != after[name] for name in after if name not in ("terms", "reason")):
        raise Refused("unchanged", gettext("You changed nothing. Change something, or cancel."))
    insert_row(terms)
    for key, weight in weighed.items():
        insert_row(RecommendationWeight(terms=terms, recommendation_id=key, weight=weight))
    _add_default_milestones(locked, deadline_on)
    country = locked.country_id
    enqueue_readiness(country)
    record(
        "edition.terms_changed", by=by, row=locked, country=country, before=before, after=after | {"terms": terms.pk}
    )
    return terms


def _add_default_milestones(edition: Edition, deadline_on: date) -> None:
    """Add the two milestones of every tracked edition that it lacks: the deadline and the end of the tracking period.

    An edition known only by its tier had none.
    """
    for kind, day in ((MilestoneKind.DEADLINE, deadline_on), (MilestoneKind.PERIOD_END, edition.ends_on)):
        if not edition.milestones.filter(kind=kind).exists():
            insert_row(Milestone(edition=edition, kind=kind, due_on=day, source=edition.source))


def refuse_outside_period(edition: Edition, day: date, *, field: str) -> None:
    """Refuse a day outside the tracking period: nothing done on it can count for the edition."""
    if not edition.starts_on <= day <= edition.ends_on:
        first, last = format_date(edition.starts_on), format_date(edition.ends_on)
        raise Refused(
            "outside_tracking_period",
            gettext("Give a date in the tracking period, from %(first)s to %(last)s.") % {"first": first, "last": last},
            field=field,
        )


def refuse_overlap(country: Country, first: date, last: date) -> None:
    """Refuse a tracking period that overlaps the period of another edition of the country."""
    other = (
        Edition.objects.filter(country=country, starts_on__lte=last, ends_on__gte=first).order_by("starts_on").first()
    )
    if other:
        raise Refused(
            "overlapping_period",
            gettext(
                "These dates overlap the tracking period of the %(year)d edition, from %(first)s to %(last)s. Give a "
                "period without a common day."
            )
            % {"year": other.year, "first": format_date(other.starts_on), "last": format_date(other.ends_on)},
            field="starts_on",
        )


def refuse_stale_terms(newest: BenchmarkTerms | EditionTerms | None, seen: int, now: datetime) -> None:
    """Raise EditConflict if `newest` are not the terms that a form was filled from.

    The message says who changed them, when and why.
    """
    if newest and newest.pk != seen:
        raise EditConflict(
            gettext(
                "%(person)s changed the terms on %(moment)s, with the reason “%(reason)s” Your input is kept. Compare "
                "it with the current values, then save again."
            )
            % {
                "person": newest.recorded_by,
                "moment": format_moment(newest.recorded_at, now),
                "reason": newest.reason,
            },
        )


def _non_default_weights(terms: EditionTerms) -> dict[int, Decimal]:
    return {weight.recommendation_id: weight.weight for weight in terms.weights.all() if weight.weight != 1}


def _check_weights(edition: Edition, weights: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return the weights other than 1, by recommendation (id). Raises Refused if a weight is wrong."""
    weighed = set(edition.recommendations.active().values_list("pk", flat=True))
    for key, weight in weights.items():
        if key not in weighed:
            raise Refused(
                "another_edition",
                gettext("One of these recommendations does not belong to this edition. Load the page again."),
            )
        if weight < 0:
            raise Refused(
                "out_of_range", gettext("A weight is zero or more. The usual weight is 1."), field=f"weight_{key}"
            )
    if weighed and not any(weights.get(key, 1) for key in weighed):
        raise Refused("all_weights_zero", gettext("Give at least one recommendation a weight above zero."))
    return {key: weight for key, weight in weights.items() if weight != 1}


def _edition_terms_audit_values(terms: EditionTerms, weights: Mapping[int, Decimal]) -> dict[str, Any]:
    """Return what the activity log records of an edition's terms.

    `weights` are by recommendation (id); weights of 1 are left out.
    """
    return {
        "terms": terms.pk,
        "deadline_on": terms.deadline_on,
        "readiness_target": terms.readiness_target,
        "readiness_target_reason": terms.readiness_target_reason,
        "weights": {str(key): weights[key] for key in sorted(weights)},
        "reason": terms.reason,
    }
