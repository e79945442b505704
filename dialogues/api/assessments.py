"""API of the embassy's verdicts on benchmarks."""

from collections.abc import Callable
from functools import partial

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet

from dialogues.actions.assessments import assess
from dialogues.choices import Verdict
from dialogues.models import (
    Assessment,
    Evidence,
)
from dialogues.permissions import can_give_verdicts
from recommendations.models import Benchmark
from tiptracker import clock, text_rules
from tiptracker.api.base import (
    ApiRequest,
    ChoiceEnumField,
    IdFilter,
    PersonField,
    VisibleRowField,
    VisibleRowListField,
    validate_body,
)
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin
from tiptracker.api.serializers import BodySerializer, FreeTextField
from tiptracker.idempotency.api import IdempotentCreateMixin, idempotent_create


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """The embassy's verdict on a benchmark, and the evidence that it rests on."""

    evidence = serializers.SlugRelatedField[Assessment](
        slug_field="evidence_id", source="grounds", many=True, read_only=True
    )
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = Assessment
        fields = (
            "id",
            "benchmark",
            "verdict",
            "rationale",
            "law",
            "change_reason",
            "evidence",
            "recorded_at",
            "recorded_by",
        )


class AssessSerializer(BodySerializer):
    """A verdict to record.

    The verdict holds from the last day of the evidence that it rests on; without evidence, from today. `change_reason`
    says what changed since the newest verdict. It is required if the newest verdict was a different one.
    """

    benchmark = VisibleRowField(Benchmark)
    verdict = ChoiceEnumField(Verdict)
    rationale = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH)
    law = FreeTextField(max_length=100, in_one_line=True)
    change_reason = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH, required=False, allow_blank=True, default="")
    evidence = VisibleRowListField(Evidence, max_length=200, default=list)


class AssessmentFilter(filters.FilterSet):
    benchmark = IdFilter("benchmark_id")
    recorded_since = RecordedSinceFilter()


class AssessmentViewSet(
    StrictParametersMixin, IdempotentCreateMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[Assessment]
):
    """The embassy's verdicts on benchmarks, oldest first. The newest verdict on a benchmark applies."""

    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter

    def get_queryset(self) -> QuerySet[Assessment]:
        assessments = Assessment.objects.visible_to(self.request.user).select_related("recorded_by")
        return assessments.prefetch_related("grounds").order_by("recorded_at", "pk")

    @extend_schema(request=AssessSerializer, responses={201: AssessmentSerializer})
    @idempotent_create()
    def create(self, request: ApiRequest) -> Callable[[], Assessment]:
        """Record a verdict on a benchmark."""
        if not can_give_verdicts(request.user):
            raise PermissionDenied
        values = validate_body(AssessSerializer, self)
        now = clock.now(values["benchmark"].recommendation.edition.country.time_zone)
        return partial(assess, **values, by=request.user, now=now)
