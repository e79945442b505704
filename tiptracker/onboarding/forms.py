"""Forms for people, ministries, countries and requests about accounts."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from tiptracker.accounts.backend import default_valid_until, is_expired
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User, UserQuerySet
from tiptracker.choices import ChoiceEnum, Role
from tiptracker.localization import gettext, gettext_lazy, gettext_noop, pgettext, pgettext_noop
from tiptracker.onboarding.actions.accounts import (
    PAST_DAY_MESSAGE,
    AccountDetails,
    describe_taken_email,
    find_invalid_details,
    find_person_by_email,
)
from tiptracker.onboarding.actions.countries import DistrictInput
from tiptracker.onboarding.actions.ministries import OfficeHolderInput
from tiptracker.onboarding.permissions import can_appoint_administrators
from tiptracker.web.frontend.form_rows import Choices, RowField, RowsField, numbered, raw_values, set_row_choices
from tiptracker.web.frontend.forms import DayField, TrackerForm
from tiptracker.web.search import filter_by_words
from tiptracker.web.word_forms import MAX_CHARACTERS

MAX_OFFICE_HOLDERS = 60
MAX_DISTRICTS = 500
ROLE_CHOICES = [("", gettext_lazy("Choose a role")), *Role.choices()]


class AccountState(ChoiceEnum):
    """The state of an account, as a filter of the list of people."""

    OPEN = "open", gettext_noop("Can sign in")
    INVITED = "invited", gettext_noop("Invited")
    ENDED = "ended", gettext_noop("Expired")
    CLOSED = "closed", pgettext_noop("account", "Closed")


class CountryFilter(TrackerForm):
    """Filter a list by country. Invalid values are ignored."""

    country = RowField(required=False, label=gettext_lazy("Country"))

    def __init__(self, *args: Any, countries: Sequence[Country], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "country", countries, empty=gettext("Any"))


class PersonFilter(CountryFilter):
    """Filter people by words, role, country and state. Invalid values are ignored."""

    field_order = ("q", "role", "country", "state")

    q = forms.CharField(required=False, max_length=MAX_CHARACTERS, label=gettext_lazy("Name or e-mail address"))
    role = forms.ChoiceField(
        required=False, label=gettext_lazy("Role"), choices=[("", gettext_lazy("Any")), *Role.choices()]
    )
    state = forms.ChoiceField(
        required=False, label=gettext_lazy("Status"), choices=[("", gettext_lazy("Any")), *AccountState.choices()]
    )

    def narrow(self, people: UserQuerySet, day: Any) -> UserQuerySet:
        """Return those of `people` that match the filter on `day`. Invalid values do not narrow the list."""
        data = self.cleaned_data
        if search_text := data.get("q"):
            people = filter_by_words(people, search_text, "name", "email")
        if role := data.get("role"):
            people = people.filter(role=role)
        if country := data.get("country"):
            works_there = User.countries.through.objects.filter(country=country).values("user")
            people = people.filter(Q(pk__in=works_there) | Q(ministry__country=country))
        if state := data.get("state"):
            people = people.filter(_state_query(AccountState(state), day))
        return people

    @property
    def is_narrowing(self) -> bool:
        """Whether any filter is set."""
        return any(self.cleaned_data.values())


def _state_query(state: AccountState, day: Any) -> Q:
    is_over, is_unused = Q(valid_until_on__lt=day), Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return {
        AccountState.CLOSED: Q(is_active=False),
        AccountState.ENDED: Q(is_active=True) & is_over,
        AccountState.INVITED: Q(is_active=True) & is_unused & ~is_over,
        AccountState.OPEN: Q(is_active=True) & ~is_unused & (~is_over | Q(valid_until_on=None)),
    }[state]


class PersonNameForm(TrackerForm):
    """A person's name, the only field that users can change here in their own account."""

    name = forms.CharField(max_length=150, label=gettext_lazy("Name"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class AccountForm(TrackerForm):
    """The details of an account: name, role, ministry or countries, last day."""

    required_for_some = ("ministry", "countries")

    name = forms.CharField(max_length=150, label=gettext_lazy("Name"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLE_CHOICES)
    ministry = RowField(
        required=False, label=gettext_lazy("Ministry"), help_text=gettext_lazy("Required for focal points.")
    )
    countries = RowsField(
        required=False,
        label=gettext_lazy("Countries"),
        help_text=gettext_lazy("Required for officers, ambassadors and observers."),
    )
    until = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy(
            "After this day, the person can no longer sign in, unless an administrator saves a later one. A new "
            "account gets one year."
        ),
        initial=default_valid_until,
    )

    def __init__(
        self, *args: Any, ministries: Sequence[Ministry], countries: Sequence[Country], by: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        if can_appoint_administrators(by):
            self.fields["countries"].help_text = gettext(
                "Required for officers, ambassadors and observers. An administrator without countries is for the whole "
                "installation."
            )
        else:
            role = cast("forms.ChoiceField", self.fields["role"])
            role.choices = [choice for choice in ROLE_CHOICES if choice[0] != Role.ADMINISTRATOR]
        set_row_choices(self, "ministry", ministries, choices=[("", gettext("None")), *_group_by_country(ministries)])
        set_row_choices(self, "countries", countries)

    def account(self) -> AccountDetails:
        """Return the typed details as the actions take them."""
        data = self.cleaned_data
        return AccountDetails(data["name"], Role(data["role"]), data["ministry"], data["countries"], data["until"])


class PersonAddForm(AccountForm):
    """A new person, who is invited by mail at once."""

    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We send the invitation to this address."),
    )

    field_order = ("name", "email", "role", "ministry", "countries", "until")

    def clean(self) -> dict[str, Any]:
        """Show all errors at once; the action would refuse them one after the other."""
        data, problems = self.cleaned_data, []
        if role := data.get("role"):
            problems = list(find_invalid_details(Role(role), data.get("ministry"), data.get("countries", [])))
        if is_expired(User(valid_until_on=data.get("until"))):
            problems.append(("until", "past_day", gettext(PAST_DAY_MESSAGE)))
        if existing := find_person_by_email(data.get("email", "")):
            problems.append(("email", "taken", describe_taken_email(existing, self._by)))
        for field, code, sentence in problems:
            if field not in self.errors:
                self.add_error(field, forms.ValidationError(sentence, code=code))
        return data


class PersonEditForm(AccountForm):
    """The details of an existing account.

    `version` is the version that the page was filled from, `confirmed` the seal of the change that it asked about.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial["until"] is None:
            self.fields["until"].required = False
            self.fields["until"].help_text = gettext("This account has no last day. Leave this empty to keep it so.")

    @staticmethod
    def filled_from(person: User) -> dict[str, Any]:
        """Return the initial values of the form for this person."""
        return {
            "name": person.name,
            "role": person.role,
            "ministry": person.ministry_id,
            "countries": [country.pk for country in person.countries.all()],
            "until": person.valid_until_on,
            "version": person.version,
        }


class LastDayForm(TrackerForm):
    """The last day of an account that is renewed or reopened."""

    until = DayField(label=gettext_lazy("Last day"), initial=default_valid_until)


class EmailAddressForm(TrackerForm):
    """A new address of an account."""

    email = forms.EmailField(max_length=254, label=gettext_lazy("New e-mail address"))


class OwnEmailAddressForm(EmailAddressForm):
    """The new address of the person's own account, which a browser may fill in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class MinistryForm(TrackerForm):
    """The names of a ministry."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    short_name = forms.CharField(
        max_length=60, label=gettext_lazy("Short name"), help_text=gettext_lazy("Lists show the short name.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class OfficeHolderRow(TrackerForm):
    """A present or former office holder; an empty row is ignored."""

    row = RowField(required=False, widget=forms.HiddenInput)
    holder = forms.CharField(required=False, max_length=200, label=gettext_lazy("Name of office holder"))
    title = forms.CharField(required=False, max_length=100, label=gettext_lazy("Title"))
    from_on = DayField(required=False, label=gettext_lazy("In office from"))
    until_on = DayField(required=False, label=gettext_lazy("In office until"))
    source = forms.CharField(required=False, max_length=300, label=gettext_lazy("Source"))

    def __init__(self, *args: Any, existing: Sequence[OfficeHolder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "row", existing, empty=pgettext("office holder", "New"))

    @property
    def row_name(self) -> str:
        """The name of the row in error messages."""
        return numbered(gettext("Office holder"), self)

    @property
    def is_filled(self) -> bool:
        """Whether the row is about an existing office holder or has any input."""
        return any(str(value or "").strip() for value in raw_values(self).values())

    def row_and_input(self) -> tuple[OfficeHolder | None, OfficeHolderInput]:
        """Return the existing office holder (None for a new one) and the input for it."""
        data = self.cleaned_data
        return data["row"], OfficeHolderInput(
            data["holder"], data["title"], data["from_on"], data["source"], until_on=data["until_on"]
        )

    @staticmethod
    def filled_from(holder: OfficeHolder) -> dict[str, Any]:
        """Return the initial values of the row for this office holder."""
        return {
            "row": holder.pk,
            "holder": holder.name,
            "title": holder.title,
            "from_on": holder.from_on,
            "until_on": holder.until_on,
            "source": holder.source,
        }


OfficeHolderFormSet = forms.formset_factory(
    OfficeHolderRow, extra=1, max_num=MAX_OFFICE_HOLDERS, absolute_max=MAX_OFFICE_HOLDERS + 10
)


class VersionForm(TrackerForm):
    """The version of a row that the page was filled from."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DistrictRow(TrackerForm):
    """An existing district with the name and capital that it is to have."""

    row = RowField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=100, label=gettext_lazy("District"))
    capital = forms.CharField(required=False, max_length=100, label=gettext_lazy("Capital"))

    def __init__(self, *args: Any, existing: Sequence[District], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_row_choices(self, "row", existing)

    @property
    def row_name(self) -> str:
        """The name of the row in error messages."""
        return numbered(gettext("District"), self)

    def row_and_input(self) -> tuple[District, DistrictInput]:
        """Return the district and the input for it."""
        data = self.cleaned_data
        return data["row"], DistrictInput(data["name"], data["capital"])


DistrictFormSet = forms.formset_factory(DistrictRow, extra=0, max_num=MAX_DISTRICTS, absolute_max=MAX_DISTRICTS + 10)


def _group_by_country(ministries: Sequence[Ministry]) -> Choices:
    """Return choices that group ministries by country.

    The ministries may be in any order, with their country loaded.
    """
    ministries_by_country: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for ministry in ministries:
        ministries_by_country[ministry.country.name].append(
            (str(ministry.pk), f"{ministry.short_name} ({ministry.country.name})")
        )
    return cast("Choices", sorted(ministries_by_country.items()))
