"""Forms to start a set of questions, and to correct a draft."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from recommendations.questions.editing import TypedQuestion
from recommendations.questions.numbers import MAX_NUMBER_LENGTH
from recommendations.questions.parser import MAX_HEADING_LENGTH
from recommendations.questions.preview import QuestionLine, QuestionPreview
from tiptracker import text_rules
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.forms import TrackerForm

MAX_PASTED_LENGTH = 200_000
"""Most characters of a pasted text. A set of a hundred questions has about a tenth of it."""


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


class QuestionEditor(NamedTuple):
    """A question to edit: what loading it does, and its fields. `heading` is there where a heading begins."""

    line: QuestionLine
    number: BoundField
    text: BoundField
    depth: BoundField
    heading: BoundField | None
    is_new: BoundField | None


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

    def editors(self) -> Iterator[QuestionEditor]:
        """Yield the questions with their fields, in their order."""
        for line in self.preview.lines:
            own = [f"{name}_{line.place}" for name in ("number", "text", "depth")]
            others = [f"{name}_{line.place}" for name in ("heading", "new")]
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
                )
            )
        return typed


def _depth_choices() -> list[tuple[int, str]]:
    labels = (gettext("Question"), gettext("Part of the question above"), gettext("Part of the part above"))
    return list(enumerate(labels))
