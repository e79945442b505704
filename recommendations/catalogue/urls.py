"""The URL to set up standard indicators."""

from django.urls import path

from recommendations.catalogue import views
from recommendations.edition_context import edition_urlpatterns

urlpatterns = edition_urlpatterns([path("indicators/standard/", views.standard_indicators, name="standard_indicators")])
