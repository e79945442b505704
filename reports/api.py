"""API for readiness as data and for requesting, tracking and downloading briefings. Embassy roles only."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django_filters import rest_framework as filters
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import DefaultRouter
from rest_framework.viewsets import GenericViewSet, ViewSet

from dialogues.models import Dialogue
from recommendations.edition_context import default_edition
from recommendations.models import Edition
from reports import request_params
from reports.actions.briefings import hand_out_file, request_briefing
from reports.briefings.content.sections import SECTIONS
from reports.briefings.step_texts import step_texts
from reports.choices import BriefingKind, StepKind
from reports.models import PDF_MEDIA_TYPE, WORD_MEDIA_TYPE, Briefing, BriefingState, Document
from reports.permissions import can_request_any_briefing
from reports.readiness import serialization
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tiptracker import clock, text_rules
from tiptracker.accounts.models import Ministry
from tiptracker.api.base import ApiDateField, ApiRequest, ChoiceEnumField, IdFilter, PersonField, VisibleRowField
from tiptracker.api.former_names import describe_former
from tiptracker.api.query_params import KeysFirstPagination, StrictParametersMixin
from tiptracker.api.serializers import BodySerializer, FreeTextField
from tiptracker.choices import Marking
from tiptracker.errors import Refused
from tiptracker.idempotency.api import IdempotentCreateMixin, idempotent_create
from tiptracker.moments import parse_moment
from tiptracker.web import rate_limits
from tiptracker.web.stored_files import stored_file_response

FILE_UNAVAILABLE_RESPONSES: dict[Any, OpenApiResponse] = {
    409: OpenApiResponse(
        description=(
            "The briefing is not ready yet, its rendering failed, it has no such file, or personal data are being "
            "removed from the record."
        )
    ),
    410: OpenApiResponse(description="The briefing was withdrawn. `detail` gives the reason."),
}
NO_EDITION_RESPONSE = OpenApiResponse(description="You see no edition with recommendations to follow.")


class TrackedEditionField(VisibleRowField):
    """Field for the id of an edition with recommendations to follow that the user can see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Edition, **kwargs)

    def get_queryset(self) -> QuerySet[Edition]:
        user = self.context["request"].user
        return Edition.objects.visible_to(user).tracked().select_related("country")


def _default_edition(request: ApiRequest) -> Edition:
    """Return the edition used when the request names none. Raises NotFound if the user sees no edition."""
    if edition := default_edition(request):
        return edition
    raise NotFound


class ReadinessQuery(serializers.Serializer[Any]):
    """Query parameters of `/readiness/`: the edition, the day and the moment of knowledge."""

    edition = TrackedEditionField(required=False)
    as_of = ApiDateField(required=False)
    known_by = FreeTextField(
        max_length=text_rules.DAY_MAX_LENGTH,
        in_one_line=True,
        required=False,
        help_text="A moment with its time zone. Default: everything recorded until now.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fill in the default edition and today's date in the country, and reject days that are out of range."""
        edition = attrs.get("edition") or _default_edition(self.context["request"])
        params: dict[str, Any] = {name: self.initial_data[name] for name in ("as_of", "known_by") if name in attrs}
        try:
            record_moment = request_params.parse_record_moment(params, edition)
        except Refused as refusal:
            raise ValidationError({refusal.field or "": str(refusal)}) from refusal
        return {"edition": edition, "as_of": record_moment.as_of, "known_by": record_moment.known_by}


class RowSerializer(serializers.Serializer[Any]):
    """A reference to a row of the record that a reason is based on."""

    type = serializers.CharField(
        help_text="The kind of row. `round` means an update version; the next release says `update_version`."
    )
    id = serializers.IntegerField()


class PointsSerializer(serializers.Serializer[Any]):
    """Points as a number with four decimals and, in `…_exact`, as an exact fraction. Points are never null."""

    key = serializers.CharField()
    title = serializers.CharField()
    points = serializers.FloatField()
    points_exact = serializers.CharField()
    of = serializers.FloatField()
    of_exact = serializers.CharField()
    claimed = serializers.FloatField()
    claimed_exact = serializers.CharField()
    verdict = serializers.CharField(help_text="Shown, partly shown, not shown, or no data. No data gives no points.")
    reason = serializers.CharField()
    law = serializers.CharField(help_text="The section of the law.")
    rows = RowSerializer(many=True)


class LineSerializer(PointsSerializer):
    share = serializers.FloatField(help_text="From 0 to 1.")
    share_exact = serializers.CharField()
    claimed_share = serializers.FloatField()
    claimed_share_exact = serializers.CharField()
    claimed_reason = serializers.CharField()
    claimed_rows = RowSerializer(many=True)


class PartSerializer(PointsSerializer):
    questions = LineSerializer(many=True)


class BenchmarkLineSerializer(LineSerializer):
    id = serializers.IntegerField()
    recommendation = serializers.IntegerField(help_text="Its number.")
    recommendation_id = serializers.IntegerField()


class BenchmarkGainSerializer(serializers.Serializer[Any]):
    benchmark = serializers.CharField(help_text="Its key, such as 6a.")
    benchmark_id = serializers.IntegerField()
    points = serializers.FloatField()
    points_exact = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)


