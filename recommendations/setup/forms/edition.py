"""Forms for an edition: the report's facts, the deadline and the milestones."""

from collections.abc import Collection
from typing import Any

from django import forms

from recommendations.choices import MilestoneKind, Tier
from recommendations.models import Edition
from recommendations.setup.actions.editions import EDITABLE_FIELDS, MilestoneDate
from recommendations.tracking_period import default_tracking_period
from tiptracker.localization import format_date, gettext, gettext_lazy, gettext_noop, in_record_language
from tiptracker.web.frontend.forms import DayField, LongTextField, TrackerForm

TYPED_MILESTONES = (MilestoneKind.ACTION_PLAN, MilestoneKind.INTERIM)
"""Milestones whose days the user enters. The deadline and the end of the period follow from other fields."""
MILESTONE_HINTS = {
    MilestoneKind.ACTION_PLAN: gettext_lazy(
        "Within 180 days of the report, for a country raised from Tier 3 to the Watch List (22 U.S.C. 7107(b)(4))."
    ),
    MilestoneKind.INTERIM: gettext_lazy("By 1 February, for a country on the Watch List (22 U.S.C. 7107(b))."),
}


DEFAULT_REASON = gettext_noop("The tracking period ends on this day.")
DEFAULT_SOURCE = "TIP Report {year}, {country} narrative"
"""The source of an edition: the name of the report is the same in every language."""


class EditionFactsForm(TrackerForm):
    """The report's facts about an edition, and milestones that it doesn't have yet."""

    tier = forms.TypedChoiceField(
        choices=Tier.choices(), coerce=Tier, label=gettext_lazy("Tier"), widget=forms.RadioSelect
    )
    target_tier = forms.TypedChoiceField(
        choices=[("", gettext_lazy("Not set")), *Tier.choices()],
        coerce=Tier,
        empty_value=None,
        required=False,
        label=gettext_lazy("Target tier"),
        help_text=gettext_lazy("The post’s own aim. It is not used in calculations."),
    )
    published_on = DayField(label=gettext_lazy("Publication date"), required=False)
    source = forms.CharField(
        max_length=300,
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("For example “TIP Report 2021, Lesotho narrative”."),
    )

    def __init__(self, *args: Any, existing: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered_milestones = [kind for kind in TYPED_MILESTONES if kind not in existing]
        for kind in self.offered_milestones:
            self.fields[f"{kind.value}_on"] = DayField(
                label=kind.label, required=False, help_text=MILESTONE_HINTS[kind]
            )
            self.fields[f"{kind.value}_source"] = forms.CharField(
                max_length=300,
                label=gettext("%(milestone)s: source of the date") % {"milestone": kind.label},
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for kind in self.offered_milestones:
            day = f"{kind.value}_on"
            if data.get(f"{kind.value}_source") and not data.get(day) and day not in self.errors:
                self.add_error(day, gettext("Give the date for this source, or leave both empty."))
        return data

    def facts(self) -> dict[str, Any]:
        """Return the entered facts of the edition as both actions take them."""
        data = self.cleaned_data
        return {name: data[name] for name in EDITABLE_FIELDS} | {
            "milestones": {
                kind: MilestoneDate(data[f"{kind.value}_on"], data[f"{kind.value}_source"])
                for kind in self.offered_milestones
                if data[f"{kind.value}_on"]
            }
        }

    @staticmethod
    def filled_from(edition: Edition) -> dict[str, Any]:
        """Return the initial values to correct this edition."""
        return {name: getattr(edition, name) for name in EDITABLE_FIELDS}


class EditionForm(EditionFactsForm):
    """An edition to track, filled in for `year` as far as that follows from the year.

    If the user enters another year, the source and the deadline follow it, unless the user has changed them too.
    """

    year = forms.IntegerField(
        min_value=2001,
        max_value=2100,
        label=gettext_lazy("Year"),
        help_text=gettext_lazy("Year of the report, such as 2021."),
    )
    starts_on = DayField(label=gettext_lazy("First day of the tracking period"), required=False)
    ends_on = DayField(label=gettext_lazy("Last day of the tracking period"), required=False)
    deadline_on = DayField(
        label=gettext_lazy("Deadline"),
        help_text=gettext_lazy(
            "The day by which the post wants the record to be ready. It lies in the tracking period."
        ),
    )
    reason = LongTextField(
        label=gettext_lazy("Reason for this deadline"),
        help_text=gettext_lazy("Write who set it and why. An officer can change the deadline later."),
    )
    deadline_source = forms.CharField(max_length=300, label=gettext_lazy("Source of the deadline"), required=False)

    def __init__(self, *args: Any, year: int, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        first, last = default_tracking_period(year)
        self.fields["starts_on"].help_text = gettext(
            "If empty: 1 April of the edition’s year. For %(year)d: %(date)s."
        ) % {"year": year, "date": format_date(first)}
        self.fields["ends_on"].help_text = gettext("If empty: 31 March of the next year. For %(year)d: %(date)s.") % {
            "year": year,
            "date": format_date(last),
        }
        self.initial = {
            "year": year,
            "source": self._default_source(year),
            "deadline_on": last,
            "reason": gettext(DEFAULT_REASON),
        } | dict(self.initial)
        self.order_fields((
            "year", "tier", "target_tier", "published_on", "source", "starts_on", "ends_on", "deadline_on", "reason",
            "deadline_source",
        ))  # fmt: skip

    def _default_source(self, year: int) -> str:
        return DEFAULT_SOURCE.format(year=year, country=self.country)

    def clean_reason(self) -> str:
        return in_record_language(self.cleaned_data["reason"], DEFAULT_REASON)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("year"):
            return data
        if data.get("source") == self.initial["source"]:
            data["source"] = self._default_source(data["year"])
        last = data.get("ends_on") or default_tracking_period(data["year"])[1]
        if data.get("deadline_on") == self.initial["deadline_on"]:
            data["deadline_on"] = last
        if data.get("deadline_on") not in (None, last) and data.get("reason") == DEFAULT_REASON:
            self.add_error(
                "reason", gettext("The tracking period does not end on that day. Write who set this deadline and why.")
            )
        return data

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them. Empty dates of the tracking period get their defaults."""
        data = self.cleaned_data
        first, last = default_tracking_period(data["year"])
        return self.facts() | {
            "year": data["year"],
            "period": (data["starts_on"] or first, data["ends_on"] or last),
            "deadline": MilestoneDate(data["deadline_on"], data["deadline_source"]),
            "reason": data["reason"],
        }
