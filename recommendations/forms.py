"""Forms for recommendations, benchmark terms, edition terms, reporting ministries and milestones."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from recommendations.choices import INDICIA_SUMMARIES, Origin, Pillar, Rule, TextStatus
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, Indicator, Recommendation
from recommendations.models.recommendations import INDICIA
from tiptracker.accounts.models import Ministry, User
from tiptracker.numbers import strip_zeros
from tiptracker.web.frontend.form_rows import RowField, RowsField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayInput, LongTextField, TrackerForm


class RecommendationForm(ChangeForm):
    """The published facts of a recommendation."""

    number = forms.IntegerField(min_value=1, label="Number", help_text="Its place in the list, most important first.")
    origin = forms.TypedChoiceField(
        choices=Origin.choices(), coerce=Origin, label="Where it stands", widget=forms.RadioSelect
    )
    text = LongTextField(label="What it says", rows=4)
    text_status = forms.TypedChoiceField(
        choices=TextStatus.choices(),
        coerce=TextStatus,
        label="Wording",
        widget=forms.RadioSelect,
        help_text="Official: word for word as published. Reconstruction: put together from public sources, "
        "and labelled so wherever it is shown.",
    )
    pillar = forms.TypedChoiceField(choices=Pillar.choices(), coerce=Pillar, label="Pillar", widget=forms.RadioSelect)
    indicia = forms.TypedMultipleChoiceField(
        choices=[(number, f"{number}, {INDICIA_SUMMARIES[number]}") for number in INDICIA],
        coerce=int,
        required=False,
        label="Indicia of 22 U.S.C. 7106(b)",
        widget=forms.CheckboxSelectMultiple,
    )
    lead = RowField(required=False, label="Lead ministry")
    supporting = RowsField(required=False, label="Supporting ministries")

    def __init__(self, *args: Any, reader: User, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ministries = Ministry.objects.visible_to(reader).filter(country=edition.country_id)
        set_row_choices(self, "lead", ministries, empty="No lead ministry")
        set_row_choices(self, "supporting", ministries)


class RecommendationEditForm(RecommendationForm):
    """The form to correct a recommendation. `version` is the version that the form was filled from."""

    reason = LongTextField(
        required=False,
        label="Why another pillar",
        help_text="Only where you change the pillar: readiness reads it, so the change is dated and kept.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ("number", "origin", "text", "text_status", "pillar", "reason")

    @staticmethod
    def filled_from(recommendation: Recommendation) -> dict[str, Any]:
        """Return the initial values to edit a recommendation from `with_pillar()`. The reason starts empty."""
        names = ("number", "origin", "text", "text_status", "pillar", "indicia", "version")
        return {name: getattr(recommendation, name) for name in names} | {
            "lead": recommendation.lead_id,
            "supporting": [ministry.pk for ministry in recommendation.supporting.all()],
        }


class BenchmarkForm(ChangeForm):
    """How a benchmark is judged.

    `seen` is the key of the terms that the form was filled from; 0 if there were none.
    """

    criterion = LongTextField(
        label="Success criterion", help_text="What has to be so for it to be met. The ministry reads this too.", rows=3
    )
    rule = forms.TypedChoiceField(
        choices=Rule.choices(), coerce=Rule, label="How it is judged", widget=forms.RadioSelect
    )
    indicator = RowField(
        required=False, label="Indicator", help_text="Whose figures are read. Both rules that count need one."
    )
    target = forms.DecimalField(
        required=False,
        max_digits=12,
        decimal_places=2,
        label="Target",
        help_text="The figure to reach, for “figure against a target” alone.",
    )
    weight = forms.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        initial=Decimal(1),
        label="Weight",
        help_text="Beside the recommendation’s other benchmarks; 1 is the ordinary one.",
    )
    is_about_complicity = forms.BooleanField(required=False, label="It is about complicit officials")
    reason = LongTextField(
        label="Why these terms",
        help_text="Terms are dated and kept: what was asked before stays as it was then. Say why they are as they are.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: User, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indicators = Indicator.objects.visible_to(reader).filter(country=edition.country_id)
        set_row_choices(self, "indicator", indicators, empty="None")

    @staticmethod
    def filled_from(terms: BenchmarkTerms) -> dict[str, Any]:
        """Return the initial values to change these terms. The reason starts empty."""
        return {
            "criterion": terms.criterion,
            "rule": terms.rule,
            "indicator": terms.indicator_id,
            "target": strip_zeros(terms.target),
            "weight": strip_zeros(terms.weight),
            "is_about_complicity": terms.is_about_complicity,
            "seen": terms.pk,
        }


class ReportingMinistryForm(TrackerForm):
    """Which ministry reports an indicator's figure, or none."""

    ministry = RowField(required=False, label="Ministry that reports this figure")

    def __init__(self, *args: Any, ministries: Iterable[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty="Not set")


class MilestoneForm(TrackerForm):
    """When a milestone was done, and the source for that date."""

    done_on = forms.DateField(label="Done on", help_text="The day on which it was done, not the day it was due.")
    source = forms.CharField(
        max_length=300, label="Source", help_text="A letter, a cable, a page: whatever it can be looked up in."
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].widget = DayInput(attrs={"max": today.isoformat()})


class EditionTermsForm(ChangeForm):
    """An edition's terms: deadline, target and weights.

    `seen` is the key of the terms that the form was filled from; 0 if there were none.
    """

    deadline_on = forms.DateField(
        label="Deadline", help_text="The day that counts for the post. A promise due by then is within reach."
    )
    readiness_target = forms.DecimalField(
        required=False,
        max_digits=4,
        decimal_places=1,
        min_value=Decimal(0),
        max_value=Decimal(100),
        label="Our target",
        help_text="Of 100. The post’s own, not the Department’s: it stands beside the score and moves nothing in it.",
    )
    readiness_target_reason = LongTextField(required=False, label="Where this target comes from")
    reason = LongTextField(
        label="Why the terms change",
        help_text="They hold from now. What was known before stays as it was then, scores too.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, edition: Edition, recommendations: Iterable[Recommendation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline_on"].widget = DayInput(
            attrs={"min": edition.starts_on.isoformat(), "max": edition.ends_on.isoformat()}
        )
        self.weighed = {self._name(one.pk): one.pk for one in recommendations}
        for one in recommendations:
            noun = "recommendation" if one.origin == Origin.REPORT else Origin.ACTION_PLAN.label.lower()
            self.fields[self._name(one.pk)] = forms.DecimalField(
                max_digits=5,
                decimal_places=2,
                min_value=Decimal(0),
                label=f"Weight of {noun} {one.number}",
                help_text=one.text,
                error_messages={"required": "Give a weight; 1 is the ordinary one."},
            )
        self.initial = dict.fromkeys(self.weighed, Decimal(1)) | dict(self.initial)
        self.order_fields(
            ("deadline_on", "readiness_target", "readiness_target_reason", *self.weighed, "reason", "seen")
        )

    @classmethod
    def filled_from(cls, terms: EditionTerms) -> dict[str, Any]:
        """Return the initial values to change these terms, with their weights. The reason starts empty."""
        return {
            "deadline_on": terms.deadline_on,
            "readiness_target": strip_zeros(terms.readiness_target),
            "readiness_target_reason": terms.readiness_target_reason,
            "seen": terms.pk,
        } | {cls._name(one.recommendation_id): strip_zeros(one.weight) for one in terms.weights.all()}

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        entered = super().values()
        return entered | {"weights": {key: entered.pop(name) for name, key in self.weighed.items()}}

    @staticmethod
    def _name(recommendation: int) -> str:
        return f"weight_{recommendation}"
