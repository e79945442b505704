"""URLs of saved filters."""

from django.urls import path

from tiptracker.saved_filters import views

urlpatterns = [
    path("filters/", views.saved_filter_add, name="saved_filter_add"),
    path("filters/<int:pk>/", views.saved_filter_edit, name="saved_filter_edit"),
]
