"""A ministry's page: what was agreed, what is due, what we have verified, what we still need. Safe to hand over.

It is read through the ministry's own eyes, so that it can say nothing that the ministry may not know.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from dialogues.models import EvidenceReview, UpdateRound
from dialogues.words import Review, Status
from recommendations.models import Edition
from reports import content, telling, wording
from reports.briefing.promises import Promise, gather_promises
from reports.briefing.seen import Seen, in_office
from reports.briefing.updates import gather_rounds, is_decided, newest_of
from tiptracker.accounts.models import Ministry, User
from tiptracker.snapshot import snapshot
from tiptracker.words import Marking, Role

UNSETTLED = (Status.OVERDUE, Status.OPEN)


@snapshot()
def build_ministry_page(
    *,
    ministry: Ministry,
    edition: Edition,
    as_of: date,
    known_by: datetime | None,
    marking: Marking = Marking.UNCLASSIFIED,
    is_cleared: bool = False,
) -> content.MinistryPage:
    """The page for one ministry, as of a day and as known by a moment (None: all that is recorded)."""
    eyes = User(role=Role.FOCAL_POINT, ministry=ministry)
    seen = Seen(eyes, edition, as_of, known_by)
    promises = gather_promises(seen, {})
    rounds = gather_rounds(seen, promises)
    newest = newest_of(rounds)
    promises.sort(key=_place)
    words = _words(seen)
    return content.MinistryPage(
        title=ministry.name,
        subtitle=f"What we agreed, and where it stands on {wording.day(as_of)}",
        post=f"U.S. Embassy, {edition.country}",
        country=edition.country.name,
        edition=f"{edition.year} edition",
        minister=in_office(seen, ministry),
        marking=marking.label,
        is_cleared=is_cleared,
        as_of=as_of,
        known_by=seen.local(known_by) if known_by else None,
        facts_up_to=_facts_up_to(seen, promises, rounds, words),
        sentence=_sentence(promises),
        agreed=tuple(promise.told for promise in promises),
        verified=tuple(_verified(seen, promises, words)),
        needed=tuple(_needed(seen, promises, newest)),
    )


def _place(promise: Promise) -> int:
    """What the ministry can do something about, then what is with the embassy, then what is settled."""
    if promise.standing.is_settled:
        return 2
    return 0 if promise.standing.status in UNSETTLED else 1


def _words(seen: Seen) -> list[EvidenceReview]:
    """The embassy's newest word on each piece that the ministry sent and on each thing that it shows. Oldest first."""
    rows = (
        EvidenceReview.objects.visible_to(seen.reader)
        .filter(seen.recorded, evidence__happened_to__lte=seen.as_of)
        .select_related("evidence")
        .order_by("recorded_at", "pk")
    )
    return list({(row.evidence_id, row.bearing_id): row for row in rows}.values())


def _verified(seen: Seen, promises: Iterable[Promise], words: Iterable[EvidenceReview]) -> Iterator[content.Verified]:
    """What is done and verified; then the single things that the embassy verified of what was sent."""
    for promise in promises:
        if promise.standing.status is Status.VERIFIED:
            done_on = promise.events[-1].happened_on
            yield content.Verified(promise.told.text, f"done; verified on {telling.short(done_on)}")
    told = {row.evidence_id: row for row in words if row.decision == Review.VERIFIED}
    for row in sorted(told.values(), key=lambda row: (row.recorded_at, row.pk), reverse=True):
        piece = row.evidence
        when = telling.span(row.first_on or piece.happened_from, piece.happened_to)
        yield content.Verified(piece.title, f"{when}; verified on {telling.short(seen.day(row.recorded_at))}")


def _needed(seen: Seen, promises: Iterable[Promise], newest: dict[int, UpdateRound]) -> Iterator[content.Needed]:
    """What the ministry can do next about each undertaking that is open, most urgent first."""
    for promise in promises:
        if promise.standing.status in UNSETTLED:
            yield content.Needed(promise.told.text, _what_is_needed(promise, newest.get(promise.row.pk)))


def _what_is_needed(promise: Promise, newest: UpdateRound | None) -> str:
    if newest is not None and promise.standing.returned_on:
        answered = wording.day(promise.standing.returned_on)
        return f"Your update was returned on {answered}, since something is missing: {newest.decision.reason}"
    due_on = promise.standing.due_on
    if promise.standing.status is Status.OVERDUE and due_on:
        return f"It was due on {wording.day(due_on)}. Please tell us how far it is, or by which day it will be done."
    if due_on is None:
        return "Please tell us by which day it will be done."
    return f"It is due on {wording.day(due_on)}. Please tell us once it is done, with the days and what shows it."


def _sentence(promises: list[Promise]) -> str:
    """Where all of it stands, what is done first."""
    if not promises:
        return "Nothing has been agreed between us yet."
    statuses = [promise.standing.status for promise in promises]
    told = {
        "done and verified": statuses.count(Status.VERIFIED),
        "with the embassy": statuses.count(Status.WITH_EMBASSY),
        "reported done": statuses.count(Status.REPORTED),
        "under way or still to begin": statuses.count(Status.OPEN),
        "overdue": statuses.count(Status.OVERDUE),
        "withdrawn": statuses.count(Status.WITHDRAWN),
    }
    parts = [f"{number} {'is' if number == 1 else 'are'} {word}" for word, number in told.items() if number]
    return f"Of {telling.counted(len(promises), 'undertaking', 'undertakings')}, {wording.listed(parts)}."


def _facts_up_to(
    seen: Seen, promises: list[Promise], rounds: list[UpdateRound], words: list[EvidenceReview]
) -> datetime | None:
    """When the newest fact on it was recorded."""
    moments = [
        *(event.recorded_at for promise in promises for event in promise.events),
        *(row.recorded_at for row in rounds),
        *(row.decision.recorded_at for row in rounds if is_decided(seen, row)),
        *(row.recorded_at for row in words),
    ]
    return seen.local(max(moments)) if moments else None
