"""Addresses of people, ministries and countries, and of the requests about accounts."""

from django.urls import path

from tiptracker.onboarding import views

urlpatterns = [
    path("people/", views.person_list, name="person_list"),
    path("people/add/", views.person_add, name="person_add"),
    path("people/<int:pk>/", views.person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", views.person_edit, name="person_edit"),
    path("ministries/", views.ministry_list, name="ministry_list"),
    path("ministries/<int:pk>/edit/", views.ministry_edit, name="ministry_edit"),
    path("countries/", views.country_list, name="country_list"),
    path("countries/<int:pk>/edit/", views.country_edit, name="country_edit"),
    path("accounts/address/", views.account_address, name="account_address"),
    path("accounts/address/confirm/<str:token>/", views.account_address_confirm, name="account_address_confirm"),
    path("accounts/requests/", views.account_request_list, name="account_request_list"),
    path("accounts/requests/<int:pk>/", views.account_request_detail, name="account_request_detail"),
    path("accounts/requests/stop/<str:token>/", views.account_request_stop, name="account_request_stop"),
]
