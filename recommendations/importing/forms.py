"""Forms to start an import, correct a table's columns, and decide on the preview."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.choices import Pillar, TextStatus
from recommendations.importing.comparison import ItemComparison
from recommendations.importing.draft import DraftImport
from recommendations.importing.item_editing import MAX_EDITABLE_ITEMS
from recommendations.importing.matching import (
    RETIRED,
    Pairing,
    describe_split_choice,
    describe_unknown_number,
)
from recommendations.importing.preview import ImportPreview
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnType
from recommendations.importing.tables.rows import ImportedItem
from recommendations.models import Recommendation
from tiptracker import text_rules
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.forms import TrackerForm

MAX_PASTED_LENGTH = 500_000
"""Most characters of pasted text. A whole narrative has about a tenth of it."""
MAX_QUESTIONS = 398
"""Most open questions on the preview page. A list with more needs the command."""
MAX_CHOICE_LENGTH = 60
"""Most characters of a choice to keep in a draft."""
LABEL_WORDS = 6
"""Words of a new item's text to show next to its number."""
_NUMBER_LIST = re.compile(r"\d{1,5}(?:\s*(?:,|;|and|\s)\s*\d{1,5})*")


class ImportForm(TrackerForm):
    """A narrative or a table, as a file or pasted."""

    one_of_two = ("file", "pasted")

    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "The country’s narrative as text, web page, PDF or Word. Or a table as CSV or Excel (.xlsx)."
        ),
    )
    pasted = forms.CharField(
        required=False,
        max_length=MAX_PASTED_LENGTH,
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "Paste the whole narrative, or the list with its heading “Prioritized recommendations:” in a line above. "
            "You can also paste cells from a spreadsheet."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    text_status = forms.ChoiceField(
        choices=[
            (TextStatus.OFFICIAL, gettext_lazy("Official text of the report")),
            (TextStatus.RECONSTRUCTION, gettext_lazy("Our reconstruction")),
        ],
        initial=TextStatus.OFFICIAL.value,
        label=gettext_lazy("Wording"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "A reconstruction is our own wording from other sources. It is marked as such on every page."
        ),
    )
    charset = forms.ChoiceField(
        choices=[("", gettext_lazy("Detect automatically")), *Charset.choices()],
        required=False,
        label=gettext_lazy("Encoding of a CSV file"),
        help_text=gettext_lazy("Choose one only if letters are shown wrongly."),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "file" not in self.errors and "pasted" not in self.errors:
            if data.get("file") and data.get("pasted"):
                self.add_error("file", gettext("Choose a file or paste the text, not both."))
            elif not data.get("file") and not data.get("pasted"):
                self.add_error("file", gettext("Choose a file, or paste the text below."))
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
                label=_column_label(place + 1, Truncator(heading).chars(60)),
                help_text=gettext("Next cell: %(text)s") % {"text": Truncator(below[0]).chars(90)}
                if below and below[0]
                else "",
            )
        self.fields["has_headings"] = forms.BooleanField(
            required=False, initial=columns.has_headings, label=gettext("The first row contains headings")
        )

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        names = [name for name in self.fields if name.startswith("column_")]
        return {
            "types": tuple(ColumnType(self.cleaned_data[name]) for name in names),
            "has_headings": self.cleaned_data["has_headings"],
        }


class PreviewForm(TrackerForm):
    """The texts of the items, what each existing item became if the wording doesn't decide it, and open questions."""

    unsaved_texts: Sequence[str] = ()
    """The texts that the user typed for items that somebody else changed in the meantime."""
    is_too_long = False
    """Whether the list has too many open questions for one page."""

    seen = forms.CharField(max_length=text_rules.DAY_MAX_LENGTH, required=False, widget=forms.HiddenInput)

    items_seen = forms.CharField(max_length=text_rules.DAY_MAX_LENGTH, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, preview: ImportPreview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = preview
        self.texts = {row.number: row.text for row in preview.imported_list.rows}
        self.is_editable = len(preview.imported_list.rows) <= MAX_EDITABLE_ITEMS
        self.initial = {
            "seen": preview.fingerprint,
            "items_seen": preview.items_fingerprint,
            **preview.draft.choices,
            **self.initial,
        }
        undecided = [(line, preview.existing_rows[line.old.key]) for line in preview.comparison.undecided if line.old]
        questions = sum(1 + len(row.listed_benchmarks) for _, row in undecided) + bool(preview.imported_list.unreadable)
        if self._stops_at(questions):
            return
        for line, row in undecided:
            self._add_became_field(line, row)
        begun = self._begun()
        if self._stops_at(questions + len(begun)):
            return
        self._add_text_fields()
        for item in begun:
            number = item.number
            self.fields[f"pillar_{number}"] = forms.ChoiceField(
                choices=[("", gettext("Choose one")), *Pillar.choices()],
                initial=preview.pillar_of(item),
                label=gettext("Pillar of item %(number)d") % {"number": number},
                help_text=item.text,
                error_messages={"required": gettext("Choose the pillar of item %(number)d.") % {"number": number}},
            )
        if preview.imported_list.unreadable:
            self.fields["leave_out"] = forms.BooleanField(
                required=False,
                label=gettext("Import without the rows that can’t be read"),
            )

    def _stops_at(self, questions: int) -> bool:
        """Return whether these are too many questions for a page, which then has no fields for them.

        A form that was sent came from a page that had them.
        """
        self.is_too_long = not self.is_bound and questions > MAX_QUESTIONS
        return self.is_too_long

    def _add_became_field(self, line: ItemComparison, row: Recommendation) -> None:
        self.fields[f"became_{row.pk}"] = forms.CharField(
            initial=str(line.new.number) if line.new else "",
            max_length=60,
            label=gettext("New number of recommendation %(number)d") % {"number": row.number},
            help_text=self._became_hint(line),
            error_messages={"required": _became_error()},
        )
        for benchmark in row.listed_benchmarks:
            self.fields[f"goes_{benchmark.pk}"] = forms.IntegerField(
                required=False,
                min_value=1,
                label=gettext("New number for benchmark %(benchmark)s")
                % {"benchmark": f"{row.number}{benchmark.letter}"},
                help_text=benchmark.wording,
            )

    def _became_hint(self, line: ItemComparison) -> str:
        """Say how to answer what an old item became, and which new items are similar."""
        if not line.candidates:
            return gettext(
                "Write its new number, several numbers with commas if it was split, or “%(retired)s”. "
                "No new item is similar."
            ) % {"retired": RETIRED}
        similar = (
            gettext("%(number)d, “%(text)s” (%(similarity)d%% similar)")
            % {
                "number": candidate.number,
                "text": Truncator(self.texts[candidate.number]).words(LABEL_WORDS),
                "similarity": candidate.likeness,
            }
            for candidate in line.candidates
        )
        return gettext(
            "Write its new number, several numbers with commas if it was split, or “%(retired)s”. "
            "Most similar: %(items)s."
        ) % {"retired": RETIRED, "items": "; ".join(similar)}

    def _add_text_fields(self) -> None:
        """Add the text of each item, to edit it. In a long list only the doubtful items can be edited."""
        preview = self.preview
        rows = {row.number: row for row in preview.imported_list.rows}
        for item in preview.editable_items:
            if item.number not in rows or not (self.is_editable or rows[item.number].doubt):
                continue
            self.fields[f"text_{item.number}"] = forms.CharField(
                initial=item.text,
                required=False,
                max_length=text_rules.REASON_MAX_LENGTH,
                label=gettext("Text of item %(number)d") % {"number": item.number},
                help_text=rows[item.number].doubt,
                widget=forms.Textarea(attrs={"rows": min(8, 2 + len(item.text) // 90)}),
            )

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
                self.add_error(name, _became_error())
            elif unknown := [number for number in _parse_numbers(answer) if number not in listed]:
                self.add_error(name, describe_unknown_number(unknown[0]))
            else:
                self._add_benchmark_fields(key, tuple(dict.fromkeys(_parse_numbers(answer))))
        for name in self.fields:
            if (
                name.startswith("text_")
                and name in self.data
                and not (self.cleaned_data.get(name) or name in self.errors)
            ):
                self.add_error(name, gettext("This item has no text. Write its text, or remove the item."))
        return self.cleaned_data

    def _add_benchmark_fields(self, key: int, became: Sequence[int]) -> None:
        """Add an error for each benchmark of a split item that is not assigned to one of its parts."""
        for benchmark in self.preview.existing_rows[key].listed_benchmarks:
            name = f"goes_{benchmark.pk}"
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
            "texts": {
                number: " ".join(value.split()) for number, value in _values_by_number(data, "text_").items() if value
            },
            "leaves_out_wrong": data.get("leave_out", False),
            "fingerprint": data["seen"] or None,
            "items_fingerprint": data["items_seen"] or None,
        }

    def typed_texts(self) -> dict[int, str]:
        """Return the texts of the items as typed, by number, also of items that the preview does not have."""
        names = [name for name in self.data if re.fullmatch(r"text_\d{1,5}", name)]
        return {int(name.removeprefix("text_")): self.data[name] for name in names}

    def typed_choices(self) -> dict[str, str]:
        """Return what the user typed beside the items, by field, unless it reads like personal data."""
        return {
            name: self.data[name][:MAX_CHOICE_LENGTH]
            for name in self.fields
            if name.startswith(("became_", "goes_", "pillar_")) and name in self.data and name not in self.confirmations
        }

    def keep_text_errors(self) -> bool:
        """Drop the errors of all fields but the texts, because nothing is imported yet. Return whether some stay."""
        for name in list(self.errors):
            if not name.startswith("text_") or not self.data.get(name, "").strip():
                del self.errors[name]
        return bool(self.errors)


def _column_label(number: int, heading: str) -> str:
    if heading:
        return gettext("Column %(number)d: %(heading)s") % {"number": number, "heading": heading}
    return gettext("Column %(number)d, without a heading") % {"number": number}


def _became_error() -> str:
    return gettext("Write its new number, several numbers with commas, or “%(retired)s”.") % {"retired": RETIRED}


def _values_by_number(data: Mapping[str, Any], prefix: str) -> dict[int, Any]:
    """Return the values of the fields with this prefix, by the number after the prefix."""
    return {int(name.removeprefix(prefix)): value for name, value in data.items() if name.startswith(prefix)}


def _parse_numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,5}", text)]
