"""Forms to start an import, correct a table's columns, and decide on the preview."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.choices import Pillar, TextStatus
from recommendations.importing.comparison import ItemComparison
from recommendations.importing.draft import DraftImport
from recommendations.importing.matching import RETIRED, Pairing, describe_split_choice
from recommendations.importing.preview import ImportPreview
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnType
from recommendations.importing.tables.rows import ImportedItem
from recommendations.models import Recommendation
from tiptracker import text_rules
from tiptracker.web.frontend.forms import TrackerForm

MAX_PASTED_LENGTH = 500_000
"""Most characters of pasted text. A whole narrative has about a tenth of it."""
MAX_FIELDS = 400
"""Most fields on the preview page. A list with more open questions needs the command."""
LABEL_WORDS = 6
"""Words of a new item's text to show next to its number."""
_NUMBER_LIST = re.compile(r"\d{1,5}(?:\s*(?:,|;|and|\s)\s*\d{1,5})*")


class ImportForm(TrackerForm):
    """A narrative or a table, as a file or pasted."""

    one_of_two = ("file", "pasted")

    file = forms.FileField(
        required=False,
        label="File",
        help_text="The country’s narrative: text, a saved web page, PDF or Word. Or a table: CSV or Excel (.xlsx).",
    )
    pasted = forms.CharField(
        required=False,
        max_length=MAX_PASTED_LENGTH,
        label="Or its text",
        help_text="The whole narrative, or the list with its heading, “Prioritized recommendations:”, in a line above "
        "it. Cells copied from a spreadsheet are read as a table.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    text_status = forms.ChoiceField(
        choices=[(TextStatus.OFFICIAL, "The report’s own"), (TextStatus.RECONSTRUCTION, "Put together by us")],
        initial=TextStatus.OFFICIAL.value,
        label="Whose words they are",
        widget=forms.RadioSelect,
        help_text="What is put together from other sources is labelled so wherever it is shown.",
    )
    charset = forms.ChoiceField(
        choices=[("", "Tell by its bytes"), *Charset.choices()],
        required=False,
        label="What a CSV file is written in",
        help_text="Choose only where letters came out wrong.",
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "file" not in self.errors and "pasted" not in self.errors:
            if data.get("file") and data.get("pasted"):
                self.add_error("file", "Choose a file or paste the text, not both.")
            elif not data.get("file") and not data.get("pasted"):
                self.add_error("file", "Choose a file, or paste the text below.")
        return data


class ColumnsForm(TrackerForm):
    """What each column of a table holds."""

    def __init__(self, *args: Any, draft: DraftImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = draft.cells.lines if draft.cells else ()
        columns = draft.columns
        for place, column in enumerate(columns.types):
            heading, *below = [line.cells[place] for line in lines[:3] if place < len(line.cells)] or [""]
            self.fields[f"column_{place}"] = forms.ChoiceField(
                choices=ColumnType.choices(),
                required=False,
                initial=column.value,
                label=f"Column {place + 1}: {Truncator(heading).chars(60) or 'without a heading'}",
                help_text=f"Below it: {Truncator(below[0]).chars(90)}" if below and below[0] else "",
            )
        self.fields["has_headings"] = forms.BooleanField(
            required=False, initial=columns.has_headings, label="The first row is headings"
        )

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        names = [name for name in self.fields if name.startswith("column_")]
        return {
            "types": tuple(ColumnType(self.cleaned_data[name]) for name in names),
            "has_headings": self.cleaned_data["has_headings"],
        }


class PreviewForm(TrackerForm):
    """What each existing item became, if the wording doesn't decide it, and open questions about new items."""

    seen = forms.CharField(max_length=text_rules.DAY_MAX_LENGTH, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, preview: ImportPreview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = preview
        self.texts = {row.number: row.text for row in preview.imported_list.rows}
        self.initial = {"seen": preview.fingerprint} | dict(self.initial)
        for line in preview.comparison.undecided:
            if line.old:
                self._add_became_field(line, preview.existing_rows[line.old.key])
        for line in preview.comparison.lines:
            if line.new and line.new.doubt:
                number = line.new.number
                self.fields[f"text_{number}"] = forms.CharField(
                    initial=line.new.text,
                    max_length=text_rules.REASON_MAX_LENGTH,
                    label=f"Number {number} says",
                    help_text=line.new.doubt,
                    widget=forms.Textarea(attrs={"rows": 3}),
                )
        for row in self._begun():
            number = row.number
            self.fields[f"pillar_{number}"] = forms.ChoiceField(
                choices=[("", "Choose one"), *Pillar.choices()],
                initial=preview.pillar_of(row),
                label=f"Pillar of number {number}",
                help_text=row.text,
                error_messages={"required": f"Say to which of the three Ps number {number} belongs."},
            )
        if preview.imported_list.unreadable:
            self.fields["leave_out"] = forms.BooleanField(
                required=False,
                label=f"Load without the rows that can’t be read ({len(preview.imported_list.unreadable)})",
            )

    def _add_became_field(self, line: ItemComparison, row: Recommendation) -> None:
        alike = "; ".join(f"{self._called(one.number)} ({one.likeness} of 100)" for one in line.candidates)
        self.fields[f"became_{row.pk}"] = forms.CharField(
            initial=str(line.new.number) if line.new else "",
            max_length=60,
            label=f"Number {row.number} became",
            help_text=f"Its new number; several, with commas, where it was split; or “{RETIRED}”."
            + (f" Most alike: {alike}." if alike else " Nothing in the new list is like it."),
            error_messages={"required": f"Give its new number, or write “{RETIRED}”."},
        )
        for one in row.benchmarks.all():
            self.fields[f"goes_{one.pk}"] = forms.IntegerField(
                required=False,
                min_value=1,
                label=f"Benchmark {row.number}{one.letter} goes to",
                help_text=one.wording,
            )

    def _called(self, number: int) -> str:
        """Return a new item's number and first words."""
        return f"{number}, “{Truncator(self.texts[number]).words(LABEL_WORDS)}”"

    def _begun(self) -> list[ImportedItem]:
        """Return the new items that continue no old item and have no pillar in the table.

        A submitted form uses the entered numbers, otherwise the proposed ones.
        """
        paired = {
            line.new.number for line in self.preview.comparison.lines if line.old and line.new and line.is_certain
        }
        for key in self._undecided():
            paired.update(_parse_numbers(self[f"became_{key}"].value() or ""))
        return [row for row in self.preview.imported_list.rows if row.number not in paired and row.pillar is None]

    def _undecided(self) -> list[int]:
        return [line.old.key for line in self.preview.comparison.undecided if line.old]

    def clean(self) -> dict[str, Any]:
        listed = {row.number for row in self.preview.imported_list.rows}
        for key in self._undecided():
            name = f"became_{key}"
            answer = (self.cleaned_data.get(name) or "").strip()
            if name in self.errors or answer.casefold() == RETIRED:
                continue
            if not _NUMBER_LIST.fullmatch(answer):
                self.add_error(name, f"Give its new number, several with commas, or write “{RETIRED}”.")
            elif unknown := [number for number in _parse_numbers(answer) if number not in listed]:
                self.add_error(name, f"There is no number {unknown[0]} in the new list. Give numbers of that list.")
            else:
                self._add_benchmark_fields(key, tuple(dict.fromkeys(_parse_numbers(answer))))
        return self.cleaned_data

    def _add_benchmark_fields(self, key: int, became: Sequence[int]) -> None:
        """Add an error for each benchmark of a split item that is not assigned to one of its parts."""
        for one in self.preview.existing_rows[key].benchmarks.all():
            name = f"goes_{one.pk}"
            if len(became) > 1 and name not in self.errors and self.cleaned_data.get(name) not in became:
                self.add_error(name, describe_split_choice(became))

    def values(self) -> dict[str, Any]:
        """Return the decisions as the action takes them."""
        data = self.cleaned_data
        became = {key: tuple(_parse_numbers(data[f"became_{key}"])) for key in self._undecided()}
        goes = {key: number for key, number in _values_by_number(data, "goes_").items() if number}
        return {
            "pairing": Pairing(became, goes),
            "pillars": {number: Pillar(value) for number, value in _values_by_number(data, "pillar_").items()},
            "texts": {number: " ".join(value.split()) for number, value in _values_by_number(data, "text_").items()},
            "leaves_out_wrong": data.get("leave_out", False),
            "fingerprint": data["seen"] or None,
        }


def _values_by_number(data: Mapping[str, Any], prefix: str) -> dict[int, Any]:
    """Return the values of the fields with this prefix, by the number after the prefix."""
    return {int(name.removeprefix(prefix)): value for name, value in data.items() if name.startswith(prefix)}


def _parse_numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,5}", text)]
