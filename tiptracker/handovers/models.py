"""The tables of handovers: who leaves, who takes over, what happened to it, and what was handed over."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tiptracker.accounts.models import AnyUser, User
from tiptracker.choices import Role
from tiptracker.handovers.choices import ENDING_STEPS, HandoverItemKind, HandoverStepKind
from tiptracker.localization import gettext_lazy


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Return the handovers the user may see.

        Administrators: those of the accounts that they look after. Other people: those in which they take over.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self.filter(person__in=User.objects.get_queryset().administered_by(user))
        return self.filter(successor=user.pk)

    def planned(self) -> Self:
        """Filter to handovers that still lie ahead: neither carried out nor cancelled."""
        return self.exclude(steps__kind__in=ENDING_STEPS)

    def in_force(self) -> Self:
        """Filter to handovers that were not cancelled, and in which the successor could take over."""
        return self.exclude(steps__kind__in=[HandoverStepKind.CALLED_OFF, HandoverStepKind.LAPSED])

    def unseen(self) -> Self:
        """Filter to handovers whose successor has not yet closed the page about it."""
        return self.exclude(steps__kind=HandoverStepKind.SEEN)


class Handover(models.Model):
    """One person leaves after a last day, and the successor takes over. Another day or successor is another row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    last_day = models.DateField(gettext_lazy("last day"))
    earlier_last_day = models.DateField(
        null=True, help_text="The last day of the account before, which comes back if the handover is cancelled."
    )
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ("-planned_at", "-pk")
        verbose_name = gettext_lazy("handover")
        verbose_name_plural = gettext_lazy("handovers")
        constraints: ClassVar = [
            models.CheckConstraint(name="nobody_succeeds_themselves", condition=~Q(person=F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.successor}, {self.last_day}"

    def step(self, kind: HandoverStepKind) -> "HandoverStep | None":
        """Return the step of a kind, or None. Load many handovers with their `steps` prefetched."""
        return next((step for step in self.steps.all() if step.kind == kind), None)

    @property
    def carried_out_at(self) -> datetime | None:
        """When the successor took over; None before."""
        step = self.step(HandoverStepKind.CARRIED_OUT)
        return step.at if step else None


class HandoverStep(models.Model):
    """What happened to a handover. `by` is None if TIP Tracker did it on the day."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=HandoverStepKind.choices())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("handover", "kind", name="each_step_of_a_handover_is_taken_once"),
            models.UniqueConstraint(
                "handover", condition=Q(kind__in=[kind.value for kind in ENDING_STEPS]), name="a_handover_ends_once"
            ),
            models.CheckConstraint(
                name="handover_step_is_known", condition=Q(kind__in=[kind.value for kind in HandoverStepKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handover}: {self.get_kind_display()}"


class HandoverItem(models.Model):
    """How many things of a kind were handed over, or ended with the account, when a handover was carried out."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20, choices=HandoverItemKind.choices())
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("handover", "kind", name="each_kind_of_item_is_counted_once"),
            models.CheckConstraint(
                name="handover_item_is_known", condition=Q(kind__in=[kind.value for kind in HandoverItemKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number}"


def first_day_after(handover: Handover) -> date:
    """Return the first day on which the successor works alone."""
    return date.fromordinal(handover.last_day.toordinal() + 1)
