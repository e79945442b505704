"""What doesn't fit together, with what it is about in words: on paper there is no link to follow."""

from collections.abc import Iterable, Iterator

from reports.briefings import content
from reports.briefings.evidence import Proof
from reports.briefings.promises import Promise
from reports.readiness.answers import Row
from reports.readiness.checks import Check


def told_checks(checks: Iterable[Check], promises: Iterable[Promise], proof: Proof) -> tuple[content.Check, ...]:
    """Each check with the commitments and the evidence that it is about, of those that the reader sees."""
    names = dict(_names(promises, proof))
    return tuple(
        content.Check(check.sentence, check.to_do, tuple(names[row] for row in check.rows if row in names))
        for check in checks
    )


def _names(promises: Iterable[Promise], proof: Proof) -> Iterator[tuple[Row, str]]:
    for promise in promises:
        yield Row("commitment", promise.row.pk), f"“{promise.told.text}”, {promise.told.ministry}"
    for pk, number in proof.number.items():
        yield Row("evidence", pk), f"Evidence {number}"
