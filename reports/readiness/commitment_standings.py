"""The status of each commitment of a record on a day."""

from collections.abc import Mapping
from datetime import date

from dialogues.commitment_status import CommitmentStanding, standing_on
from reports.readiness.countable_facts import group_by_key
from reports.readiness.facts import Facts


def commitment_standings(facts: Facts, as_of: date) -> Mapping[int, CommitmentStanding]:
    """Return the standing of each commitment (by id) at the end of a day, without commitments not made by then.

    `facts` are the known ones (`reports.readiness.countable_facts.facts_known_by`).
    """
    versions = group_by_key((row.commitment_id, row) for row in facts.update_versions)
    standings = {
        row.id: standing_on(row.events, versions.get(row.id, ()), as_of, zone=facts.zone) for row in facts.commitments
    }
    return {commitment_id: standing for commitment_id, standing in standings.items() if standing is not None}
