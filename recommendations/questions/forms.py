"""Forms to start a set of questions, and to correct a draft."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.text import Truncator

from recommendations.importing.tables.cells import TableLine
from recommendations.models import Question
from recommendations.questions.draft_questions import NO_QUESTION
from recommendations.questions.editing import TypedQuestion
from recommendations.questions.numbers import MAX_NUMBER_LENGTH
from recommendations.questions.parser import MAX_HEADING_LENGTH
from recommendations.questions.preview import QuestionLine, QuestionPreview
from recommendations.questions.source import QuestionSource, TableColumns
from tiptracker import text_rules
from tiptracker.localization import gettext, gettext_lazy, pgettext, quote_text
from tiptracker.web.frontend.forms import TrackerForm

MAX_PASTED_LENGTH = 200_000
"""Most characters of a pasted text. A set of a hundred questions has about a tenth of it."""
MAX_TABLES = 40
"""Most tables of a document whose columns the user can choose. A set of questions has one or a few."""
_MAX_CHOICE_WORDS = 8
"""Most words of last year's question to show in a choice."""


class QuestionSourceForm(TrackerForm):
    """A set of questions, as a file or pasted."""

    one_of_two = ("file", "pasted")

    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("The questions as Word, PDF or text. Or a table as CSV or Excel (.xlsx)."),
    )
    pasted = forms.CharField(
        required=False,
        max_length=MAX_PASTED_LENGTH,
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "Paste the questions with their numbers and headings. You can also paste cells from a spreadsheet."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "file" not in self.errors and "pasted" not in self.errors:
            if data.get("file") and data.get("pasted"):
                self.add_error("file", gettext("Choose a file or paste the text, not both."))
            elif not data.get("file") and not data.get("pasted"):
                self.add_error("file", gettext("Choose a file, or paste the text below."))
        return data


class LongSelect(forms.Select):
    """A list of choices that one template writes. Django's own renders a template for each choice.

    A preview of 200 questions has 40,000 choices.
    """

    template_name = "recommendations/long_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the attributes of the control, its choices and the chosen value."""
        widget = {"name": name, "attrs": self.build_attrs(self.attrs, attrs), "choices": self.choices}
        return {"widget": widget, "chosen": str(value)}


class QuestionEditor(NamedTuple):
    """A question to edit: what loading it does, and its fields. `heading` is there where a heading begins."""

    line: QuestionLine
    number: BoundField
    text: BoundField
    depth: BoundField
    heading: BoundField | None
    is_new: BoundField | None
    repeats: BoundField | None


class DraftQuestionsForm(TrackerForm):
    """The number, text and level of each question of a draft, and the heading where one begins.

    A heading goes for all questions below it up to the next one.
    """

    seen = forms.CharField(max_length=text_rules.DAY_MAX_LENGTH, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, preview: QuestionPreview, is_of_another_year: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = preview
        self.initial = {"seen": preview.fingerprint, **self.initial}
        heading: str | None = None
        self.old_choices = [(NO_QUESTION, gettext("New this year")), *map(_old_choice, preview.old)]
        for line in preview.lines:
            self._add_fields(line, begins_heading=line.question.heading != heading)
            heading = line.question.heading
        if is_of_another_year:
            self.fields["is_right_year"] = forms.BooleanField(
                required=False, label=gettext("This is the right set for this edition")
            )

    def _add_fields(self, line: QuestionLine, *, begins_heading: bool) -> None:
        place, question = line.place, line.question
        name = {"number": question.number or gettext("without a number")}
        if begins_heading:
            self.fields[f"heading_{place}"] = forms.CharField(
                required=False,
                initial=question.heading,
                max_length=MAX_HEADING_LENGTH,
                label=gettext("Heading above question %(number)s") % name,
            )
        self.fields[f"number_{place}"] = forms.CharField(
            required=False,
            initial=question.number,
            max_length=MAX_NUMBER_LENGTH,
            label=gettext("Number of question %(number)s") % name,
        )
        self.fields[f"text_{place}"] = forms.CharField(
            required=False,
            initial=question.text,
            max_length=text_rules.REASON_MAX_LENGTH,
            label=gettext("Text of question %(number)s") % name,
            help_text=str(question.doubt) if question.doubt else "",
            widget=forms.Textarea(attrs={"rows": min(8, 2 + len(question.text) // 90 + question.text.count("\n"))}),
        )
        self.fields[f"depth_{place}"] = forms.TypedChoiceField(
            choices=_depth_choices(),
            coerce=int,
            initial=question.depth,
            label=gettext("Level of question %(number)s") % name,
        )
        if line.is_doubtful:
            self.fields[f"new_{place}"] = forms.BooleanField(
                required=False,
                initial=question.is_new,
                label=gettext("Question %(number)s is new, and not the one that it looks like") % name,
            )
        if self.preview.old:
            self._add_repeats_field(line, name)

    def _add_repeats_field(self, line: QuestionLine, name: Mapping[str, str]) -> None:
        """Add the choice of last year's question that one repeats, with the proposal."""
        is_doubtful = line.last_match is not None and line.last_match.is_doubtful
        self.fields[f"repeats_{line.place}"] = forms.TypedChoiceField(
            choices=self.old_choices,
            coerce=int,
            required=False,
            empty_value=None,
            widget=LongSelect,
            initial=line.last_year.pk if line.last_year else NO_QUESTION,
            label=gettext("Last year’s question that question %(number)s repeats") % name,
            help_text=gettext("The texts are not very similar. Last year’s text: %(text)s")
            % {"text": line.last_year.text}
            if line.last_year and is_doubtful
            else "",
        )

    def editors(self) -> Iterator[QuestionEditor]:
        """Yield the questions with their fields, in their order."""
        for line in self.preview.lines:
            own = [f"{name}_{line.place}" for name in ("number", "text", "depth")]
            others = [f"{name}_{line.place}" for name in ("heading", "new", "repeats")]
            yield QuestionEditor(
                line, *(self[name] for name in own), *(self[name] if name in self.fields else None for name in others)
            )

    def typed(self) -> list[TypedQuestion]:
        """Return what the user typed. The form must be valid."""
        data, heading, typed = self.cleaned_data, "", []
        for line in self.preview.lines:
            place = line.place
            heading = " ".join(data[f"heading_{place}"].split()) if f"heading_{place}" in data else heading
            typed.append(
                TypedQuestion(
                    number=" ".join(data[f"number_{place}"].split()),
                    text=data[f"text_{place}"].replace("\r\n", "\n").strip(),
                    heading=heading,
                    depth=data[f"depth_{place}"],
                    is_new=data.get(f"new_{place}", False),
                    repeats=self._typed_repeats(line),
                )
            )
        return typed

    def _typed_repeats(self, line: QuestionLine) -> int | None:
        """Return the question of last year that the user chose; None if the proposal stands."""
        shown = line.last_year.pk if line.last_year else NO_QUESTION
        typed: int | None = self.cleaned_data.get(f"repeats_{line.place}")
        return line.question.repeats if typed in (None, shown) else typed

    def sent_repeats(self) -> dict[int, int]:
        """Return last year's question of each question as sent, by its place, whether chosen or proposed."""
        names = {line.place: f"repeats_{line.place}" for line in self.preview.lines}
        return {place: key for place, name in names.items() if (key := self.cleaned_data.get(name)) is not None}


class TableEditor(NamedTuple):
    """A table of a draft, and the fields for its columns."""

    name: str
    selects: Sequence[BoundField]
    has_headings: BoundField


class TableColumnsForm(TrackerForm):
    """Which columns of each table of a draft hold the numbers, the questions and the headings."""

    def __init__(self, *args: Any, source: QuestionSource, is_edited: bool, **kwargs: Any) -> None:
        super().__init__(*args, prefix="table", **kwargs)
        self.source, self.is_edited = source, is_edited
        self.tables = list(source.tables.values())[:MAX_TABLES]
        for place, (lines, columns) in enumerate(zip(self.tables, source.columns, strict=False)):
            choices = [("", pgettext("column", "None")), *_column_choices(lines)]
            for name, label, column in zip(_ROLES, _role_labels(), columns[:3], strict=True):
                self.fields[f"{name}_{place}"] = forms.TypedChoiceField(
                    choices=choices, coerce=int, empty_value=None, required=False, initial=column, label=label
                )
            self.fields[f"has_headings_{place}"] = forms.BooleanField(
                required=False, initial=columns.has_headings, label=gettext("The first row contains headings")
            )
        if is_edited or self.is_bound:
            self.fields["loses_corrections"] = forms.BooleanField(
                required=False, label=gettext("Discard my changes to the questions")
            )

    def clean(self) -> dict[str, Any]:
        for place in range(len(self.tables)):
            chosen: dict[int, str] = {}
            for name in _ROLES:
                column = self.cleaned_data.get(f"{name}_{place}")
                if column in chosen:
                    sentence = gettext("“%(other)s” has the same column. Choose another one, or “None”.")
                    self.add_error(f"{name}_{place}", sentence % {"other": chosen[column]})
                elif column is not None:
                    chosen[column] = str(self.fields[f"{name}_{place}"].label)
            if self.source.cells and self.cleaned_data.get(f"text_{place}") is None:
                self.add_error(f"text_{place}", gettext("Choose the column of the questions."))
        return self.cleaned_data

    def columns(self) -> list[TableColumns]:
        """Return the columns as chosen. A table without a column of questions has none. The form must be valid."""
        data = self.cleaned_data
        chosen = (
            TableColumns(*(data[f"{name}_{place}"] for name in (*_ROLES, "has_headings")))
            for place in range(len(self.tables))
        )
        shown = [columns if columns.text is not None else TableColumns() for columns in chosen]
        return [*shown, *self.source.columns[len(shown) :]]

    @property
    def loss_field(self) -> BoundField | None:
        """The box to tick if the user wants to lose changes to the questions; None if it is not needed."""
        is_needed = self.is_edited or "loses_corrections" in self.errors
        return self["loses_corrections"] if is_needed else None

    def editors(self) -> list[TableEditor]:
        """Return the tables with their fields, in their order. A single table needs no name."""
        return [
            TableEditor(
                gettext("Table %(number)d") % {"number": place + 1} if len(self.tables) > 1 else "",
                [self[f"{name}_{place}"] for name in _ROLES],
                self[f"has_headings_{place}"],
            )
            for place in range(len(self.tables))
        ]


_ROLES = ("number", "text", "heading")
"""What the columns of a table may hold, in the order of the fields of TableColumns."""


def _role_labels() -> list[str]:
    return [
        gettext("Column of the numbers"),
        gettext("Column of the questions"),
        gettext("Column of the headings"),
    ]


def _column_choices(lines: Sequence[TableLine]) -> list[tuple[int, str]]:
    """Return the columns of a table, each with its first texts: mostly its heading and two cells."""
    width = max((len(line.cells) for line in lines), default=0)
    choices = []
    for place in range(width):
        cells = [cell for line in lines[:20] if place < len(line.cells) and (cell := line.cells[place])]
        texts = ", ".join(quote_text(Truncator(" ".join(cell.split())).chars(40)) for cell in cells[:3])
        values = {"number": place + 1, "texts": texts}
        label = gettext("Column %(number)d: %(texts)s") if texts else gettext("Column %(number)d, empty")
        choices.append((place, label % values))
    return choices


def _old_choice(row: Question) -> tuple[int, str]:
    return row.pk, f"{row.number}. {Truncator(row.text).words(_MAX_CHOICE_WORDS)}"


def _depth_choices() -> list[tuple[int, str]]:
    labels = (gettext("Question"), gettext("Part of the question above"), gettext("Part of the part above"))
    return list(enumerate(labels))
