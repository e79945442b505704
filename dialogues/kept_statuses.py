"""Keep the status of each commitment of a country in the memory of the process, and bring it up to date.

The lists look at the status and the due date of every commitment, of which a page shows 25. A query for all of them
takes longer than the rest of the page. Nothing is ever stale: statuses are returned as they are only for the version of
the record for which they were read. Otherwise those of commitments with newer rows are read again. Wherever it is not
certain that this finds every change, all are: see `RecordPosition`.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model

from dialogues.models import Commitment, CommitmentEvent, UpdateVersion, UpdateVersionDecision
from tiptracker.accounts.models import Country
from tiptracker.audit.record_position import PositionReader, RecordPosition
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.infrastructure.prepared_rows import PreparedRows, is_one_of
from tiptracker.infrastructure.read_snapshot import snapshot

MOST_STATUSES = 60_000
"""How many statuses a process keeps together. A thousand take about 0.2 megabytes."""
MOST_CHANGED = 250
"""If more commitments have changed, all are read again."""


class ListedStatus(NamedTuple):
    """What lists filter and sort commitments by. `further` is the value of a column that was asked for besides."""

    status: str
    due_on: date | None
    further: Any = None


type Statuses = Mapping[int, ListedStatus]
"""The statuses by the keys of commitments that were made by the day, by due date and those without one last."""


class _KeptStatuses(NamedTuple):
    """The statuses for one version of the record.

    `complete_to` are the keys, by table, up to which they hold every row there will ever be. None if that is not known.
    """

    version: Hashable
    statuses: Statuses
    position: RecordPosition
    complete_to: Mapping[type[Model], int] | None

    @property
    def complete_to_later(self) -> Mapping[type[Model], int] | None:
        """By table, a key up to which every later reading holds every row there will ever be. None if not known."""
        return self.position.newest if self.position.is_settled else self.complete_to


class _Key(NamedTuple):
    """What is kept besides the version. The days of moments depend on the time zone of the country."""

    country: int
    time_zone: str
    day: date
    further: str


_kept: OrderedDict[_Key, _KeptStatuses] = OrderedDict()
"""What is kept, the one that was used last at the end."""
_lock = Lock()


def forget_statuses() -> None:
    """Forget all that the process keeps."""
    with _lock:
        _kept.clear()


def statuses_of(country: Country, day: date, further: str, *, version: Hashable | None) -> Statuses:
    """Return the statuses of all commitments of a country that were made by `day`, at the end of that day.

    They are those of `CommitmentQuerySet.with_status`. Show only those of commitments that the reader may see.

    Args:
        country: the country.
        day: the day.
        further: the name of a column to read besides, as of `with_status` or `with_date_made`. Empty for none.
        version: the version of the country's record: a value that changes with every fact written to it. Read it before
            calling, in the same snapshot or earlier. None keeps nothing.
    """
    if version is None:
        return _read_all(country, day, further)
    key = _Key(country.pk, country.time_zone, day, further)
    with _lock:
        kept = _kept.get(key)
    if kept is None or kept.version != version:
        kept = _bring_up_to_date(country, key, version, kept)
    with _lock:
        _kept[key] = kept
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(len(each.statuses) for each in _kept.values()) > MOST_STATUSES:
            _kept.popitem(last=False)
    return kept.statuses


@snapshot()
def _bring_up_to_date(country: Country, key: _Key, version: Hashable, former: _KeptStatuses | None) -> _KeptStatuses:
    position = _POSITION.read(country.pk, former.position.log_number if former else 0)
    is_after = former is not None and position.is_after(former.position)
    changed = None
    if former and is_after and former.complete_to is not None:
        changed = _find_changed(country, former.complete_to, position.newest)
    if former is None or changed is None:
        statuses = _read_all(country, key.day, key.further)
    elif changed:
        statuses = _in_order({**former.statuses, **read_statuses(changed, key.day, key.further)})
    else:
        statuses = former.statuses
    if connection.vendor == "sqlite":
        complete_to: Mapping[type[Model], int] | None = position.newest
    else:
        complete_to = former.complete_to_later if former and is_after else None
    return _KeptStatuses(version, statuses, position, complete_to)


def read_statuses(keys: list[int], day: date, further: str) -> dict[int, ListedStatus]:
    """Return the statuses of the commitments with these keys that were made by `day`, as `statuses_of` does."""
    return _by_key(_query_of_some(further).rows(keys=keys, day=day))


def _read_all(country: Country, day: date, further: str) -> Statuses:
    rows = _query_of_all(further).rows(country=country.pk, day=day)
    return _in_order(_by_key(rows))


def _by_key(rows: Iterable[tuple[Any, ...]]) -> dict[int, ListedStatus]:
    return {pk: ListedStatus(*row) for pk, *row in rows if row[0] is not None}


def _in_order(statuses: Statuses) -> Statuses:
    return dict(sorted(statuses.items(), key=lambda item: (item[1].due_on or date.max, item[0])))


def _find_changed(
    country: Country, after: Mapping[type[Model], int], newest: Mapping[type[Model], int]
) -> list[int] | None:
    """Return the commitments with rows above these keys; None if they are many."""
    changed = {
        commitment
        for table, query in _CHANGED.items()
        if newest[table] > after[table]
        for (commitment,) in query.rows(country=country.pk, after=after[table])
    }
    return sorted(changed) if len(changed) <= MOST_CHANGED else None


@cache
def _query_of_all(further: str) -> PreparedQuery:
    def build(country: int, day: date) -> Any:
        return _with_columns(Commitment.objects.filter(country=country), day, further)

    return PreparedQuery(build, country=int, day=date)


@cache
def _query_of_some(further: str) -> PreparedRows[Any]:
    def build(keys: list[int], day: date) -> Any:
        return _with_columns(Commitment.objects.filter(is_one_of("pk", keys)), day, further)

    return PreparedRows(build, keys=list, day=date)


def _with_columns(commitments: Any, day: date, further: str) -> Any:
    columns = ("pk", "status", "due_on", *filter(None, [further]))
    return commitments.with_status(day).with_date_made().order_by().values_list(*columns)


_PATHS: Mapping[type[Model], str] = {
    CommitmentEvent: "commitment",
    UpdateVersion: "update__commitment",
    UpdateVersionDecision: "update_version__update__commitment",
}
"""The tables on which a status depends, each with the path to its commitment. Rows are added to them, never changed."""


def _query_of_changed(table: type[Model], path: str) -> PreparedQuery:
    def build(country: int, after: int) -> Any:
        rows = table._default_manager.filter(**{f"{path}__country": country, "pk__gt": after})
        return rows.order_by().values_list(path).distinct()

    return PreparedQuery(build, country=int, after=int)


_CHANGED = {table: _query_of_changed(table, path) for table, path in _PATHS.items()}
_POSITION = PositionReader(list(_PATHS))
