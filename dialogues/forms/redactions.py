"""Forms to propose and decide on a redaction."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tiptracker.accounts.models import Country
from tiptracker.localization import gettext_lazy
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import LongTextField, TrackerForm

MAX_WORDS_LENGTH = 300


class RedactionForm(TrackerForm):
    """Form for the words to remove and the reason. The user chooses the places after the search."""

    country = RowField(label=gettext_lazy("Country"))
    words = forms.CharField(
        label=gettext_lazy("Words to remove"),
        required=False,
        max_length=MAX_WORDS_LENGTH,
        help_text=gettext_lazy(
            "For example a full name: “Given name Surname”. Capitals, accents, spaces and hyphens make no difference. "
            "Each text that contains the words is removed as a whole. Leave this empty to remove only a file."
        ),
    )
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "The reason stays in the record. Do not repeat the words in it. Example: “It names a victim”."
        ),
    )

    def __init__(self, *args: Any, countries: Sequence[Country], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "country", countries)
        if len(countries) == 1:
            del self.fields["country"]
        self.countries = countries

    def require_confirmation(self, name: str, sentence: str, found: Sequence[tuple[str, str]]) -> None:
        """Hold back every field except `words`: the words to remove must be typed here even if they name a person."""
        if name != "words":
            super().require_confirmation(name, sentence, found)

    @property
    def chosen_country(self) -> Country:
        """Return the chosen country, or the only one if there is no choice."""
        return self.cleaned_data.get("country") or self.countries[0]


class RedactionDecisionForm(TrackerForm):
    """Form for the second person's decision on a proposal."""

    reason = LongTextField(
        label=gettext_lazy("Reason, required to decline"),
        required=False,
        help_text=gettext_lazy("The reason stays in the record. Do not repeat the words to remove in it."),
    )