class StepSerializer(serializers.Serializer[Any]):
    """A next step, with the points that it adds after all steps before it."""

    kind = ChoiceEnumField(StepKind)
    benchmarks = serializers.ListField(child=serializers.CharField(), help_text="Their keys, such as 2a.")
    indicator = serializers.CharField(allow_null=True, help_text="The indicator whose figure is requested.")
    rows = RowSerializer(many=True)
    owner = serializers.CharField(allow_null=True, help_text="Who has to do it. Null if unknown.")
    owner_id = serializers.IntegerField(allow_null=True, help_text="The ministry. Null if the embassy has to do it.")
    due_on = serializers.DateField(allow_null=True)
    points = serializers.FloatField(help_text="Points of 100 that the step adds after all steps before it.")
    points_exact = serializers.CharField()
    points_at_most = serializers.FloatField(help_text="The most points, if they depend on the figure.")
    points_at_most_exact = serializers.CharField()
    sentence = serializers.CharField()


class CumulativeStepSerializer(StepSerializer):
    cumulative = serializers.FloatField(help_text="Readiness with this step and all steps before it.")
    cumulative_exact = serializers.CharField()


class ClaimsSerializer(serializers.Serializer[Any]):
    ministry_id = serializers.IntegerField(allow_null=True, help_text="Null if the embassy logged the claims.")
    points = serializers.FloatField()
    points_exact = serializers.CharField()
    update_versions = serializers.ListField(child=serializers.IntegerField())
    rounds = serializers.ListField(child=serializers.IntegerField(), help_text=describe_former("update_versions"))
    evidence = serializers.ListField(child=serializers.IntegerField())
    readings = serializers.ListField(child=serializers.IntegerField())


class CheckSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    sentence = serializers.CharField()
    to_do = serializers.CharField()
    rows = RowSerializer(many=True)


class EditionNameSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    country = serializers.CharField()
    year = serializers.IntegerField()


class ReadinessSerializer(serializers.Serializer[Any]):
    """Readiness of an edition's record: the score, its parts, next steps and problems.

    Documents the result of `reports.readiness.serialization.readiness_document`.
    """

    edition = EditionNameSerializer()
    as_of = serializers.DateField()
    known_by = serializers.DateTimeField(allow_null=True)
    headline = serializers.CharField()
    score = serializers.FloatField(help_text="Readiness, of 100: verified points.")
    score_exact = serializers.CharField()
    claimed = serializers.FloatField(help_text="Readiness, of 100, if every claim were verified.")
    claimed_exact = serializers.CharField()
    possible = serializers.FloatField(help_text="Readiness, of 100, if all that is verified counted at once.")
    possible_exact = serializers.CharField()
    projected = serializers.FloatField(
        help_text="Claimed, with each open commitment kept that is due in time or undated."
    )
    projected_exact = serializers.CharField()
    ceiling = serializers.FloatField(help_text=describe_former("projected"))
    ceiling_exact = serializers.CharField(help_text=describe_former("projected_exact"))
    reviewed = serializers.BooleanField(help_text="False if nothing has been reviewed. The score then means nothing.")
    waiting = serializers.IntegerField(help_text="Claims that nobody has reviewed.")
    parts = PartSerializer(many=True)
    benchmarks = BenchmarkLineSerializer(many=True)
    next_steps = CumulativeStepSerializer(
        many=True, help_text="What to do next, in order. Advice: it never enters the score."
    )
    also_ask = StepSerializer(many=True, help_text="Figures that add nothing alone.")
    last_period = StepSerializer(many=True, help_text="Figures of the last period, if only they are missing.")
    to_assess = StepSerializer(many=True, help_text="Benchmarks with a verified action that nobody has assessed.")
    after_deadline = StepSerializer(many=True, help_text="Commitments due after the deadline.")
    target_reached_after = serializers.IntegerField(
        allow_null=True,
        help_text="Number of the step that reaches the target. 0 if it is reached already. Null if no step reaches it.",
    )
    levers = BenchmarkGainSerializer(many=True, help_text="What each open benchmark would add if met, largest first.")
    smallest_set = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="The fewest benchmarks that reach the target if met. Null if there is no target or none reach it.",
    )
    claims = ClaimsSerializer(many=True, help_text="The gap between claimed and verified, by ministry.")
    checks = CheckSerializer(many=True, help_text="Problems in the record.")
    watch_list_years = serializers.IntegerField(help_text="Years in a row on the Watch List, this edition included.")
    deadline_on = serializers.DateField(allow_null=True)
    readiness_target = serializers.FloatField(allow_null=True)
    working_mark = serializers.FloatField(allow_null=True, help_text=describe_former("readiness_target"))
    readiness_target_reason = serializers.CharField()
    working_mark_reason = serializers.CharField(help_text=describe_former("readiness_target_reason"))
    methodology = serializers.DictField()


