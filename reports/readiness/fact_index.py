"""Look up evidence, its reviews, its revisions and the updates it came with, by id."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from operator import attrgetter

from dialogues.choices import EvidenceDecision
from reports.readiness.countable_facts import is_in_window, is_of_period
from reports.readiness.facts import (
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    ReadingFact,
    UpdateVersionFact,
)
from reports.readiness.new_rows import NewRows

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
        for row in self.facts.reviews:
            reviews[row.evidence_id, row.evidence_link_id].append(row)
        for rows in reviews.values():  # almost all are a single one
            if len(rows) > 1:
                rows.sort(key=attrgetter("recorded_at", "id"))
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
        return self._in_force(self.facts.evidence_links)

    def _in_force(self, links: Iterable[EvidenceLinkFact]) -> Iterator[tuple[EvidenceLinkFact, EvidenceFact]]:
        evidence_by_id, revisions = self.evidence, self.revisions
        for row in links:
            evidence = evidence_by_id.get(row.evidence_id)
            if evidence is not None and evidence.id not in revisions:
                yield row, evidence

    @cached_property
    def undated_links(self) -> Sequence[tuple[EvidenceLinkFact, EvidenceFact]]:
        """The links in force, ordered by id, with their evidence, where its start date is unknown."""
        undated = [pair for pair in self.links_in_force if pair[1].happened_from is None]
        return sorted(undated, key=lambda pair: pair[0].id)

    @property
    def is_reviewed(self) -> bool:
        """Whether anything in the tracking period has been reviewed."""
        window = self.facts.edition.tracking
        cited = {row.evidence_id for row in self.facts.readings if is_of_period(window, row)}
        evidence = self.evidence
        return any(
            review.evidence_id in cited
            or (
                (row := evidence.get(review.evidence_id)) is not None
                and is_in_window(window, row.happened_from, row.happened_to)
            )
            for review in self.facts.reviews
        )

    def with_rows(self, facts: Facts, new_rows: NewRows) -> "FactIndex":
        """Return the index of the facts with new rows. Only the new rows are looked at."""
        index = FactIndex(facts)
        revisions = {row.revises: row for row in new_rows.evidence if row.revises is not None}
        index.evidence = _with_rows(self.evidence, {row.id: row for row in new_rows.evidence})
        index.revisions = _with_rows(self.revisions, revisions)
        index._versions = _with_rows(self._versions, {row.id: row for row in new_rows.update_versions})
        reviews = dict(self.reviews)
        for row in new_rows.reviews:
            key = row.evidence_id, row.evidence_link_id
            others = [other for other in reviews.get(key, ()) if other.id != row.id]
            reviews[key] = sorted([*others, row], key=attrgetter("recorded_at", "id"))
        index.reviews = reviews
        touched = {row.id for row in new_rows.evidence} | revisions.keys()
        touched |= {row.evidence_id for row in new_rows.evidence_links}
        links = [row for row in facts.evidence_links if row.evidence_id in touched] if touched else []
        undated = [pair for pair in self.undated_links if pair[1].id not in touched]
        undated += [pair for pair in index._in_force(links) if pair[1].happened_from is None]
        index.undated_links = sorted(undated, key=lambda pair: pair[0].id)
        return index

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


def _with_rows[R](rows: Mapping[int, R], new_rows: Mapping[int, R]) -> Mapping[int, R]:
    return {**rows, **new_rows} if new_rows else rows
