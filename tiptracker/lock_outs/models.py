"""Counts of failed attempts. No page shows these rows."""

from django.db import models


class LockOutCount(models.Model):
    """The value counted under one key (its SHA-256), such as the times of wrong passwords. Machine time."""

    key = models.CharField("SHA-256 of the key", max_length=64, unique=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Count until {self.expires_at:%Y-%m-%d %H:%M}"
