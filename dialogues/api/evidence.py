"""API of evidence, the embassy's reviews of it, and readings."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from dialogues.actions.evidence import record_evidence_opened, review_evidence
from dialogues.choices import EvidenceDecision
from dialogues.models import (
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
    Partner,
    Reading,
)
from dialogues.permissions import can_give_reviews
from recommendations.choices import INDICIA_SUMMARIES
from recommendations.models import Benchmark
from tiptracker import clock, text_rules
from tiptracker.accounts.models import AnyUser
from tiptracker.api.base import (
    ApiDateField,
    ApiRequest,
    ChoiceEnumField,
    FormerIdFilter,
    IdFilter,
    PersonField,
    SenderField,
    VisibleRowField,
    serializers_by_reader,
    validate_body,
)
from tiptracker.api.former_names import FormerNamesMixin
from tiptracker.api.kept_lists import KeptListMixin
from tiptracker.api.query_params import KeysFirstPagination, RecordedSinceFilter, StrictParametersMixin
from tiptracker.api.serializers import BodySerializer, BoundedListSerializer, FreeTextField
from tiptracker.idempotency.api import IdempotentCreateMixin, idempotent_create

FORMER_LINK = {"bearing": "evidence_link"}
FORMER_VERSION = {"round": "update_version"}
"""Former names of fields and parameters, and the names of today."""


class FileSerializer(serializers.ModelSerializer[EvidenceFile]):
    """A file as stored, with its download address and the SHA-256 hashes of the file as received and as stored."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = EvidenceFile
        fields = ("id", "name", "media_type", "size", "original_size", "received_sha256", "stored_sha256", "url")

    def get_url(self, file: EvidenceFile) -> str:
        return reverse("evidence_file", args=[file.pk])


class OwnEvidenceLinkSerializer(serializers.ModelSerializer[EvidenceLink]):
    class Meta:
        model = EvidenceLink
        fields: tuple[str, ...] = ("id", "benchmark")


class EvidenceLinkSerializer(OwnEvidenceLinkSerializer):
    class Meta(OwnEvidenceLinkSerializer.Meta):
        fields = (*OwnEvidenceLinkSerializer.Meta.fields, "shows", "recorded_at")


class ReviewSerializer(FormerNamesMixin, serializers.ModelSerializer[EvidenceReview]):
    """The embassy's review of an evidence link or, if `evidence_link` is null, of the evidence itself."""

    former_names = FORMER_LINK

    recorded_by = PersonField(read_only=True)

    class Meta:
        model = EvidenceReview
        fields = ("id", "evidence", "evidence_link", "decision", "first_on", "reason", "recorded_at", "recorded_by")


class OwnEvidenceSerializer(FormerNamesMixin, serializers.ModelSerializer[Evidence]):
    """A piece of evidence that a ministry sent, with the embassy's reviews, or that the embassy shares with it."""

    former_names: ClassVar = {**FORMER_VERSION, "bearings": "evidence_links"}
    link = serializers.CharField(read_only=True, help_text="A web address, or “[redacted]” if it was removed.")
    file = FileSerializer(read_only=True, allow_null=True)
    evidence_links = OwnEvidenceLinkSerializer(many=True, read_only=True)
    reviews = ReviewSerializer(many=True, read_only=True)
    recorded_by = SenderField()

    class Meta:
        model = Evidence
        fields: tuple[str, ...] = (
            "id",
            "title",
            "kind",
            "happened_from",
            "happened_to",
            "done_by",
            "stated_by",
            "source",
            "link",
            "file",
            "commitment",
            "information_request",
            "update_version",
            "evidence_links",
            "reviews",
            "recorded_at",
            "recorded_by",
        )


class EvidenceIndiciumSerializer(serializers.ModelSerializer[EvidenceIndicium]):
    """What evidence shows on one of the twelve indicia (22 U.S.C. 7106(b)) without a recommendation."""

    class Meta:
        model = EvidenceIndicium
        fields = ("indicium", "shows", "recorded_at")


