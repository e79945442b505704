"""Addresses of setting up a post."""

from django.urls import path

from recommendations.setup import views

urlpatterns = [
    path("", views.setup_list, name="setup_list"),
    path("add/", views.setup_add, name="setup_add"),
    path("<int:pk>/", views.setup_detail, name="setup_detail"),
    path("<int:pk>/country/", views.setup_country, name="setup_country"),
]
