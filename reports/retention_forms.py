"""Forms for retention schedules, for holds, and for the decision on a disposal."""

from django import forms

from tiptracker.localization import gettext_lazy
from tiptracker.web.frontend.forms import LongTextField, TrackerForm


class RetentionScheduleForm(TrackerForm):
    """Form for how long editions are kept, and under which authority."""

    years = forms.IntegerField(
        label=gettext_lazy("Years to keep an edition"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Counted from the end of its tracking period."),
    )
    authority = forms.CharField(
        label=gettext_lazy("Number of the disposition authority"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "The number under which your records authority approved the schedule. Ask your records officer. Leave it "
            "empty until you have it: nothing is disposed of without it."
        ),
    )


class HoldForm(TrackerForm):
    """Form to place a hold on an edition."""

    reason = LongTextField(
        label=gettext_lazy("Reason for the hold"),
        rows=3,
        help_text=gettext_lazy("The reason stays in the record. Example: “A court asked for the record of this year”."),
    )


class HoldReleaseForm(TrackerForm):
    """Form to release a hold."""

    reason = LongTextField(
        label=gettext_lazy("Reason for the release"),
        rows=3,
        help_text=gettext_lazy("The reason stays in the record. Example: “The case is closed”."),
    )


class DisposalProposalForm(TrackerForm):
    """Form to propose a disposal. Its button says everything."""


class DisposalApprovalForm(TrackerForm):
    """Form to approve a disposal, which nobody can undo."""

    is_understood = forms.BooleanField(
        label=gettext_lazy("I understand that nobody can bring these texts and files back"),
        error_messages={"required": gettext_lazy("Tick this if you want to dispose of the edition for good.")},
    )


class DisposalDeclineForm(TrackerForm):
    """Form to decline a disposal."""

    reason = LongTextField(
        label=gettext_lazy("Reason for declining"),
        rows=3,
        help_text=gettext_lazy("The reason stays in the record. Example: “A study needs the record of this year”."),
    )
