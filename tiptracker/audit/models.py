"""The activity log: who did or read what, when and from where. Each entry is sealed by the hash of the one before."""

from collections.abc import Collection
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.urls import reverse

from tiptracker.accounts.administrator_scope import is_for_installation, posts_of
from tiptracker.accounts.models import AnyUser, ApiToken, Country, OwnRowsQuerySet, User
from tiptracker.audit.verbs import VERBS_CHANGING_NO_FACT
from tiptracker.choices import Role
from tiptracker.former_names import all_labels, current_label

LOG_READER_ROLES = frozenset({Role.OFFICER, Role.AMBASSADOR, Role.ADMINISTRATOR})
"""The roles that may read the log."""
ACCOUNT_TABLE_PREFIX = "accounts."
"""Prefix of the tables of people, countries and ministries, which administrators look after."""


class _EntryQuerySet[Entry: models.Model](models.QuerySet[Entry]):
    """Entries of the own log or of an imported one. `row_field` is the field with the row of this installation."""

    row_field = "row"

    def for_rows(self, *rows: models.Model) -> Self:
        """Return the entries on any of these rows."""
        on_one = [Q(("table__in", all_labels(row._meta.label_lower)), (self.row_field, str(row.pk))) for row in rows]
        return self.filter(reduce(or_, on_one))

    def people(self) -> list[tuple[int, str]]:
        """Return id and name of the people who made these entries, by name."""
        by = self.filter(by__isnull=False).order_by("by__name", "by").values_list("by", "by__name")
        return list(by.distinct())


