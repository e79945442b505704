"""What an edition asks: recommendations, and the benchmarks by which each can be checked."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Subquery

from recommendations.choices import Origin, Pillar, Rule, TextStatus
from recommendations.models.editions import DatedQuerySet, Edition
from recommendations.models.indicators import Indicator
from recommendations.unmet_years import RecommendationYear, YearsUnmet, count_years_unmet
from tiptracker.accounts.models import AnyUser, Ministry, in_visible_countries
from tiptracker.localization import gettext, gettext_lazy

INDICIA = range(1, 13)
"""The numbers of the twelve indicia of 22 U.S.C. 7106(b)."""


def validate_indicia(value: Any) -> None:
    """Check that the value is a list of different numbers from 1 to 12, in order (22 U.S.C. 7106(b)).

    Raises ValidationError.
    """
    if not isinstance(value, list) or value != sorted(set(value)) or not set(value) <= set(INDICIA):
        raise ValidationError(gettext("Give the numbers of the indicia from 1 to 12, in order and each only once."))


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to recommendations of the user's countries. They are published, so every role may read them."""
        return self.filter(in_visible_countries(user, path="edition__country"))

    def active(self) -> Self:
        """Limit to recommendations that are not retired. Retired ones stay, with their commitments and evidence."""
        return self.filter(is_retired=False)

    def with_pillar(self, known_by: datetime | None = None) -> Self:
        """Add `.pillar`: the newest one recorded by `known_by` (None: now); null if not asked yet at that time."""
        terms = RecommendationTerms.objects.known_by(known_by).filter(recommendation=OuterRef("pk"))
        return self.annotate(pillar=Subquery(terms.values("pillar")[:1]))

    def with_listed_benchmarks(self) -> Self:
        """Add `.listed_benchmarks`: the benchmarks with their terms, in the order of their letters."""
        benchmarks = Benchmark.objects.order_by("letter").with_terms()
        return self.prefetch_related(Prefetch("benchmarks", benchmarks, to_attr="listed_benchmarks"))

    def as_known_by(self, moment: datetime | None) -> "list[Recommendation]":
        """Return the recommendations asked at `moment` (None: now), worded as in `as_worded_by`.

        The report's own come first, then by number.
        """
        rows = [row for row in self.as_worded_by(moment) if not row.is_retired]
        return sorted(rows, key=lambda row: (row.origin != Origin.REPORT, row.number, row.pk))

    def years_unmet(self) -> dict[int, YearsUnmet]:
        """Return, by key, for how long each recommendation has been unmet, if known.

        The repeats are looked up only in this queryset, so include all that the user sees, or all of a country.
        """
        rows = self.order_by().values_list("pk", "edition__year", "years_unmet", "years_unmet_source", "repeats_id")
        years_by_key = {
            pk: RecommendationYear(year, years, source, repeats) for pk, year, years, source, repeats in rows
        }
        return {key: unmet for key in years_by_key if (unmet := count_years_unmet(key, years_by_key))}

    def as_worded_by(self, moment: datetime | None) -> "list[Recommendation]":
        """Return the recommendations known at `moment` (None: now), with number, text and `.pillar` of that time."""
        terms = RecommendationTerms.objects.known_by(moment).filter(recommendation=OuterRef("pk"))
        names = ("number", "text", "text_status", "is_retired")
        then = {f"then_{name}": Subquery(terms.values(name)[:1]) for name in names}
        rows = list(self.with_pillar(moment).annotate(**then).filter(Q(pillar__isnull=False)))
        for row in rows:
            if moment is not None:
                for name in names:
                    setattr(row, name, getattr(row, f"then_{name}"))
        return rows


