"""Counts of wrong tries. Rows for the machine alone: no page shows them."""

from django.db import models


class LockOutCount(models.Model):
    """What is counted under one key (its SHA-256), such as the moments of wrong passwords. Machine's time."""

    key = models.CharField("SHA-256 of the key", max_length=64, unique=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Count until {self.expires_at:%Y-%m-%d %H:%M}"
