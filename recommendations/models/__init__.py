from recommendations.models.editions import (
    Edition,
    EditionTerms,
    Milestone,
    MilestoneDateChange,
    MilestoneDone,
    RecommendationWeight,
)
from recommendations.models.imports import EditionImport
from recommendations.models.indicators import Indicator
from recommendations.models.questions import Question, QuestionSet, QuestionTerms
from recommendations.models.recommendations import Benchmark, BenchmarkTerms, Recommendation, RecommendationTerms

__all__ = [
    "Benchmark",
    "BenchmarkTerms",
    "Edition",
    "EditionImport",
    "EditionTerms",
    "Indicator",
    "Milestone",
    "MilestoneDateChange",
    "MilestoneDone",
    "Question",
    "QuestionSet",
    "QuestionTerms",
    "Recommendation",
    "RecommendationTerms",
    "RecommendationWeight",
]
