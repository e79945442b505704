"""Forms to name saved filters."""

from typing import Any

from django import forms

from tiptracker.localization import gettext_lazy
from tiptracker.saved_filters.models import NAME_LENGTH
from tiptracker.web.frontend.forms import TrackerForm


class RenameFilterForm(TrackerForm):
    """The name of saved filters."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Example: “Overdue, Ministry of Justice”."),
    )


class SaveFilterForm(RenameFilterForm):
    """The name for new saved filters. If the name is taken, the form asks whether to replace the earlier ones."""

    replace = forms.BooleanField(label=gettext_lazy("Replace the filters with this name"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replace"].widget = forms.HiddenInput()

    def ask_to_replace(self) -> None:
        """Show the box to tick."""
        self.fields["replace"].widget = forms.CheckboxInput()
