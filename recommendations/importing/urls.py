"""URLs to import an edition's list."""

from django.urls import path

from recommendations.importing import views

urlpatterns = [
    path("editions/<int:pk>/import/", views.edition_import, name="edition_import"),
    path("imports/<int:pk>/", views.import_preview, name="import_preview"),
]
