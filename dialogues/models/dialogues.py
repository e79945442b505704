"""Meetings with a government: who came, what was said, what was agreed."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from recommendations.models import Recommendation
from tiptracker.accounts.models import Country, Ministry, Reader
from tiptracker.audit.append_only import REDACTED
from tiptracker.words import Role, Word


class Presence(Word):
    """How somebody took part."""

    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"


class DialogueQuerySet(models.QuerySet["Dialogue"]):
    def visible_to(self, user: Reader) -> Self:
        """The embassy: its countries'. A ministry: where it promised something; what of them, the page decides."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.FOCAL_POINT:
            return self.filter(commitments__ministry=user.ministry_id).distinct()
        if not user.is_embassy:
            return self.none()
        return self.filter(country__in=Country.objects.visible_to(user))


class Dialogue(models.Model):
    """One meeting. A ministry reads its date and place alone; purpose, record, agenda and participants are internal."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="dialogues")
    held_on = models.DateField("date")
    place = models.CharField(max_length=200)
    purpose = models.CharField(max_length=300)
    record = models.TextField("what was said", blank=True)
    agreed = models.TextField("what was agreed", blank=True)
    source = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DialogueQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "country", "held_on", "place", condition=~Q(place=REDACTED), name="one_dialogue_a_day_and_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on}, {self.place}"


class Participant(models.Model):
    """Somebody at a dialogue, for an office."""

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="participants")
    name = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=200)
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    presence = models.CharField(max_length=10, choices=Presence.choices(), default=Presence.IN_PERSON)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.name}, {self.office}" if self.name else self.office


class AgendaItem(models.Model):
    """A recommendation on a dialogue's agenda."""

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="agenda")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("dialogue", "recommendation", name="recommendation_once_on_an_agenda"),
            models.CheckConstraint(name="agenda_positions_begin_at_one", condition=Q(position__gte=1)),
        ]
