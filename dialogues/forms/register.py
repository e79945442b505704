"""What narrows the register of evidence; the fields are the words of its address."""

from typing import Any, cast

from django import forms

from dialogues.forms.fields import Choices, DayField
from dialogues.words import DoneBy, EvidenceKind, Review
from tiptracker.words import Word

ANY = ("", "Any")


class Sort(Word):
    """In which order pieces of evidence stand."""

    HAPPENED = "happened", "Newest in the world first"
    RECEIVED = "received", "Newest received first"
    TITLE = "title", "By title"


UNREVIEWED = ("unreviewed", "Not reviewed")


class RegisterFilter(forms.Form):
    """Words, kind, who did it, benchmark, the embassy's word, days."""

    q = forms.CharField(label="Words", required=False, max_length=200)
    kind = forms.ChoiceField(required=False, choices=[ANY, *EvidenceKind.choices()])
    done_by = forms.ChoiceField(label="Who did it", required=False, choices=[("", "Anyone"), *DoneBy.choices()])
    benchmark = forms.ChoiceField(required=False)
    word = forms.ChoiceField(label="The embassy’s word", required=False, choices=[ANY, UNREVIEWED, *Review.choices()])
    since = DayField(label="Happened since", required=False)
    until = DayField(label="Happened by", required=False)
    sort = forms.ChoiceField(label="Order", required=False, choices=Sort.choices())

    def __init__(self, *args: Any, benchmarks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = (
                "There is no such choice, so it narrows nothing. Choose from the list."
            )
        cast("forms.ChoiceField", self.fields["benchmark"]).choices = [ANY, *benchmarks]

    @property
    def is_narrowing(self) -> bool:
        """Whether anything but the order was asked for."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")
