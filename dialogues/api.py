"""Reads of what was promised and what happened; writes of updates, reviews and assessments through the actions.

Lists and details ask `visible_to`; nested rows take the same road. What a ministry may not read isn't in the
serializer it gets. Ids in a body are looked up among what the reader sees: unknown and unseen give the same error.
"""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from dialogues import actions
from dialogues.models import (
    Assessment,
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    Dialogue,
    Evidence,
    EvidenceBearing,
    EvidenceFile,
    EvidenceReview,
    Participant,
    Reading,
    ReadingPart,
    RoundDecision,
    Update,
    UpdateRound,
)
from dialogues.permissions import can_send_update
from dialogues.words import Direction, DoneBy, Progress, Review, Status, Verdict
from recommendations.models import Benchmark, Indicator
from tiptracker import clock
from tiptracker.api import PersonField, Seen, SignedIn, by_reader


class EventSerializer(serializers.ModelSerializer[CommitmentEvent]):
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = CommitmentEvent
        fields = ("id", "kind", "happened_on", "due_on", "reason", "recorded_at", "recorded_by")


class LinkSerializer(serializers.ModelSerializer[CommitmentBenchmark]):
    class Meta:
        model = CommitmentBenchmark
        fields = ("benchmark", "reach")


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    """A commitment as it stands today, with its whole life by dated events."""

    country = serializers.SlugRelatedField[Commitment](slug_field="code", read_only=True)
    status = serializers.ChoiceField(choices=Status.choices(), read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    slips = serializers.IntegerField(read_only=True)
    links = LinkSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)

    class Meta:
        model = Commitment
        fields = (
            "id",
            "country",
            "made_by",
            "ministry",
            "text",
            "dialogue",
            "letter",
            "horizon",
            "status",
            "due_on",
            "slips",
            "links",
            "events",
            "recorded_at",
        )


class CommitmentFilter(filters.FilterSet):
    # Numbers, not choices of rows: an unknown and an unseen id give the same empty list.
    ministry = filters.NumberFilter("ministry_id")
    benchmark = filters.NumberFilter("links__benchmark_id")
    status = filters.ChoiceFilter("status", choices=Status.choices())
    due_before = filters.DateFilter("due_on", lookup_expr="lte")


class CommitmentViewSet(ReadOnlyModelViewSet[Commitment]):
    """Commitments. They never count; what is done about them may."""

    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter

    def get_queryset(self) -> QuerySet[Commitment]:
        commitments = Commitment.objects.visible_to(self.request.user).with_status(clock.today())
        return commitments.select_related("country").prefetch_related("links", "events__recorded_by").order_by("pk")


class FileSerializer(serializers.ModelSerializer[EvidenceFile]):
    """A file as kept; it is fetched at the page /files/ID/."""

    class Meta:
        model = EvidenceFile
        fields = ("id", "name", "media_type", "size", "sha256")


class BearingSerializer(serializers.ModelSerializer[EvidenceBearing]):
    class Meta:
        model = EvidenceBearing
        fields = ("id", "benchmark", "shows", "recorded_at")


