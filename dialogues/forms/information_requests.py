"""Forms for requests for information: the embassy asks, moves and withdraws; the ministry answers line by line."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from dialogues.actions.information_requests import CorrectedLine, LineInput
from dialogues.choices import LineAnswerKind, ReceivedAs, RequestLineKind, RequestStatus
from dialogues.forms.fields import DatedForm, FilesField, LastSeenField, ListFilterForm, PastDayField
from dialogues.forms.figures import GroupedFigureField
from dialogues.models import Dialogue, RequestLine
from recommendations.models import Indicator, Question
from tiptracker import text_rules
from tiptracker.accounts.models import Ministry
from tiptracker.localization import format_date, gettext, gettext_lazy, join_with_colon
from tiptracker.web.frontend.form_rows import Choices, RowField, numbered, raw_values, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayField, LongTextField, NarrativeTextarea, TrackerForm


class InformationRequestForm(TrackerForm):
    """Form to ask a ministry for information. Rows beside it name the figures and documents."""

    ministry = RowField(label=gettext_lazy("Ministry"))
    due_on = DayField(
        label=gettext_lazy("Due date"),
        help_text=gettext_lazy(
            "The ministry is reminded 1 day before. If the date is 14 days away or more, also 7 days before. If it is "
            "60 days away or more, also 30 days before."
        ),
    )
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("The ministry reads this. Write what the answer is for."),
    )
    dialogue = RowField(
        label=gettext_lazy("Dialogue"),
        required=False,
        help_text=gettext_lazy("If you asked for it at a dialogue, choose the dialogue. Only past ones are listed."),
    )

    def __init__(
        self, *args: Any, ministries: Sequence[Ministry], dialogues: Sequence[Dialogue], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty=gettext("Choose one"))
        set_row_choices(self, "dialogue", dialogues, empty=gettext("Not at a dialogue"))
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()


class AskedLineForm(TrackerForm):
    """A row of a request: the figure of an indicator for a period, or a document in words.

    An empty row is ignored, and so is one that is ticked to be removed.
    """

    required_for_some = ("wording", "starts_on", "through_on")

    question = RowField(required=False, widget=forms.HiddenInput)
    indicator = RowField(label=gettext_lazy("Figure of this indicator"), required=False)
    starts_on = DayField(label=gettext_lazy("First day of the period"), required=False)
    through_on = DayField(
        label=gettext_lazy("Last day of the period"),
        required=False,
        help_text=gettext_lazy(
            "The period that you ask for, even if it is not over yet. The ministry says up to which day its figure "
            "goes."
        ),
    )
    wording = LongTextField(
        label=gettext_lazy("What you ask for, in words"),
        required=False,
        help_text=gettext_lazy("Leave this empty for a figure, unless you want to say more than its name."),
    )
    is_removed = forms.BooleanField(
        label=gettext_lazy("Remove this line"),
        required=False,
        help_text=gettext_lazy("If you tick this, the ministry is not asked for this line."),
    )

    def __init__(
        self,
        *args: Any,
        indicators: Sequence[Indicator],
        states: Mapping[int, str] | None = None,
        questions: Sequence[Question] = (),
        **kwargs: Any,
    ) -> None:
        """Offer `indicators` in their order, each with what is known of its figure (`states`, by id)."""
        super().__init__(*args, **kwargs)
        set_row_choices(self, "question", questions, empty="")
        known = states or {}
        choices: Choices = [
            (str(row.pk), join_with_colon(row.name_with_unit, known[row.pk]) if row.pk in known else row.name_with_unit)
            for row in indicators
        ]
        set_row_choices(
            self, "indicator", indicators, empty=gettext("No figure: a document or other information"), choices=choices
        )

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors: "Line 2"."""
        return numbered(gettext("Line"), self)

    @property
    def is_filled(self) -> bool:
        """Return whether the row asks for something. The days alone, which are filled in before, ask for nothing."""
        data = raw_values(self)
        return bool(data["indicator"] or data["wording"]) and not data["is_removed"]

    @property
    def line_input(self) -> LineInput:
        """Return what the valid row asks for."""
        data = self.cleaned_data
        return LineInput(
            data["wording"], data["indicator"], data["starts_on"], data["through_on"], data.get("question")
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("is_removed"):
            self.errors.clear()
        if not self.is_filled:
            return data
        if data.get("indicator") is None:
            data["starts_on"] = data["through_on"] = None
            return data
        for name in ("starts_on", "through_on"):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, gettext("Enter the day. A figure always covers a period."))
        first, last = data.get("starts_on"), data.get("through_on")
        if first and last and first > last:
            self.add_error("through_on", gettext("The last day is before the first day. Change one of the two dates."))
        return data


