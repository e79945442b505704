"""Find the rows loaded from our reconstruction of the 2021 list, by the numbers of the reconstruction.

An official list may have replaced the reconstruction since. A row then has another number and another text, and keeps
all its commitments, evidence and assessments.
"""

from dialogues.lesotho.edition_data import TERMS_RECORDED_AT
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Recommendation, RecommendationTerms


def find_recommendations(edition: Edition) -> dict[int, Recommendation]:
    """Return the loaded recommendations by their number in the reconstruction."""
    first = RecommendationTerms.objects.filter(recommendation__edition=edition, recorded_at=TERMS_RECORDED_AT)
    return {terms.number: terms.recommendation for terms in first.select_related("recommendation__edition")}


def find_benchmark(edition: Edition, key: str) -> Benchmark:
    """Return the benchmark that was loaded under this key, such as "6a". Raises DoesNotExist."""
    began_under = RecommendationTerms.objects.filter(
        recommendation__edition=edition, recorded_at=TERMS_RECORDED_AT, number=int(key[:-1])
    )
    return Benchmark.objects.get(
        pk__in=BenchmarkTerms.objects.filter(
            recommendation__in=began_under.values("recommendation"), recorded_at=TERMS_RECORDED_AT, letter=key[-1]
        ).values("benchmark")
    )
