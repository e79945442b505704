"""What is typed about evidence: what happened, what proves it, what it shows, and whether somebody agrees."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dialogues.forms.fields import (
    ACCEPTED_FILES,
    BenchmarkRow,
    BenchmarkRows,
    DatedForm,
    FilesInput,
    PastDayField,
    RowField,
    SeenField,
    offer,
)
from dialogues.models import Commitment, EvidenceFile
from dialogues.words import DoneBy, EvidenceKind, Review, Sensitivity, Shows


class EvidenceForm(DatedForm):
    """Log progress: one thing that happened, in under a minute. `kept` are the files that came with it already."""

    title = forms.CharField(
        label="What happened",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In one sentence: who did what, where.",
    )
    happened_from = PastDayField(label="First day", required=False)
    happened_to = PastDayField(label="Last day")
    done_by = forms.ChoiceField(
        label="Who did it", widget=forms.RadioSelect, choices=DoneBy.choices(), initial=DoneBy.GOVERNMENT.value
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
    link = forms.URLField(label="Link", required=False, max_length=500, assume_scheme="https")
    files = forms.Field(  # type: ignore[assignment]  # a form's attribute of this name is no field
        label="File",
        required=False,
        widget=FilesInput(attrs={"accept": ACCEPTED_FILES, "multiple": False}),
        help_text="PDF, Word, Excel, JPEG or PNG.",
    )
    kind = forms.ChoiceField(label="What sort of thing it is", choices=[("", "Choose one"), *EvidenceKind.choices()])
    commitment = RowField(label="Commitment it belongs to", required=False)
    sensitivity = forms.ChoiceField(
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
        offer(self, "commitment", commitments, empty="None", choices=[*read])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        first, last = said.get("happened_from"), said.get("happened_to")
        if first and last and first > last:
            self.add_error("happened_from", "The first day can’t lie after the last.")
        wrong = {"source", "link", "files"} & set(self.errors)
        if not (said.get("source") or said.get("link") or self.kept or wrong):
            self.add_error("source", "Give a source, a link or a file: without one nobody can check it.")
        if (
            said.get("sensitivity") == Sensitivity.SHARED
            and not said.get("commitment")
            and "commitment" not in self.errors
        ):
            self.add_error(
                "commitment", "Say which commitment it belongs to, so that it is clear with whom it is shared."
            )
        return said


class BearingRow(BenchmarkRow):
    """A benchmark, and what the evidence shows on it."""

    shows = forms.ChoiceField(label="It shows", required=False, choices=Shows.choices(), initial=Shows.ACTION.value)


BearingRows = forms.formset_factory(BearingRow, formset=BenchmarkRows, extra=2, max_num=30, absolute_max=40)


class ReviewForm(DatedForm):
    """The embassy's word on one bearing, or on a piece of evidence itself."""

    decision = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[(Review.VERIFIED.value, "Verify"), (Review.REJECTED.value, "Reject")],
    )
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 2}))
    first_on = PastDayField(
        label="First day",
        required=False,
        help_text="The evidence does not state it. Without one it can’t count.",
    )

    seen = SeenField()

    def __init__(self, *args: Any, about: str, asks_first_day: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].label = f"Your decision on {about}"
        if not asks_first_day:
            del self.fields["first_on"]
