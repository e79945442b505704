"""Count in the database what leads to a lock-out: wrong passwords, wrong codes, requests for a new password.

allauth counts in a cache, which can be lost or emptied; this backend replaces that cache. Keys are stored as hashes and
values as JSON, so nothing that is read from the table is executed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone

from tiptracker.lock_outs.models import LockOutCount


class LockOutCache(BaseCache):
    """A cache backend that stores its entries as rows of LockOutCount."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        row = LockOutCount.objects.filter(key=_key_digest(key), expires_at__gt=timezone.now()).first()
        return row.value if row else default

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Return the values of these keys in one query, as Django's caches do."""
        digests = {_key_digest(key): key for key in keys}
        rows = LockOutCount.objects.filter(key__in=digests, expires_at__gt=timezone.now())
        return {digests[row.key]: row.value for row in rows}

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store `value` unless the key has one; return whether it was stored. Of simultaneous calls, one succeeds."""
        LockOutCount.objects.filter(key=_key_digest(key), expires_at__lte=timezone.now()).delete()
        try:
            # Not `get_or_create`: it looks for the other row after a conflict, which may be deleted by then.
            with transaction.atomic():
                LockOutCount.objects.create(key=_key_digest(key), value=value, expires_at=self._end(timeout))
        except IntegrityError:
            return False
        return True

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        row = LockOutCount(key=_key_digest(key), value=value, expires_at=self._end(timeout))
        LockOutCount.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["key"], update_fields=["value", "expires_at"]
        )

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(LockOutCount.objects.filter(key=_key_digest(key)).delete()[0])

    def clear(self) -> None:
        LockOutCount.objects.all().delete()

    def _end(self, timeout: Any) -> datetime:
        seconds = float(self.default_timeout or 0) if timeout is DEFAULT_TIMEOUT else float(timeout)
        return timezone.now() + timedelta(seconds=seconds)


def drop_expired_counts() -> int:
    """Delete expired counts and return how many."""
    return LockOutCount.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _key_digest(key: Any) -> str:
    return sha256(str(key).encode()).hexdigest()
