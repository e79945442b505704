"""URLs of the activity log."""

from django.urls import path

from tiptracker.audit import views

urlpatterns = [
    path("log/", views.log_list, name="log_list"),
    path("log/export/", views.log_export, name="log_export"),
    path("log/imported/<int:pk>/", views.imported_entry_detail, name="imported_entry_detail"),
    path("log/<int:number>/", views.log_detail, name="log_detail"),
]
