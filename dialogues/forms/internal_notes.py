"""Forms for internal notes: to write one, and to mark one as dealt with or not."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tiptracker.accounts.models import User
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import LongTextField, TrackerForm


class InternalNoteForm(TrackerForm):
    """Form for a new note, and for the person who is to see it."""

    text = LongTextField(label=gettext_lazy("Note"), rows=3)
    named = RowField(
        label=gettext_lazy("Who should see this"),
        required=False,
        help_text=gettext_lazy("This person gets a notice. The note stays in their tasks until it is dealt with."),
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "named", people, empty=gettext("Nobody in particular"))


class NoteNotDoneForm(TrackerForm):
    """Form to take back the mark that a note is dealt with. `mark` is the id of the mark that the page showed."""

    mark = forms.IntegerField(widget=forms.HiddenInput)
