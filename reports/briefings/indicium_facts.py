"""Gather what evidence shows on the twelve indicia without a recommendation: verified first, claims marked as such."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from dialogues.choices import EvidenceDecision, ReviewState
from dialogues.models import Evidence, EvidenceIndicium, EvidenceReview
from dialogues.start_dates import find_start_date
from reports import formatting, sentences
from reports.briefings.content.washington import IndiciumFact
from reports.reader_view import ReaderView


def gather_indicium_facts(
    view: ReaderView, source: Callable[[Evidence], str]
) -> Mapping[int, tuple[IndiciumFact, ...]]:
    """Return the facts of the tracking period by the number of their indicium. Rejected evidence is left out.

    Args:
        view: the reader, the edition, the day and the moment by which rows had to be recorded.
        source: returns the source of evidence, as the document prints it.
    """
    edition = view.edition
    replaced = Evidence.objects.visible_to(view.reader).filter(view.recorded, revises__isnull=False)
    rows = list(
        EvidenceIndicium.objects.visible_to(view.reader)
        .filter(
            view.recorded,
            evidence__country=edition.country,
            evidence__happened_to__range=(edition.starts_on, min(view.as_of, edition.ends_on)),
        )
        .exclude(evidence__in=replaced.values("revises"))
        .select_related("evidence__partner")
        .order_by("evidence__happened_to", "evidence")
    )
    reviews = _newest_reviews(view, {row.evidence_id for row in rows})
    facts: dict[int, list[IndiciumFact]] = defaultdict(list)
    for row in rows:
        review = reviews.get(row.evidence_id)
        if review and review.decision == EvidenceDecision.REJECTED:
            continue
        facts[row.indicium].append(_build_fact(row, review, source))
    return {
        number: tuple(sorted(found, key=lambda fact: fact.state != ReviewState.VERIFIED))
        for number, found in facts.items()
    }


def _newest_reviews(view: ReaderView, keys: set[int]) -> dict[int, EvidenceReview]:
    """Return the newest review of each piece of evidence itself, by the key of the evidence."""
    reviews = EvidenceReview.objects.visible_to(view.reader).filter(
        view.recorded, evidence__in=keys, evidence_link=None
    )
    return {review.evidence_id: review for review in reviews.order_by("recorded_at", "pk")}


def _build_fact(
    row: EvidenceIndicium, review: EvidenceReview | None, source: Callable[[Evidence], str]
) -> IndiciumFact:
    evidence = row.evidence
    first = find_start_date(evidence.happened_from, [review] if review else [])
    return IndiciumFact(
        when=sentences.describe_date_span(first, evidence.happened_to),
        what=evidence.title,
        shows=formatting.lowercase_first(row.get_shows_display()),
        done_by=evidence.doer,
        state=ReviewState.VERIFIED if review else ReviewState.CLAIMED,
        source=source(evidence),
    )
