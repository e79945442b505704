from reports.views.briefings import briefing_detail, briefing_file, briefing_list
from reports.views.dashboard import dashboard
from reports.views.recommendations import recommendation_detail, recommendation_list
from reports.views.rounds import round_foretold

__all__ = [
    "briefing_detail",
    "briefing_file",
    "briefing_list",
    "dashboard",
    "recommendation_detail",
    "recommendation_list",
    "round_foretold",
]
