"""Say in the list of notices what was changed. Mails do not say it, because anybody may read their titles."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from django.utils.module_loading import import_string

from tiptracker.accounts.models import User
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.models import Notice

type Describer = Callable[[User, Collection[str]], Mapping[tuple[str, date], str]]

DESCRIBERS: Mapping[str, str] = {
    NoticeKind.COMMITMENT_CHANGED: "dialogues.change_details.describe_commitment_changes",
    NoticeKind.REQUEST_CHANGED: "dialogues.change_details.describe_request_changes",
}
"""Kinds of notice that tell of a change, and the function that says which. It is named, as a higher package has it."""


def describe_changes(notices: Iterable[Notice], reader: User) -> dict[int, str]:
    """Return what was changed, by the key of the notice: "Due date moved to 15 March 2022. Wording corrected."."""
    by_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        if notice.kind in DESCRIBERS:
            by_kind[notice.kind].append(notice)
    details: dict[int, str] = {}
    for kind, own in by_kind.items():
        describe: Describer = import_string(DESCRIBERS[kind])
        told = describe(reader, {notice.row for notice in own})
        details |= {notice.pk: told.get((notice.row, notice.day), "") for notice in own}
    return details
