"""The evidence annex: each piece with its number, what it shows, who says so, what proves it, and where it stands.

Numbers follow the days on which things happened; everything else in a briefing refers to them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from dialogues.choices import EvidenceDecision, SupportKind, UpdateDecision
from dialogues.models import Evidence, EvidenceBearing, EvidenceFile, EvidenceReview
from dialogues.start_dates import find_start_date
from reports import formatting, sentences
from reports.briefings.content.ambassador import PrintedEvidence, PrintedEvidenceLink, PrintedFile
from reports.briefings.reader_view import ReaderView
from reports.readiness import countable_facts

CLAIMED, RETURNED = "claimed", "returned"
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class EvidenceAnnex:
    """The annex, and the numbers in it: by piece of evidence, by benchmark and by round (their keys)."""

    annex: tuple[PrintedEvidence, ...]
    number: Mapping[int, str]
    on_benchmark: Mapping[int, tuple[str, ...]]
    in_round: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class GatheredEvidence:
    """A piece of evidence, what it bears on, and the newest word on each bearing (None: on the piece itself)."""

    row: Evidence
    bearings: tuple[EvidenceBearing, ...]
    words: Mapping[int | None, EvidenceReview]
    is_returned: bool

    def state_of(self, bearing: EvidenceBearing) -> str:
        """Whether the embassy agrees with what this bearing says."""
        if word := self.words.get(bearing.pk):
            return word.decision
        return RETURNED if self.is_returned else CLAIMED

    @property
    def decisive(self) -> EvidenceReview | None:
        """The word by which the piece as a whole stands; None while it waits.

        A rejection of the piece itself; else the newest verification; else, all being judged, the newest rejection.
        """
        own = self.words.get(None)
        if own and own.decision == EvidenceDecision.REJECTED:
            return own
        words = sorted(self.words.values(), key=lambda word: (word.recorded_at, word.pk), reverse=True)
        if verified := next((word for word in words if word.decision == EvidenceDecision.VERIFIED), None):
            return verified
        is_judged = all(bearing.pk in self.words for bearing in self.bearings)
        return words[0] if words and is_judged else None

    @property
    def first_on(self) -> date | None:
        """Its first day: its own, else the one that a review states."""
        return find_start_date(self.row.happened_from, self.words.values())


def gather_evidence_annex(seen: ReaderView, keys: Mapping[int, str]) -> EvidenceAnnex:
    """The evidence on an edition that the reader may see; `keys` names benchmarks ("6a") by primary key."""
    pieces = gather_evidence(seen, keys)
    number = {piece.row.pk: f"E{place}" for place, piece in enumerate(pieces, start=1)}
    return EvidenceAnnex(
        annex=tuple(_build_evidence(seen, piece, number[piece.row.pk], keys) for piece in pieces),
        number=number,
        on_benchmark=_group_values(
            (bearing.benchmark_id, number[piece.row.pk]) for piece in pieces for bearing in piece.bearings
        ),
        in_round=_group_values((piece.row.round_id, number[piece.row.pk]) for piece in pieces if piece.row.round_id),
    )


def gather_evidence(seen: ReaderView, keys: Mapping[int, str]) -> list[GatheredEvidence]:
    """The evidence on an edition with what it bears on and what was said of it, in the order of the days."""
    rows = _find_evidence(seen)
    bearings = _group_values(
        (bearing.evidence_id, bearing)
        for bearing in EvidenceBearing.objects.visible_to(seen.reader)
        .filter(seen.recorded, evidence__in=rows, benchmark__in=keys)
        .order_by("benchmark__recommendation__origin", "benchmark__recommendation__number", "benchmark__letter")
    )
    words: dict[int, dict[int | None, EvidenceReview]] = defaultdict(dict)
    for word in (
        EvidenceReview.objects.visible_to(seen.reader)
        .filter(seen.recorded, evidence__in=rows)
        .select_related("recorded_by")
        .order_by("recorded_at", "pk")
    ):
        words[word.evidence_id][word.bearing_id] = word
    return [GatheredEvidence(row, bearings.get(row.pk, ()), words[row.pk], _is_returned(seen, row)) for row in rows]


def _find_evidence(seen: ReaderView) -> list[Evidence]:
    """What bears on the edition; and what bears on nothing yet, but happened in its year or the one before."""
    edition = seen.edition
    unfiled = Q(bearings__isnull=True, happened_to__range=(edition.starts_on - YEAR, edition.ends_on))
    rows = list(
        Evidence.objects.visible_to(seen.reader)
        .filter(Q(bearings__benchmark__recommendation__edition=edition) | unfiled)
        .filter(seen.recorded, country=edition.country, happened_to__lte=seen.as_of)
        .select_related("file", "recorded_by", "round__decision")
        .order_by("happened_to", "pk")
        .distinct()
    )
    replaced = {row.revises_id for row in rows}
    return [row for row in rows if row.pk not in replaced]


def _is_returned(seen: ReaderView, row: Evidence) -> bool:
    decision = getattr(row.round, "decision", None)
    return bool(decision and decision.decision == UpdateDecision.RETURNED and seen.knows(decision.recorded_at))


def _build_evidence(seen: ReaderView, piece: GatheredEvidence, number: str, keys: Mapping[int, str]) -> PrintedEvidence:
    row = piece.row
    state = RETURNED if piece.is_returned else CLAIMED
    reviewed = "Returned to the ministry" if piece.is_returned else "Claimed, waiting for review"
    if word := piece.decisive:
        state = word.decision
        reviewed = (
            f"{word.get_decision_display()} by {word.recorded_by.name}, "
            f"{sentences.format_short_date(seen.day(word.recorded_at))}"
        )
        if word.decision == EvidenceDecision.REJECTED:
            reviewed += f": {word.reason}"
    return PrintedEvidence(
        ref=number,
        what=row.title,
        kind=row.get_kind_display(),
        when=sentences.describe_date_span(piece.first_on, row.happened_to),
        done_by=row.get_done_by_display(),
        stated_by=row.stated_by,
        source=row.source,
        link=row.link,
        recorded=f"Recorded {sentences.format_short_date(seen.day(row.recorded_at))} by {row.recorded_by.name}",
        state=state,
        review=reviewed,
        is_outside=_outside_period_note(seen, piece) != "",
        note=_outside_period_note(seen, piece) or _not_counting_reason(piece),
        bearings=tuple(
            PrintedEvidenceLink(
                benchmark=keys[bearing.benchmark_id],
                shows=formatting.lowercase_first(bearing.get_shows_display()),
                state=piece.state_of(bearing),
                word=_separate_review_note(seen, piece.words.get(bearing.pk), piece.decisive),
            )
            for bearing in piece.bearings
        ),
        files=tuple(map(_build_file, filter(None, [row.file]))),
    )


def _separate_review_note(seen: ReaderView, word: EvidenceReview | None, than: EvidenceReview | None) -> str:
    """By whom and when a bearing was judged, and why it was rejected; nothing where the piece as a whole says so."""

    def told(each: EvidenceReview) -> tuple[str, int, date]:
        return each.decision, each.recorded_by_id, seen.day(each.recorded_at)

    if word is None or (than is not None and told(word) == told(than)):
        return ""
    by = f"by {word.recorded_by.name}, {sentences.format_short_date(seen.day(word.recorded_at))}"
    return f"{by}: {word.reason}" if word.decision == EvidenceDecision.REJECTED else by


def _outside_period_note(seen: ReaderView, piece: GatheredEvidence) -> str:
    """That it lies before or after the window, if it does."""
    edition = seen.edition
    if (piece.first_on or piece.row.happened_to) < edition.starts_on:
        return f"does not count: before {formatting.format_date(edition.starts_on)}"
    if piece.row.happened_to > edition.ends_on:
        return f"does not count: after {formatting.format_date(edition.ends_on)}"
    return ""


def _not_counting_reason(piece: GatheredEvidence) -> str:
    """Why an action can't count as it stands, whoever verifies it; nothing where it may."""
    if not any(bearing.shows == SupportKind.ACTION for bearing in piece.bearings):
        return ""
    if piece.row.done_by not in countable_facts.GOVERNMENT_DOERS:
        return "does not count: not done by the government"
    return "" if piece.first_on else "stays a claim until a review states its first day"


def _build_file(file: EvidenceFile) -> PrintedFile:
    return PrintedFile(file.name, sentences.file_kind(file.media_type), file.size, file.stored_sha256)


def _group_values[K: Hashable, V](pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Values by key, each once, in the order in which they come."""
    groups: dict[K, dict[V, None]] = defaultdict(dict)
    for key, value in pairs:
        groups[key][value] = None
    return {key: tuple(values) for key, values in groups.items()}
