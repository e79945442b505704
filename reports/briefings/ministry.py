"""Build a ministry's page: what was agreed, what is due, what we have verified, what we still need.

The page is safe to hand over. It is read with the ministry's own access rights, so it contains nothing that the
ministry may not know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import IntEnum, auto

from django.db.models import Q

from dialogues.choices import CommitmentStatus, EvidenceDecision, SupportKind
from dialogues.models import EvidenceReview, UpdateVersion
from reports import formatting, sentences
from reports.briefings.commitments import GatheredCommitment, gather_commitments
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.ministry import MinistryPage, NeededItem, VerifiedItem
from reports.briefings.reader_view import ReaderView
from reports.briefings.updates import gather_versions, newest_by_commitment, recorded_moments
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Marking, Role
from tiptracker.infrastructure.read_snapshot import snapshot


@snapshot()
def build_ministry_page(seen: ReaderView, ministry: Ministry) -> MinistryPage:
    """Return the page for one ministry, whoever asks for it."""
    seen = replace(seen, reader=User(role=Role.FOCAL_POINT, ministry=ministry))
    promises = gather_commitments(seen, {})
    versions = gather_versions(seen, promises)
    newest = newest_by_commitment(versions)
    places = {promise.row.pk: _priority_group(promise) for promise in promises}
    promises.sort(key=lambda promise: places[promise.row.pk])
    words = _newest_reviews(seen)
    needed = tuple(_list_needed(seen, promises, places, newest))
    return MinistryPage(
        **seen.header,
        marking=Marking.UNCLASSIFIED.label,
        title=ministry.name,
        subtitle=f"What we agreed, and where it stands on {formatting.format_date(seen.as_of)}",
        minister="; ".join(list_office_holders(ministry, seen.as_of)),
        facts_up_to=seen.newest(
            *recorded_moments(seen, promises, versions),
            *(row.recorded_at for row in versions),
            *(row.recorded_at for row in words),
        ),
        sentence=_summary_sentence(promises),
        agreed=tuple(promise.told for promise in promises),
        verified=tuple(_list_verified(seen, promises, words)),
        needed=needed,
        agreed_order=_order_sentence(places.values()),
        verified_order=_verified_order_sentence(promises, words),
        needed_order=_order_sentence(place for place in places.values() if place in OPEN_GROUPS),
    )


class PriorityGroup(IntEnum):
    """The groups of commitments in a list, in order: those that the ministry can act on come first."""

    OVERDUE = auto()
    RETURNED = auto()
    DUE = auto()
    UNDATED = auto()
    WITH_US = auto()
    DONE = auto()
    WITHDRAWN = auto()


OPEN_GROUPS = (PriorityGroup.OVERDUE, PriorityGroup.RETURNED, PriorityGroup.DUE, PriorityGroup.UNDATED)
GROUP_LABELS = {
    PriorityGroup.OVERDUE: "what is overdue longest",
    PriorityGroup.RETURNED: "what we returned",
    PriorityGroup.DUE: "what is due soonest",
    PriorityGroup.UNDATED: "what has no date yet",
    PriorityGroup.WITH_US: "what waits for our answer",
    PriorityGroup.DONE: "what is done",
    PriorityGroup.WITHDRAWN: "what was withdrawn",
}
"""The name of each group in a sentence."""


def _priority_group(promise: GatheredCommitment) -> PriorityGroup:
    match promise.standing.status:
        case CommitmentStatus.VERIFIED:
            return PriorityGroup.DONE
        case CommitmentStatus.WITHDRAWN:
            return PriorityGroup.WITHDRAWN
        case CommitmentStatus.REPORTED | CommitmentStatus.WITH_EMBASSY:
            return PriorityGroup.WITH_US
        case CommitmentStatus.OVERDUE:
            return PriorityGroup.OVERDUE
    if promise.standing.returned_on:
        return PriorityGroup.RETURNED
    return PriorityGroup.DUE if promise.standing.due_on else PriorityGroup.UNDATED


def _order_sentence(places: Iterable[PriorityGroup]) -> str:
    """Return a sentence on the order of commitments in these groups; empty for at most one commitment."""
    found = list(places)
    if len(found) < 2:
        return ""
    first, *others = (GROUP_LABELS[place] for place in sorted(set(found)))
    return f"Listed first is {first}{''.join(f', then {other}' for other in others)}."


def _verified_order_sentence(promises: Iterable[GatheredCommitment], words: Iterable[EvidenceReview]) -> str:
    """Return a sentence on the order of verified items; empty for at most one item."""
    done = sum(promise.standing.status is CommitmentStatus.VERIFIED for promise in promises)
    pieces = len({row.evidence_id for row in words if row.decision == EvidenceDecision.VERIFIED})
    if done + pieces < 2:
        return ""
    return "Listed first is what is done, then what we verified last." if done and pieces else "The newest is first."


def _newest_reviews(seen: ReaderView) -> list[EvidenceReview]:
    """Return the newest review of each piece of the ministry's evidence and of each evidence link, oldest first.

    Only concrete actions and figures are included. A statement, or a finding that nothing was done, is no reason for
    thanks.
    """
    rows = (
        EvidenceReview.objects.visible_to(seen.reader)
        .filter(seen.recorded, evidence__happened_to__lte=seen.as_of)
        .filter(Q(evidence__evidence_links__shows=SupportKind.ACTION) | Q(evidence__readings__figure__isnull=False))
        .select_related("evidence")
        .order_by("recorded_at", "pk")
        .distinct()
    )
    return list({(row.evidence_id, row.evidence_link_id): row for row in rows}.values())


def _list_verified(
    seen: ReaderView, promises: Iterable[GatheredCommitment], words: Iterable[EvidenceReview]
) -> Iterator[VerifiedItem]:
    """Yield the commitments that are done and verified, then the single pieces of evidence that are verified."""
    done = [promise for promise in promises if promise.standing.status is CommitmentStatus.VERIFIED]
    for promise in sorted(done, key=lambda promise: promise.events[-1].happened_on, reverse=True):
        done_on = promise.events[-1].happened_on
        yield VerifiedItem(promise.told.text, f"done; verified on {sentences.format_short_date(done_on)}")
    told = {row.evidence_id: row for row in words if row.decision == EvidenceDecision.VERIFIED}
    for row in sorted(told.values(), key=lambda row: (row.recorded_at, row.pk), reverse=True):
        piece = row.evidence
        when = sentences.describe_date_span(row.first_on or piece.happened_from, piece.happened_to)
        yield VerifiedItem(piece.title, f"{when}; verified on {sentences.format_short_date(seen.day(row.recorded_at))}")


def _list_needed(
    seen: ReaderView,
    promises: Iterable[GatheredCommitment],
    places: Mapping[int, PriorityGroup],
    newest: Mapping[int, UpdateVersion],
) -> Iterator[NeededItem]:
    """Yield what the ministry can do next about each open commitment, most urgent first."""
    due = [one.standing.due_on for one in promises if places[one.row.pk] is PriorityGroup.DUE and one.standing.due_on]
    soonest = min(due, default=None)
    for promise in promises:
        place, row = places[promise.row.pk], newest.get(promise.row.pk)
        if place in OPEN_GROUPS:
            reason = _priority_reason(seen, promise, place, soonest)
            yield NeededItem(promise.told.text, _request_sentence(promise, row), reason)


def _priority_reason(seen: ReaderView, promise: GatheredCommitment, place: PriorityGroup, soonest: date | None) -> str:
    """Return the reason for a commitment's place: "Overdue by 14 days", "Due soonest, in 3 days", "No date agreed"."""
    due_on = promise.standing.due_on
    if place is PriorityGroup.RETURNED and promise.standing.returned_on:
        return f"Returned on {sentences.format_short_date(promise.standing.returned_on)}"
    if due_on is None:
        return "No date agreed"
    if place is PriorityGroup.OVERDUE:
        return f"Overdue by {sentences.format_days(promise.standing.days_overdue)}"
    far = sentences.format_relative_date(due_on, seen.as_of)
    return f"Due soonest, {far}" if due_on == soonest else f"Due {far}"


