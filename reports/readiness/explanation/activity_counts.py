"""Count what was recorded between two moments of the record, for the reader of a score that did not move."""

from collections.abc import Iterable
from datetime import datetime

from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.countable_facts import facts_known_by
from reports.readiness.explanation.changes import RecordMoment, is_known_before
from reports.readiness.facts import Facts
from tiptracker.localization import gettext, join_with_and, ngettext


def describe_activity(facts: Facts, since: RecordMoment, until: RecordMoment) -> str:
    """Describe how many updates, reviews and assessments were recorded, and how many due dates were missed.

    A due date is missed if its commitment is overdue at the end. Those of the United States are left out.
    """

    def is_between(recorded_at: datetime) -> bool:
        return is_known_before(since.known_by, recorded_at) and not is_known_before(until.known_by, recorded_at)

    reviewed = {row.evidence_id for row in facts.reviews if is_between(row.recorded_at)}
    counts = list(
        _describe_counts(
            updates=sum(is_between(row.recorded_at) for row in facts.update_versions),
            reviewed=len(reviewed),
            assessments=sum(is_between(row.recorded_at) for row in facts.assessments),
            missed=_count_missed(facts, since, until),
        )
    )
    if not counts:
        return gettext("No update, review or assessment was recorded in between, and no due date was missed.")
    return gettext("Recorded in between: %(counts)s.") % {"counts": join_with_and(counts)}


def _count_missed(facts: Facts, since: RecordMoment, until: RecordMoment) -> int:
    known_facts = facts_known_by(facts, until.known_by)
    standings = commitment_standings(known_facts, until.as_of)
    days = (until.as_of - since.as_of).days
    return sum(
        0 < standing.days_overdue <= days
        for row in known_facts.commitments
        if row.ministry_id is not None and (standing := standings.get(row.id))
    )


def _describe_counts(*, updates: int, reviewed: int, assessments: int, missed: int) -> Iterable[str]:
    for number, text in (
        (updates, ngettext("%(number)d update", "%(number)d updates", updates)),
        (
            reviewed,
            ngettext("%(number)d piece of evidence reviewed", "%(number)d pieces of evidence reviewed", reviewed),
        ),
        (assessments, ngettext("%(number)d assessment", "%(number)d assessments", assessments)),
        (missed, ngettext("%(number)d due date missed", "%(number)d due dates missed", missed)),
    ):
        if number:
            yield text % {"number": number}
