"""Carry out a request once, however often it is sent with the same key.

The key is reserved before anything is done, and completed in the transaction that creates the row. A process that dies
in between leaves a reserved key and no row.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import models, transaction

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.idempotency.models import KEY_LIFETIME, IdempotencyKey
from tiptracker.localization import gettext

ABANDONED_AFTER = timedelta(minutes=2)
"""A request that has run for this long counts as lost; the same request may then be carried out again."""


class IdempotencyKeyReused(Refused):
    """The key was used before with another address or body. The API answers 422."""


class RequestStillRunning(Refused):
    """The same request is being carried out now. The API answers 409, and says when to try again."""


def reserve_key(*, person: User, key: str, request: str, now: datetime) -> IdempotencyKey:
    """Reserve `key` for a request (its digest) and return it. If its `made` is set, the request was carried out before.

    Raises IdempotencyKeyReused and RequestStillRunning.
    """
    digest = sha256(key.encode()).hexdigest()
    IdempotencyKey.objects.filter(person=person, key_digest=digest, begun_at__lte=now - KEY_LIFETIME).delete()
    attempt, is_new = IdempotencyKey.objects.get_or_create(
        person=person, key_digest=digest, defaults={"request_digest": request, "begun_at": now}
    )
    if is_new:
        return attempt
    if attempt.request_digest != request:
        raise IdempotencyKeyReused(
            "key_reused",
            gettext("This Idempotency-Key was used for another request. Send this request with a new key."),
        )
    if attempt.made is None and not _take_over(attempt, now):
        raise RequestStillRunning(
            "still_running",
            gettext("The same request is still running. Wait a moment, then send it again with this key."),
        )
    return attempt


def create_once(attempt: IdempotencyKey, write: Callable[[], models.Model]) -> Any:
    """Run `write` and complete the key, in one transaction. Return the id of the row. Raises what `write` raises."""
    with transaction.atomic():
        # Lock it first, so that no other process takes the request over before the row exists.
        locked = _unfinished(attempt).select_for_update(no_key=True).first()
        if locked is None:
            raise RequestStillRunning(
                "still_running", gettext("The same request was sent again and is still running. Wait a moment.")
            )
        locked.made = write().pk
        locked.save(update_fields=["made"])
    return locked.made


def release_key(attempt: IdempotencyKey) -> None:
    """Delete a key whose request created nothing, so that it can be sent again as if for the first time."""
    _unfinished(attempt).delete()


def drop_old_keys(*, now: datetime) -> int:
    """Delete keys that were first sent longer ago than KEY_LIFETIME, and return how many."""
    return IdempotencyKey.objects.filter(begun_at__lte=now - KEY_LIFETIME).delete()[0]


def _unfinished(attempt: IdempotencyKey) -> models.QuerySet[IdempotencyKey]:
    """Return the row of `attempt`, unless it was completed or taken over meanwhile."""
    return IdempotencyKey.objects.filter(pk=attempt.pk, begun_at=attempt.begun_at, made=None)


def _take_over(attempt: IdempotencyKey, now: datetime) -> bool:
    """Take over `attempt` if it was abandoned, and return whether this process now has it."""
    if attempt.begun_at > now - ABANDONED_AFTER or not _unfinished(attempt).update(begun_at=now):
        return False
    attempt.begun_at = now
    return True
