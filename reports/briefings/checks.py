"""List the problems in the record for a printed document.

Each problem names what it is about in words, because paper has no links.
"""

from collections.abc import Iterable, Iterator

from reports.briefings.commitments import GatheredCommitment
from reports.briefings.content.ambassador import PrintedCheck
from reports.briefings.evidence import EvidenceAnnex
from reports.readiness.answers import RowReference
from reports.readiness.checks import RecordProblem


def build_checks(
    checks: Iterable[RecordProblem], promises: Iterable[GatheredCommitment], proof: EvidenceAnnex
) -> tuple[PrintedCheck, ...]:
    """Return each problem with the commitments and the evidence that it is about, as far as the reader sees them."""
    names = dict(_row_names(promises, proof))
    return tuple(
        PrintedCheck(check.sentence, check.to_do, tuple(names[row] for row in check.rows if row in names))
        for check in checks
    )


def _row_names(promises: Iterable[GatheredCommitment], proof: EvidenceAnnex) -> Iterator[tuple[RowReference, str]]:
    for promise in promises:
        yield RowReference("commitment", promise.row.pk), f"“{promise.told.text}”, {promise.told.ministry}"
    for pk, number in proof.number.items():
        yield RowReference("evidence", pk), f"Evidence {number}"
