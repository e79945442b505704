"""Find which indicators of a country are standard ones already. A match is a proposal for the user. No Django here."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from recommendations.standard_indicators import StandardIndicator
from recommendations.text_similarity import LIKELY_SIMILARITY, find_similar_pairs, normalize_wording, pick_best_pairs
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext


class MatchKind(ChoiceEnum):
    """How sure it is that an indicator of the country is a standard one."""

    LINKED = "linked"
    SAME = "same"
    SIMILAR = "similar"


class CountedIndicator(NamedTuple):
    """An indicator of the country. `question` is that of increasing efforts which it answers; empty if none."""

    pk: int
    name: str
    question: str
    catalogue_key: str


class IndicatorMatch(NamedTuple):
    """An indicator of the country, and how sure it is that it is the standard one."""

    kind: MatchKind
    counted: CountedIndicator


def match_indicators(
    catalogue: Iterable[StandardIndicator], counted: Iterable[CountedIndicator]
) -> dict[str, IndicatorMatch]:
    """Return the match of each standard indicator that has one, by its key. No indicator of the country matches twice.

    The order decides: first the key of the catalogue (linked), then the same question of the law, then the same name
    (same), then a similar name. Names of the catalogue are compared in English and in the language at hand. Call it in
    that of the record.
    """
    found: dict[str, IndicatorMatch] = {}
    entries, rows = list(catalogue), list(counted)
    for kind, pairs in (
        (MatchKind.LINKED, _with_the_same_key),
        (MatchKind.SAME, _with_the_same_question),
        (MatchKind.SAME, _with_the_same_name),
        (MatchKind.SIMILAR, _with_a_similar_name),
    ):
        taken = {match.counted.pk for match in found.values()}
        open_entries = [entry for entry in entries if entry.key not in found]
        open_rows = [row for row in rows if row.pk not in taken and (not row.catalogue_key or kind is MatchKind.LINKED)]
        for entry, row in pairs(open_entries, open_rows):
            if row.pk not in taken:
                taken.add(row.pk)
                found[entry.key] = IndicatorMatch(kind, row)
    return found


def can_link(entry: StandardIndicator, counted: CountedIndicator) -> bool:
    """Return whether an indicator can become a standard one.

    The question of an indicator never changes. So one that answers no question cannot stand for one that should.
    """
    return not counted.catalogue_key and entry.effort_question in (None, counted.question)


type _Pairs = Iterator[tuple[StandardIndicator, CountedIndicator]]


def _with_the_same_key(entries: Sequence[StandardIndicator], rows: Sequence[CountedIndicator]) -> _Pairs:
    by_key = {row.catalogue_key: row for row in rows}
    return ((entry, by_key[entry.key]) for entry in entries if entry.key in by_key)


def _with_the_same_question(entries: Sequence[StandardIndicator], rows: Sequence[CountedIndicator]) -> _Pairs:
    by_question = {row.question: row for row in rows if row.question}
    for entry in entries:
        if entry.effort_question and entry.effort_question in by_question:
            yield entry, by_question[entry.effort_question]


def _with_the_same_name(entries: Sequence[StandardIndicator], rows: Sequence[CountedIndicator]) -> _Pairs:
    by_name = {normalize_wording(row.name): row for row in rows}
    for entry in entries:
        names = (normalize_wording(name) for name in (gettext(entry.name), entry.name))
        if row := next((by_name[name] for name in names if name in by_name), None):
            yield entry, row


def _with_a_similar_name(entries: Sequence[StandardIndicator], rows: Sequence[CountedIndicator]) -> _Pairs:
    pairs = find_similar_pairs([gettext(entry.name) for entry in entries], [row.name for row in rows])
    likely = [pair for pair in pairs if pair.likeness >= LIKELY_SIMILARITY]
    return ((entries[pair.old], rows[pair.new]) for pair in pick_best_pairs(likely).values())
