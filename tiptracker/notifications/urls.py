"""URLs of notices."""

from django.urls import path

from tiptracker.notifications import views

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/<int:pk>/", views.notice_detail, name="notice_detail"),
    path("notices/settings/", views.notice_settings, name="notice_settings"),
    path("notices/stop/<str:token>/", views.notices_stop, name="notices_stop"),
]
