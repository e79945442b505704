"""Forms to plan a dialogue (when, where, why, who takes part) and to call it off."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from dialogues.actions.dialogues import ParticipantInput
from dialogues.choices import Presence
from dialogues.forms.fields import DefaultChoiceField, LastSeenField
from tiptracker.accounts.models import Ministry
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import ChangeForm, DayField, LongTextField, TrackerForm


class DialogueForm(ChangeForm):
    """Form for a dialogue, planned or held. `version` is the version that the form was filled from."""

    held_on = DayField(label="Date", help_text="The day on which it is to be held, or was.")
    place = forms.CharField(max_length=200)
    purpose = forms.CharField(
        max_length=300, help_text="In one line, such as “Bilateral dialogue on trafficking in persons”."
    )
    version = LastSeenField()


class ParticipantRow(TrackerForm):
    """A participant who represents an office. An empty row is ignored.

    `key` is the id of the participant that the row changes; empty for a new participant.
    """

    office = forms.CharField(required=False, max_length=200)
    name = forms.CharField(required=False, max_length=200)
    ministry = RowField(required=False)
    presence = DefaultChoiceField(Presence.IN_PERSON, label="How")
    key = LastSeenField()

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(
            self, "ministry", ministries, empty="None", choices=[(str(m.pk), m.short_name) for m in ministries]
        )

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
            self.add_error("office", "Say for which office, such as “Minister of Home Affairs”.")
        return data


class ParticipantFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # generic only in the stubs
    """Rows of participants, of which at least one names an office."""

    def clean(self) -> None:
        is_wrong = any(row.errors for row in self.forms)
        if self.forms and not is_wrong and not any(row.cleaned_data.get("office") for row in self.forms):
            sentence = "Say who is to come: at least one office, such as “Minister of Home Affairs”."
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
        label="Why it does not take place",
        rows=3,
        help_text="Who asked, and what they said. It stays in the record, internal to the embassy.",
    )
    version = LastSeenField()
