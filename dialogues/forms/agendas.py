"""What is typed about an agenda: its items in their order, what to ask of each, and what else is put on it."""

from collections.abc import Collection
from typing import Any, cast

from django import forms

from dialogues.forms.fields import LastSeenField
from tiptracker import text_rules
from tiptracker.web.frontend.form_rows import Choices
from tiptracker.web.frontend.forms import TrackerForm

TOPIC_CHOICE = "topic"
"""What a line is about that names nothing of the record."""


class AgendaItemRow(TrackerForm):
    """One line: something of the record (`about` is "commitment-5"), or a topic in words; and what to ask."""

    about = forms.CharField(max_length=40, widget=forms.HiddenInput)
    topic = forms.CharField(required=False, max_length=300, label="Topic")
    note = forms.CharField(
        required=False,
        max_length=text_rules.REASON_MAX_LENGTH,
        label="What to ask",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, offered: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        about = said.get("about")
        if about == TOPIC_CHOICE:
            if said.get("note") and not said.get("topic") and "topic" not in self.errors:
                self.add_error("topic", "Say what the topic is, or leave the line out.")
        elif about not in self.offered:
            self.add_error("note", "What this line is about is not in the record that you see. Leave the line out.")
        return said


AgendaItemRows = forms.formset_factory(AgendaItemRow, extra=0, max_num=100, absolute_max=120)


class AgendaForm(TrackerForm):
    """What is put on the agenda besides: proposals that are ticked, and one thing more of the record."""

    proposed = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Proposed")
    other = forms.ChoiceField(required=False, label="Or something else of the record")
    version = LastSeenField()

    def __init__(self, *args: Any, proposals: Choices, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["proposed"]).choices = proposals
        cast("forms.ChoiceField", self.fields["other"]).choices = [("", "None"), *others]
