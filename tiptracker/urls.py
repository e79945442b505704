"""URLs: first those of the base package, then each app's, included by module name only."""

from django.urls import include, path

from tiptracker.web import glossary, how_this_works, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("", include("tiptracker.operations.urls")),
    path("glossary/", glossary.glossary, name="glossary"),
    path("help/", how_this_works.how_this_works, name="how_this_works"),
    path("accounts/", include("tiptracker.accounts.urls")),
    path("", include("tiptracker.saved_filters.urls")),
    path("", include("tiptracker.notifications.urls")),
    path("", include("tiptracker.mail.urls")),
    path("", include("tiptracker.languages.urls")),
    path("", include("tiptracker.onboarding.urls")),
    path("api/v1/", include("tiptracker.api.urls")),
    path("", include("tiptracker.audit.urls")),
    path("setup/", include("recommendations.setup.urls")),
    path("setup/", include("recommendations.importing.urls")),
    path("", include("recommendations.rollover.urls")),
    path("", include("recommendations.catalogue.urls")),
    path("", include("recommendations.questions.urls")),
    path("", include("recommendations.urls")),
    path("", include("dialogues.urls")),
    path("", include("reports.urls")),
]
handler400 = "tiptracker.web.pages.bad_request"
handler403 = "tiptracker.web.pages.permission_denied"
handler404 = "tiptracker.api.base.not_found"
handler500 = "tiptracker.web.pages.server_error"
handler429 = "tiptracker.accounts.views.too_many_requests"
