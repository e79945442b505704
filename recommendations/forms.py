"""Forms for recommendations, benchmark terms, edition terms, reporting ministries and milestones."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms

from recommendations.choices import FIXED_MILESTONES, INDICIA_SUMMARIES, MilestoneKind, Origin, Pillar, Rule, TextStatus
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, Indicator, Recommendation
from recommendations.models.recommendations import INDICIA
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import gettext, gettext_lazy, join_with_colon
from tiptracker.numbers import strip_zeros
from tiptracker.web.frontend.form_rows import RowField, RowsField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayField, DayInput, LongTextField, TrackerForm


class RecommendationForm(ChangeForm):
    """The published facts of a recommendation."""

    number = forms.IntegerField(
        min_value=1,
        label=gettext_lazy("Number"),
        help_text=gettext_lazy("Place in the list. The first is the most important."),
    )
    origin = forms.TypedChoiceField(
        choices=Origin.choices(), coerce=Origin, label=gettext_lazy("Document"), widget=forms.RadioSelect
    )
    text = LongTextField(label=gettext_lazy("Text"), rows=4)
    text_status = forms.TypedChoiceField(
        choices=TextStatus.choices(),
        coerce=TextStatus,
        label=gettext_lazy("Wording"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Official: word for word as published. Reconstruction: our own wording from public sources. It is marked "
            "as such on every page."
        ),
    )
    pillar = forms.TypedChoiceField(
        choices=Pillar.choices(), coerce=Pillar, label=gettext_lazy("Pillar"), widget=forms.RadioSelect
    )
    indicia = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label=gettext_lazy("Indicia of 22 U.S.C. 7106(b)"),
        widget=forms.CheckboxSelectMultiple,
    )
    lead = RowField(required=False, label=gettext_lazy("Lead ministry"))
    supporting = RowsField(required=False, label=gettext_lazy("Supporting ministries"))

    def __init__(self, *args: Any, reader: User, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ministries = Ministry.objects.visible_to(reader).filter(country=edition.country_id)
        set_row_choices(self, "lead", ministries, empty=gettext("No lead ministry"))
        set_row_choices(self, "supporting", ministries)
        cast("forms.MultipleChoiceField", self.fields["indicia"]).choices = [
            (number, join_with_colon(number, gettext(INDICIA_SUMMARIES[number]))) for number in INDICIA
        ]


class RecommendationEditForm(RecommendationForm):
    """The form to correct a recommendation. `version` is the version that the form was filled from."""

    reason = LongTextField(
        required=False,
        label=gettext_lazy("Reason for another pillar"),
        help_text=gettext_lazy("Only if you change the pillar. Readiness depends on it, so the change is kept."),
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
        label=gettext_lazy("Success criterion"),
        help_text=gettext_lazy("What must be true for the benchmark to be met. Ministries see this text."),
        rows=3,
    )
    rule = forms.TypedChoiceField(
        choices=Rule.choices(), coerce=Rule, label=gettext_lazy("Rule"), widget=forms.RadioSelect
    )
    indicator = RowField(
        required=False,
        label=gettext_lazy("Indicator"),
        help_text=gettext_lazy("Both rules with figures need an indicator."),
    )
    target = forms.DecimalField(
        required=False,
        max_digits=12,
        decimal_places=2,
        label=gettext_lazy("Target"),
        help_text=gettext_lazy("The figure to reach. Only for the rule “figure against a target”."),
    )
    weight = forms.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        initial=Decimal(1),
        label=gettext_lazy("Weight"),
        help_text=gettext_lazy("Compared with the other benchmarks of the recommendation. The usual weight is 1."),
    )
    is_about_complicity = forms.BooleanField(required=False, label=gettext_lazy("About complicit officials"))
    reason = LongTextField(
        label=gettext_lazy("Reason for these terms"),
        help_text=gettext_lazy("The terms and this reason are kept with their date. Earlier terms stay in the record."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: User, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indicators = Indicator.objects.visible_to(reader).filter(country=edition.country_id)
        set_row_choices(self, "indicator", indicators, empty=gettext("None"))

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

    ministry = RowField(required=False, label=gettext_lazy("Ministry that reports this figure"))

    def __init__(self, *args: Any, ministries: Iterable[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty=gettext("Not set"))


class IncludedForm(TrackerForm):
    """What an indicator's figures include."""

    includes = LongTextField(
        required=False,
        rows=4,
        label=gettext_lazy("What a figure includes"),
        help_text=gettext_lazy(
            "For example whether persons or cases are counted, and what belongs to another figure. Ministries see this "
            "text beside the field of the figure."
        ),
    )


