"""Forms for commitments: the commitment itself, the changes of its status, and the filters of the list."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.text import Truncator

from dialogues.choices import CommitmentReach, CommitmentStatus, DueDateDecision, Horizon, MadeBy
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
from tiptracker.accounts.models import Ministry
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date, gettext, gettext_lazy, gettext_noop
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayField, LongTextField, TrackerForm


class CommitmentOrder(ChoiceEnum):
    """Sort orders of commitments. By due date, settled commitments come last."""

    DUE = "due", gettext_noop("By due date, open commitments first")
    OVERDUE = "overdue", gettext_noop("Longest overdue first")
    MOVED = "moved", gettext_noop("Most often moved first")
    NEWEST = "newest", gettext_noop("Newest first")
    TEXT = "text", gettext_noop("By text")


class CommitmentFilterForm(ListFilterForm):
    """Filters of the list of commitments. Field names are query parameters."""

    few = frozenset({"q", "status", "ministry"})
    span = ("due_from", "due_to")
    varying = frozenset({"ministry", "recommendation"})

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *CommitmentStatus.choices()]
    )
    ministry = forms.ChoiceField(label=gettext_lazy("Made by"), required=False)
    pillar = forms.ChoiceField(
        label=gettext_lazy("Pillar"), required=False, choices=[("", gettext_lazy("Any")), *Pillar.choices()]
    )
    recommendation = forms.ChoiceField(label=gettext_lazy("Recommendation"), required=False)
    due_from = DayField(label=gettext_lazy("Due from"), required=False)
    due_to = DayField(label=gettext_lazy("Due by"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=CommitmentOrder.choices())

    def __init__(
        self,
        *args: Any,
        ministries: Iterable[tuple[int, str]],
        recommendations: Iterable[tuple[int, int, str]],
        **kwargs: Any,
    ) -> None:
        """Offer ministries by key and name, and recommendations by key, number and text."""
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["ministry"]).choices = [
            ("", gettext("Anyone")),
            *((str(pk), name) for pk, name in ministries),
            (MadeBy.UNITED_STATES.value, MadeBy.UNITED_STATES.label),
        ]
        cast("forms.ChoiceField", self.fields["recommendation"]).choices = [
            ("", gettext("Any")),
            *((str(pk), f"{number}. {Truncator(text).chars(70)}") for pk, number, text in recommendations),
        ]


class CommitmentForm(DatedForm):
    """Form for a commitment: who made it, what, when, the due date, and the dialogue or letter where it was made."""

    made_by = forms.TypedChoiceField(
        coerce=MadeBy,
        label=gettext_lazy("Made by"),
        widget=forms.RadioSelect,
        choices=[
            (MadeBy.MINISTRY.value, gettext_lazy("A ministry")),
            (MadeBy.UNITED_STATES.value, gettext_lazy("The United States")),
        ],
        initial=MadeBy.MINISTRY.value,
    )
    ministry = RowField(
        label=gettext_lazy("Ministry"),
        required=False,
        help_text=gettext_lazy("Leave this empty if the United States made the commitment."),
    )
    text = LongTextField(
        label=gettext_lazy("What was promised"),
        rows=4,
        help_text=gettext_lazy("Write one sentence that can be checked: what, how much, where."),
    )
    made_on = PastDayField(label=gettext_lazy("Date of the promise"))
    due_on = DayField(
        label=gettext_lazy("Due date"),
        required=False,
        help_text=gettext_lazy("If no date was agreed, leave this empty."),
    )
    dialogue = RowField(label=gettext_lazy("Dialogue at which it was promised"), required=False)
    letter = forms.CharField(
        label=gettext_lazy("Letter or other source"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Only if it was not promised at a dialogue. Example: “Note verbale 12/2022 of 14 January 2022”."
        ),
    )
    horizon = forms.TypedChoiceField(
        coerce=Horizon,
        label=gettext_lazy("Type of step"),
        widget=forms.RadioSelect,
        choices=Horizon.choices(),
        initial=Horizon.SHORT_TERM.value,
    )

    def __init__(
        self, *args: Any, ministries: Sequence[Ministry], dialogues: Sequence[Dialogue], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty=gettext("Choose one"))
        read = [(str(dialogue.pk), f"{format_date(dialogue.held_on)}, {dialogue.place}") for dialogue in dialogues]
        set_row_choices(self, "dialogue", dialogues, empty=gettext("None"), choices=[*read])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("made_by") == MadeBy.MINISTRY and not data.get("ministry") and "ministry" not in self.errors:
            self.add_error("ministry", gettext("Choose the ministry that made the commitment."))
        if data.get("made_by") == MadeBy.UNITED_STATES and data.get("ministry"):
            self.add_error("ministry", gettext("Leave this empty, or say above that a ministry made the commitment."))
        if not data.get("dialogue") and not data.get("letter") and "dialogue" not in self.errors:
            self.add_error("dialogue", gettext("Choose the dialogue, or name the letter below."))
        if data.get("due_on") and data.get("made_on") and data["due_on"] < data["made_on"]:
            self.add_error(
                "due_on", gettext("The due date is before the date of the promise. Enter a later date, or none.")
            )
        return data


class CommitmentBenchmarkRow(BenchmarkRow):
    """A benchmark that the commitment works towards, and how far keeping it would meet the benchmark."""

    reach = DefaultChoiceField(CommitmentReach.CONTRIBUTES, label=gettext_lazy("Effect if it is kept"))


CommitmentBenchmarkRows = cast(
    "type[BenchmarkRows]",
    forms.formset_factory(CommitmentBenchmarkRow, formset=BenchmarkRows, extra=2, max_num=20, absolute_max=25),
)


class CommitmentChangeForm(DatedForm, ChangeForm):
    """Base form for a change of a commitment. `seen` is the id of the newest event that the page showed."""

    seen = LastSeenField()


class CommitmentCorrectionForm(ChangeForm):
    """Form to correct the wording of a commitment, with the reason. Rows beside it name the benchmarks.

    `seen` is the state that the page showed (`actions.corrections.correction_state`).
    """

    text = LongTextField(label=gettext_lazy("What was promised"), rows=4)
    reason = LongTextField(label=gettext_lazy("Reason for the correction"), rows=3)
    seen = LastSeenField()

    def __init__(self, *args: Any, ministry: Ministry | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = gettext("Write what was wrong in the record. No ministry reads this reason.")
        if ministry:
            hint = gettext("Write what was wrong in the record. The %(ministry)s reads this reason.")
        self.fields["reason"].help_text = hint % {"ministry": ministry}


class RescheduleForm(CommitmentChangeForm):
    """Form for a new due date and the reason."""

    due_on = DayField(label=gettext_lazy("New due date"))
    reason = LongTextField(
        label=gettext_lazy("Reason"), rows=3, help_text=gettext_lazy("Write who asked for it, and why.")
    )
    on = PastDayField(label=gettext_lazy("Date of the agreement"))


class WithdrawForm(CommitmentChangeForm):
    """Form to withdraw a commitment, with the reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3)
    on = PastDayField(label=gettext_lazy("Date of the withdrawal"))


