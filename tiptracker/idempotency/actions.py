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
from tiptracker.idempotency.models import KEPT_FOR, IdempotencyKey

ABANDONED_AFTER = timedelta(minutes=2)
"""A request that has run for so long is taken to be lost; the same request may then be carried out anew."""


class UsedForAnotherRequest(Refused):
    """The key was sent before, with another address or body. The API answers 422."""


class StillRunning(Refused):
    """The same request is being carried out at this moment. The API answers 409, and says when to ask again."""


def begin(*, person: User, key: str, request: str, now: datetime) -> IdempotencyKey:
    """Reserve `key` for a request (its digest); one whose `made` is set was carried out before.

    Raises UsedForAnotherRequest, and StillRunning.
    """
    rows = IdempotencyKey.objects.filter(person=person, key_digest=sha256(key.encode()).hexdigest())
    rows.filter(begun_at__lte=now - KEPT_FOR).delete()
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
        raise UsedForAnotherRequest(
            "This Idempotency-Key was used for another request, with another address or body. Send this one with a "
            "new key."
        )
    if attempt.made is None and not _taken_over(attempt, now):
        raise StillRunning("The same request is being carried out. Wait a moment, then send it again with this key.")
    return attempt


def make_once(attempt: IdempotencyKey, write: Callable[[], models.Model]) -> Any:
    """Run `write` and finish the key, in one transaction; gives the id of the row. Raises what `write` does."""
    with transaction.atomic():
        # Held first, so that no one else takes the request over before the row is there.
        held = _as_begun(attempt).select_for_update(no_key=True).first()
        if held is None:
            raise StillRunning("The same request was sent again, and is being carried out. Wait a moment.")
        held.made = write().pk
        held.save(update_fields=["made"])
    return held.made


def release(attempt: IdempotencyKey) -> None:
    """Forget a key whose request made nothing: sent again, it is carried out as if for the first time."""
    _as_begun(attempt).delete()


def drop_old_keys(*, now: datetime) -> int:
    """Remove keys that were first sent longer ago than KEPT_FOR; gives how many."""
    return IdempotencyKey.objects.filter(begun_at__lte=now - KEPT_FOR).delete()[0]


def _as_begun(attempt: IdempotencyKey) -> models.QuerySet[IdempotencyKey]:
    """The row of `attempt`, unless it was finished or taken over meanwhile."""
    return IdempotencyKey.objects.filter(pk=attempt.pk, begun_at=attempt.begun_at, made=None)


def _taken_over(attempt: IdempotencyKey, now: datetime) -> bool:
    """Whether `attempt` was abandoned, and is this process's from now on."""
    if attempt.begun_at > now - ABANDONED_AFTER or not _as_begun(attempt).update(begun_at=now):
        return False
    attempt.begun_at = now
    return True
