"""Gather what each side contributed in the year, as facts that answer yearly questions."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q

from dialogues.answer_text import CitedFact
from dialogues.choices import CitedKind, ContributedBy, ContributionKind
from dialogues.models import Contribution
from reports.questions import sentences
from reports.questions.record import FactStatus, QuestionFact
from reports.reader_view import ReaderView
from reports.readiness.facts import Facts


class ContributionFact(NamedTuple):
    """A contribution as a fact, whether a ministry gives it, and the benchmarks (ids) of the work that it is for."""

    fact: QuestionFact
    is_of_ministry: bool
    benchmarks: frozenset[int]


def gather_contributions(view: ReaderView, facts: Facts) -> Iterator[ContributionFact]:
    """Yield the contributions of the tracking period by start date, as known by the moment. One query."""
    tracking = facts.edition.tracking
    towards = {row.id: frozenset(row.towards) for row in facts.commitments}
    rows = Contribution.objects.visible_to(view.reader, view.edition.country).current(view.known_by)
    rows = rows.filter(
        Q(through_on__isnull=True) | Q(through_on__gte=tracking.starts_on),
        starts_on__lte=min(view.as_of, tracking.ends_on),
    )
    for row in rows.with_giver_and_work().order_by("starts_on", "pk"):
        benchmarks = towards.get(row.commitment_id or 0, frozenset())
        if row.recommendation_id:
            benchmarks = frozenset(
                benchmark.id for benchmark in facts.benchmarks if benchmark.recommendation_id == row.recommendation_id
            )
        yield ContributionFact(_build_fact(row), row.ministry_id is not None, benchmarks)


def _build_fact(row: Contribution) -> QuestionFact:
    sentence = sentences.describe_contribution(
        ContributedBy(row.given_by),
        row.ministry.name if row.ministry else row.giver,
        row.what,
        kind=ContributionKind(row.kind).label,
        money=row.money,
        first=row.starts_on,
        last=row.through_on,
    )
    cited = (CitedFact(CitedKind.CONTRIBUTION, row.pk),)
    return QuestionFact(cited, sentence, FactStatus.RECORDED, row.starts_on, row.recorded_at)
