"""The only writers of what is asked: recommendations, benchmarks and the dated terms these are judged by."""

from recommendations.actions.benchmarks import add_benchmark, change_benchmark_terms
from recommendations.actions.indicators import set_reporting_ministry
from recommendations.actions.readiness_changed import readiness_may_have_moved
from recommendations.actions.recommendations import add_recommendation, change_recommendation
from recommendations.actions.terms import change_terms, record_milestone, refuse_outside_period, refuse_overlap

__all__ = [
    "add_benchmark",
    "add_recommendation",
    "change_benchmark_terms",
    "change_recommendation",
    "change_terms",
    "readiness_may_have_moved",
    "record_milestone",
    "refuse_outside_period",
    "refuse_overlap",
    "set_reporting_ministry",
]
