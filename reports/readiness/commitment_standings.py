"""The status of each commitment of a record on a day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from dialogues.commitment_status import CommitmentStanding, standing_on
from reports.readiness.countable_facts import group_by_key
from reports.readiness.facts import Facts


def commitment_standings(facts: Facts, as_of: date) -> Mapping[int, CommitmentStanding]:
    """Return the standing of each commitment (by id) at the end of a day, without commitments not made by then.

    `facts` are the known ones (`reports.readiness.countable_facts.facts_known_by`).
    """
    sent = group_by_key((row.commitment_id, row) for row in facts.rounds)
    found = {row.id: standing_on(row.events, sent.get(row.id, ()), as_of, zone=facts.zone) for row in facts.commitments}
    return {key: standing for key, standing in found.items() if standing is not None}


def commitment_standing(facts: Facts, commitment_id: int, as_of: date) -> CommitmentStanding | None:
    """Return the standing of one commitment, as in `commitment_standings`; None if it was not made by then."""
    own = replace(
        facts,
        commitments=tuple(row for row in facts.commitments if row.id == commitment_id),
        rounds=tuple(row for row in facts.rounds if row.commitment_id == commitment_id),
    )
    return commitment_standings(own, as_of).get(commitment_id)
