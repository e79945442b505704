"""What narrows the register of evidence; the fields are the words of its address."""

from typing import Any, cast

from django import forms

from dialogues.choices import DoneBy, EvidenceKind, Review
from dialogues.forms.fields import ListFilter
from tiptracker.choices import Word
from tiptracker.web.frontend.forms import DayField
from tiptracker.web.frontend.rows import Choices

ANY = ("", "Any")


class Sort(Word):
    """In which order pieces of evidence stand."""

    HAPPENED = "happened", "Newest in the world first"
    RECEIVED = "received", "Newest received first"
    TITLE = "title", "By title"


UNREVIEWED = ("unreviewed", "Not reviewed")


class RegisterFilter(ListFilter):
    """Words, kind, who did it, benchmark, the embassy's word, days."""

    few = frozenset({"q", "benchmark", "word"})
    span = ("since", "until")

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
        cast("forms.ChoiceField", self.fields["benchmark"]).choices = [ANY, *benchmarks]
