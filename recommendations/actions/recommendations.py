"""Add and correct recommendations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import Origin, Pillar, TextStatus
from recommendations.models import Edition, Recommendation, RecommendationTerms
from recommendations.models.recommendations import validate_indicia
from recommendations.permissions import can_edit_recommendations
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext, record_language
from tiptracker.validation import insert_row, refuse_stale, require_text, update_row


class RecommendationValues(TypedDict):
    """The published facts of a recommendation, and who is responsible.

    `indicia` are numbers from 1 to 12 (22 U.S.C. 7106(b)), in any order.
    """

    number: int
    text: str
    text_status: TextStatus
    origin: Origin
    pillar: Pillar
    indicia: Sequence[int]
    lead: Ministry | None
    supporting: Iterable[Ministry]


@transaction.atomic
def add_recommendation(
    *, edition: Edition, by: User, now: datetime, **values: Unpack[RecommendationValues]
) -> Recommendation:
    """Add a recommendation to an edition's list, with its first terms. Scores as known earlier don't change.

    Raises PermissionDenied, or Refused if the number is taken or a field is wrong.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    recommendation = Recommendation(edition=edition)
    supporting = _set_fields(recommendation, values)
    insert_row(recommendation).supporting.set(supporting)
    pillar = values["pillar"]
    with record_language():
        reason = gettext("First version.")
    insert_row(build_recommendation_terms(recommendation, pillar, reason, by=by, now=now))
    enqueue_readiness(edition.country_id)
    record(
        "recommendation.added",
        by=by,
        row=recommendation,
        country=edition.country_id,
        after=recommendation_audit_values(recommendation, pillar, {ministry.pk for ministry in supporting}, now),
    )
    return recommendation


@transaction.atomic
def change_recommendation(
    *,
    recommendation: Recommendation,
    version: int,
    reason: str = "",
    by: User,
    now: datetime,
    **values: Unpack[RecommendationValues],
) -> Recommendation:
    """Correct a recommendation's published facts. The activity log keeps the earlier values.

    `version` is the version that the form was filled from. A change of number, wording or pillar adds a row of terms,
    in force from now; a change of pillar needs its `reason`. Raises PermissionDenied, EditConflict, Refused.
    """
    if not can_edit_recommendations(by, recommendation.edition):
        raise PermissionDenied
    # Lock the edition too, so that two users can't both find the same number of its list free.
    Edition.objects.select_for_update(no_key=True).get(pk=recommendation.edition_id)
    locked = Recommendation.objects.select_for_update(no_key=True).get(pk=recommendation.pk)
    refuse_stale(locked, version, now)
    if locked.is_retired:
        raise Refused("retired", gettext("This recommendation is no longer asked and cannot be changed."))
    old = locked.terms.known_by(None).first()
    supporting_before = locked.supporting.values_list("pk", flat=True)
    before = recommendation_audit_values(locked, old.pillar if old else None, supporting_before, now)
    supporting = _set_fields(locked, values)
    locked.version += 1
    update_row(locked).supporting.set(supporting)
    pillar = values["pillar"]
    if old is None or old.pillar != pillar:
        reason = require_text(
            reason,
            gettext("Write why it belongs to another pillar. The change applies from now on."),
            field="reason",
        )
    with record_language():  # a change of the pillar has a reason from the user
        correction = gettext("The wording or the number was corrected.")
    new = build_recommendation_terms(locked, pillar, reason.strip() or correction, by=by, now=now)
    if old is None or not _has_same_content(old, new):
        insert_row(new)
    country = locked.edition.country_id
    enqueue_readiness(country)
    record(
        "recommendation.changed",
        by=by,
        row=locked,
        country=country,
        before=before,
        after=recommendation_audit_values(locked, pillar, {ministry.pk for ministry in supporting}, now),
    )
    return locked


def _set_fields(recommendation: Recommendation, values: RecommendationValues) -> list[Ministry]:
    """Set the fields of the form and return the supporting ministries. Raises Refused if a value is wrong."""
    edition, number, lead = recommendation.edition, values["number"], values["lead"]
    recommendation.text = require_text(values["text"], gettext("Write the text of the recommendation."), field="text")
    if number < 1:
        raise Refused(
            "out_of_range",
            gettext("Numbers begin at 1. Give the number in the list."),
            field="number",
        )
    others = edition.recommendations.active().exclude(pk=recommendation.pk)
    if taken := others.filter(origin=values["origin"], number=number).first():
        sentence = gettext("Number %(number)d is already taken by “%(text)s”. Give another number.")
        raise Refused("taken", sentence % {"number": number, "text": taken.text}, field="number")
    recommendation.number, recommendation.origin = number, values["origin"]
    recommendation.text_status = values["text_status"]
    recommendation.indicia = sorted(set(values["indicia"]))
    try:
        validate_indicia(recommendation.indicia)
    except ValidationError as error:
        raise Refused("out_of_range", str(error.message), field="indicia") from error
    if lead and lead.country_id != edition.country_id:
        raise Refused(
            "another_country",
            gettext("That ministry belongs to another country. Choose a ministry of this country."),
            field="lead",
        )
    recommendation.lead = lead
    supporting = list(values["supporting"])
    if any(ministry.country_id != edition.country_id for ministry in supporting):
        raise Refused(
            "another_country",
            gettext("One of these ministries belongs to another country. Choose ministries of this country."),
            field="supporting",
        )
    return supporting


def build_recommendation_terms(
    recommendation: Recommendation, pillar: Pillar, reason: str, *, by: User, now: datetime
) -> RecommendationTerms:
    """Build a row of terms from a recommendation's current text and number, in force from now. It is not saved."""
    return RecommendationTerms(
        recommendation=recommendation,
        number=recommendation.number,
        text=recommendation.text,
        text_status=recommendation.text_status,
        pillar=pillar,
        is_retired=recommendation.is_retired,
        reason=reason,
        recorded_at=now,
        recorded_by=by,
    )


def _has_same_content(one: RecommendationTerms, other: RecommendationTerms) -> bool:
    """Return whether two rows of terms are equal apart from their reason, time and author."""
    names = ("number", "text", "text_status", "pillar", "is_retired")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def recommendation_audit_values(
    recommendation: Recommendation, pillar: str | None, supporting: Iterable[int], now: datetime
) -> dict[str, Any]:
    """Return what the activity log records of a recommendation. `supporting` are the keys of its ministries."""
    return {
        "number": recommendation.number,
        "text": recommendation.text,
        "text_status": recommendation.text_status,
        "origin": recommendation.origin,
        "pillar": pillar,
        "indicia": list(recommendation.indicia),
        "lead": recommendation.lead_id,
        "supporting": sorted(supporting),
        "recorded_at": now,
    }
