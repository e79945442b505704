"""The rows that were added to a record since its facts were gathered. No Django here."""

from dataclasses import dataclass, fields, replace
from typing import Any

from reports.readiness.facts import (
    AssessmentFact,
    CommitmentFact,
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    ReadingFact,
    UpdateVersionFact,
)


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows that facts do not hold yet, or hold as they were before: an update version that was decided on since, a
    commitment with a new event. The fields are those of `Facts`. Rows that the facts hold already do no harm.
    """

    readings: tuple[ReadingFact, ...] = ()
    evidence: tuple[EvidenceFact, ...] = ()
    evidence_links: tuple[EvidenceLinkFact, ...] = ()
    reviews: tuple[EvidenceReviewFact, ...] = ()
    update_versions: tuple[UpdateVersionFact, ...] = ()
    assessments: tuple[AssessmentFact, ...] = ()
    commitments: tuple[CommitmentFact, ...] = ()

    def added_to(self, facts: Facts) -> Facts:
        """Return the facts with these rows. A row replaces the one with the same id."""
        changed: dict[str, Any] = {}
        for field in fields(self):
            if rows := getattr(self, field.name):
                by_id = {row.id: row for row in getattr(facts, field.name)}
                changed[field.name] = tuple((by_id | {row.id: row for row in rows}).values())
        return replace(facts, **changed)

    def followed_by(self, later: "NewRows") -> "NewRows":
        """Return these rows with later ones."""
        return NewRows(**{field.name: getattr(self, field.name) + getattr(later, field.name) for field in fields(self)})

    def touched_evidence(self, facts: Facts) -> frozenset[int]:
        """Return the ids of the evidence that counts differently, or may: by itself, its review or its update."""
        versions = {row.id for row in self.update_versions}
        touched = {row.id for row in self.evidence} | {row.revises for row in self.evidence if row.revises is not None}
        touched |= {link.evidence_id for link in self.evidence_links}
        touched |= {review.evidence_id for review in self.reviews}
        if versions:
            touched |= {row.id for row in facts.evidence if row.update_version_id in versions}
        return frozenset(touched)