class ReadinessViewSet(StrictParametersMixin, ViewSet):
    """Readiness of an edition's record. It does not predict a tier: the Secretary of State decides the tier."""

    query_serializers: ClassVar = {"list": ReadinessQuery}

    @extend_schema(
        operation_id="readiness_retrieve",
        parameters=[
            OpenApiParameter("edition", int, description="Id of the edition. Default: the current or last one."),
            OpenApiParameter("as_of", date, description="Default: today in the country."),
            OpenApiParameter("known_by", datetime, description="A moment with its time zone. Default: now."),
        ],
        responses={
            200: forced_singular_serializer(ReadinessSerializer),  # type: ignore[no-untyped-call]
            404: NO_EDITION_RESPONSE,
        },
    )
    def list(self, request: ApiRequest) -> Response:
        """Return the readiness score with its parts. Each reason lists the rows that it is based on.

        Ministries get 404.
        """
        if not request.user.is_embassy:
            # Ministries may not read readiness. A 404 does not reveal that it exists.
            raise NotFound
        query = ReadinessQuery(data=request.query_params, context={"request": request})
        query.is_valid(raise_exception=True)
        edition, as_of, known_by = (query.validated_data[name] for name in ("edition", "as_of", "known_by"))
        result = evaluate_readiness(gather_facts(edition), as_of=as_of, known_by=known_by)
        steps = result.next_steps()
        texts = step_texts(result, steps, reader=request.user)
        return Response(
            serialization.with_former_names(serialization.readiness_document(result, steps=steps, texts=texts))
        )


class IgnoreAcceptHeader(BaseContentNegotiation):
    """Ignore the Accept header, for operations that return a file: errors are always JSON."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class BriefingSerializer(serializers.ModelSerializer[Briefing]):
    """A briefing with its state, the hashes of its files, and who requested and cleared it.

    `state` is queued, running, ready (a draft), clearing, issued, failed or withdrawn. `withdrawn_reason` gives the
    reason for a withdrawal.

    `sha256` is the hash of the PDF file. `content_sha256` is the hash of the content, the same before and after
    clearance. Only input for Washington has a Word file: `word` is its download address (null for other kinds),
    `word_sha256` its hash.

    `requested_by` is null if the tracker made the briefing by itself: it keeps the ambassador's briefing of the day
    ready. Nobody clears such a briefing, and the tracker replaces it until a user downloads it.
    """

    state = ChoiceEnumField(BriefingState, read_only=True)
    progress = serializers.IntegerField(source="job.progress", read_only=True, default=0)
    reason = serializers.CharField(source="job.reason", read_only=True, default="")
    marking = ChoiceEnumField(Marking, read_only=True)
    sections = serializers.ListField(child=serializers.CharField(), read_only=True, allow_null=True)
    word = serializers.SerializerMethodField()
    requested_by = PersonField(read_only=True, allow_null=True)
    cleared_by = PersonField(read_only=True, allow_null=True)

    class Meta:
        model = Briefing
        fields = (
            "id",
            "edition",
            "kind",
            "ministry",
            "dialogue",
            "has_sources",
            "sections",
            "covering_note",
            "language",
            "as_of",
            "known_by",
            "facts_up_to",
            "marking",
            "version",
            "state",
            "progress",
            "reason",
            "sha256",
            "content_sha256",
            "size",
            "word",
            "word_sha256",
            "word_size",
            "requested_by",
            "requested_at",
            "cleared_by",
            "cleared_at",
            "withdrawn_at",
            "withdrawn_reason",
        )

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True, "readOnly": True})
    def get_word(self, briefing: Briefing) -> str | None:
        """Return the download address of the Word file, or null if there is none."""
        if not briefing.word:
            return None
        return reverse("briefing-word", args=[briefing.pk], request=self.context["request"])


class RequestSerializer(BodySerializer):
    """Request for a briefing. Default: the ambassador's briefing on the default edition, as of today."""

    kind = ChoiceEnumField(BriefingKind, default=BriefingKind.AMBASSADOR)
    ministry = VisibleRowField(Ministry, required=False, help_text="The ministry of the page, if `kind` is ministry.")
    dialogue = VisibleRowField(Dialogue, required=False, help_text="The dialogue of the pack, if `kind` is dialogue.")
    has_sources = serializers.BooleanField(default=True, help_text="Only input for Washington can leave them out.")
    sections = serializers.ListField(
        child=serializers.CharField(max_length=text_rules.DAY_MAX_LENGTH),
        max_length=max(map(len, SECTIONS.values())),
        required=False,
        allow_null=True,
        help_text="The names of the chosen sections in order. Null: all sections in the usual order.",
    )
    language = serializers.CharField(max_length=10, default=settings.LANGUAGE_CODE)
    covering_note = FreeTextField(
        max_length=text_rules.COVERING_NOTE_MAX_LENGTH, required=False, default="", allow_blank=True
    )
    edition = TrackedEditionField(required=False)
    as_of = ApiDateField(required=False)
    known_by = FreeTextField(
        max_length=text_rules.DAY_MAX_LENGTH,
        in_one_line=True,
        required=False,
        help_text="A moment with its time zone. Default: now.",
    )

    def validate_known_by(self, value: str) -> datetime:
        """Parse a moment with its time zone."""
        try:
            return parse_moment(value)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal


