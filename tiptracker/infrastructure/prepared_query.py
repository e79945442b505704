"""Run a query of the ORM again and again with other values, without building it again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, QuerySet

_FIRST_NUMBER, _FIRST_DAY = 7106, date(1907, 11, 6)
"""Values that no query has as a constant of its own. They hold the places of the parameters while it is built."""


class _Statement(NamedTuple):
    """A query as it is sent. `places` are its parameters: each the name and type of a value, or a constant."""

    sql: str
    places: tuple[tuple[str | None, Any], ...]
    converters: tuple[tuple[int, Callable[[Sequence[Any]], Iterable[Any]]], ...]
    """How the columns are converted that are not as the database sends them, each with its position."""


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
    def _statement(self) -> _Statement:
        stand_ins = {
            name: _FIRST_NUMBER + number if kind is int else _FIRST_DAY + timedelta(number)
            for number, (name, kind) in enumerate(self._parameters.items())
        }
        compiler = self._build(**stand_ins).query.get_compiler(connection=connection)
        sql, constants = compiler.as_sql()
        names = {str(value): name for name, value in stand_ins.items()}
        places = tuple((names.get(str(constant)), constant) for constant in constants)
        if {name for name, _ in places if name} != stand_ins.keys():
            raise ValueError("A parameter is not in the query.")
        expressions = [selected[0] for selected in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(expressions)
        if connection.vendor == "sqlite":
            sql = _without_types(sql, [position in converters for position in range(len(expressions))])
        return _Statement(
            sql, places, tuple((position, _column_converter(*found)) for position, found in converters.items())
        )

    def columns(self, **values: int | date) -> list[Any]:
        """Return the columns of the result, each once to iterate. A result without rows has no columns."""
        sql, places, converters = self._statement
        with connection.cursor() as cursor:
            cursor.execute(
                sql, [constant if name is None else _adapt(values[name], constant) for name, constant in places]
            )
            columns: list[Any] = list(zip(*cursor.fetchall(), strict=True))
        for position, convert in converters if columns else ():
            columns[position] = convert(columns[position])
        return columns

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


def _adapt(value: Any, stand_in: Any) -> Any:
    """Return a value in the form in which the database got its stand-in: SQLite gets dates as text."""
    return value.isoformat() if isinstance(stand_in, str) else value


class PreparedModels[Row: Model]:
    """A prepared query for rows of a model as instances, which the ORM would return in the same way.

    Args:
        model: the model.
        build: returns the query, as of a manager of the model, for values of the parameters.
        related: the name of a foreign key whose row comes with each instance, as with `select_related`. It must not be
            null.
        annotations: the names of the annotations of the query.
        parameters: as of `PreparedQuery`.
    """

    def __init__(
        self,
        model: type[Row],
        build: Callable[..., QuerySet[Row]],
        *,
        related: str = "",
        annotations: Sequence[str] = (),
        **parameters: type[int] | type[date],
    ) -> None:
        self._model, self._related, self._annotations = model, related, annotations
        self._related_model: type[Model] | None = model._meta.get_field(related).related_model if related else None
        self._names = _column_names(model)
        self._related_names = _column_names(self._related_model) if self._related_model else []
        paths = [*self._names, *(f"{related}__{name}" for name in self._related_names), *annotations]
        self._query = PreparedQuery(lambda **values: build(**values).values_list(*paths), **parameters)

    def rows(self, **values: int | date) -> list[Row]:
        """Return the instances."""
        return list(map(self._make, self._query.rows(**values)))

    def _make(self, columns: tuple[Any, ...]) -> Row:
        own, rest = columns[: len(self._names)], columns[len(self._names) :]
        instance = self._model.from_db(connection.alias, self._names, own)
        if self._related_model:
            related = self._related_model.from_db(
                connection.alias, self._related_names, rest[: len(self._related_names)]
            )
            setattr(instance, self._related, related)
        for name, value in zip(self._annotations, rest[len(self._related_names) :], strict=True):
            setattr(instance, name, value)
        return instance


def _column_names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
