"""Reject a record that the same person has already saved (double click, Back button, slow connection)."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import format_moment


class DuplicateRecord(Refused):
    """Raised if the record exists already, with the code "duplicate". `row` is the existing one."""

    def __init__(self, sentence: str, row: Model, *, field: str | None = None) -> None:
        super().__init__("duplicate", sentence, field=field)
        self.row = row


def lock_person(by: User) -> None:
    """Lock the user's row until the transaction ends, so that a check for duplicates stays valid."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def refuse_duplicate(row: Any, now: datetime) -> None:
    """Raise DuplicateRecord if `row`, an existing identical record with a `recorded_at`, is not None."""
    if row is not None:
        sentence = gettext(
            "You already recorded exactly this on %(moment)s. If this is something else, write what is different."
        )
        raise DuplicateRecord(sentence % {"moment": format_moment(row.recorded_at, now)}, row)
