"""Forms for the record of a dialogue: attendance, notes, commitments, next steps and files."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, cast

from django import forms

from dialogues.actions.proof_inputs import ProofInput
from dialogues.choices import CommitmentReach, DialogueFileKind, Horizon, MadeBy
from dialogues.forms.agreed_proofs import PROOF_FIELDS, add_proof_fields, check_proof_fields, read_proof
from dialogues.forms.fields import DatedForm, DefaultChoiceField, FilesField, LastSeenField, PastDayField
from recommendations.models import Benchmark
from tiptracker import text_rules
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import Choices, RowField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import DayField, LongTextField, NarrativeTextarea, TrackerForm

BENCHMARKS_PER_ROW = 3
PROOFS_PER_ROW = 2
OWNER_EMBASSY, OWNER_OFFICE = "embassy", "office"


def initial_with_checksum(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return initial values with a checksum, which shows later whether the user changed them."""
    return {**values, "was": _checksum(values)}


def _checksum(values: Mapping[str, Any]) -> str:
    lines = [f"{name}={' '.join(str(value or '').split())}" for name, value in sorted(values.items()) if name != "was"]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


class PrefilledForm(TrackerForm):
    """A form filled from the record, which another user may change in the meantime."""

    was = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def is_untouched(self) -> bool:
        """Return whether the user left the form as it was shown."""
        return bool(self.data.get(self.add_prefix("was")) == _checksum(raw_values(self)))

    def show_current(self, recorded: Mapping[str, Any]) -> None:
        """Replace the form's data with the current record, so that submitting the form again changes nothing."""
        data = self.data.copy()  # type: ignore[attr-defined]  # data is a QueryDict
        for name, value in initial_with_checksum(recorded).items():
            key = self.add_prefix(name)
            data.pop(key, None)
            if value:
                data[key] = "on" if value is True else str(value)
        self.data = data


