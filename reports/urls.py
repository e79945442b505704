"""URLs of readiness, briefings, My tasks and the other pages of this app."""

from django.urls import path

from recommendations.edition_context import edition_urlpatterns
from reports.views import (
    briefing_compare,
    briefing_request,
    briefings,
    changes,
    dashboard,
    districts,
    explanation,
    handover,
    methodology,
    ministries,
    my_tasks,
    overview,
    readiness,
    recommendations,
    review_simulation,
    runs,
    search,
    timeline,
    trend,
    what_if,
)

urlpatterns = [
    *edition_urlpatterns(
        [
            path("districts/", districts.district_list, name="district_list"),
            path("timeline/", timeline.timeline, name="timeline"),
            path("handover/", handover.handover, name="handover"),
            path("dashboard/", dashboard.dashboard, name="dashboard"),
            path("methodology/", methodology.methodology, name="methodology"),
            path("readiness/", readiness.readiness_detail, name="readiness_detail"),
            path("readiness/why/", readiness.readiness_explanation, name="readiness_explanation"),
            path("readiness/checks/", readiness.readiness_checks, name="readiness_checks"),
            path("readiness/changes/", changes.readiness_changes, name="readiness_changes"),
            path("readiness/runs/", runs.run_list, name="run_list"),
            path("readiness/what-if/", what_if.readiness_what_if, name="readiness_what_if"),
            path("readiness/trend/", trend.readiness_trend, name="readiness_trend"),
            path("readiness/why/<slug:part>/", explanation.readiness_why, name="readiness_why"),
            path("readiness/why/<slug:part>/<slug:key>/", explanation.readiness_why, name="readiness_why"),
            path("recommendations/", recommendations.recommendation_list, name="recommendation_list"),
            path("briefings/", briefings.briefing_list, name="briefing_list"),
            path("briefings/request/", briefing_request.briefing_request, name="briefing_request"),
            path("tasks/", my_tasks.my_tasks, name="my_tasks"),
            path("tasks/next/", my_tasks.my_tasks_next, name="my_tasks_next"),
        ]
    ),
    path("overview/", overview.overview, name="overview"),
    path("search/", search.search, name="search"),
    path("ministries/<int:pk>/", ministries.ministry_detail, name="ministry_detail"),
    path("readiness/runs/<int:pk>/", runs.run_detail, name="run_detail"),
    path("recommendations/<int:pk>/", recommendations.recommendation_detail, name="recommendation_detail"),
    path("briefings/check/", briefings.briefing_check, name="briefing_check"),
    path("briefings/<int:pk>/", briefings.briefing_detail, name="briefing_detail"),
    path("briefings/<int:pk>/clear/", briefings.briefing_clear, name="briefing_clear"),
    path("briefings/<int:pk>/compare/", briefing_compare.briefing_compare, name="briefing_compare"),
    path("briefings/<int:pk>/file/", briefings.briefing_file, name="briefing_file"),
    path("briefings/<int:pk>/word/", briefings.briefing_word, name="briefing_word"),
    path("update-versions/<int:pk>/simulation/", review_simulation.version_simulation, name="version_simulation"),
    path("evidence/<int:pk>/simulation/", review_simulation.evidence_simulation, name="evidence_simulation"),
    path("benchmarks/<int:pk>/simulation/", review_simulation.benchmark_simulation, name="benchmark_simulation"),
]
