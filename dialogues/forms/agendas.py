"""Forms for the agenda of a dialogue: its items in order, what to ask on each, and items to add."""

from collections.abc import Collection
from typing import Any, cast

from django import forms

from dialogues.forms.fields import LastSeenField
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import Choices
from tiptracker.web.frontend.forms import ChangeForm, LongTextField, TrackerForm

TOPIC_CHOICE = "topic"
"""Value of `about` for an agenda item that is a free topic and refers to no row of the record."""


class AgendaItemRow(TrackerForm):
    """One agenda item: a row of the record or a free topic, and what to ask.

    `about` names the row, such as "commitment-5", or is "topic".
    """

    about = forms.CharField(max_length=40, widget=forms.HiddenInput)
    topic = forms.CharField(required=False, max_length=300, label=gettext_lazy("Topic"))
    note = LongTextField(required=False, label=gettext_lazy("What to ask"))

    def __init__(self, *args: Any, offered: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        about = data.get("about")
        if about == TOPIC_CHOICE:
            if data.get("note") and not data.get("topic") and "topic" not in self.errors:
                self.add_error("topic", gettext("Name the topic, or remove the item."))
        elif about not in self.offered:
            self.add_error("note", gettext("This item no longer exists, or you may not see it. Remove it."))
        return data


type AgendaItemFormSet = forms.BaseFormSet[AgendaItemRow]
AgendaItemRows = forms.formset_factory(AgendaItemRow, extra=0, max_num=100, absolute_max=120)


class AgendaForm(ChangeForm):
    """Form to add items to the agenda: suggestions to tick, and one other item of the record."""

    proposed = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Suggested items")
    )
    other = forms.ChoiceField(required=False, label=gettext_lazy("Another recommendation or commitment"))
    version = LastSeenField()

    def __init__(self, *args: Any, proposals: Choices, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["proposed"]).choices = proposals
        cast("forms.ChoiceField", self.fields["other"]).choices = [("", gettext("None")), *others]
