"""Keep rows that are about to be deleted, bring them back, and forget them when the time is over.

The caller asks for permission, decides which rows may come back, and writes to the activity log.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import models, transaction

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import gettext
from tiptracker.undo.models import UNDO_PERIOD, RemovedRow
from tiptracker.validation import insert_row


def keep_removed(row: models.Model, *, by: User, now: datetime) -> RemovedRow:
    """Keep a copy of `row`, which the caller deletes in the same transaction."""
    [content] = json.loads(serializers.serialize("json", [row]))
    return insert_row(RemovedRow(person=by, table=row._meta.label_lower, row=row.pk, content=content, removed_at=now))


@transaction.atomic
def bring_back[Row: models.Model](
    model: type[Row], key: int, *, by: User, now: datetime, check: Callable[[Row], None]
) -> tuple[Row, dict[str, list[Any]]]:
    """Insert a row again that this person deleted, with its old id. Return it, and the ids that it was related to.

    The ids are those of many-to-many fields, by field; the caller relates what still exists.

    Args:
        model: the model of the row.
        key: the id of the RemovedRow.
        by: who deleted the row, and brings it back.
        now: the moment, in domain time.
        check: called with the row before it is inserted; refuses if it may not come back.

    Raises:
        Refused: if there is no such row, the time to undo is over, or `check` refuses.
    """
    kept = RemovedRow.objects.visible_to(by).filter(pk=key, table=model._meta.label_lower)
    locked = lock_rows(kept.filter(removed_at__gt=now - UNDO_PERIOD))
    if not locked:
        raise Refused("undo_over", gettext("This can no longer be undone. Undo works once, within an hour."))
    [restored] = serializers.deserialize("python", [locked[0].content])
    row: Any = restored.object
    check(row)
    related = {name: list(keys) for name, keys in (restored.m2m_data or {}).items()}
    row.save(force_insert=True)
    RemovedRow.objects.filter(pk=locked[0].pk).delete()
    return row, related


@transaction.atomic
def forget_removed(*, now: datetime) -> int:
    """Delete the kept rows whose time to undo is over. Return how many there were."""
    old = lock_rows(RemovedRow.objects.filter(removed_at__lte=now - UNDO_PERIOD))
    RemovedRow.objects.filter(pk__in=[row.pk for row in old]).delete()
    return len(old)
