"""Look up evidence, its reviews, its revisions and the updates it came with, by id."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from operator import attrgetter

from dialogues.choices import EvidenceDecision
from reports.readiness.facts import (
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    ReadingFact,
    UpdateVersionFact,
)

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""The end of validity for rows that are still valid."""


class FactIndex:
    """Look-up tables over the facts, each built when it is first needed.

    Evidence that a revision replaced supports nothing any more: the revision has links, figures and reviews of its own.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def evidence(self) -> Mapping[int, EvidenceFact]:
        """The evidence by id."""
        return {row.id: row for row in self.facts.evidence}

    @cached_property
    def revisions(self) -> Mapping[int, EvidenceFact]:
        """The revisions of evidence, by the id of the evidence that each replaced."""
        return {row.revises: row for row in self.facts.evidence if row.revises is not None}

    @cached_property
    def reviews(self) -> Mapping[tuple[int, int | None], Sequence[EvidenceReviewFact]]:
        """The reviews by evidence id and evidence link id (None for the evidence itself), the newest last."""
        reviews: dict[tuple[int, int | None], list[EvidenceReviewFact]] = defaultdict(list)
        for row in sorted(self.facts.reviews, key=attrgetter("recorded_at", "id")):
            reviews[row.evidence_id, row.evidence_link_id].append(row)
        return dict(reviews)

    @cached_property
    def _versions(self) -> Mapping[int, UpdateVersionFact]:
        return {row.id: row for row in self.facts.update_versions}

    @property
    def in_force(self) -> Iterator[EvidenceFact]:
        """The evidence that no revision replaced."""
        return (row for row in self.facts.evidence if row.id not in self.revisions)

    @property
    def links_in_force(self) -> Iterator[tuple[EvidenceLinkFact, EvidenceFact]]:
        """The evidence links with their evidence, without evidence that a revision replaced."""
        for row in self.facts.evidence_links:
            evidence = self.evidence.get(row.evidence_id)
            if evidence is not None and evidence.id not in self.revisions:
                yield row, evidence

    def known_until(self, evidence_id: int | None) -> datetime:
        """Return until when evidence is in force, with its links and readings: until a revision replaces it."""
        revision = self.revisions.get(evidence_id) if evidence_id is not None else None
        return revision.recorded_at if revision else END_OF_TIME

    def cited(self, reading: ReadingFact) -> EvidenceFact | None:
        """Return the evidence that a reading cites."""
        return self.evidence.get(reading.evidence_id) if reading.evidence_id is not None else None

    def version(self, version_id: int | None) -> UpdateVersionFact | None:
        """Return the version of an update that a row came with, if it came with one."""
        return self._versions.get(version_id) if version_id is not None else None

    def claims_ended_at(self, version_id: int | None) -> datetime | None:
        """Return when the version of an update was returned or withdrawn; None if it was not, or if there is none."""
        version = self.version(version_id)
        return version.claims_ended_at if version else None

    def newest_review(self, evidence_id: int, link_id: int | None = None) -> EvidenceReviewFact | None:
        """Return the review that holds for an evidence link or, without one, for the evidence itself: the newest."""
        reviews = self.reviews.get((evidence_id, link_id))
        return reviews[-1] if reviews else None

    def rejection(self, evidence_id: int) -> EvidenceReviewFact | None:
        """Return the review by which the evidence itself is rejected, if it is."""
        review = self.newest_review(evidence_id)
        return review if review and review.decision is EvidenceDecision.REJECTED else None
