"""Read rows by queries of the ORM that are built once, with their related and their prefetched rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, ForeignKey, Lookup, Model, Prefetch, QuerySet, Value
from django.db.models.fetch_modes import FETCH_ONE
from django.db.models.query import ModelIterable, get_related_populators

from tiptracker.infrastructure.prepared_query import ParameterType, PreparedStatement, as_sent, make_stand_ins

_KEYS = "keys of the instances"
"""The name of the parameter of a prefetched query that has the keys, and its stand-in."""


class PreparedRows[Row]:
    """A prepared query for rows of a model as instances or, with `values_list`, as tuples, equal to those of the ORM.

    What the query says with `select_related`, `annotate` and `prefetch_related` comes with them. A `Prefetch` is of one
    foreign key, in one of its two directions.

    Args:
        build: returns the query, for values of the parameters.
        optional: parameters that the query may be without.
        parameters: the type of each parameter, by its name: int, date, str, or list for keys (`is_one_of`).
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Row]], *, optional: Iterable[str] = (), **parameters: ParameterType
    ) -> None:
        self._build, self._optional, self._parameters = build, frozenset(optional), parameters

    @cached_property
    def _query(self) -> "_InstanceQuery":
        stand_ins = make_stand_ins(self._parameters)
        query = _InstanceQuery(self._build(**stand_ins), stand_ins)
        if query.parameters is not None and not stand_ins.keys() - self._optional <= query.parameters:
            raise ValueError("A parameter is not in the query.")
        return query

    def rows(self, **values: Any) -> list[Row]:
        """Return the instances."""
        return self._query.rows(values, lambda: self._build(**values))


class PreparedPrefetch[Row: Model]:
    """What belongs to rows that were read before, as with `prefetch_related_objects`. Its queries are built once."""

    def __init__(self, model: type[Row], *lookups: "Prefetch[Any]") -> None:
        self._model, self._lookups = model, lookups

    @cached_property
    def _prefetched(self) -> "list[_Prefetched]":
        return [_make_prefetched(self._model, lookup, {}) for lookup in self._lookups]

    def add(self, rows: Sequence[Row]) -> None:
        """Read what belongs to these instances, and add it to them."""
        for number, prefetched in enumerate(self._prefetched):
            prefetched.add(rows, {}, partial(self._lookups.__getitem__, number))


