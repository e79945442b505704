"""Names and links of rows of the record, with who reported and who verified each.

Results refer to their rows by type and id only (`reports.readiness.answers.RowReference`); this module makes links of
them. Rows that the user can't see are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse

from dialogues.choices import EvidenceDecision
from dialogues.models import Assessment, Commitment, Evidence, EvidenceReview, Reading
from recommendations.choices import Origin
from recommendations.edition_context import edition_url
from recommendations.models import Benchmark, Edition, EditionTerms, Milestone, Recommendation
from reports.readiness.answers import RowReference
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_noop, join_with_colon

VERBS = {
    "assessed": gettext_noop("assessed"),
    "claimed": gettext_noop("claimed"),
    "promised": gettext_noop("promised"),
    "recorded": gettext_noop("recorded"),
    "set": gettext_noop("set"),
}
"""What the author of a row did, by code."""


class RecordedReview(NamedTuple):
    """A review decision of the embassy.

    It is about what evidence shows on a benchmark (id) or, if None, about the evidence itself.
    """

    benchmark_id: int | None
    decision: EvidenceDecision
    reviewer: str
    recorded_at: datetime
    reason: str
    first_on: date | None

    @property
    def did(self) -> str:
        """What the reviewer did, for `includes/source.html`, which words a verification itself."""
        return self.decision.value if self.decision is EvidenceDecision.VERIFIED else gettext("rejected")


class RecordRow(NamedTuple):
    """A row as a page names it.

    `url` is the page of the row; empty if it has none. `source` is the document that it cites. `author`, `verb` and
    `recorded_at` say who stated it and since when it is known ("Ministry of Police", "claimed"). `starts_on` and
    `ends_on` are the dates of the event. `reviews` holds the newest review decision on each thing that the row shows.
    `is_no_data` is True for a figure that was not reported.
    """

    row: RowReference
    text: str
    url: str = ""
    source: str = ""
    author: str = ""
    verb: str = ""
    recorded_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reviews: Sequence[RecordedReview] = ()
    is_no_data: bool = False

    @property
    def did(self) -> str:
        """What the author did, in the reader's language."""
        return gettext(VERBS[self.verb]) if self.verb else ""

    @property
    def newest_review(self) -> RecordedReview | None:
        """The newest review decision on any of it; None if nobody has reviewed it."""
        return max(self.reviews, key=lambda review: review.recorded_at, default=None)

    def review_on(self, benchmark_id: int | None) -> RecordedReview | None:
        """Return the newest review decision on one benchmark or, for None, on the row itself."""
        return next((review for review in self.reviews if review.benchmark_id == benchmark_id), None)


def find_record_rows(
    user: User, references: Iterable[RowReference], known_by: datetime | None = None
) -> Mapping[RowReference, RecordRow]:
    """Return the rows that the user can see, by reference.

    Review decisions, wordings and milestone dates are those known by `known_by` (None: now). Takes one query per type
    of row and one more for benchmarks. Evidence and readings take two more, for review decisions and corrections.
    """
    keys: dict[str, set[int]] = defaultdict(set)
    for reference in references:
        keys[reference.type].add(reference.id)
    rows: list[RecordRow] = []
    if keys["evidence"] or keys["reading"]:
        rows += _evidence_and_reading_rows(user, keys["evidence"], keys["reading"], known_by)
    for row_type, find_rows in _ROW_FINDERS.items():
        if keys[row_type]:
            rows += find_rows(user, keys[row_type], known_by)
    return {row.row: row for row in rows}


def pick_rows(references: Iterable[RowReference], rows: Mapping[RowReference, RecordRow]) -> list[RecordRow]:
    """Return the rows with these references, in their order, without those that the user can't see."""
    return [rows[reference] for reference in references if reference in rows]


def _evidence_and_reading_rows(
    user: User, evidence_keys: set[int], reading_keys: set[int], known_by: datetime | None
) -> Iterator[RecordRow]:
    """Yield rows of evidence, and of readings with the evidence they cite."""
    readings = list(
        Reading.objects.visible_to(user)
        .filter(pk__in=reading_keys)
        .with_asked()
        .select_related(
            "indicator",
            "recorded_by",
            "update_version__update__commitment__ministry",
            "update_version__update__information_request__ministry",
        )
    )
    cited = {row.evidence_id for row in readings if row.evidence_id is not None}
    evidence = (
        Evidence.objects.visible_to(user)
        .select_related("file")
        .only("title", "source", "link", "file__name", "stated_by", "recorded_at", "happened_from", "happened_to")
        .in_bulk(evidence_keys | cited)
    )
    reviews = _newest_reviews(
        EvidenceReview.objects.visible_to(user)
        .filter(Q() if known_by is None else Q(recorded_at__lte=known_by), evidence__in=evidence)
        .select_related("evidence_link", "recorded_by")
        .only(
            "evidence", "evidence_link__benchmark", "decision", "recorded_by__name", "recorded_at", "reason", "first_on"
        )
        .order_by("recorded_at", "pk")
    )
    reviews_of_evidence = defaultdict(list)
    for (key, _), review in reviews.items():
        reviews_of_evidence[key].append(review)
    for row in readings:
        yield _reading_row(row, evidence.get(row.evidence_id or 0), reviews)
    for key in evidence_keys & evidence.keys():
        piece = evidence[key]
        yield RecordRow(
            RowReference("evidence", piece.pk),
            piece.title,
            reverse("evidence_detail", args=[piece.pk]),
            _source_name(piece),
            piece.stated_by,
            "claimed",
            piece.recorded_at,
            piece.happened_from,
            piece.happened_to,
            reviews_of_evidence[key],
        )


