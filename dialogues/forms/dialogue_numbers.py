"""Forms for a dialogue by numbers: choose indicators, agree on them, drop them, and record their figures."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from dialogues.actions.contributions import ContributionValues
from dialogues.choices import ContributedBy, ContributionKind
from dialogues.forms.fields import DatedForm, PastDayField
from dialogues.forms.figures import GroupedFigureField
from dialogues.models import ChosenIndicator, Commitment, Partner
from recommendations.models import Indicator, Recommendation
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy, join_with_colon, pgettext_lazy
from tiptracker.web.frontend.form_rows import Choices, RowField, RowsField, set_row_choices
from tiptracker.web.frontend.forms import DayField, LongTextField, TrackerForm

COMMITMENT, RECOMMENDATION = "commitment", "recommendation"


class ChoiceRow(TrackerForm):
    """A row to choose an indicator, and the ministry to which it is proposed."""

    is_chosen = forms.BooleanField(required=False)
    ministry = RowField(label=gettext_lazy("Propose to"), required=False)

    def __init__(
        self,
        *args: Any,
        indicator: Indicator,
        ministries: Sequence[Ministry],
        reasons: Sequence[str],
        proposed_to: int | None,
    ) -> None:
        super().__init__(*args, prefix=f"indicator-{indicator.pk}", initial={"ministry": proposed_to})
        self.indicator, self.reasons = indicator, reasons
        self.fields["is_chosen"].label = indicator.name
        set_row_choices(self, "ministry", ministries, empty=gettext("Nobody yet"))

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors."""
        return self.indicator.name


class IndicatorAgreementForm(DatedForm):
    """Form to record with which ministry a chosen indicator was agreed, on which day, and which others with it."""

    ministry = RowField(
        label=gettext_lazy("Ministry"),
        help_text=gettext_lazy("This ministry sees the indicator on the page of the dialogue."),
    )
    agreed_on = PastDayField(label=gettext_lazy("Date of the agreement"))
    others = RowsField(label=gettext_lazy("Agreed with this ministry on the same day"), required=False)

    def __init__(
        self, *args: Any, ministries: Sequence[Ministry], others: Sequence[ChosenIndicator], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty=gettext("Choose one"))
        if others:
            labels: Choices = [(str(row.pk), _describe_proposed(row)) for row in others]
            set_row_choices(self, "others", others, choices=labels)
        else:
            del self.fields["others"]


def _describe_proposed(chosen: ChosenIndicator) -> str:
    """Return the name of a chosen indicator, and the ministry to which it is proposed."""
    if chosen.ministry is None:
        return chosen.indicator.name
    values = {"indicator": chosen.indicator.name, "ministry": chosen.ministry.short_name}
    return gettext("%(indicator)s, proposed to %(ministry)s") % values


class IndicatorDropForm(TrackerForm):
    """Form to drop a chosen indicator, with the reason."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("The indicator stays on the page as dropped. No ministry reads this reason."),
    )


class DiscussionRow(TrackerForm):
    """How the figure of one indicator was discussed, and the annual target that was agreed there."""

    required_for_some = ("is_discussed", "said", "target", "ministry", "target_reason")

    is_discussed = forms.BooleanField(label=gettext_lazy("The figure was discussed"), required=False)
    said = LongTextField(label=gettext_lazy("What was said"), required=False)
    target = GroupedFigureField(label=gettext_lazy("New annual target"))
    ministry = RowField(label=gettext_lazy("Agreed with"), required=False)
    target_reason = LongTextField(label=gettext_lazy("Reason for the new annual target"), required=False)

    def __init__(self, *args: Any, name: str, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        set_row_choices(self, "ministry", ministries, empty=gettext("Choose one"))
        self.fields["target"].help_text = gettext("Leave this empty if none was agreed.")

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors."""
        return self.name

    def clean(self) -> dict[str, Any]:
        """Refuse an annual target without ministry or reason."""
        data = self.cleaned_data
        if data.get("target") is None:
            return data
        if not data.get("ministry") and "ministry" not in self.errors:
            self.add_error("ministry", gettext("Choose the ministry with which it was agreed."))
        if not data.get("target_reason") and "target_reason" not in self.errors:
            self.add_error("target_reason", gettext("Give the reason in a sentence."))
        return data


