"""URLs of people, ministries and countries, and of requests about accounts."""

from django.urls import path

from tiptracker.onboarding.views import countries, ministries, people, requests

urlpatterns = [
    path("people/", people.person_list, name="person_list"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("ministries/", ministries.ministry_list, name="ministry_list"),
    path("ministries/<int:pk>/edit/", ministries.ministry_edit, name="ministry_edit"),
    path("countries/", countries.country_list, name="country_list"),
    path("countries/<int:pk>/edit/", countries.country_edit, name="country_edit"),
    path("accounts/address/", requests.account_address, name="account_address"),
    path("accounts/address/confirm/<str:token>/", requests.account_address_confirm, name="account_address_confirm"),
    path("accounts/requests/", requests.account_request_list, name="account_request_list"),
    path("accounts/requests/<int:pk>/", requests.account_request_detail, name="account_request_detail"),
    path("accounts/requests/stop/<str:token>/", requests.account_request_stop, name="account_request_stop"),
]