class EvidenceQuestionSerializer(serializers.ModelSerializer[EvidenceQuestion]):
    """A yearly question that evidence answers without a recommendation."""

    number = serializers.CharField(source="question.number", read_only=True)

    class Meta:
        model = EvidenceQuestion
        fields = ("question", "number", "recorded_at")


class PartnerSerializer(serializers.ModelSerializer[Partner]):
    """An organization outside government."""

    class Meta:
        model = Partner
        fields = ("id", "name", "kind")


class EvidenceSerializer(OwnEvidenceSerializer):
    """A piece of evidence, what it shows on each benchmark and indicium, and the embassy's reviews.

    A review without an evidence link is of the evidence itself. It covers its figures, indicia and questions.
    """

    partner = PartnerSerializer(read_only=True, allow_null=True)
    indicia = EvidenceIndiciumSerializer(many=True, read_only=True)
    questions = EvidenceQuestionSerializer(source="question_links", many=True, read_only=True)
    country = serializers.SlugRelatedField[Evidence](slug_field="code", read_only=True)
    evidence_links = EvidenceLinkSerializer(many=True, read_only=True)

    class Meta(OwnEvidenceSerializer.Meta):
        fields = (
            *OwnEvidenceSerializer.Meta.fields,
            "country",
            "partner",
            "indicia",
            "questions",
            "sensitivity",
            "revises",
            "revision_reason",
        )


class EvidenceFilter(filters.FilterSet):
    former_names = FORMER_VERSION
    commitment = IdFilter("commitment_id")
    benchmark = IdFilter(method="supporting")
    update_version = IdFilter("update_version_id")
    round = FormerIdFilter("update_version_id", now="update_version")
    indicium = filters.ChoiceFilter(
        method="of_indicium", choices=[(str(number), str(number)) for number in INDICIA_SUMMARIES]
    )
    happened_after = filters.DateFilter("happened_to", lookup_expr="gte")
    happened_before = filters.DateFilter("happened_to", lookup_expr="lte")
    recorded_since = RecordedSinceFilter(
        method="changed_since",
        counts="A change of what it shows on a benchmark, or of a review, counts too if you can read it.",
    )

    def supporting(self, evidence: QuerySet[Evidence], name: str, value: int) -> QuerySet[Evidence]:
        """Filter by the evidence links that the reader can see.

        So a ministry doesn't learn that shared evidence supports other ministries' benchmarks.
        """
        reader = self.request.user if self.request else AnonymousUser()
        benchmark = Benchmark.objects.visible_to(reader).filter(pk=value)
        evidence_links = EvidenceLink.objects.visible_to(reader).filter(benchmark__in=benchmark)
        return evidence.filter(pk__in=evidence_links.values("evidence"))

    def of_indicium(self, evidence: QuerySet[Evidence], name: str, value: str) -> QuerySet[Evidence]:
        """Filter by the indicia that the reader can see that the evidence supports."""
        reader = self.request.user if self.request else AnonymousUser()
        rows = EvidenceIndicium.objects.visible_to(reader).filter(indicium=value)
        return evidence.filter(pk__in=rows.values("evidence"))

    def changed_since(self, evidence: QuerySet[Evidence], name: str, moment: datetime) -> QuerySet[Evidence]:
        """Select evidence recorded since `moment`, or with a visible evidence link or review since then."""
        reader = self.request.user if self.request else AnonymousUser()
        parts = [
            Exists(rows.visible_to(reader).filter(evidence=OuterRef("pk"), recorded_at__gte=moment))
            for rows in (EvidenceLink.objects, EvidenceReview.objects)
        ]
        return evidence.filter(Q(recorded_at__gte=moment) | parts[0] | parts[1])


