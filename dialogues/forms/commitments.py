"""Forms for commitments: the commitment itself, the changes of its status, and the filters of the list."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import Truncator

from dialogues.choices import CommitmentReach, CommitmentStatus, Horizon, MadeBy
from dialogues.forms.fields import (
    BenchmarkRow,
    BenchmarkRows,
    DatedForm,
    DefaultChoiceField,
    LastSeenField,
    ListFilterForm,
    PastDayField,
)
from dialogues.models import Dialogue
from recommendations.choices import Pillar
from recommendations.models import Recommendation
from tiptracker.accounts.models import Ministry
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date, gettext_noop
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayField, LongTextField


class CommitmentOrder(ChoiceEnum):
    """Sort orders of commitments. By due date, settled commitments come last."""

    DUE = "due", gettext_noop("By due date, the open first")
    OVERDUE = "overdue", gettext_noop("Longest overdue first")
    MOVED = "moved", gettext_noop("Most often moved first")
    NEWEST = "newest", gettext_noop("Newest promised first")
    TEXT = "text", gettext_noop("By what was promised")


class CommitmentFilterForm(ListFilterForm):
    """Filters of the list of commitments. Field names are query parameters."""

    few = frozenset({"q", "status", "ministry"})
    span = ("due_from", "due_to")

    q = forms.CharField(label="Words", required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=[("", "Any"), *CommitmentStatus.choices()])
    ministry = forms.ChoiceField(label="Who promised", required=False)
    pillar = forms.ChoiceField(required=False, choices=[("", "Any"), *Pillar.choices()])
    recommendation = forms.ChoiceField(required=False)
    due_from = DayField(label="Due from", required=False)
    due_to = DayField(label="Due by", required=False)
    sort = forms.ChoiceField(label="Order", required=False, choices=CommitmentOrder.choices())

    def __init__(
        self, *args: Any, ministries: Sequence[Ministry], recommendations: Sequence[Recommendation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["ministry"]).choices = [
            ("", "Anyone"),
            *((str(ministry.pk), ministry.name) for ministry in ministries),
            (MadeBy.UNITED_STATES.value, MadeBy.UNITED_STATES.label),
        ]
        cast("forms.ChoiceField", self.fields["recommendation"]).choices = [
            ("", "Any"),
            *((str(row.pk), f"{row.number}. {Truncator(row.text).chars(70)}") for row in recommendations),
        ]


class CommitmentForm(DatedForm):
    """Form for a commitment: who made it, what, when, the due date, and the dialogue or letter where it was made."""

    made_by = forms.TypedChoiceField(
        coerce=MadeBy,
        label="Whose undertaking is it?",
        widget=forms.RadioSelect,
        choices=[(MadeBy.MINISTRY.value, "A ministry’s"), (MadeBy.UNITED_STATES.value, "The United States’")],
        initial=MadeBy.MINISTRY.value,
    )
    ministry = RowField(label="Ministry", required=False, help_text="Leave empty for the United States’ own.")
    text = LongTextField(
        label="What was promised", rows=4, help_text="In a sentence that somebody can check: what, how much, where."
    )
    made_on = PastDayField(label="When it was promised")
    due_on = DayField(label="Due", required=False, help_text="Leave empty where no date was agreed.")
    dialogue = RowField(label="At which dialogue", required=False)
    letter = forms.CharField(
        label="Or by which letter or other source",
        required=False,
        max_length=300,
        help_text="Such as “Note verbale 12/2022 of 14 January 2022”.",
    )
    horizon = forms.TypedChoiceField(
        coerce=Horizon,
        label="What kind of step",
        widget=forms.RadioSelect,
        choices=Horizon.choices(),
        initial=Horizon.SHORT_TERM.value,
    )

    def __init__(
        self, *args: Any, ministries: Sequence[Ministry], dialogues: Sequence[Dialogue], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty="Choose one")
        read = [(str(dialogue.pk), f"{format_date(dialogue.held_on)}, {dialogue.place}") for dialogue in dialogues]
        set_row_choices(self, "dialogue", dialogues, empty="None", choices=[*read])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("made_by") == MadeBy.MINISTRY and not data.get("ministry") and "ministry" not in self.errors:
            self.add_error("ministry", "Choose the ministry that promised it.")
        if data.get("made_by") == MadeBy.UNITED_STATES and data.get("ministry"):
            self.add_error("ministry", "Leave the ministry empty, or say that a ministry promised it.")
        if not data.get("dialogue") and not data.get("letter") and "dialogue" not in self.errors:
            self.add_error("dialogue", "Say at which dialogue it was made, or name the letter below.")
        if data.get("due_on") and data.get("made_on") and data["due_on"] < data["made_on"]:
            self.add_error("due_on", "It can’t be due before it was promised. Give a later day, or none.")
        return data


class CommitmentBenchmarkRow(BenchmarkRow):
    """A benchmark that the commitment works towards, and how far keeping it would meet the benchmark."""

    reach = DefaultChoiceField(CommitmentReach.CONTRIBUTES, label="Keeping it")


CommitmentBenchmarkRows = cast(
    "type[BenchmarkRows]",
    forms.formset_factory(CommitmentBenchmarkRow, formset=BenchmarkRows, extra=2, max_num=20, absolute_max=25),
)


class CommitmentChangeForm(DatedForm, ChangeForm):
    """Base form for a change of a commitment. `seen` is the id of the newest event that the page showed."""

    seen = LastSeenField()


class RescheduleForm(CommitmentChangeForm):
    """Form for a new due date and the reason."""

    due_on = DayField(label="New due day")
    reason = LongTextField(label="Why it was moved", rows=3, help_text="Who asked, and what they said.")
    on = PastDayField(label="Agreed on")


class WithdrawForm(CommitmentChangeForm):
    """Form to withdraw a commitment, with the reason."""

    reason = LongTextField(label="Why it no longer stands", rows=3)
    on = PastDayField(label="Withdrawn on")


class ReopenForm(CommitmentChangeForm):
    """Form to reopen a settled commitment, with the reason."""

    reason = LongTextField(label="Why it is open again", rows=3)
    on = PastDayField(label="Open again from")


class ReportDoneForm(CommitmentChangeForm):
    """Form to report that a commitment of the United States is done."""

    on = PastDayField(label="Done on")


class VerifyDoneForm(CommitmentChangeForm):
    """Form to verify that a commitment is done, with the embassy's reason."""

    reason = LongTextField(
        label="What convinces us", rows=3, help_text="The reason stands in the record beside the evidence."
    )
    on = PastDayField(label="Verified on")
