from reports.views.briefing_compare import briefing_compare
from reports.views.briefing_request import briefing_request
from reports.views.briefings import (
    briefing_check,
    briefing_clear,
    briefing_detail,
    briefing_file,
    briefing_list,
    briefing_word,
)
from reports.views.changes import readiness_changes
from reports.views.dashboard import dashboard
from reports.views.districts import district_list
from reports.views.explanation import readiness_why
from reports.views.handover import handover
from reports.views.inbox import inbox_next, round_list
from reports.views.methodology import methodology
from reports.views.ministries import ministry_detail
from reports.views.overview import overview
from reports.views.readiness import readiness_checks, readiness_detail
from reports.views.recommendations import recommendation_detail, recommendation_list
from reports.views.review_simulation import benchmark_simulation, evidence_simulation, round_simulation
from reports.views.runs import run_detail, run_list
from reports.views.timeline import timeline
from reports.views.trend import readiness_trend
from reports.views.what_if import readiness_what_if

__all__ = [
    "benchmark_simulation",
    "briefing_check",
    "briefing_clear",
    "briefing_compare",
    "briefing_detail",
    "briefing_file",
    "briefing_list",
    "briefing_request",
    "briefing_word",
    "dashboard",
    "district_list",
    "evidence_simulation",
    "handover",
    "inbox_next",
    "methodology",
    "ministry_detail",
    "overview",
    "readiness_changes",
    "readiness_checks",
    "readiness_detail",
    "readiness_trend",
    "readiness_what_if",
    "readiness_why",
    "recommendation_detail",
    "recommendation_list",
    "round_list",
    "round_simulation",
    "run_detail",
    "run_list",
    "timeline",
]