@serializers_by_reader("EvidenceForReader", embassy=EvidenceSerializer, ministry=OwnEvidenceSerializer)
class EvidenceViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[Evidence]):
    """Evidence, newest first. Opening one piece is recorded in the activity log."""

    filterset_class = EvidenceFilter
    pagination_class = KeysFirstPagination

    def retrieve(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        evidence = self.get_object()
        record_evidence_opened(evidence=evidence, by=request.user)
        return Response(self.get_serializer(evidence).data)

    def get_queryset(self) -> QuerySet[Evidence]:
        reader = self.request.user
        evidence_links = EvidenceLink.objects.visible_to(reader).order_by("pk")
        evidence = Evidence.objects.visible_to(reader).select_related(
            "country",
            "file",
            "partner",
            "recorded_by",
            "commitment__ministry",
            "information_request__ministry",
            "update_version__recorded_by",
            "update_version__update__commitment__ministry",
            "update_version__update__information_request__ministry",
        )
        return evidence.prefetch_related(
            Prefetch("evidence_links", evidence_links),
            Prefetch("reviews", _reviews(reader)),
            Prefetch("indicia", EvidenceIndicium.objects.visible_to(reader)),
            Prefetch("question_links", EvidenceQuestion.objects.visible_to(reader).select_related("question")),
        ).order_by("-happened_to", "-pk")


def _reviews(reader: AnyUser) -> QuerySet[EvidenceReview]:
    return EvidenceReview.objects.visible_to(reader).select_related("recorded_by").order_by("recorded_at", "pk")


class ReviewInputSerializer(FormerNamesMixin):
    """A review of one evidence link or, if `evidence_link` is null, of the evidence itself.

    Give `first_on`, the start date, if the evidence does not state it.
    """

    former_names = FORMER_LINK
    evidence = VisibleRowField(Evidence)
    evidence_link = VisibleRowField(EvidenceLink, allow_null=True, default=None)
    decision = ChoiceEnumField(EvidenceDecision)
    reason = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH)
    first_on = ApiDateField(allow_null=True, default=None)

    class Meta:
        list_serializer_class = BoundedListSerializer


class ReviewBodySerializer(BodySerializer, ReviewInputSerializer):
    """A review of one evidence link or, if `evidence_link` is null, of the evidence itself.

    Give `first_on`, the start date, if the evidence does not state it.
    """


class ReviewFilter(filters.FilterSet):
    evidence = IdFilter("evidence_id")
    recorded_since = RecordedSinceFilter()


class ReviewViewSet(
    StrictParametersMixin, IdempotentCreateMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[EvidenceReview]
):
    """The embassy's reviews of evidence, oldest first. The newest review of an evidence link applies."""

    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter

    def get_queryset(self) -> QuerySet[EvidenceReview]:
        return _reviews(self.request.user)

    @extend_schema(request=ReviewBodySerializer, responses={201: ReviewSerializer})
    @idempotent_create()
    def create(self, request: ApiRequest) -> Callable[[], EvidenceReview]:
        """Verify or reject evidence, or what it shows on one benchmark. Users can't review what they recorded."""
        if not can_give_reviews(request.user):
            raise PermissionDenied
        values = validate_body(ReviewBodySerializer, self)
        now = clock.now(values["evidence"].country.time_zone)
        return partial(review_evidence, **values, by=request.user, now=now)


class ReadingSerializer(FormerNamesMixin, serializers.ModelSerializer[Reading]):
    """A reading of an indicator: a figure, only a direction, or not reported.

    Not reported (`is_no_data`) is not the same as zero.
    """

    former_names = FORMER_VERSION
    is_no_data = serializers.BooleanField(read_only=True)

    class Meta:
        model = Reading
        fields = (
            "id",
            "indicator",
            "starts_on",
            "through_on",
            "figure",
            "direction",
            "is_no_data",
            "note",
            "source",
            "evidence",
            "update_version",
            "recorded_at",
        )


class ReadingFilter(filters.FilterSet):
    former_names = FORMER_VERSION
    indicator = IdFilter("indicator_id")
    update_version = IdFilter("update_version_id")
    round = FormerIdFilter("update_version_id", now="update_version")
    starts_on = filters.DateFilter("starts_on")
    recorded_since = RecordedSinceFilter()


class ReadingViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[Reading]):
    """Readings of the indicators. A ministry sees only the figures that it sent."""

    serializer_class = ReadingSerializer
    filterset_class = ReadingFilter

    def get_queryset(self) -> QuerySet[Reading]:
        return Reading.objects.visible_to(self.request.user).order_by("indicator", "starts_on", "through_on", "pk")