class CorrectedLineForm(AskedLineForm):
    """A row of a correction: a line as it is right, or a line to add. A row removed or empty removes its line."""

    line = RowField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[RequestLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "line", lines, empty="")
        if self["line"].value():
            self.fields["is_removed"].help_text = gettext(
                "If you tick this, the ministry is no longer asked for this line. The history of the request keeps it."
            )

    @property
    def row_name(self) -> str:
        """The name of the line in a list of errors: "Line 2", or "New line"."""
        row = cast("RowField", self.fields["line"]).rows.get(str(self["line"].value() or ""))
        if isinstance(row, RequestLine):
            return gettext("Line %(number)d") % {"number": row.number}
        return gettext("New line")

    @property
    def corrected_line(self) -> CorrectedLine:
        """Return what the valid row asks for, and instead of which line."""
        return CorrectedLine(self.cleaned_data["line"], self.line_input)


AskedLineForms = forms.formset_factory(AskedLineForm, extra=1, max_num=40, absolute_max=45)
CorrectedLineForms = forms.formset_factory(CorrectedLineForm, extra=0, max_num=40, absolute_max=45)


class RequestChangeForm(ChangeForm):
    """Base form for a change of a request. `seen` is the id of the newest event that the page showed."""

    seen = LastSeenField()


class MoveRequestForm(RequestChangeForm):
    """Form for a new due date of a request and the reason."""

    due_on = DayField(label=gettext_lazy("New due date"))
    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, help_text=gettext_lazy("The ministry reads this."))


class CorrectRequestForm(RequestChangeForm):
    """Form to correct the reason for asking, and to say what was wrong. Rows beside it hold the open lines."""

    asked_reason = LongTextField(
        label=gettext_lazy("Reason for asking"),
        rows=3,
        help_text=gettext_lazy("The ministry reads this. Write what the answer is for."),
    )
    reason = LongTextField(
        label=gettext_lazy("What was wrong"),
        rows=3,
        help_text=gettext_lazy("The ministry reads this."),
    )


