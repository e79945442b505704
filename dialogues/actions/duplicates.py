"""The same form, sent twice: a browser brings it back filled in, and a slow line tempts to press again."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.validation import format_moment


class DuplicateRecord(Refused):
    """It is recorded already; `row` is where."""

    def __init__(self, sentence: str, row: Model, *, field: str | None = None) -> None:
        super().__init__(sentence, field=field)
        self.row = row


def lock_person(by: User) -> None:
    """Until the transaction ends, nothing else is added by this person: so a look at what they added holds."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def refuse_duplicate(row: Any, now: datetime) -> None:
    """Refuse where `row`, with a `recorded_at`, says the same already; None: it doesn't."""
    if row is not None:
        raise DuplicateRecord(
            f"You recorded exactly this on {format_moment(row.recorded_at, now)}, and it stands. If this is another "
            "thing, say what differs.",
            row,
        )
