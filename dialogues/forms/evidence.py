"""Forms for evidence: the event, its proof, its figure, the benchmarks it supports, and its review."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, cast

from django import forms

from dialogues import decision_reasons
from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind, Sensitivity, SupportKind
from dialogues.decision_reasons import RejectionReason, VerificationReason
from dialogues.forms.fields import (
    NO_DATA,
    YEAR_BEFORE,
    BenchmarkRow,
    BenchmarkRows,
    DatedForm,
    DefaultChoiceField,
    DirectionField,
    FigureField,
    FilesField,
    LastSeenField,
    LinkField,
    PastDayField,
    PeriodForm,
    check_figure,
    check_proof,
)
from dialogues.models import Commitment, EvidenceFile, Reading
from recommendations.models import Indicator
from tiptracker.choices import ChoiceEnum
from tiptracker.web.frontend.form_rows import Choices, RowField, RowsField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import LongTextField


class EvidenceForm(DatedForm):
    """Form to log progress: one event and its proof. An officer can fill it in within a minute.

    `kept` are the files already stored for it.
    """

    title = forms.CharField(
        label="What happened",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In one sentence: who did what, where.",
    )
    happened_from = PastDayField(label="First day", required=False)
    happened_to = PastDayField(label="Last day")
    done_by = forms.TypedChoiceField(
        coerce=DoneBy,
        label="Who did it",
        widget=forms.RadioSelect,
        choices=DoneBy.choices(),
        initial=DoneBy.GOVERNMENT.value,
    )
    stated_by = forms.CharField(
        label="Who says so",
        max_length=200,
        help_text="Such as “Ministry of Police”, “Lesotho Times” or “Embassy visit”.",
    )
    source = forms.CharField(
        label="Source",
        required=False,
        max_length=400,
        help_text="A gazette number, a page, a meeting and its day: enough to find it again.",
    )
    link = LinkField(label="Link", required=False, max_length=500, assume_scheme="https")
    files = FilesField(label="File", multiple=False)  # type: ignore[assignment]  # a field, not Form.files
    kind = forms.TypedChoiceField(
        coerce=EvidenceKind, label="What sort of thing it is", choices=[("", "Choose one"), *EvidenceKind.choices()]
    )
    commitment = RowField(label="Commitment it belongs to", required=False)
    sensitivity = forms.TypedChoiceField(
        coerce=Sensitivity,
        label="Who may see it",
        widget=forms.RadioSelect,
        choices=Sensitivity.choices(),
        initial=Sensitivity.INTERNAL.value,
        help_text="Shared: the ministry whose commitment it belongs to can read it too.",
    )

    def __init__(
        self,
        *args: Any,
        commitments: Sequence[Commitment],
        stored_files: Sequence[EvidenceFile] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stored_files = stored_files
        read = [(str(c.pk), f"{c.ministry.short_name if c.ministry else c.maker}: {c.text}"[:140]) for c in commitments]
        set_row_choices(self, "commitment", commitments, empty="None", choices=[*read])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("happened_from"), data.get("happened_to")
        if first and last and first > last:
            self.add_error("happened_from", "The first day can’t lie after the last.")
        check_proof(self, self.stored_files)
        if (
            data.get("sensitivity") == Sensitivity.SHARED
            and not data.get("commitment")
            and "commitment" not in self.errors
        ):
            self.add_error(
                "commitment", "Say which commitment it belongs to, so that it is clear with whom it is shared."
            )
        return data


class EvidenceRevisionForm(EvidenceForm):
    """Form to revise a piece of evidence: all its fields and the reason.

    `carried` are the readings that this form can't edit. Each one that stays ticked is copied unchanged.
    """

    reason = LongTextField(
        label="Why it is put right",
        help_text="In a sentence: what was wrong, and how you know. The earlier wording stays readable beside it.",
    )
    carried = RowsField(label="Figures that go along as they are", required=False)

    def __init__(self, *args: Any, carried: Sequence[Reading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not carried:
            del self.fields["carried"]
            return
        set_row_choices(self, "carried", carried, choices=[(str(reading.pk), reading.in_words) for reading in carried])
        self.fields["carried"].help_text = (
            "Untick what is wrong: it stops counting. A figure that is broken down is entered anew on the page of what "
            "it counts."
        )


class EvidenceLinkRow(BenchmarkRow):
    """A benchmark that the evidence supports, and what the evidence shows on it."""

    shows = DefaultChoiceField(SupportKind.ACTION, label="It shows")


EvidenceLinkRows = cast(
    "type[BenchmarkRows]",
    forms.formset_factory(EvidenceLinkRow, formset=BenchmarkRows, extra=2, max_num=30, absolute_max=40),
)


class ReadingForm(PeriodForm):
    """Form for a figure that the evidence states. If the user enters nothing, no field is required.

    `evidence_ends_on` is the last day of the evidence, once it is known. A figure without a last day of its own runs
    through that day.
    """

    evidence_ends_on: date | None = None

    indicator = RowField(label="What was counted", required=False)
    figure = FigureField(
        help_text="In digits.",
        error_messages={
            "invalid": "Give the figure in digits alone, such as 16. What needs saying about it goes into the note.",
        },
    )
    direction = DirectionField(label="Or, without a figure: compared with the year before", empty="None of these")
    through_on = PastDayField(
        label="Through", required=False, help_text="The last day it covers. Left empty: the last day given above."
    )
    note = forms.CharField(
        label="Note on the figure", required=False, max_length=400, help_text="Such as “without Qacha’s Nek”."
    )

    field_order = ("indicator", "figure", "direction")

    def __init__(self, *args: Any, indicators: Sequence[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, prefix="count", **kwargs)
        set_row_choices(
            self,
            "indicator",
            indicators,
            empty="None",
            choices=[(str(row.pk), f"{row.name} ({row.unit})") for row in indicators],
        )

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered anything. A filled form must be complete."""
        names = ("indicator", "figure", "direction", "note")
        if not self.is_bound:
            return any(self.initial.get(name) for name in names)
        return any(self.data.get(self.add_prefix(name), "").strip() for name in names)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.is_filled:
            self.errors.pop("span", None)
            return data
        if not data.get("indicator") and "indicator" not in self.errors:
            self.add_error("indicator", "Say what was counted.")
        check_figure(self, is_required=True)
        if data.get("direction") not in (None, "", NO_DATA) and data.get("span") == YEAR_BEFORE:
            self.add_error("direction", "For the year before give the figure, or say that no data was given.")
        if "span" in data:
            self.clean_period(self.evidence_ends_on)
        return data


