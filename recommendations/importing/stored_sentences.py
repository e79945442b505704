"""A sentence that another process or another reader will see: kept in English, translated where it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tiptracker.localization import format_number, gettext


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence in English, marked with `gettext_noop`, and the values of its placeholders.

    Its `str` is in the reader's language. Whole numbers are formatted for that language; give a year as text.
    """

    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        sentence = gettext(self.message)
        return (
            sentence % {name: _format_value(value) for name, value in self.values.items()} if self.values else sentence
        )

    def with_values(self, **values: str | int) -> "StoredSentence":
        """Return the same sentence with more values."""
        return StoredSentence(self.message, {**self.values, **values})

    def serialize(self) -> list[Any]:
        """Return JSON data for `deserialize_sentence`."""
        return [self.message, dict(self.values)]


def deserialize_sentence(data: Any) -> StoredSentence:
    """Return a sentence from the data of `serialize`, or from a text as older drafts keep it."""
    return StoredSentence(data) if isinstance(data, str) else StoredSentence(*data)


def translate_lines(text: str) -> str:
    """Return stored sentences, one a line, in the reader's language and in one line."""
    return " ".join(gettext(line) for line in text.splitlines() if line)


def _format_value(value: str | int) -> str:
    return format_number(value) if isinstance(value, int) else value