class WithdrawRequestForm(RequestChangeForm):
    """Form to withdraw a request, with the reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, help_text=gettext_lazy("The ministry reads this."))


class RequestFilterForm(ListFilterForm):
    """The filters of the list of requests."""

    few = frozenset({"q", "status", "ministry"})

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *RequestStatus.choices()]
    )
    ministry = forms.ChoiceField(label=gettext_lazy("Ministry"), required=False)

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("Any")), *((str(row.pk), row.name) for row in ministries)]
        cast("forms.ChoiceField", self.fields["ministry"]).choices = choices


class AnswerForm(TrackerForm):
    """Form for what concerns all lines of an answer: the files, and what else the ministry wants to say."""

    files = FilesField(  # type: ignore[assignment]  # a field, not Form.files
        label=gettext_lazy("Documents"),
        help_text=gettext_lazy("Attach the documents that you are asked for, or what proves the figures."),
    )
    narrative = forms.CharField(
        max_length=text_rules.NARRATIVE_MAX_LENGTH,
        label=gettext_lazy("What else we should know"),
        required=False,
        widget=NarrativeTextarea(attrs={"rows": 3}),
    )


class PaperAnswerForm(AnswerForm, DatedForm):
    """Form for what an officer records on behalf of a ministry: what it handed over, when and how."""

    field_order = ("received_as", "received_on", "files", "narrative")

    received_as = forms.ChoiceField(
        label=gettext_lazy("Received"),
        widget=forms.RadioSelect,
        choices=[choice for choice in ReceivedAs.choices() if choice[0] != ReceivedAs.WORKBOOK],
    )
    received_on = PastDayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The day on which the ministry gave it to the embassy. The ministry reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = gettext("Attach the letter, or what the ministry gave you.")
        self.fields["narrative"].label = gettext("What else the ministry said")


ANSWER_LATER = ""
"""The choice of a line that is not answered yet."""


class LineAnswerForm(TrackerForm):
    """Form for one line of an answer. Without a choice, a figure or a text, the line is left for later.

    A text beside the choice to answer later is asked about, because it can be a remark or the answer.

    `changes` is what the embassy asks to change in it.
    """

    required_for_some = ("answer", "figure", "through_on", "text")
    changes: Sequence[str] = ()

    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        required=False,
        widget=forms.RadioSelect,
        choices=[*LineAnswerKind.choices(), (ANSWER_LATER, gettext_lazy("We answer later"))],
        initial=ANSWER_LATER,
    )
    figure = GroupedFigureField()
    through_on = PastDayField(
        label=gettext_lazy("Covers up to"),
        required=False,
    )
    text = LongTextField(label=gettext_lazy("Explanation"), required=False)

    def __init__(self, *args: Any, line: RequestLine, today: date, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"line-{line.pk}", **kwargs)
        self.line = line
        if line.kind is RequestLineKind.DOCUMENT or line.indicator is None or line.through_on is None:
            del self.fields["figure"], self.fields["through_on"]
            self.fields["text"].label = gettext("Answer in words, or the name of the attached document")
            return
        self.fields["figure"].label = gettext("Figure (%(unit)s)") % {"unit": line.indicator.unit}
        self.fields["figure"].help_text = gettext("Zero is a figure: enter 0 if there were none in this period.")
        last_day = cast("PastDayField", self.fields["through_on"])
        last_day.end_at(today)
        last_day.initial = min(line.through_on, today)
        last_day.help_text = self._explain_last_day(line.through_on, today)

    @staticmethod
    def _explain_last_day(asked_through: date, today: date) -> str:
        """Say why the day is asked for: a figure of a part of the period must not pass for that of the whole period."""
        sentence = (
            gettext("The period ends on %(date)s and is not over. Enter the last day that the figure covers.")
            if asked_through > today
            else gettext("The period ends on %(date)s. If the figure ends earlier, enter its last day.")
        )
        return sentence % {"date": format_date(asked_through)}

    @property
    def none_label(self) -> str:
        """The label of the choice that there is none."""
        return LineAnswerKind.NONE.label

    @property
    def later_label(self) -> str:
        """The label of the choice that the line is answered later."""
        return gettext("We answer later")

    @property
    def row_name(self) -> str:
        """The name of the line in a list of errors: "Line 2"."""
        return gettext("Line %(number)d") % {"number": self.line.number}

    @property
    def is_filled(self) -> bool:
        """Return whether the line is answered now."""
        return bool(self.cleaned_data.get("answer"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        figure, text = data.get("figure"), data.get("text")
        if not data.get("answer") and (figure is not None or text):
            if figure is None and self.add_prefix("answer") in self.data:
                sentence = gettext(
                    "There is a text, but “%(later)s” is chosen. Choose another answer, or remove the text."
                )
                self.add_error("answer", sentence % {"later": self.later_label})
                return data
            # Whoever enters a figure means to send it, as does whoever fills in the text of a workbook.
            data["answer"] = LineAnswerKind.ANSWERED.value
        if data.get("answer") == LineAnswerKind.NONE and figure is not None:
            sentence = gettext("Enter the figure, or choose “%(none)s”, not both.")
            self.add_error("figure", sentence % {"none": self.none_label})
        if data.get("answer") == LineAnswerKind.ANSWERED and "figure" in self.fields:
            if figure is None and "figure" not in self.errors:
                sentence = gettext("Enter the figure. If there is none, choose “%(none)s”.")
                self.add_error("figure", sentence % {"none": self.none_label})
            self._check_last_day(data.get("through_on"))
        return data

    def _check_last_day(self, last: date | None) -> None:
        line = self.line
        if last is None or line.starts_on is None or line.through_on is None:
            return
        if not line.starts_on <= last <= line.through_on:
            sentence = gettext("The figure is asked for %(first)s to %(last)s. Enter a date in this period.")
            days = {"first": format_date(line.starts_on), "last": format_date(line.through_on)}
            self.add_error("through_on", sentence % days)


class PaperLineAnswerForm(LineAnswerForm):
    """The form of one line for an officer, who records what the ministry said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = cast("forms.ChoiceField", self.fields["answer"])
        answer.label = gettext("Answer of the ministry")
        answer.choices = [
            (LineAnswerKind.ANSWERED.value, gettext("The ministry gave it")),
            (LineAnswerKind.NONE.value, self.none_label),
            (ANSWER_LATER, self.later_label),
        ]

    @property
    def none_label(self) -> str:
        """The label of the choice that there is none."""
        return gettext("The ministry has none")

    @property
    def later_label(self) -> str:
        """The label of the choice that the line is answered later."""
        return gettext("The ministry has not answered this yet")
