"""Filters of the register of evidence. Field names are query parameters."""

from typing import Any, cast

from django import forms

from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind
from dialogues.forms.fields import ListFilterForm
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop
from tiptracker.web.frontend.form_rows import Choices
from tiptracker.web.frontend.forms import DayField

ANY_CHOICE = ("", "Any")


class EvidenceOrder(ChoiceEnum):
    """Sort orders of the register of evidence."""

    HAPPENED = "happened", gettext_noop("Newest in the world first")
    RECEIVED = "received", gettext_noop("Newest received first")
    TITLE = "title", gettext_noop("By title")


UNREVIEWED_CHOICE = ("unreviewed", "Not reviewed")


class EvidenceFilterForm(ListFilterForm):
    """Filter evidence by words, kind, who did it, benchmark, review and dates."""

    few = frozenset({"q", "benchmark", "word"})
    span = ("since", "until")

    q = forms.CharField(label="Words", required=False, max_length=200)
    kind = forms.ChoiceField(required=False, choices=[ANY_CHOICE, *EvidenceKind.choices()])
    done_by = forms.ChoiceField(label="Who did it", required=False, choices=[("", "Anyone"), *DoneBy.choices()])
    benchmark = forms.ChoiceField(required=False)
    word = forms.ChoiceField(
        label="The embassy’s word", required=False, choices=[ANY_CHOICE, UNREVIEWED_CHOICE, *EvidenceDecision.choices()]
    )
    since = DayField(label="Happened since", required=False)
    until = DayField(label="Happened by", required=False)
    sort = forms.ChoiceField(label="Order", required=False, choices=EvidenceOrder.choices())

    def __init__(self, *args: Any, benchmarks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["benchmark"]).choices = [ANY_CHOICE, *benchmarks]
