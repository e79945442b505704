"""URL patterns of workbooks."""

from django.urls import path

from dialogues.workbook import views

urlpatterns = [
    path("ministries/<int:pk>/workbook/", views.workbook, name="workbook"),
    path("ministries/<int:pk>/workbook/download/", views.workbook_download, name="workbook_download"),
    path("workbooks/<int:pk>/", views.workbook_preview, name="workbook_preview"),
]
