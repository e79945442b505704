"""The log: who did or read what, when and from where; each entry sealed by the hash of the one before."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from tiptracker.accounts.models import Country, Reader
from tiptracker.words import Role


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Reader) -> Self:
        """Officers and administrators: entries on their countries; nobody else any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self
        if user.role == Role.OFFICER:
            return self.filter(country__in=Country.objects.visible_to(user))
        return self.none()


class AuditEntry(models.Model):
    """One entry of the chain. Rows are added, never changed; what was before and after lies in AuditDetail."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()  # the machine's time, as in every log
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

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"


class AuditDetail(models.Model):
    """Before and after of one entry, as JSON text. Redaction may blank a side; the chain holds a digest of each."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="detail")
    salt = models.CharField(max_length=32)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
