"""Record readings: figures, directions, or "no data"."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.disposed_periods import refuse_unsupported_in_disposed_period
from dialogues.choices import ReadingDirection
from dialogues.models import Evidence, Reading, ReadingPart, UpdateVersion
from dialogues.permissions import can_log_evidence
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import BreakdownDimension
from recommendations.models import Indicator
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import insert_row, refuse_future, refuse_reversed_dates

AUDITED_FIELDS = ("indicator", "starts_on", "through_on", "figure", "direction", "note", "source", "evidence")


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
    source: str = ""

    def unsaved(self) -> Reading:
        """Return the reading without its parts, unsaved."""
        values = self._asdict()
        del values["parts"]
        return Reading(**values)


@transaction.atomic
def record_reading(*, reading: ReadingInput, evidence: Evidence | None, by: User, now: datetime) -> Reading:
    """Record a reading. It is verified when `evidence` is.

    Raises:
        PermissionDenied: if the user may not log evidence of the country.
        Refused: for a future date, dates in the wrong order, a figure with a direction or below zero, parts that add up
            to more than the figure, and if neither source nor evidence is named.
    """
    country = reading.indicator.country
    if not can_log_evidence(by, country):
        raise PermissionDenied
    if evidence and evidence.country_id != country.pk:
        raise Refused(
            "another_country",
            gettext("This evidence belongs to another country. Choose evidence of this country."),
            field="evidence",
        )
    if not (reading.source.strip() or evidence or (reading.figure is None and not reading.direction)):
        raise Refused(
            "required", gettext("Enter the source, or choose the evidence that states the figure."), field="source"
        )
    refuse_unsupported_in_disposed_period(
        country, reading.starts_on, reading.through_on, supports=bool(evidence), is_figure=True, field="through_on"
    )
    row = add_reading(reading, evidence=evidence, by=by, now=now)
    enqueue_readiness(country.pk)
    record("reading.recorded", by=by, row=row, country=country, after=reading_audit_values(row))
    return row


def add_reading(
    reading: ReadingInput,
    *,
    evidence: Evidence | None,
    update_version: UpdateVersion | None = None,
    field: str = "",
    by: User,
    now: datetime,
) -> Reading:
    """Write one reading, or refuse on `field` or, if that is empty, on the invalid field."""
    refuse_future(reading.through_on, now, field=field or "through_on")
    refuse_reversed_dates(reading.starts_on, reading.through_on, field=field or "through_on")
    if reading.figure is not None and reading.direction:
        raise Refused(
            "figure_and_direction",
            gettext("Enter the figure or a direction, not both. Enter neither for “not reported”."),
            field=field or "direction",
        )
    if reading.figure is not None and reading.figure < 0:
        raise Refused(
            "out_of_range", gettext("A figure cannot be less than zero. Correct it."), field=field or "figure"
        )
    row = reading.unsaved()
    row.note, row.source = reading.note.strip(), reading.source.strip()
    row.evidence, row.update_version = evidence, update_version
    row.recorded_at, row.recorded_by = now, by
    insert_row(row)
    _add_parts(row, reading.parts)
    return row


def _add_parts(reading: Reading, parts: Sequence[ReadingPartInput]) -> None:
    """Write the breakdown of a figure, or refuse on the field of the invalid part."""
    totals: dict[BreakdownDimension, Decimal] = {}
    for part in parts:
        field = part_field_name(part.dimension, part.category)
        if reading.figure is None:
            raise Refused(
                "parts_without_figure", gettext("Enter the whole figure too, or leave its parts empty."), field="figure"
            )
        if part.figure < 0:
            raise Refused("out_of_range", gettext("A figure cannot be less than zero. Correct it."), field=field)
        totals[part.dimension] = totals.get(part.dimension, Decimal(0)) + part.figure
        if totals[part.dimension] > reading.figure:
            sentence = gettext("%(group)s: the parts add up to more than the figure, %(figure)s. Correct one of them.")
            named = {"group": part.dimension.label, "figure": reading.display_value}
            raise Refused("parts_exceed_figure", sentence % named, field=field)
        insert_row(ReadingPart(reading=reading, dimension=part.dimension, category=part.category, figure=part.figure))


def part_field_name(dimension: BreakdownDimension, category: str) -> str:
    """Return the name of the form field for a part."""
    return f"{dimension}-{category}"


def reading_audit_values(reading: Reading) -> dict[str, object]:
    """Return the values of a reading that the activity log keeps."""
    return {
        **model_to_dict(reading, AUDITED_FIELDS),
        **({"parts": parts} if (parts := reading.parts_for_log) else {}),
    }
