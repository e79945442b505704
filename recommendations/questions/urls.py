"""URLs to load the yearly questions of an edition. Pages of questions and their answers are in `reports.urls`."""

from django.urls import path

from recommendations.edition_context import edition_urlpatterns
from recommendations.questions import views

urlpatterns = [
    *edition_urlpatterns([path("questions/load/", views.question_sets, name="question_sets")]),
    path("question-sets/<int:pk>/", views.question_set_preview, name="question_set_preview"),
]
