"""Forms to accept or change the benchmarks suggested from a recommendation's wording."""

from collections.abc import Sequence
from typing import Any

from django import forms

from recommendations.choices import EffortQuestion, Rule
from recommendations.models import Indicator
from recommendations.setup.actions.benchmarks import AcceptedBenchmark, NewIndicator, find_fitting_indicator
from recommendations.setup.benchmark_suggestions import BenchmarkSuggestion
from tiptracker import text_rules
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy, gettext_noop, in_record_language
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import LongTextField, TrackerForm


class SuggestedBenchmarkRow(TrackerForm):
    """A suggestion. Only an accepted row is validated and becomes a benchmark."""

    accept = forms.BooleanField(required=False)
    criterion = LongTextField(
        required=False,
        label=gettext_lazy("Success criterion"),
        help_text=gettext_lazy("What must be true for the benchmark to be met. Ministries see this text."),
    )
    rule = forms.TypedChoiceField(label=gettext_lazy("Rule"), choices=Rule.choices(), coerce=Rule)
    target = forms.DecimalField(
        required=False,
        max_digits=12,
        decimal_places=2,
        label=gettext_lazy("Target"),
        help_text=gettext_lazy("Only for the rule “figure against a target”."),
    )
    indicator = RowField(
        required=False, label=gettext_lazy("Indicator"), help_text=gettext_lazy("Only for the two rules with figures.")
    )
    new_name = forms.CharField(required=False, max_length=150, label=gettext_lazy("Name of the new indicator"))
    new_unit = forms.CharField(required=False, max_length=50, label=gettext_lazy("Unit of the new indicator"))
    new_ministry = RowField(required=False, label=gettext_lazy("Ministry that reports its figure"))
    is_about_complicity = forms.BooleanField(required=False, label=gettext_lazy("About complicit officials"))
    words = forms.CharField(required=False, max_length=text_rules.REASON_MAX_LENGTH, widget=forms.HiddenInput)
    question = forms.TypedChoiceField(
        required=False,
        choices=[("", ""), *EffortQuestion.choices()],
        coerce=EffortQuestion,
        empty_value=None,
        widget=forms.HiddenInput,
    )

    def __init__(
        self, *args: Any, indicators: Sequence[Indicator], ministries: Sequence[Ministry], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "new_ministry", ministries, empty=gettext("Not set"))
        set_row_choices(self, "indicator", indicators, empty=gettext("None, or the new indicator"))
        words = self["words"].value()
        self.fields["accept"].label = (
            gettext("Accept this benchmark for “%(words)s”") % {"words": words}
            if words
            else gettext("Accept this benchmark")
        )

    @staticmethod
    def filled_from(suggestion: BenchmarkSuggestion, indicators: Sequence[Indicator]) -> dict[str, Any]:
        """Return the initial values of a suggestion's row. It uses an existing indicator if one fits."""
        counted = suggestion.counted
        initial = {
            name: getattr(suggestion, name) for name in ("criterion", "rule", "target", "is_about_complicity", "words")
        }
        if counted is None:
            return initial
        if fitting := find_fitting_indicator(counted, indicators):
            return initial | {"indicator": fitting.pk}
        return initial | {"new_name": counted.name, "new_unit": counted.unit, "question": counted.question or ""}

    def full_clean(self) -> None:
        """Validate the row, but drop the errors of a row that is not accepted."""
        super().full_clean()
        if self.is_bound and not self.is_accepted:
            self.errors.clear()

    @property
    def is_accepted(self) -> bool:
        """Return whether the row is ticked."""
        return bool(self["accept"].data)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("indicator") and any(data.get(f"new_{name}") for name in ("name", "unit", "ministry")):
            self.add_error("indicator", gettext("Choose an indicator or add a new one, not both."))
        return data

    @property
    def accepted(self) -> AcceptedBenchmark:
        """Return the accepted benchmark as the action takes it."""
        data = self.cleaned_data
        indicator: Indicator | NewIndicator | None = data["indicator"]
        if indicator is None and data["new_name"] and data["rule"] != Rule.ASSESSED:
            indicator = NewIndicator(data["new_name"], data["new_unit"], data["question"], data["new_ministry"])
        return AcceptedBenchmark(
            data["criterion"], data["rule"], data["target"], indicator, data["is_about_complicity"]
        )


SuggestedBenchmarkFormSet = forms.formset_factory(SuggestedBenchmarkRow, extra=0, max_num=60, absolute_max=70)


DEFAULT_REASON = gettext_noop("They follow from the wording of the recommendation. The post has checked them.")


class TermsReasonForm(TrackerForm):
    """The reason for these terms, saved with each benchmark."""

    reason = LongTextField(
        label=gettext_lazy("Reason for these terms"),
        initial=lambda: gettext(DEFAULT_REASON),
        help_text=gettext_lazy("The terms and this reason are kept with their date."),
    )

    def clean_reason(self) -> str:
        return in_record_language(self.cleaned_data["reason"], DEFAULT_REASON)
