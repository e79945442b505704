"""Addresses of what we conclude and hand over, and of what is asked beside how far it is shown."""

from django.urls import path

from recommendations.edition_context import edition_pages
from reports import views

urlpatterns = [
    *edition_pages(
        [
            path("districts/", views.district_list, name="district_list"),
            path("timeline/", views.timeline, name="timeline"),
            path("handover/", views.handover, name="handover"),
            path("dashboard/", views.dashboard, name="dashboard"),
            path("methodology/", views.methodology, name="methodology"),
            path("readiness/", views.readiness_detail, name="readiness_detail"),
            path("readiness/checks/", views.readiness_checks, name="readiness_checks"),
            path("readiness/changes/", views.readiness_changes, name="readiness_changes"),
            path("readiness/runs/", views.run_list, name="run_list"),
            path("readiness/what-if/", views.readiness_what_if, name="readiness_what_if"),
            path("readiness/trend/", views.readiness_trend, name="readiness_trend"),
            path("readiness/why/<slug:part>/", views.readiness_why, name="readiness_why"),
            path("readiness/why/<slug:part>/<slug:key>/", views.readiness_why, name="readiness_why"),
            path("recommendations/", views.recommendation_list, name="recommendation_list"),
            path("briefings/", views.briefing_list, name="briefing_list"),
            path("briefings/request/", views.briefing_request, name="briefing_request"),
            path("inbox/", views.round_list, name="round_list"),
            path("inbox/next/", views.inbox_next, name="inbox_next"),
        ]
    ),
    path("overview/", views.overview, name="overview"),
    path("ministries/<int:pk>/", views.ministry_detail, name="ministry_detail"),
    path("readiness/runs/<int:pk>/", views.run_detail, name="run_detail"),
    path("recommendations/<int:pk>/", views.recommendation_detail, name="recommendation_detail"),
    path("briefings/check/", views.briefing_check, name="briefing_check"),
    path("briefings/<int:pk>/", views.briefing_detail, name="briefing_detail"),
    path("briefings/<int:pk>/clear/", views.briefing_clear, name="briefing_clear"),
    path("briefings/<int:pk>/compare/", views.briefing_compare, name="briefing_compare"),
    path("briefings/<int:pk>/file/", views.briefing_file, name="briefing_file"),
    path("briefings/<int:pk>/word/", views.briefing_word, name="briefing_word"),
    path("rounds/<int:pk>/foretold/", views.round_simulation, name="round_simulation"),
    path("evidence/<int:pk>/foretold/", views.evidence_simulation, name="evidence_simulation"),
    path("benchmarks/<int:pk>/foretold/", views.benchmark_simulation, name="benchmark_simulation"),
]
