"""The status of each commitment of a record on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from dialogues.commitment_status import CommitmentStanding, EventSummary, standing_after, summarize_events
from reports.readiness.countable_facts import group_by_key
from reports.readiness.facts import CommitmentFact, Facts
from reports.readiness.new_rows import NewRows


class DatedCommitment(NamedTuple):
    """A commitment with what its events say by a day, and its standing at the end of the day."""

    commitment: CommitmentFact
    summary: EventSummary
    standing: CommitmentStanding


def date_commitments(facts: Facts, as_of: date) -> Mapping[int, DatedCommitment]:
    """Return each commitment (by id) as of a day, without commitments not made by then.

    `facts` are the known ones (`reports.readiness.countable_facts.facts_known_by`).
    """
    versions = group_by_key((row.commitment_id, row) for row in facts.update_versions)
    return {
        row.id: DatedCommitment(row, summary, standing_after(summary, versions.get(row.id, ()), as_of, zone=facts.zone))
        for row in facts.commitments
        if (summary := summarize_events(row.events, as_of)) is not None
    }


def update_commitments(
    commitments: Mapping[int, DatedCommitment], facts: Facts, new_rows: NewRows, as_of: date
) -> Mapping[int, DatedCommitment]:
    """Return what `date_commitments` returns for the facts with the new rows, from its result without them."""
    touched = {row.id for row in new_rows.commitments} | {row.commitment_id for row in new_rows.update_versions}
    own_facts = replace(
        facts,
        commitments=tuple(row for row in facts.commitments if row.id in touched),
        update_versions=tuple(row for row in facts.update_versions if row.commitment_id in touched),
    )
    untouched = {key: row for key, row in commitments.items() if key not in touched}
    return {**untouched, **date_commitments(own_facts, as_of)}


def commitment_standings(facts: Facts, as_of: date) -> Mapping[int, CommitmentStanding]:
    """Return the standing of each commitment (by id) at the end of a day, without commitments not made by then."""
    return {key: dated.standing for key, dated in date_commitments(facts, as_of).items()}


def open_commitments(commitments: Iterable[DatedCommitment]) -> list[DatedCommitment]:
    """Return the government's open commitments.

    Only events close a commitment. One that is reported done is a claim and counts as such. One with a waiting update
    that claims progress is still open.
    """
    return [row for row in commitments if row.commitment.ministry_id is not None and row.summary.is_open]
