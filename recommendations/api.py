"""Reads of what the TIP Report asks. What a ministry may not read isn't in the serializer it gets."""

from typing import ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.routers import DefaultRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from recommendations.models import Benchmark, BenchmarkTerms, Edition, EditionTerms, Indicator, Recommendation
from recommendations.words import Origin, Pillar
from tiptracker.api import by_reader


class EditionTermsSerializer(serializers.ModelSerializer[EditionTerms]):
    class Meta:
        model = EditionTerms
        fields = ("id", "deadline_on", "working_mark", "working_mark_reason", "reason", "recorded_at")


class PublishedEditionSerializer(serializers.ModelSerializer[Edition]):
    """An edition as published."""

    country = serializers.SlugRelatedField[Edition](slug_field="code", read_only=True)

    class Meta:
        model = Edition
        fields: tuple[str, ...] = (
            "id",
            "country",
            "year",
            "tier",
            "target_tier",
            "published_on",
            "starts_on",
            "ends_on",
            "source",
        )


class EditionSerializer(PublishedEditionSerializer):
    """An edition and every row of its terms, newest first."""

    terms = EditionTermsSerializer(many=True, read_only=True)

    class Meta(PublishedEditionSerializer.Meta):
        fields = (*PublishedEditionSerializer.Meta.fields, "terms")


class RecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    """A recommendation; `text_status` says whether the text is the report's own or our reconstruction."""

    class Meta:
        model = Recommendation
        fields = (
            "id",
            "edition",
            "origin",
            "number",
            "text",
            "text_status",
            "pillar",
            "indicia",
            "lead",
            "years_unmet",
            "years_unmet_source",
        )


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
    """A benchmark as a ministry reads it: its key and what success is."""

    key = serializers.CharField(read_only=True)
    wording = serializers.CharField(read_only=True)

    class Meta:
        model = Benchmark
        fields: tuple[str, ...] = ("id", "key", "recommendation", "letter", "wording")


class BenchmarkSerializer(BenchmarkWordingSerializer):
    """A benchmark and every row of its terms, newest first."""

    terms = BenchmarkTermsSerializer(many=True, read_only=True, source="known_terms")

    class Meta(BenchmarkWordingSerializer.Meta):
        fields = (*BenchmarkWordingSerializer.Meta.fields, "terms")


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    class Meta:
        model = Indicator
        fields = ("id", "name", "unit", "better", "pillar", "indicium", "question", "is_required")


class EditionFilter(filters.FilterSet):
    country = filters.CharFilter("country__code", lookup_expr="iexact")
    year = filters.NumberFilter("year")


class RecommendationFilter(filters.FilterSet):
    # Numbers, not choices of rows: an unknown and an unseen id give the same empty list.
    edition = filters.NumberFilter("edition_id")
    pillar = filters.ChoiceFilter(choices=Pillar.choices())
    origin = filters.ChoiceFilter(choices=Origin.choices())


class BenchmarkFilter(filters.FilterSet):
    edition = filters.NumberFilter("recommendation__edition_id")
    recommendation = filters.NumberFilter("recommendation_id")


EITHER_EDITION = PolymorphicProxySerializer(
    component_name="EditionForReader",
    serializers=[EditionSerializer, PublishedEditionSerializer],
    resource_type_field_name=None,
)
EITHER_BENCHMARK = PolymorphicProxySerializer(
    component_name="BenchmarkForReader",
    serializers=[BenchmarkSerializer, BenchmarkWordingSerializer],
    resource_type_field_name=None,
)


@extend_schema_view(list=extend_schema(responses=EITHER_EDITION), retrieve=extend_schema(responses=EITHER_EDITION))
class EditionViewSet(ReadOnlyModelViewSet[Edition]):
    """Editions of the TIP Report. The embassy reads their terms too."""

    filterset_class = EditionFilter

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Edition]]:
        return by_reader(self.request, embassy=EditionSerializer, ministry=PublishedEditionSerializer)

    def get_queryset(self) -> QuerySet[Edition]:
        editions = Edition.objects.visible_to(self.request.user).select_related("country")
        return editions.prefetch_related("terms").order_by("country__name", "-year")


class RecommendationViewSet(ReadOnlyModelViewSet[Recommendation]):
    """Recommendations, most important first."""

    serializer_class = RecommendationSerializer
    filterset_class = RecommendationFilter

    def get_queryset(self) -> QuerySet[Recommendation]:
        return Recommendation.objects.visible_to(self.request.user).order_by("edition", "origin", "number")


@extend_schema_view(list=extend_schema(responses=EITHER_BENCHMARK), retrieve=extend_schema(responses=EITHER_BENCHMARK))
class BenchmarkViewSet(ReadOnlyModelViewSet[Benchmark]):
    """Benchmarks. The embassy reads all, with their terms; a ministry the wording of those it made promises on."""

    filterset_class = BenchmarkFilter

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Benchmark]]:
        return by_reader(self.request, embassy=BenchmarkSerializer, ministry=BenchmarkWordingSerializer)

    def get_queryset(self) -> QuerySet[Benchmark]:
        benchmarks = Benchmark.objects.visible_to(self.request.user).select_related("recommendation").with_terms()
        return benchmarks.order_by("recommendation__edition", "recommendation__number", "letter")


class IndicatorViewSet(ReadOnlyModelViewSet[Indicator]):
    """What is counted."""

    serializer_class = IndicatorSerializer
    filterset_fields: ClassVar = ["pillar", "question"]

    def get_queryset(self) -> QuerySet[Indicator]:
        return Indicator.objects.visible_to(self.request.user).order_by("pk")


def routes(router: DefaultRouter) -> None:
    """Register what this package serves."""
    router.register("editions", EditionViewSet, basename="edition")
    router.register("recommendations", RecommendationViewSet, basename="recommendation")
    router.register("benchmarks", BenchmarkViewSet, basename="benchmark")
    router.register("indicators", IndicatorViewSet, basename="indicator")
