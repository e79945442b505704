"""API of commitments."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from dialogues.choices import CommitmentStatus
from dialogues.models import (
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    DueDateProposal,
    DueDateProposalDecision,
)
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.api.base import ChoiceEnumField, IdFilter, SenderField, serializers_by_reader
from tiptracker.api.former_names import FormerNamesMixin
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin


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


class OwnCommitmentSerializer(serializers.ModelSerializer[Commitment]):
    """A commitment as its ministry sees it: its status today, and its history as dated events."""

    status = ChoiceEnumField(CommitmentStatus, read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    slips = serializers.IntegerField(read_only=True)
    benchmarks = serializers.SlugRelatedField[Commitment](
        slug_field="benchmark_id", source="links", many=True, read_only=True
    )
    events = OwnEventSerializer(many=True, read_only=True)
    due_date_proposals = DueDateProposalSerializer(many=True, read_only=True)

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
            "recorded_at",
        )


class CommitmentSerializer(OwnCommitmentSerializer):
    """A commitment as the embassy sees it: its status today, its history, and the reason for each change.

    `links` says how far keeping the commitment would meet each benchmark.
    """

    country = serializers.SlugRelatedField[Commitment](slug_field="code", read_only=True)
    links = LinkSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)

    class Meta(OwnCommitmentSerializer.Meta):
        fields = (*OwnCommitmentSerializer.Meta.fields, "country", "made_by", "horizon", "links")


class CommitmentFilter(filters.FilterSet):
    ministry = IdFilter("ministry_id")
    benchmark = IdFilter("links__benchmark_id")
    status = filters.ChoiceFilter("status", choices=CommitmentStatus.choices())
    due_before = filters.DateFilter("due_on", lookup_expr="lte")
    recorded_since = RecordedSinceFilter(
        method="changed_since",
        counts="Events of a commitment, proposed due dates and its move to another edition count too.",
    )

    def changed_since(self, commitments: QuerySet[Commitment], name: str, moment: datetime) -> QuerySet[Commitment]:
        """Select commitments recorded since `moment`, or with something recorded on them since then.

        That is an event, a proposed due date or its answer, or a move to another edition.
        """
        reader = self.request.user if self.request else AnonymousUser()
        events = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), recorded_at__gte=moment)
        links = CommitmentBenchmark.objects.filter(commitment=OuterRef("pk"), recorded_at__gte=moment)
        proposals = DueDateProposal.objects.visible_to(reader).filter(
            Q(recorded_at__gte=moment) | Q(decision__recorded_at__gte=moment), commitment=OuterRef("pk")
        )
        return commitments.filter(Q(recorded_at__gte=moment) | Exists(events) | Exists(proposals) | Exists(links))


@serializers_by_reader("CommitmentForReader", embassy=CommitmentSerializer, ministry=OwnCommitmentSerializer)
class CommitmentViewSet(StrictParametersMixin, ReadOnlyModelViewSet[Commitment]):
    """Commitments of ministries and of the United States.

    A commitment never counts towards readiness. What is done about it may count.
    """

    filterset_class = CommitmentFilter

    def get_queryset(self) -> QuerySet[Commitment]:
        zones = Country.objects.visible_to(self.request.user).values_list("pk", "time_zone")
        days = {country: clock.today(zone) for country, zone in zones}
        commitments = Commitment.objects.visible_to(self.request.user).with_status_today(days)
        begun = commitments.filter(Q(status__isnull=False))
        proposals = DueDateProposal.objects.visible_to(self.request.user).select_related(
            "commitment__ministry", "recorded_by", "decision__recorded_by"
        )
        return (
            begun.select_related("country", "ministry")
            .prefetch_related("links", "events__recorded_by", Prefetch("due_date_proposals", proposals))
            .order_by("pk")
        )
