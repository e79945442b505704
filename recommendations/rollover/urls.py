"""The URL to record what an edition repeats. Commitments are rolled over in `dialogues.urls`."""

from django.urls import path

from recommendations.rollover import views

urlpatterns = [path("editions/<int:pk>/repeats/", views.edition_repeats, name="edition_repeats")]