class ReviewSerializer(serializers.ModelSerializer[EvidenceReview]):
    """The embassy's word on a bearing, or (without one) on the evidence itself."""

    recorded_by = PersonField(read_only=True)

    class Meta:
        model = EvidenceReview
        fields = ("id", "evidence", "bearing", "decision", "first_on", "reason", "recorded_at", "recorded_by")


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A piece of evidence, what it shows on which benchmark, and what the embassy says of it."""

    country = serializers.SlugRelatedField[Evidence](slug_field="code", read_only=True)
    file = FileSerializer(read_only=True)
    bearings = BearingSerializer(many=True, read_only=True)
    reviews = ReviewSerializer(many=True, read_only=True)
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = Evidence
        fields = (
            "id",
            "country",
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
            "round",
            "sensitivity",
            "revises",
            "bearings",
            "reviews",
            "recorded_at",
            "recorded_by",
        )


class EvidenceFilter(filters.FilterSet):
    commitment = filters.NumberFilter("commitment_id")
    benchmark = filters.NumberFilter("bearings__benchmark_id", distinct=True)
    round = filters.NumberFilter("round_id")
    happened_after = filters.DateFilter("happened_to", lookup_expr="gte")
    happened_before = filters.DateFilter("happened_to", lookup_expr="lte")


class EvidenceViewSet(ReadOnlyModelViewSet[Evidence]):
    """Evidence, newest first."""

    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter

    def get_queryset(self) -> QuerySet[Evidence]:
        reader = self.request.user
        bearings = EvidenceBearing.objects.visible_to(reader).order_by("pk")
        return (
            Evidence.objects.visible_to(reader)
            .select_related("country", "file", "recorded_by")
            .prefetch_related(Prefetch("bearings", bearings), "reviews__recorded_by")
            .order_by("-happened_to", "-pk")
        )


class DecisionSerializer(serializers.ModelSerializer[RoundDecision]):
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = RoundDecision
        fields = ("id", "decision", "reason", "recorded_at", "recorded_by")


class RoundSerializer(serializers.ModelSerializer[UpdateRound]):
    """What was sent, once, and the embassy's answer (null while it waits)."""

    decision = DecisionSerializer(read_only=True, allow_null=True)
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = UpdateRound
        fields = ("id", "number", "narrative", "claimed", "happened_on", "recorded_at", "recorded_by", "decision")


class UpdateSerializer(serializers.ModelSerializer[Update]):
    """A ministry's submission on a commitment, with all its rounds."""

    rounds = RoundSerializer(many=True, read_only=True)

    class Meta:
        model = Update
        fields = ("id", "commitment", "number", "rounds")


class FigureSerializer(serializers.Serializer[Any]):
    """A count sent with an update: a figure, or only a direction, or neither for "no data"."""

    indicator = Seen(Indicator)
    through_on = serializers.DateField()
    figure = serializers.DecimalField(14, 2, min_value=0, allow_null=True, default=None)
    direction = serializers.ChoiceField(choices=Direction.choices(), allow_blank=True, default="")


class SendSerializer(serializers.Serializer[Any]):
    """An update to send. With files: multipart, `figures` as JSON text."""

    commitment = Seen(Commitment)
    title = serializers.CharField(max_length=400)
    narrative = serializers.CharField()
    claimed = serializers.ChoiceField(choices=Progress.choices())
    happened_from = serializers.DateField(allow_null=True, default=None)
    happened_to = serializers.DateField()
    done_by = serializers.ChoiceField(
        choices=[(word.value, word.label) for word in (DoneBy.GOVERNMENT, DoneBy.JOINT)], default=DoneBy.GOVERNMENT
    )
    files = serializers.ListField(child=serializers.FileField(), default=list)
    figures = FigureSerializer(many=True, default=list)


class UpdateFilter(filters.FilterSet):
    commitment = filters.NumberFilter("commitment_id")


class UpdateViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Update]):
    """Updates by ministries, oldest first."""

    serializer_class = UpdateSerializer
    filterset_class = UpdateFilter

    def get_queryset(self) -> QuerySet[Update]:
        rounds = UpdateRound.objects.visible_to(self.request.user).select_related(
            "recorded_by", "decision__recorded_by"
        )
        updates = Update.objects.visible_to(self.request.user).prefetch_related(
            Prefetch("rounds", rounds.order_by("number"))
        )
        return updates.order_by("pk")

    @extend_schema(request=SendSerializer, responses={201: UpdateSerializer})
    def create(self, request: SignedIn) -> Response:
        """Send an update on a commitment of one's own ministry, or a mended round of one that was returned."""
        asked = SendSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        sent = dict(asked.validated_data)
        if not can_send_update(request.user, sent["commitment"]):
            raise PermissionDenied
        now = clock.now()
        files = [actions.keep_upload(upload=upload, by=request.user, now=now) for upload in sent.pop("files")]
        figures = [actions.Figure(**figure) for figure in sent.pop("figures")]
        round_ = actions.send_round(**sent, files=files, figures=figures, by=request.user, now=now)
        update = self.get_queryset().get(pk=round_.update_id)
        return Response(self.get_serializer(update).data, HTTPStatus.CREATED)


