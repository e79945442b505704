"""URLs to set up a post."""

from django.urls import path

from recommendations.setup.views import benchmarks, country, edition, ministries, people, posts

urlpatterns = [
    path("", posts.setup_list, name="setup_list"),
    path("add/", country.setup_add, name="setup_add"),
    path("<int:pk>/", posts.setup_detail, name="setup_detail"),
    path("<int:pk>/country/", country.setup_country, name="setup_country"),
    path("<int:pk>/edition/", edition.setup_edition, name="setup_edition"),
    path("<int:pk>/ministries/", ministries.setup_ministries, name="setup_ministries"),
    path("<int:pk>/benchmarks/", benchmarks.setup_benchmarks, name="setup_benchmarks"),
    path("recommendations/<int:pk>/", benchmarks.setup_suggested, name="setup_suggested"),
    path("<int:pk>/people/", people.setup_people, name="setup_people"),
    path("editions/<int:pk>/", edition.setup_edition_edit, name="setup_edition_edit"),
]
