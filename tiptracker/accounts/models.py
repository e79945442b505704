"""Countries, their ministries and office holders, and the people who use the tracker."""

from datetime import date
from functools import cache
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from tiptracker.accounts.administrator_scope import is_administered_by, is_country_of, is_person_of
from tiptracker.choices import (
    EMBASSY_ROLES,
    MINISTRY_ROLES,
    AccountRequestKind,
    AccountRequestStepKind,
    Paper,
    Role,
    TokenScope,
)
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.localization import Locale, gettext_lazy


class CountryQuerySet(models.QuerySet["Country"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Return the countries the user may see.

        Embassy roles and administrators of posts: theirs. Focal point: that of its ministry. Other administrators: all.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self.filter(is_country_of(user))
        if user.is_ministry:
            return self.filter(ministry=user.ministry_id)
        return self.filter(users=user.pk) if user.is_embassy else self.none()

    def with_contact(self) -> Self:
        """Return the countries with a contact person who still works for their embassy and may sign in."""
        return self.filter(
            contact__is_active=True, contact__role__in=EMBASSY_ROLES, contact__countries=F("pk")
        ).select_related("contact")


def in_visible_countries(user: "AnyUser", only: "Country | None" = None, *, path: str = "country") -> Q:
    """Return a condition for rows of the countries that the user sees, where `path` leads from the row to its country.

    With `only`, the condition is for rows of that country, if the user sees it. The database then checks visibility
    once; for all countries it checks it for every row.
    """
    visible = Country.objects.visible_to(user)
    return Q((f"{path}__in", visible)) if only is None else Q(models.Exists(visible.filter(pk=only.pk)), (path, only))


class Country(models.Model):
    """A country whose government the tracker follows."""

    code = models.CharField(gettext_lazy("ISO 3166-1 alpha-3 code"), max_length=3, unique=True)
    name = models.CharField(gettext_lazy("name"), max_length=100)
    time_zone = models.CharField(
        gettext_lazy("time zone"), max_length=50, help_text=gettext_lazy("IANA name, such as Africa/Maseru.")
    )
    currency = models.CharField(gettext_lazy("ISO 4217 code of the currency"), max_length=3)
    paper = models.CharField(
        gettext_lazy("paper size"),
        max_length=6,
        choices=Paper.choices(),
        default=Paper.A4,
        help_text=gettext_lazy("The paper on which the post prints its documents."),
    )
    language = models.CharField(
        gettext_lazy("language"),
        max_length=10,
        blank=True,
        help_text=gettext_lazy("For people who have chosen no language. Empty means English."),
    )
    contact = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_of",
        verbose_name=gettext_lazy("contact person"),
        help_text=gettext_lazy("The person at the embassy whose name and address the ministries see."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = gettext_lazy("country")
        verbose_name_plural = gettext_lazy("countries")
        constraints: ClassVar = [
            # An expression: PostgreSQL then does not treat the name as a key, so changing it blocks no row that refers
            # to the country.
            models.UniqueConstraint(
                Lower("name"),
                name="country_named_once",
                violation_error_message=gettext_lazy("Another country has this name. Enter another name."),
            ),
            models.CheckConstraint(name="country_code_is_three_capitals", condition=Q(code__regex=r"^[A-Z]{3}$")),
        ]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A district of a country, by its official name."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="districts", verbose_name=gettext_lazy("country"))
    name = models.CharField(gettext_lazy("name"), max_length=100)
    capital = models.CharField(gettext_lazy("capital"), max_length=100, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = gettext_lazy("district")
        verbose_name_plural = gettext_lazy("districts")
        constraints: ClassVar = [
            models.UniqueConstraint("country", Lower("name"), name="district_named_once_in_its_country"),
        ]

    def __str__(self) -> str:
        return self.name


class MinistryQuerySet(models.QuerySet["Ministry"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Return the ministries the user may see: a focal point its own, others those of their countries."""
        if user.is_authenticated and user.is_active and user.is_ministry:
            return self.filter(pk=user.ministry_id)
        return self.filter(country__in=Country.objects.visible_to(user))


class Ministry(models.Model):
    """A ministry of a government. Recommendations and commitments belong to it, not to the office holder."""

    country = models.ForeignKey(Country, models.PROTECT, verbose_name=gettext_lazy("country"))
    name = models.CharField(gettext_lazy("name"), max_length=200)
    short_name = models.CharField(gettext_lazy("short name"), max_length=60)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MinistryQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = gettext_lazy("ministry")
        verbose_name_plural = gettext_lazy("ministries")
        constraints: ClassVar = [
            models.UniqueConstraint("country", Lower("name"), name="ministry_named_once_in_its_country"),
            models.UniqueConstraint("country", Lower("short_name"), name="ministry_short_name_once_in_its_country"),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeHolder(models.Model):
    """The minister (or other office holder) of a ministry, from one day to another; unknown days stay empty."""

    ministry = models.ForeignKey(
        Ministry, models.PROTECT, related_name="office_holders", verbose_name=gettext_lazy("ministry")
    )
    name = models.CharField(gettext_lazy("name"), max_length=200)
    title = models.CharField(gettext_lazy("title"), max_length=100, default="Minister")
    from_on = models.DateField(gettext_lazy("in office from"), null=True, blank=True)
    until_on = models.DateField(gettext_lazy("in office until"), null=True, blank=True)
    source = models.CharField(gettext_lazy("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = gettext_lazy("office holder")
        verbose_name_plural = gettext_lazy("office holders")
        ordering = ("ministry", F("from_on").desc(nulls_last=True))
        constraints: ClassVar = [
            models.CheckConstraint(
                name="office_ends_after_it_begins",
                condition=Q(until_on__isnull=True) | Q(from_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}"


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Return the people the user may see.

        Focal point: the colleagues of its ministry. Embassy roles: the people of their countries. Administrator of the
        installation: all. Administrator of posts: everybody who also works on one of the countries.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self.filter(is_person_of(user))
        if user.is_ministry:
            return self.filter(ministry=user.ministry_id)
        mine = Country.objects.visible_to(user)
        return self.filter(Q(countries__in=mine) | Q(ministry__country__in=mine)).distinct()

    def of_installation(self) -> Self:
        """Filter to the administrators of the whole installation: those without countries."""
        return self.filter(role=Role.ADMINISTRATOR, countries=None)

    def administered_by(self, user: "AnyUser") -> Self:
        """Return the people whose accounts an administrator looks after (`administrator_scope`)."""
        if not user.is_authenticated or not user.is_active or user.role != Role.ADMINISTRATOR:
            return self.none()
        return self.filter(is_administered_by(user))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: "AnyUser") -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with exactly one role, who signs in by e-mail address."""

    email = models.EmailField(gettext_lazy("e-mail address"), db_index=True)
    name = models.CharField(gettext_lazy("name"), max_length=150)
    role = models.CharField(gettext_lazy("role"), max_length=20, choices=Role.choices())
    ministry = models.ForeignKey(
        Ministry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=gettext_lazy("ministry"),
    )
    # Also the countries of the posts to which an administrator is limited: see `administrator_scope`.
    countries = models.ManyToManyField(
        Country,
        blank=True,
        related_name="users",
        verbose_name=gettext_lazy("countries"),
        help_text=gettext_lazy("The countries on which a person of an embassy works. Empty for other roles."),
    )
    is_active = models.BooleanField(gettext_lazy("may sign in"), default=True)
    valid_until_on = models.DateField(
        gettext_lazy("last day"),
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "The last day on which the person may sign in, unless an administrator renews the account."
        ),
    )
    language = models.CharField(
        gettext_lazy("language"),
        max_length=10,
        blank=True,
        help_text=gettext_lazy("Empty means the language of the person’s country."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    role_given_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=gettext_lazy("role set by"),
        help_text=gettext_lazy("The administrator who set the role, or the address of an account without a password."),
    )
    role_given_at = models.DateTimeField(gettext_lazy("role set on"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]

    class Meta:
        ordering = ("name", "pk")
        verbose_name = gettext_lazy("person")
        verbose_name_plural = gettext_lazy("people")
        constraints: ClassVar = [
            # An expression: PostgreSQL then does not treat the address as a key, so changing it blocks no row that
            # refers to the person.
            models.UniqueConstraint(
                Lower("email"),
                name="email_address_belongs_to_one_person",
                violation_error_message=gettext_lazy("Another account has this e-mail address."),
            ),
            models.CheckConstraint(
                name="ministry_set_exactly_for_focal_points",
                condition=Q(role=Role.FOCAL_POINT, ministry__isnull=False)
                | (~Q(role=Role.FOCAL_POINT) & Q(ministry__isnull=True)),
                violation_error_message=gettext_lazy("Only a focal point belongs to a ministry."),
            ),
            models.CheckConstraint(name="role_is_known", condition=Q(role__in=list(Role))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_embassy(self) -> bool:
        """Whether this person reads everything the embassy holds on their countries."""
        return self.role in EMBASSY_ROLES

    @property
    def is_ministry(self) -> bool:
        """Whether this person reads and sends only what concerns their own ministry."""
        return self.role in MINISTRY_ROLES

    def locale(self) -> Locale:
        """Return the time zone and language of this person, who may have chosen a language.

        The time zone, and the language by default, are those of the country this person works on.
        """
        of_country = None
        if self.is_active:
            of_country = next(iter(_locale_query(Role(self.role)).rows(**self.visibility_key())), None)
        time_zone, language = of_country or ("", "")
        return Locale(time_zone, self.language or language)

    def visibility_key(self) -> dict[str, Any]:
        """Return the fields on which it depends, besides the role, which countries an active person sees.

        A `User` with this role and these fields stands for the person in queries that are built once for a role.
        """
        if self.is_ministry:
            return {"ministry_id": self.ministry_id}
        return {"pk": self.pk} if self.is_embassy or self.role == Role.ADMINISTRATOR else {}


@cache
def _locale_query(role: Role) -> PreparedQuery:
    def build(**key: int) -> models.QuerySet[Any, Any]:
        reader = User(role=role, **key)
        countries = Country.objects.visible_to(reader).order_by("name")
        if role == Role.ADMINISTRATOR:  # one of the installation works on no country in particular
            countries = countries.filter(users=reader.pk)
        return countries.values_list("time_zone", "language")[:1]

    return PreparedQuery(build, **dict.fromkeys(User(role=role).visibility_key(), int))


AnyUser = User | AnonymousUser
"""The user of a request; every `visible_to` takes one."""


class OwnRowsQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that each belong to one person (`person`), who alone sees them."""

    def visible_to(self, user: AnyUser) -> Self:
        """Return the user's own rows."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(person=user.pk)


class ApiTokenQuerySet(OwnRowsQuerySet["ApiToken"]):
    pass


class ApiToken(models.Model):
    """A token by which a program uses the API in a person's name. What is stored of it gives no access."""

    person = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    name = models.CharField(gettext_lazy("name"), max_length=60)
    scope = models.CharField(gettext_lazy("access"), max_length=10, choices=TokenScope.choices())
    prefix = models.CharField(gettext_lazy("beginning"), max_length=10)  # in clear, so that its person recognises it
    digest = models.CharField("SHA-256", max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_on = models.DateField(gettext_lazy("last day"))
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.GenericIPAddressField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="token_scope_is_known", condition=Q(scope__in=list(TokenScope))),
            models.UniqueConstraint(
                "person", Lower("name"), condition=Q(revoked_at=None), name="token_named_once_by_its_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AccountRequestQuerySet(models.QuerySet["AccountRequest"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the requests the user may see.

        Administrator: those about people whose accounts they look after, and their own. Ambassador: those about people
        of their countries and about administrators of the installation, because an ambassador consents if no second
        administrator can. Others: their own.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            administered = User.objects.get_queryset().administered_by(user).filter(pk=models.OuterRef("person"))
            return self.filter(models.Exists(administered) | Q(person=user.pk))
        if user.role == Role.AMBASSADOR:
            of_country = models.Exists(User.objects.visible_to(user).filter(pk=models.OuterRef("person")))
            return self.filter(of_country | Q(person__in=User.objects.get_queryset().of_installation()))
        return self.filter(person=user.pk)

    def pending(self) -> Self:
        """Return the requests that were neither carried out nor stopped."""
        ended = (AccountRequestStepKind.DONE, AccountRequestStepKind.STOPPED)
        return self.exclude(steps__kind__in=ended)


class AccountRequest(models.Model):
    """A request to change an account that no one person can make alone: a new address, or removing the second step.

    Its steps record what happened to it.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="account_requests")
    kind = models.CharField(max_length=20, choices=AccountRequestKind.choices())
    old_email = models.EmailField(gettext_lazy("old e-mail address"))
    new_email = models.EmailField(gettext_lazy("new e-mail address"), blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = AccountRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="request_names_a_new_address_exactly_for_another_address",
                condition=Q(kind=AccountRequestKind.ADDRESS) & ~Q(new_email="")
                | Q(kind=AccountRequestKind.SECOND_STEP, new_email=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person}"

    @property
    def is_own(self) -> bool:
        """Whether the account's owner made the request. Then a link to the new address replaces the consent."""
        return self.asked_by_id == self.person_id


class AccountRequestStep(models.Model):
    """A step of a request: consented, stopped, carried out, or put back.

    `by` is None if a link from a mail or the tracker itself took the step.
    """

    request = models.ForeignKey(AccountRequest, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=AccountRequestStepKind.choices())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("request", "kind", name="each_step_of_a_request_is_taken_once"),
            models.CheckConstraint(name="request_step_is_known", condition=Q(kind__in=list(AccountRequestStepKind))),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_kind_display()}"


def find_contact(country_id: int) -> User | None:
    """Return a country's contact person: the one person at the embassy whose name and address the ministries are given.

    Returns None if none is named, or if the named person no longer works there.
    """
    country = next(iter(_CONTACT.rows(country=country_id)), None)
    return country.contact if country else None


_CONTACT = PreparedRows(lambda country: Country.objects.filter(pk=country).with_contact(), country=int)


def in_office(holders: "models.Manager[OfficeHolder]", day: date) -> "models.QuerySet[OfficeHolder]":
    """Return those of `holders` who are in office on `day`, as far as the dates are known."""
    return holders.filter(
        Q(from_on__isnull=True) | Q(from_on__lte=day), Q(until_on__isnull=True) | Q(until_on__gte=day)
    )
