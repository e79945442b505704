"""Read-only API for editions, recommendations, benchmarks and indicators.

Each resource has one serializer for the embassy and one for ministries. The ministry's serializer leaves out
every field that a ministry may not read.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import Prefetch, QuerySet
from django.utils.functional import SimpleLazyObject
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.routers import DefaultRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from recommendations.choices import EffortQuestion, Origin, Pillar
from recommendations.models import Benchmark, BenchmarkTerms, Edition, EditionTerms, Indicator, Recommendation
from tiptracker.api.base import IdFilter, is_embassy, serializers_by_reader
from tiptracker.api.former_names import FormerNamesMixin
from tiptracker.api.kept_lists import KeptListMixin
from tiptracker.api.query_params import StrictParametersMixin


class EditionTermsSerializer(FormerNamesMixin, serializers.ModelSerializer[EditionTerms]):
    former_names: ClassVar = {"working_mark": "readiness_target", "working_mark_reason": "readiness_target_reason"}

    class Meta:
        model = EditionTerms
        fields = ("id", "deadline_on", "readiness_target", "readiness_target_reason", "reason", "recorded_at")


class PublishedEditionSerializer(serializers.ModelSerializer[Edition]):
    """An edition of the TIP Report as published."""

    country = serializers.SlugRelatedField[Edition](slug_field="code", read_only=True)

    class Meta:
        model = Edition
        fields: tuple[str, ...] = ("id", "country", "year", "tier", "published_on", "starts_on", "ends_on", "source")


class EditionSerializer(PublishedEditionSerializer):
    """An edition with its target tier, note and every row of its terms, newest first."""

    terms = EditionTermsSerializer(many=True, read_only=True)

    class Meta(PublishedEditionSerializer.Meta):
        fields = (*PublishedEditionSerializer.Meta.fields, "target_tier", "note", "terms")


class PublishedRecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    """A recommendation. `text_status` says whether the text is the report's own or our reconstruction."""

    pillar = serializers.ChoiceField(choices=Pillar.choices(), read_only=True)

    class Meta:
        model = Recommendation
        fields: tuple[str, ...] = ("id", "edition", "origin", "number", "text", "text_status", "pillar", "indicia")


class UnmetSerializer(serializers.Serializer[Any]):
    """For how many years in a row a recommendation has been unmet: as a report states it, or counted from repeats."""

    years = serializers.IntegerField()
    is_at_least = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]  # the name is the field’s own


class RecommendationSerializer(PublishedRecommendationSerializer):
    """A recommendation with the embassy's own notes: ministries responsible, earlier recommendation, years unmet.

    `years_unmet` is the number that the report itself states. `unmet` is that number or the one that we count.
    """

    unmet = serializers.SerializerMethodField()

    class Meta(PublishedRecommendationSerializer.Meta):
        fields = (
            *PublishedRecommendationSerializer.Meta.fields,
            "lead",
            "supporting",
            "repeats",
            "years_unmet",
            "years_unmet_source",
            "unmet",
        )

    @extend_schema_field(UnmetSerializer(allow_null=True))
    def get_unmet(self, row: Recommendation) -> Mapping[str, Any] | None:
        """Return the years unmet, counted from all recommendations visible to this user; null if unknown.

        See `RecommendationQuerySet.years_unmet`.
        """
        unmet = self.context["unmet"].get(row.pk)
        return UnmetSerializer(unmet).data if unmet else None


class BenchmarkTermsSerializer(serializers.ModelSerializer[BenchmarkTerms]):
    class Meta:
        model = BenchmarkTerms
        fields = (
            "id",
            "criterion",
            "rule",
            "target",
            "weight",
            "indicator",
            "is_about_complicity",
            "reason",
            "recorded_at",
        )


class BenchmarkWordingSerializer(serializers.ModelSerializer[Benchmark]):
    """A benchmark as a ministry reads it: its key and its success criterion."""

    key = serializers.CharField(read_only=True)
    wording = serializers.CharField(read_only=True)

    class Meta:
        model = Benchmark
        fields: tuple[str, ...] = ("id", "key", "recommendation", "letter", "wording")


class BenchmarkSerializer(BenchmarkWordingSerializer):
    """A benchmark with the benchmark of the year before that it repeats, and every row of its terms, newest first."""

    terms = BenchmarkTermsSerializer(many=True, read_only=True, source="known_terms")

    class Meta(BenchmarkWordingSerializer.Meta):
        fields = (*BenchmarkWordingSerializer.Meta.fields, "repeats", "terms")


class AgreedTargetSerializer(serializers.Serializer[Any]):
    """The annual target of an indicator in an edition, with its baseline. `figure` is null if it was dropped.

    It is shown and never changes readiness.
    """

    id = serializers.IntegerField()
    edition = serializers.IntegerField(source="edition_id")
    figure = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    baseline = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    baseline_starts_on = serializers.DateField(allow_null=True)
    baseline_through_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()


