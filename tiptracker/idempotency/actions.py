"""Carry out a request once, however often it is sent with the same key.

The key is reserved before anything is done, and finished in the transaction that makes the row: a process that dies in
between leaves a key that is running and no row.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import models, transaction

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.idempotency.models import KEY_LIFETIME, IdempotencyKey

ABANDONED_AFTER = timedelta(minutes=2)
"""A request that has run for so long is taken to be lost; the same request may then be carried out anew."""


class IdempotencyKeyReused(Refused):
    """The key was sent before, with another address or body. The API answers 422."""


class RequestStillRunning(Refused):
    """The same request is being carried out at this moment. The API answers 409, and says when to ask again."""


def reserve_key(*, person: User, key: str, request: str, now: datetime) -> IdempotencyKey:
    """Reserve `key` for a request (its digest); one whose `made` is set was carried out before.

    Raises UsedForAnotherRequest, and StillRunning.
    """
    rows = IdempotencyKey.objects.filter(person=person, key_digest=sha256(key.encode()).hexdigest())
    rows.filter(begun_at__lte=now - KEY_LIFETIME).delete()
    attempt, is_new = rows.get_or_create(
        defaults={
            "person": person,
            "key_digest": sha256(key.encode()).hexdigest(),
            "request_digest": request,
            "begun_at": now,
        }
    )
    if is_new:
        return attempt
    if attempt.request_digest != request:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used for another request, with another address or body. Send this one with a "
            "new key."
        )
    if attempt.made is None and not _take_over(attempt, now):
        raise RequestStillRunning(
            "The same request is being carried out. Wait a moment, then send it again with this key."
        )
    return attempt


def create_once(attempt: IdempotencyKey, write: Callable[[], models.Model]) -> Any:
    """Run `write` and finish the key, in one transaction; gives the id of the row. Raises what `write` does."""
    with transaction.atomic():
        # Held first, so that no one else takes the request over before the row is there.
        held = _unfinished(attempt).select_for_update(no_key=True).first()
        if held is None:
            raise RequestStillRunning("The same request was sent again, and is being carried out. Wait a moment.")
        held.made = write().pk
        held.save(update_fields=["made"])
    return held.made


def release_key(attempt: IdempotencyKey) -> None:
    """Forget a key whose request made nothing: sent again, it is carried out as if for the first time."""
    _unfinished(attempt).delete()


def drop_old_keys(*, now: datetime) -> int:
    """Remove keys that were first sent longer ago than KEPT_FOR; gives how many."""
    return IdempotencyKey.objects.filter(begun_at__lte=now - KEY_LIFETIME).delete()[0]


def _unfinished(attempt: IdempotencyKey) -> models.QuerySet[IdempotencyKey]:
    """The row of `attempt`, unless it was finished or taken over meanwhile."""
    return IdempotencyKey.objects.filter(pk=attempt.pk, begun_at=attempt.begun_at, made=None)


def _take_over(attempt: IdempotencyKey, now: datetime) -> bool:
    """Whether `attempt` was abandoned, and is this process's from now on."""
    if attempt.begun_at > now - ABANDONED_AFTER or not _unfinished(attempt).update(begun_at=now):
        return False
    attempt.begun_at = now
    return True