class _InstanceQuery:
    """A statement with what makes instances of its rows, and the queries for what is prefetched.

    Args:
        queryset: the query, built for `stand_ins`.
        stand_ins: the stand-in of each parameter, by its name.

    Attributes:
        parameters: the names of those that are in the query, or in one for what is prefetched. None if the query cannot
            find a row.
    """

    def __init__(self, queryset: QuerySet[Any], stand_ins: Mapping[str, Any]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self._statement: PreparedStatement | None = None
        self.parameters: set[str] | None = None
        with suppress(EmptyResultSet):  # such as of a `visible_to` by which a role sees nothing
            self._statement = PreparedStatement.of(compiler, stand_ins)
        if self._statement is None:
            return
        if compiler.has_extra_select:
            raise ValueError("The query is distinct, and ordered by what it does not return.")
        self.parameters = self._statement.value_names
        self._model: Any = queryset.model if issubclass(queryset._iterable_class, ModelIterable) else None
        if self._model is None:  # `values_list`
            return
        kind = compiler.klass_info
        first, last = kind["select_fields"][0], kind["select_fields"][-1] + 1
        self._columns = slice(first, last)
        self._names = [selected[0].target.attname for selected in compiler.select[first:last]]
        self._populators = get_related_populators(kind, compiler.select, connection.alias, FETCH_ONE)
        self._annotations = tuple((compiler.annotation_col_map or {}).items())
        self._prefetched = [_make_prefetched(self._model, lookup, stand_ins) for lookup in _lookups_of(queryset)]
        self.parameters = self.parameters.union(*(each.query.parameters or () for each in self._prefetched))

    def rows(self, values: Mapping[str, Any], rebuild: Callable[[], QuerySet[Any]]) -> list[Any]:
        """Return the instances for values of the parameters. `rebuild` returns the same query of the ORM."""
        if self._statement is None:
            return []
        found = zip(*self._statement.columns(values), strict=True)
        if self._model is None:
            return list(found)
        rows = [self._make(row) for row in found]
        if rows:
            for number, prefetched in enumerate(self._prefetched):
                prefetched.add(rows, values, partial(_rebuild_lookup, rebuild, number))
        return rows

    def _make(self, row: tuple[Any, ...]) -> Any:
        instance = self._model.from_db(connection.alias, self._names, row[self._columns])
        for populator in self._populators:
            populator.populate(row, instance)
        for name, position in self._annotations:
            setattr(instance, name, row[position])
        return instance


class _Prefetched(NamedTuple):
    """What is prefetched by a foreign key, from the row that has it or to it.

    Attributes:
        key: the attribute of an instance whose values are looked for.
        found_key: the attribute of a prefetched row that has such a value.
        field: the foreign key.
        attribute: where the rows go if they are a list. Empty: where the ORM keeps prefetched rows.
        kept_class: the class of the query set that the ORM keeps them in.
    """

    name: str
    query: _InstanceQuery
    key: str
    found_key: str
    field: Any
    is_forward: bool
    attribute: str
    kept_class: Any

    @property
    def model(self) -> type[Model]:
        """The model of the prefetched rows."""
        model: type[Model] = self.field.related_model if self.is_forward else self.field.model
        return model

    def add(self, rows: Sequence[Any], values: Mapping[str, Any], rebuild: "Callable[[], Prefetch[Any]]") -> None:
        """Read what belongs to these instances, and add it to them. `rebuild` returns what the ORM would prefetch."""

        def rebuild_query() -> QuerySet[Any]:
            return _queryset_of(rebuild(), self.model)

        keys = sorted({key for row in rows if (key := getattr(row, self.key)) is not None})
        found: dict[Any, list[Any]] = defaultdict(list)
        if keys:
            for each in self.query.rows({**values, _KEYS: keys}, rebuild_query):
                found[getattr(each, self.found_key)].append(each)
        for row in rows:
            own = found.get(getattr(row, self.key), [])
            if self.is_forward:
                self.field.set_cached_value(row, own[0] if own else None)
                continue
            for each in own:
                if not self.field.is_cached(each):
                    self.field.set_cached_value(each, row)
            if self.attribute:
                setattr(row, self.attribute, own)
            else:
                self._keep(row, own, rebuild_query)

    def _keep(self, row: Any, own: list[Any], rebuild: Callable[[], QuerySet[Any]]) -> None:
        """Put rows where the ORM keeps prefetched ones, so that managers find them there."""
        kept = self.kept_class(self.model)
        kept._result_cache, kept._prefetch_done = own, True
        kept.rebuild = lambda: getattr(row, self.name)._apply_rel_filters(rebuild())
        row.__dict__.setdefault("_prefetched_objects_cache", {})[self.name] = kept


class _FetchedRows:
    """The prefetched rows of one instance. If somebody narrows them, the database is asked, as with the ORM."""

    rebuild: Callable[[], QuerySet[Any]]

    def _clone(self) -> QuerySet[Any]:
        return self.rebuild()


@cache
def _fetched_rows_class(kind: type[QuerySet[Any]]) -> Any:
    return type(kind.__name__, (_FetchedRows, kind), {})


def _make_prefetched(model: type[Model], lookup: "Prefetch[Any]", stand_ins: Mapping[str, Any]) -> _Prefetched:
    """Return how rows are prefetched that `lookup` names, for instances of `model`."""
    relation: Any = model._meta.get_field(lookup.prefetch_through)
    is_forward = isinstance(relation, ForeignKey)
    field = relation if is_forward else relation.field
    if not isinstance(field, ForeignKey) or (relation.one_to_one and not is_forward):
        raise TypeError("Only rows of one foreign key are prefetched. A single row comes with `select_related`.")
    theirs = _queryset_of(lookup, relation.related_model)
    target = field.target_field.attname
    found_key = target if is_forward else field.attname
    query = _InstanceQuery(theirs.filter(is_one_of(found_key, _KEYS)), {**stand_ins, _KEYS: _KEYS})
    attribute = lookup.to_attr or ""
    key = field.attname if is_forward else target
    kept_class = _fetched_rows_class(type(theirs))
    return _Prefetched(lookup.prefetch_through, query, key, found_key, field, is_forward, attribute, kept_class)


def _rebuild_lookup(rebuild: Callable[[], QuerySet[Any]], number: int) -> "Prefetch[Any]":
    return _lookups_of(rebuild())[number]


def _lookups_of(queryset: QuerySet[Any]) -> list["Prefetch[Any]"]:
    lookups = getattr(queryset, "_prefetch_related_lookups")  # noqa: B009 -- the stubs do not know it
    return [lookup if isinstance(lookup, Prefetch) else Prefetch(lookup) for lookup in lookups]


def _queryset_of(lookup: "Prefetch[Any]", model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.get_queryset() if lookup.queryset is None else lookup.queryset


def is_one_of(path: str, keys: list[Any] | str) -> "Lookup[Any]":
    """Return the condition that a column has one of these keys: a list that is one parameter, or its stand-in."""
    return _IsOneOf(F(path), Value(keys if isinstance(keys, str) else as_sent(keys)))


class _IsOneOf(Lookup):
    """Whether a key is one of a list (PostgreSQL), or of a list as JSON (SQLite)."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        template = "%s IN (SELECT value FROM json_each(%s))" if connection.vendor == "sqlite" else "%s = ANY(%s)"
        column, parameters = self.process_lhs(compiler, connection)
        keys, more_parameters = self.process_rhs(compiler, connection)
        return template % (column, keys), (*parameters, *more_parameters)
