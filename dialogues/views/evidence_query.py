"""The summary of a piece of evidence for pages, and the queries that load its details."""

from datetime import date
from typing import Any, NamedTuple, Self

from django.db.models import Prefetch, QuerySet

from dialogues.choices import DoneBy, EvidenceKind, SupportKind
from dialogues.models import (
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
    Reading,
)
from dialogues.models.updates import SUBJECT_FIELDS, UpdateSubject, subject_field
from dialogues.views.page_context import UpdateSubjectHeading
from recommendations.choices import INDICIA_SUMMARIES
from recommendations.models import Benchmark
from tiptracker.accounts.models import User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.localization import gettext


class EvidenceSummary(NamedTuple):
    """The part of a piece of evidence that every user who can see it may read.

    Reviews and evidence links are shown separately.
    """

    pk: int
    title: str
    first_day: date | None
    happened_to: date
    kind: str
    done_by: str
    stated_by: str
    source: str
    attribution: str
    link: str
    file: EvidenceFile | None
    subject: UpdateSubjectHeading | None
    is_revision: bool
    is_replaced: bool

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        subject = evidence.commitment or evidence.information_request
        return cls(
            pk=evidence.pk,
            title=evidence.title,
            first_day=evidence.first_day,
            happened_to=evidence.happened_to,
            kind=EvidenceKind(evidence.kind).label,
            done_by=DoneBy(evidence.done_by).label,
            stated_by=evidence.stated_by,
            source=evidence.source,
            attribution=evidence.attribution,
            link=evidence.link,
            file=evidence.file,
            subject=UpdateSubjectHeading.of(subject) if subject else None,
            is_revision=evidence.revises_id is not None,
            is_replaced=hasattr(evidence, "revised_by"),
        )


def evidence_with_details(user: User) -> Any:
    """Return the evidence that the user can see, with its links, benchmarks, reviews and readings."""
    return (
        Evidence.objects.visible_to(user)
        .select_related(
            "country",
            "file",
            "partner",
            "commitment__ministry",
            "information_request__country",
            "information_request__ministry",
            "update_version__update",
            "update_version__decision",
            "recorded_by",
            "revised_by",
        )
        .prefetch_related(
            Prefetch(
                "evidence_links",
                EvidenceLink.objects.visible_to(user).prefetch_related(
                    Prefetch(
                        "benchmark",
                        Benchmark.objects.visible_to(user).select_related("recommendation").with_terms(),
                    )
                ),
            ),
            Prefetch("reviews", EvidenceReview.objects.visible_to(user).select_related("recorded_by")),
            Prefetch("readings", Reading.objects.visible_to(user).select_related("indicator")),
            Prefetch("indicia", EvidenceIndicium.objects.visible_to(user)),
            Prefetch("question_links", EvidenceQuestion.objects.visible_to(user).select_related("question")),
        )
    )


def find_evidence_with_details(user: User, key: int) -> Evidence | None:
    """Return one piece of evidence as `evidence_with_details` does. None if the user cannot see it."""
    return next(iter(_EVIDENCE_WITH_DETAILS.find(user, key=key)), None)


def _one_with_details(reader: User, key: int) -> QuerySet[Evidence]:
    rows: QuerySet[Evidence] = evidence_with_details(reader).filter(pk=key)
    return rows.select_related("update_version__recorded_by")


_EVIDENCE_WITH_DETAILS = VisibleRows(_one_with_details, key=int)


def describe_topics(evidence: Evidence) -> list[str]:
    """Return what evidence `evidence_with_details` supports without a recommendation, each in words."""
    indicia = (
        gettext("Indicium %(number)d, %(summary)s: %(shows)s")
        % {
            "number": row.indicium,
            "summary": gettext(INDICIA_SUMMARIES[row.indicium]),
            "shows": SupportKind(row.shows).label,
        }
        for row in evidence.indicia.all()
    )
    questions = (
        gettext("Question %(number)s: %(text)s") % {"number": row.question.number, "text": row.question.text}
        for row in evidence.question_links.all()
    )
    return [*indicia, *questions]


def list_subject_evidence(user: User, subject: UpdateSubject) -> list[Evidence]:
    """Return the evidence filed under a subject that the user can see, with its links, readings and reviews."""
    return _EVIDENCE_OF_SUBJECT[subject_field(subject)].find(user, subject=subject.pk)


def _evidence_of(field: str) -> VisibleRows[Evidence]:
    def build(reader: User, subject: int) -> QuerySet[Evidence]:
        links = EvidenceLink.objects.visible_to(reader).select_related("benchmark__recommendation")
        reviews = EvidenceReview.objects.visible_to(reader)
        return (
            Evidence.objects.visible_to(reader)
            .current()
            .filter(**{field: subject})
            .select_related("file", "recorded_by")
            .prefetch_related(
                Prefetch("evidence_links", links),
                Prefetch("readings", Reading.objects.visible_to(reader).select_related("indicator")),
                Prefetch("reviews", reviews.select_related("recorded_by", "evidence_link__benchmark__recommendation")),
            )
        )

    return VisibleRows(build, subject=int)


_EVIDENCE_OF_SUBJECT = {field: _evidence_of(field) for field in SUBJECT_FIELDS}
