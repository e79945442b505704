"""Forms for evidence: the event, its proof, its figure, the benchmarks it supports, and its review."""

from collections.abc import Collection, Container, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple, cast

from django import forms

from dialogues import decision_reasons
from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind, Sensitivity, SupportKind
from dialogues.decision_reasons import RejectionReason, VerificationReason
from dialogues.forms.fields import (
    NO_DATA,
    YEAR_BEFORE,
    BenchmarkRow,
    BenchmarkRows,
    DataSelect,
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
from dialogues.forms.figures import DistrictsField, GroupedFigureField, check_districts, offer_districts
from dialogues.models import Commitment, EvidenceFile, Partner, Reading
from recommendations.choices import INDICIA_SUMMARIES
from recommendations.models import Indicator, Question
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_lazy, join_with_colon
from tiptracker.web.frontend.form_rows import Choices, RowField, RowsField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import LongTextField

READING_PREFIX, LINKS_PREFIX = "count", "evidence_links"
"""What begins the names of the fields of a figure, and of the rows of benchmarks."""


class CommitmentChoice(NamedTuple):
    """A commitment as a choice: its label, the benchmarks that it supports, and whether it may still be kept."""

    key: int
    label: str
    benchmarks: tuple[int, ...] = ()
    is_open: bool = False


class EvidenceForm(DatedForm):
    """Form to log progress: one event and its proof. An officer can fill it in within a minute.

    `stored_files` are the files already stored for it. `earlier_stated_by` are the names that the browser suggests.
    """

    required_for_some = ("happened_from", "files", "source", "link")

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
        error_messages={"required": gettext_lazy("Choose who did it. Only an action of the government can count.")},
    )
    files = FilesField(label=gettext_lazy("File"), multiple=False)  # type: ignore[assignment]  # a field, not Form.files
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=400,
        help_text=gettext_lazy(
            "Where it can be found: for example a gazette number, a page, or a meeting or telephone call and its date."
        ),
    )
    link = LinkField(label=gettext_lazy("Link"), required=False, max_length=500, assume_scheme="https")
    kind = forms.TypedChoiceField(
        coerce=EvidenceKind,
        label=gettext_lazy("Type of evidence"),
        choices=[("", gettext_lazy("Choose one")), *EvidenceKind.choices()],
        help_text=gettext_lazy(
            "For a letter or an appointment choose “Statement”. If the gazette has it, choose “Law or regulation”."
        ),
    )
    stated_by = forms.CharField(
        label=gettext_lazy("Stated by"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "earlier-stated-by"}),
        help_text=gettext_lazy("For example “Ministry of Police”, “Lesotho Times” or “Embassy visit”."),
    )
    partner = RowField(
        label=gettext_lazy("Partner"),
        required=False,
        help_text=gettext_lazy("The organization outside government that did it, took part in it or stated it."),
    )
    indicia = forms.TypedMultipleChoiceField(
        coerce=int,
        label=gettext_lazy("Indicia of 22 U.S.C. 7106(b)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    indicia_show = DefaultChoiceField(SupportKind.ACTION, label=gettext_lazy("What it shows on these indicia"))
    questions = RowsField(label=gettext_lazy("Yearly questions that it answers"), required=False)
    commitment = RowField(label=gettext_lazy("Commitment"), required=False, widget=DataSelect)
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
        commitments: Sequence[CommitmentChoice],
        chosen_commitment: Commitment | None = None,
        partners: Sequence[Partner] = (),
        questions: Sequence[Question] = (),
        chosen_benchmarks: Collection[str] = (),
        stored_files: Sequence[EvidenceFile] = (),
        earlier_stated_by: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """Set up the form.

        `has_open_commitment`: an open commitment is for a benchmark that the page has chosen.

        Args:
            commitments: the commitments of the country.
            chosen_commitment: the commitment that was sent, if it is one of them.
            partners: the partners of the country.
            questions: the yearly questions that are asked.
            chosen_benchmarks: the keys of the benchmarks that the page has chosen. Their commitments come first.
        """
        super().__init__(*args, **kwargs)
        self.stored_files = stored_files
        self.earlier_stated_by = earlier_stated_by
        chosen = set(chosen_benchmarks)
        linked = {row.key for row in commitments if not chosen.isdisjoint(map(str, row.benchmarks))}
        self.has_open_commitment = any(row.is_open for row in commitments if row.key in linked)
        set_row_choices(
            self,
            "commitment",
            [chosen_commitment] if chosen_commitment else [],
            empty=gettext("None"),
            choices=_commitment_choices(commitments, linked),
        )
        cast("forms.MultipleChoiceField", self.fields["indicia"]).choices = [
            (number, join_with_colon(number, gettext(summary))) for number, summary in INDICIA_SUMMARIES.items()
        ]
        self._offer_rows("partner", partners, empty=gettext("None"))
        self._offer_rows("questions", questions, choices=[(str(row.pk), _question_label(row)) for row in questions])
        # The script groups the list again when another benchmark is chosen.
        cast("DataSelect", self.fields["commitment"].widget).option_data = {
            str(row.key): {"data-benchmarks": " ".join(sorted(map(str, row.benchmarks)))}
            | ({"data-open": ""} if row.is_open else {})
            for row in commitments
        }

    def _offer_rows(self, name: str, rows: Sequence[Any], **kwargs: Any) -> None:
        """Offer rows in a field, or drop the field if there are none."""
        if rows:
            set_row_choices(self, name, rows, **kwargs)
        else:
            del self.fields[name]

    @property
    def has_indicia(self) -> bool:
        """Return whether an indicium was chosen or refused."""
        return bool(self["indicia"].value() or {"indicia", "indicia_show"} & set(self.errors))

    @property
    def has_questions(self) -> bool:
        """Return whether a yearly question was chosen or refused."""
        return "questions" in self.fields and bool(self["questions"].value() or "questions" in self.errors)

    @property
    def support(self) -> dict[str, Any]:
        """Return the partner, and what the evidence supports without a recommendation, as the actions take them."""
        data = self.cleaned_data
        return {
            "partner": data.get("partner"),
            "indicia": [(number, data["indicia_show"]) for number in data["indicia"]],
            "questions": data.get("questions", []),
        }

    @property
    def has_further_details(self) -> bool:
        """Return whether a commitment or who may read it was chosen or refused."""
        shared = self["sensitivity"].value() == Sensitivity.SHARED
        is_refused = {"commitment", "sensitivity"} & set(self.errors)
        return bool(self["commitment"].value() or shared or is_refused)

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


def _question_label(question: Question) -> str:
    """Return the number and the beginning of a question, as a choice of the form."""
    return f"{question.number}. {question.text}"[:140]


def _commitment_choices(commitments: Sequence[CommitmentChoice], linked: Container[int]) -> Choices:
    """Return commitments as choices: if some are `linked` to the chosen benchmarks, these first, under a heading."""
    first = [(str(row.key), row.label) for row in commitments if row.key in linked]
    others = [(str(row.key), row.label) for row in commitments if row.key not in linked]
    if not first:
        return [*others]
    return [(gettext("For the chosen benchmarks"), first), (gettext("Other commitments"), others)]


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

    benchmark = RowField(label=gettext_lazy("Benchmark"), required=False, widget=DataSelect)
    shows = DefaultChoiceField(SupportKind.ACTION, label=gettext_lazy("What it shows"))

    def __init__(self, *args: Any, counted_by: Mapping[int, int], **kwargs: Any) -> None:
        """Set up the row. `counted_by`: the indicator of each benchmark that is judged by figures, by their keys."""
        super().__init__(*args, **kwargs)
        cast("DataSelect", self.fields["benchmark"].widget).option_data = {
            str(benchmark): {"data-indicator": str(indicator)} for benchmark, indicator in counted_by.items()
        }


EvidenceLinkRows = cast(
    "type[BenchmarkRows]",
    forms.formset_factory(EvidenceLinkRow, formset=BenchmarkRows, extra=1, max_num=30, absolute_max=40),
)


class ReadingForm(PeriodForm):
    """Form for a figure that the evidence states. If the user enters nothing, no field is required.

    An indicator that the page chose, because a benchmark is judged by it, is no input. `evidence_ends_on` is the last
    day of the evidence, once it is known. A figure without a last day of its own runs through that day.
    """

    evidence_ends_on: date | None = None

    tracking_period_label = gettext_lazy("The tracking period, from %(date)s to the end date of the figure")

    indicator = RowField(label=gettext_lazy("Indicator"), required=False, widget=DataSelect)
    figure = GroupedFigureField(
        label=gettext_lazy("Figure"),
        help_text=gettext_lazy(
            "The total for the whole period below. If you know only what this event adds, choose “None” as the "
            "indicator and give that number under “What happened”."
        ),
    )
    districts = DistrictsField(
        help_text=gettext_lazy(
            "If the figure counts districts, tick all that it counts. Leave them all empty if the proof names none."
        )
    )
    direction = DirectionField(
        label=gettext_lazy("Instead of a figure: compared with the year before"), empty=gettext_lazy("None of these")
    )
    through_on = PastDayField(
        label=gettext_lazy("End date of the figure"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the figure counts up to the day of the event."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note on the figure"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("For example “without Qacha’s Nek”."),
    )

    field_order = ("indicator", "figure", "direction", "districts")

    def __init__(
        self,
        *args: Any,
        indicators: Sequence[Indicator],
        totals: Mapping[int, str],
        districts: Sequence[str] = (),
        expected: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """Set up the form.

        Args:
            indicators: what the figure can be of.
            totals: what is said of the last total of each indicator, by the indicator's key.
            districts: the districts of the country.
            expected: the keys of the indicators by which the chosen benchmarks are judged.
        """
        super().__init__(*args, prefix=READING_PREFIX, **kwargs)
        self.expected = frozenset(expected)
        offer_districts(self, districts if any(indicator.counts_districts for indicator in indicators) else [])
        set_row_choices(
            self,
            "indicator",
            indicators,
            empty=gettext("None"),
            choices=[(str(row.pk), row.name_with_unit) for row in indicators],
        )
        figure, widget = self.fields["figure"], cast("DataSelect", self.fields["indicator"].widget)
        hints = {
            str(row.pk): " ".join(filter(None, (str(figure.help_text), totals[row.pk], row.includes_sentence)))
            for row in indicators
        }
        # The script shows the hint of another indicator when that is chosen, and the districts where they are counted.
        widget.option_data = {"": {"data-hint": str(figure.help_text)}} | {
            str(row.pk): {"data-hint": hints[str(row.pk)]}
            | ({"data-counts-districts": ""} if row.counts_districts else {})
            for row in indicators
        }
        figure.help_text = hints.get(str(self["indicator"].value() or ""), figure.help_text)

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered anything. A filled form must be complete."""
        names = ("indicator", "figure", "direction", "districts", "note")
        if not self.is_bound:
            return any(self.initial.get(name) for name in names)
        values = {name: self.data.get(self.add_prefix(name), "").strip() for name in names}
        if values["indicator"] in self.expected:
            del values["indicator"]
        return any(values.values())

    @property
    def is_shown(self) -> bool:
        """Return whether the page shows the form at once: something is entered or refused, or a figure is expected."""
        return bool(self.is_filled or self.errors or self.expected)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.is_filled:
            self.errors.pop("span", None)
            return data
        if not data.get("indicator") and "indicator" not in self.errors:
            self.add_error("indicator", forms.ValidationError(gettext("Choose the indicator."), code="required"))
        if data.get("districts") and "indicator" not in self.errors and not data["indicator"].counts_districts:
            sentence = gettext("This figure does not count districts. Untick them, or choose another indicator.")
            self.add_error("districts", forms.ValidationError(sentence, code="not_of_districts"))
        check_districts(self)
        missing = gettext(
            "Enter the figure, or choose below what is known instead. If there is neither, choose “None” as the "
            "indicator."
        )
        check_figure(self, is_required=True, missing=missing)
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
