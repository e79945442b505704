"""The only admin pages: people, countries and ministries. Facts are not edited here."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from tiptracker import clock
from tiptracker.accounts import actions, mails
from tiptracker.accounts.backend import in_a_year
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User
from tiptracker.audit.actions import record
from tiptracker.mail.sentences import standing_of
from tiptracker.refusals import Refused
from tiptracker.texts import with_plain_apostrophes
from tiptracker.words import EMBASSY_ROLES

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin, TabularInline, ModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm


class Site(admin.AdminSite):
    """A site of our own, so that no other app's tables turn up in it."""

    site_header = site_title = "TIP Tracker: people and reference data"
    index_title = "People, countries and ministries"
    site_url = None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in, the sign-in page; whoever has signed in and is sent here may not go further."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))


site = Site(name="admin")


class Logged(ModelAdmin):
    """Every change leaves an entry in the log; nothing is deleted, since facts point at it."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """What the page's own filters ask: any other would tell, by which rows it leaves, of what isn't shown."""
        asked = {f"{name}__{how}" for name in map(str, self.list_filter) for how in ("exact", "id__exact", "isnull")}
        return lookup in asked

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            row = form.instance
            before, after = _changes(form, formsets, is_new=not change)
            record(
                f"{row._meta.model_name}.{'changed' if change else 'added'}",
                by=_asker(request),
                row=row,
                country=row if isinstance(row, Country) else getattr(row, "country", None),
                before=before,
                after=after,
            )


def _changes(form: Any, formsets: Any, *, is_new: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was and what became of each field that was changed, those of inlines as "district Berea: capital"."""
    before, after = _changes_of(form, is_new=is_new)
    for formset in formsets:
        for line in (line for line in formset.forms if line.has_changed()):
            was, became = _changes_of(line, is_new=line.instance in formset.new_objects)
            whose = f"{line.instance._meta.verbose_name} {line.instance}"
            before |= {f"{whose}: {name}": value for name, value in was.items()}
            after |= {f"{whose}: {name}": value for name, value in became.items()}
    return before, after


