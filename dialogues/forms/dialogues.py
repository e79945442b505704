"""What is typed about a dialogue beforehand: when, where, what for, who is to come; or that it is called off."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dialogues.choices import Presence
from dialogues.forms.fields import LastSeenField
from tiptracker import text_rules
from tiptracker.accounts.models import Ministry
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm


class DialogueForm(TrackerForm):
    """One meeting, to come or held. `version` says from which state the form was filled."""

    held_on = DayField(label="Date", help_text="The day on which it is to be held, or was.")
    place = forms.CharField(max_length=200)
    purpose = forms.CharField(
        max_length=300, help_text="In one line, such as “Bilateral dialogue on trafficking in persons”."
    )
    version = LastSeenField()


class ParticipantRow(TrackerForm):
    """Somebody who takes part, for an office; an empty line says nothing. `key` is whom it changes."""

    office = forms.CharField(required=False, max_length=200)
    name = forms.CharField(required=False, max_length=200)
    ministry = RowField(required=False)
    presence = forms.ChoiceField(
        label="How", required=False, choices=Presence.choices(), initial=Presence.IN_PERSON.value
    )
    key = LastSeenField()

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(
            self, "ministry", ministries, empty="None", choices=[(str(m.pk), m.short_name) for m in ministries]
        )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if (said.get("name") or said.get("ministry")) and not said.get("office") and "office" not in self.errors:
            self.add_error("office", "Say for which office, such as “Minister of Home Affairs”.")
        return said


class _BaseParticipantRows(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs alone
    """Lines of which one at least names an office."""

    def clean(self) -> None:
        is_wrong = any(row.errors for row in self.forms)
        if self.forms and not is_wrong and not any(row.cleaned_data.get("office") for row in self.forms):
            sentence = "Say who is to come: at least one office, such as “Minister of Home Affairs”."
            self.forms[0].add_error("office", sentence)


ParticipantRows = forms.formset_factory(
    ParticipantRow, formset=_BaseParticipantRows, extra=3, max_num=60, absolute_max=70
)
OtherParticipantRows = forms.formset_factory(ParticipantRow, extra=1, max_num=60, absolute_max=70)
"""Who came besides those expected: lines that may all stay empty."""


class CallOffForm(TrackerForm):
    """That a planned dialogue does not take place."""

    reason = forms.CharField(
        max_length=text_rules.REASON_MAX_LENGTH,
        label="Why it does not take place",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who asked, and what they said. It stays in the record, internal to the embassy.",
    )
    version = LastSeenField()
