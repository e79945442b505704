"""Uploaded files as they are stored, and their malware scans."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.functional import cached_property

from dialogues.choices import RedactionAnswer
from dialogues.models.dialogues import DialogueFile
from dialogues.models.disposals import DisposalRow
from dialogues.models.drafts import Draft
from dialogues.models.evidence import Evidence
from tiptracker.accounts.models import AnyUser, Country, Ministry, User
from tiptracker.audit.append_only import MARKS, REDACTED
from tiptracker.infrastructure.lookups import has_row


def random_name(instance: "EvidenceFile | None" = None, filename: str = "") -> str:
    """Return the storage path of a file: a random name that reveals nothing and can't be guessed."""
    name = uuid4().hex
    return f"evidence/{name[:2]}/{name}"


def is_sent() -> Q:
    """Return the condition for files that evidence or a dialogue cites."""
    of_evidence = has_row(Evidence.objects.filter(file=OuterRef("pk")))
    return of_evidence | has_row(DialogueFile.objects.filter(file=OuterRef("pk")))


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to files the user may see.

        These are files in evidence, dialogues and drafts that they may see, and their own unsent uploads. Unsent files
        must still be stored.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        drafted = Q(pk__in=Draft.objects.visible_to(user).values("files"))
        own = Q(pk__in=self.model.objects.uploaded_as(user).values("pk")) & ~is_sent()
        return self.filter(self._is_cited(user) | ((own | drafted) & ~Q(name=REDACTED)))

    def cited(self, user: AnyUser) -> Self:
        """Filter to files in evidence and dialogues that the user may see, without those redacted as a whole."""
        return self.filter(self._is_cited(user)).exclude(pk__in=self.model.objects.redacted().values("pk"))

    def _is_cited(self, user: AnyUser) -> Q:
        # Asked for each file: PostgreSQL would else read all evidence that the user sees, to find the few with files.
        of_evidence = has_row(Evidence.objects.visible_to(user).filter(file=OuterRef("pk")))
        return of_evidence | has_row(DialogueFile.objects.visible_to(user).filter(file=OuterRef("pk")))

    def uploaded_as(self, user: User) -> Self:
        """Filter to files that this user uploaded for their present ministry, or for their embassy."""
        in_their_country = Q(country=None) | Q(country__in=Country.objects.visible_to(user))
        return self.filter(in_their_country, uploaded_by=user.pk, ministry=user.ministry_id)

    def kept(self) -> Self:
        """Filter to files whose content is still stored: neither dropped as unsent nor redacted as a whole."""
        rows = self.filter(~Q(name=REDACTED) | is_sent())
        return rows.exclude(pk__in=self.model.objects.redacted().values("pk"))

    def redacted(self) -> Self:
        """Filter to files redacted as a whole or disposed of: their content is destroyed, or is about to be."""
        redacted = Q(redactions__redaction__decision__decision=RedactionAnswer.CONFIRMED)
        disposed = DisposalRow.objects.filter(table=self.model._meta.label_lower)
        return self.filter(redacted | Q(pk__in=disposed.values("row")))

    def unscanned(self) -> Self:
        """Filter to stored files without a scan. They are in quarantine if a scanner is configured."""
        return self.kept().filter(scans__isnull=True)

    def unsent(self, *, before: datetime) -> Self:
        """Filter to stored files uploaded before a moment that nothing cites and no draft holds."""
        undrafted = self.filter(drafts__isnull=True, workbook_drafts__isnull=True)
        return undrafted.filter(~is_sent(), uploaded_at__lt=before).exclude(name=REDACTED)


class EvidenceFile(models.Model):
    """A stored file: its name as sent, its detected media type, its size in bytes and its hashes. Never changed.

    The stored content is a clean copy. `received_sha256` is the hash of the bytes that were sent, `stored_sha256` of
    those stored. `original_size` is the size in bytes of the photograph that the sender's browser made smaller, as the
    browser said; None if it did not. `ministry` is the one it was uploaded for, None for the embassy. `country` is its
    country, None if an officer of several countries uploaded it. Both stay, wherever the uploader works later.
    """

    file = models.FileField(upload_to=random_name, max_length=100)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    received_sha256 = models.CharField(max_length=64)
    stored_sha256 = models.CharField(max_length=64)
    original_size = models.PositiveBigIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, related_name="+")
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="evidence_file_has_its_hash",
                condition=Q(received_sha256__regex=r"^[0-9a-f]{64}$", stored_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(name="evidence_file_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="evidence_file_was_larger_before",
                condition=Q(original_size__isnull=True) | Q(original_size__gt=F("size")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def destroyed_at(self) -> datetime | None:
        """When it was redacted as a whole or disposed of, or None.

        Queries only if its name is a mark, as it then always is.
        """
        if self.name not in MARKS:
            return None
        gone = DisposalRow.objects.filter(table=self._meta.label_lower, row=self.pk)
        if disposed_at := gone.values_list("certificate__recorded_at", flat=True).first():
            return disposed_at
        confirmed = self.redactions.filter(redaction__decision__decision=RedactionAnswer.CONFIRMED)
        return confirmed.values_list("redaction__decision__recorded_at", flat=True).first()


class FileTextQuerySet(models.QuerySet["FileText"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to the texts of files in evidence and dialogues that the user may see."""
        return self.filter(file__in=EvidenceFile.objects.cited(user).order_by().values("pk"))


class FileText(models.Model):
    """The text of a page of a file, which the search reads. It can be made again from the file at any time.

    A file that was read has at least one row, with an empty text if there is none in it. A redaction deletes the rows
    that hold its words, and those of a file that it destroys.
    """

    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="texts")
    page = models.PositiveIntegerField()
    text = models.TextField(blank=True)

    objects = FileTextQuerySet.as_manager()

    class Meta:
        ordering = ("file", "page")
        constraints: ClassVar = [models.UniqueConstraint("file", "page", name="a_page_of_a_file_has_one_text")]

    def __str__(self) -> str:
        return f"Page {self.page} of {self.file}"


class FileScan(models.Model):
    """A malware scan of a file: the name of the malware found, "" for none. The newest counts."""

    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="scans")
    found = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.found or "clean"
