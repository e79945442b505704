"""Readiness as data, and briefings: asked for, watched, fetched. The embassy's roles alone."""

import re
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.viewsets import GenericViewSet, ViewSet

from recommendations.models import Edition
from reports import actions, document
from reports.facts import gather_facts
from reports.models import Briefing, BriefingKind, Marking
from reports.readiness import readiness
from tiptracker import clock
from tiptracker.api import PersonField, Seen, SignedIn
from tiptracker.jobs.models import State


class ReadinessQuery(serializers.Serializer[Any]):
    """What `/readiness/` is asked: which edition, as of which day, as known by which moment."""

    edition = Seen(Edition, required=False)
    as_of = serializers.DateField(required=False)
    known_by = serializers.CharField(required=False)

    def validate_known_by(self, value: str) -> datetime:
        """An ISO 8601 moment with its zone: without one nobody knows which moment is meant."""
        try:
            # A plus sign in an address arrives as a space.
            moment = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", value))
        except ValueError as error:
            raise ValidationError("Give a moment such as 2022-07-31T00:00:00+02:00.") from error
        if moment.tzinfo is None:
            raise ValidationError("Add the zone, such as +02:00: without it nobody knows which moment is meant.")
        return moment

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fill in the newest visible edition and the country's today, and keep the day inside what can be asked."""
        edition = attrs.get("edition") or _newest(self.context["request"])
        today = clock.today(edition.country.time_zone)
        as_of: date = attrs.get("as_of", today)
        if as_of > today:
            raise ValidationError({"as_of": "That day has not come yet. Ask for today or an earlier day."})
        if as_of < edition.starts_on:
            raise ValidationError({"as_of": f"The tracking period begins on {edition.starts_on}. Ask for a later day."})
        return {"edition": edition, "as_of": as_of, "known_by": attrs.get("known_by")}


def _newest(request: SignedIn) -> Edition:
    edition = Edition.objects.visible_to(request.user).tracked().select_related("country").first()
    if edition is None:
        raise NotFound
    return edition


class ReadinessViewSet(ViewSet):
    """How ready the record is. It doesn't predict a tier; the tier is the Secretary of State's decision."""

    @extend_schema(
        parameters=[
            OpenApiParameter("edition", int, description="Its id; by default the newest visible."),
            OpenApiParameter("as_of", date, description="By default the country's today."),
            OpenApiParameter("known_by", datetime, description="A moment with its zone; by default now."),
        ],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="Score, claimed, parts, benchmarks.")},
    )
    def list(self, request: SignedIn) -> Response:
        """The score with its parts, each reason with the rows it rests on."""
        if not request.user.is_embassy:
            # Readiness is never a ministry's to read: for it there is none.
            raise NotFound
        asked = ReadinessQuery(data=request.query_params, context={"request": request})
        asked.is_valid(raise_exception=True)
        edition, as_of, known_by = (asked.validated_data[name] for name in ("edition", "as_of", "known_by"))
        result = readiness(gather_facts(edition), as_of=as_of, known_by=known_by)
        return Response(document.as_document(result))


class BriefingSerializer(serializers.ModelSerializer[Briefing]):
    """A briefing: `state` is queued, running, ready or failed (with a reason)."""

    state = serializers.ChoiceField(choices=State.choices(), read_only=True)
    progress = serializers.IntegerField(source="job.progress", read_only=True, default=0)
    reason = serializers.CharField(source="job.reason", read_only=True, default="")
    marking = serializers.ChoiceField(choices=Marking.choices(), read_only=True)
    requested_by = PersonField(read_only=True)

    class Meta:
        model = Briefing
        fields = (
            "id",
            "edition",
            "kind",
            "as_of",
            "known_by",
            "facts_up_to",
            "marking",
            "version",
            "state",
            "progress",
            "reason",
            "sha256",
            "size",
            "requested_by",
            "requested_at",
            "cleared_at",
        )


class RequestSerializer(serializers.Serializer[Any]):
    """What is asked for; by default the ambassador's briefing on the newest visible edition as of today."""

    kind = serializers.ChoiceField(choices=BriefingKind.choices(), default=BriefingKind.AMBASSADOR)
    edition = Seen(Edition, required=False)
    as_of = serializers.DateField(required=False)


class BriefingFilter(filters.FilterSet):
    edition = filters.NumberFilter("edition_id")
    kind = filters.ChoiceFilter(choices=BriefingKind.choices())


class BriefingViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Briefing]):
    """Briefings, newest first."""

    serializer_class = BriefingSerializer
    filterset_class = BriefingFilter

    def get_queryset(self) -> QuerySet[Briefing]:
        briefings = Briefing.objects.visible_to(self.request.user)
        return briefings.select_related("job", "requested_by", "edition").order_by("-pk")

    @extend_schema(request=RequestSerializer, responses={202: BriefingSerializer})
    def create(self, request: SignedIn) -> Response:
        """Ask for a briefing. The worker renders it; watch `state`, then fetch the file."""
        asked = RequestSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        edition = asked.validated_data.get("edition") or _newest(request)
        now = clock.now(edition.country.time_zone)
        briefing = actions.request_briefing(
            edition=edition,
            kind=BriefingKind(asked.validated_data["kind"]),
            as_of=asked.validated_data.get("as_of", now.date()),
            by=request.user,
            now=now,
        )
        return Response(self.get_serializer(briefing).data, HTTPStatus.ACCEPTED)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: SignedIn, pk: str) -> FileResponse:
        """The PDF, once it is ready; 409 before."""
        briefing = self.get_object()
        actions.record_download(briefing=briefing, by=request.user, now=clock.now())
        return FileResponse(
            briefing.file.open(), as_attachment=True, filename=briefing.file_name, content_type="application/pdf"
        )


def routes(router: DefaultRouter) -> None:
    """Register what this package serves."""
    router.register("readiness", ReadinessViewSet, basename="readiness")
    router.register("briefings", BriefingViewSet, basename="briefing")
