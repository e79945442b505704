"""URLs of the languages of the installation."""

from django.urls import path

from tiptracker.languages import views

urlpatterns = [
    path("languages/", views.language_list, name="language_list"),
    path("languages/<str:code>/", views.language_review, name="language_review"),
]
