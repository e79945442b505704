"""What is typed about a benchmark: the embassy's verdict."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.formats import date_format

from dialogues.forms.fields import RowsField, SeenField, offer
from dialogues.models import Evidence
from dialogues.words import Verdict
from tiptracker.frontend.forms import PlainForm


class AssessForm(PlainForm):
    """A verdict, its reason, its section of the law, and the evidence it rests on."""

    verdict = forms.ChoiceField(widget=forms.RadioSelect, choices=Verdict.choices())
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two that somebody in Washington can follow.",
    )
    law = forms.CharField(label="Section of the law", max_length=100, help_text="Such as 22 U.S.C. 7106(b)(2).")
    evidence = RowsField(
        label="Evidence it rests on",
        required=False,
        help_text="The verdict holds from the last day of this evidence; without any, from today.",
    )
    seen = SeenField()

    def __init__(self, *args: Any, evidence: Sequence[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read = [(str(e.pk), f"{e.title} ({date_format(e.happened_to, 'j M Y')})") for e in evidence]
        offer(self, "evidence", evidence, choices=[*read])
        if not evidence:
            del self.fields["evidence"]
