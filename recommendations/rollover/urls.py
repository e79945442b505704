"""The address of saying what an edition repeats; what was promised moves along in `dialogues.urls`."""

from django.urls import path

from recommendations.rollover import views

urlpatterns = [path("editions/<int:pk>/repeats/", views.edition_repeats, name="edition_repeats")]
