"""Forms to sign a language off and to switch it off."""

from django import forms

from tiptracker.languages.models import REASON_LENGTH, SPEAKER_LENGTH
from tiptracker.localization import gettext_lazy
from tiptracker.web.frontend.forms import TrackerForm


class SignOffForm(TrackerForm):
    """Who reviewed the language (`speaker`), and what they are (`speaker_office`)."""

    speaker = forms.CharField(label=gettext_lazy("Speaker who reviewed the language"), max_length=SPEAKER_LENGTH)
    speaker_office = forms.CharField(
        label=gettext_lazy("Position of the speaker"),
        max_length=SPEAKER_LENGTH,
        help_text=gettext_lazy("For example interpreter of the embassy."),
    )


class SwitchOffForm(TrackerForm):
    """Why people may no longer use the language (`reason`)."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)