class AnnualTargetSerializer(AgreedTargetSerializer):
    """An annual target with its reasons, the source of its baseline, and how it was agreed."""

    baseline_source = serializers.CharField()
    no_baseline_reason = serializers.CharField()
    reason = serializers.CharField()
    origin = serializers.CharField()
    ministry = serializers.IntegerField(source="ministry_id", allow_null=True)
    dialogue = serializers.IntegerField(source="dialogue_id", allow_null=True)


class CountedIndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """An indicator. `is_required` means that the law presumes no effort if no figure is given.

    `annual_targets` are those in force that were agreed with the ministry.
    """

    country = serializers.SlugRelatedField[Indicator](slug_field="code", read_only=True)
    is_required = serializers.BooleanField(read_only=True)
    annual_targets = AgreedTargetSerializer(many=True, read_only=True)

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = (
            "id",
            "country",
            "name",
            "unit",
            "better",
            "pillar",
            "indicium",
            "question",
            "is_required",
            "annual_targets",
        )


class IndicatorSerializer(CountedIndicatorSerializer):
    """An indicator with the ministry that the embassy asks for its figure; null if none is set.

    `annual_targets` are all rows, newest first. The newest row of an edition is in force.
    """

    annual_targets = AnnualTargetSerializer(many=True, read_only=True)

    class Meta(CountedIndicatorSerializer.Meta):
        fields = (*CountedIndicatorSerializer.Meta.fields, "ministry")


class EditionFilterSet(filters.FilterSet):
    country = filters.CharFilter("country__code", lookup_expr="iexact", min_length=3, max_length=3)
    year = IdFilter("year")


class RecommendationFilterSet(filters.FilterSet):
    edition = IdFilter("edition_id")
    pillar = filters.ChoiceFilter(choices=Pillar.choices())
    origin = filters.ChoiceFilter(choices=Origin.choices())


class BenchmarkFilterSet(filters.FilterSet):
    edition = IdFilter("recommendation__edition_id")
    recommendation = IdFilter("recommendation_id")


class IndicatorFilterSet(filters.FilterSet):
    pillar = filters.ChoiceFilter(choices=Pillar.choices())
    question = filters.ChoiceFilter(choices=EffortQuestion.choices())


@serializers_by_reader("EditionForReader", embassy=EditionSerializer, ministry=PublishedEditionSerializer)
class EditionViewSet(StrictParametersMixin, ReadOnlyModelViewSet[Edition]):
    """Editions of the TIP Report. The embassy also reads their terms."""

    filterset_class = EditionFilterSet

    def get_queryset(self) -> QuerySet[Edition]:
        editions = Edition.objects.visible_to(self.request.user).select_related("country")
        return editions.prefetch_related("terms").order_by("country__name", "-year")


@serializers_by_reader(
    "RecommendationForReader", embassy=RecommendationSerializer, ministry=PublishedRecommendationSerializer
)
class RecommendationViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[Recommendation]):
    """Recommendations of each edition: the report's own first, then the action plan's, most important first."""

    filterset_class = RecommendationFilterSet

    def get_queryset(self) -> QuerySet[Recommendation]:
        recommendations = Recommendation.objects.visible_to(self.request.user).with_pillar()
        return recommendations.prefetch_related("supporting").order_by("edition", "-origin", "number")

    def get_serializer_context(self) -> dict[str, Any]:
        visible = Recommendation.objects.visible_to(self.request.user)
        context: dict[str, Any] = {**super().get_serializer_context(), "unmet": SimpleLazyObject(visible.years_unmet)}
        return context


@serializers_by_reader("BenchmarkForReader", embassy=BenchmarkSerializer, ministry=BenchmarkWordingSerializer)
class BenchmarkViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[Benchmark]):
    """Benchmarks. The embassy reads all of them, with their terms.

    A ministry reads the benchmarks of its own commitments, without terms.
    """

    filterset_class = BenchmarkFilterSet

    def get_queryset(self) -> QuerySet[Benchmark]:
        benchmarks = Benchmark.objects.visible_to(self.request.user).select_related("recommendation").with_terms()
        return benchmarks.order_by(
            "recommendation__edition", "-recommendation__origin", "recommendation__number", "letter"
        )


@serializers_by_reader("IndicatorForReader", embassy=IndicatorSerializer, ministry=CountedIndicatorSerializer)
class IndicatorViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[Indicator]):
    """Indicators. The embassy also reads which ministry reports each figure.

    A ministry reads only the indicators that the benchmarks of its own commitments use.
    """

    filterset_class = IndicatorFilterSet

    def get_queryset(self) -> QuerySet[Indicator]:
        user = self.request.user
        targets = apps.get_model("dialogues", "IndicatorTarget").objects.visible_to(user)  # its package comes later
        shown = targets.known_by(None) if is_embassy(user) else targets.in_force().known_by(None)
        indicators = Indicator.objects.visible_to(user).select_related("country")
        return indicators.prefetch_related(Prefetch("annual_targets", shown)).order_by("pk")


def routes(router: DefaultRouter) -> None:
    """Register this package's API resources."""
    router.register("editions", EditionViewSet, basename="edition")
    router.register("recommendations", RecommendationViewSet, basename="recommendation")
    router.register("benchmarks", BenchmarkViewSet, basename="benchmark")
    router.register("indicators", IndicatorViewSet, basename="indicator")
