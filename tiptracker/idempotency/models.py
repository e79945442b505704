"""Idempotency keys: which keys a person's programs used lately, for which request, and the row that it created."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from tiptracker.accounts.models import OwnRowsQuerySet

KEY_LIFETIME = timedelta(hours=24)
"""How long a key belongs to the request that it was first sent with."""


class IdempotencyKeyQuerySet(OwnRowsQuerySet["IdempotencyKey"]):
    pass


class IdempotencyKey(models.Model):
    """A key sent with a request, stored as digests: neither the key, the body nor the answer is stored.

    `made` is the id of the created row, in the list that the request's URL names; None while the request is running.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key_digest = models.CharField("SHA-256 of the key", max_length=64)
    request_digest = models.CharField("SHA-256 of method, address and body", max_length=64)
    begun_at = models.DateTimeField()
    made = models.BigIntegerField(null=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("person", "key_digest", name="idempotency_key_once_by_its_person"),
        ]

    def __str__(self) -> str:
        return f"Key of {self.begun_at:%Y-%m-%d %H:%M}"