class BriefingFilter(filters.FilterSet):
    edition = IdFilter("edition_id")
    kind = filters.ChoiceFilter(choices=BriefingKind.choices())


class BriefingViewSet(
    StrictParametersMixin, IdempotentCreateMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[Briefing]
):
    """Briefings, newest first."""

    serializer_class = BriefingSerializer
    filterset_class = BriefingFilter
    pagination_class = KeysFirstPagination

    def get_queryset(self) -> QuerySet[Briefing]:
        briefings = Briefing.objects.visible_to(self.request.user)
        return briefings.select_related(
            "job", "ministry", "dialogue", "requested_by", "cleared_by", "edition__country"
        ).order_by("-pk")

    @extend_schema(request=RequestSerializer, responses={202: BriefingSerializer, 404: NO_EDITION_RESPONSE})
    @idempotent_create(HTTPStatus.ACCEPTED)
    def create(self, request: ApiRequest) -> Callable[[], Briefing]:
        """Request a briefing. The worker renders it: poll `state` until it is ready, then download the file."""
        if not can_request_any_briefing(request.user):
            raise PermissionDenied
        serializer = RequestSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        edition = data.get("edition") or _default_edition(request)
        sections = data.get("sections")
        now = clock.now(edition.country.time_zone)
        return partial(
            request_briefing,
            edition=edition,
            document=Document(
                kind=data["kind"],
                ministry=data.get("ministry"),
                dialogue=data.get("dialogue"),
                has_sources=data["has_sources"],
                sections=None if sections is None else tuple(sections),
                covering_note=data["covering_note"],
                language=data["language"],
            ),
            as_of=data.get("as_of", now.date()),
            known_by=data.get("known_by"),
            by=request.user,
            now=now,
        )

    @extend_schema(responses={(200, PDF_MEDIA_TYPE): OpenApiTypes.BINARY, **FILE_UNAVAILABLE_RESPONSES})
    @action(detail=True, methods=["get"], content_negotiation_class=IgnoreAcceptHeader)
    @method_decorator(never_cache)
    def file(self, request: ApiRequest, pk: str) -> HttpResponseBase:
        """Download the PDF once it is ready. Each download is recorded."""
        return self._download(request)

    @extend_schema(responses={(200, WORD_MEDIA_TYPE): OpenApiTypes.BINARY, **FILE_UNAVAILABLE_RESPONSES})
    @action(detail=True, methods=["get"], content_negotiation_class=IgnoreAcceptHeader)
    @method_decorator(never_cache)
    def word(self, request: ApiRequest, pk: str) -> HttpResponseBase:
        """Download the Word file. Only input for Washington has one. Each download is recorded."""
        return self._download(request, as_word=True)

    def _download(self, request: ApiRequest, *, as_word: bool = False) -> HttpResponseBase:
        briefing = self.get_object()
        rate_limits.enforce_limit("exports", request)
        now = clock.now(briefing.edition.country.time_zone)
        try:
            file, content = hand_out_file(briefing=briefing, by=request.user, now=now, as_word=as_word)
        except Refused as refusal:
            if briefing.withdrawn_at:
                return Response({"detail": str(refusal)}, HTTPStatus.GONE)
            raise
        return stored_file_response(file.file, name=file.name, media_type=file.media_type, content=content)


def routes(router: DefaultRouter) -> None:
    """Register the API endpoints of this app."""
    router.register("readiness", ReadinessViewSet, basename="readiness")
    router.register("briefings", BriefingViewSet, basename="briefing")