class JudgementSerializer(serializers.Serializer[Any]):
    """The word on one bearing of a round's evidence, or (bearing null) on the evidence itself."""

    evidence = Seen(Evidence)
    bearing = Seen(EvidenceBearing, allow_null=True, default=None)
    decision = serializers.ChoiceField(choices=Review.choices())
    reason = serializers.CharField()
    first_on = serializers.DateField(allow_null=True, default=None)


class AcceptSerializer(serializers.Serializer[Any]):
    reviews = JudgementSerializer(many=True)
    reason = serializers.CharField(allow_blank=True, default="")


class ReturnSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()


class RoundViewSet(RetrieveModelMixin, GenericViewSet[UpdateRound]):
    """One round of an update, and the embassy's answer to it."""

    serializer_class = RoundSerializer

    def get_queryset(self) -> QuerySet[UpdateRound]:
        rounds = UpdateRound.objects.visible_to(self.request.user)
        return rounds.select_related("recorded_by", "decision__recorded_by", "update__commitment").order_by("pk")

    @extend_schema(request=AcceptSerializer, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"])
    def accept(self, request: SignedIn, pk: str) -> Response:
        """Accept it: every bearing of its evidence verified or rejected."""
        return self._decide(request, AcceptSerializer)

    @extend_schema(request=ReturnSerializer, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: SignedIn, pk: str) -> Response:
        """Return it with a reason, so that the ministry can mend it."""
        return self._decide(request, ReturnSerializer)

    def _decide(self, request: SignedIn, kind: type[serializers.Serializer[Any]]) -> Response:
        round_ = self.get_object()
        asked = kind(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = {"round": round_, "reason": asked.validated_data["reason"], "by": request.user, "now": clock.now()}
        if kind is ReturnSerializer:
            decision = actions.return_round(**said)
        else:
            judgements = [actions.Judgement(**each) for each in asked.validated_data["reviews"]]
            decision = actions.accept_round(**said, reviews=judgements)
        answer = DecisionSerializer(decision, context=self.get_serializer_context())
        return Response(answer.data, HTTPStatus.CREATED)


class ReviewFilter(filters.FilterSet):
    evidence = filters.NumberFilter("evidence_id")


class ReviewViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[EvidenceReview]):
    """The embassy's words on evidence, oldest first; the newest on a bearing holds."""

    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter

    def get_queryset(self) -> QuerySet[EvidenceReview]:
        reviews = EvidenceReview.objects.visible_to(self.request.user)
        return reviews.select_related("recorded_by").order_by("recorded_at", "pk")

    @extend_schema(request=JudgementSerializer, responses={201: ReviewSerializer})
    def create(self, request: SignedIn) -> Response:
        """Verify or reject evidence, or what it shows on one benchmark. Nobody reviews what they recorded."""
        asked = JudgementSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        review = actions.review(**asked.validated_data, by=request.user, now=clock.now())
        return Response(self.get_serializer(review).data, HTTPStatus.CREATED)


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    class Meta:
        model = Participant
        fields = ("name", "office", "ministry", "presence")


class DialogueSerializer(serializers.ModelSerializer[Dialogue]):
    """A dialogue as the embassy keeps it."""

    country = serializers.SlugRelatedField[Dialogue](slug_field="code", read_only=True)
    participants = ParticipantSerializer(many=True, read_only=True)
    agenda = serializers.SlugRelatedField[Dialogue](slug_field="recommendation_id", many=True, read_only=True)
    commitments = serializers.PrimaryKeyRelatedField[Commitment](many=True, read_only=True)

    class Meta:
        model = Dialogue
        fields = (
            "id",
            "country",
            "held_on",
            "place",
            "purpose",
            "record",
            "agreed",
            "source",
            "participants",
            "agenda",
            "commitments",
            "recorded_at",
        )


class OwnDialogueSerializer(serializers.ModelSerializer[Dialogue]):
    """A dialogue as a ministry reads it: when, where, and what it promised there itself."""

    commitments = serializers.PrimaryKeyRelatedField[Commitment](many=True, read_only=True)

    class Meta:
        model = Dialogue
        fields = ("id", "held_on", "place", "commitments")


EITHER_DIALOGUE = PolymorphicProxySerializer(
    component_name="DialogueForReader",
    serializers=[DialogueSerializer, OwnDialogueSerializer],
    resource_type_field_name=None,
)


@extend_schema_view(list=extend_schema(responses=EITHER_DIALOGUE), retrieve=extend_schema(responses=EITHER_DIALOGUE))
class DialogueViewSet(ReadOnlyModelViewSet[Dialogue]):
    """Dialogues, newest first."""

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Dialogue]]:
        return by_reader(self.request, embassy=DialogueSerializer, ministry=OwnDialogueSerializer)

    def get_queryset(self) -> QuerySet[Dialogue]:
        reader = self.request.user
        own = Commitment.objects.visible_to(reader).order_by("pk")
        return (
            Dialogue.objects.visible_to(reader)
            .select_related("country")
            .prefetch_related("participants", "agenda", Prefetch("commitments", own))
            .order_by("-held_on", "-pk")
        )


