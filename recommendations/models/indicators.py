"""Indicators: figures counted each year, and whether more or less is better."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from recommendations.choices import REQUIRED_QUESTIONS, Better, EffortQuestion, Pillar
from tiptracker.accounts.models import AnyUser, Country, Ministry
from tiptracker.localization import gettext_lazy


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
    """A figure that is counted each year in a country."""

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
    def is_required(self) -> bool:
        """Return whether the law presumes no effort if no figure is given."""
        return self.question in REQUIRED_QUESTIONS

    @property
    def counts_victims(self) -> bool:
        """Return whether it counts victims of trafficking. If so, pages suppress small parts of its figures."""
        return self.question == EffortQuestion.VICTIMS or "victim" in self.unit.lower()

    @property
    def counts_districts(self) -> bool:
        """Return whether it counts districts. If so, the districts can be named."""
        return self.unit.lower() == "districts"
