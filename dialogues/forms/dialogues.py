"""Forms to plan a dialogue (when, where, why, who takes part) and to call it off."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from dialogues.actions.dialogues import ParticipantInput
from dialogues.choices import Presence
from dialogues.forms.fields import DefaultChoiceField, LastSeenField
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayField, LongTextField, TrackerForm


class DialogueForm(ChangeForm):
    """Form for a dialogue, planned or held. `version` is the version that the form was filled from."""

    held_on = DayField(label=gettext_lazy("Date"), help_text=gettext_lazy("The day of the meeting, past or planned."))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=300,
        help_text=gettext_lazy("In one line, such as “Bilateral dialogue on trafficking in persons”."),
    )
    version = LastSeenField()


class ParticipantRow(TrackerForm):
    """A participant who represents an office. An empty row is ignored.

    `key` is the id of the participant that the row changes; empty for a new participant.
    """

    office = forms.CharField(label=gettext_lazy("Office"), required=False, max_length=200)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    ministry = RowField(label=gettext_lazy("Ministry"), required=False)
    presence = DefaultChoiceField(Presence.IN_PERSON, label=gettext_lazy("Attendance"))
    key = LastSeenField()

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(
            self,
            "ministry",
            ministries,
            empty=gettext("None"),
            choices=[(str(ministry.pk), ministry.short_name) for ministry in ministries],
        )

    @property
    def row_name(self) -> str:
        """The name of the row in a list of errors: "Participant 2"."""
        number = int((self.prefix or "").rpartition("-")[2]) + 1
        return gettext("Participant %(number)d") % {"number": number}

    @property
    def is_filled(self) -> bool:
        """Return whether the valid row names an office."""
        return bool(self.cleaned_data.get("office"))

    def participant(self, *, came: bool | None, key: int | None = None) -> ParticipantInput:
        """Return the row as input of the actions."""
        data = self.cleaned_data
        return ParticipantInput(data["name"], data["office"], data["presence"], data["ministry"], came=came, key=key)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if (data.get("name") or data.get("ministry")) and not data.get("office") and "office" not in self.errors:
            self.add_error(
                "office", gettext("Give the office of this participant, such as “Minister of Home Affairs”.")
            )
        return data


class ParticipantFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # generic only in the stubs
    """Rows of participants, of which at least one names an office."""

    def clean(self) -> None:
        is_wrong = any(row.errors for row in self.forms)
        if self.forms and not is_wrong and not any(row.cleaned_data.get("office") for row in self.forms):
            sentence = gettext("Name at least one office that takes part, such as “Minister of Home Affairs”.")
            self.forms[0].add_error("office", sentence)


ParticipantRows = cast(
    "type[ParticipantFormSet]",
    forms.formset_factory(ParticipantRow, formset=ParticipantFormSet, extra=3, max_num=60, absolute_max=70),
)
OtherParticipantRows = forms.formset_factory(ParticipantRow, extra=1, max_num=60, absolute_max=70)
"""Participants who came without being expected. All rows may stay empty."""


class CallOffForm(ChangeForm):
    """Form to call off a planned dialogue, with the reason."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("Say who asked, and why. Only the embassy sees the reason. It stays in the record."),
    )
    version = LastSeenField()
