"""Forms for indicators: a column of figures from one source, or one figure with its breakdown."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms

from dialogues.actions.readings import part_field_name
from dialogues.choices import BREAKDOWN_CATEGORIES, BreakdownDimension, ReadingDirection
from dialogues.forms.fields import (
    NO_DATA,
    DirectionField,
    FigureField,
    FilesField,
    LinkField,
    PastDayField,
    PeriodForm,
    check_figure,
    check_proof,
)
from dialogues.models import EvidenceFile
from recommendations.models import Indicator
from tiptracker.text_rules import normalize_name
from tiptracker.web.frontend.forms import TrackerForm


class ReadingSourceForm(PeriodForm):
    """Form for the source of figures: who stated them, where, and the period covered."""

    stated_by = forms.CharField(
        label="Who says so", max_length=200, help_text="Such as “Ministry of Police” or “Bureau of Statistics”."
    )
    source = forms.CharField(
        label="Source", required=False, max_length=400, help_text="A table, a page, a letter and its day."
    )
    link = LinkField(label="Link", required=False, max_length=500, assume_scheme="https")
    files = FilesField(label="File", multiple=False)  # type: ignore[assignment]  # a field, not Form.files
    through_on = PastDayField(
        label="Through", help_text="The last day that they cover; the year before goes to its end."
    )

    field_order = ("stated_by", "source", "link", "files")

    def __init__(self, *args: Any, stored_files: Sequence[EvidenceFile] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_files = stored_files
        self.fields["through_on"].required = False

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        check_proof(self, self.stored_files)
        self.clean_period()
        if data.get("through_on") is None and "through_on" not in self.errors:
            self.add_error("through_on", "Give the last day that the figures cover.")
        return data


class ReadingRow(TrackerForm):
    """One indicator's row: a figure, only a direction, or no data. An empty row is ignored."""

    figure = FigureField()
    direction = DirectionField()
    note = forms.CharField(required=False, max_length=400)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        kwargs["prefix"] = f"indicator-{indicator.pk}"
        super().__init__(*args, **kwargs)
        self.indicator = indicator

    @property
    def is_filled(self) -> bool:
        """Return whether the user gave a figure or a direction, or chose "no data"."""
        return self.cleaned_data.get("figure") is not None or bool(self.cleaned_data.get("direction"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        check_figure(self, is_required=False)
        if data.get("note") and not self.is_filled and not self.errors:
            self.add_error("figure", "Give the figure that the note is about, or empty the note.")
        return data


class PasteForm(TrackerForm):
    """Form to paste rows from a spreadsheet."""

    pasted = forms.CharField(
        label="Paste from a spreadsheet",
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A column of the indicators’ names and one of figures; or the figures alone, one a line, in the "
        "order below. “More”, “fewer” and “no data” go in place of a figure.",
    )


class PastedReading(NamedTuple):
    """The pasted values for one indicator: the figure as typed or a direction, and a note."""

    figure: str
    direction: str
    note: str


_DIRECTION_WORDS = {
    "more": ReadingDirection.UP.value,
    "up": ReadingDirection.UP.value,
    "about as many": ReadingDirection.LEVEL.value,
    "level": ReadingDirection.LEVEL.value,
    "same": ReadingDirection.LEVEL.value,
    "fewer": ReadingDirection.DOWN.value,
    "less": ReadingDirection.DOWN.value,
    "down": ReadingDirection.DOWN.value,
    "no data": NO_DATA,
    "n/a": NO_DATA,
}


def parse_pasted_readings(text: str, indicators: Sequence[Indicator]) -> Mapping[int, PastedReading]:
    """Return the pasted values by indicator id.

    Raises:
        ValidationError: a line doesn't fit. The message names the line.
    """
    lines = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    while lines and not any(lines[-1]):
        lines.pop()
    if all(len(line) == 1 for line in lines):
        return _parse_by_position(lines, indicators)
    return _parse_by_name(lines, indicators)


def _parse_by_position(lines: Sequence[Sequence[str]], indicators: Sequence[Indicator]) -> Mapping[int, PastedReading]:
    if len(lines) > len(indicators):
        raise forms.ValidationError(
            f"You pasted {len(lines)} lines for {len(indicators)} indicators. Take out what is too many, or paste the "
            "names beside the figures."
        )
    return {indicator.pk: _parse_cells(line[0]) for indicator, line in zip(indicators, lines, strict=False) if line[0]}


def _parse_by_name(lines: Sequence[Sequence[str]], indicators: Sequence[Indicator]) -> Mapping[int, PastedReading]:
    by_name = {_normalize_name(indicator.name): indicator for indicator in indicators}
    readings: dict[int, PastedReading] = {}
    for number, line in enumerate(lines, start=1):
        if not any(line):
            continue
        indicator = by_name.get(_normalize_name(line[0]))
        if indicator is None:
            raise forms.ValidationError(
                f"Line {number} begins with “{line[0]}”, which is none of the indicators below. Write its name as it "
                "stands there, or take the line out."
            )
        if indicator.pk in readings:
            raise forms.ValidationError(f"Line {number} names “{indicator}” a second time. Take one of the two out.")
        if len(line) > 3:
            raise forms.ValidationError(
                f"Line {number} has {len(line)} columns. Paste the name, the figure and, if you like, a note."
            )
        readings[indicator.pk] = _parse_cells(*line[1:])
    return readings


def _parse_cells(figure: str, note: str = "") -> PastedReading:
    direction = _DIRECTION_WORDS.get(figure.casefold(), "")
    return PastedReading("" if direction else figure, direction, note)


def _normalize_name(text: str) -> str:
    return normalize_name(re.sub(r"\s+", " ", text).strip())


class ReadingPartsForm(TrackerForm):
    """Form for one figure with its breakdowns. Every part is optional, and each breakdown stands alone."""

    figure = FigureField(help_text="In digits.")
    direction = DirectionField()
    note = forms.CharField(required=False, max_length=400, help_text="Such as “without Qacha’s Nek”.")

    def __init__(self, *args: Any, indicator: Indicator, districts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].label = f"{indicator.name} ({indicator.unit})"
        self.breakdowns = {BreakdownDimension(name): BREAKDOWN_CATEGORIES[name] for name in BREAKDOWN_CATEGORIES} | {
            BreakdownDimension.DISTRICT: districts
        }
        for dimension, categories in self.breakdowns.items():
            for category in categories:
                self.fields[part_field_name(dimension, category)] = FigureField(label=category)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the label and the fields of each breakdown."""
        return [
            (dimension.label, [self[part_field_name(dimension, category)] for category in categories])
            for dimension, categories in self.breakdowns.items()
            if categories
        ]

    def clean(self) -> dict[str, Any]:
        check_figure(self, is_required=True)
        return self.cleaned_data
