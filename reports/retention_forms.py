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


class RetentionReasonForm(TrackerForm):
    """Form for the reason of a hold, of its release, or of declining a disposal."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        required=False,
        rows=3,
        help_text=gettext_lazy("The reason stays in the record. Example: “A court asked for the record of this year”."),
    )
