"""What is typed about a dialogue: when, where, who came, what was said and agreed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dialogues.forms.fields import DatedForm, PastDayField, RowField, RowsField, SeenField, offer
from dialogues.models import Presence
from recommendations.models import Recommendation
from tiptracker import texts
from tiptracker.accounts.models import Ministry
from tiptracker.frontend.forms import Narrative, PlainForm


class DialogueForm(DatedForm):
    """One meeting. `version` says from which state the form was filled."""

    held_on = PastDayField(label="Date")
    place = forms.CharField(max_length=200)
    purpose = forms.CharField(
        max_length=300, help_text="In one line, such as “Bilateral dialogue on trafficking in persons”."
    )
    agenda = RowsField(label="On the agenda", required=False)
    record = forms.CharField(
        max_length=texts.NARRATIVE,
        label="What was said",
        required=False,
        widget=Narrative(attrs={"rows": 8}),
        help_text="Internal to the embassy. A ministry sees the date, the place and its own commitments.",
    )
    agreed = forms.CharField(
        max_length=texts.NARRATIVE,
        label="What was agreed",
        required=False,
        widget=Narrative(attrs={"rows": 3}),
        help_text="In words. Each promise is recorded as a commitment of its own, on the next page.",
    )
    version = SeenField()

    def __init__(self, *args: Any, recommendations: Sequence[Recommendation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "agenda", recommendations)


class ParticipantRow(PlainForm):
    """Somebody who took part, for an office; an empty line says nothing."""

    name = forms.CharField(required=False, max_length=200)
    office = forms.CharField(required=False, max_length=200)
    ministry = RowField(required=False)
    presence = forms.ChoiceField(
        label="How", required=False, choices=Presence.choices(), initial=Presence.IN_PERSON.value
    )

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "ministry", ministries, empty="None", choices=[(str(m.pk), m.short_name) for m in ministries])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if (said.get("name") or said.get("ministry")) and not said.get("office") and "office" not in self.errors:
            self.add_error("office", "Say for which office, such as “Minister of Home Affairs”.")
        return said


ParticipantRows = forms.formset_factory(ParticipantRow, extra=3, max_num=60, absolute_max=70)
