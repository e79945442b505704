"""The backups that were made, tried and proven."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tiptracker.accounts.models import Country
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class BackupProof(ChoiceEnum):
    """How a backup was proven."""

    RESTORED = "restored", gettext_noop("Restored from where it is kept")
    BEFORE_ENCRYPTION = "unencrypted", gettext_noop("Restored before it was encrypted")


class Backup(models.Model):
    """One attempt to make a backup, and the attempts to prove it. All moments are machine time.

    A failed attempt has no name. `problem` is the last thing that went wrong, in making or proving it, with what to do.
    """

    created_at = models.DateTimeField()
    destination = models.CharField(max_length=300)
    name = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    is_encrypted = models.BooleanField(default=False)
    log_number = models.PositiveBigIntegerField(default=0, help_text="The newest entry of the activity log; 0: none.")
    log_hash = models.CharField(max_length=64, blank=True)
    tried_at = models.DateTimeField(null=True, help_text="When it was last tried to prove it.")
    proven_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=20, choices=BackupProof.choices(), blank=True)
    problem = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, help_text="When it was deleted by rule, or found missing.")

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_failed_backup_has_its_problem",
                condition=~Q(name="") | ~Q(problem=""),
            ),
            models.CheckConstraint(
                name="a_proven_backup_says_how",
                condition=Q(proven_at=None, proof="") | (Q(proven_at__isnull=False) & ~Q(proof="") & ~Q(name="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"failed, {self.created_at:%Y-%m-%d}"


class PostExport(models.Model):
    """An archive of a country that `export_post` wrote completely. Machine time.

    The command records it itself, so nobody has to type a hash. `log_number` is the newest entry of the activity log
    when the record was read.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, help_text="Of the archive, as it was written.")
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(help_text="When the record was read.")
    log_number = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.name
