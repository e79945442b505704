"""The form of a person's choices about mails."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from tiptracker.choices import MINISTRY_ROLES
from tiptracker.localization import gettext, gettext_lazy, pgettext_lazy
from tiptracker.notifications.choices import KIND_RULES, Frequency, NoticeKind
from tiptracker.notifications.digest_times import DigestTimes
from tiptracker.notifications.kind_descriptions import describe_kind
from tiptracker.web.frontend.forms import TrackerForm

WEEKDAYS = (
    ("0", pgettext_lazy("choice", "Monday")),
    ("1", pgettext_lazy("choice", "Tuesday")),
    ("2", pgettext_lazy("choice", "Wednesday")),
    ("3", pgettext_lazy("choice", "Thursday")),
    ("4", pgettext_lazy("choice", "Friday")),
    ("5", pgettext_lazy("choice", "Saturday")),
    ("6", pgettext_lazy("choice", "Sunday")),
)


class NoticeSettingsForm(TrackerForm):
    """How often for each kind of notice, and when digests come."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Time of the mail"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        help_text=gettext_lazy("In the time zone of your country."),
    )
    weekly_on = forms.TypedChoiceField(label=gettext_lazy("Day of the weekly mail"), coerce=int, choices=WEEKDAYS)
    working_days = forms.MultipleChoiceField(
        label=gettext_lazy("Days on which you want mails"),
        help_text=gettext_lazy("On other days, mails once a day and once a week wait. Mails at once do not wait."),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
    )
    on_holidays = forms.BooleanField(label=gettext_lazy("Also on public holidays"), required=False)

    def __init__(
        self, *args: Any, frequencies: dict[NoticeKind, Frequency], times: DigestTimes, role: str, **kwargs: Any
    ) -> None:
        initial = {
            **times._asdict(),
            "working_days": list(times.working_days),
            **{kind.value: frequency for kind, frequency in frequencies.items()},
        }
        super().__init__(*args, initial=initial, **kwargs)
        own = {kind.value: self._frequency_field(kind, role) for kind in frequencies}
        self.fields = own | self.fields
        self.kinds = list(frequencies)

    def _frequency_field(self, kind: NoticeKind, role: str) -> forms.ChoiceField:
        hints = [describe_kind(kind, role)]
        if KIND_RULES[kind].is_required and role in MINISTRY_ROLES:
            hints.append(gettext("At least one person of your ministry gets this."))
        return forms.ChoiceField(label=kind.label, choices=Frequency.choices(), help_text=" ".join(hints))

    @property
    def frequency_fields(self) -> list[BoundField]:
        """The fields about what is sent, in the order of the kinds."""
        return [self[kind.value] for kind in self.kinds]

    @property
    def time_fields(self) -> list[BoundField]:
        """The fields about when digests come."""
        return [self[name] for name in self.base_fields]

    @property
    def frequencies(self) -> dict[NoticeKind, Frequency]:
        """How often for each kind, once the form is valid."""
        return {kind: Frequency(self.cleaned_data[kind.value]) for kind in self.kinds}

    @property
    def times(self) -> DigestTimes:
        """When digests come, once the form is valid."""
        data = self.cleaned_data
        return DigestTimes(data["hour"], "".join(sorted(data["working_days"])), data["weekly_on"], data["on_holidays"])
