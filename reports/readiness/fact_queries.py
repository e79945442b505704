"""The queries behind the facts of a record, each built once in a process, and their results as plain values.

A query of a table to which rows are only added takes `after`: it reads the rows with a higher key. 0 reads all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, get_args, get_type_hints

from django.db.models import Case, FilteredRelation, Model, Q, QuerySet, When

from dialogues.choices import UpdateDecision
from dialogues.models import (
    AgreedProof,
    AgreedProofEnd,
    Assessment,
    Commitment,
    CommitmentBenchmark,
    CommitmentCorrection,
    CommitmentEvent,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    Reading,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.models.updates import subject_value
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, Indicator, RecommendationTerms
from reports.readiness import facts
from tiptracker.infrastructure.prepared_query import PreparedQuery

_OF_COUNTRY, _OF_EDITION = {"country": int, "after": int}, {"edition": int, "after": int}


class FactQuery[F]:
    """A query whose first columns are the fields of a kind of fact, followed by the columns `others`.

    A field is read from the column of the same name, or from the one that `columns` gives.
    """

    def __init__(
        self,
        kind: type[F],
        rows: Callable[..., QuerySet[Any]],
        parameters: Mapping[str, type[int] | type[date]],
        *others: str,
        **columns: str,
    ) -> None:
        hints = get_type_hints(kind)
        self._kind, self._width = kind, len(hints)
        # Look-up tables are faster than calling the enumeration, which costs more than the rest of the row.
        self._members = {
            position: {"": None, None: None} | {member.value: member for member in type_}
            for position, hint in enumerate(hints.values())
            for type_ in (hint, *get_args(hint))
            if isinstance(type_, type) and issubclass(type_, Enum)
        }
        names = [*(columns.get(name, name) for name in hints), *others]
        self._query = PreparedQuery(lambda **values: rows(**values).values_list(*names), **parameters)

    def load(self, **values: int | date) -> tuple[F, ...]:
        """Return the rows as facts."""
        return tuple(self._make_facts(self._columns(**values)))

    def load_with_others(self, **values: int | date) -> Iterator[tuple[F, tuple[Any, ...]]]:
        """Return the rows as facts, each with the values of the other columns."""
        columns = self._columns(**values)
        if not columns:
            return iter(())
        others = zip(*columns[self._width :], strict=True)
        return zip(self._make_facts(columns[: self._width]), others, strict=True)

    def _make_facts(self, columns: Sequence[Any]) -> Iterator[F]:
        if issubclass(self._kind, tuple):  # the constructor of a named tuple takes three times as long
            return map(partial(tuple.__new__, self._kind), zip(*columns, strict=True))
        return map(self._kind, *columns)

    def _columns(self, **values: int | date) -> list[Any]:
        columns = self._query.columns(**values)
        for position, by_value in self._members.items() if columns else ():
            columns[position] = map(by_value.__getitem__, columns[position])
        return columns


def _update_versions(which: Q, country: int) -> QuerySet[UpdateVersion]:
    return (
        UpdateVersion.objects.of_country(country)
        .filter(which)
        .order_by()
        .annotate(
            sent_by_ministry=subject_value("ministry"),
            sent_back_at=Case(When(decision__decision=UpdateDecision.RETURNED, then="decision__recorded_at")),
            taken_back_at=Case(When(decision__decision=UpdateDecision.WITHDRAWN, then="decision__recorded_at")),
        )
    )


_UPDATE_VERSION_COLUMNS = {
    "progress": "claimed",
    "returned_at": "sent_back_at",
    "withdrawn_at": "taken_back_at",
    "ministry_id": "sent_by_ministry",
    "commitment_id": "update__commitment_id",
    "decided_at": "decision__recorded_at",
}

EVIDENCE = FactQuery(
    facts.EvidenceFact,
    lambda country, after: Evidence.objects.filter(country=country, pk__gt=after).order_by(),
    _OF_COUNTRY,
    revises="revises_id",
)
EVIDENCE_LINKS = FactQuery(
    facts.EvidenceLinkFact,
    lambda edition, after: EvidenceLink.objects.filter(
        benchmark__recommendation__edition=edition, pk__gt=after
    ).order_by(),
    _OF_EDITION,
)
REVIEWS = FactQuery(
    facts.EvidenceReviewFact,
    lambda country, after: EvidenceReview.objects.filter(evidence__country=country, pk__gt=after).order_by(),
    _OF_COUNTRY,
)
UPDATE_VERSIONS = FactQuery(
    facts.UpdateVersionFact,
    lambda country, after: _update_versions(Q(pk__gt=after), country),
    _OF_COUNTRY,
    **_UPDATE_VERSION_COLUMNS,
)
DECIDED_VERSIONS = FactQuery(
    facts.UpdateVersionFact,
    lambda country, after: _update_versions(Q(decision__pk__gt=after), country),
    _OF_COUNTRY,
    **_UPDATE_VERSION_COLUMNS,
)
"""The versions with the decisions after a key, which may be older than the decision."""

COMMITMENT_EVENTS = FactQuery(
    facts.CommitmentEventFact,
    lambda country: CommitmentEvent.objects.filter(commitment__country=country).order_by(),
    {"country": int},
    "commitment_id",
)
EVENTS_OF_COMMITMENT = FactQuery(
    facts.CommitmentEventFact,
    lambda commitment: CommitmentEvent.objects.filter(commitment=commitment).order_by(),
    {"commitment": int},
    "commitment_id",
)
RECOMMENDATION_TERMS = FactQuery(
    facts.RecommendationTermsFact,
    lambda edition: RecommendationTerms.objects.filter(recommendation__edition=edition).order_by(),
    {"edition": int},
    "recommendation_id",
    "recommendation__number",
    "recommendation__origin",
    "recommendation__lead_id",
    "recommendation__indicia",
)
BENCHMARK_TERMS = FactQuery(
    facts.BenchmarkTermsFact,
    lambda edition: BenchmarkTerms.objects.filter(benchmark__recommendation__edition=edition).order_by(),
    {"edition": int},
    "benchmark_id",
    "benchmark__recommendation_id",
    "benchmark__letter",
)
EDITION_TERMS = PreparedQuery(
    lambda edition: EditionTerms.objects.filter(edition=edition).values_list(
        "id",
        "recorded_at",
        "deadline_on",
        "readiness_target",
        "readiness_target_reason",
        "weights__recommendation_id",
        "weights__weight",
    ),
    edition=int,
)
"""One row for each weight, or one row without weights."""

INDICATORS = FactQuery(
    facts.IndicatorFact,
    lambda country, after, first, last: (
        Indicator.objects.filter(country=country)
        .annotate(
            compared=FilteredRelation(
                "readings",
                condition=Q(readings__starts_on__gte=first, readings__through_on__lte=last, readings__pk__gt=after),
            )
        )
        .order_by("pk", "compared__pk")
    ),
    {"country": int, "after": int, "first": date, "last": date},
    "compared__id",
    "compared__recorded_at",
    "compared__starts_on",
    "compared__through_on",
    "compared__figure",
    "compared__direction",
    "compared__evidence_id",
    "compared__update_version_id",
    "compared__source",
)
"""All indicators with their readings between two days: one row for each reading, or one for an indicator without."""

ASSESSMENTS = PreparedQuery(
    lambda edition, after: (
        Assessment.objects.filter(benchmark__recommendation__edition=edition, pk__gt=after)
        .order_by()
        .values_list("id", "benchmark_id", "recorded_at", "verdict", "grounds__evidence_id")
    ),
    **_OF_EDITION,
)
"""One row for each evidence that an assessment rests on, or one row without any. Both are recorded together."""

_COMMITMENT_COLUMNS = (
    "id",
    "recorded_at",
    "ministry_id",
    "links__id",
    "links__benchmark_id",
    "links__reach",
    "links__recorded_at",
    "links__removed_in__recorded_at",
    "links__benchmark__recommendation__edition_id",
    "agreed_proofs__id",
    "agreed_proofs__recorded_at",
    "agreed_proofs__agreed_on",
    "agreed_proofs__end__ended_on",
    "agreed_proofs__end__recorded_at",
)
COMMITMENTS = PreparedQuery(
    lambda country: Commitment.objects.filter(country=country).order_by().values_list(*_COMMITMENT_COLUMNS), country=int
)
"""One row for each commitment, benchmark and agreed proof, or one row without these."""
COMMITMENT = PreparedQuery(
    lambda commitment: Commitment.objects.filter(pk=commitment).order_by().values_list(*_COMMITMENT_COLUMNS),
    commitment=int,
)

TABLES_OF_COMMITMENTS: Mapping[type[Model], str] = {
    Commitment: "",
    CommitmentEvent: "commitment__",
    CommitmentCorrection: "commitment__",
    CommitmentBenchmark: "commitment__",
    AgreedProof: "commitment__",
    AgreedProofEnd: "proof__commitment__",
}
"""The tables that together make a commitment, each with the path to it."""
CHANGED_COMMITMENTS = {
    model: PreparedQuery(
        partial(
            lambda country, after, model, path: (
                model._default_manager.filter(**{f"{path}country": country, "pk__gt": after})
                .order_by()
                .values_list(f"{path}pk")
                .distinct()
            ),
            model=model,
            path=path,
        ),
        **_OF_COUNTRY,
    )
    for model, path in TABLES_OF_COMMITMENTS.items()
}
"""The commitments with rows in a table after a key."""

GROWING_TABLES: Sequence[type[Model]] = (
    Reading,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    UpdateVersion,
    UpdateVersionDecision,
    Assessment,
    *TABLES_OF_COMMITMENTS,
)
"""The tables to which rows of facts are added, and whose rows are never changed in what readiness reads.

A commitment's link to a benchmark is changed once, when a correction removes it, and the correction is a new row.
"""

MILESTONES = PreparedQuery(
    lambda country, year: (
        Edition.objects.filter(country=country, year__lte=year)
        .order_by()
        .values_list(
            "id",
            "year",
            "tier",
            "milestones__id",
            *(f"milestones__{name}" for name in ("kind", "due_on", "is_estimated")),
            *(f"milestones__done__{name}" for name in ("id", "recorded_at", "done_on")),
            *(f"milestones__date_changes__{name}" for name in ("id", "recorded_at", "due_on", "is_estimated")),
        )
    ),
    country=int,
    year=int,
)
"""The editions up to a year with their milestones: one row for each pair of a record as done and a change of date."""
