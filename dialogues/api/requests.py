"""API of requests for information."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from dialogues.choices import LineStatus, RequestLineKind, RequestStatus
from dialogues.models import InformationRequest, RequestEvent, RequestLine, UpdateVersion
from tiptracker import clock
from tiptracker.api.base import ApiRequest, ChoiceEnumField, IdFilter, PersonField
from tiptracker.api.kept_lists import KeptListMixin
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin


class RequestEventSerializer(serializers.ModelSerializer[RequestEvent]):
    """An event in the history of a request, with its reason.

    `replaced_reason` is the reason for asking that a correction replaced. It is empty if only lines were corrected.
    """

    recorded_by = PersonField(read_only=True)

    class Meta:
        model = RequestEvent
        fields = ("id", "kind", "happened_on", "due_on", "reason", "replaced_reason", "recorded_at", "recorded_by")


class RequestLineSerializer(serializers.ModelSerializer[RequestLine]):
    """One figure or document that is asked for, and what is known of it today.

    `update_version` is the accepted version that answers the line, or says that the ministry has none.
    """

    kind = ChoiceEnumField(RequestLineKind, read_only=True)
    status = ChoiceEnumField(LineStatus, read_only=True)
    answered_on = serializers.DateField(read_only=True, allow_null=True)
    update_version = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = RequestLine
        fields = (
            "id",
            "number",
            "kind",
            "wording",
            "indicator",
            "starts_on",
            "through_on",
            "status",
            "answered_on",
            "update_version",
        )


@extend_schema_serializer(component_name="RequestForInformation")  # names that end in “Request” are those of bodies
class InformationRequestSerializer(serializers.ModelSerializer[InformationRequest]):
    """A request for information: its lines and status today, and its history as dated events.

    `lines` are those asked for today, after all corrections. The answers are updates with this `information_request`.
    """

    country = serializers.SlugRelatedField[InformationRequest](slug_field="code", read_only=True)
    status = ChoiceEnumField(RequestStatus, read_only=True)
    due_on = serializers.DateField(read_only=True)
    days_overdue = serializers.IntegerField(read_only=True)
    lines = serializers.SerializerMethodField()
    events = RequestEventSerializer(many=True, read_only=True)
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = InformationRequest
        fields = (
            "id",
            "country",
            "ministry",
            "edition",
            "dialogue",
            "reason",
            "status",
            "due_on",
            "days_overdue",
            "lines",
            "events",
            "recorded_at",
            "recorded_by",
        )

    def to_representation(self, instance: InformationRequest) -> dict[str, Any]:
        standing = instance.standing_on(clock.today(instance.country.time_zone))
        for name in ("status", "due_on", "days_overdue"):
            setattr(instance, name, getattr(standing, name, None))
        return super().to_representation(instance)

    @extend_schema_field(RequestLineSerializer(many=True))
    def get_lines(self, instance: InformationRequest) -> list[dict[str, Any]]:
        standing = instance.standing_on(clock.today(instance.country.time_zone))
        if standing is None:
            return []
        lines = instance.list_lines(standing)
        for line in lines:
            known = standing.lines[line.pk]
            for name, value in (
                ("status", known.status),
                ("answered_on", known.answered_on),
                ("update_version", known.version),
            ):
                setattr(line, name, value)
        return list(RequestLineSerializer(lines, many=True, context=self.context).data)


class _IndicatorFilter(IdFilter):
    """Filter requests by the id of an indicator whose figure they ask for today."""

    def get_method(self, qs: QuerySet[Any]) -> Callable[..., QuerySet[Any]]:
        return partial(qs.filter, lines__removed_in__isnull=True)


class InformationRequestFilter(filters.FilterSet):
    ministry = IdFilter("ministry_id")
    edition = IdFilter("edition_id")
    indicator = _IndicatorFilter("lines__indicator_id", distinct=True)
    status = filters.ChoiceFilter(method="with_status", choices=RequestStatus.choices())
    recorded_since = RecordedSinceFilter(
        method="changed_since", counts="Events of a request, answers to it and decisions on them count too."
    )

    def with_status(
        self, requests: QuerySet[InformationRequest], name: str, status: str
    ) -> QuerySet[InformationRequest]:
        """Select requests with this status today. It is derived from the rows of each, in a few queries for all."""
        reader = self.request.user if self.request else AnonymousUser()
        rows = InformationRequest.objects.visible_to(reader).filter(pk__in=requests.order_by().values("pk"))
        found = [
            row.pk
            for row in rows.with_history()
            if (standing := row.standing_on(clock.today(row.country.time_zone))) and standing.status == status
        ]
        return requests.filter(pk__in=found)

    def changed_since(
        self, requests: QuerySet[InformationRequest], name: str, moment: datetime
    ) -> QuerySet[InformationRequest]:
        """Select requests with an event, an answer or a decision on an answer recorded since `moment`."""
        reader = self.request.user if self.request else AnonymousUser()
        events = RequestEvent.objects.filter(information_request=OuterRef("pk"), recorded_at__gte=moment)
        versions = UpdateVersion.objects.visible_to(reader).filter(
            Q(recorded_at__gte=moment) | Q(decision__recorded_at__gte=moment),
            update__information_request=OuterRef("pk"),
        )
        return requests.filter(Exists(events) | Exists(versions))


class InformationRequestViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[InformationRequest]):
    """Requests for information: what the embassy asks of ministries by a day. They are made and answered on the pages.

    A ministry sees those that it is asked.
    """

    request: ApiRequest
    serializer_class = InformationRequestSerializer
    filterset_class = InformationRequestFilter

    def get_queryset(self) -> QuerySet[InformationRequest]:
        rows = InformationRequest.objects.visible_to(self.request.user).with_history()
        return rows.select_related("recorded_by").order_by("pk")
