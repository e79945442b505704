"""How every commitment of a record stands on a day. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from dialogues.status import Standing, standing_on
from reports.readiness.countable_facts import grouped
from reports.readiness.facts import Facts


def standings(facts: Facts, as_of: date) -> Mapping[int, Standing]:
    """By commitment (id) how it stands at the end of a day; without those that were not made by then.

    `facts` are those known (`reports.readiness.countable_facts.known`).
    """
    sent = grouped((row.commitment_id, row) for row in facts.rounds)
    found = {row.id: standing_on(row.events, sent.get(row.id, ()), as_of, zone=facts.zone) for row in facts.commitments}
    return {key: standing for key, standing in found.items() if standing is not None}


def standing_of(facts: Facts, commitment_id: int, as_of: date) -> Standing | None:
    """How one commitment stands, as in `standings`."""
    own = replace(
        facts,
        commitments=tuple(row for row in facts.commitments if row.id == commitment_id),
        rounds=tuple(row for row in facts.rounds if row.commitment_id == commitment_id),
    )
    return standings(own, as_of).get(commitment_id)
