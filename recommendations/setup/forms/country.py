"""Forms to choose a country from the reference list and to correct its facts."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from tiptracker import country_reference
from tiptracker.accounts.models import Country, District
from tiptracker.choices import Paper
from tiptracker.country_reference import CountryReference, DivisionLevel
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.onboarding.actions.countries import DistrictInput
from tiptracker.web.frontend.form_rows import Choices
from tiptracker.web.frontend.forms import TrackerForm

MAX_DISTRICTS_LENGTH = 20_000
"""Most characters: enough for a few hundred districts with their capitals."""


class ChooseCountryForm(forms.Form):
    """The country of a new post: one in the reference list that is not set up yet."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        error_messages={
            "required": gettext_lazy("Choose a country."),
            "invalid_choice": gettext_lazy("Choose a country from the list."),
        },
    )

    def __init__(self, *args: Any, existing: Collection[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        available = [(code, name) for code, name in country_reference.country_names().items() if code not in existing]
        cast("forms.ChoiceField", self.fields["country"]).choices = [("", gettext("Choose one")), *available]

    def clean_country(self) -> CountryReference | None:
        """Return the facts of the reference list about the country as of today."""
        return country_reference.find_country(self.cleaned_data["country"], self.today)


class CountryForm(TrackerForm):
    """A country's facts, filled in from the reference list. The user can change each of them."""

    name = forms.CharField(
        max_length=100,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As the Department of State writes it. It appears on every document."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), help_text=gettext_lazy("Used for deadlines."))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), help_text=gettext_lazy("Used for budgets."))
    paper = forms.TypedChoiceField(
        choices=Paper.choices(), coerce=Paper, label=gettext_lazy("Paper size"), widget=forms.RadioSelect
    )
    districts = forms.CharField(
        max_length=MAX_DISTRICTS_LENGTH,
        required=False,
        label=gettext_lazy("Districts"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("One per line. You can add the capital after a colon, such as “Berea: Teyateyaneng”."),
    )

    def __init__(self, *args: Any, land: CountryReference | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_zones, own_money = (land.time_zones, land.currencies) if land else ((), ())
        zone_names = {zone: zone for zone in country_reference.list_time_zones()}
        money = {code: f"{code}, {name}" for code, name in country_reference.list_currencies().items()}
        cast("forms.ChoiceField", self.fields["time_zone"]).choices = _group_choices(own_zones, zone_names)
        cast("forms.ChoiceField", self.fields["currency"]).choices = _group_choices(own_money, money)

    @staticmethod
    def filled_from(land: CountryReference, level: DivisionLevel | None) -> dict[str, Any]:
        """Return the initial values from the reference list.

        If the country has several time zones, that of the capital is chosen.
        """
        return {
            "name": land.name,
            "time_zone": land.usual_time_zone,
            "currency": land.currencies[0] if land.currencies else "",
            "paper": land.paper,
            "districts": "\n".join(level.names) if level else "",
        }

    def clean_districts(self) -> list[DistrictInput]:
        """Return the districts: one for each non-empty line, with a name and an optional capital."""
        lines = (line.partition(":") for line in self.cleaned_data["districts"].splitlines() if line.strip())
        return [DistrictInput(name.strip(), capital.strip()) for name, _, capital in lines]


class CountryEditForm(CountryForm):
    """The form to correct a country. It can add districts, but existing ones stay."""

    @staticmethod
    def filled_from_row(country: Country) -> dict[str, Any]:
        """Return the initial values to correct this country."""
        return {name: getattr(country, name) for name in ("name", "time_zone", "currency", "paper")}

    def __init__(self, *args: Any, districts: Sequence[District], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["districts"]
        field.label = gettext("More districts") if districts else gettext("Districts")
        field.widget.attrs["rows"] = 4 if districts else 12


def _group_choices(own: Sequence[str], known: dict[str, str]) -> Choices:
    """Return the country's own options and all others as two groups. Nothing is chosen by default."""
    mine = [(word, known.get(word, word)) for word in own]
    others = [(word, label) for word, label in known.items() if word not in own]
    return [
        ("", gettext("Choose one")),
        *([(gettext("Used there"), mine)] if mine else []),
        (gettext("Others"), others),
    ]
