"""What is typed about rounds of an update: what a ministry sends, what the embassy makes of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms

from dialogues.forms.evidence import ReviewForm
from dialogues.forms.fields import DatedForm, DirectionField, FigureField, FilesField, PastDayField
from dialogues.words import DoneBy, Progress
from recommendations.models import Indicator
from tiptracker import texts
from tiptracker.frontend.forms import Narrative, PlainForm


class UpdateForm(DatedForm):
    """What a ministry says of one of its commitments. Few fields, none of them about scoring."""

    claimed = forms.ChoiceField(label="How far is it?", widget=forms.RadioSelect, choices=Progress.choices())
    title = forms.CharField(
        label="What happened, in one line",
        max_length=200,
        help_text="Such as “Focal officers named in six districts”.",
    )
    narrative = forms.CharField(
        max_length=texts.NARRATIVE,
        label="Tell it in your own words",
        widget=Narrative(attrs={"rows": 6}),
        help_text="What was done, where, with what result, and what comes next.",
    )
    happened_from = PastDayField(
        label="It began on",
        required=False,
        help_text="Leave it empty if you do not know the day. It cannot count before the day is known.",
    )
    happened_to = PastDayField(label="Last day of it, so far")
    done_by = forms.ChoiceField(
        label="Who did it?",
        widget=forms.RadioSelect,
        choices=[
            (DoneBy.GOVERNMENT.value, "The government alone"),
            (DoneBy.JOINT.value, "The government together with others"),
        ],
        initial=DoneBy.GOVERNMENT.value,
    )
    files = FilesField(  # type: ignore[assignment]  # a form's attribute of this name is no field
        label="Files that prove it",
        help_text="Photographs, letters, lists without names; a phone’s camera will do. Choose all of them at once: "
        "choosing again takes the place of what you chose before.",
    )
    through_on = PastDayField(label="Counted through", help_text="The last day that these figures cover.")

    def __init__(self, *args: Any, asks_figures: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_figures:
            del self.fields["through_on"]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        first, last = said.get("happened_from"), said.get("happened_to")
        if first and last and first > last:
            self.add_error("happened_from", "It can’t have begun after it was finished. Change one of the two days.")
        return said


class FigureForm(PlainForm):
    """One indicator's count since the period began: a figure, or only which way it moved, or nothing."""

    figure = FigureField()
    direction = DirectionField(
        label="Without a figure: compared with the year before", empty="Nothing to say", takes_no_data=False
    )

    districts = forms.MultipleChoiceField(
        label="In which districts?", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, indicator: Indicator, since: str, districts: Sequence[str] = (), **kwargs: Any
    ) -> None:
        kwargs["prefix"] = f"indicator-{indicator.pk}"
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        if indicator.counts_districts and districts:
            cast("forms.MultipleChoiceField", self.fields["districts"]).choices = [(name, name) for name in districts]
        else:
            del self.fields["districts"]
        self.fields["figure"].label = f"{indicator.name} since {since}"
        self.fields["figure"].help_text = f"Counted in {indicator.unit}."

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        named = said.get("districts") or []
        if named and said.get("figure") is None and "figure" not in self.errors:
            said["figure"] = Decimal(len(named))
        if said.get("figure") is not None and said.get("direction"):
            self.add_error("direction", "Give the figure, or only the direction, not both.")
        elif named and said.get("figure") is not None and len(named) != said["figure"]:
            self.add_error(
                "districts",
                f"You ticked {len(named)}, and the figure is {said['figure'].normalize():f}. Put one of them right.",
            )
        return said


class JudgementForm(ReviewForm):
    """The embassy's word on one line of a round; a line without a reason of its own takes the reason for all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].help_text = "Here, or once for all of it below."
        del self.fields["seen"]


class AcceptForm(PlainForm):
    """The reason that stands for the whole round."""

    reason = forms.CharField(
        max_length=texts.REASON,
        label="Reason for all of it",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed unless every line has a reason of its own, and wherever the commitment is claimed done.",
    )

    def reasons_given(self, judgements: Sequence[JudgementForm]) -> bool:
        """Whether every line has a reason, its own or the one for all; marks those that have none."""
        if self.cleaned_data.get("reason"):
            return True
        lacking = [judgement for judgement in judgements if not judgement.cleaned_data.get("reason")]
        for judgement in lacking:
            judgement.add_error("reason", "Say in a sentence why, here or once for all of it below.")
        return not lacking


class ReturnForm(PlainForm):
    """What the ministry has to mend."""

    reason = forms.CharField(
        max_length=texts.REASON,
        label="What is missing",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The ministry reads this sentence. Say what to send so that it can be accepted.",
    )
