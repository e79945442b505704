"""Keep the readiness of editions in the memory of the process, and bring it up to date as their records grow.

Nothing is ever stale. A result is returned as it is only for the version of the record for which it was computed.
Otherwise the rows that were added since are read, and what they touch is computed again. Wherever it is not certain
that this finds every change, everything is gathered and evaluated anew: see `RecordPosition`.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from datetime import date
from threading import Lock

from django.db import connection
from django.db.models import Model

from recommendations.models import Edition
from reports.readiness.daily_scores import DailyScores
from reports.readiness.fact_queries import GROWING_TABLES
from reports.readiness.facts import Facts
from reports.readiness.gathering import gather_facts, gather_newer_facts
from reports.readiness.new_rows import NewRows
from reports.readiness.readiness import Readiness, bring_up_to_date, evaluate_readiness
from tiptracker.audit.record_position import PositionReader, RecordPosition
from tiptracker.infrastructure.read_snapshot import is_in_snapshot, snapshot
from tiptracker.localization import current_language

MOST_EDITIONS = 16
"""Of how many editions a process keeps facts and results."""
MOST_ROWS = 30_000
"""How many rows the kept facts may have together. A thousand rows take about half a megabyte, with the results."""
MOST_RESULTS = 4
"""How many results a process keeps of an edition: as of different days, or in different languages."""


def readiness_of(edition: Edition, *, as_of: date, version: Hashable) -> Readiness:
    """Return the readiness of an edition as of a day, by everything recorded, in the language of the reader.

    It equals `evaluate_readiness(gather_facts(edition), as_of=as_of)`. Like that, it raises RuntimeError within a
    transaction that may have written: what is rolled back must not be kept.

    Args:
        edition: the edition, with its country.
        as_of: the day.
        version: the version of the country's record: a value that changes with every fact written to it. Read it before
            calling, in the same snapshot or earlier.
    """
    return _bring_record_up_to_date(edition, version).readiness(as_of)


def facts_of(edition: Edition, *, version: Hashable) -> Facts:
    """Return the facts of an edition. They equal `gather_facts(edition)`. See `readiness_of` for the arguments."""
    return _bring_record_up_to_date(edition, version).facts


def daily_scores_of(edition: Edition, *, version: Hashable) -> DailyScores:
    """Return the scores of an edition on its days, by the facts that `facts_of` returns."""
    return _bring_record_up_to_date(edition, version).scores


class _KeptRecord:
    """The facts of an edition with their results, for one version of the record."""

    def __init__(
        self,
        version: Hashable,
        scores: DailyScores,
        position: RecordPosition,
        complete_to: Mapping[type[Model], int] | None,
    ) -> None:
        self.version, self.scores, self.facts, self.position = version, scores, scores.facts, position
        self.complete_to = position.newest if connection.vendor == "sqlite" else complete_to
        """By table, a key up to which the facts hold every row there will ever be. None if that is not known."""
        self._results: OrderedDict[tuple[date, str], tuple[Readiness, NewRows | None]] = OrderedDict()

    @property
    def complete_to_later(self) -> Mapping[type[Model], int] | None:
        """By table, a key up to which every later reading holds every row there will ever be. None if not known."""
        return self.position.newest if self.position.is_settled else self.complete_to

    def readiness(self, as_of: date) -> Readiness:
        """Return the readiness as of a day, from the kept result if there is one."""
        key = as_of, current_language()
        result, new_rows = self._results.get(key, (None, None))
        if result is None:
            result = evaluate_readiness(self.facts, as_of=as_of)
        elif new_rows is not None:
            result = bring_up_to_date(result, self.facts, new_rows)
        self._results[key] = result, None
        while len(self._results) > MOST_RESULTS:
            self._results.popitem(last=False)
        return result

    def with_new_rows(
        self, version: Hashable, facts: Facts, position: RecordPosition, new_rows: NewRows
    ) -> "_KeptRecord":
        """Return the record as it is now. Its results are brought up to date when they are asked for."""
        scores = self.scores.with_new_rows(facts, new_rows)
        record = _KeptRecord(version, scores, position, self.complete_to_later)
        for key, (result, missing) in list(self._results.items()):
            record._results[key] = result, new_rows if missing is None else missing.followed_by(new_rows)
        return record


_kept: OrderedDict[int, _KeptRecord] = OrderedDict()
"""The kept records by edition, the one that was used last at the end."""
_lock = Lock()


def forget_readiness() -> None:
    """Forget all that the process keeps."""
    with _lock:
        _kept.clear()


def _bring_record_up_to_date(edition: Edition, version: Hashable) -> _KeptRecord:
    """Return the kept record of an edition for a version, brought up to date or gathered anew if need be."""
    with _lock:
        kept = _kept.get(edition.pk)
    if kept is None or kept.version != version:
        kept = (kept and _update_record(edition, version, kept)) or _gather_record(edition, version, kept)
    with _lock:
        _kept[edition.pk] = kept
        _kept.move_to_end(edition.pk)
        while len(_kept) > MOST_EDITIONS or (len(_kept) > 1 and sum(map(_count_rows, _kept.values())) > MOST_ROWS):
            _kept.popitem(last=False)
    return kept


def _count_rows(record: _KeptRecord) -> int:
    facts = record.facts
    return sum(
        map(len, (facts.evidence, facts.evidence_links, facts.reviews, facts.update_versions, facts.commitments))
    )


def _gather_record(edition: Edition, version: Hashable, former: _KeptRecord | None) -> _KeptRecord:
    """Return the record gathered anew.

    Within a snapshot, no position can be read before it. Then that of the former record serves, from which the next
    one can be brought up to date.
    """
    before = None if is_in_snapshot() else _read_position(edition)
    with snapshot():
        position = _read_position(edition, former.position.log_number if former else 0)
        facts = gather_facts(edition)
    complete_to = before.newest if before and before.is_settled else None
    if complete_to is None and former and position.is_after(former.position):
        complete_to = former.complete_to_later
    return _KeptRecord(version, DailyScores(facts), position, complete_to)


@snapshot()
def _update_record(edition: Edition, version: Hashable, kept: _KeptRecord) -> _KeptRecord | None:
    """Return the kept record with the rows that were added since; None if it cannot be brought up to date."""
    if kept.complete_to is None:
        return None
    position = _read_position(edition, kept.position.log_number)
    if not position.is_after(kept.position):
        return None
    newer = gather_newer_facts(edition, kept.facts, kept.complete_to, position.newest)
    return kept.with_new_rows(version, newer[0], position, newer[1]) if newer else None


def _read_position(edition: Edition, log_number: int = 0) -> RecordPosition:
    return _POSITION.read(edition.country_id, log_number)


_POSITION = PositionReader(GROWING_TABLES)
