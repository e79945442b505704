"""The form to choose which recommendation of the year before each one repeats."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator

from recommendations.choices import Origin
from recommendations.models import Recommendation
from recommendations.rollover.proposals import RepeatProposal
from tiptracker import text_rules
from tiptracker.localization import gettext, join_with_colon
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import TrackerForm


class RepeatsForm(TrackerForm):
    """One field for each recommendation, with a proposal. `seen` is the fingerprint of the rows shown."""

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
        is_recorded = any(row.repeats_id for row in new)  # otherwise the proposals are the initial values
        for row in new:
            name = f"repeats_{row.pk}"
            self.fields[name] = RowField(
                required=False,
                label=_field_label(row),
                help_text=_similarity_hint(proposed[row.pk], named),
                initial=row.repeats_id if is_recorded else proposed[row.pk].chosen,
            )
            choices: Any = [
                (str(recommendation.pk), _choice_label(recommendation, named[recommendation.pk]))
                for recommendation in old
            ]
            set_row_choices(self, name, old, empty=gettext("None: it is new this year"), choices=choices)

    def repeats(self) -> dict[int, int | None]:
        """Return, by the key of each recommendation, the key of the one that it repeats."""
        return {
            int(name.removeprefix("repeats_")): row.pk if row else None
            for name, row in self.cleaned_data.items()
            if name.startswith("repeats_")
        }


def format_list_number(row: Recommendation) -> str:
    """Return a recommendation's place in its list, such as "Number 3" or "Action plan 2"."""
    sentence = gettext("Number %(number)d") if row.origin == Origin.REPORT else gettext("Action plan %(number)d")
    return sentence % {"number": row.number}


def _field_label(row: Recommendation) -> str:
    sentence = (
        gettext("Number %(number)d repeats")
        if row.origin == Origin.REPORT
        else gettext("Number %(number)d of the action plan repeats")
    )
    return sentence % {"number": row.number}


def _choice_label(row: Recommendation, name: str) -> str:
    return join_with_colon(name, Truncator(row.text).chars(110))


def _similarity_hint(proposal: RepeatProposal, named: Mapping[int, str]) -> str:
    if not proposal.candidates:
        return gettext("No recommendation of the year before is similar.")
    names = ", ".join(named[candidate.old] for candidate in proposal.candidates)
    return gettext("Most similar, in this order: %(names)s.") % {"names": names}
