"""URLs of the languages of the installation."""

from django.urls import path

from tiptracker.languages import views

urlpatterns = [
    path("languages/", views.languages, name="languages"),
    path("languages/<str:code>/", views.language_review, name="language_review"),
]