class WorkField(forms.ChoiceField):
    """A piece of work: a commitment or a recommendation. `offer_work` sets what is offered."""

    def clean(self, value: Any) -> tuple[Commitment | None, Recommendation | None]:
        """Return the commitment and the recommendation, of which at most one is chosen."""
        chosen = super().clean(value)
        kind, _, key = chosen.partition("-")
        row = self.works.get((kind, key))
        if isinstance(row, Recommendation):
            return None, row
        return row, None

    works: dict[tuple[str, str], Any]


def offer_work(
    form: forms.Form, commitments: Iterable[Commitment], recommendations: Iterable[Recommendation], *, empty: str
) -> None:
    """Offer commitments and recommendations in the field `work` of a form."""
    field: Any = form.fields["work"]
    rows = [(COMMITMENT, row) for row in commitments]
    others = [(RECOMMENDATION, row) for row in recommendations]
    field.works = {(kind, str(row.pk)): row for kind, row in [*rows, *others]}
    groups: Choices = [
        (gettext("Commitments"), [(f"{COMMITMENT}-{row.pk}", join_with_colon(row.maker, row.text)) for _, row in rows]),
        (
            gettext("Recommendations"),
            [(f"{RECOMMENDATION}-{row.pk}", join_with_colon(row.number, row.text)) for _, row in others],
        ),
    ]
    field.choices = [("", empty), *(group for group in groups if group[1])]


class ContributionForm(DatedForm):
    """Form for a contribution of one side, or for its correction."""

    required_for_some = ("ministry", "partner", "amount", "currency", "through_on")

    given_by = forms.TypedChoiceField(
        coerce=ContributedBy, choices=ContributedBy.choices(), label=gettext_lazy("Given by"), widget=forms.RadioSelect
    )
    ministry = RowField(label=gettext_lazy("Ministry"), required=False)
    partner = RowField(
        label=gettext_lazy("Partner"), required=False, help_text=gettext_lazy("Choose one only if a partner gives it.")
    )
    kind = forms.TypedChoiceField(
        coerce=ContributionKind, choices=ContributionKind.choices(), label=gettext_lazy("Kind")
    )
    what = LongTextField(
        label=gettext_lazy("What"),
        help_text=gettext_lazy(
            "Name people by their office, never by name. Example: “a prosecutor for two days a week”."
        ),
    )
    amount = GroupedFigureField(label=gettext_lazy("Amount"), help_text=gettext_lazy("For money."))
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, max_length=3)
    starts_on = PastDayField(label=pgettext_lazy("period", "From"))
    through_on = DayField(
        label=pgettext_lazy("period", "To"),
        required=False,
        help_text=gettext_lazy("Leave this empty while it goes on."),
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=300)
    work = WorkField(label=gettext_lazy("For which work"), required=False)

    def __init__(
        self,
        *args: Any,
        ministries: Sequence[Ministry],
        partners: Sequence[Partner],
        commitments: Sequence[Commitment],
        recommendations: Sequence[Recommendation],
        is_correction: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries, empty=gettext("No ministry"))
        set_row_choices(self, "partner", partners, empty=gettext("No partner"))
        offer_work(self, commitments, recommendations, empty=gettext("No work in particular"))
        if is_correction:
            self.fields["reason"] = LongTextField(label=gettext_lazy("Reason for the correction"))

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        data = dict(self.cleaned_data)
        data["commitment"], data["recommendation"] = data.pop("work")
        if data["amount"] is None:  # the form fills in the country's currency itself
            data["currency"] = ""
        names = {*ContributionValues.__annotations__, "reason"}
        return {name: value for name, value in data.items() if name in names}


class SustainmentForm(TrackerForm):
    """Form to record who pays for a piece of work after outside money ends."""

    work = WorkField(label=gettext_lazy("Work"))
    payer = forms.CharField(
        label=gettext_lazy("Who pays"),
        max_length=200,
        help_text=gettext_lazy("Example: “the Ministry of Home Affairs”."),
    )
    from_on = DayField(label=gettext_lazy("From which day"))
    proof = forms.CharField(
        label=gettext_lazy("What proves it"), max_length=300, help_text=gettext_lazy("Example: “a line of the budget”.")
    )

    def __init__(
        self,
        *args: Any,
        commitments: Sequence[Commitment],
        recommendations: Sequence[Recommendation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_work(self, commitments, recommendations, empty=gettext("Choose one"))

    def values(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        data = dict(self.cleaned_data)
        data["commitment"], data["recommendation"] = data.pop("work")
        return data
