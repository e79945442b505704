"""Which recommendation of the year before each of an edition repeats."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.choices import Origin
from recommendations.models import Recommendation
from recommendations.rollover.proposals import Proposal
from tiptracker import text_rules
from tiptracker.web.frontend.forms import PlainForm
from tiptracker.web.frontend.rows import RowField, offer


class RepeatsForm(PlainForm):
    """A field a recommendation, with what is proposed; `seen` tells what stood when it was filled."""

    seen = forms.CharField(max_length=text_rules.DAY, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        old: Sequence[Recommendation],
        new: Sequence[Recommendation],
        proposed: Mapping[int, Proposal],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = {row.pk: named_in_list(row) for row in old}
        for row in new:
            name = f"repeats_{row.pk}"
            self.fields[name] = RowField(
                required=False,
                label=f"{named_in_list(row).capitalize()} repeats",
                help_text=_alike(proposed[row.pk], named),
                initial=repeated_at_first(row, new, proposed),
            )
            choices: Any = [(str(one.pk), _in_short(one, named[one.pk])) for one in old]
            offer(self, name, old, empty="None: it is new this year", choices=choices)

    def repeats(self) -> dict[int, int | None]:
        """By the key of each recommendation, that of the one it repeats."""
        return {
            int(name.removeprefix("repeats_")): row.pk if row else None
            for name, row in self.cleaned_data.items()
            if name.startswith("repeats_")
        }


def repeated_at_first(
    row: Recommendation, new: Sequence[Recommendation], proposed: Mapping[int, Proposal]
) -> int | None:
    """What stands in its field before anything is chosen: what was said, or what is proposed where nothing was."""
    is_said = any(one.repeats_id for one in new)
    return row.repeats_id if is_said else proposed[row.pk].chosen


def named_in_list(row: Recommendation) -> str:
    """ "number 3", "action plan 2"."""
    return f"number {row.number}" if row.origin == Origin.REPORT else f"action plan {row.number}"


def _in_short(row: Recommendation, name: str) -> str:
    return f"{name.capitalize()}: {Truncator(row.text).chars(110)}"


def _alike(proposal: Proposal, named: Mapping[int, str]) -> str:
    if not proposal.candidates:
        return "Nothing of the year before is like it."
    return f"Most alike: {', then '.join(named[one.old] for one in proposal.candidates)}."
