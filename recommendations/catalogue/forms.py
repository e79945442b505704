"""The form to set up standard indicators: a row for each one that is not set up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from recommendations.catalogue.actions import StandardChoice
from recommendations.indicator_matching import CountedIndicator, IndicatorMatch, MatchKind, can_link
from recommendations.standard_indicators import StandardIndicator, propose_ministry
from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.numbers import parse_whole_number
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import TrackerForm


class StandardIndicatorRow(TrackerForm):
    """A standard indicator. Only a ticked row is validated and set up.

    If the country counts something that looks like it, the user says whether it is the same. The value of `existing` is
    then the key of the indicator, or "not-" and the key. Without a match, an empty value adds a new indicator.
    """

    wanted = forms.BooleanField(required=False)
    existing = forms.ChoiceField(required=False, label=gettext_lazy("Existing indicator"))
    ministry = RowField(required=False, label=gettext_lazy("Ministry that reports it"))

    def __init__(
        self,
        *args: Any,
        entry: StandardIndicator,
        match: IndicatorMatch | None,
        others: Iterable[CountedIndicator],
        ministries: Sequence[Ministry],
        is_ticked: bool = False,
        **kwargs: Any,
    ) -> None:
        """Set up the row.

        Args:
            entry: the standard indicator.
            match: what the country counts that looks like it.
            others: what else the country counts that could be it.
            ministries: the ministries of the country, to choose the one that reports the figure.
            is_ticked: whether the row is ticked when the page is opened, unless the user has to answer a question.
        """
        offered = [match.counted, *others] if match else others
        linkable = {str(row.pk): row.name for row in offered if can_link(entry, row)}
        self.can_be_linked = match is not None and str(match.counted.pk) in linkable
        self.is_same = self.can_be_linked and match is not None and match.kind is MatchKind.SAME
        initial = {
            "wanted": is_ticked and (match is None or self.is_same),
            "existing": str(match.counted.pk) if match and self.is_same else "",
            "ministry": propose_ministry(entry.reported_by, {row.pk: row.name for row in ministries}),
        }
        super().__init__(*args, prefix=entry.key, initial=initial, **kwargs)
        self.entry, self.match = entry, match
        self.fields["wanted"].label = gettext(entry.name)
        set_row_choices(self, "ministry", ministries, empty=gettext("Not set"))
        existing: Any = self.fields["existing"]
        existing.choices = _existing_choices(match, linkable)
        if existing.choices == [("", gettext("None: add a new one"))]:
            existing.widget = forms.HiddenInput()

    @property
    def row_name(self) -> str:
        """The name of the row in the summary of errors."""
        return gettext(self.entry.name)

    @property
    def is_wanted(self) -> bool:
        """Return whether the row is ticked."""
        return bool(self["wanted"].data)

    def full_clean(self) -> None:
        """Validate the row, but drop the errors of a row that is not ticked."""
        super().full_clean()
        if self.is_bound and not self.is_wanted:
            self.errors.clear()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.match and not data.get("existing") and "existing" not in self.errors:
            sentence = gettext("Say whether “%(name)s” is the same.") % {"name": self.match.counted.name}
            self.add_error("existing", forms.ValidationError(sentence, code="required"))
        return data

    @property
    def choice(self) -> StandardChoice:
        """Return the ticked row as the action takes it."""
        other, _, pk = self.cleaned_data["existing"].rpartition("-")
        key = parse_whole_number(pk)
        if other:
            return StandardChoice(self.entry, apart_from=key, ministry=self.cleaned_data["ministry"])
        return StandardChoice(self.entry, existing=key, ministry=self.cleaned_data["ministry"])


def _existing_choices(match: IndicatorMatch | None, linkable: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the choices of `existing`: what looks like the standard indicator first, then the others."""
    if match is None:
        return [("", gettext("None: add a new one")), *_link_choices(linkable)]
    pk, name = str(match.counted.pk), {"name": match.counted.name}
    same = [(pk, gettext("The same: link “%(name)s”") % name)] if pk in linkable else []
    others = {key: value for key, value in linkable.items() if key != pk}
    return [
        ("", gettext("Choose")),
        *same,
        (f"not-{pk}", gettext("Not the same: add a separate one")),
        *_link_choices(others),
    ]


def _link_choices(linkable: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(pk, gettext("Link “%(name)s”") % {"name": name}) for pk, name in linkable.items()]
