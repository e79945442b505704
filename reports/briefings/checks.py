"""List the problems in the record for a printed document.

Each problem names what it is about in words, because paper has no links.
"""

from collections.abc import Iterable, Iterator

from reports.briefings.commitments import GatheredCommitment
from reports.briefings.content.ambassador import PrintedCheck
from reports.briefings.evidence import EvidenceAnnex
from reports.readiness.answers import RowReference
from reports.readiness.checks import RecordProblem
from tiptracker.localization import gettext


def build_checks(
    checks: Iterable[RecordProblem], commitments: Iterable[GatheredCommitment], annex: EvidenceAnnex
) -> tuple[PrintedCheck, ...]:
    """Return each problem with the commitments and the evidence that it is about, as far as the reader sees them."""
    names = dict(_row_names(commitments, annex))
    return tuple(
        PrintedCheck(check.sentence, check.to_do, tuple(names[row] for row in check.rows if row in names))
        for check in checks
    )


def _row_names(commitments: Iterable[GatheredCommitment], annex: EvidenceAnnex) -> Iterator[tuple[RowReference, str]]:
    for commitment in commitments:
        yield (
            RowReference("commitment", commitment.row.pk),
            gettext("%(ministry)s: “%(commitment)s”")
            % {"ministry": commitment.printed.ministry, "commitment": commitment.printed.text},
        )
    titles = {piece.ref: piece.what for piece in annex.pieces}
    for pk, number in annex.numbers.items():
        yield (
            RowReference("evidence", pk),
            gettext("Evidence %(number)s: “%(title)s”") % {"number": number, "title": titles[number]},
        )