def _changes_of(form: Any, *, is_new: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """… of one form; of a new row all fields, and none before. No form here holds a password."""
    if is_new:
        shown = {field.name for field in form.visible_fields()} - {"DELETE"}
        return {}, {name: _told(value) for name, value in form.cleaned_data.items() if name in shown}
    changed = {name: form.initial.get(name) for name in form.changed_data}
    before = {
        name: _told(value if isinstance(value, list) else form.fields[name].to_python(value))
        for name, value in changed.items()
    }
    return before, {name: _told(form.cleaned_data[name]) for name in changed}


def _told(value: Any) -> Any:
    """A value for the log: rows by their names."""
    if isinstance(value, QuerySet | list):
        return sorted(str(each) for each in value)
    return str(value) if isinstance(value, Model) else value


class PersonForm(ModelForm):
    """A person. Nobody types another's password: somebody new sets it by the link of an invitation."""

    class Meta:
        model = User
        fields = ("name", "email", "role", "ministry", "countries", "is_active", "valid_until_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if until := self.fields.get("valid_until_on"):  # not there on the page of one's own account
            until.required = True
            until.initial = in_a_year()

    def clean_email(self) -> str:
        """In small letters, as it is looked up when somebody signs in."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, commit: bool = True) -> User:
        person: User = super().save(commit=False)
        if not person.pk:
            person.set_unusable_password()
        if commit:
            person.save()
            self.save_m2m()
        return person


class Sensitive(Logged):
    """Whoever adds or changes one of these shows again that it is them, unless they did so just now."""

    @method_decorator(reauthentication_required(allow_get=True))
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(reauthentication_required(allow_get=True))
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, extra_context)


NOT_ONES_OWN = ("email", "role", "ministry", "countries", "valid_until_on")
"""What nobody changes of their own account: it says what they may read, how long, and where mails about it go."""


@admin.register(User, site=site)
class PersonAdmin(Sensitive):
    form = PersonForm
    list_display = ("name", "is_active", "valid_until_on", "role", "ministry", "email", "signed_in")
    list_filter = ("role", "is_active", "countries")
    search_fields = ("name", "email")
    filter_horizontal = ("countries",)
    actions = ("invite", "renew", "drop_second_factor")

    @admin.display(description="last signed in", ordering="last_login")
    def signed_in(self, person: User) -> datetime | None:
        """When somebody last signed in."""
        return clock.as_shown(person.last_login) if person.last_login else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """The list is of people: a source that stands for the public record has an address that can't be anybody's."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name == "accounts_user_changelist"
        return rows.exclude(email__endswith=".invalid") if is_list else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        own = NOT_ONES_OWN if obj == request.user else ()
        return (*own, "mails") if obj else own

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Refuses what only a made-up form of one's own account has in it."""
        if obj == request.user and request.POST.keys() & set(NOT_ONES_OWN):
            raise PermissionDenied
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        stored = User.objects.get_queryset().select_for_update(no_key=True).filter(pk=obj.pk).first()
        form.stood = actions.standing(stored) if stored else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever is new is invited; what else follows from a change follows all at once."""
        super().save_related(request, form, formsets, change)
        person = form.instance
        actions.follow_change(person=person, before=form.stood, by=_asker(request))
        if person.is_active and not change:
            self._invite(request, person)

    @admin.action(description="Send the invitation again")
    def invite(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            self._invite(request, person)

    @admin.action(description="Renew for a year from today")
    def renew(self, request: HttpRequest, people: QuerySet[User]) -> None:
        until = in_a_year()
        for person in people:
            if self._try(request, actions.renew, person=person, until=until):
                self.message_user(request, f"Renewed: {person}.")

    @admin.action(description="Lost telephone: let them set up a new second step")
    def drop_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            if self._try(request, actions.drop_second_factor, person=person):
                self.message_user(request, f"{person} sets up a new second step at the next sign-in.")

    def _invite(self, request: HttpRequest, person: User) -> None:
        if self._try(request, actions.invite, person=person):
            standing = standing_of(mails.last_invitations([person])[person.pk])
            self.message_user(request, f"Invitation to {person}: {standing}")

    @admin.display(description="mails about this account")
    def mails(self, person: User) -> str:
        """What became of the newest mails."""
        lines = [(mail.get_kind_display(), standing_of(mail)) for mail in mails.newest_mails(person)]
        return format_html_join(mark_safe("<br>"), "{}: {}", lines) or "None was sent."

    def _try(self, request: HttpRequest, action: Callable[..., object], **named: Any) -> bool:
        """Whether it was done; a refusal is shown."""
        try:
            action(by=_asker(request), **named)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return False
        return True


def _asker(request: HttpRequest) -> User:
    """The administrator who asks: the site lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class DistrictForm(ModelForm):
    """A district by one spelling, whichever apostrophe was typed, so that it is named once."""

    def clean_name(self) -> str:
        return with_plain_apostrophes(self.cleaned_data["name"])


class DistrictInline(TabularInline):
    model = District
    form = DistrictForm
    extra = 0
    can_delete = False


@admin.register(Country, site=site)
class CountryAdmin(Logged):
    list_display = ("name", "code", "time_zone", "currency", "contact")
    inlines: ClassVar = [DistrictInline]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The contact person is somebody of the country's embassy who may sign in."""
        if db_field.name == "contact":
            country = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            people = User.objects.get_queryset().filter(is_active=True, role__in=EMBASSY_ROLES)
            kwargs["queryset"] = people.filter(countries=country)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OfficeHolderInline(TabularInline):
    model = OfficeHolder
    extra = 0
    can_delete = False


@admin.register(Ministry, site=site)
class MinistryAdmin(Logged):
    list_display = ("name", "short_name", "country")
    list_filter = ("country",)
    inlines: ClassVar = [OfficeHolderInline]