class AuditEntryQuerySet(_EntryQuerySet["AuditEntry"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the entries the user may read.

        Officers and ambassadors: those on their countries. Administrators of the installation: all. Others: none.
        Sign-ins and their addresses belong to no country: they are for the administrators, who look after accounts.

        Administrators of posts: those on accounts that they look after, with their tokens, and on their own; and those
        on their countries that are about people, ministries and the countries themselves.
        """
        if not user.is_authenticated or not user.is_active or user.role not in LOG_READER_ROLES:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self.filter(is_for_installation(user) | _is_of_posts(user))
        return self.filter(country__in=Country.objects.visible_to(user))

    def changes_since(self, number: int, country: Country | int) -> Self:
        """Return the entries after `number` that may have changed the record of a country.

        Entries of no country count too. The query goes by number, because only few entries are newer.
        """
        of_it = Q(country=country) | Q(country=None)
        return self.filter(of_it, number__gt=number).exclude(verb__in=VERBS_CHANGING_NO_FACT)

    def countries_changed_since(self, moment: datetime) -> set[int]:
        """Return the ids of the countries whose record may have changed since a moment (machine time)."""
        earlier = self.filter(at__lt=moment).order_by("-number").values_list("number", flat=True).first()
        newer = self.filter(number__gt=earlier or 0, country__isnull=False).exclude(verb__in=VERBS_CHANGING_NO_FACT)
        return set(newer.order_by().values_list("country", flat=True).distinct())


def _is_of_posts(administrator: AnyUser) -> Q:
    """Return the condition for the entries that an administrator of posts may read."""
    administered = User.objects.get_queryset().administered_by(administrator).values("pk")
    people = User.objects.get_queryset().filter(Q(pk__in=administered) | Q(pk=administrator.pk))
    tokens = ApiToken.objects.filter(person__in=people)
    of_posts = Q(table__startswith=ACCOUNT_TABLE_PREFIX, country__in=posts_of(administrator).values("country"))
    of_accounts = [
        Q(country=None, table__in=all_labels(rows.model._meta.label_lower), row__in=rows.values_list(_key_as_text))
        for rows in (people, tokens)
    ]
    return reduce(or_, of_accounts, of_posts)


_key_as_text = Cast("pk", models.CharField())


class AuditEntry(models.Model):
    """One entry of the chain. Rows are added, never changed; the values before and after are in AuditDetail."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()  # machine time, as in every log
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    table = models.CharField(max_length=60, blank=True)
    row = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)
    before_digest = models.CharField(max_length=64, blank=True)
    after_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "audit entries"
        constraints: ClassVar = [
            models.CheckConstraint(name="audit_numbers_begin_at_one", condition=Q(number__gte=1)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["table", "row"], name="audit_entries_by_record"),
            models.Index(fields=["country", "-number"], name="audit_entries_by_country"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"

    def get_absolute_url(self) -> str:
        """Return the address of the entry's page."""
        return reverse("log_detail", args=[self.number])

    @property
    def row_here(self) -> str:
        """The row that the entry is about. An imported entry has this beside the row's key where it came from."""
        return self.row


class AuditDetailQuerySet(models.QuerySet["AuditDetail"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the values before and after of the entries that the user may read.

        An administrator may read no facts, so only those of accounts. Entries on no row of no country (a refused
        passkey, an administrator's export) and on imported logs hold no fact and are included.
        """
        visible = self.filter(entry__in=AuditEntry.objects.visible_to(user))
        if user.is_authenticated and user.role == Role.ADMINISTRATOR:
            of_no_row = Q(entry__table="", entry__country=None)
            of_imported_log = Q(entry__table=ImportedLog._meta.label_lower)
            return visible.filter(Q(entry__table__startswith=ACCOUNT_TABLE_PREFIX) | of_no_row | of_imported_log)
        return visible


class AuditDetail(models.Model):
    """Values before and after of one entry, as JSON text.

    A redaction may replace a side; the chain holds a digest of each.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="detail")
    salt = models.CharField(max_length=32)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    objects = AuditDetailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"before and after of entry {self.entry_id}"


class ImportedLogQuerySet(models.QuerySet["ImportedLog"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the imported logs of the user's countries, for those who may read the own log."""
        if not user.is_authenticated or not user.is_active or user.role not in LOG_READER_ROLES:
            return self.none()
        return self.filter(country__in=Country.objects.visible_to(user))


class ImportedLog(models.Model):
    """The part of another installation's activity log that came along with a country (`tiptracker.portable_post`).

    `entries` and `head` were sealed when the country was exported, and are noted in this installation's own log too.
    `keys` leads from keys of that installation to those of here: "tables" says by table how much was added to each key,
    "people" gives the key of each account.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    version = models.CharField(max_length=40, help_text="The version of the application that exported the country.")
    made_at = models.DateTimeField(help_text="When the country was exported (machine time).")
    imported_at = models.DateTimeField(help_text="Machine time.")
    entries = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64, blank=True, help_text="The seal of its last entry.")
    keys = models.JSONField(default=dict)

    objects = ImportedLogQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Log of {self.country}, exported {self.made_at:%Y-%m-%d}"

    def find_key(self, table: str, row: int) -> int:
        """Return the key that a row of the exporting installation has here."""
        added: int = self.keys.get("tables", {}).get(current_label(table), 0)
        return row + added


class ImportedEntryQuerySet(_EntryQuerySet["ImportedEntry"]):
    row_field = "row_here"

    def visible_to(self, user: AnyUser) -> Self:
        """Return the entries of the imported logs of the user's countries, for those who may read the own log.

        Administrators of posts read those on people, ministries and the countries themselves, as in the own log.
        """
        if not user.is_authenticated or not user.is_active or user.role not in LOG_READER_ROLES:
            return self.none()
        visible = self.filter(log__country__in=Country.objects.visible_to(user))
        if user.role == Role.ADMINISTRATOR:
            return visible.filter(is_for_installation(user) | Q(table__startswith=ACCOUNT_TABLE_PREFIX))
        return visible

    def with_readable_values(self, user: AnyUser) -> Self:
        """Return the entries whose values before and after the user may read: administrators read no facts."""
        if user.is_authenticated and user.role == Role.ADMINISTRATOR:
            return self.filter(table__startswith=ACCOUNT_TABLE_PREFIX)
        return self

    def numbers_of(self, keys: Collection[int]) -> list[tuple[int, int]]:
        """Return key and number of the entries with these keys."""
        return list(self.filter(pk__in=keys).values_list("pk", "number"))

    def of_table(self, table: str, verb: str) -> Self:
        """Return the entries with this verb on rows of a table."""
        return self.filter(table__in=all_labels(table), verb=verb)


class ImportedEntry(models.Model):
    """One entry of an imported log, exactly as it was: its number, keys, digests and hashes are those of its origin.

    `row_here` and `by` are the row and the person in this installation. `seal` is the hash of the seal before and of
    this entry's own hash, so that nobody can change, remove or insert one.
    """

    log = models.ForeignKey(ImportedLog, models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_key = models.PositiveBigIntegerField(null=True)
    country_key = models.PositiveBigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    table = models.CharField(max_length=60, blank=True)
    row = models.CharField(max_length=40, blank=True)
    row_here = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)
    before_digest = models.CharField(max_length=64, blank=True)
    after_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    detail_key = models.PositiveBigIntegerField(null=True, help_text="The key that its values had in that log.")
    salt = models.CharField(max_length=32, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    seal = models.CharField(max_length=64)

    objects = ImportedEntryQuerySet.as_manager()

    class Meta:
        ordering = ("log", "number")
        constraints: ClassVar = [
            models.UniqueConstraint("log", "number", name="an_imported_entry_has_its_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["table", "row_here"], name="imported_entries_by_record"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"

    def get_absolute_url(self) -> str:
        """Return the address of the entry's page."""
        return reverse("imported_entry_detail", args=[self.pk])

    @property
    def country(self) -> Country:
        """The country with which the log came along."""
        return self.log.country


class RecordVersion(models.Model):
    """The version of a part of the record: a random token that changes with it (`tiptracker.audit.record_version`)."""

    part = models.CharField(max_length=40, primary_key=True, help_text="A country, or what its ministries may read.")
    token = models.CharField(max_length=24)

    def __str__(self) -> str:
        return f"{self.part}: {self.token}"


class ListReadQuerySet(OwnRowsQuerySet["ListRead"]):
    def on_day(self, person: AnyUser, day: date) -> Self:
        """Return the counts of what a person was sent on a day, one per list."""
        return self.filter(person=person.pk, day=day)


class ListRead(models.Model):
    """How many rows of one API list a person was sent on one day.

    `told` is that number at the last entry in the activity log; None before the first one. `last_request` is a digest
    of the newest request: if the same request follows directly, it is not counted again.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    list = models.CharField(max_length=40)
    day = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(null=True)
    last_request = models.CharField(max_length=64, blank=True)

    objects = ListReadQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("person", "day", "list", name="a_list_is_counted_once_a_person_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.list}, {self.day}: {self.rows} rows"


class LogVerification(models.Model):
    """The result of one check of the whole log: the newest entry checked, and the fault found. Machine time."""

    at = models.DateTimeField()
    number = models.PositiveBigIntegerField(help_text="The newest entry at that time; 0 for an empty log.")
    hash = models.CharField(max_length=64, blank=True, help_text="Its hash.")
    fault = models.CharField(max_length=200, blank=True, help_text="Empty if the log has no fault.")
    faulty_number = models.PositiveBigIntegerField(null=True, help_text="The first entry with a fault.")

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_fault_of_the_log_has_its_entry",
                condition=Q(fault="", faulty_number=None) | ~Q(fault="") & Q(faulty_number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.fault or 'holds'}"
