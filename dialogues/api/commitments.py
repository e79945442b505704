"""API of commitments."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.viewsets import ReadOnlyModelViewSet

from dialogues.actions.corrections import correct_commitment
from dialogues.choices import CommitmentReach, CommitmentStatus
from dialogues.kept_statuses import ListedStatus, read_statuses
from dialogues.models import (
    Commitment,
    CommitmentBenchmark,
    CommitmentCorrection,
    CommitmentEvent,
    DueDateProposal,
    DueDateProposalDecision,
)
from dialogues.models.commitments import CommitmentQuerySet
from dialogues.permissions import can_change_commitment
from recommendations.models import Benchmark
from tiptracker import clock, text_rules
from tiptracker.accounts.models import AnyUser, Country
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.api.base import (
    ApiRequest,
    ChoiceEnumField,
    IdFilter,
    PersonField,
    SenderField,
    VisibleRowField,
    is_embassy,
    serializers_by_reader,
    validate_body,
)
from tiptracker.api.former_names import FormerNamesMixin
from tiptracker.api.kept_lists import KeptListMixin
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin
from tiptracker.api.serializers import BodySerializer, BoundedListSerializer, FreeTextField
from tiptracker.idempotency.api import IdempotentCreateMixin, idempotent_create
from tiptracker.infrastructure.prepared_rows import is_one_of


class OwnEventSerializer(serializers.ModelSerializer[CommitmentEvent]):
    """An event in the history of a commitment.

    The embassy's answer to an update, with its reason, is part of that update.
    """

    recorded_by = SenderField()

    class Meta:
        model = CommitmentEvent
        fields: tuple[str, ...] = ("id", "kind", "happened_on", "due_on", "recorded_at", "recorded_by")


class EventSerializer(FormerNamesMixin, OwnEventSerializer):
    """An event in the history of a commitment, with the embassy's reason."""

    class Meta(OwnEventSerializer.Meta):
        fields = (*OwnEventSerializer.Meta.fields, "reason", "update_version")

    former_names: ClassVar = {"round": "update_version"}


class DueDateAnswerSerializer(serializers.ModelSerializer[DueDateProposalDecision]):
    """What became of a proposed due date: the embassy accepted or declined it, or its ministry withdrew it."""

    recorded_by = SenderField()

    class Meta:
        model = DueDateProposalDecision
        fields = ("decision", "reason", "recorded_at", "recorded_by")


class DueDateProposalSerializer(serializers.ModelSerializer[DueDateProposal]):
    """Another due date that the ministry proposed. `decision` is null while it waits for an answer."""

    recorded_by = SenderField()
    decision = DueDateAnswerSerializer(read_only=True, allow_null=True, default=None)

    class Meta:
        model = DueDateProposal
        fields = ("id", "due_on", "reason", "recorded_at", "recorded_by", "decision")


class LinkSerializer(serializers.ModelSerializer[CommitmentBenchmark]):
    class Meta:
        model = CommitmentBenchmark
        fields = ("benchmark", "reach")


class OwnCorrectionSerializer(serializers.ModelSerializer[CommitmentCorrection]):
    """A correction to the record of a commitment: the wording that it replaced, if any, and the reason.

    `replaced_text` is empty if the correction changed only benchmarks.
    """

    recorded_by = PersonField(read_only=True)

    class Meta:
        model = CommitmentCorrection
        fields: tuple[str, ...] = ("id", "replaced_text", "reason", "recorded_at", "recorded_by")


class CorrectionSerializer(OwnCorrectionSerializer):
    """A correction to the record of a commitment, with the links to benchmarks that it added and removed."""

    added = LinkSerializer(many=True, read_only=True)
    removed = LinkSerializer(many=True, read_only=True)

    class Meta(OwnCorrectionSerializer.Meta):
        fields = (*OwnCorrectionSerializer.Meta.fields, "added", "removed")


