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
    FilesField,
    LastSeenField,
    LinkField,
    PastDayField,
    PeriodForm,
    check_figure,
    check_proof,
    fill_end_date,
)
from dialogues.forms.figures import GroupedFigureField
from dialogues.models import Commitment, EvidenceFile, Reading
from recommendations.models import Indicator
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import Choices, RowField, RowsField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import LongTextField


class EvidenceForm(DatedForm):
    """Form to log progress: one event and its proof. An officer can fill it in within a minute.

    `stored_files` are the files already stored for it. `earlier_stated_by` are the names that the browser suggests.
    """

    required_for_some = ("happened_from",)

    title = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("In one sentence: who did what, and where."),
    )
    happened_from = PastDayField(label=gettext_lazy("Start date"), required=False)
    happened_to = PastDayField(label=gettext_lazy("End date"), required=False)
    done_by = forms.TypedChoiceField(
        coerce=DoneBy,
        label=gettext_lazy("Who did it"),
        widget=forms.RadioSelect,
        choices=DoneBy.choices(),
        initial=DoneBy.GOVERNMENT.value,
    )
    files = FilesField(label=gettext_lazy("File"), multiple=False)  # type: ignore[assignment]  # a field, not Form.files
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("For example a gazette number, a page, or a meeting or telephone call and its date."),
    )
    link = LinkField(label=gettext_lazy("Link"), required=False, max_length=500, assume_scheme="https")
    kind = forms.TypedChoiceField(
        coerce=EvidenceKind,
        label=gettext_lazy("Type of evidence"),
        choices=[("", gettext_lazy("Choose one")), *EvidenceKind.choices()],
    )
    stated_by = forms.CharField(
        label=gettext_lazy("Stated by"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "earlier-stated-by"}),
        help_text=gettext_lazy("For example “Ministry of Police”, “Lesotho Times” or “Embassy visit”."),
    )
    commitment = RowField(label=gettext_lazy("Commitment"), required=False)
    sensitivity = forms.TypedChoiceField(
        coerce=Sensitivity,
        label=gettext_lazy("Who may read it"),
        widget=forms.RadioSelect,
        choices=Sensitivity.choices(),
        initial=Sensitivity.INTERNAL.value,
        help_text=gettext_lazy("If you share it, the ministry of the commitment can read it."),
    )

    def __init__(
        self,
        *args: Any,
        commitments: Sequence[Commitment],
        stored_files: Sequence[EvidenceFile] = (),
        earlier_stated_by: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stored_files = stored_files
        self.earlier_stated_by = earlier_stated_by
        read = [(str(c.pk), f"{c.ministry.short_name if c.ministry else c.maker}: {c.text}"[:140]) for c in commitments]
        set_row_choices(self, "commitment", commitments, empty=gettext("None"), choices=[*read])

    @property
    def has_further_details(self) -> bool:
        """Return whether a commitment or who may read it was chosen, or refused."""
        shared = self["sensitivity"].value() == Sensitivity.SHARED
        return bool(self["commitment"].value() or shared or {"commitment", "sensitivity"} & set(self.errors))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        fill_end_date(self)
        first, last = data.get("happened_from"), data.get("happened_to")
        if first and last and first > last:
            self.add_error(
                "happened_from",
                forms.ValidationError(
                    gettext("The start date is after the end date. Correct one of them."), code="reversed_dates"
                ),
            )
        check_proof(self, self.stored_files)
        if (
            data.get("sensitivity") == Sensitivity.SHARED
            and not data.get("commitment")
            and "commitment" not in self.errors
        ):
            sentence = gettext("Choose the commitment. Its ministry is the one that you share this with.")
            self.add_error("commitment", forms.ValidationError(sentence, code="required"))
        return data


class EvidenceRevisionForm(EvidenceForm):
    """Form to revise a piece of evidence: all its fields and the reason.

    `carried` are the readings that this form can't edit. Each one that stays ticked is copied unchanged.
    """

    reason = LongTextField(
        label=gettext_lazy("Reason for the correction"),
        help_text=gettext_lazy("What was wrong, and how you know. The earlier version stays readable."),
    )
    carried = RowsField(label=gettext_lazy("Figures to keep unchanged"), required=False)

    def __init__(self, *args: Any, carried: Sequence[Reading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not carried:
            del self.fields["carried"]
            return
        set_row_choices(
            self, "carried", carried, choices=[(str(reading.pk), reading.description) for reading in carried]
        )
        self.fields["carried"].help_text = gettext(
            "Untick a wrong figure, and it stops counting. To correct a figure with a breakdown, enter it again on the "
            "page of its indicator."
        )


class EvidenceLinkRow(BenchmarkRow):
    """A benchmark that the evidence supports, and what the evidence shows on it."""

    shows = DefaultChoiceField(SupportKind.ACTION, label=gettext_lazy("What it shows"))


EvidenceLinkRows = cast(
    "type[BenchmarkRows]",
    forms.formset_factory(EvidenceLinkRow, formset=BenchmarkRows, extra=1, max_num=30, absolute_max=40),
)


class ReadingForm(PeriodForm):
    """Form for a figure that the evidence states. If the user enters nothing, no field is required.

    `evidence_ends_on` is the last day of the evidence, once it is known. A figure without a last day of its own runs
    through that day.
    """

    evidence_ends_on: date | None = None

    indicator = RowField(label=gettext_lazy("Indicator"), required=False)
    figure = GroupedFigureField(
        label=gettext_lazy("Figure"),
        help_text=gettext_lazy("The total for the whole period below, not only what this event adds."),
    )
    direction = DirectionField(
        label=gettext_lazy("Instead of a figure: compared with the year before"), empty=gettext_lazy("None of these")
    )
    through_on = PastDayField(
        label=gettext_lazy("End date of the figure"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the figure ends on the end date above."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note on the figure"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("For example “without Qacha’s Nek”."),
    )

    field_order = ("indicator", "figure", "direction")

    def __init__(self, *args: Any, indicators: Sequence[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, prefix="count", **kwargs)
        set_row_choices(
            self,
            "indicator",
            indicators,
            empty=gettext("None"),
            choices=[(str(row.pk), row.name_with_unit) for row in indicators],
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
            self.add_error("indicator", forms.ValidationError(gettext("Choose the indicator."), code="required"))
        check_figure(self, is_required=True)
        if data.get("direction") not in (None, "", NO_DATA) and data.get("span") == YEAR_BEFORE:
            sentence = gettext("For the year before, enter the figure or choose “not reported”.")
            self.add_error("direction", forms.ValidationError(sentence, code="direction_of_year_before"))
        if "span" in data:
            self.clean_period(self.evidence_ends_on)
        return data


def reason_choices(*lists: tuple[Any, type[ChoiceEnum]]) -> Choices:
    """Return standard reasons as choices; with several lists, each list under its heading."""
    empty: list[Any] = [("", gettext_lazy("Choose or write a reason"))]
    if len(lists) == 1:
        return [*empty, *lists[0][1].choices()]
    return [*empty, *((heading, reasons.choices()) for heading, reasons in lists)]


class ReviewForm(DatedForm):
    """Form to verify or reject one evidence link, or a piece of evidence itself.

    The cleaned `reason` is the full reason: the sentence chosen from the list, and the user's own words.
    """

    decision = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            (EvidenceDecision.VERIFIED.value, gettext_lazy("Verify")),
            (EvidenceDecision.REJECTED.value, gettext_lazy("Reject")),
        ],
    )
    because = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        choices=reason_choices(
            (gettext_lazy("To verify"), VerificationReason), (gettext_lazy("To reject"), RejectionReason)
        ),
    )
    reason = LongTextField(label=gettext_lazy("In your own words"), required=False)
    first_on = PastDayField(
        label=gettext_lazy("Start date"),
        required=False,
        help_text=gettext_lazy("The evidence does not state it. Without a start date, the evidence cannot count."),
    )

    seen = LastSeenField()

    def __init__(self, *args: Any, about: str, asks_first_day: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].label = gettext("Your decision on %(subject)s") % {"subject": about}
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
            sentence = gettext("This reason belongs to another decision. Choose one that fits yours.")
            self.add_error("because", forms.ValidationError(sentence, code="reason_of_other_decision"))
        data["reason"] = decision_reasons.combine_reason(chosen, data.get("reason", ""))
        if self.needs_reason and not data["reason"] and not {"because", "reason"} & set(self.errors):
            sentence = gettext("Choose a reason, or write one.")
            self.add_error("reason", forms.ValidationError(sentence, code="required"))
        return data

    @property
    def is_begun(self) -> bool:
        """Return whether the user entered anything. An untouched row stays unreviewed."""
        return any(str(value or "").strip() for name, value in raw_values(self).items() if name != "seen")
