"""URLs to record recommendations, benchmarks and terms. Pages that show them are in `reports.urls`."""

from django.urls import path

from recommendations import views

urlpatterns = [
    path("editions/<int:edition>/recommendations/add/", views.recommendation_add, name="recommendation_add"),
    path("editions/<int:edition>/department-year/", views.department_year, name="department_year"),
    path("editions/<int:edition>/milestones/add/", views.milestone_add, name="milestone_add"),
    path("editions/<int:pk>/terms/", views.edition_terms, name="edition_terms"),
    path("indicators/<int:pk>/includes/", views.indicator_includes, name="indicator_includes"),
    path("indicators/<int:pk>/ministry/", views.indicator_ministry, name="indicator_ministry"),
    path("milestones/<int:pk>/date/", views.milestone_date, name="milestone_date"),
    path("milestones/<int:pk>/done/", views.milestone_done, name="milestone_done"),
    path("recommendations/<int:pk>/edit/", views.recommendation_edit, name="recommendation_edit"),
    path("recommendations/<int:pk>/benchmarks/add/", views.benchmark_add, name="benchmark_add"),
    path("benchmarks/<int:pk>/edit/", views.benchmark_edit, name="benchmark_edit"),
]