class ReopenForm(CommitmentChangeForm):
    """Form to reopen a settled commitment, with the reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3)
    on = PastDayField(label=gettext_lazy("Date of reopening"))


class ReportDoneForm(CommitmentChangeForm):
    """Form to report that a commitment of the United States is done."""

    on = PastDayField(label=gettext_lazy("Date on which it was done"))


class VerifyDoneForm(CommitmentChangeForm):
    """Form to verify that a commitment is done, with the embassy's reason."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("Write why the evidence proves that the commitment is done."),
    )
    on = PastDayField(label=gettext_lazy("Date of verification"))


class ProposeDueDateForm(TrackerForm):
    """Form of a ministry for another due date, with the reason."""

    due_on = DayField(label=gettext_lazy("Due date that you propose"))
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("The embassy reads this. Write what still has to happen before it can be done."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()


class AnswerDueDateForm(TrackerForm):
    """Form of the embassy to accept or decline a proposed due date."""

    required_for_some = ("reason",)

    answer = forms.TypedChoiceField(
        coerce=DueDateDecision, label=gettext_lazy("Your answer"), widget=forms.RadioSelect, choices=()
    )
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        required=False,
        rows=3,
        help_text=gettext_lazy("The ministry reads this. If you decline, write why the due date stays."),
    )

    def __init__(self, *args: Any, accept: str, decline: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(DueDateDecision.ACCEPTED.value, accept), (DueDateDecision.DECLINED.value, decline)]
        cast("forms.TypedChoiceField", self.fields["answer"]).choices = choices


class ConfirmationForm(TrackerForm):
    """Form without fields: the user confirms what the page says."""
