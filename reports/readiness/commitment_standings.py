"""How every commitment of a record stands on a day. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from dialogues.commitment_status import CommitmentStanding, standing_on
from reports.readiness.countable_facts import group_by_key
from reports.readiness.facts import Facts


def commitment_standings(facts: Facts, as_of: date) -> Mapping[int, CommitmentStanding]:
    """By commitment (id) how it stands at the end of a day; without those that were not made by then.

    `facts` are those known (`reports.readiness.countable_facts.facts_known_by`).
    """
    sent = group_by_key((row.commitment_id, row) for row in facts.rounds)
    found = {row.id: standing_on(row.events, sent.get(row.id, ()), as_of, zone=facts.zone) for row in facts.commitments}
    return {key: standing for key, standing in found.items() if standing is not None}


def commitment_standing(facts: Facts, commitment_id: int, as_of: date) -> CommitmentStanding | None:
    """How one commitment stands, as in `commitment_standings`."""
    own = replace(
        facts,
        commitments=tuple(row for row in facts.commitments if row.id == commitment_id),
        rounds=tuple(row for row in facts.rounds if row.commitment_id == commitment_id),
    )
    return commitment_standings(own, as_of).get(commitment_id)