class PartSerializer(serializers.ModelSerializer[ReadingPart]):
    class Meta:
        model = ReadingPart
        fields = ("dimension", "category", "figure")


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    """A count: a figure, a direction only, or no data (`is_no_data`), which is not zero."""

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
            "round",
            "recorded_at",
        )


class ReadingFilter(filters.FilterSet):
    indicator = filters.NumberFilter("indicator_id")
    starts_on = filters.DateFilter("starts_on")


class ReadingViewSet(ReadOnlyModelViewSet[Reading]):
    """Readings of the indicators."""

    serializer_class = ReadingSerializer
    filterset_class = ReadingFilter

    def get_queryset(self) -> QuerySet[Reading]:
        return Reading.objects.visible_to(self.request.user).order_by("indicator", "starts_on", "through_on", "pk")


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """The embassy's verdict on a benchmark, and the evidence it rests on."""

    evidence = serializers.SlugRelatedField[Assessment](
        slug_field="evidence_id", source="grounds", many=True, read_only=True
    )
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = Assessment
        fields = ("id", "benchmark", "verdict", "rationale", "law", "evidence", "recorded_at", "recorded_by")


class AssessSerializer(serializers.Serializer[Any]):
    benchmark = Seen(Benchmark)
    verdict = serializers.ChoiceField(choices=Verdict.choices())
    rationale = serializers.CharField()
    law = serializers.CharField(max_length=100)
    evidence = Seen(Evidence, many=True, default=list)


class AssessmentFilter(filters.FilterSet):
    benchmark = filters.NumberFilter("benchmark_id")


class AssessmentViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Assessment]):
    """Assessments, oldest first; the newest on a benchmark holds."""

    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter

    def get_queryset(self) -> QuerySet[Assessment]:
        assessments = Assessment.objects.visible_to(self.request.user).select_related("recorded_by")
        return assessments.prefetch_related("grounds").order_by("recorded_at", "pk")

    @extend_schema(request=AssessSerializer, responses={201: AssessmentSerializer})
    def create(self, request: SignedIn) -> Response:
        """Assess a benchmark."""
        asked = AssessSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        assessment = actions.assess(**asked.validated_data, by=request.user, now=clock.now())
        return Response(self.get_serializer(assessment).data, HTTPStatus.CREATED)


def routes(router: DefaultRouter) -> None:
    """Register what this package serves."""
    router.register("commitments", CommitmentViewSet, basename="commitment")
    router.register("updates", UpdateViewSet, basename="update")
    router.register("rounds", RoundViewSet, basename="round")
    router.register("evidence", EvidenceViewSet, basename="evidence")
    router.register("reviews", ReviewViewSet, basename="review")
    router.register("dialogues", DialogueViewSet, basename="dialogue")
    router.register("readings", ReadingViewSet, basename="reading")
    router.register("assessments", AssessmentViewSet, basename="assessment")
