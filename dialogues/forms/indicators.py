"""Forms for indicators: a column of figures from one source, or one figure with its breakdown."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dialogues.actions.readings import part_field_name
from dialogues.forms.fields import (
    DirectionField,
    FilesField,
    LinkField,
    PastDayField,
    PeriodForm,
    check_figure,
    check_proof,
)
from dialogues.forms.figures import GroupedFigureField
from dialogues.models import EvidenceFile
from recommendations.choices import BREAKDOWN_CATEGORIES, BreakdownDimension
from recommendations.models import Indicator
from tiptracker.localization import format_number, gettext, gettext_lazy
from tiptracker.web.frontend.forms import TrackerForm

MAX_PASTED_CHARACTERS = 20_000


class ReadingSourceForm(PeriodForm):
    """Form for the source of figures: who stated them, where, and the period covered."""

    stated_by = forms.CharField(
        label=gettext_lazy("Stated by"),
        max_length=200,
        help_text=gettext_lazy("For example “Ministry of Police” or “Bureau of Statistics”."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("For example a report and its page, or a letter and its date."),
    )
    link = LinkField(label=gettext_lazy("Link"), required=False, max_length=500, assume_scheme="https")
    files = FilesField(label=gettext_lazy("File"), multiple=False)  # type: ignore[assignment]  # a field, not Form.files
    through_on = PastDayField(
        label=gettext_lazy("End date"),
        help_text=gettext_lazy("The last day that the figures cover. For the year before, leave it as it is."),
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
            self.add_error("through_on", gettext("Enter the last day that the figures cover."))
        return data


class ReadingRow(TrackerForm):
    """One indicator's row: a figure, only a direction, or not reported. An empty row is ignored.

    After a preview, `pasted_line` is the number of the pasted line that filled the row, and `replaced` what the user
    had typed there before.
    """

    figure = GroupedFigureField(label=gettext_lazy("Figure"))
    direction = DirectionField()
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=400)

    pasted_line: int | None = None
    replaced: str = ""

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        kwargs["prefix"] = f"indicator-{indicator.pk}"
        super().__init__(*args, **kwargs)
        self.indicator = indicator

    @property
    def row_name(self) -> str:
        """The name of the row in the summary of errors."""
        return self.indicator.name

    @property
    def is_filled(self) -> bool:
        """Return whether the user gave a figure or a direction, or chose "not reported"."""
        return self.cleaned_data.get("figure") is not None or bool(self.cleaned_data.get("direction"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        check_figure(self, is_required=False)
        if data.get("note") and not self.is_filled and not self.errors:
            self.add_error("figure", gettext("Enter the figure that the note is about, or delete the note."))
        return data


class PastedField(forms.Field):
    """Lines pasted from a spreadsheet, as they are.

    They are not stored, so they are not searched for personal data: eight digits are a figure here, and no telephone
    number. The notes of the rows are searched.
    """

    default_error_messages = {  # noqa: RUF012 -- as Django's
        "too_long": gettext_lazy("You pasted %(number)s characters. Paste at most %(limit)s at a time.")
    }

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of line break, as it was typed."""
        return normalize_line_breaks(str(value or ""))

    def validate(self, value: Any) -> None:
        if len(value) > MAX_PASTED_CHARACTERS:
            params = {"number": format_number(len(value)), "limit": format_number(MAX_PASTED_CHARACTERS)}
            raise forms.ValidationError(self.error_messages["too_long"], code="too_long", params=params)


class PasteForm(TrackerForm):
    """Form to paste rows from a spreadsheet. `previewed` is the text whose preview the page shows."""

    pasted = PastedField(
        label=gettext_lazy("Rows from the spreadsheet"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Paste a column of names and a column of figures. Or paste the figures alone, in the order of the table "
            "below. Instead of a figure you can write “more”, “fewer” or “not reported”."
        ),
    )
    previewed = PastedField(required=False, widget=forms.HiddenInput)


def normalize_line_breaks(text: str) -> str:
    """Return `text` with one kind of line break. Browsers send another kind than they were given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class ReadingPartsForm(TrackerForm):
    """Form for one figure with the breakdowns of its indicator. Every part is optional, and each stands alone."""

    figure = GroupedFigureField()
    direction = DirectionField(
        label=gettext_lazy("Instead of a figure: compared with the year before"), empty=gettext_lazy("None of these")
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("For example “without Qacha’s Nek”."),
    )

    def __init__(self, *args: Any, indicator: Indicator, districts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].label = indicator.name_with_unit
        self.fields["figure"].help_text = indicator.includes_sentence
        self.breakdowns: dict[BreakdownDimension, Sequence[str]] = {
            dimension: BREAKDOWN_CATEGORIES[dimension] for dimension in indicator.breakdowns
        } | {BreakdownDimension.DISTRICT: districts}
        for dimension, categories in self.breakdowns.items():
            for category in categories:
                label = category if dimension is BreakdownDimension.DISTRICT else gettext(category)
                self.fields[part_field_name(dimension, category)] = GroupedFigureField(label=label)

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
