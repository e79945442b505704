"""Form for the embassy's verdict on a benchmark."""

from collections.abc import Container, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime

from dialogues.choices import VERDICT_MEANINGS, Verdict
from dialogues.forms.fields import DescribedRadioSelect, LastSeenField
from dialogues.models import Assessment, Evidence
from tiptracker.localization import format_date
from tiptracker.web.frontend.form_rows import RowsField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import LongTextField, TrackerForm


class AssessmentForm(TrackerForm):
    """Form for a verdict with its reason, the section of the law, and the evidence that it rests on."""

    verdict = forms.TypedChoiceField(
        coerce=Verdict, widget=DescribedRadioSelect(VERDICT_MEANINGS), choices=Verdict.choices()
    )
    rationale = LongTextField(
        label="Why", rows=3, help_text="A sentence or two that somebody in Washington can follow."
    )
    change_reason = LongTextField(required=False)
    law = forms.CharField(label="Section of the law", max_length=100, help_text="Such as 22 U.S.C. 7106(b)(2).")
    evidence = RowsField(label="Evidence it rests on", required=False)
    seen = LastSeenField()

    def __init__(
        self,
        *args: Any,
        newest: Assessment | None,
        evidence: Sequence[Evidence],
        grounds: Container[int],
        today: date,
        **kwargs: Any,
    ) -> None:
        """Set up the fields for one benchmark.

        Args:
            newest: the latest verdict on the benchmark; None if there is none.
            evidence: the evidence that the user can tick.
            grounds: ids of the evidence that an earlier verdict rests on.
            today: today's date in the country's time zone.
        """
        super().__init__(*args, **kwargs)
        self.newest = newest
        if newest is None:
            del self.fields["change_reason"]
        else:
            day = format_date(localtime(newest.recorded_at).date())
            self.verdict_text = f"“{newest.get_verdict_display().lower()}” on {day}"
            self.fields["change_reason"].label = f"What changed since {day}"
            hint = f"The verdict was {self.verdict_text}. Another one always says what changed."
            self.fields["change_reason"].help_text = hint
        if not evidence:
            del self.fields["evidence"]
            self.fields["verdict"].help_text = f"It will hold from today, {format_date(today)}."
            return
        set_row_choices(
            self,
            "evidence",
            evidence,
            choices=[(str(row.pk), _evidence_label(row, row.pk in grounds)) for row in evidence],
        )
        hint = (
            "The verdict will hold from the last day of the evidence ticked; where none is ticked, from today, "
            f"{format_date(today)}."
        )
        ticked = set(raw_values(self)["evidence"] if self.is_bound else self.initial.get("evidence", ()))
        if days := [row.happened_to for row in evidence if str(row.pk) in ticked]:
            hint += f" As this page opened, that is from {format_date(max(days))}."
        self.fields["evidence"].help_text = hint

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        newest = self.newest
        if newest is None or data.get("seen") not in (None, newest.pk):  # a user who hasn't seen it sees it first
            return data
        is_another = data.get("verdict", newest.verdict) != newest.verdict
        if is_another and not data.get("change_reason") and "change_reason" not in self.errors:
            self.add_error("change_reason", f"Say what changed: the verdict was {self.verdict_text}.")
        return data


def _evidence_label(evidence: Evidence, is_ground: bool) -> str:
    """Return the label of a piece of evidence: title, last day, and whether an earlier verdict rests on it."""
    rested_on = ", under an earlier verdict" if is_ground else ""
    return f"{evidence.title} ({date_format(evidence.happened_to, 'j M Y')}{rested_on})"
