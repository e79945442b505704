"""API of the updates that ministries send, and of the embassy's decisions on them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.utils.html import is_html_input
from rest_framework.viewsets import GenericViewSet

from dialogues.actions.files import record_stored_file, write_inspected
from dialogues.actions.sent_forms import lock_for_sending
from dialogues.actions.update_decisions import withdraw_update
from dialogues.actions.updates import (
    FigureInput,
    ReviewInput,
    accept_update,
    record_versions_opened,
    return_update,
    send_update,
)
from dialogues.api.evidence import ReviewInputSerializer
from dialogues.choices import ClaimedProgress, DoneBy, ReadingDirection
from dialogues.files.inspection import describe_oversized_request, inspect_upload
from dialogues.models import (
    Commitment,
    Update,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.permissions import can_decide_on_update, can_send_update, can_send_updates, can_withdraw_update
from recommendations.models import Indicator
from tiptracker import clock, text_rules
from tiptracker.accounts.models import User
from tiptracker.api import json_parser
from tiptracker.api.base import (
    ApiDateField,
    ApiRequest,
    ChoiceEnumField,
    IdFilter,
    SenderField,
    VisibleRowField,
    validate_body,
)
from tiptracker.api.former_names import FormerNamesMixin
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin
from tiptracker.api.serializers import BodySerializer, BoundedListSerializer, FreeTextField
from tiptracker.errors import Refused
from tiptracker.idempotency.api import IdempotentCreateMixin, idempotent_create
from tiptracker.infrastructure.file_writes import NewFiles
from tiptracker.localization import gettext_lazy
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.web import rate_limits


class DecisionSerializer(serializers.ModelSerializer[UpdateVersionDecision]):
    """What ended the wait of an update version.

    The embassy returned or accepted it, or its ministry withdrew it.
    """

    recorded_by = SenderField()

    class Meta:
        model = UpdateVersionDecision
        fields = ("id", "decision", "reason", "recorded_at", "recorded_by")


class UpdateVersionSerializer(serializers.ModelSerializer[UpdateVersion]):
    """One version of an update, and the decision on it (null while it waits).

    An answer to a request for information claims no progress: `claimed` is empty. The evidence sent with this version
    has its id in `update_version`.
    """

    decision = DecisionSerializer(read_only=True, allow_null=True, default=None)
    recorded_by = SenderField()

    class Meta:
        model = UpdateVersion
        fields = (
            "id",
            "update",
            "number",
            "narrative",
            "claimed",
            "happened_on",
            "recorded_at",
            "recorded_by",
            "decision",
        )


class UpdateSerializer(FormerNamesMixin, serializers.ModelSerializer[Update]):
    """A ministry's update on a commitment or on a request for information, with all its versions (`versions`).

    One of `commitment` and `information_request` is null.
    """

    former_names: ClassVar = {"rounds": "versions"}
    versions = UpdateVersionSerializer(many=True, read_only=True)

    class Meta:
        model = Update
        fields = ("id", "commitment", "information_request", "number", "versions")


class FigureList(BoundedListSerializer):
    """The figures of an update: a list or, in a multipart body, a list as JSON text."""

    default_error_messages: ClassVar = {
        "not_a_list": gettext_lazy("Give a list of figures. In a multipart body, give it as JSON text.")
    }

    def get_value(self, dictionary: Mapping[str, Any]) -> Any:
        if not is_html_input(dictionary):
            return super().get_value(dictionary)
        text = dictionary.get(self.field_name or "") or "[]"
        try:
            return json_parser.parse_json(text)
        except ValueError:
            return text


class FigureSerializer(serializers.Serializer[Any]):
    """A figure sent with an update: a figure, only a direction, or neither for "no data"."""

    indicator = VisibleRowField(Indicator)
    through_on = ApiDateField()
    figure = serializers.DecimalField(14, 2, min_value=0, allow_null=True, default=None)
    direction = ChoiceEnumField(ReadingDirection, allow_blank=True, default="")

    class Meta:
        list_serializer_class = FigureList


class SendSerializer(BodySerializer):
    """An update to send, without files."""

    commitment = VisibleRowField(Commitment)
    title = FreeTextField(max_length=400, in_one_line=True)
    narrative = FreeTextField(max_length=text_rules.NARRATIVE_MAX_LENGTH)
    claimed = ChoiceEnumField(ClaimedProgress)
    happened_from = ApiDateField(allow_null=True, default=None)
    happened_to = ApiDateField()
    done_by = ChoiceEnumField(DoneBy, default=DoneBy.GOVERNMENT)
    figures = FigureSerializer(many=True, default=list)


class SendWithFilesSerializer(SendSerializer):
    """An update to send with the files that prove it. Give `figures` as JSON text."""

    files = serializers.ListField(child=serializers.FileField(), default=list, max_length=settings.UPLOAD_MAX_FILES)


class UpdateFilter(filters.FilterSet):
    commitment = IdFilter("commitment_id")
    information_request = IdFilter("information_request_id")
    recorded_since = RecordedSinceFilter(method="changed_since", counts="Each version and the decision on it count.")

    def changed_since(self, updates: QuerySet[Update], name: str, moment: datetime) -> QuerySet[Update]:
        """Select updates with a version, or a decision on a version, recorded since `moment`."""
        reader = self.request.user if self.request else AnonymousUser()
        versions = UpdateVersion.objects.visible_to(reader).filter(
            Q(recorded_at__gte=moment) | Q(decision__recorded_at__gte=moment), update=OuterRef("pk")
        )
        return updates.filter(Exists(versions))


class UpdateViewSet(
    StrictParametersMixin, IdempotentCreateMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[Update]
):
    """Updates of ministries, oldest first. Opening one is recorded in the activity log."""

    serializer_class = UpdateSerializer
    filterset_class = UpdateFilter

    def get_queryset(self) -> QuerySet[Update]:
        versions = UpdateVersion.objects.visible_to(self.request.user).order_by("number")
        versions = versions.with_subject("recorded_by", "decision__recorded_by")
        updates = Update.objects.visible_to(self.request.user).prefetch_related(Prefetch("versions", versions))
        return updates.order_by("pk")

    def retrieve(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        update = self.get_object()
        record_versions_opened(*update.versions.all(), by=request.user)
        return Response(self.get_serializer(update).data)

    @extend_schema(
        request={"application/json": SendSerializer, "multipart/form-data": SendWithFilesSerializer},
        responses={201: UpdateSerializer},
    )
    def create(self, request: ApiRequest) -> Response:
        """Send an update on a commitment of your ministry.

        If the last version was returned or withdrawn, this sends the next version of the same update.
        """
        with NewFiles() as new_files:
            return self._create(request, new_files)

    @idempotent_create()
    def _create(self, request: ApiRequest, new_files: NewFiles) -> Callable[[], Update]:
        if not can_send_updates(request.user):
            raise PermissionDenied
        values = validate_body(SendWithFilesSerializer, self)
        if sentence := describe_oversized_request(request):
            raise Refused("too_large", sentence, field="files")
        if not can_send_update(request.user, values["commitment"]):
            raise PermissionDenied
        if values["files"]:
            rate_limits.enforce_limit("uploads", request)
        now = clock.now(values["commitment"].country.time_zone)
        uploads = [inspect_upload(sent_file, run=Sandbox(request.user.pk)) for sent_file in values.pop("files")]
        figures = [FigureInput(**figure) for figure in values.pop("figures")]

        written = [(upload, write_inspected(upload, new_files)) for upload in uploads]

        @transaction.atomic  # one transaction: if the update is refused, nobody could use the files stored for it
        def send() -> Update:
            lock_for_sending(commitment=values["commitment"], by=request.user)
            files = [
                record_stored_file(inspected=upload, stored=stored, by=request.user, now=now)
                for upload, stored in written
            ]
            return send_update(**values, files=files, figures=figures, by=request.user, now=now).update

        return send


class AcceptSerializer(BodySerializer):
    """Reviews of each line of the version's evidence.

    Give `reason` if the update claims that the commitment is done: accepting it verifies that.
    """

    reviews = ReviewInputSerializer(many=True)
    reason = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH, allow_blank=True, default="")


class ReturnSerializer(BodySerializer):
    """What is missing and what the ministry has to change."""

    reason = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH)


class WithdrawSerializer(BodySerializer):
    """The reason for withdrawing the version, which is optional."""

    reason = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH, allow_blank=True, default="")


class UpdateVersionViewSet(
    StrictParametersMixin, IdempotentCreateMixin, RetrieveModelMixin, GenericViewSet[UpdateVersion]
):
    """One version of an update, and the decision on it. Opening it is recorded in the activity log."""

    serializer_class = UpdateVersionSerializer

    def get_queryset(self) -> QuerySet[UpdateVersion]:
        versions = UpdateVersion.objects.visible_to(self.request.user).order_by("pk")
        return versions.with_subject("recorded_by", "decision__recorded_by")

    def retrieve(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        sent = self.get_object()
        record_versions_opened(sent, by=request.user)
        return Response(self.get_serializer(sent).data)

    @extend_schema(request=AcceptSerializer, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_create()
    def accept(self, request: ApiRequest, pk: str) -> Callable[[], UpdateVersion]:
        """Accept an update version.

        Verify or reject every evidence link, and every piece of evidence with a figure or without a link
        (`evidence_link` null).
        """
        version = self._to_decide(request.user)
        values = validate_body(AcceptSerializer, self)
        accept = partial(
            accept_update,
            update_version=version,
            reviews=[ReviewInput(**each) for each in values["reviews"]],
            reason=values["reason"],
            by=request.user,
            now=clock.now(version.update.subject.country.time_zone),
        )
        return lambda: accept().update_version

    @extend_schema(request=ReturnSerializer, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    @idempotent_create()
    def send_back(self, request: ApiRequest, pk: str) -> Callable[[], UpdateVersion]:
        """Return an update version to its ministry, with a reason that says what to change."""
        version = self._to_decide(request.user)
        values = validate_body(ReturnSerializer, self)
        now = clock.now(version.update.subject.country.time_zone)
        return lambda: return_update(update_version=version, **values, by=request.user, now=now).update_version

    @extend_schema(request=WithdrawSerializer, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_create()
    def withdraw(self, request: ApiRequest, pk: str) -> Callable[[], UpdateVersion]:
        """Withdraw an update version of your ministry that the embassy has not decided on.

        Its claims no longer count from then on. Its text and files stay in the record.
        """
        version: UpdateVersion = self.get_object()
        if not can_withdraw_update(request.user, version):
            raise PermissionDenied
        values = validate_body(WithdrawSerializer, self)
        now = clock.now(version.update.subject.country.time_zone)
        return lambda: withdraw_update(update_version=version, **values, by=request.user, now=now).update_version

    def _to_decide(self, user: User) -> UpdateVersion:
        """Return the update version, or raise PermissionDenied if the user may not decide on it."""
        version: UpdateVersion = self.get_object()
        if not can_decide_on_update(user, version):
            raise PermissionDenied
        return version

    def serialize_row(self, row: UpdateVersion) -> Any:
        """Return the decision on the update version, which is the answer to the actions."""
        return DecisionSerializer(row.decision, context=self.get_serializer_context()).data


@extend_schema_view(
    retrieve=extend_schema(deprecated=True),
    accept=extend_schema(deprecated=True),
    send_back=extend_schema(deprecated=True),
    withdraw=extend_schema(deprecated=True),
)
class FormerRoundViewSet(UpdateVersionViewSet):
    """Update versions under their former address, `rounds/`; removed in the next release."""