class OwnCommitmentSerializer(serializers.ModelSerializer[Commitment]):
    """A commitment as its ministry sees it: its status today, and its history as dated events and corrections."""

    status = ChoiceEnumField(CommitmentStatus, read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    slips = serializers.IntegerField(read_only=True)
    benchmarks = serializers.SlugRelatedField[Commitment](
        slug_field="benchmark_id", source="links", many=True, read_only=True
    )
    events = OwnEventSerializer(many=True, read_only=True)
    due_date_proposals = DueDateProposalSerializer(many=True, read_only=True)
    corrections = OwnCorrectionSerializer(many=True, read_only=True)

    class Meta:
        model = Commitment
        fields: tuple[str, ...] = (
            "id",
            "ministry",
            "text",
            "dialogue",
            "letter",
            "status",
            "due_on",
            "slips",
            "benchmarks",
            "events",
            "due_date_proposals",
            "corrections",
            "recorded_at",
        )


class CommitmentSerializer(OwnCommitmentSerializer):
    """A commitment as the embassy sees it: its status today, its history, and the reason for each change.

    `links` says how far keeping the commitment would meet each benchmark.
    """

    country = serializers.SlugRelatedField[Commitment](slug_field="code", read_only=True)
    links = LinkSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)
    corrections = CorrectionSerializer(many=True, read_only=True)

    class Meta(OwnCommitmentSerializer.Meta):
        fields = (*OwnCommitmentSerializer.Meta.fields, "country", "made_by", "horizon", "links")


class LinkInputSerializer(BodySerializer):
    """A benchmark that the commitment supports, and whether keeping the commitment meets it or contributes to it."""

    benchmark = VisibleRowField(Benchmark)
    reach = ChoiceEnumField(CommitmentReach)

    class Meta:
        list_serializer_class = BoundedListSerializer


class CorrectSerializer(BodySerializer):
    """A correction to the record of a commitment.

    Leave out `text` or `links` if it stays as it is. `links` are all benchmarks of one edition that the commitment
    supports; its links to benchmarks of other editions stay. The ministry reads the reason.
    """

    text = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH, allow_null=True, default=None)
    links = LinkInputSerializer(many=True, allow_null=True, allow_empty=False, default=None)
    reason = FreeTextField(max_length=text_rules.REASON_MAX_LENGTH)


class _LinkedBenchmarkFilter(IdFilter):
    """Filter commitments by the id of a benchmark that they support today."""

    def get_method(self, qs: QuerySet[Any]) -> Callable[..., QuerySet[Any]]:
        return partial(qs.filter, links__removed_in__isnull=True)


class CommitmentFilter(filters.FilterSet):
    ministry = IdFilter("ministry_id")
    benchmark = _LinkedBenchmarkFilter("links__benchmark_id")
    status = filters.ChoiceFilter("status", choices=CommitmentStatus.choices())
    due_before = filters.DateFilter("due_on", lookup_expr="lte")
    recorded_since = RecordedSinceFilter(
        method="changed_since",
        counts="Events, corrections, proposed due dates and moves of a commitment to another edition count too.",
    )

    def changed_since(self, commitments: QuerySet[Commitment], name: str, moment: datetime) -> QuerySet[Commitment]:
        """Select commitments recorded since `moment`, or with something recorded on them since then.

        That is an event, a correction, a proposed due date or its answer, or a move to another edition.
        """
        reader = self.request.user if self.request else AnonymousUser()
        events = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), recorded_at__gte=moment)
        corrections = CommitmentCorrection.objects.visible_to(reader).filter(
            commitment=OuterRef("pk"), recorded_at__gte=moment
        )
        moves = CommitmentBenchmark.objects.filter(
            commitment=OuterRef("pk"), recorded_at__gte=moment, added_in__isnull=True
        )
        proposals = DueDateProposal.objects.visible_to(reader).filter(
            Q(recorded_at__gte=moment) | Q(decision__recorded_at__gte=moment), commitment=OuterRef("pk")
        )
        changed = Q(Exists(events)) | Q(Exists(corrections)) | Q(Exists(moves)) | Q(Exists(proposals))
        return commitments.filter(Q(recorded_at__gte=moment) | changed)


