"""Run a query of the ORM again and again with other values, without building it again."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Self

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

type ParameterType = type[int | date | str | list[Any]]
_FIRST_NUMBER, _FIRST_DAY = 7106, date(1907, 11, 6)
"""The first stand-ins, which hold the places of the parameters while a query is built."""


class StatementParameter(NamedTuple):
    """A parameter of a statement: a constant, or the place of the value with this name.

    `constant` is what the ORM sends for the stand-in of that value. It may have a text within another one.
    """

    constant: Any
    name: str | None = None
    stand_in: Any = None

    def fill(self, values: Mapping[str, Any]) -> Any:
        """Return what is sent: SQLite gets dates and lists as text."""
        if self.name is None:
            return self.constant
        value = values[self.name]
        if isinstance(value, str):
            return self.constant.replace(self.stand_in, value)
        if isinstance(value, list):
            return as_sent(value)
        return value.isoformat() if isinstance(self.constant, str) else value


def find_parameters(constants: Iterable[Any], stand_ins: Mapping[str, Any]) -> list[StatementParameter]:
    """Return the parameters of a statement that was built for stand-ins, by the names of its values."""
    names = {str(value): name for name, value in stand_ins.items()}
    texts = [value for value in stand_ins.values() if isinstance(value, str)]
    found = []
    for constant in constants:
        key = str(constant)
        if key not in names and isinstance(constant, str):
            key = next((text for text in texts if text in constant), key)
        name = names.get(key)
        known = () if name is None else (name, stand_ins[name])
        found.append(StatementParameter(constant, *known))
    return found


class PreparedStatement(NamedTuple):
    """A query as it is sent, with its parameters."""

    sql: str
    parameters: Sequence[StatementParameter]
    converters: tuple[tuple[int, Callable[[Sequence[Any]], Iterable[Any]]], ...]
    """How the columns are converted that are not as the database sends them, each with its position."""

    @classmethod
    def of(cls, compiler: SQLCompiler, stand_ins: Mapping[str, Any]) -> Self:
        """Compile a query that was built for stand-ins, by the names of its parameters."""
        sql, constants = compiler.as_sql()
        parameters = find_parameters(constants, stand_ins)
        expressions = [selected[0] for selected in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(expressions)
        if connection.vendor == "sqlite":
            sql = _without_types(sql, [position in converters for position in range(len(expressions))])
        return cls(
            sql, parameters, tuple((position, _column_converter(*found)) for position, found in converters.items())
        )

    @property
    def value_names(self) -> set[str]:
        """The names of the values that are in the query."""
        return {each.name for each in self.parameters if each.name}

    def columns(self, values: Mapping[str, Any]) -> list[Any]:
        """Run the query and return the columns of the result, each once to iterate. Without rows, there are none."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [each.fill(values) for each in self.parameters])
            columns: list[Any] = list(zip(*cursor.fetchall(), strict=True))
        for position, convert in self.converters if columns else ():
            columns[position] = convert(columns[position])
        return columns


def make_stand_ins(parameters: Mapping[str, ParameterType]) -> dict[str, Any]:
    """Return a value for each parameter, by its name, that no query has as a constant of its own."""
    return {name: _make_stand_in(number, kind) for number, (name, kind) in enumerate(parameters.items())}


def _make_stand_in(number: int, kind: ParameterType) -> int | date | str:
    if kind in (list, str):
        return f"standin{_FIRST_NUMBER + number}"
    return _FIRST_NUMBER + number if kind is int else _FIRST_DAY + timedelta(number)


class _ConvertedValues(dict[Any, Any]):
    """The values of a column as Python sees them, by what the database sends. Each is converted once."""

    def __init__(self, convert: Sequence[Callable[..., Any]], expression: Any) -> None:
        super().__init__()
        self._convert, self._expression = convert, expression

    def __missing__(self, sent: Any) -> Any:
        value = sent
        for convert in self._convert:
            value = convert(value, self._expression, connection)
        self[sent] = value
        return value


class PreparedQuery:
    """A query that the ORM builds once in each process. Only its parameters change from run to run.

    Building a query with many joins takes longer than most databases need to answer it. The SQL is still the ORM's, so
    it follows the models. Each run reads the whole result, column by column, which is faster than row by row.

    Args:
        build: returns the query, a `values_list`, for values of the parameters.
        parameters: the type of each parameter, int or date, by its name.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **parameters: type[int] | type[date]) -> None:
        self._build, self._parameters = build, parameters

    @cached_property
    def _statement(self) -> PreparedStatement:
        stand_ins = make_stand_ins(self._parameters)
        statement = PreparedStatement.of(self._build(**stand_ins).query.get_compiler(connection=connection), stand_ins)
        if statement.value_names != stand_ins.keys():
            raise ValueError("A parameter is not in the query.")
        return statement

    def columns(self, **values: int | date) -> list[Any]:
        """Return the columns of the result, each once to iterate. A result without rows has no columns."""
        return self._statement.columns(values)

    def rows(self, **values: int | date) -> Iterator[tuple[Any, ...]]:
        """Return the rows of the result."""
        return zip(*self.columns(**values), strict=True)


def _column_converter(
    convert: Sequence[Callable[..., Any]], expression: Any
) -> Callable[[Sequence[Any]], Iterable[Any]]:
    """Return a function that converts the values of a column as the ORM does."""
    if convert == [getattr(connection.ops, "convert_datetimefield_value", None)]:  # SQLite, which has texts for moments
        # Moments are many and differ. The ORM's function takes five times as long.
        zone, parse = connection.timezone, datetime.fromisoformat
        return lambda column: [None if text is None else parse(text).replace(tzinfo=zone) for text in column]
    return lambda column: map(_ConvertedValues(convert, expression).__getitem__, column)


def _without_types(sql: str, are_converted: Sequence[bool]) -> str:
    """Return a query of SQLite whose converted columns have no type, so that the driver does not convert them, too.

    It would parse each date again, though most come many times. An expression such as `+c1` has no type.
    """
    names = [f"c{position}" for position in range(len(are_converted))]
    columns = [f"+{name}" if is_converted else name for name, is_converted in zip(names, are_converted, strict=True)]
    return f"WITH found({', '.join(names)}) AS ({sql}) SELECT {', '.join(columns)} FROM found"  # noqa: S608 -- the ORM's


def as_sent(keys: list[Any]) -> Any:
    """Return a list as one parameter of a query: SQLite gets it as JSON."""
    return json.dumps(keys) if connection.vendor == "sqlite" else keys
