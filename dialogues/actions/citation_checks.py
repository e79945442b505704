"""Find out which cited facts changed after an answer was written. An answer of which one changed is out of date."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from dialogues.answer_text import CitedFact
from dialogues.choices import CitationChangeKind, CitedKind, EvidenceDecision, UpdateDecision
from dialogues.models import (
    AnswerVersion,
    Assessment,
    CommitmentEvent,
    Contribution,
    Evidence,
    EvidenceReview,
    LawEntry,
    LineAnswer,
    Reading,
    RequestEvent,
    UpdateVersion,
)


class CitationChange(NamedTuple):
    """A cited fact that changed after the answer was written: what happened to it, and when that was recorded."""

    fact: CitedFact
    kind: CitationChangeKind
    at: datetime


type Changes = Mapping[int, list[tuple[CitationChangeKind, datetime]]]
"""What ever happened to facts of one kind, by their primary key."""


def find_citation_changes(
    versions: Collection[AnswerVersion], known_by: datetime | None = None
) -> dict[int, list[CitationChange]]:
    """Return by version what happened to the facts it cites since it was recorded, up to `known_by` (None: now).

    Each fact is named once, with its newest change. Prefetch `with_content`. The number of queries does not depend on
    the number of versions.
    """
    cited = {version.pk: list_cited_facts(version) for version in versions}
    ids: dict[CitedKind, set[int]] = defaultdict(set)
    for facts in cited.values():
        for fact in facts:
            ids[fact.kind].add(fact.id)
    changes = {kind: _CHANGES[kind](keys) for kind, keys in ids.items() if kind in _CHANGES}
    found: dict[int, list[CitationChange]] = {}
    for version in versions:
        rows = [
            CitationChange(fact, *max(since, key=lambda change: change[1]))
            for fact in cited[version.pk]
            if (since := list(_since(changes.get(fact.kind, {}).get(fact.id, ()), version.recorded_at, known_by)))
        ]
        if rows:
            found[version.pk] = rows
    return found


def list_cited_facts(version: AnswerVersion) -> list[CitedFact]:
    """Return the facts that a version cites, each once, in the order of its sentences."""
    return list(
        dict.fromkeys(
            CitedFact(citation.kind, citation.target)
            for sentence in version.sentences.all()
            for citation in sentence.citations.all()
        )
    )


def _since(
    rows: Iterable[tuple[CitationChangeKind, datetime]], moment: datetime, known_by: datetime | None
) -> Iterator[tuple[CitationChangeKind, datetime]]:
    return (row for row in rows if row[1] > moment and (known_by is None or row[1] <= known_by))


_DECISIONS = {
    EvidenceDecision.VERIFIED: CitationChangeKind.VERIFIED,
    EvidenceDecision.REJECTED: CitationChangeKind.REJECTED,
}


def _evidence_changes(ids: Collection[int]) -> Changes:
    found = defaultdict(list)
    reviews = EvidenceReview.objects.filter(evidence__in=ids)
    for key, decision, at in reviews.values_list("evidence", "decision", "recorded_at"):
        found[key].append((_DECISIONS[EvidenceDecision(decision)], at))
    for revision in Evidence.objects.filter(revises__in=ids):
        found[revision.revises_id or 0].append((CitationChangeKind.REVISED, revision.recorded_at))
    ended = Evidence.objects.filter(pk__in=ids, update_version__decision__isnull=False)
    names = ("pk", "update_version__decision__decision", "update_version__decision__recorded_at")
    for key, ending, at in ended.values_list(*names):
        if ending != UpdateDecision.ACCEPTED:
            found[key].append((CitationChangeKind.CLAIM_ENDED, at))
    return found


def _reading_changes(ids: Collection[int]) -> Changes:
    """Return what happened to the evidence of each reading, and newer readings of the same indicator and start."""
    found: dict[int, list[tuple[CitationChangeKind, datetime]]] = defaultdict(list)
    readings = list(Reading.objects.filter(pk__in=ids))
    by_evidence = _evidence_changes({row.evidence_id for row in readings if row.evidence_id})
    newer = Reading.objects.filter(indicator__in={row.indicator_id for row in readings})
    others = list(newer.values_list("indicator", "starts_on", "recorded_at", "pk"))
    for row in readings:
        found[row.pk] += by_evidence.get(row.evidence_id or 0, [])
        found[row.pk] += [
            (CitationChangeKind.NEWER_FIGURE, at)
            for indicator, starts_on, at, pk in others
            if (indicator, starts_on) == (row.indicator_id, row.starts_on) and (at, pk) > (row.recorded_at, row.pk)
        ]
    return found


def _assessment_changes(ids: Collection[int]) -> Changes:
    found = defaultdict(list)
    rows = list(Assessment.objects.filter(pk__in=ids))
    others = Assessment.objects.filter(benchmark__in={row.benchmark_id for row in rows})
    for benchmark, at, pk in others.values_list("benchmark", "recorded_at", "pk"):
        for row in rows:
            if row.benchmark_id == benchmark and (at, pk) > (row.recorded_at, row.pk):
                found[row.pk].append((CitationChangeKind.NEWER_ASSESSMENT, at))
    return found


def _commitment_changes(ids: Collection[int]) -> Changes:
    found: dict[int, list[tuple[CitationChangeKind, datetime]]] = defaultdict(list)
    for key, at in CommitmentEvent.objects.filter(commitment__in=ids).values_list("commitment", "recorded_at"):
        found[key].append((CitationChangeKind.COMMITMENT_CHANGED, at))
    versions = UpdateVersion.objects.filter(update__commitment__in=ids)  # whether one waits is a part of the status
    for key, *moments in versions.values_list("update__commitment", "recorded_at", "decision__recorded_at"):
        found[key or 0] += [(CitationChangeKind.COMMITMENT_CHANGED, at) for at in filter(None, moments)]
    return found


def _request_changes(ids: Collection[int]) -> Changes:
    found = defaultdict(list)
    events = RequestEvent.objects.filter(information_request__in=ids)
    for key, at in events.values_list("information_request", "recorded_at"):
        found[key].append((CitationChangeKind.REQUEST_CHANGED, at))
    answers = LineAnswer.objects.filter(line__information_request__in=ids)
    for key, at in answers.values_list("line__information_request", "update_version__recorded_at"):
        found[key].append((CitationChangeKind.REQUEST_ANSWERED, at))
    return found


def _law_changes(ids: Collection[int]) -> Changes:
    found = defaultdict(list)
    for entry in LawEntry.objects.filter(replaces__in=ids):
        found[entry.replaces_id or 0].append((CitationChangeKind.LAW_CHANGED, entry.recorded_at))
    return found


def _contribution_changes(ids: Collection[int]) -> Changes:
    found = defaultdict(list)
    for row in Contribution.objects.filter(corrects__in=ids):
        found[row.corrects_id or 0].append((CitationChangeKind.CONTRIBUTION_CORRECTED, row.recorded_at))
    return found


_CHANGES: Mapping[CitedKind, Callable[[Collection[int]], Changes]] = {
    CitedKind.EVIDENCE: _evidence_changes,
    CitedKind.READING: _reading_changes,
    CitedKind.ASSESSMENT: _assessment_changes,
    CitedKind.COMMITMENT: _commitment_changes,
    CitedKind.REQUEST: _request_changes,
    CitedKind.LAW: _law_changes,
    CitedKind.CONTRIBUTION: _contribution_changes,
}