class RecordTextForm(PrefilledForm):
    """Form for one text: what was said on one item, or in general."""

    text = forms.CharField(
        required=False, max_length=text_rules.NARRATIVE_MAX_LENGTH, widget=NarrativeTextarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, label: str, hint: str = "", lines: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label, field.help_text = label, hint
        field.widget.attrs["rows"] = lines


class AttendanceForm(PrefilledForm):
    """Whether an expected participant came, and under which name."""

    came = forms.BooleanField(required=False)
    name = forms.CharField(required=False, max_length=200, label=gettext_lazy("Name, if known"))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["came"].label = label


class DialogueVersionForm(TrackerForm):
    """The version of the dialogue that the page was filled from."""

    version = LastSeenField()


def _row_number(row: forms.Form) -> int:
    """Return the position of a row of a formset, from 1."""
    return int((row.prefix or "").rpartition("-")[2]) + 1


class CommitmentRow(TrackerForm):
    """A commitment made at the dialogue. An empty row is ignored."""

    who = forms.ChoiceField(label=gettext_lazy("Made by"), required=False)
    text = LongTextField(label=gettext_lazy("Commitment, in one sentence"), required=False)
    due_on = DayField(label=gettext_lazy("Due date"), required=False)
    no_date = forms.BooleanField(label=gettext_lazy("No date agreed"), required=False)
    horizon = DefaultChoiceField(Horizon.SHORT_TERM, label=gettext_lazy("Type of step"))

    def __init__(
        self,
        *args: Any,
        ministries: Sequence[Ministry],
        benchmarks: Sequence[Benchmark],
        choices: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ministries = {str(ministry.pk): ministry for ministry in ministries}
        cast("forms.ChoiceField", self.fields["who"]).choices = [
            ("", gettext("Choose one")),
            *((str(ministry.pk), ministry.name) for ministry in ministries),
            (MadeBy.UNITED_STATES.value, MadeBy.UNITED_STATES.label),
        ]
        for number in range(1, BENCHMARKS_PER_ROW + 1):
            label = gettext("Benchmark %(number)d") % {"number": number}
            self.fields[f"benchmark_{number}"] = RowField(label=label, required=False)
            self.fields[f"reach_{number}"] = DefaultChoiceField(
                CommitmentReach.CONTRIBUTES, label=gettext("Effect on the benchmark, if kept")
            )
            set_row_choices(self, f"benchmark_{number}", benchmarks, empty=gettext("None"), choices=choices)
        for number in range(1, PROOFS_PER_ROW + 1):
            add_proof_fields(self, f"_{number}")

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors: "Commitment 2"."""
        return gettext("Commitment %(number)d") % {"number": _row_number(self)}

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered anything. A filled row must be complete."""
        data = raw_values(self)
        names = ("who", "text", "due_on", "no_date", *(f"benchmark_{n}" for n in range(1, BENCHMARKS_PER_ROW + 1)))
        proofs = (f"{name}_{n}" for n in range(1, PROOFS_PER_ROW + 1) for name in PROOF_FIELDS)
        return any(data[name] for name in (*names, *proofs))

    @property
    def towards(self) -> list[tuple[Any, Any]]:
        """Return the pairs of form fields: a benchmark, and how far keeping the commitment would meet it."""
        return [(self[f"benchmark_{n}"], self[f"reach_{n}"]) for n in range(1, BENCHMARKS_PER_ROW + 1)]

    @property
    def proof_fields(self) -> list[list[Any]]:
        """Return the form fields of each agreed proof."""
        return [[self[f"{name}_{n}"] for name in PROOF_FIELDS] for n in range(1, PROOFS_PER_ROW + 1)]

    @property
    def proofs(self) -> list[ProofInput]:
        """Return the proof that was agreed with the commitment."""
        return [proof for n in range(1, PROOFS_PER_ROW + 1) if (proof := read_proof(self, f"_{n}"))]

    @property
    def links(self) -> list[tuple[Benchmark, CommitmentReach]]:
        """Return the benchmarks that the commitment works towards, each with how far keeping it would meet it."""
        data = self.cleaned_data
        return [
            (benchmark, data.get(f"reach_{n}", CommitmentReach.CONTRIBUTES))
            for n in range(1, BENCHMARKS_PER_ROW + 1)
            if (benchmark := data.get(f"benchmark_{n}"))
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.is_filled:
            return data
        if not data.get("who") and "who" not in self.errors:
            self.add_error("who", gettext("Choose who makes the commitment: a ministry or the United States."))
        if not data.get("text") and "text" not in self.errors:
            self.add_error("text", gettext("Write down the commitment."))
        if data.get("due_on") and data.get("no_date"):
            self.add_error("due_on", gettext("Give a due date or tick “No date agreed”, not both."))
        elif not data.get("due_on") and not data.get("no_date") and "due_on" not in self.errors:
            self.add_error("due_on", gettext("Give a due date, or tick “No date agreed”."))
        named = [benchmark.pk for benchmark, _ in self.links]
        for number in range(2, len(named) + 1):
            if named[number - 1] in named[: number - 1]:
                self.add_error(f"benchmark_{number}", gettext("This benchmark is already chosen above."))
        for number in range(1, PROOFS_PER_ROW + 1):
            check_proof_fields(self, f"_{number}")
        return data


CommitmentRows = forms.formset_factory(CommitmentRow, extra=1, max_num=30, absolute_max=40)


class NextStepFormRow(TrackerForm):
    """A next step with its owner. An empty row is ignored."""

    text = LongTextField(label=gettext_lazy("What is to be done"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False, initial=OWNER_EMBASSY)
    office = forms.CharField(label=gettext_lazy("Name of the other office"), required=False, max_length=200)
    due_on = DayField(label=gettext_lazy("Due date"), required=False)

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ministries = {str(ministry.pk): ministry for ministry in ministries}
        cast("forms.ChoiceField", self.fields["owner"]).choices = [
            (OWNER_EMBASSY, gettext("The embassy")),
            *((str(ministry.pk), ministry.name) for ministry in ministries),
            (OWNER_OFFICE, gettext("Another office")),
        ]

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors: "Next step 2"."""
        return gettext("Next step %(number)d") % {"number": _row_number(self)}

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered anything."""
        data = raw_values(self)
        return any(data[name] for name in ("text", "office", "due_on"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.is_filled:
            return data
        if not data.get("text") and "text" not in self.errors:
            self.add_error("text", gettext("Say what is to be done."))
        if data.get("owner") == OWNER_OFFICE and not data.get("office") and "office" not in self.errors:
            self.add_error("office", gettext("Name the office that is to do it."))
        if data.get("owner") != OWNER_OFFICE and data.get("office"):
            self.add_error("owner", gettext("Choose “Another office”, or leave the name of the office empty."))
        return data


NextStepFormRows = forms.formset_factory(NextStepFormRow, extra=1, max_num=30, absolute_max=40)


class NextStepDoneForm(DatedForm):
    """Form to mark a next step as done."""

    done_on = PastDayField(label=gettext_lazy("Done on"))
    result = LongTextField(
        label=gettext_lazy("Result"),
        required=False,
        help_text=gettext_lazy("In a few words, such as “The list was sent on 12 January”."),
    )


class NextStepNotDoneForm(TrackerForm):
    """Form to take back the mark that a next step is done. `mark` is the id of the mark that the page showed."""

    mark = forms.IntegerField(widget=forms.HiddenInput)


class DialogueFileForm(TrackerForm):
    """Form to attach files to a dialogue."""

    what = forms.TypedChoiceField(
        coerce=DialogueFileKind,
        label=gettext_lazy("Type of file"),
        widget=forms.RadioSelect,
        choices=DialogueFileKind.choices(),
        initial=DialogueFileKind.STATEMENT.value,
    )
    files = FilesField(label=gettext_lazy("Files"))  # type: ignore[assignment]  # a field, not Form.files
