"""The dated rows by which an installation signs a language off, or switches it off again."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from tiptracker.accounts.administrator_scope import is_for_installation
from tiptracker.accounts.models import AnyUser
from tiptracker.choices import Role
from tiptracker.localization import gettext_lazy

SPEAKER_LENGTH = 120
REASON_LENGTH = 300


class LanguageReviewQuerySet(models.QuerySet["LanguageReview"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the rows that the user may read: only administrators of the installation read them."""
        if not user.is_authenticated or user.role != Role.ADMINISTRATOR:
            return self.none()
        return self.filter(is_for_installation(user))


class LanguageReview(models.Model):
    """What this installation decided about a language. The newest row of a language counts.

    `is_signed_off`: a speaker has reviewed the catalogue, and people may choose the language from then on. Otherwise
    the language was switched off, with the reason. `recorded_by` is empty if a command did it.
    """

    language = models.CharField(gettext_lazy("language"), max_length=10)
    is_signed_off = models.BooleanField(gettext_lazy("signed off"))
    speaker = models.CharField(gettext_lazy("speaker who reviewed it"), max_length=SPEAKER_LENGTH, blank=True)
    speaker_office = models.CharField(gettext_lazy("what the speaker is"), max_length=SPEAKER_LENGTH, blank=True)
    reason = models.CharField(gettext_lazy("reason"), max_length=REASON_LENGTH, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = LanguageReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="signed_off_by_a_speaker_or_off_for_a_reason",
                condition=(Q(is_signed_off=True) & ~Q(speaker="") & ~Q(speaker_office="") & Q(reason=""))
                | (Q(is_signed_off=False, speaker="", speaker_office="") & ~Q(reason="")),
                violation_error_message=gettext_lazy("Name the speaker and what they are, or the reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.language
