"""Forms for updates: what a ministry sends, and how the embassy reviews it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms

from dialogues import decision_reasons
from dialogues.actions.proof_inputs import MissingProof
from dialogues.choices import PROGRESS_MEANINGS, ClaimedProgress, DoneBy, EvidenceDecision, UpdatePart
from dialogues.decision_reasons import RejectionReason, ReturnReason, VerificationReason
from dialogues.forms.evidence import ReviewForm, reason_choices
from dialogues.forms.fields import (
    DatedForm,
    DescribedRadioSelect,
    DirectionField,
    FilesField,
    PastDayField,
    check_figure,
    fill_end_date,
)
from dialogues.forms.figures import DistrictsField, GroupedFigureField, check_districts, offer_districts
from dialogues.models import AgreedProof, Reading
from recommendations.models import Indicator
from tiptracker import text_rules
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_date, format_number, gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import RowsField, raw_values, set_row_choices
from tiptracker.web.frontend.forms import DayField, LongTextField, NarrativeTextarea, TrackerForm


class UpdateForm(DatedForm):
    """Form for a ministry's update on one of its commitments. It has few fields, and none about scoring."""

    required_for_some = ("happened_from", "files", "through_on")

    claimed = forms.TypedChoiceField(
        coerce=ClaimedProgress,
        label=gettext_lazy("Progress"),
        widget=DescribedRadioSelect(PROGRESS_MEANINGS),
        choices=ClaimedProgress.choices(),
    )
    title = forms.CharField(
        label=gettext_lazy("Summary in one line"),
        max_length=200,
        help_text=gettext_lazy("Example: “Focal points named in six districts”."),
    )
    narrative = forms.CharField(
        max_length=text_rules.NARRATIVE_MAX_LENGTH,
        label=gettext_lazy("What was done"),
        widget=NarrativeTextarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Write what was done, where, by which office, with what result, and what comes next."),
    )
    happened_from = PastDayField(
        label=gettext_lazy("Start date"),
        required=False,
        help_text=gettext_lazy(
            "The first day of what you report. If you do not know it, enter only the end date. Then the update cannot "
            "count until you send the start date."
        ),
    )
    happened_to = PastDayField(
        label=gettext_lazy("End date"),
        required=False,
        help_text=gettext_lazy(
            "Not needed if all was done on the start date. If the work continues, enter the last day so far."
        ),
    )
    done_by = forms.TypedChoiceField(
        coerce=DoneBy,
        label=gettext_lazy("Who did it"),
        widget=forms.RadioSelect,
        choices=[
            (DoneBy.GOVERNMENT.value, gettext_lazy("The government alone")),
            (DoneBy.JOINT.value, gettext_lazy("The government together with others")),
        ],
        error_messages={
            "required": gettext_lazy("Choose who did it: the government alone, or others together with it.")
        },
    )
    files = FilesField(  # type: ignore[assignment]  # a field, not Form.files
        label=gettext_lazy("Proof: files"),
        help_text=gettext_lazy(
            "Attach what proves it, such as a letter, a report, a list without names or a photograph. If you have no "
            "proof yet, you can send the update now. We may then ask you for it."
        ),
    )
    through_on = PastDayField(
        label=gettext_lazy("End date of the figures"),
        required=False,
        help_text=gettext_lazy("The last day that the figures cover. You need it only if you enter a figure."),
    )
    proofs = RowsField(
        label=gettext_lazy("Agreed proof that you send with this update"),
        required=False,
        help_text=gettext_lazy("Tick what your files contain. Leave the rest for a later update."),
    )

    def __init__(self, *args: Any, asks_figures: bool, proofs: Sequence[AgreedProof] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_figures:
            self.fields["through_on"].initial = kwargs["today"]
        else:
            del self.fields["through_on"]
        if len(proofs) > 1:
            set_row_choices(self, "proofs", proofs)
        else:
            del self.fields["proofs"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        fill_end_date(self)
        first, last = data.get("happened_from"), data.get("happened_to")
        if first and last and first > last:
            self.add_error(
                "happened_from", gettext("The start date is after the end date. Change one of the two dates.")
            )
        return data


class FigureForm(TrackerForm):
    """Form for one indicator's figure since the start of the tracking period.

    The ministry gives a figure, only a direction, "no data", or nothing. If it ticks districts and gives no figure, the
    number of districts is the figure. `changes` is what the embassy asks to change in it. A total below the ministry's
    last one is asked about once, because many enter what is new, unless the form `corrects` an update.
    """

    changes: Sequence[str] = ()
    figure = GroupedFigureField()
    direction = DirectionField(
        label=gettext_lazy("If you have no figure: compared with the year before"), empty=gettext_lazy("No answer")
    )

    districts = DistrictsField()
    is_lower = forms.BooleanField(label=gettext_lazy("The lower figure is right"), required=False)

    def __init__(
        self,
        *args: Any,
        indicator: Indicator,
        since: str,
        last: Reading | None = None,
        earlier: Reading | None = None,
        districts: Sequence[str] = (),
        corrects: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs["prefix"] = f"indicator-{indicator.pk}"
        super().__init__(*args, **kwargs)
        self.indicator, self.last = indicator, None if corrects else last
        offer_districts(self, districts if indicator.counts_districts else [])
        self.fields["figure"].label = gettext("%(indicator)s since %(date)s") % {
            "indicator": indicator.name,
            "date": since,
        }
        hints = [
            gettext("Unit: %(unit)s. Enter the total since %(date)s, not only what is new.")
            % {"unit": indicator.unit, "date": since}
        ]
        if last:
            sentence = gettext("Your last figure: %(figure)s, up to %(date)s.")
            hints.append(sentence % {"figure": last.display_value, "date": format_date(last.through_on)})
        if earlier:
            sentence = gettext("Figure of the period before: %(figure)s, up to %(date)s.")
            hints.append(sentence % {"figure": earlier.display_value, "date": format_date(earlier.through_on)})
        hints.append(indicator.includes_sentence)
        self.fields["figure"].help_text = " ".join(filter(None, hints))

    @property
    def is_filled(self) -> bool:
        """Return whether there is a figure, a direction or "no data" to send."""
        return self.cleaned_data["figure"] is not None or bool(self.cleaned_data["direction"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        check_districts(self)
        check_figure(self, is_required=False)
        self._ask_about_lower_total()
        return data

    def _ask_about_lower_total(self) -> None:
        figure, last = self.cleaned_data.get("figure"), self.last
        if self.cleaned_data.get("is_lower") or figure is None or last is None or last.figure is None:
            return
        if figure < last.figure:
            sentence = gettext(
                "Your last total was %(last)s, up to %(date)s, so %(figure)s is less. Enter the whole total, with what "
                "you reported before. If the lower figure is right, tick this box."
            )
            values = {"last": format_number(last.figure), "figure": format_number(figure)}
            values["date"] = format_date(last.through_on)
            self.add_error("is_lower", forms.ValidationError(sentence % values, code="lower_total"))


def check_end_of_figures(form: TrackerForm, figures: Sequence[FigureForm]) -> bool:
    """Refuse figures without the last day that they cover. Return whether all these forms are valid.

    It is a check of the forms together, because each figure has a form of its own.
    """
    is_valid = all([form.is_valid(), *(figure.is_valid() for figure in figures)])
    is_given = any(figure.is_valid() and figure.is_filled for figure in figures)
    if is_given and "through_on" not in form.errors and form.cleaned_data.get("through_on") is None:
        form.add_error("through_on", gettext("Enter the last day that the figures cover."))
        return False
    return is_valid


NEEDS_CHANGE = "change"
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
            (EvidenceDecision.VERIFIED.value, gettext("Verify")),
            (EvidenceDecision.REJECTED.value, gettext("Reject")),
            (NEEDS_CHANGE, gettext("Needs a change")),
        ]
        because.choices = reason_choices(
            (gettext("To verify"), VerificationReason),
            (gettext("To reject"), RejectionReason),
            (gettext("To return"), ReturnReason),
        )
        because.help_text = gettext(
            "Give a reason here, or one reason for all items below. An item that needs a change has its own reason."
        )
        del self.fields["seen"]

    @property
    def needs_change(self) -> bool:
        """Return whether the line is marked as needing changes, so that its reason is part of the return."""
        return bool(self.is_bound and raw_values(self)["decision"] == NEEDS_CHANGE)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("decision") == NEEDS_CHANGE and not data["reason"] and not {"because", "reason"} & set(self.errors):
            self.add_error(
                "reason", gettext("Say what the ministry has to change: choose a sentence, or write your own.")
            )
        return data

    def refuse_acceptance(self) -> None:
        """Add an error: an update with a line that needs changes can't be accepted, only returned."""
        self.add_error(
            "decision",
            gettext(
                "You marked this item “Needs a change”, so you cannot accept the update. Return the update, or verify "
                "or reject the item."
            ),
        )


class VerifySeveralForm(TrackerForm):
    """Form to choose the items of an update to verify together, and a reason for them."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Items that only ask to be verified"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one item.")},
    )
    because = forms.ChoiceField(
        label=gettext_lazy("Reason for the ticked items"),
        required=False,
        choices=[("", gettext_lazy("Choose a sentence")), *VerificationReason.choices()],
        help_text=gettext_lazy("Leave this empty to give a reason for each item, or one for all items below."),
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, prefix="several", **kwargs)
        cast("forms.MultipleChoiceField", self.fields["items"]).choices = [*offered]


class AcceptForm(TrackerForm):
    """Form to accept an update version, with one reason for all lines.

    The cleaned `reason` is the full reason: the sentence chosen from the list, and the officer's own words. These are
    needed if `lacks_proof`: the commitment would be verified as done without the agreed proof.
    """

    because = forms.ChoiceField(
        label=gettext_lazy("Reason for all verified items"),
        required=False,
        choices=reason_choices(("", VerificationReason)),
    )
    reason = LongTextField(
        label=gettext_lazy("Reason for all items, in your own words"),
        required=False,
        help_text=gettext_lazy(
            "A reason is needed if an item has none of its own, or if the ministry says that a commitment is done."
        ),
    )

    def __init__(self, *args: Any, lacks_proof: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, prefix="accept", **kwargs)
        self.lacks_proof = lacks_proof
        if lacks_proof:
            self.fields["reason"].help_text = gettext(
                "The agreed proof has not come. Say why the evidence is enough without it. A sentence from the list "
                "alone is not enough."
            )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["own_words"] = data.get("reason", "")
        data["reason"] = decision_reasons.combine_reason(data.get("because", ""), data["own_words"])
        if self.lacks_proof and not data["own_words"].strip() and "reason" not in self.errors:
            sentence = gettext(
                "The agreed proof has not come. Say in your own words why the evidence is enough without it, or return "
                "the update."
            )
            self.add_error("reason", forms.ValidationError(sentence, code="accepted_without_proof"))
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
            line.add_error("reason", gettext("Write a reason in one sentence, here or once for all items below."))
        return not without_reason


class ReturnForm(TrackerForm):
    """Form to return an update version, with what the ministry has to change.

    The cleaned `reason` is the full reason: the sentence chosen from the list, and the officer's own words. It may be
    empty if lines marked as needing changes give the reasons, or if agreed proof is missing.
    """

    because = forms.ChoiceField(
        label=gettext_lazy("Reason for returning it"), required=False, choices=reason_choices(("", ReturnReason))
    )
    reason = LongTextField(
        label=gettext_lazy("What to change"),
        required=False,
        rows=3,
        help_text=gettext_lazy("The ministry reads this. Write what to send so that you can accept the update."),
    )
    parts = forms.TypedMultipleChoiceField(
        coerce=UpdatePart,
        label=gettext_lazy("Parts of the update that this is about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=UpdatePart.choices(),
        help_text=gettext_lazy("The ministry sees your words beside each part that you tick."),
    )
    missing = RowsField(
        label=gettext_lazy("Agreed proof that is missing"),
        required=False,
        help_text=gettext_lazy("We add a sentence to the reason that names what you tick, and the day below."),
    )
    send_by = DayField(
        label=gettext_lazy("Send the missing proof by"),
        required=False,
        help_text=gettext_lazy("The due date of the commitment does not change."),
    )

    def __init__(
        self,
        *args: Any,
        has_lines: bool = False,
        is_answer: bool = False,
        proofs: Sequence[AgreedProof] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.has_lines = has_lines
        if proofs:
            set_row_choices(self, "missing", proofs)
        else:
            del self.fields["missing"], self.fields["send_by"]
        if is_answer:  # its form has no dates, and a line that is to change is marked by itself
            parts = cast("forms.ChoiceField", self.fields["parts"])
            parts.choices = [
                (UpdatePart.FILES.value, gettext("Documents")),
                (UpdatePart.NARRATIVE.value, gettext("What else the ministry said")),
            ]
            parts.label = gettext("Parts of the answer that this is about")
            self.fields["reason"].help_text = gettext(
                "The ministry reads this. Write what to send so that you can accept the answer."
            )

    @property
    def missing_proof(self) -> MissingProof | None:
        """The agreed proof that is missing, and by when to send it; None if nothing is ticked in the valid form."""
        data = self.cleaned_data
        return MissingProof(data["missing"], data["send_by"]) if data.get("missing") else None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["reason"] = decision_reasons.combine_reason(data.get("because", ""), data.get("reason", ""))
        missing, send_by = data.get("missing"), data.get("send_by")
        if missing and not send_by and "send_by" not in self.errors:
            self.add_error("send_by", gettext("Enter the day by which the ministry has to send the missing proof."))
        if send_by and not missing:
            self.add_error("missing", gettext("Tick the agreed proof that is missing, or leave the day below empty."))
        is_needed = not (self.has_lines or missing) or data.get("parts")
        if not data["reason"] and is_needed and not self.errors:
            self.add_error(
                "reason",
                gettext(
                    "Say what to change: choose a sentence, write your own, or mark an item above as “Needs a change”."
                ),
            )
        return data


class WithdrawUpdateForm(TrackerForm):
    """Form of a ministry to withdraw an update that waits, with the reason if it gives one."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy("The embassy reads this. Example: “We attached the wrong list.”"),
    )
