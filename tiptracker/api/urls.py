"""URLs below /api/v1/."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated

from tiptracker.accounts.authentication import TokenScopePermission
from tiptracker.api.base import build_router
from tiptracker.api.query_params import StrictParametersMixin


class SchemaView(StrictParametersMixin, SpectacularAPIView):
    """The OpenAPI schema of this API: YAML, or JSON if the Accept header asks for it."""


urlpatterns = [
    path("schema/", SchemaView.as_view(permission_classes=[IsAuthenticated, TokenScopePermission]), name="api_schema"),
    path(
        "docs/",
        login_required(
            csp_override(settings.CSP_WITH_DRAWINGS)(
                SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="tiptracker/api_docs.html")
            )
        ),
        name="api_docs",
    ),
    path("", include(build_router().urls)),
]
