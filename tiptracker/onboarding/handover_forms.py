"""The form that hands over an account: the last day, and an existing or a new person who takes over."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tiptracker.accounts.models import User
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.onboarding.actions.accounts import describe_taken_email, find_person_by_email
from tiptracker.onboarding.actions.handovers import NewSuccessor
from tiptracker.web.frontend.form_rows import RowField, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm


class HandoverForm(TrackerForm):
    """Who takes over an account after which day: a person from the list, or a new one by name and address."""

    required_for_some = ("successor", "name", "email")

    last_day = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The account works until the end of this day. If it has passed, we close it at once."),
    )
    successor = RowField(
        required=False,
        label=gettext_lazy("Successor"),
        help_text=gettext_lazy("The list has everyone with the same role, and the same ministry or countries."),
    )
    name = forms.CharField(
        required=False,
        max_length=150,
        label=gettext_lazy("Name of the new person"),
        help_text=gettext_lazy("Only for a new person, who gets the same role and the same access for one year."),
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=gettext_lazy("E-mail address of the new person"),
        help_text=gettext_lazy("We send the invitation to this address at once."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, possible: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = [(str(person.pk), f"{person.name} ({person.email})") for person in possible]
        set_row_choices(self, "successor", possible, empty=gettext("A new person, named below"), choices=choices)

    def clean(self) -> dict[str, Any]:
        """Ask for a person from the list, or else for the name and the address of a new one."""
        data = self.cleaned_data
        name, email = data.get("name"), data.get("email")
        if "successor" in self.errors:
            return data
        if data.get("successor"):
            if name or email:
                sentence = gettext("Choose “A new person, named below”, or leave the name and address empty.")
                self.add_error("successor", forms.ValidationError(sentence, code="two_successors"))
            return data
        if not name and "name" not in self.errors:
            sentence = gettext("Enter the name of the successor, or choose a person from the list.")
            self.add_error("name", forms.ValidationError(sentence, code="required"))
        if not email and "email" not in self.errors:
            self.add_error(
                "email", forms.ValidationError(gettext("Enter the person’s e-mail address."), code="required")
            )
        elif email and (existing := find_person_by_email(email)):
            self.add_error("email", forms.ValidationError(describe_taken_email(existing), code="taken"))
        return data

    def chosen_successor(self) -> User | NewSuccessor:
        """Return the person from the list, or the new person as typed."""
        data = self.cleaned_data
        return data["successor"] or NewSuccessor(data["name"], data["email"])
