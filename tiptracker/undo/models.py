"""Rows that somebody deleted with one press, kept for a short time so that this person can bring them back."""

from datetime import timedelta

from django.conf import settings
from django.db import models

from tiptracker.accounts.models import OwnRowsQuerySet

UNDO_PERIOD = timedelta(hours=1)
"""How long a deleted row can be brought back."""


class RemovedRowQuerySet(OwnRowsQuerySet["RemovedRow"]):
    pass


class RemovedRow(models.Model):
    """A deleted row: its table, its id, and its columns in `content` as Django serializes them.

    Only the person who deleted it can bring it back.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=100)
    row = models.BigIntegerField()
    content = models.JSONField()
    removed_at = models.DateTimeField(db_index=True)

    objects = RemovedRowQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.table} {self.row}, removed {self.removed_at:%Y-%m-%d %H:%M}"
