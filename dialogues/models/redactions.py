"""What is taken out of the record: proposed by one person, confirmed by another, and what remains to tell of it."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from dialogues.choices import RedactionAnswer
from dialogues.models.files import EvidenceFile
from tiptracker.accounts.models import AnyUser, Country, User
from tiptracker.audit.append_only import REDACTED
from tiptracker.choices import Role


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Officers and ambassadors of the country: until it is decided on, it holds what is to be taken out."""
        if not user.is_authenticated or not user.is_active or user.role not in (Role.OFFICER, Role.AMBASSADOR):
            return self.none()
        return self.filter(country__in=Country.objects.visible_to(user))

    def waiting(self) -> Self:
        """Those nobody has decided on yet."""
        return self.filter(decision__isnull=True)

    def awaiting(self, user: User) -> Self:
        """Those waiting that this person may decide on: not the ones that they proposed."""
        return self.waiting().exclude(recorded_by=user)

    def confirmed(self, country: Country | int) -> Self:
        """Those of a country that are carried out, or are being so."""
        return self.filter(country=country, decision__decision=RedactionAnswer.CONFIRMED)

    def unfinished(self) -> Self:
        """Confirmed, while what was handed over has not been looked through for the words yet."""
        return self.filter(decision__decision=RedactionAnswer.CONFIRMED).exclude(words=REDACTED)


class Redaction(models.Model):
    """A proposal that `words` be taken out of a country's record, and files with them.

    The words become the fixed mark once it is declined, or carried out everywhere: else it would keep them.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    reason = models.TextField("why it was redacted")
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
    """The second person's word on it. Never changed; a trigger refuses whoever proposed it."""

    redaction = models.OneToOneField(Redaction, models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=RedactionAnswer.choices())
    reason = models.TextField("why it was decided so", blank=True)
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
    """A file that goes as a whole: once confirmed its content is destroyed, and its hashes stay."""

    redaction = models.ForeignKey(Redaction, models.PROTECT, related_name="files")
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="redactions")

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("redaction", "file", name="a_redaction_names_a_file_once"),
        ]


class RedactionPlaceQuerySet(models.QuerySet["RedactionPlace"]):
    def marked(self, rows: Iterable[models.Model]) -> Self:
        """The texts of these rows that became the mark, with when. No row of which holds a mark is asked about."""
        held = Q(pk__in=())
        for row in rows:
            if REDACTED in row.__dict__.values():
                held |= Q(table=row._meta.label_lower, row=row.pk)
        return self.filter(held, is_left=False).select_related("redaction__decision").order_by("pk")


class RedactionPlace(models.Model):
    """A text, by table, row and field, that became the mark; or that the proposer found and left as it is."""

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
        return f"{self.table}:{self.row}:{self.field}"
