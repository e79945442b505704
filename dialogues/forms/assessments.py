"""Form for the embassy's verdict on a benchmark."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.timezone import localtime

from dialogues.choices import VERDICT_MEANINGS, Verdict
from dialogues.forms.fields import DescribedRadioSelect, LastSeenField
from dialogues.models import Assessment, Evidence
from tiptracker.localization import format_date, format_short_date, gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import RowsField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import LongTextField, TrackerForm


class AssessmentForm(TrackerForm):
    """Form for a verdict with its reason, the section of the law, and the evidence that it rests on."""

    verdict = forms.TypedChoiceField(
        label=gettext_lazy("Assessment"),
        coerce=Verdict,
        widget=DescribedRadioSelect(VERDICT_MEANINGS),
        choices=Verdict.choices(),
    )
    rationale = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("Write one or two sentences that a reader in Washington understands."),
    )
    change_reason = LongTextField(required=False)
    law = forms.CharField(
        label=gettext_lazy("Section of the law"),
        max_length=100,
        help_text=gettext_lazy("Example: 22 U.S.C. 7106(b)(2)."),
    )
    evidence = RowsField(label=gettext_lazy("Evidence for the assessment"), required=False)
    seen = LastSeenField()

    def __init__(
        self,
        *args: Any,
        newest: Assessment | None,
        evidence: Sequence[Evidence],
        notes: Mapping[int, str],
        today: date,
        **kwargs: Any,
    ) -> None:
        """Set up the fields for one benchmark.

        Args:
            newest: the latest verdict on the benchmark; None if there is none.
            evidence: the evidence that the user can tick.
            notes: what the user needs to know of a piece of evidence, by its id.
            today: today's date in the country's time zone.
        """
        super().__init__(*args, **kwargs)
        self.newest = newest
        if newest is None:
            del self.fields["change_reason"]
        else:
            day = format_date(localtime(newest.recorded_at).date())
            self.newest_values = {"verdict": newest.get_verdict_display(), "date": day}
            self.fields["change_reason"].label = gettext("What has changed since %(date)s") % {"date": day}
            hint = gettext("The assessment of %(date)s was “%(verdict)s”. If yours differs, write what has changed.")
            self.fields["change_reason"].help_text = hint % self.newest_values
        if not evidence:
            del self.fields["evidence"]
            hint = gettext("The assessment takes effect today, %(date)s.")
            self.fields["verdict"].help_text = hint % {"date": format_date(today)}
            return
        set_row_choices(
            self,
            "evidence",
            evidence,
            choices=[(str(row.pk), _evidence_label(row, notes.get(row.pk, ""))) for row in evidence],
        )
        hints = [
            gettext(
                "The assessment takes effect on the end date of the evidence that you tick. If you tick none, it takes "
                "effect today, %(date)s."
            )
            % {"date": format_date(today)}
        ]
        ticked = set(raw_values(self)["evidence"] if self.is_bound else self.initial.get("evidence", ()))
        if days := [row.happened_to for row in evidence if str(row.pk) in ticked]:
            sentence = gettext("With the evidence ticked now, that is %(date)s.")
            hints.append(sentence % {"date": format_date(max(days))})
        self.fields["evidence"].help_text = " ".join(hints)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        newest = self.newest
        if newest is None or data.get("seen") not in (None, newest.pk):  # a user who hasn't seen it sees it first
            return data
        is_another = data.get("verdict", newest.verdict) != newest.verdict
        if is_another and not data.get("change_reason") and "change_reason" not in self.errors:
            sentence = gettext("The assessment of %(date)s was “%(verdict)s”. Write what has changed since.")
            self.add_error("change_reason", sentence % self.newest_values)
        return data


def _evidence_label(evidence: Evidence, note: str) -> str:
    """Return the label of a piece of evidence: title, last day and note."""
    label = gettext("%(title)s (%(date)s, %(note)s)") if note else gettext("%(title)s (%(date)s)")
    return label % {"title": evidence.title, "date": format_short_date(evidence.happened_to), "note": note}
