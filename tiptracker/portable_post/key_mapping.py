"""Lead from the keys of the exporting installation to those that the rows get here."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from tiptracker.accounts.models import User
from tiptracker.backups.archive_format import MANIFEST_MEMBER, damaged
from tiptracker.backups.archive_writer import read_next_keys
from tiptracker.former_names import current_label
from tiptracker.portable_post.post_rows import NAMING_ROWS, PEOPLE, list_post_models, references

MAX_KEY = 2**53
"""The highest key that an archive may have. So a key plus what is added to it is always a key of the database."""


class KeyMapping:
    """What is added to the keys of each table, and the key of each person.

    Each key becomes one that was never given here. Only inside the transaction that loads the rows, so that nobody else
    gets such a key meanwhile.
    """

    def __init__(self) -> None:
        next_keys = read_next_keys()
        self.tables = {
            model._meta.label_lower: (next_keys.get(model._meta.db_table) or 1) - 1 for model in list_post_models()
        }
        self.people: dict[int, int] = {}

    def map_key(self, label: str, key: Any) -> int:
        """Return the key that a row gets. Raises Refused, code "damaged", for what is no key."""
        if type(key) is not int or not 1 <= key <= MAX_KEY or label not in self.tables:
            raise damaged(MANIFEST_MEMBER)
        if label != PEOPLE:
            return key + self.tables[label]
        if key not in self.people:
            raise damaged(MANIFEST_MEMBER)
        return self.people[key]

    def map_row(self, model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
        """Return the columns of a row with its own key and its references as they are here."""
        label = model._meta.label_lower
        mapped = {**row, "id": self.map_key(label, row["id"])}
        for reference in references(model):
            if (key := row[reference.attname]) is not None:
                other = reference.related_model
                mapped[reference.attname] = self.map_key(PEOPLE if other is User else other._meta.label_lower, key)
        if label in NAMING_ROWS:
            mapped["row"] = self.map_key(current_label(row["table"]), row["row"])
        return mapped

    def log_keys(self, earlier: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keys of an imported log: those of the exporting installation, or of one before it (`earlier`)."""
        if not earlier:
            return {"tables": self.tables, "people": {str(old): here for old, here in self.people.items()}}
        tables = {label: earlier["tables"].get(label, 0) + added for label, added in self.tables.items()}
        people = {old: self.people[key] for old, key in earlier["people"].items() if key in self.people}
        return {"tables": tables, "people": people}
