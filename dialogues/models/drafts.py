"""Drafts: what a user has typed and not sent. They are no facts: they may change, and are deleted once sent or dropped.

Drafts that nobody saves for DRAFT_LIFETIME are deleted too.
"""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dialogues.models.commitments import Commitment
from dialogues.models.dialogues import Dialogue
from dialogues.models.information_requests import InformationRequest
from dialogues.models.updates import has_subject
from tiptracker.accounts.models import AnyUser, Country, Ministry
from tiptracker.choices import Role

DRAFT_LIFETIME = timedelta(days=90)
"""How long a draft is kept after it was last saved."""


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user may see.

        Update: only its ministry, not the embassy. Dialogue: only its country's officers.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            return self.filter(has_subject(ministry=user.ministry_id))
        if user.role == Role.OFFICER:
            return self.filter(dialogue__country__in=Country.objects.visible_to(user))
        return self.none()

    def untouched(self, *, since: datetime) -> Self:
        """Filter to drafts that nobody has saved since a moment."""
        return self.filter(saved_at__lt=since)


class Draft(models.Model):
    """The form of an update on one commitment or request, or of one dialogue's record: `content` by field name.

    `writer` is the page that saved it last: a lost response is no conflict of that page with itself.
    """

    commitment = models.OneToOneField(Commitment, models.CASCADE, null=True, blank=True, related_name="draft")
    dialogue = models.OneToOneField(Dialogue, models.CASCADE, null=True, blank=True, related_name="draft")
    information_request = models.OneToOneField(
        InformationRequest, models.CASCADE, null=True, blank=True, related_name="draft"
    )
    content = models.JSONField(default=dict, blank=True)
    files = models.ManyToManyField("dialogues.EvidenceFile", blank=True, related_name="drafts")
    writer = models.CharField(max_length=36, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_draft_is_of_one_commitment_dialogue_or_request",
                condition=Q(commitment__isnull=False, dialogue__isnull=True, information_request__isnull=True)
                | Q(commitment__isnull=True, dialogue__isnull=False, information_request__isnull=True)
                | Q(commitment__isnull=True, dialogue__isnull=True, information_request__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Draft, {self.saved_at:%Y-%m-%d %H:%M}"

    @property
    def mark(self) -> str:
        """The mark that a page keeps of the draft it was filled from: this draft in this version, and no later one."""
        return f"{self.pk}-{self.version}"

    @property
    def kept_until(self) -> date:
        """The last day on which the draft is certain to exist if nobody saves it again."""
        return timezone.localtime(self.saved_at + DRAFT_LIFETIME).date()


class WorkbookDraftQuerySet(models.QuerySet["WorkbookDraft"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user uploaded themselves, for the ministry or the countries that they have today."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = self.filter(uploaded_by=user.pk)
        if user.is_ministry:
            return own.filter(ministry=user.ministry_id)
        if user.role == Role.OFFICER:
            return own.filter(ministry__country__in=Country.objects.visible_to(user))
        return self.none()

    def untouched(self, *, since: datetime) -> Self:
        """Filter to drafts that nobody has saved since a moment."""
        return self.filter(saved_at__lt=since)


class WorkbookDraft(models.Model):
    """A workbook as its uploader read it in and corrected it. Nothing in it is sent before its preview is confirmed.

    `rows` are the rows of the preview (`dialogues.workbook.rows`). `name` and `sha256` are those of the uploaded file,
    which is not kept. `received_on` is the day on which the embassy received it, if an officer uploaded it on behalf of
    the ministry.
    """

    ministry = models.ForeignKey(Ministry, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    received_on = models.DateField(null=True, blank=True)
    rows = models.JSONField(default=list, blank=True)
    files = models.ManyToManyField("dialogues.EvidenceFile", blank=True, related_name="workbook_drafts")
    version = models.PositiveIntegerField(default=1)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = WorkbookDraftQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    @property
    def kept_until(self) -> date:
        """The last day on which the draft is certain to exist if nobody saves it again."""
        return timezone.localtime(self.saved_at + DRAFT_LIFETIME).date()
