"""Filters of the register of evidence. Field names are query parameters."""

from typing import Any, cast

from django import forms

from dialogues.choices import (
    DECISIONS_ENDING_CLAIMS,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    ReviewState,
    SupportKind,
    UpdateDecision,
)
from dialogues.forms.fields import ListFilterForm
from recommendations.choices import INDICIA_SUMMARIES
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_lazy, gettext_noop, join_with_colon
from tiptracker.web.frontend.form_rows import Choices
from tiptracker.web.frontend.forms import DayField

ANY_CHOICE = ("", gettext_lazy("Any"))


class EvidenceOrder(ChoiceEnum):
    """Sort orders of the register of evidence."""

    HAPPENED = "happened", gettext_noop("Newest event first")
    RECEIVED = "received", gettext_noop("Newest received first")
    TITLE = "title", gettext_noop("Title, A to Z")


BY_GOVERNMENT_CHOICE = ("by_government", gettext_lazy("The government, alone or with others"))
UNREVIEWED_CHOICE = ("unreviewed", dict(ReviewState.choices())[ReviewState.CLAIMED.value])
ENDED_CHOICES = [choice for choice in UpdateDecision.choices() if choice[0] in DECISIONS_ENDING_CLAIMS]


class EvidenceFilterForm(ListFilterForm):
    """Filter evidence by words, kind, who did it, benchmark, indicium, partner, what it shows, review and dates."""

    few = frozenset({"q", "benchmark", "word"})
    span = ("since", "until")
    varying = frozenset({"benchmark", "partner"})

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Type of evidence"), required=False, choices=[ANY_CHOICE, *EvidenceKind.choices()]
    )
    done_by = forms.ChoiceField(
        label=gettext_lazy("Who did it"),
        required=False,
        choices=[("", gettext_lazy("Anyone")), BY_GOVERNMENT_CHOICE, *DoneBy.choices()],
    )
    benchmark = forms.ChoiceField(label=gettext_lazy("Benchmark"), required=False)
    indicium = forms.ChoiceField(label=gettext_lazy("Indicium"), required=False)
    partner = forms.ChoiceField(label=gettext_lazy("Partner"), required=False)
    shows = forms.ChoiceField(
        label=gettext_lazy("What it shows"), required=False, choices=[ANY_CHOICE, *SupportKind.choices()]
    )
    word = forms.ChoiceField(
        label=gettext_lazy("Embassy’s review"),
        required=False,
        choices=[ANY_CHOICE, UNREVIEWED_CHOICE, *EvidenceDecision.choices(), *ENDED_CHOICES],
    )
    since = DayField(label=gettext_lazy("Happened from"), required=False)
    until = DayField(label=gettext_lazy("Happened until"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=EvidenceOrder.choices())

    def __init__(self, *args: Any, benchmarks: Choices, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["benchmark"]).choices = [ANY_CHOICE, *benchmarks]
        cast("forms.ChoiceField", self.fields["partner"]).choices = [ANY_CHOICE, *partners]
        cast("forms.ChoiceField", self.fields["indicium"]).choices = [
            ANY_CHOICE,
            *(
                (str(number), join_with_colon(number, gettext(summary)))
                for number, summary in INDICIA_SUMMARIES.items()
            ),
        ]
