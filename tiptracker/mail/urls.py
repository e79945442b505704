"""URLs of mails."""

from django.urls import path

from tiptracker.mail import views

urlpatterns = [path("mails/", views.mail_list, name="mail_list")]
