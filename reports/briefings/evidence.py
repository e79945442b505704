"""Build the evidence annex.

Each piece has its number, what it shows, who says so, what proves it, and its status. Numbers follow the days on
which things happened; the rest of a briefing refers to them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from dialogues.choices import (
    DECISIONS_ENDING_CLAIMS,
    GOVERNMENT_DOERS,
    EvidenceDecision,
    ReviewState,
    SupportKind,
    UpdateDecision,
)
from dialogues.models import (
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
)
from dialogues.start_dates import find_start_date
from reports import formatting, sentences
from reports.briefings.content.ambassador import PrintedEvidence, PrintedEvidenceLink, PrintedFile
from reports.reader_view import ReaderView
from tiptracker.localization import format_date, format_short_date, gettext

CLAIMED = "claimed"
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class EvidenceAnnex:
    """The annex, and its evidence numbers by key: of the piece of evidence, the benchmark and the update version."""

    pieces: tuple[PrintedEvidence, ...]
    numbers: Mapping[int, str]
    by_benchmark: Mapping[int, tuple[str, ...]]
    by_version: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class GatheredEvidence:
    """A piece of evidence with its evidence links.

    `reviews` holds the newest review of each link by its key; the review of the piece itself has the key None.
    `claim_ended` says how its claim ended without a review: its update was returned or withdrawn.
    """

    row: Evidence
    evidence_links: tuple[EvidenceLink, ...]
    reviews: Mapping[int | None, EvidenceReview]
    claim_ended: UpdateDecision | None

    def state_of(self, evidence_link: EvidenceLink) -> str:
        """Return the state of an evidence link: verified, rejected, returned, withdrawn or claimed."""
        if review := self.reviews.get(evidence_link.pk):
            return review.decision
        return self.claim_ended.value if self.claim_ended else CLAIMED

    @property
    def decisive(self) -> EvidenceReview | None:
        """The review that decides on the piece as a whole; None while it waits.

        This is a rejection of the piece itself; otherwise the newest verification; otherwise the newest rejection, once
        all links are reviewed.
        """
        own = self.reviews.get(None)
        if own and own.decision == EvidenceDecision.REJECTED:
            return own
        reviews = sorted(self.reviews.values(), key=lambda review: (review.recorded_at, review.pk), reverse=True)
        if verified := next((review for review in reviews if review.decision == EvidenceDecision.VERIFIED), None):
            return verified
        is_judged = all(evidence_link.pk in self.reviews for evidence_link in self.evidence_links)
        return reviews[0] if reviews and is_judged else None

    @property
    def first_on(self) -> date | None:
        """The first day of the piece: its own start date, otherwise the one that a review states."""
        return find_start_date(self.row.happened_from, self.reviews.values())


def gather_evidence_annex(view: ReaderView, keys: Mapping[int, str]) -> EvidenceAnnex:
    """Return the evidence on an edition that the reader may see.

    Args:
        keys: names of benchmarks ("6a") by primary key.
    """
    pieces = gather_evidence(view, keys)
    numbers = {piece.row.pk: f"E{place}" for place, piece in enumerate(pieces, start=1)}
    return EvidenceAnnex(
        pieces=tuple(_build_evidence(view, piece, numbers[piece.row.pk], keys) for piece in pieces),
        numbers=numbers,
        by_benchmark=_group_values(
            (evidence_link.benchmark_id, numbers[piece.row.pk])
            for piece in pieces
            for evidence_link in piece.evidence_links
        ),
        by_version=_group_values(
            (piece.row.update_version_id, numbers[piece.row.pk]) for piece in pieces if piece.row.update_version_id
        ),
    )


def gather_evidence(view: ReaderView, keys: Mapping[int, str]) -> list[GatheredEvidence]:
    """Return the evidence on an edition with its links and reviews, in the order of the days."""
    rows = _find_evidence(view)
    evidence_links = _group_values(
        (evidence_link.evidence_id, evidence_link)
        for evidence_link in EvidenceLink.objects.visible_to(view.reader)
        .filter(view.recorded, evidence__in=rows, benchmark__in=keys)
        .order_by("benchmark__recommendation__origin", "benchmark__recommendation__number", "benchmark__letter")
    )
    reviews: dict[int, dict[int | None, EvidenceReview]] = defaultdict(dict)
    for review in (
        EvidenceReview.objects.visible_to(view.reader)
        .filter(view.recorded, evidence__in=rows)
        .select_related("recorded_by")
        .order_by("recorded_at", "pk")
    ):
        reviews[review.evidence_id][review.evidence_link_id] = review
    return [
        GatheredEvidence(row, evidence_links.get(row.pk, ()), reviews[row.pk], _claim_ended(view, row)) for row in rows
    ]


def _find_evidence(view: ReaderView) -> list[Evidence]:
    """Return the evidence that supports the edition's benchmarks, without versions that were revised since.

    Evidence that supports nothing yet is included if it happened in the tracking period or the year before. What
    supports only an indicium or a yearly question is not: it is about no recommendation.
    """
    edition = view.edition
    known = view.recorded & Q(evidence=OuterRef("pk"))
    links = EvidenceLink.objects.visible_to(view.reader).filter(known)
    is_unfiled = Q(
        ~Exists(links),
        ~Exists(EvidenceIndicium.objects.visible_to(view.reader).filter(known)),
        ~Exists(EvidenceQuestion.objects.visible_to(view.reader).filter(known)),
        happened_to__range=(edition.starts_on - YEAR, edition.ends_on),
    )
    rows = list(
        Evidence.objects.visible_to(view.reader)
        .filter(Q(Exists(links.filter(benchmark__recommendation__edition=edition))) | is_unfiled)
        .filter(view.recorded, country=edition.country, happened_to__lte=view.as_of)
        .select_related(
            "file",
            "partner",
            "recorded_by",
            "update_version__decision",
            "update_version__recorded_by",
            "update_version__update__commitment__ministry",
        )
        .order_by("happened_to", "pk")
    )
    replaced = {row.revises_id for row in rows}
    return [row for row in rows if row.pk not in replaced]


def _claim_ended(view: ReaderView, row: Evidence) -> UpdateDecision | None:
    decision = getattr(row.update_version, "decision", None)
    if decision is None or decision.decision not in DECISIONS_ENDING_CLAIMS or not view.knows(decision.recorded_at):
        return None
    return UpdateDecision(decision.decision)


def _build_evidence(view: ReaderView, piece: GatheredEvidence, number: str, keys: Mapping[int, str]) -> PrintedEvidence:
    row = piece.row
    state = piece.claim_ended.value if piece.claim_ended else CLAIMED
    reviewed = (piece.claim_ended or ReviewState.CLAIMED).label
    if review := piece.decisive:
        state, reviewed = review.decision, _describe_review(view, review)
    return PrintedEvidence(
        ref=number,
        what=row.title,
        kind=row.get_kind_display(),
        when=sentences.describe_date_span(piece.first_on, row.happened_to),
        done_by=row.doer,
        stated_by=row.stated_by,
        source=row.source,
        link=row.link,
        recorded=gettext("Recorded by %(person)s, %(date)s")
        % {"person": row.sender, "date": format_short_date(view.day(row.recorded_at))},
        state=state,
        review=reviewed,
        is_outside=_outside_period_note(view, piece) != "",
        note=_outside_period_note(view, piece) or _not_counting_reason(piece),
        evidence_links=tuple(
            PrintedEvidenceLink(
                benchmark=keys[evidence_link.benchmark_id],
                shows=formatting.lowercase_first(evidence_link.get_shows_display()),
                state=piece.state_of(evidence_link),
                review=_separate_review_note(view, piece.reviews.get(evidence_link.pk), piece.decisive),
            )
            for evidence_link in piece.evidence_links
        ),
        files=tuple(map(_build_file, filter(None, [row.file]))),
    )


def _describe_review(view: ReaderView, review: EvidenceReview) -> str:
    """Return who reviewed evidence and when, and the reason for a rejection."""
    values = {
        "person": review.recorded_by.name,
        "date": format_short_date(view.day(review.recorded_at)),
        "reason": review.reason,
    }
    if review.decision == EvidenceDecision.REJECTED:
        return gettext("Rejected by %(person)s, %(date)s. Reason: %(reason)s") % values
    return gettext("Verified by %(person)s, %(date)s") % values


def _separate_review_note(view: ReaderView, review: EvidenceReview | None, decisive: EvidenceReview | None) -> str:
    """Return who reviewed an evidence link and when, and the reason for a rejection.

    Return an empty text if the review of the piece as a whole says the same.
    """

    def summarize(each: EvidenceReview) -> tuple[str, int, date]:
        return each.decision, each.recorded_by_id, view.day(each.recorded_at)

    if review is None or (decisive is not None and summarize(review) == summarize(decisive)):
        return ""
    return _describe_review(view, review)


def _outside_period_note(view: ReaderView, piece: GatheredEvidence) -> str:
    """Return a note that the piece lies before or after the tracking period; empty if it does not."""
    edition = view.edition
    if (piece.first_on or piece.row.happened_to) < edition.starts_on:
        return gettext("Does not count: before %(date)s.") % {"date": format_date(edition.starts_on)}
    if piece.row.happened_to > edition.ends_on:
        return gettext("Does not count: after %(date)s.") % {"date": format_date(edition.ends_on)}
    return ""


def _not_counting_reason(piece: GatheredEvidence) -> str:
    """Return why an action can't count as it is, even if it is verified; empty if it can."""
    if not any(evidence_link.shows == SupportKind.ACTION for evidence_link in piece.evidence_links):
        return ""
    if piece.row.done_by not in GOVERNMENT_DOERS:
        return gettext("Does not count: not done by the government.")
    return "" if piece.first_on else gettext("Does not count until a reviewer enters its start date.")


def _build_file(file: EvidenceFile) -> PrintedFile:
    return PrintedFile(file.name, sentences.file_kind(file.media_type), file.size, file.stored_sha256)


def _group_values[K: Hashable, V](pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Return the values by key, each once, in their original order."""
    groups: dict[K, dict[V, None]] = defaultdict(dict)
    for key, value in pairs:
        groups[key][value] = None
    return {key: tuple(values) for key, values in groups.items()}
