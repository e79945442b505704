"""Uploaded files as they are kept, and what a scanner says of them."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from dialogues.choices import RedactionAnswer
from dialogues.models.dialogues import DialogueFile
from dialogues.models.drafts import Draft
from dialogues.models.evidence import Evidence
from tiptracker.accounts.models import AnyUser, Country, Ministry, User
from tiptracker.audit.append_only import REDACTED


def random_name(instance: "EvidenceFile", filename: str) -> str:
    """Where a file is kept: a name that tells nothing and can't be guessed."""
    name = uuid4().hex
    return f"evidence/{name[:2]}/{name}"


IS_UNSENT = Q(evidence__isnull=True, dialogues__isnull=True)
"""Of files: those that nothing cites, neither evidence nor a dialogue."""


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user: AnyUser) -> Self:
        """With evidence, a dialogue or a draft that holds it; and what one uploaded oneself, not sent, still kept."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        of_dialogues = Q(dialogues__in=DialogueFile.objects.visible_to(user))
        cited = Q(evidence__in=Evidence.objects.visible_to(user)) | of_dialogues
        drafted = Q(drafts__in=Draft.objects.visible_to(user))
        own = IS_UNSENT & Q(pk__in=self.model.objects.uploaded_as(user).values("pk"))
        return self.filter(cited | ((own | drafted) & ~Q(name=REDACTED))).distinct()

    def uploaded_as(self, user: User) -> Self:
        """What this person uploaded for the side that they are on today: the same ministry, or their embassy."""
        here = Q(country=None) | Q(country__in=Country.objects.visible_to(user))
        return self.filter(here, uploaded_by=user.pk, ministry=user.ministry_id)

    def kept(self) -> Self:
        """Whose content is still there: all but those that nobody sent, and those that were redacted as a whole."""
        of_evidence = Exists(Evidence.objects.filter(file=OuterRef("pk")))
        of_a_dialogue = Exists(DialogueFile.objects.filter(file=OuterRef("pk")))
        rows = self.filter(~Q(name=REDACTED) | of_evidence | of_a_dialogue)
        return rows.exclude(pk__in=self.model.objects.redacted().values("pk"))

    def redacted(self) -> Self:
        """Redacted as a whole: their content was destroyed, or is about to be."""
        return self.filter(redactions__redaction__decision__decision=RedactionAnswer.CONFIRMED)

    def unscanned(self) -> Self:
        """Still kept, and without a scanner's word: in quarantine, where there is a scanner."""
        return self.kept().filter(scans__isnull=True)

    def unsent(self, *, before: datetime) -> Self:
        """Uploaded before a moment, cited by nothing, in no draft, and still kept."""
        return self.filter(IS_UNSENT, drafts__isnull=True, uploaded_at__lt=before).exclude(name=REDACTED)


class EvidenceFile(models.Model):
    """A file as kept: its name as sent, what it really is, its size in bytes, its hash. Never changed.

    What is kept is a clean copy: `received_sha256` is of the bytes that were sent, `stored_sha256` of those kept.
    `ministry` is the one for which it was uploaded, None for the embassy; `country` its country, None where an officer
    of several countries uploaded it. Both stay, wherever the uploader works later.
    """

    file = models.FileField(upload_to=random_name, max_length=100)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    received_sha256 = models.CharField(max_length=64)
    stored_sha256 = models.CharField(max_length=64)
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
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def destroyed_at(self) -> datetime | None:
        """When it was redacted as a whole; asked about only where its name is the mark, as it then always is."""
        if self.name != REDACTED:
            return None
        confirmed = self.redactions.filter(redaction__decision__decision=RedactionAnswer.CONFIRMED)
        return confirmed.values_list("redaction__decision__recorded_at", flat=True).first()


class FileScan(models.Model):
    """A scanner's word on a file: the name of the malware it found, "" for none. The newest holds."""

    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="scans")
    found = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.found or "clean"
