"""URLs for operators: health, readiness for traffic, metrics and the status page."""

from django.urls import path

from tiptracker.operations import health, views

urlpatterns = [
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
    path("metrics/", views.metrics, name="metrics"),
    path("status/", views.status, name="status"),
]
