"""Readings of indicators: a figure, a direction only, or no data."""

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from dialogues import small_counts
from dialogues.choices import ReadingDirection
from dialogues.models.information_requests import RequestLine
from dialogues.models.updates import UpdateVersion, has_subject
from recommendations.choices import BreakdownDimension
from recommendations.models import Indicator
from tiptracker.accounts.models import AnyUser, Country
from tiptracker.localization import format_date, format_number, gettext, gettext_lazy


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Filter to what the user may see. Embassy: all of its countries. Ministry: what it sent itself."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            return self.filter(has_subject("update_version__update__", ministry=user.ministry_id))
        if not user.is_embassy:
            return self.none()
        return self.filter(indicator__country__in=Country.objects.visible_to(user))

    def with_asked(self) -> Self:
        """Annotate `was_asked`: whether a ministry had been asked for a figure of the period, or sent the reading.

        Without it, `display_value` takes it that somebody was asked.
        """
        asked = RequestLine.objects.filter(
            indicator=OuterRef("indicator"),
            starts_on__lte=OuterRef("through_on"),
            through_on__gte=OuterRef("starts_on"),
            information_request__recorded_at__lte=OuterRef("recorded_at"),
        )
        is_sent = Q(update_version__isnull=False)
        return self.annotate(was_asked=ExpressionWrapper(Exists(asked) | is_sent, models.BooleanField()))


class Reading(models.Model):
    """One reading, for a period from `starts_on` to `through_on`.

    A reading is verified with its evidence. Rows never change.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings")
    starts_on = models.DateField(gettext_lazy("start date"))
    through_on = models.DateField(gettext_lazy("end date"))
    figure = models.DecimalField(gettext_lazy("figure"), max_digits=14, decimal_places=2, null=True, blank=True)
    direction = models.CharField(
        gettext_lazy("direction"), max_length=5, choices=ReadingDirection.choices(), blank=True
    )
    note = models.CharField(gettext_lazy("note"), max_length=400, blank=True)
    source = models.CharField(gettext_lazy("source"), max_length=300, blank=True)
    evidence = models.ForeignKey("dialogues.Evidence", models.PROTECT, null=True, blank=True, related_name="readings")
    update_version = models.ForeignKey(UpdateVersion, models.PROTECT, null=True, blank=True, related_name="readings")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ("indicator", "starts_on", "through_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_reading_is_a_figure_or_a_direction_or_neither",
                condition=Q(figure__isnull=True) | Q(direction=""),
                violation_error_message=gettext_lazy(
                    "Enter the figure, or only the direction, or neither for “not reported”."
                ),
            ),
            models.CheckConstraint(
                name="figures_are_not_negative", condition=Q(figure__isnull=True) | Q(figure__gte=0)
            ),
            models.CheckConstraint(name="a_reading_covers_a_span", condition=Q(through_on__gte=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.display_value}"

    @property
    def is_no_data(self) -> bool:
        """Whether it says "not reported": a state of its own, not zero."""
        return self.figure is None and not self.direction

    @property
    def display_value(self) -> str:
        """The value as text: "1,250", "More, no figure", "not reported", or "no figure" if nobody was asked."""
        if self.figure is not None:
            return format_number(self.figure)
        if self.direction:
            return ReadingDirection(self.direction).label
        return gettext("not reported") if getattr(self, "was_asked", True) else gettext("no figure")

    @property
    def breakdown_for_display(self) -> dict[str, dict[str, str]]:
        """The breakdown as text, by dimension and category. Small counts of victims are suppressed."""
        return {
            name: small_counts.display(cells, self.figure, of_victims=self.indicator.counts_victims)
            for name, cells in self._breakdowns().items()
            if self.figure is not None
        }

    @property
    def parts_for_log(self) -> dict[str, dict[str, str]]:
        """The breakdown for the activity log: plain digits, and suppressed as on pages."""
        return {
            name: small_counts.display_for_log(cells, self.figure, of_victims=self.indicator.counts_victims)
            for name, cells in self._breakdowns().items()
            if self.figure is not None
        }

    def _breakdowns(self) -> dict[str, dict[str, Decimal]]:
        cells: dict[str, dict[str, Decimal]] = {}
        for part in self.parts.all():
            cells.setdefault(part.dimension, {})[part.category] = part.figure
        return cells

    @property
    def description(self) -> str:
        """The whole reading as text: "Prosecutions: 16, from 1 April 2021 to 31 December 2021"."""
        values = {"reading": self, "first": format_date(self.starts_on), "last": format_date(self.through_on)}
        return gettext("%(reading)s, from %(first)s to %(last)s") % values


class ReadingPart(models.Model):
    """One part of the breakdown of a figure. Rows never change. Counts of victims from 1 to 4 are never shown."""

    reading = models.ForeignKey(Reading, models.PROTECT, related_name="parts")
    dimension = models.CharField(max_length=10, choices=BreakdownDimension.choices())
    category = models.CharField(max_length=100)
    figure = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("reading", "dimension", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint("reading", "dimension", "category", name="one_part_a_category"),
            models.CheckConstraint(name="parts_are_not_negative", condition=Q(figure__gte=0)),
        ]
