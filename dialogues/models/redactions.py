"""Redactions: proposed by one person, decided on by another, and the record of what was redacted."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from dialogues.choices import RedactionAnswer
from dialogues.models.files import EvidenceFile
from tiptracker.accounts.models import AnyUser, Country, User
from tiptracker.audit.append_only import REDACTED
from tiptracker.choices import Role
from tiptracker.former_names import all_labels, current_field, current_label
from tiptracker.localization import gettext_lazy


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to redactions of the user's countries, for officers and ambassadors only.

        Until a redaction is decided on and finished, it contains the personal data to remove.
        """
        if not user.is_authenticated or not user.is_active or user.role not in (Role.OFFICER, Role.AMBASSADOR):
            return self.none()
        return self.filter(country__in=Country.objects.visible_to(user))

    def undecided(self) -> Self:
        """Filter to redactions without a decision."""
        return self.filter(decision__isnull=True)

    def for_decision_by(self, user: User) -> Self:
        """Filter to undecided redactions that this user may decide on: all but their own proposals."""
        return self.undecided().exclude(recorded_by=user)

    def confirmed(self, country: Country | int) -> Self:
        """Filter to confirmed redactions of a country, finished or not."""
        return self.filter(country=country, decision__decision=RedactionAnswer.CONFIRMED)

    def unfinished(self) -> Self:
        """Filter to confirmed redactions for which the job has not yet searched all briefings."""
        return self.filter(decision__decision=RedactionAnswer.CONFIRMED).exclude(words=REDACTED)


class Redaction(models.Model):
    """A proposal to remove `words`, and files, from a country's record.

    The words are replaced by the redaction mark once the proposal is declined or carried out everywhere. Otherwise this
    table would keep them.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    reason = models.TextField(gettext_lazy("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = RedactionQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(name="a_redaction_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Redaction {self.pk}"


class RedactionDecision(models.Model):
    """The second person's decision on a redaction. Never changed. A trigger refuses the person who proposed it."""

    redaction = models.OneToOneField(Redaction, models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=RedactionAnswer.choices())
    reason = models.TextField(gettext_lazy("reason"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="declining_a_redaction_has_its_reason",
                condition=Q(decision=RedactionAnswer.CONFIRMED) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.recorded_at:%Y-%m-%d}"


class RedactionFile(models.Model):
    """A file to redact as a whole: once confirmed, its content is destroyed and its hashes stay."""

    redaction = models.ForeignKey(Redaction, models.PROTECT, related_name="files")
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="redactions")

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("redaction", "file", name="a_redaction_names_a_file_once"),
        ]


class RedactionPlaceQuerySet(models.QuerySet["RedactionPlace"]):
    def marked(self, rows: Iterable[models.Model]) -> Self:
        """Filter to places of these rows that were redacted. Rows without a redaction mark are not queried."""
        marked = [row for row in rows if REDACTED in row.__dict__.values()]
        if not marked:
            return self.none()
        of_one = (Q(table__in=all_labels(row._meta.label_lower), row=row.pk) for row in marked)
        places = self.filter(reduce(or_, of_one), is_left=False)
        return places.select_related("redaction__decision").order_by("pk")


class RedactionPlace(models.Model):
    """A text, by table, row and field, that was redacted, or that the proposer chose to leave (`is_left`)."""

    redaction = models.ForeignKey(Redaction, models.PROTECT, related_name="places")
    table = models.CharField(max_length=60)
    row = models.PositiveBigIntegerField()
    field = models.CharField(max_length=40)
    is_left = models.BooleanField(default=False)

    objects = RedactionPlaceQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(fields=["table", "row"], name="places_of_a_row")]
        constraints: ClassVar = [
            models.UniqueConstraint("redaction", "table", "row", "field", name="a_redaction_names_a_text_once"),
        ]

    def __str__(self) -> str:
        return f"{current_label(self.table)}:{self.row}:{current_field(self.field)}"
