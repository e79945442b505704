"""What the apps' APIs share: how a refusal is answered, and what is not found below /api/."""

from http import HTTPStatus
from importlib import import_module
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import page_not_found
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import exception_handler, set_rollback

from tiptracker.accounts.models import User
from tiptracker.refusals import Refused

APPS = ("recommendations", "dialogues", "reports")
"""Whose `api.routes(router)` is asked, by name alone: the floor imports none of them."""


def router() -> DefaultRouter:
    """Every app's view sets below one root."""
    whole = DefaultRouter()
    for app in APPS:
        import_module(f"{app}.api").routes(whole)
    return whole


def refusals_as_answers(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's own answers, and 409 with the sentence where a rule of the record refuses."""
    if isinstance(error, Refused):
        set_rollback()
        return Response({"detail": str(error), "field": error.field}, HTTPStatus.CONFLICT)
    return exception_handler(error, context)


def by_reader(
    request: HttpRequest, *, embassy: type[BaseSerializer[Any]], ministry: type[BaseSerializer[Any]]
) -> type[BaseSerializer[Any]]:
    """What a reader's answer is made of: the embassy's serializer, or the shorter one for everybody else."""
    return embassy if isinstance(request.user, User) and request.user.is_embassy else ministry


class SignedIn(Request):
    """A request that passed the default permission: somebody asks."""

    user: User


class Seen(serializers.PrimaryKeyRelatedField[Any]):
    """An id in a body, looked up among the rows the reader sees: unknown and unseen give the same field error."""

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(queryset=model._default_manager.none(), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.visible_to(self.context["request"].user)  # type: ignore[attr-defined]
        return rows


@extend_schema_field(OpenApiTypes.STR)
class PersonField(serializers.Field[User, str, str, Any]):
    """A person's name: a ministry reads its own colleagues' names, and "The embassy" for everybody else."""

    def to_representation(self, value: User) -> str:
        reader = self.context["request"].user
        if reader.is_embassy or (value.ministry_id and value.ministry_id == reader.ministry_id):
            return value.name
        return "The embassy"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: a page for people, JSON below /api/."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "Not found."}, status=HTTPStatus.NOT_FOUND)
    return page_not_found(request, exception)
