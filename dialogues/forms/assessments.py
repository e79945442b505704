"""What is typed about a benchmark: the embassy's verdict."""

from collections.abc import Container, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format

from dialogues.forms.fields import RowsField, SeenField, offer, typed
from dialogues.models import Evidence
from dialogues.words import Verdict
from tiptracker import texts
from tiptracker.frontend.forms import PlainForm
from tiptracker.rules import spelt


class AssessForm(PlainForm):
    """A verdict, its reason, its section of the law, and the evidence it rests on."""

    verdict = forms.ChoiceField(widget=forms.RadioSelect, choices=Verdict.choices())
    rationale = forms.CharField(
        max_length=texts.REASON,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two that somebody in Washington can follow.",
    )
    law = forms.CharField(label="Section of the law", max_length=100, help_text="Such as 22 U.S.C. 7106(b)(2).")
    evidence = RowsField(label="Evidence it rests on", required=False)
    seen = SeenField()

    def __init__(
        self, *args: Any, evidence: Sequence[Evidence], grounds: Container[int], today: date, **kwargs: Any
    ) -> None:
        """`grounds` are those of the evidence (keys) that an earlier verdict rests on already."""
        super().__init__(*args, **kwargs)
        if not evidence:
            del self.fields["evidence"]
            self.fields["verdict"].help_text = f"It will hold from today, {spelt(today)}."
            return
        offer(self, "evidence", evidence, choices=[(str(e.pk), _read(e, e.pk in grounds)) for e in evidence])
        hint = (
            "The verdict will hold from the last day of the evidence ticked; where none is ticked, from today, "
            f"{spelt(today)}."
        )
        ticked = set(typed(self)["evidence"] if self.is_bound else self.initial.get("evidence", ()))
        if days := [e.happened_to for e in evidence if str(e.pk) in ticked]:
            hint += f" As this page opened, that is from {spelt(max(days))}."
        self.fields["evidence"].help_text = hint


def _read(evidence: Evidence, is_ground: bool) -> str:
    """A piece of evidence as the list has it: what happened, its last day, and whether a verdict rests on it."""
    rested_on = ", under an earlier verdict" if is_ground else ""
    return f"{evidence.title} ({date_format(evidence.happened_to, 'j M Y')}{rested_on})"