def _request_sentence(promise: GatheredCommitment, newest: UpdateVersion | None) -> str:
    if newest is not None and promise.standing.returned_on:
        answered = formatting.format_date(promise.standing.returned_on)
        return f"We returned your update on {answered}. What to change: {newest.decision.reason}"
    due_on = promise.standing.due_on
    if promise.standing.status is CommitmentStatus.OVERDUE and due_on:
        return (
            f"It was due on {formatting.format_date(due_on)}. Please tell us how far it is, or by which day it "
            "will be done."
        )
    if due_on is None:
        return "Please tell us by which day it will be done."
    return (
        f"It is due on {formatting.format_date(due_on)}. Please tell us once it is done, with the days and "
        "what shows it."
    )


def _summary_sentence(promises: list[GatheredCommitment]) -> str:
    """Return the status of all commitments in one sentence, those that are done first."""
    if not promises:
        return "Nothing has been agreed between us yet."
    statuses = [promise.standing.status for promise in promises]
    told = {
        "done and verified": statuses.count(CommitmentStatus.VERIFIED),
        "with the embassy": statuses.count(CommitmentStatus.WITH_EMBASSY),
        "reported done": statuses.count(CommitmentStatus.REPORTED),
        "under way or still to begin": statuses.count(CommitmentStatus.OPEN),
        "overdue": statuses.count(CommitmentStatus.OVERDUE),
        "withdrawn": statuses.count(CommitmentStatus.WITHDRAWN),
    }
    parts = [f"{number} {'is' if number == 1 else 'are'} {word}" for word, number in told.items() if number]
    return (
        f"Of {sentences.format_count(len(promises), 'undertaking', 'undertakings')}, {formatting.join_with_and(parts)}."
    )
