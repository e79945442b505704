"""Build views of the facts: what is verified, what is claimed, and what has begun by a day."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dialogues.choices import ClaimedProgress, EvidenceDecision
from reports.readiness.countable_facts import (
    Action,
    FactView,
    group_by_key,
    is_action,
    is_in_window,
    is_of_period,
)
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts, ReadingFact
from reports.readiness.new_rows import NewRows
from reports.readiness.verified_history import VerifiedHistory


@dataclass(frozen=True, slots=True)
class FactViews:
    """Four views of the record on a day, and the number of claims that wait for a review.

    `verified_last_actions` is the verified view with only the last action on each benchmark, which is enough to compute
    shares. `begun` is like it, but counts rows from their start date and not from their end date, so it includes what
    is not over yet. `claimed` also takes waiting claims as sent. A claim is evidence that would count if it were
    verified, or a figure sent without evidence. `index` looks up the rows.
    """

    index: FactIndex
    verified: FactView
    verified_last_actions: FactView
    claimed: FactView
    begun: FactView
    waiting: int


def build_fact_views(facts: Facts, as_of: date) -> FactViews:
    """Return all views of a day.

    `facts` are the known ones (see `facts_known_by`).
    """
    index = FactIndex(facts)
    history = VerifiedHistory.from_index(index)
    verified_view = history.verified(as_of)
    claimed_view = _build_claimed_view(index, as_of, verified_view)
    return FactViews(
        index=index,
        verified=verified_view,
        verified_last_actions=_with_last_actions(verified_view),
        claimed=claimed_view,
        begun=_with_last_actions(history.verified(as_of, is_begun=True)),
        waiting=_count_waiting_claims(index, as_of, claimed_view),
    )


def _with_last_actions(view: FactView) -> FactView:
    """Return the view without all actions but the last on each benchmark. The shares stay the same."""
    return replace(view, actions={key: actions[-1:] for key, actions in view.actions.items()})


def update_fact_views(views: FactViews, facts: Facts, new_rows: NewRows, as_of: date) -> FactViews:
    """Return what `build_fact_views` returns for the facts with the new rows, from its result without them.

    Each view says something on each benchmark and each indicator by itself. So the views are built of the rows on those
    that the new rows touch, and the rest is taken over.
    """
    touched = new_rows.touched_evidence(facts)
    versions = {row.id for row in new_rows.update_versions}
    benchmarks = {row.benchmark_id for row in facts.evidence_links if row.evidence_id in touched}
    benchmarks |= {row.benchmark_id for row in facts.assessments if not touched.isdisjoint(row.evidence_ids)}
    benchmarks |= {row.benchmark_id for row in new_rows.assessments}
    indicators = {row.indicator_id for row in new_rows.readings}
    indicators |= {
        row.indicator_id for row in facts.readings if row.evidence_id in touched or row.update_version_id in versions
    }
    index = views.index.with_rows(facts, new_rows)
    own_views = build_fact_views(_facts_on(index, benchmarks, indicators), as_of)

    def merge(view: FactView, own_view: FactView) -> FactView:
        return FactView(
            readings=_replace_keys(view.readings, own_view.readings, indicators),
            figures=_replace_keys(view.figures, own_view.figures, indicators),
            previous=_replace_keys(view.previous, own_view.previous, indicators),
            actions=_replace_keys(view.actions, own_view.actions, benchmarks),
            assessments=_replace_keys(view.assessments, own_view.assessments, benchmarks),
            other_evidence=_replace_keys(view.other_evidence, own_view.other_evidence, benchmarks),
        )

    claimed_view = merge(views.claimed, own_views.claimed)
    return FactViews(
        index=index,
        verified=merge(views.verified, own_views.verified),
        verified_last_actions=merge(views.verified_last_actions, own_views.verified_last_actions),
        claimed=claimed_view,
        begun=merge(views.begun, own_views.begun),
        waiting=_count_waiting_claims(index, as_of, claimed_view),
    )


def _replace_keys[V](mapping: Mapping[int, V], own: Mapping[int, V], keys: Collection[int]) -> Mapping[int, V]:
    return {**{key: value for key, value in mapping.items() if key not in keys}, **own}


def _facts_on(index: FactIndex, benchmarks: Collection[int], indicators: Collection[int]) -> Facts:
    """Return all rows on which the views of these benchmarks and indicators rest."""
    facts = index.facts
    links = tuple([row for row in facts.evidence_links if row.benchmark_id in benchmarks])
    readings = tuple(row for row in facts.readings if row.indicator_id in indicators)
    assessments = tuple(row for row in facts.assessments if row.benchmark_id in benchmarks)
    keys = {row.evidence_id for row in links}.union(*(row.evidence_ids for row in assessments))
    keys |= {row.evidence_id for row in readings if row.evidence_id is not None}
    evidence = [index.evidence[key] for key in keys if key in index.evidence]
    revisions = [index.revisions[row.id] for row in evidence if row.id in index.revisions]
    versions = {row.update_version_id for row in evidence} | {row.update_version_id for row in readings}
    return replace(
        facts,
        evidence=tuple({row.id: row for row in (*evidence, *revisions)}.values()),
        evidence_links=links,
        reviews=tuple([row for row in facts.reviews if row.evidence_id in keys]),
        readings=readings,
        update_versions=tuple(version for key in versions if (version := index.version(key))),
        assessments=assessments,
        commitments=(),
    )


def build_verified_view(facts: Facts, as_of: date) -> FactView:
    """Return what is verified and counts on a day. `facts` are the known ones (see `facts_known_by`)."""
    return VerifiedHistory.from_facts(facts).verified(as_of)


def _build_claimed_view(index: FactIndex, as_of: date, verified_view: FactView) -> FactView:
    """Return what would count on a day if each waiting claim were verified as sent.

    Readings and figures are those of the verified view plus the claimed ones. Actions are only the claimed ones,
    because the assessment caps what a claimed action gives, but not what a verified action gives.

    A rejected claim, a claim on rejected evidence and a claim of a returned or withdrawn update do not count. If the
    start date is unknown, the claim is in the window if its end date is. That also holds for evidence links that are
    verified: they stay claims until a review enters the start date.
    """
    readings = [(row.indicator_id, row) for rows in verified_view.readings.values() for row in rows]
    figures = list(readings)
    for row in _claimed_readings(index, as_of):
        readings.append((row.indicator_id, row))
        if row.figure is not None:
            figures.append((row.indicator_id, row))
    actions = []
    reviews, window = index.reviews, index.facts.edition.tracking
    for evidence_link, evidence in index.links_in_force:
        own_reviews = reviews.get((evidence.id, evidence_link.id))
        review = own_reviews[-1] if own_reviews else None
        first = evidence.happened_from or (review.first_on if review else None)
        if review is not None and (first is not None or review.decision is EvidenceDecision.REJECTED):
            continue
        if not is_action(evidence_link, evidence) or evidence.happened_to > as_of:
            continue
        if index.rejection(evidence.id) or index.claims_ended_at(evidence.update_version_id):
            continue
        if is_in_window(window, first, evidence.happened_to):
            version = index.version(evidence.update_version_id)
            claimed = (version and version.progress) or ClaimedProgress.UNDER_WAY
            actions.append((evidence_link.benchmark_id, Action(evidence.id, evidence.happened_to, claimed)))
    return replace(
        verified_view,
        readings=group_by_key(readings),
        figures=group_by_key(figures),
        actions=group_by_key(actions),
    )


def _claimed_readings(index: FactIndex, as_of: date) -> Iterator[ReadingFact]:
    """Yield the readings for the period through a day at the latest that are claims and wait for a review.

    The evidence of such a reading must not be replaced by a revision or reviewed since the reading, and its update must
    be neither returned nor withdrawn. A reading that says "no data" claims nothing.
    """
    for row in index.facts.readings:
        if row.is_no_data or not is_of_period(index.facts.edition.tracking, row) or row.through_on > as_of:
            continue
        cited = index.cited(row)
        review = index.newest_review(cited.id) if cited else None
        if (
            not (cited and cited.id in index.revisions)
            and (review is None or review.recorded_at < row.recorded_at)
            and not index.claims_ended_at(row.update_version_id)
            and not (cited and index.claims_ended_at(cited.update_version_id))
        ):
            yield row


def _count_waiting_claims(index: FactIndex, as_of: date, claimed_view: FactView) -> int:
    claimed_by_actions = {
        ("evidence", action.evidence_id) for actions in claimed_view.actions.values() for action in actions
    }
    claimed_by_readings = {
        ("evidence", cited.id) if (cited := index.cited(row)) else ("reading", row.id)
        for row in _claimed_readings(index, as_of)
    }
    return len(claimed_by_actions | claimed_by_readings)