def _with_details(reader: AnyUser, commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Return the commitments with what the serializers show of them besides their status."""
    corrections = CommitmentCorrection.objects.visible_to(reader).select_related("recorded_by")
    if is_embassy(reader):
        corrections = corrections.prefetch_related("added", "removed")
    proposals = DueDateProposal.objects.visible_to(reader).select_related(
        "commitment__ministry", "recorded_by", "decision__recorded_by"
    )
    events = CommitmentEvent.objects.select_related(
        "recorded_by", "update_version__recorded_by", "update_version__update__commitment__ministry"
    )
    return (
        commitments.select_related("country", "ministry")
        .with_links()
        .prefetch_related(
            Prefetch("events", events), Prefetch("corrections", corrections), Prefetch("due_date_proposals", proposals)
        )
    )


_ROWS_OF_PAGE = VisibleRows[Commitment](
    lambda reader, keys: _with_details(
        reader, Commitment.objects.visible_to(reader).filter(is_one_of("pk", keys)).order_by("pk")
    ),
    keys=list,
)


@serializers_by_reader("CommitmentForReader", embassy=CommitmentSerializer, ministry=OwnCommitmentSerializer)
class CommitmentViewSet(StrictParametersMixin, IdempotentCreateMixin, KeptListMixin, ReadOnlyModelViewSet[Commitment]):
    """Commitments of ministries and of the United States.

    A commitment never counts towards readiness. What is done about it may count.
    """

    filterset_class = CommitmentFilter

    def get_queryset(self) -> QuerySet[Commitment]:
        visible = Commitment.objects.visible_to(self.request.user)
        is_list = self.action == "list"
        if is_list and self.request.query_params.keys().isdisjoint(("status", "due_before")):
            return visible.made_by_today(self._days).order_by("pk")
        rows = visible.with_status_today(self._days).filter(Q(status__isnull=False)).order_by("pk")
        return rows if is_list else _with_details(self.request.user, rows)

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return the rows of the page with their status today, by queries that are built once."""
        keys = list(super().paginate_queryset(queryset.values_list("pk", flat=True)) or [])
        rows: list[Any] = _ROWS_OF_PAGE.find(self.request.user, keys=keys)
        by_day: dict[date, list[int]] = defaultdict(list)
        for row in rows:
            by_day[self._days[row.country_id]].append(row.pk)
        statuses: dict[int, ListedStatus] = {}
        for day, own in by_day.items():
            statuses |= read_statuses(own, day, "slips")
        for row in rows:
            row.status, row.due_on, row.slips = statuses[row.pk]
        return rows

    @cached_property
    def _days(self) -> dict[int, date]:
        """The present day by country (id)."""
        zones = Country.objects.visible_to(self.request.user).values_list("pk", "time_zone")
        return {country: clock.today(zone) for country, zone in zones}

    @extend_schema(request=CorrectSerializer, responses={201: CommitmentSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_create()
    def correct(self, request: ApiRequest, pk: str) -> Callable[[], Commitment]:
        """Correct the record of a commitment where it differs from what was promised.

        If the promise itself changed, this is not the way. The answer is the corrected commitment.
        """
        commitment: Commitment = self.get_object()
        if not can_change_commitment(request.user, commitment):
            raise PermissionDenied
        values = validate_body(CorrectSerializer, self)
        links = [(link["benchmark"], link["reach"]) for link in values["links"] or ()]
        correct = partial(
            correct_commitment,
            commitment=commitment,
            text=commitment.text if values["text"] is None else values["text"],
            edition=links[0][0].recommendation.edition if links else None,
            links=links,
            reason=values["reason"],
            by=request.user,
            now=clock.now(commitment.country.time_zone),
        )
        return lambda: correct().commitment