class Recommendation(models.Model):
    """An item of an edition's list as it is now.

    Its dated terms hold its pillar and its earlier numbers and texts. A recommendation that is no longer in the list is
    retired: it is no longer asked, but its commitments and evidence stay.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="recommendations")
    origin = models.CharField(gettext_lazy("list"), max_length=12, choices=Origin.choices(), default=Origin.REPORT)
    number = models.PositiveSmallIntegerField(gettext_lazy("number"))
    text = models.TextField(gettext_lazy("text"))
    text_status = models.CharField(gettext_lazy("wording"), max_length=15, choices=TextStatus.choices())
    indicia = models.JSONField(gettext_lazy("indicia"), default=list, blank=True, validators=[validate_indicia])
    lead = models.ForeignKey(
        Ministry, models.PROTECT, null=True, blank=True, related_name="led", verbose_name=gettext_lazy("lead ministry")
    )
    supporting = models.ManyToManyField(
        Ministry, blank=True, related_name="supported", verbose_name=gettext_lazy("supporting ministries")
    )
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeated_by",
        verbose_name=gettext_lazy("repeats"),
    )
    years_unmet = models.PositiveSmallIntegerField(gettext_lazy("years unmet in a row"), null=True, blank=True)
    years_unmet_source = models.CharField(gettext_lazy("source of the years unmet"), max_length=300, blank=True)
    is_retired = models.BooleanField(gettext_lazy("no longer asked"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    pillar: str
    """Set by `with_pillar()` and `as_known_by()` only."""
    listed_benchmarks: "list[Benchmark]"
    """Set by `with_listed_benchmarks()` only."""

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("recommendation")
        verbose_name_plural = gettext_lazy("recommendations")
        ordering = ("edition", "origin", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "edition",
                "origin",
                "number",
                condition=Q(is_retired=False),
                name="recommendation_numbered_once_in_its_edition",
            ),
            models.CheckConstraint(name="recommendation_numbers_begin_at_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="recommendation_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="years_unmet_has_its_source",
                condition=Q(years_unmet__isnull=True) | ~Q(years_unmet_source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    @property
    def is_reconstruction(self) -> bool:
        """Return whether the text is put together from public sources and must be labelled as such."""
        return self.text_status == TextStatus.RECONSTRUCTION


class RecommendationTermsQuerySet(DatedQuerySet["RecommendationTerms"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what embassy roles may see. A ministry reads what is asked now, not what changed and why."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(recommendation__in=Recommendation.objects.visible_to(user))


class RecommendationTerms(models.Model):
    """A recommendation's text, number and pillar, from `recorded_at` on.

    The newest row equals the recommendation's own columns. The last row of a retired recommendation says that it is.
    """

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField(gettext_lazy("number"))
    text = models.TextField(gettext_lazy("text"))
    text_status = models.CharField(gettext_lazy("wording"), max_length=15, choices=TextStatus.choices())
    pillar = models.CharField(gettext_lazy("pillar"), max_length=12, choices=Pillar.choices())
    is_retired = models.BooleanField(gettext_lazy("no longer asked"), default=False)
    reason = models.TextField(gettext_lazy("reason for these terms"))
    recorded_at = models.DateTimeField(gettext_lazy("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("recorded by")
    )

    objects = RecommendationTermsQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("recommendation terms")
        verbose_name_plural = gettext_lazy("recommendation terms")
        ordering = ("recommendation", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="recommendation_terms_have_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.get_pillar_display()


class BenchmarkQuerySet(models.QuerySet["Benchmark"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to benchmarks of an embassy user's countries, or those that a focal point's commitments address."""
        if user.is_authenticated and user.is_active and user.is_ministry:
            return self.filter(
                commitment_links__commitment__ministry=user.ministry_id, commitment_links__removed_in__isnull=True
            ).distinct()
        return self.filter(in_visible_countries(user, path="recommendation__edition__country"))

    def active(self) -> Self:
        """Limit to benchmarks of recommendations that are not retired."""
        return self.filter(recommendation__is_retired=False)

    def with_terms(self, known_by: datetime | None = None) -> Self:
        """Add `.known_terms`: the benchmark's terms recorded by `known_by` (None: now), newest first.

        If `known_by` is a moment, `.key` is also the key at that time.
        """
        rows = self if known_by is None else self._with_place(known_by)
        return rows.prefetch_related(
            Prefetch(
                "terms",
                BenchmarkTerms.objects.known_by(known_by).select_related("indicator"),
                to_attr="known_terms",
            )
        )

    def _with_place(self, moment: datetime) -> Self:
        """Add the recommendation number and letter of each benchmark at a moment; null if not yet asked then."""
        terms = BenchmarkTerms.objects.known_by(moment).filter(benchmark=OuterRef("pk"))
        placed = self.annotate(
            then_under=Subquery(terms.values("recommendation")[:1]), then_letter=Subquery(terms.values("letter")[:1])
        )
        numbers = RecommendationTerms.objects.known_by(moment).filter(recommendation=OuterRef("then_under"))
        return placed.annotate(then_number=Subquery(numbers.values("number")[:1]))


