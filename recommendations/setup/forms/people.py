"""Forms to invite people to a post and to choose the contact person of its ministries."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from tiptracker.accounts.backend import default_valid_until
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.onboarding.actions.people import SETUP_ROLES, PersonInput
from tiptracker.web.frontend.form_rows import RowField, numbered, raw_values, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm


class PersonRow(TrackerForm):
    """A person to invite. A row without a name, an address and a ministry is ignored."""

    name = forms.CharField(required=False, max_length=150, label=gettext_lazy("Name"))
    email = forms.EmailField(required=False, max_length=254, label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(required=False, label=gettext_lazy("Role"))
    ministry = RowField(required=False, label=gettext_lazy("Ministry (only for focal points)"))
    until = DayField(required=False, label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, ministries: Sequence[Ministry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(
            self, "ministry", ministries, empty=gettext("None"), choices=[(str(m.pk), m.short_name) for m in ministries]
        )
        self.fields["until"].initial = default_valid_until
        roles = [(role.value, role.label) for role in SETUP_ROLES]
        cast("forms.ChoiceField", self.fields["role"]).choices = [("", gettext("Choose one")), *roles]

    @property
    def row_name(self) -> str:
        """Return the name of the row in error messages."""
        return numbered(gettext("Person"), self)

    @property
    def is_filled(self) -> bool:
        """Return whether the user entered a person. The role and the day may be prefilled and don't count."""
        data = raw_values(self)
        return any(str(data[name] or "").strip() for name in ("name", "email", "ministry"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.is_filled:
            return data
        for name, sentence in REQUIRED_MESSAGES.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, str(sentence))
        return data

    @property
    def invited(self) -> PersonInput:
        """Return the person to invite."""
        data = self.cleaned_data
        return PersonInput(data["name"], data["email"], Role(data["role"]), data["ministry"], data["until"])


REQUIRED_MESSAGES = {
    "name": gettext_lazy("Write the name, or leave the whole row empty."),
    "email": gettext_lazy("Write the e-mail address. We send the invitation there."),
    "role": gettext_lazy("Choose a role."),
    "until": gettext_lazy("Enter the last day of the account."),
}
FIRST_ROLES = (Role.OFFICER, Role.AMBASSADOR, Role.FOCAL_POINT)
"""The roles filled in for the first people of a post."""
PersonFormSet = forms.formset_factory(PersonRow, extra=3, max_num=60, absolute_max=70)


class ContactForm(TrackerForm):
    """The contact person of a country's ministries."""

    contact = RowField(
        label=gettext_lazy("Contact person"),
        help_text=gettext_lazy(
            "Choose an officer of the embassy. Ministries see the officer’s name and e-mail address."
        ),
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "contact", people, empty=gettext("Choose one"))
        if len(people) == 1 and not self.initial.get("contact"):
            self.initial["contact"] = people[0].pk


class ResendInvitationForm(TrackerForm):
    """The person to send the invitation to again."""

    again = RowField()

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "again", people)
