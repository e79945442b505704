"""Addresses of setting up a post."""

from django.urls import path

from recommendations.setup import views

urlpatterns = [
    path("", views.setup_list, name="setup_list"),
    path("add/", views.setup_add, name="setup_add"),
    path("<int:pk>/", views.setup_detail, name="setup_detail"),
    path("<int:pk>/country/", views.setup_country, name="setup_country"),
    path("<int:pk>/edition/", views.setup_edition, name="setup_edition"),
    path("<int:pk>/ministries/", views.setup_ministries, name="setup_ministries"),
    path("<int:pk>/benchmarks/", views.setup_benchmarks, name="setup_benchmarks"),
    path("recommendations/<int:pk>/", views.setup_suggested, name="setup_suggested"),
    path("<int:pk>/people/", views.setup_people, name="setup_people"),
    path("editions/<int:pk>/", views.setup_edition_edit, name="setup_edition_edit"),
]