class Benchmark(models.Model):
    """One checkable part of a recommendation. Its dated terms hold the success criterion."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="benchmarks")
    letter = models.CharField(gettext_lazy("letter"), max_length=2)
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeated_by",
        verbose_name=gettext_lazy("repeats"),
    )

    known_terms: "list[BenchmarkTerms]"

    objects = BenchmarkQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("benchmark")
        verbose_name_plural = gettext_lazy("benchmarks")
        ordering = ("recommendation__number", "letter")
        constraints: ClassVar = [
            models.UniqueConstraint("recommendation", "letter", name="benchmark_lettered_once_in_its_recommendation"),
            models.CheckConstraint(name="benchmark_letters_are_small", condition=Q(letter__regex=r"^[a-z]{1,2}$")),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """Return the number and letter, such as "6a". Needs the recommendation.

        After `with_terms(moment)` it is the key at that time.
        """
        number = getattr(self, "then_number", None) or self.recommendation.number
        return f"{number}{getattr(self, 'then_letter', None) or self.letter}"

    @property
    def current_terms(self) -> "BenchmarkTerms | None":
        """Return the newest terms, or the newest from `with_terms()` if that was called. None if there are none."""
        known = getattr(self, "known_terms", None)
        if known is None:
            return self.terms.order_by("-recorded_at", "-pk").first()
        return known[0] if known else None

    @property
    def wording(self) -> str:
        """Return the success criterion in force: what must be true for the benchmark to be met."""
        return terms.criterion if (terms := self.current_terms) else ""


class BenchmarkTermsQuerySet(DatedQuerySet["BenchmarkTerms"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to what embassy roles may see. A ministry never reads weights and rules."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="benchmark__recommendation__edition__country"))


class BenchmarkTerms(models.Model):
    """How a benchmark is judged, and which recommendation it belongs to, from `recorded_at` on.

    The newest row equals the benchmark's own columns.
    """

    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="terms")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="+")
    letter = models.CharField(gettext_lazy("letter"), max_length=2)
    criterion = models.TextField(gettext_lazy("success criterion"))
    rule = models.CharField(gettext_lazy("rule"), max_length=25, choices=Rule.choices())
    target = models.DecimalField(gettext_lazy("target"), max_digits=12, decimal_places=2, null=True, blank=True)
    weight = models.DecimalField(gettext_lazy("weight"), max_digits=5, decimal_places=2, default=1)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="benchmark_terms")
    is_about_complicity = models.BooleanField(gettext_lazy("about complicit officials"), default=False)
    reason = models.TextField(gettext_lazy("reason for these terms"))
    recorded_at = models.DateTimeField(gettext_lazy("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=gettext_lazy("recorded by")
    )

    objects = BenchmarkTermsQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("benchmark terms")
        verbose_name_plural = gettext_lazy("benchmark terms")
        ordering = ("benchmark", "-recorded_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="benchmark_says_what_success_is", condition=~Q(criterion="")),
            models.CheckConstraint(name="benchmark_terms_have_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="benchmark_weight_is_not_negative", condition=Q(weight__gte=0)),
            models.CheckConstraint(
                name="target_set_exactly_for_target_rules",
                condition=Q(rule=Rule.TARGET, target__isnull=False, target__gt=0)
                | (~Q(rule=Rule.TARGET) & Q(target__isnull=True)),
                violation_error_message=gettext_lazy(
                    "Only the rule “Figure against a target” has a target. The target must be above zero."
                ),
            ),
            models.CheckConstraint(
                name="rules_that_count_have_an_indicator",
                condition=Q(rule=Rule.ASSESSED) | Q(indicator__isnull=False),
                violation_error_message=gettext_lazy("Choose the indicator whose figures this rule uses."),
            ),
        ]

    def __str__(self) -> str:
        return self.criterion