def reason_choices(*lists: tuple[str, type[ChoiceEnum]]) -> Choices:
    """Return standard reasons as choices; with several lists, each list under its heading."""
    empty: Choices = [("", "Choose a sentence, or write your own")]
    if len(lists) == 1:
        return [*empty, *lists[0][1].choices()]
    return [*empty, *((heading, reasons.choices()) for heading, reasons in lists)]


class ReviewForm(DatedForm):
    """Form to verify or reject one evidence link, or a piece of evidence itself.

    The cleaned `reason` is the full reason: the sentence chosen from the list, and the user's own words.
    """

    decision = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[(EvidenceDecision.VERIFIED.value, "Verify"), (EvidenceDecision.REJECTED.value, "Reject")],
    )
    because = forms.ChoiceField(
        label="Why",
        required=False,
        choices=reason_choices(("To verify", VerificationReason), ("To reject", RejectionReason)),
    )
    reason = LongTextField(label="In your own words", required=False)
    first_on = PastDayField(
        label="First day",
        required=False,
        help_text="The evidence does not state it. Without one it can’t count.",
    )

    seen = LastSeenField()

    def __init__(self, *args: Any, about: str, asks_first_day: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].label = f"Your decision on {about}"
        if not asks_first_day:
            del self.fields["first_on"]

    lists: ClassVar[Mapping[str, type[ChoiceEnum]]] = {
        EvidenceDecision.VERIFIED.value: VerificationReason,
        EvidenceDecision.REJECTED.value: RejectionReason,
    }
    needs_reason = True

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        decision, chosen = data.get("decision"), data.get("because", "")
        if decision and chosen and chosen not in dict(self.lists[decision].choices()):
            self.add_error("because", "That sentence is a reason for another decision. Choose one that fits yours.")
        data["reason"] = decision_reasons.combine_reason(chosen, data.get("reason", ""))
        if self.needs_reason and not data["reason"] and not {"because", "reason"} & set(self.errors):
            self.add_error("reason", "Say why: choose a sentence, or write one.")
        return data

    @property
    def is_begun(self) -> bool:
        """Return whether the user entered anything. An untouched row stays unreviewed."""
        return any(str(value or "").strip() for name, value in raw_values(self).items() if name != "seen")
