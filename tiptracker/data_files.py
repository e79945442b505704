"""Read data files in TOML. Each table becomes an entry of a dataclass and is checked on the way. No Django here.

A file has a table for each entry, below a heading with its kind: `[[evidence]]`. What all entries of a kind in a file
have in common may stand once, under `[defaults.evidence]`. Entries are read from top to bottom, and refer by name to
entries above them or in files read before. Moments are written without an offset, in the time zone of the reader; a day
alone stands for nine in the morning.
"""

import dataclasses
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

START_OF_DAY = time(9)
_DESCRIPTIONS = {
    bool: "true or false",
    date: "a day. Write it as 2021-11-08",
    datetime: "a day or a moment. Write it as 2021-11-08 or 2021-11-08T09:05:00",
    Decimal: "a number",
    int: "a whole number",
    str: "a text in quotes",
}


class DataFileError(ValueError):
    """A data file cannot be used. The sentence names the file, the entry and the fault."""


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """Marks a field whose value names its entry: no two entries of the kind may share it."""

    kind: str

    def check(self, value: Any, names: set[Any]) -> None:
        if value in names:
            raise ValueError(f"“{value}” is the {self.kind} of an earlier entry. Choose another.")
        names.add(value)


@dataclasses.dataclass(frozen=True, slots=True)
class RefersTo:
    """Marks a field whose value, or the part of it that `part` returns, is the name of another entry."""

    kind: str
    part: Callable[[Any], Any] | None = None

    def check(self, value: Any, names: set[Any]) -> None:
        if (self.part(value) if self.part else value) not in names:
            raise ValueError(f"There is no {self.kind} “{value}” above this entry or in an earlier file.")


@dataclasses.dataclass(frozen=True, slots=True)
class Sections:
    """Marks a field that takes all tables of these kinds inside the entry, in the order of the file."""

    kinds: Mapping[str, type]


class DataReader:
    """Reads files whose entries refer to one another, and remembers the names of all that it has read.

    `time_zone` is that of the moments in the files.
    """

    def __init__(self, time_zone: tzinfo = UTC) -> None:
        self._time_zone = time_zone
        self._names: defaultdict[str, set[Any]] = defaultdict(set)

    def read(self, path: Path, kinds: Mapping[str, type]) -> list[Any]:
        """Return the entries of a file in its order. Raises DataFileError.

        Args:
            kinds: the dataclass of each kind of entry that the file may have.
        """
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
            defaults = tables.pop("defaults", {})
            _refuse_unknown(defaults, kinds, "kind of entry")
            if not all(isinstance(values, dict) for values in defaults.values()):
                raise ValueError("Write defaults once for each kind, such as [defaults.evidence].")
            return list(self._read_sections(tables, kinds, defaults))
        except ValueError as error:
            raise DataFileError(f"{path.name}: {error}") from error

    def _read_sections(
        self, tables: Mapping[str, Any], kinds: Mapping[str, type], defaults: Mapping[str, Any]
    ) -> Iterator[Any]:
        _refuse_unknown(tables, kinds, "kind of entry")
        for kind, rows in tables.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ValueError(f"Write [[{kind}]] above each entry.")
            for number, row in enumerate(rows, start=1):
                try:
                    yield self._read_entry({**defaults.get(kind, {}), **row}, kinds[kind])
                except ValueError as error:
                    label = next((f" (“{value}”)" for value in row.values() if not isinstance(value, list | dict)), "")
                    raise ValueError(f"{kind} {number}{label}: {error}") from error

    def _read_entry(self, table: dict[str, Any], wanted: type) -> Any:
        values = {}
        types = get_type_hints(wanted, include_extras=True)
        for field in dataclasses.fields(wanted):
            name, mark = field.name, getattr(types[field.name], "__metadata__", [None])[0]
            if isinstance(mark, Sections):
                inside = {kind: table.pop(kind) for kind in list(table) if kind in mark.kinds}
                values[name] = tuple(self._read_sections(inside, mark.kinds, {}))
            elif name in table:
                try:
                    values[name] = self._convert(table.pop(name), types[name])
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from error
            elif field.default is dataclasses.MISSING:
                raise ValueError(f"The key “{name}” is missing.")
        _refuse_unknown(table, types, "key")
        return wanted(**values)

    def _convert(self, value: Any, wanted: Any) -> Any:
        """Return a value of the file as the type that a field wants. Raises ValueError."""
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin is Annotated:
            converted = self._convert(value, arguments[0])
            for mark in wanted.__metadata__:
                mark.check(converted, self._names[mark.kind])
            return converted
        if origin in {Union, UnionType}:  # a type or None, which no file can say
            return self._convert(value, arguments[0])
        if origin is tuple:
            return self._convert_all(value, arguments[0])
        if isinstance(value, dict) and isinstance(wanted, type) and dataclasses.is_dataclass(wanted):
            return self._read_entry(dict(value), wanted)
        if wanted is datetime:
            return self._convert_moment(value)
        return _convert_scalar(value, wanted)

    def _convert_all(self, value: Any, wanted: Any) -> tuple[Any, ...]:
        """Convert a list or, where pairs are wanted, a table."""
        pair = get_args(wanted) if get_origin(wanted) is tuple else None
        if pair and isinstance(value, dict):
            first, second = pair
            return tuple((self._convert(key, first), self._convert(each, second)) for key, each in value.items())
        if not pair and isinstance(value, list):
            return tuple(self._convert(each, wanted) for each in value)
        raise ValueError(f"“{value}” is not {'a table' if pair else 'a list'}.")

    def _convert_moment(self, value: Any) -> datetime:
        if type(value) is date:
            return datetime.combine(value, START_OF_DAY, self._time_zone)
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=self._time_zone)
        raise ValueError(f"“{value}” is not {_DESCRIPTIONS[datetime]}.")


def _convert_scalar(value: Any, wanted: Any) -> Any:
    if wanted is Decimal and type(value) is int:
        return Decimal(value)
    if issubclass(wanted, Enum):
        allowed = [member.value for member in wanted]
        if value not in allowed:
            raise ValueError(f"“{value}” is not one of: {', '.join(allowed)}.")
        return wanted(value)
    if type(value) is wanted:
        return value
    raise ValueError(f"“{value}” is not {_DESCRIPTIONS.get(wanted, 'a table')}.")


def _refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], noun: str) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"“{name}” is an unknown {noun}. Known are: {', '.join(known)}.")
