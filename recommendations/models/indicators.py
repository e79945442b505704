"""Indicators: figures counted each year, and whether more or less is better."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from recommendations.choices import (
    REQUIRED_QUESTIONS,
    USUAL_BREAKDOWNS,
    Better,
    BreakdownDimension,
    EffortQuestion,
    Pillar,
)
from recommendations.standard_indicators import StandardIndicator, read_catalogue
from tiptracker.accounts.models import AnyUser, Country, Ministry
from tiptracker.localization import gettext, gettext_lazy


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to the indicators of an embassy user's countries, or those that a focal point's commitments use."""
        if user.is_authenticated and user.is_active and user.is_ministry:
            return self.filter(
                benchmark_terms__benchmark__commitment_links__commitment__ministry=user.ministry_id,
                benchmark_terms__benchmark__commitment_links__removed_in__isnull=True,
            ).distinct()
        return self.filter(country__in=Country.objects.visible_to(user))


class Indicator(models.Model):
    """A figure that is counted each year in a country.

    A standard indicator has the key of its entry in the catalogue. `includes` says what its figures include, in the
    language of the record.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="indicators")
    name = models.CharField(gettext_lazy("name"), max_length=150)
    unit = models.CharField(gettext_lazy("unit"), max_length=50)
    better = models.CharField(
        gettext_lazy("is more or less better"), max_length=4, choices=Better.choices(), default=Better.UP
    )
    pillar = models.CharField(gettext_lazy("pillar"), max_length=12, choices=Pillar.choices())
    indicium = models.PositiveSmallIntegerField(gettext_lazy("indicium"), null=True, blank=True)
    question = models.CharField(
        gettext_lazy("question on increasing efforts"), max_length=25, choices=EffortQuestion.choices(), blank=True
    )
    ministry = models.ForeignKey(
        Ministry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=gettext_lazy("ministry that reports it"),
    )
    catalogue_key = models.CharField(gettext_lazy("standard indicator"), max_length=40, blank=True)
    includes = models.TextField(gettext_lazy("what a figure includes"), blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("indicator")
        verbose_name_plural = gettext_lazy("indicators")
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("country", "name", name="indicator_named_once_in_its_country"),
            models.UniqueConstraint(
                "country", "question", condition=~Q(question=""), name="a_question_is_answered_by_one_indicator"
            ),
            models.UniqueConstraint(
                "country",
                "catalogue_key",
                condition=~Q(catalogue_key=""),
                name="a_standard_indicator_is_set_up_once_in_a_country",
            ),
            models.CheckConstraint(
                name="indicium_is_one_of_twelve", condition=Q(indicium__isnull=True) | Q(indicium__range=(1, 12))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_with_unit(self) -> str:
        """The name with the unit, such as "Government money for victims (LSL)"; "Convictions" names its unit itself."""
        return self.name if self.name.lower() == self.unit.lower() else f"{self.name} ({self.unit})"

    @property
    def includes_sentence(self) -> str:
        """What a figure includes, as the hint of its field; empty if nobody has said it."""
        return gettext("What it includes: %(text)s") % {"text": self.includes} if self.includes else ""

    @property
    def is_required(self) -> bool:
        """Return whether the law presumes no effort if no figure is given."""
        return self.question in REQUIRED_QUESTIONS

    @property
    def counts_victims(self) -> bool:
        """Return whether it counts victims of trafficking. If so, pages suppress small parts of its figures."""
        return (
            self.question == EffortQuestion.VICTIMS
            or "victim" in self.unit.lower()
            or (self.standard is not None and self.standard.counts_victims)
        )

    @property
    def counts_districts(self) -> bool:
        """Return whether it counts districts. If so, the districts can be named."""
        return self.unit.lower() == "districts"

    @property
    def standard(self) -> StandardIndicator | None:
        """The entry of the catalogue; None if it is no standard indicator."""
        return read_catalogue().get(self.catalogue_key)

    @property
    def breakdowns(self) -> tuple[BreakdownDimension, ...]:
        """The dimensions, besides districts, by which its figures can be broken down."""
        return USUAL_BREAKDOWNS if self.standard is None else self.standard.breakdowns
