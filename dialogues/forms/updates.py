"""Forms for updates: what a ministry sends, and how the embassy reviews it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms

from dialogues import decision_reasons
from dialogues.choices import PROGRESS_MEANINGS, ClaimedProgress, DoneBy, EvidenceDecision
from dialogues.decision_reasons import RejectionReason, ReturnReason, VerificationReason
from dialogues.forms.evidence import ReviewForm, reason_choices
from dialogues.forms.fields import (
    DatedForm,
    DescribedRadioSelect,
    DirectionField,
    FigureField,
    FilesField,
    PastDayField,
)
from dialogues.models import Reading
from recommendations.models import Indicator
from tiptracker import text_rules
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date
from tiptracker.web.frontend.form_rows import raw_values
from tiptracker.web.frontend.forms import LongTextField, NarrativeTextarea, TrackerForm


class UpdateForm(DatedForm):
    """Form for a ministry's update on one of its commitments. It has few fields, and none about scoring."""

    claimed = forms.TypedChoiceField(
        coerce=ClaimedProgress,
        label="How far is it?",
        widget=DescribedRadioSelect(PROGRESS_MEANINGS),
        choices=ClaimedProgress.choices(),
    )
    title = forms.CharField(
        label="What happened, in one line",
        max_length=200,
        help_text="Such as “Focal officers named in six districts”.",
    )
    narrative = forms.CharField(
        max_length=text_rules.NARRATIVE_MAX_LENGTH,
        label="Tell it in your own words",
        widget=NarrativeTextarea(attrs={"rows": 6}),
        help_text="What was done, where, with what result, and what comes next.",
    )
    happened_from = PastDayField(
        label="It began on",
        required=False,
        help_text="Leave it empty if you do not know the day. It cannot count before the day is known.",
    )
    happened_to = PastDayField(label="Last day of it, so far")
    done_by = forms.TypedChoiceField(
        coerce=DoneBy,
        label="Who did it?",
        widget=forms.RadioSelect,
        choices=[
            (DoneBy.GOVERNMENT.value, "The government alone"),
            (DoneBy.JOINT.value, "The government together with others"),
        ],
        initial=DoneBy.GOVERNMENT.value,
    )
    files = FilesField(  # type: ignore[assignment]  # a field, not Form.files
        label="Files that prove it",
        help_text="Photographs, letters, lists without names; a phone’s camera will do. Choose all of them at once: "
        "choosing again takes the place of what you chose before, unless that is attached already.",
    )
    through_on = PastDayField(label="Counted through", help_text="The last day that these figures cover.")

    def __init__(self, *args: Any, asks_figures: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_figures:
            del self.fields["through_on"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("happened_from"), data.get("happened_to")
        if first and last and first > last:
            self.add_error("happened_from", "It can’t have begun after it was finished. Change one of the two days.")
        return data


class FigureForm(TrackerForm):
    """Form for one indicator's figure since the start of the tracking period.

    The ministry gives a figure, only a direction, "no data", or nothing. If it ticks districts and gives no figure, the
    number of districts is the figure.
    """

    figure = FigureField()
    direction = DirectionField(label="If you have no figure: compared with the year before", empty="Nothing to say")

    districts = forms.MultipleChoiceField(
        label="In which districts?", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        indicator: Indicator,
        since: str,
        last: Reading | None = None,
        earlier: Reading | None = None,
        districts: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        kwargs["prefix"] = f"indicator-{indicator.pk}"
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        if indicator.counts_districts and districts:
            cast("forms.MultipleChoiceField", self.fields["districts"]).choices = [(name, name) for name in districts]
        else:
            del self.fields["districts"]
        self.fields["figure"].label = f"{indicator.name} since {since}"
        hint = f" You last sent: {last.told}, through {format_date(last.through_on)}." if last else ""
        hint += (
            f" The period before, you said: {earlier.told}, through {format_date(earlier.through_on)}."
            if earlier
            else ""
        )
        self.fields["figure"].help_text = f"Counted in {indicator.unit}.{hint}"

    @property
    def is_filled(self) -> bool:
        """Return whether there is a figure, a direction or "no data" to send."""
        return self.cleaned_data["figure"] is not None or bool(self.cleaned_data["direction"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        ticked = data.get("districts") or []
        if ticked and data.get("figure") is None and "figure" not in self.errors:
            data["figure"] = Decimal(len(ticked))
        if data.get("figure") is not None and data.get("direction"):
            self.add_error("direction", "Give the figure, or only the direction, not both.")
        elif ticked and data.get("figure") is not None and len(ticked) != data["figure"]:
            self.add_error(
                "districts",
                f"You ticked {len(ticked)}, and the figure is {data['figure'].normalize():f}. Put one of them right.",
            )
        return data


NEEDS_CHANGE = "mend"
"""Choice beside verify and reject: the ministry must change something, so the update is to be returned."""


class LineReviewForm(ReviewForm):
    """Form to verify or reject one line of an update version, or to mark that it needs changes.

    A line that is verified or rejected without its own reason takes the reason given for all lines.
    """

    lists: ClassVar[Mapping[str, type[ChoiceEnum]]] = {**ReviewForm.lists, NEEDS_CHANGE: ReturnReason}
    needs_reason = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision, because = (cast("forms.ChoiceField", self.fields[name]) for name in ("decision", "because"))
        decision.choices = [
            (EvidenceDecision.VERIFIED.value, "Verify"), (EvidenceDecision.REJECTED.value, "Reject"),
            (NEEDS_CHANGE, "Needs mending"),
        ]  # fmt: skip
        because.choices = reason_choices(
            ("To verify", VerificationReason), ("To reject", RejectionReason), ("To have it mended", ReturnReason)
        )
        because.help_text = "Here, or once for all of it below."
        del self.fields["seen"]

    @property
    def needs_change(self) -> bool:
        """Return whether the line is marked as needing changes, so that its reason is part of the return."""
        return bool(self.is_bound and raw_values(self)["decision"] == NEEDS_CHANGE)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("decision") == NEEDS_CHANGE and not data["reason"] and not {"because", "reason"} & set(self.errors):
            self.add_error("reason", "Say what is to be mended here: choose a sentence, or write one.")
        return data

    def refuse_acceptance(self) -> None:
        """Add an error: an update with a line that needs changes can't be accepted, only returned."""
        self.add_error(
            "decision",
            "It is marked as needing mending, so the update can’t be accepted. Return it, or verify or reject this.",
        )


class AcceptForm(TrackerForm):
    """Form to accept an update version, with one reason for all lines.

    The cleaned `reason` is the full reason: the sentence chosen from the list, and the officer's own words.
    """

    because = forms.ChoiceField(
        label="Reason for all that is verified",
        required=False,
        choices=reason_choices(("To verify", VerificationReason)),
    )
    reason = LongTextField(
        label="Reason for all of it",
        required=False,
        help_text="Needed unless every line has a reason of its own, and wherever the commitment is claimed done: the "
        "sentence above, your own words, or both.",
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["own_words"] = data.get("reason", "")
        data["reason"] = decision_reasons.combine_reason(data.get("because", ""), data["own_words"])
        return data

    def check_reasons(self, lines: Sequence[LineReviewForm]) -> bool:
        """Return whether every line has a reason, its own or the one for all lines. Mark the lines without one.

        The standard sentence is a reason to verify, so it is no reason for a rejected line.
        """
        data = self.cleaned_data
        without_reason = [
            line
            for line in lines
            if not line.cleaned_data.get("reason")
            and not (
                data["own_words"] if line.cleaned_data["decision"] == EvidenceDecision.REJECTED else data["reason"]
            )
        ]
        for line in without_reason:
            line.add_error("reason", "Say in a sentence why, here or once for all of it below.")
        return not without_reason


class ReturnForm(TrackerForm):
    """Form to return an update version, with what the ministry has to change.

    The cleaned `reason` is the full reason: the sentence chosen from the list, and the officer's own words. It may be
    empty if lines marked as needing changes give the reasons.
    """

    because = forms.ChoiceField(label="Why it goes back", required=False, choices=reason_choices(("", ReturnReason)))
    reason = LongTextField(
        label="What is missing",
        required=False,
        rows=3,
        help_text="The ministry reads these sentences. Say what to send so that it can be accepted.",
    )

    def __init__(self, *args: Any, has_lines: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_lines = has_lines

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["reason"] = decision_reasons.combine_reason(data.get("because", ""), data.get("reason", ""))
        if not data["reason"] and not self.has_lines and not self.errors:
            self.add_error(
                "reason", "Say what is missing: choose a sentence, write one, or mark a line above as needing mending."
            )
        return data