def _reading_row(
    row: Reading, piece: Evidence | None, reviews: Mapping[tuple[int, int | None], RecordedReview]
) -> RecordRow:
    """Return the row of a figure. A review of the cited evidence verifies it only if made after the figure."""
    review = reviews.get((piece.pk, None)) if piece else None
    sender = row.update_version.update.subject.maker if row.update_version else None
    return RecordRow(
        RowReference("reading", row.pk),
        str(row),
        reverse("evidence_detail", args=[piece.pk]) if piece else "",
        row.source or (_source_name(piece) if piece else ""),
        sender or (piece.stated_by if piece else row.recorded_by.name),
        "claimed" if row.evidence_id is not None or row.update_version_id is not None else "recorded",
        row.recorded_at,
        row.starts_on,
        row.through_on,
        [review] if review and review.recorded_at >= row.recorded_at else [],
        is_no_data=row.is_no_data,
    )


def _newest_reviews(reviews: QuerySet[EvidenceReview]) -> Mapping[tuple[int, int | None], RecordedReview]:
    """Return the newest review decision by evidence (id) and subject: a benchmark (id), or None for the evidence."""
    return {
        (row.evidence_id, subject): RecordedReview(
            subject, EvidenceDecision(row.decision), row.recorded_by.name, row.recorded_at, row.reason, row.first_on
        )
        for row in reviews
        for subject in [row.evidence_link.benchmark_id if row.evidence_link else None]
    }


def _source_name(piece: Evidence) -> str:
    return piece.source or (piece.file.name if piece.file else piece.link)


def _assessment_rows(user: User, keys: set[int], _: datetime | None) -> Iterator[RecordRow]:
    rows = Assessment.objects.visible_to(user).filter(pk__in=keys)
    for row in rows.select_related("benchmark__recommendation", "recorded_by"):
        yield RecordRow(
            RowReference("assessment", row.pk),
            join_with_colon(row.benchmark.key, row.get_verdict_display()),
            _benchmark_url(row.benchmark),
            row.law,
            row.recorded_by.name,
            "assessed",
            row.recorded_at,
        )


def _benchmark_rows(user: User, keys: set[int], known_by: datetime | None) -> Iterator[RecordRow]:
    rows = Benchmark.objects.visible_to(user).filter(pk__in=keys)
    for row in rows.select_related("recommendation").with_terms(known_by):
        yield RecordRow(RowReference("benchmark", row.pk), join_with_colon(row.key, row.wording), _benchmark_url(row))


def _recommendation_rows(user: User, keys: set[int], known_by: datetime | None) -> Iterator[RecordRow]:
    for row in Recommendation.objects.visible_to(user).filter(pk__in=keys).as_worded_by(known_by):
        title = gettext("Action plan %(number)s: %(text)s")
        if row.origin == Origin.REPORT:
            title = gettext("Recommendation %(number)s: %(text)s")
        url = reverse("recommendation_detail", args=[row.pk])
        text = title % {"number": row.number, "text": row.text}
        yield RecordRow(RowReference("recommendation", row.pk), text, url)


def _commitment_rows(user: User, keys: set[int], known_by: datetime | None) -> Iterator[RecordRow]:
    rows: QuerySet[Any] = Commitment.objects.visible_to(user).filter(pk__in=keys).with_wording(known_by)
    for row in rows.select_related("ministry"):
        yield RecordRow(
            RowReference("commitment", row.pk),
            row.wording,
            reverse("commitment_detail", args=[row.pk]),
            author=row.maker,
            verb="promised",
            recorded_at=row.recorded_at,
        )


def _milestone_rows(user: User, keys: set[int], known_by: datetime | None) -> Iterator[RecordRow]:
    rows = Milestone.objects.visible_to(user).filter(pk__in=keys).as_known_by(known_by)
    for row in rows:
        url = reverse("milestone_detail", args=[row.pk])
        yield RecordRow(RowReference("milestone", row.pk), row.name, url, row.source, ends_on=row.falls_on)


def _edition_rows(user: User, keys: set[int], _: datetime | None) -> Iterator[RecordRow]:
    for row in Edition.objects.visible_to(user).filter(pk__in=keys).select_related("country"):
        url = edition_url(row, "readiness_detail")
        if user.role == Role.OFFICER:
            url = reverse("edition_terms", args=[row.pk])
        title = gettext("Terms of %(country)s, %(year)s edition") % {"country": row.country, "year": row.year}
        yield RecordRow(RowReference("edition", row.pk), title, url)


def find_terms_rows(user: User, edition: RecordRow) -> Mapping[datetime, RecordRow]:
    """Return an edition's terms with their reason, by the moment at which they were set. One query."""
    rows = EditionTerms.objects.visible_to(user).filter(edition=edition.row.id).select_related("recorded_by")
    return {
        row.recorded_at: edition._replace(
            text=join_with_colon(edition.text, row.reason),
            author=row.recorded_by.name,
            verb="set",
            recorded_at=row.recorded_at,
        )
        for row in rows
    }


def _benchmark_url(row: Benchmark) -> str:
    return f"{reverse('recommendation_detail', args=[row.recommendation_id])}#benchmark-{row.letter}"


_ROW_FINDERS = {
    "benchmark": _benchmark_rows,
    "recommendation": _recommendation_rows,
    "milestone": _milestone_rows,
    "assessment": _assessment_rows,
    "commitment": _commitment_rows,
    "edition": _edition_rows,
}
