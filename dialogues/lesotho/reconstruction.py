"""The rows that our reconstruction of the 2021 list became: by its own numbers, whatever they are numbered today.

An official list may have taken its place since: then a row has another number and other words, and keeps all that was
promised and done about it.
"""

from dialogues.lesotho.edition_data import TERMS_RECORDED_AT
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Recommendation, RecommendationTerms


def find_recommendations(edition: Edition) -> dict[int, Recommendation]:
    """By its number in the reconstruction, each that was loaded."""
    first = RecommendationTerms.objects.filter(recommendation__edition=edition, recorded_at=TERMS_RECORDED_AT)
    return {terms.number: terms.recommendation for terms in first.select_related("recommendation__edition")}


def find_benchmark(edition: Edition, key: str) -> Benchmark:
    """The benchmark that was loaded as this one, such as "6a"; raises DoesNotExist."""
    began_under = RecommendationTerms.objects.filter(
        recommendation__edition=edition, recorded_at=TERMS_RECORDED_AT, number=int(key[:-1])
    )
    return Benchmark.objects.get(
        pk__in=BenchmarkTerms.objects.filter(
            recommendation__in=began_under.values("recommendation"), recorded_at=TERMS_RECORDED_AT, letter=key[-1]
        ).values("benchmark")
    )
