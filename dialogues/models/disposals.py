"""Retention schedules, holds, and the disposal of old editions: proposed by one person, approved by another.

A certificate approves a disposal. While it is open, the triggers of the record let texts of the rows that it names
become the mark DISPOSED (`tiptracker.audit.append_only`). The disposal closes it in the same transaction, for good.
"""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from dialogues.choices import RecordKind
from recommendations.models import Edition
from recommendations.models.editions import DatedQuerySet
from tiptracker.accounts.models import AnyUser, Country
from tiptracker.audit.append_only import DISPOSED
from tiptracker.backups.models import PostExport
from tiptracker.choices import Role
from tiptracker.former_names import all_labels
from tiptracker.localization import format_date, gettext, gettext_lazy

SHA256_PATTERN = r"^[0-9a-f]{64}$"


class PostRowsQuerySet[Row: models.Model](DatedQuerySet[Row]):
    """Dated rows of a country that its officers and its ambassador read."""

    path = "edition__country"

    def visible_to(self, user: AnyUser) -> Self:
        """Filter to rows of the user's countries, for officers and ambassadors only."""
        if not user.is_authenticated or not user.is_active or user.role not in (Role.OFFICER, Role.AMBASSADOR):
            return self.none()
        return self.filter(**{f"{self.path}__in": Country.objects.visible_to(user)})


class RetentionScheduleQuerySet(PostRowsQuerySet["RetentionSchedule"]):
    path = "country"

    def in_force(self, country: Country | int, kind: RecordKind = RecordKind.EDITION) -> "RetentionSchedule | None":
        """Return the newest schedule of a country for a kind of record; None if it has none."""
        return self.filter(country=country, kind=kind).known_by(None).first()


