"""The only admin pages: people, countries and ministries. Facts are not edited here."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User
from tiptracker.audit.actions import record

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

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            row = form.instance
            record(
                f"{row._meta.model_name}.{'changed' if change else 'added'}",
                by=request.user if isinstance(request.user, User) else None,
                row=row,
                after={"changed": [name for name in form.changed_data if name != "password"]},
            )


class PersonForm(ModelForm):
    """A person; a new password is typed only to set one."""

    new_password = forms.CharField(
        required=False, widget=forms.PasswordInput(render_value=False), help_text="Leave empty to keep the present one."
    )

    class Meta:
        model = User
        fields = ("name", "email", "role", "ministry", "countries", "is_active")

    def clean_email(self) -> str:
        """In small letters, as it is looked up when somebody signs in."""
        return str(self.cleaned_data["email"]).lower()

    def clean_new_password(self) -> str:
        typed: str = self.cleaned_data["new_password"]
        if typed:
            validate_password(typed, self.instance)
        return typed

    def save(self, commit: bool = True) -> User:
        person: User = super().save(commit=False)
        if typed := self.cleaned_data["new_password"]:
            person.set_password(typed)
        elif not person.pk:
            person.set_unusable_password()
        if commit:
            person.save()
            self.save_m2m()
        return person


@admin.register(User, site=site)
class PersonAdmin(Logged):
    form = PersonForm
    list_display = ("name", "email", "role", "ministry", "is_active", "last_login")
    list_filter = ("role", "is_active", "countries")
    search_fields = ("name", "email")
    filter_horizontal = ("countries",)


class DistrictInline(TabularInline):
    model = District
    extra = 0
    can_delete = False


@admin.register(Country, site=site)
class CountryAdmin(Logged):
    list_display = ("name", "code", "time_zone", "currency")
    inlines: ClassVar = [DistrictInline]


class OfficeHolderInline(TabularInline):
    model = OfficeHolder
    extra = 0
    can_delete = False


@admin.register(Ministry, site=site)
class MinistryAdmin(Logged):
    list_display = ("name", "short_name", "country")
    list_filter = ("country",)
    inlines: ClassVar = [OfficeHolderInline]
