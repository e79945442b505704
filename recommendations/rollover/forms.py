"""Which recommendation of the year before each of an edition repeats."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.choices import Origin
from recommendations.models import Recommendation
from recommendations.rollover.proposals import RepeatProposal
from tiptracker import text_rules
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import TrackerForm


class RepeatsForm(TrackerForm):
    """A field a recommendation, with what is proposed; `seen` tells what stood when it was filled."""

    seen = forms.CharField(max_length=text_rules.DAY_MAX_LENGTH, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        old: Sequence[Recommendation],
        new: Sequence[Recommendation],
        proposed: Mapping[int, RepeatProposal],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = {row.pk: format_list_number(row) for row in old}
        for row in new:
            name = f"repeats_{row.pk}"
            self.fields[name] = RowField(
                required=False,
                label=f"{format_list_number(row).capitalize()} repeats",
                help_text=_similarity_hint(proposed[row.pk], named),
                initial=initial_repeated(row, new, proposed),
            )
            choices: Any = [(str(one.pk), _choice_label(one, named[one.pk])) for one in old]
            set_row_choices(self, name, old, empty="None: it is new this year", choices=choices)

    def repeats(self) -> dict[int, int | None]:
        """By the key of each recommendation, that of the one it repeats."""
        return {
            int(name.removeprefix("repeats_")): row.pk if row else None
            for name, row in self.cleaned_data.items()
            if name.startswith("repeats_")
        }


def initial_repeated(
    row: Recommendation, new: Sequence[Recommendation], proposed: Mapping[int, RepeatProposal]
) -> int | None:
    """What stands in its field before anything is chosen: what was said, or what is proposed where nothing was."""
    is_said = any(one.repeats_id for one in new)
    return row.repeats_id if is_said else proposed[row.pk].chosen


def format_list_number(row: Recommendation) -> str:
    """ "number 3", "action plan 2"."""
    return f"number {row.number}" if row.origin == Origin.REPORT else f"action plan {row.number}"


def _choice_label(row: Recommendation, name: str) -> str:
    return f"{name.capitalize()}: {Truncator(row.text).chars(110)}"


def _similarity_hint(proposal: RepeatProposal, named: Mapping[int, str]) -> str:
    if not proposal.candidates:
        return "Nothing of the year before is like it."
    return f"Most alike: {', then '.join(named[one.old] for one in proposal.candidates)}."
