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

EXISTING, NEW = "existing", "new"


class HandoverForm(TrackerForm):
    """Who takes over an account after which day: a person with an account, or a new one by name and address.

    If nobody with an account could take over, the form asks for a new person only.
    """

    required_for_some = ("successor", "name", "email")

    last_day = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The account works until the end of this day. If it has passed, we close it at once."),
    )
    takes_over = forms.ChoiceField(
        label=gettext_lazy("Who takes over?"),
        choices=[(EXISTING, gettext_lazy("A person with an account")), (NEW, gettext_lazy("A new person"))],
        widget=forms.RadioSelect,
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
        help_text=gettext_lazy("This person gets the same role and the same access for one year."),
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=gettext_lazy("E-mail address of the new person"),
        help_text=gettext_lazy("When you confirm, we send the invitation to this address."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, possible: Sequence[User], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        choices: Any = [(str(person.pk), f"{person.name} ({person.email})") for person in possible]
        set_row_choices(self, "successor", possible, empty=gettext("Choose a person"), choices=choices)
        if not possible:
            del self.fields["takes_over"], self.fields["successor"]

    @property
    def offers_existing(self) -> bool:
        """Whether somebody with an account could take over."""
        return "successor" in self.fields

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen kind of successor needs. What was typed for the other kind is left out."""
        data = self.cleaned_data
        if self.offers_existing and data.get("takes_over") != NEW:
            for name in ("name", "email"):
                self.errors.pop(name, None)
            if data.get("takes_over") and not data.get("successor") and "successor" not in self.errors:
                self._require("successor", gettext("Choose who takes over."))
            return data
        self.errors.pop("successor", None)
        if not data.get("name") and "name" not in self.errors:
            self._require("name", gettext("Enter the name of the successor."))
        email = data.get("email")
        if not email and "email" not in self.errors:
            self._require("email", gettext("Enter the person’s e-mail address."))
        elif email and (existing := find_person_by_email(email)):
            self.add_error("email", forms.ValidationError(describe_taken_email(existing, self._by), code="taken"))
        return data

    def _require(self, name: str, sentence: str) -> None:
        self.add_error(name, forms.ValidationError(sentence, code="required"))

    def chosen_successor(self) -> User | NewSuccessor:
        """Return the person with an account, or the new person as typed."""
        data = self.cleaned_data
        if self.offers_existing and data["takes_over"] == EXISTING:
            successor: User = data["successor"]
            return successor
        return NewSuccessor(data["name"], data["email"])
