"""Gather the updates that ministries sent, version by version, with the embassy's decisions."""

from collections import defaultdict
from collections.abc import Iterable

from dialogues.choices import UpdateDecision
from dialogues.models import Reading, UpdateRound
from reports import formatting, sentences
from reports.briefings.commitments import GatheredCommitment
from reports.briefings.content.ambassador import PrintedUpdate, PrintedUpdateVersion
from reports.briefings.evidence import EvidenceAnnex
from reports.briefings.reader_view import ReaderView

WAITING = "waiting"


def gather_rounds(seen: ReaderView, promises: Iterable[GatheredCommitment]) -> list[UpdateRound]:
    """Return the update versions sent on these commitments, by update, in the order in which they were sent."""
    return list(
        UpdateRound.objects.visible_to(seen.reader)
        .filter(
            seen.recorded,
            happened_on__lte=seen.as_of,
            update__commitment__in=[promise.row.pk for promise in promises],
        )
        .select_related("update", "recorded_by", "decision__recorded_by")
        .order_by("update__commitment", "update__number", "number")
    )


def is_decided(seen: ReaderView, row: UpdateRound) -> bool:
    """Return whether the embassy's decision on this version was known."""
    return hasattr(row, "decision") and seen.knows(row.decision.recorded_at)


def newest_by_commitment(rounds: Iterable[UpdateRound]) -> dict[int, UpdateRound]:
    """Return the newest update version of each commitment, by the commitment's key."""
    return {row.update.commitment_id: row for row in sorted(rounds, key=lambda row: (row.recorded_at, row.pk))}


def build_updates(
    seen: ReaderView, rounds: list[UpdateRound], promises: Iterable[GatheredCommitment], proof: EvidenceAnnex
) -> tuple[PrintedUpdate, ...]:
    """Return the updates by commitment, the most urgent commitment first."""
    figures: dict[int | None, list[str]] = defaultdict(list)
    for reading in (
        Reading.objects.visible_to(seen.reader)
        .filter(seen.recorded, round__in=rounds)
        .select_related("indicator")
        .order_by("pk")
    ):
        through = sentences.format_short_date(reading.through_on)
        figures[reading.round_id].append(f"{reading.indicator.name}: {reading.told}, through {through}")
    sent: dict[int, dict[int, list[UpdateRound]]] = defaultdict(lambda: defaultdict(list))
    for row in rounds:
        sent[row.update.commitment_id][row.update_id].append(row)
    return tuple(
        PrintedUpdate(
            commitment=promise.told.text,
            ministry=promise.told.ministry,
            towards=promise.told.towards,
            rounds=tuple(_round(seen, row, figures[row.pk], proof) for row in own),
        )
        for promise in promises
        for own in sent[promise.row.pk].values()
    )


def _round(seen: ReaderView, row: UpdateRound, figures: list[str], proof: EvidenceAnnex) -> PrintedUpdateVersion:
    outcome, decision = WAITING, "Waiting for the embassy"
    if is_decided(seen, row):
        word = UpdateDecision(row.decision.decision)
        outcome = word.value
        decision = (
            f"{word.label} {formatting.format_date(seen.day(row.decision.recorded_at))} by "
            f"{row.decision.recorded_by.name}"
        )
        if row.decision.reason:
            decision += f": {row.decision.reason}"
    return PrintedUpdateVersion(
        sent=f"Sent {formatting.format_date(seen.day(row.recorded_at))} by {row.recorded_by.name}",
        claims=formatting.lowercase_first(row.get_claimed_display()),
        narrative=row.narrative,
        figures=tuple(figures),
        evidence=proof.in_round.get(row.pk, ()),
        outcome=outcome,
        decision=decision,
    )