class RetentionSchedule(models.Model):
    """How many years a country keeps a kind of record, and under which authority. A later row replaces an earlier one.

    `authority` is empty until the post enters the number under which the records authority approved the schedule.
    Nothing is disposed of without it.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    kind = models.CharField(gettext_lazy("kind of record"), max_length=12, choices=RecordKind.choices())
    years = models.PositiveSmallIntegerField(gettext_lazy("years to keep"))
    authority = models.CharField(gettext_lazy("number of the disposition authority"), max_length=100, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = RetentionScheduleQuerySet.as_manager()

    class Meta:
        ordering = ("country", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="records_are_kept_for_a_year_at_least",
                condition=Q(years__range=(1, 100)),
                violation_error_message=gettext_lazy("Enter a number of years from 1 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.years}"

    def last_day_kept(self, edition: Edition) -> date:
        """Return the last day on which an edition has to be kept."""
        last = edition.ends_on
        return last.replace(year=last.year + self.years, day=28 if (last.month, last.day) == (2, 29) else last.day)


class RetentionHoldQuerySet(PostRowsQuerySet["RetentionHold"]):
    def in_force(self) -> Self:
        """Filter to holds that nobody released."""
        return self.filter(release__isnull=True)


class RetentionHold(models.Model):
    """A reason to keep an edition however old it is, such as a lawsuit. It ends with its release."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="holds")
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = RetentionHoldQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        constraints: ClassVar = [models.CheckConstraint(name="a_hold_has_its_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.edition}: {self.reason}"


class RetentionHoldRelease(models.Model):
    """The release of a hold, with its reason."""

    hold = models.OneToOneField(RetentionHold, models.PROTECT, related_name="release")
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="a_release_has_its_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.hold.edition}: {self.reason}"


class DisposalQuerySet(PostRowsQuerySet["Disposal"]):
    def undecided(self) -> Self:
        """Filter to proposals that nobody approved or declined."""
        return self.filter(certificate__isnull=True, decline__isnull=True)


class Disposal(models.Model):
    """A proposal to dispose of an edition under a schedule. A second person approves it with a certificate."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="disposals")
    schedule = models.ForeignKey(RetentionSchedule, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DisposalQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")

    def __str__(self) -> str:
        return f"{self.edition}, {self.recorded_at:%Y-%m-%d}"


class DisposalDecline(models.Model):
    """The second person's decision to keep an edition that somebody proposed to dispose of."""

    disposal = models.OneToOneField(Disposal, models.PROTECT, related_name="decline")
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="declining_a_disposal_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.disposal}: {self.reason}"


class DisposalCertificateQuerySet(PostRowsQuerySet["DisposalCertificate"]):
    def of_rows(self, rows: Iterable[models.Model]) -> Self:
        """Filter to the certificates that name one of these rows. Rows without the mark are not queried."""
        marked = [row for row in rows if is_disposed_of(row)]
        if not marked:
            return self.none()
        of_one = (Q(table__in=all_labels(row._meta.label_lower), row=row.pk) for row in marked)
        return self.filter(pk__in=DisposalRow.objects.filter(reduce(or_, of_one)).values("certificate"))

    def of_country(self, country: Country | int) -> Self:
        """Filter to certificates of a country, newest first."""
        return self.filter(edition__country=country).order_by("-number")


class DisposalCertificate(models.Model):
    """The certificate that an edition was disposed of: by whom, under which schedule, after which export.

    A trigger refuses the person who proposed it, a schedule without the authority's number, and an edition on hold.
    `counts` gives the number of rows by table, `rows_sha256` the SHA-256 over table and key of every row, and
    `sha256` that over the certificate. `is_repeated`: it was carried out again in a record that was restored.
    """

    disposal = models.OneToOneField(Disposal, models.PROTECT, related_name="certificate")
    edition = models.OneToOneField(Edition, models.PROTECT, related_name="certificate")
    number = models.PositiveIntegerField(help_text=gettext_lazy("Certificates of a country are numbered from 1."))
    export = models.ForeignKey(PostExport, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_repeated = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(null=True, blank=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = DisposalCertificateQuerySet.as_manager()

    class Meta:
        ordering = ("edition__country", "-number")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_closed_certificate_has_its_digests",
                condition=Q(closed_at__isnull=True, rows_sha256="", sha256="")
                | Q(closed_at__isnull=False, rows_sha256__regex=SHA256_PATTERN, sha256__regex=SHA256_PATTERN),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its number with the code of its country, such as “LSO 2”."""
        return f"{self.edition.country.code} {self.number}"

    @property
    def sentence(self) -> str:
        """What pages say in place of what is gone."""
        day = format_date(timezone.localtime(self.recorded_at).date())
        return gettext("Disposed of on %(date)s under certificate %(number)s.") % {"date": day, "number": self.label}

    @property
    def title(self) -> str:
        """The title of its page."""
        return gettext("Certificate of disposal %(number)s") % {"number": self.label}


class DisposalRow(models.Model):
    """A row whose texts a certificate blanked, by table and key. Of a file: one whose content was destroyed."""

    certificate = models.ForeignKey(DisposalCertificate, models.PROTECT, related_name="rows")
    table = models.CharField(max_length=60)
    row = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(fields=["table", "row"], name="disposals_of_a_row")]
        constraints: ClassVar = [
            models.UniqueConstraint("certificate", "table", "row", name="a_certificate_names_a_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table}:{self.row}"


def is_named_row(label: str) -> Exists:
    """Return the condition that a certificate names the row of this table, such as "dialogues.evidence"."""
    return Exists(DisposalRow.objects.filter(table__in=all_labels(label), row=OuterRef("pk")))


def is_disposed_of(row: models.Model) -> bool:
    """Return whether the texts of a row were disposed of. It needs no query."""
    return DISPOSED in row.__dict__.values()


def list_disposals_of(rows: Iterable[models.Model]) -> list[tuple[date, str]]:
    """Return day and number of each certificate that names one of these rows. Whoever sees a row may read them."""
    certificates = DisposalCertificate.objects.of_rows(rows).select_related("edition__country").order_by("pk")
    return [(timezone.localtime(each.recorded_at).date(), each.label) for each in certificates]