class MilestoneForm(TrackerForm):
    """When a milestone was done, and the source for that date."""

    done_on = forms.DateField(
        label=gettext_lazy("Date done"), help_text=gettext_lazy("The date on which it was done, not the due date.")
    )
    source = forms.CharField(
        max_length=300,
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("For example a letter, a cable or a web page."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].widget = DayInput(attrs={"max": today.isoformat()})


class MilestoneAddForm(TrackerForm):
    """Another milestone of an edition."""

    kind = forms.TypedChoiceField(
        choices=[choice for choice in MilestoneKind.choices() if choice[0] not in FIXED_MILESTONES],
        coerce=MilestoneKind,
        label=gettext_lazy("Kind"),
    )
    own_title = forms.CharField(
        max_length=120,
        required=False,
        label=gettext_lazy("Title of its own"),
        help_text=gettext_lazy("Needed if the edition has another one of this kind. For example “Second data call”."),
    )
    due_on = DayField(label=gettext_lazy("Date"))
    is_estimated = forms.BooleanField(
        required=False,
        label=gettext_lazy("The date is an estimate"),
        help_text=gettext_lazy("Pages then write “about” before it, and it is never overdue."),
    )
    source = forms.CharField(
        max_length=300,
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("For example a cable, a notice or a section of the law."),
    )


class MilestoneDateForm(TrackerForm):
    """Another date of a milestone, with its reason."""

    due_on = DayField(label=gettext_lazy("New date"))
    is_estimated = forms.BooleanField(
        required=False,
        label=gettext_lazy("The date is an estimate"),
        help_text=gettext_lazy("Pages then write “about” before it, and it is never overdue."),
    )
    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Write why the date changes, and who says so. The earlier dates stay visible."),
    )


class EditionTermsForm(ChangeForm):
    """An edition's terms: deadline, target and weights.

    `seen` is the key of the terms that the form was filled from; 0 if there were none.
    """

    deadline_on = forms.DateField(
        label=gettext_lazy("Deadline"),
        help_text=gettext_lazy(
            "The day by which the post wants the record to be ready. Projected readiness counts commitments due by "
            "then."
        ),
    )
    readiness_target = forms.DecimalField(
        required=False,
        max_digits=4,
        decimal_places=1,
        min_value=Decimal(0),
        max_value=Decimal(100),
        label=gettext_lazy("Target readiness"),
        help_text=gettext_lazy(
            "From 0 to 100. It is the post’s own target, not the Department’s, and does not change readiness."
        ),
    )
    readiness_target_reason = LongTextField(required=False, label=gettext_lazy("Reason for the target"))
    reason = LongTextField(
        label=gettext_lazy("Reason for the change"),
        help_text=gettext_lazy("The terms apply from now on. Earlier terms and scores stay in the record."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, edition: Edition, recommendations: Iterable[Recommendation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline_on"].widget = DayInput(
            attrs={"min": edition.starts_on.isoformat(), "max": edition.ends_on.isoformat()}
        )
        self.weighed = {self._name(recommendation.pk): recommendation.pk for recommendation in recommendations}
        for recommendation in recommendations:
            label = (
                gettext("Weight of recommendation %(number)d")
                if recommendation.origin == Origin.REPORT
                else gettext("Weight of number %(number)d of the action plan")
            )
            self.fields[self._name(recommendation.pk)] = forms.DecimalField(
                max_digits=5,
                decimal_places=2,
                min_value=Decimal(0),
                label=label % {"number": recommendation.number},
                help_text=recommendation.text,
                error_messages={"required": gettext("Give a weight. The usual weight is 1.")},
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
        } | {cls._name(weight.recommendation_id): strip_zeros(weight.weight) for weight in terms.weights.all()}

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        entered = super().values()
        return entered | {"weights": {key: entered.pop(name) for name, key in self.weighed.items()}}

    @staticmethod
    def _name(recommendation: int) -> str:
        return f"weight_{recommendation}"
