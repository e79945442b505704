"""Form for the annual target of an indicator, with its baseline and how it was agreed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dialogues.actions.targets import AgreementInput, BaselineInput
from dialogues.choices import TargetOrigin
from dialogues.forms.fields import DefaultChoiceField, LastSeenField
from dialogues.forms.figures import GroupedFigureField
from dialogues.models import Dialogue
from recommendations.models import Indicator
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import DayField, LongTextField, TrackerForm


class AnnualTargetForm(TrackerForm):
    """Form to set, change or drop the annual target of an indicator."""

    required_for_some = (
        "figure", "baseline", "baseline_starts_on", "baseline_through_on", "baseline_source", "baseline_missing_reason",
        "origin", "ministry", "dialogue",
    )  # fmt: skip

    figure = GroupedFigureField(label=gettext_lazy("Annual target"))
    is_dropped = forms.BooleanField(
        label=gettext_lazy("Drop the annual target"),
        required=False,
        help_text=gettext_lazy("The earlier annual target stays in the history."),
    )
    baseline = GroupedFigureField(
        label=gettext_lazy("Baseline"),
        help_text=gettext_lazy("The figure from which the way is measured, usually that of the year before."),
    )
    baseline_starts_on = DayField(label=gettext_lazy("First day of the baseline"), required=False)
    baseline_through_on = DayField(label=gettext_lazy("Last day of the baseline"), required=False)
    baseline_source = forms.CharField(label=gettext_lazy("Source of the baseline"), required=False, max_length=300)
    baseline_missing_reason = forms.CharField(
        label=gettext_lazy("Why there is no baseline"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Fill this in only if there is no baseline. Example: “No source gives a figure.”"),
    )
    origin = DefaultChoiceField(TargetOrigin.POST, label=gettext_lazy("How it was agreed"), widget=forms.RadioSelect)
    ministry = RowField(
        label=gettext_lazy("Ministry"),
        required=False,
        help_text=gettext_lazy("This ministry sees the annual target and the baseline. Nobody else outside does."),
    )
    dialogue = RowField(label=gettext_lazy("Dialogue"), required=False)
    reason = LongTextField(
        label=gettext_lazy("Reason"), rows=3, help_text=gettext_lazy("No ministry reads this reason.")
    )
    seen = LastSeenField()
    unit = forms.CharField(widget=forms.HiddenInput, max_length=50)

    def __init__(
        self,
        *args: Any,
        indicator: Indicator,
        ministries: Sequence[Ministry],
        dialogues: Sequence[Dialogue],
        has_target: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty=gettext("No ministry"))
        set_row_choices(self, "dialogue", dialogues, empty=gettext("Not at a dialogue"))
        self.fields["figure"].help_text = gettext("Unit: %(unit)s.") % {"unit": indicator.unit}
        if not has_target:
            del self.fields["is_dropped"]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that neither sets nor drops an annual target, and one that does both."""
        data = self.cleaned_data
        is_dropped = data.get("is_dropped", False)
        if "figure" not in self.errors and data.get("figure") is None and not is_dropped:
            self.add_error("figure", gettext("Enter the annual target."))
        if data.get("origin") == TargetOrigin.POST and (data.get("ministry") or data.get("dialogue")):
            sentence = gettext("The embassy alone set it. Leave the ministry and the dialogue empty, or choose how.")
            self.add_error("origin", sentence)
        return data

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        data = self.cleaned_data
        baseline = BaselineInput(
            data["baseline"],
            data["baseline_starts_on"],
            data["baseline_through_on"],
            data["baseline_source"],
            data["baseline_missing_reason"],
        )
        return {
            "figure": None if data.get("is_dropped") else data["figure"],
            "baseline": baseline,
            "agreement": AgreementInput(data["origin"], data["ministry"], data["dialogue"]),
            "reason": data["reason"],
            "unit": data["unit"],
            "seen": data["seen"],
        }
