"""Write files before the transaction that refers to them, and delete files after it.

The storage may be on another machine, so no transaction waits for it. In this order, a row never names a file that is
not there yet. If a process is killed in between, a file is left that no row refers to. The nightly housekeeping
deletes it.
"""

import logging
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Self

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, models

from tiptracker.infrastructure.outages import find_outage

logger = logging.getLogger(__name__)


class NewFiles:
    """Files that are written before the transaction that refers to them. Use it as a context around both.

    If an error leaves the context, the files are deleted again, except those that a row refers to by then.
    """

    def __init__(self) -> None:
        self._names: list[str] = []

    def write(self, name: str, content: bytes) -> str:
        """Store the content, and return the name under which it is stored. Call this outside a transaction.

        Args:
            name: a random name that no other file has.
        """
        self._names.append(stored := default_storage.save(name, ContentFile(content)))
        return stored

    def discard(self) -> None:
        """Delete the files, because no row refers to them."""
        delete_files(self._names)
        self._names = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        outage = find_outage(error)
        if error is None or not self._names or (outage and outage.may_be_saved):
            return  # without an answer to the commit, nobody knows yet whether a row refers to them
        try:
            delete_files(find_unreferenced_files(self._names))
        except DatabaseError:
            logger.exception("Left files to the nightly housekeeping: %s", self._names)


def delete_files(names: Iterable[str]) -> None:
    """Delete files that no row refers to. What can't be deleted now is left to the nightly housekeeping."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("Left a file to the nightly housekeeping: %s", name)


def find_unreferenced_files(names: Collection[str]) -> list[str]:
    """Return those of these stored files that no row refers to.

    If the manager of a model has a method `kept`, only the rows that it selects refer to their files.
    """
    left = set(names)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                rows = getattr(model._default_manager, "kept", model._base_manager.all)()
                left -= set(rows.filter(**{f"{field.attname}__in": left}).values_list(field.attname, flat=True))
    return sorted(left)
