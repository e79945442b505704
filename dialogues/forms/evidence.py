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
        kept: Sequence[EvidenceFile] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept
        read = [(str(c.pk), f"{c.ministry.short_name if c.ministry else c.maker}: {c.text}"[:140]) for c in commitments]
        set_row_choices(self, "commitment", commitments, empty="None", choices=[*read])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        first, last = said.get("happened_from"), said.get("happened_to")
        if first and last and first > last:
            self.add_error("happened_from", "The first day can’t lie after the last.")
        check_proof(self, self.kept)
        if (
            said.get("sensitivity") == Sensitivity.SHARED
            and not said.get("commitment")
            and "commitment" not in self.errors
        ):
            self.add_error(
                "commitment", "Say which commitment it belongs to, so that it is clear with whom it is shared."
            )
        return said


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
            choices=[(str(i.pk), f"{i.name} ({i.unit})") for i in indicators],
        )

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered anything. A filled form must be complete."""
        told = ("indicator", "figure", "direction", "note")
        if not self.is_bound:
            return any(self.initial.get(name) for name in told)
        return any(self.data.get(self.add_prefix(name), "").strip() for name in told)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.is_filled:
            self.errors.pop("span", None)
            return said
        if not said.get("indicator") and "indicator" not in self.errors:
            self.add_error("indicator", "Say what was counted.")
        check_figure(self, is_required=True)
        if said.get("direction") not in (None, "", NO_DATA) and said.get("span") == YEAR_BEFORE:
            self.add_error("direction", "For the year before give the figure, or say that no data was given.")
        if "span" in said:
            self.clean_period(self.evidence_ends_on)
        return said


def reason_choices(*lists: tuple[str, type[ChoiceEnum]]) -> Choices:
    """Return standard reasons as choices; with several lists, each list under its heading."""
    none: Choices = [("", "Choose a sentence, or write your own")]
    if len(lists) == 1:
        return [*none, *lists[0][1].choices()]
    return [*none, *((heading, why.choices()) for heading, why in lists)]


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
        said = self.cleaned_data
        decision, chosen = said.get("decision"), said.get("because", "")
        if decision and chosen and chosen not in dict(self.lists[decision].choices()):
            self.add_error("because", "That sentence is a reason for another decision. Choose one that fits yours.")
        said["reason"] = decision_reasons.combine_reason(chosen, said.get("reason", ""))
        if self.needs_reason and not said["reason"] and not {"because", "reason"} & set(self.errors):
            self.add_error("reason", "Say why: choose a sentence, or write one.")
        return said

    @property
    def is_begun(self) -> bool:
        """Return whether the user entered anything. An untouched row stays unreviewed."""
        return any(str(value or "").strip() for name, value in raw_values(self).items() if name != "seen")
