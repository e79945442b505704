"""API of dialogues, planned and held, with their agenda, record and next steps."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from dialogues.choices import DialogueStage
from dialogues.models import AgendaItem, Commitment, Dialogue, NextStep, Participant
from tiptracker import clock
from tiptracker.api.base import ChoiceEnumField, is_embassy, serializers_by_reader
from tiptracker.api.kept_lists import KeptListMixin
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    """An expected participant. `came` is null until attendance is recorded."""

    class Meta:
        model = Participant
        fields = ("name", "office", "ministry", "presence", "came")


class AgendaItemSerializer(serializers.ModelSerializer[AgendaItem]):
    """An agenda item: a recommendation, a commitment or a topic, with what to ask and what was said."""

    class Meta:
        model = AgendaItem
        fields = ("position", "recommendation", "commitment", "topic", "note", "said")


class NextStepSerializer(serializers.ModelSerializer[NextStep]):
    """A next step. It is the embassy's if `ministry` and `office` are empty.

    `done_on` and `result` are null unless the step is marked as done.
    """

    done_on = serializers.DateField(source="done.done_on", read_only=True, allow_null=True, default=None)
    result = serializers.CharField(source="done.result", read_only=True, allow_null=True, default=None)

    class Meta:
        model = NextStep
        fields = ("id", "text", "ministry", "office", "due_on", "done_on", "result")


class OwnDialogueSerializer(serializers.ModelSerializer[Dialogue]):
    """A dialogue as a ministry sees it: its date and place, and the ministry's own commitments made there."""

    commitments = serializers.PrimaryKeyRelatedField[Commitment](many=True, read_only=True)

    class Meta:
        model = Dialogue
        fields: tuple[str, ...] = ("id", "held_on", "place", "commitments")


class StageField(ChoiceEnumField):
    """The stage of a dialogue today, in the dialogue's country."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DialogueStage, source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value.stage_on(clock.today(value.country.time_zone)).value)


class DialogueSerializer(OwnDialogueSerializer):
    """A dialogue as the embassy sees it. `recorded_at` is null until its record is saved."""

    country = serializers.SlugRelatedField[Dialogue](slug_field="code", read_only=True)
    state = StageField()
    participants = ParticipantSerializer(many=True, read_only=True)
    agenda = AgendaItemSerializer(many=True, read_only=True)
    next_steps = NextStepSerializer(many=True, read_only=True)

    class Meta(OwnDialogueSerializer.Meta):
        fields = (
            *OwnDialogueSerializer.Meta.fields,
            "country",
            "state",
            "purpose",
            "record",
            "agreed",
            "called_off_reason",
            "source",
            "participants",
            "agenda",
            "next_steps",
            "recorded_at",
        )


class DialogueFilter(filters.FilterSet):
    recorded_since = RecordedSinceFilter(
        method="changed_since",
        counts="A dialogue matches if it was planned, recorded or called off since then, or if one of its commitments "
        "was recorded or one of its next steps was recorded, marked as done or marked as not done. Other edits do not "
        "count. For a ministry, only its own commitments count.",
    )

    def changed_since(self, dialogues: QuerySet[Dialogue], name: str, moment: datetime) -> QuerySet[Dialogue]:
        """Select dialogues with something recorded since `moment` that the reader can see."""
        reader = self.request.user if self.request else AnonymousUser()
        commitments = Commitment.objects.visible_to(reader).filter(dialogue=OuterRef("pk"), recorded_at__gte=moment)
        if not is_embassy(reader):
            return dialogues.filter(Exists(commitments))
        steps = NextStep.objects.visible_to(reader).filter(
            Q(recorded_at__gte=moment) | Q(marks__recorded_at__gte=moment) | Q(marks__undone_at__gte=moment),
            dialogue=OuterRef("pk"),
        )
        own = Q(entered_at__gte=moment) | Q(recorded_at__gte=moment) | Q(called_off_at__gte=moment)
        return dialogues.filter(own | Exists(commitments) | Exists(steps))


@serializers_by_reader("DialogueForReader", embassy=DialogueSerializer, ministry=OwnDialogueSerializer)
class DialogueViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[Dialogue]):
    """Dialogues, latest date first."""

    filterset_class = DialogueFilter

    def get_queryset(self) -> QuerySet[Dialogue]:
        reader = self.request.user
        own = Commitment.objects.visible_to(reader).order_by("pk")
        dialogues = Dialogue.objects.visible_to(reader).prefetch_related(Prefetch("commitments", own))
        dialogues = dialogues.select_related("country").order_by("-held_on", "-pk")
        if not is_embassy(reader):
            return dialogues.filter(called_off_at__isnull=True)  # its fields do not tell that it was called off
        steps = NextStep.objects.visible_to(reader).with_marks().order_by("pk")
        return dialogues.prefetch_related("participants", "agenda", Prefetch("next_steps", steps))
