"""Annual targets of indicators, each with its baseline and with whom it was agreed."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from dialogues.choices import TargetOrigin
from dialogues.models.dialogues import Dialogue
from recommendations.models import Edition, Indicator
from recommendations.models.editions import DatedQuerySet
from tiptracker.accounts.models import AnyUser, Ministry, in_visible_countries
from tiptracker.localization import format_date, format_number, gettext, gettext_lazy, pgettext


class IndicatorTargetQuerySet(DatedQuerySet["IndicatorTarget"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user may see. Embassy: all of its countries. Ministry: what was agreed with it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            return self.filter(ministry__isnull=False, ministry=user.ministry_id)
        if not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="indicator__country"))

    def in_force(self, known_by: datetime | None = None) -> Self:
        """Filter to the newest row of each indicator and edition, as known at `known_by` (None: now)."""
        newest = IndicatorTarget.objects.known_by(known_by).filter(
            indicator=OuterRef("indicator"), edition=OuterRef("edition")
        )
        return self.filter(pk=Subquery(newest.values("pk")[:1]))


class IndicatorTarget(models.Model):
    """The annual target of an indicator in one edition, from `recorded_at` on. A later row replaces it.

    `figure` is None if the annual target was dropped. `baseline` is the figure from which the way is measured. Without
    one, `no_baseline_reason` says why. It is shown and never changes readiness.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="annual_targets")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    figure = models.DecimalField(gettext_lazy("annual target"), max_digits=14, decimal_places=2, null=True, blank=True)
    baseline = models.DecimalField(gettext_lazy("baseline"), max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_starts_on = models.DateField(gettext_lazy("start date of the baseline"), null=True, blank=True)
    baseline_through_on = models.DateField(gettext_lazy("end date of the baseline"), null=True, blank=True)
    baseline_source = models.CharField(gettext_lazy("source of the baseline"), max_length=300, blank=True)
    no_baseline_reason = models.CharField(gettext_lazy("why there is no baseline"), max_length=300, blank=True)
    reason = models.TextField(gettext_lazy("reason"))
    origin = models.CharField(gettext_lazy("how it was agreed"), max_length=8, choices=TargetOrigin.choices())
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="annual_targets")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = IndicatorTargetQuerySet.as_manager()

    class Meta:
        ordering = ("indicator", "edition", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="an_annual_target_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="annual_targets_are_not_negative",
                condition=(Q(figure__isnull=True) | Q(figure__gte=0)) & (Q(baseline__isnull=True) | Q(baseline__gte=0)),
            ),
            models.CheckConstraint(
                name="a_baseline_is_a_figure_with_its_source_or_a_reason",
                condition=Q(
                    baseline__isnull=False,
                    baseline_starts_on__isnull=False,
                    baseline_through_on__gte=F("baseline_starts_on"),
                )
                & ~Q(baseline_source="")
                | Q(baseline__isnull=True, baseline_starts_on__isnull=True, baseline_through_on__isnull=True)
                & ~Q(no_baseline_reason=""),
            ),
            models.CheckConstraint(
                name="an_annual_target_is_agreed_with_a_ministry_or_set_alone",
                condition=Q(origin=TargetOrigin.DIALOGUE, ministry__isnull=False, dialogue__isnull=False)
                | Q(origin=TargetOrigin.LETTER, ministry__isnull=False, dialogue__isnull=True)
                | Q(origin=TargetOrigin.POST, ministry__isnull=True, dialogue__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.display_value}"

    @property
    def is_dropped(self) -> bool:
        """Whether the annual target was dropped."""
        return self.figure is None

    @property
    def display_value(self) -> str:
        """The annual target as text: "12", or "dropped"."""
        return gettext("dropped") if self.figure is None else format_number(self.figure)

    @property
    def baseline_text(self) -> str:
        """The baseline as text: "4", or "none"."""
        return pgettext("baseline", "none") if self.baseline is None else format_number(self.baseline)

    @property
    def agreement(self) -> str:
        """With whom it was agreed and where: "Agreed with Police at the dialogue of 24 February 2022"."""
        if self.ministry is None:
            return gettext("Set by the embassy alone")
        if self.dialogue is None:
            return gettext("Agreed with %(ministry)s by letter") % {"ministry": self.ministry.short_name}
        values = {"ministry": self.ministry.short_name, "date": format_date(self.dialogue.held_on)}
        return gettext("Agreed with %(ministry)s at the dialogue of %(date)s") % values
