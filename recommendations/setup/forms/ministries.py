"""Forms to add several ministries at once, and the office holders of existing ones."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from tiptracker.accounts.models import Ministry
from tiptracker.localization import gettext, gettext_lazy, gettext_noop, in_record_language
from tiptracker.onboarding.actions.ministries import MinistryInput, OfficeHolderInput
from tiptracker.web.frontend.form_rows import RowField, numbered, raw_values, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm

DEFAULT_TITLE = gettext_noop("Minister")

MAX_SHORT_NAME_LENGTH = 60
_MINISTRY_OF = re.compile(r"^(?:the\s+)?(?:ministry|department|office)\s+(?:of|for)\s+(?:the\s+)?", re.IGNORECASE)
USUAL_MINISTRIES = (
    gettext_noop("Ministry of Foreign Affairs"),
    gettext_noop("Ministry of Justice"),
    gettext_noop("Ministry of the Interior"),
    gettext_noop("Ministry of Labor"),
    gettext_noop("Ministry of Social Affairs"),
    gettext_noop("Ministry of Health"),
    gettext_noop("Ministry of Education"),
    gettext_noop("Ministry of Finance"),
    gettext_noop("Office of the Attorney General"),
    gettext_noop("National Police"),
)
"""Names that the browser suggests while the user types. The country's own names may differ."""


def short_ministry_name(name: str) -> str:
    """Return the name without “Ministry of”; the whole name if it does not begin so. Empty if that is too long."""
    short = _MINISTRY_OF.sub("", " ".join(name.split()))
    return short[:1].upper() + short[1:] if len(short) <= MAX_SHORT_NAME_LENGTH else ""


class HolderRow(TrackerForm):
    """An office holder. A row without a name is empty."""

    holder = forms.CharField(required=False, max_length=200, label=gettext_lazy("Name of the office holder"))
    title = forms.CharField(
        required=False, max_length=100, label=gettext_lazy("Title"), initial=lambda: gettext(DEFAULT_TITLE)
    )
    from_on = DayField(required=False, label=gettext_lazy("In office from"))
    source = forms.CharField(required=False, max_length=300, label=gettext_lazy("Source"))

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered anything, so that the row must be valid.

        The title is prefilled and doesn't count.
        """
        data = raw_values(self)
        return any(str(data[name] or "").strip() for name in data if name not in ("title", "ministry"))

    def clean_title(self) -> str:
        return in_record_language(self.cleaned_data["title"], DEFAULT_TITLE)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if (data.get("from_on") or data.get("source")) and not data.get("holder") and "holder" not in self.errors:
            self.add_error(
                "holder", gettext("Write the name of the office holder, or leave the date and the source empty.")
            )
        return data

    @property
    def office_holder(self) -> OfficeHolderInput | None:
        """Return the office holder that the row names, if any."""
        data = self.cleaned_data
        return (
            OfficeHolderInput(data["holder"], data["title"], data["from_on"], data["source"])
            if data["holder"]
            else None
        )


class MinistryRow(HolderRow):
    """A ministry to add."""

    name = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Ministry"),
        widget=forms.TextInput(attrs={"list": "usual-ministries"}),
    )
    short_name = forms.CharField(
        required=False,
        max_length=MAX_SHORT_NAME_LENGTH,
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy("If empty: the name without “Ministry of”."),
    )

    field_order = ("name", "short_name", "holder", "title", "from_on", "source")

    @property
    def row_name(self) -> str:
        """Return the name of the row in error messages."""
        return numbered(gettext("Ministry"), self)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.is_filled:
            return data
        if not data.get("name") and "name" not in self.errors:
            self.add_error("name", gettext("Write the name of the ministry, or leave the whole row empty."))
        if not data.get("short_name") and "short_name" not in self.errors:
            if not (short_name := short_ministry_name(data.get("name", ""))) and "name" not in self.errors:
                self.add_error("short_name", gettext("Write a short name for lists, such as “Home Affairs”."))
            data["short_name"] = short_name
        return data

    @property
    def ministry(self) -> MinistryInput:
        """Return the ministry to add."""
        return MinistryInput(self.cleaned_data["name"], self.cleaned_data["short_name"], self.office_holder)


class KnownMinistryRow(HolderRow):
    """An existing ministry that has no office holder yet."""

    ministry = RowField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "ministry", ministries)

    @property
    def row_name(self) -> str:
        """Return the name of the row's ministry, for error messages."""
        known: Any = self.fields["ministry"]
        row = known.rows.get(str(self["ministry"].value()))
        return str(row or gettext("Another ministry"))


MinistryFormSet = forms.formset_factory(MinistryRow, extra=3, max_num=60, absolute_max=70)
KnownMinistryFormSet = forms.formset_factory(KnownMinistryRow, extra=0, max_num=100, absolute_max=110)
