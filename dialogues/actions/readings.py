"""Record readings: figures, directions, or "no data"."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.choices import BreakdownDimension, ReadingDirection
from dialogues.models import Evidence, Reading, ReadingPart, UpdateVersion
from dialogues.permissions import can_log_evidence
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Indicator
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.validation import insert_row, refuse_future, refuse_reversed_dates


class ReadingPartInput(NamedTuple):
    """The part of a figure that belongs to one category, such as "Maseru" of the districts."""

    dimension: BreakdownDimension
    category: str
    figure: Decimal


class ReadingInput(NamedTuple):
    """A reading for a period: a figure, only a direction, or neither ("no data")."""

    indicator: Indicator
    starts_on: date
    through_on: date
    figure: Decimal | None
    direction: ReadingDirection | str
    note: str = ""
    parts: Sequence[ReadingPartInput] = ()


@transaction.atomic
def record_reading(
    *,
    indicator: Indicator,
    starts_on: date,
    through_on: date,
    figure: Decimal | None,
    direction: ReadingDirection | str,
    note: str,
    source: str,
    evidence: Evidence | None,
    parts: Sequence[ReadingPartInput] = (),
    by: User,
    now: datetime,
) -> Reading:
    """Record a reading from `starts_on` to `through_on`: a figure, only a direction, or neither ("no data").

    The reading is verified when `evidence` is.

    Raises:
        PermissionDenied: if the user may not log evidence of the country.
        Refused: for a future date, dates in the wrong order, a figure with a direction or below zero, parts that add up
            to more than the figure, and if neither source nor evidence is named.
    """
    if not can_log_evidence(by, indicator.country):
        raise PermissionDenied
    if evidence and evidence.country_id != indicator.country_id:
        raise Refused("That evidence is another country's. Choose this country's.", field="evidence")
    if not (source.strip() or evidence or (figure is None and not direction)):
        raise Refused("Name the source, or the evidence it stands in.", field="source")
    reading = add_reading(
        indicator=indicator,
        starts_on=starts_on,
        through_on=through_on,
        figure=figure,
        direction=direction,
        note=note,
        source=source,
        evidence=evidence,
        parts=parts,
        by=by,
        now=now,
    )
    enqueue_readiness(indicator.country_id)
    record("reading.recorded", by=by, row=reading, country=indicator.country_id, after=reading_audit_values(reading))
    return reading


def add_reading(
    *,
    indicator: Indicator,
    starts_on: date,
    through_on: date,
    figure: Decimal | None,
    direction: ReadingDirection | str,
    note: str,
    source: str,
    evidence: Evidence | None,
    parts: Sequence[ReadingPartInput] = (),
    update_version: UpdateVersion | None = None,
    field: str = "",
    by: User,
    now: datetime,
) -> Reading:
    """Write one reading, or refuse on `field` or, if that is empty, on the invalid field."""
    refuse_future(through_on, now, field=field or "through_on")
    refuse_reversed_dates(starts_on, through_on, field=field or "through_on")
    if figure is not None and direction:
        raise Refused(
            "Give the figure, or only the direction, or neither for “no data”: not both.", field=field or "direction"
        )
    if figure is not None and figure < 0:
        raise Refused("A figure can't be less than zero. Put it right.", field=field or "figure")
    reading = insert_row(
        Reading(
            indicator=indicator,
            starts_on=starts_on,
            through_on=through_on,
            figure=figure,
            direction=direction,
            note=note.strip(),
            source=source.strip(),
            evidence=evidence,
            update_version=update_version,
            recorded_at=now,
            recorded_by=by,
        )
    )
    _add_parts(reading, parts)
    return reading


def _add_parts(reading: Reading, parts: Sequence[ReadingPartInput]) -> None:
    """Write the breakdown of a figure, or refuse on the field of the invalid part."""
    made: dict[BreakdownDimension, Decimal] = {}
    for part in parts:
        field = part_field_name(part.dimension, part.category)
        if reading.figure is None:
            raise Refused("Give the whole figure too, or leave its parts empty.", field="figure")
        if part.figure < 0:
            raise Refused("A figure can't be less than zero. Put it right.", field=field)
        made[part.dimension] = made.get(part.dimension, Decimal(0)) + part.figure
        if made[part.dimension] > reading.figure:
            raise Refused(
                f"With this, {part.dimension.label.lower()} makes more than the whole figure, {reading.told}. "
                "Put one of them right.",
                field=field,
            )
        insert_row(ReadingPart(reading=reading, dimension=part.dimension, category=part.category, figure=part.figure))


def part_field_name(dimension: BreakdownDimension, category: str) -> str:
    """Return the name of the form field for a part."""
    return f"{dimension}-{category}"


def reading_audit_values(reading: Reading) -> dict[str, object]:
    """Return the values of a reading that the activity log keeps."""
    return {
        "indicator": reading.indicator_id,
        "starts_on": reading.starts_on,
        "through_on": reading.through_on,
        "figure": reading.figure,
        "direction": reading.direction,
        "note": reading.note,
        "source": reading.source,
        "evidence": reading.evidence_id,
        **({"parts": parts} if (parts := reading.parts_told) else {}),
    }
