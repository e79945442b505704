"""Shared parts of the apps' APIs: fields, serializers by reader, refusals and their documentation."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from importlib import import_module
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.db.models import BigIntegerField, Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import page_not_found
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail, NotAuthenticated, Throttled
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.serializers import Serializer
from rest_framework.views import exception_handler
from rest_framework.viewsets import GenericViewSet

from tiptracker.accounts.authentication import TokenAuthentication
from tiptracker.accounts.models import AnyUser, Ministry, User
from tiptracker.accounts.permissions import can_read_name
from tiptracker.api.former_names import describe_former
from tiptracker.api.json_parser import BodyTooLarge
from tiptracker.api.query_params import StrictParametersMixin
from tiptracker.audit.api import DailyRowLimitExceeded
from tiptracker.choices import ChoiceEnum
from tiptracker.errors import Refused, TryLater
from tiptracker.idempotency.actions import IdempotencyKeyReused, RequestStillRunning
from tiptracker.idempotency.api import KEY_PARAMETER, RETRY_AFTER_SECONDS
from tiptracker.localization import gettext, gettext_lazy, gettext_noop
from tiptracker.web import rate_limits
from tiptracker.web.complete_body import IncompleteBody
from tiptracker.web.error_pages import NOT_FOUND, with_plain_fallback

APPS = ("recommendations", "dialogues", "reports")
"""Apps whose `api.routes(router)` is called. They are imported by name, because this package may not depend on them."""

OpenApiSchema = dict[str, Any]


class ApiRootView(StrictParametersMixin, APIRootView):
    """The available lists with their addresses."""


def build_router() -> DefaultRouter:
    """Build the router with every app's view sets. Each has one address, without a second one that ends in `.json`."""
    router = DefaultRouter()
    router.include_format_suffixes = False
    router.APIRootView = ApiRootView
    router.register("ministries", MinistryViewSet, basename="ministry")
    for app in APPS:
        import_module(f"{app}.api").routes(router)
    return router


# --- Readers and the rows that they may name --------------------------------------------------------------------------


class ApiRequest(Request):
    """A request that passed the default permission, so its user is signed in."""

    user: User


def is_embassy(reader: AnyUser) -> bool:
    """Return whether the reader has an embassy role, which reads everything on its countries."""
    return reader.is_authenticated and reader.is_embassy


def validate_body(kind: type[Serializer[Any]], view: GenericViewSet[Any]) -> dict[str, Any]:
    """Return the body as validated by the serializer class `kind`. Raises ValidationError (answered 400, by field)."""
    serializer = kind(data=view.request.data, context=view.get_serializer_context())
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def serializers_by_reader(
    name: str, *, embassy: type[Serializer[Any]], ministry: type[Serializer[Any]]
) -> Callable[[type[Any]], type[Any]]:
    """Decorate a view set so that the embassy gets its own serializer and all other readers a shorter one.

    The API documentation shows both answers under `name`.
    """
    both = PolymorphicProxySerializer(
        component_name=name, serializers=[embassy, ministry], resource_type_field_name=None
    )

    def decorate(view_set: type[Any]) -> type[Any]:
        def get_serializer_class(self: Any) -> type[Serializer[Any]]:
            return embassy if is_embassy(self.request.user) else ministry

        view_set.get_serializer_class = get_serializer_class
        documented = extend_schema(responses=both)
        return extend_schema_view(list=documented, retrieve=documented)(view_set)

    return decorate


class VisibleRowField(serializers.PrimaryKeyRelatedField[Any]):
    """An id in a body, looked up among the rows that the reader may see.

    An id that does not exist and one that the reader may not see give the same field error.
    """

    default_error_messages: ClassVar = {
        "does_not_exist": gettext_lazy("You can see no row with the id {pk_value}. Use an id from the list."),
        "incorrect_type": gettext_lazy("Give an id. An id is a whole number."),
        "required": gettext_lazy("Give an id from the list."),
    }

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(queryset=model._default_manager.none(), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.visible_to(self.context["request"].user)  # type: ignore[attr-defined]
        return rows


class VisibleRowListField(serializers.ListField):
    """A list of up to `max_length` ids in a body, looked up in one query. Errors are those of `VisibleRowField`."""

    default_error_messages: ClassVar = {
        "does_not_exist": VisibleRowField.default_error_messages["does_not_exist"],
        "max_length": gettext_lazy("Give at most {max_length} at a time."),
    }
    child = serializers.IntegerField(
        error_messages={"invalid": VisibleRowField.default_error_messages["incorrect_type"]}
    )

    def __init__(self, model: type[Model], *, max_length: int, **kwargs: Any) -> None:
        self.model = model
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the rows in the order of their ids in the body."""
        if isinstance(data, list) and len(data) > (most := self.max_length or 0):
            self.fail("max_length", max_length=most)
        ids: list[int] = super().to_internal_value(data)
        visible: QuerySet[Any] = self.model.objects.visible_to(self.context["request"].user)  # type: ignore[attr-defined]
        rows = visible.in_bulk({pk for pk in ids if abs(pk) <= BigIntegerField.MAX_BIGINT})
        for pk in ids:
            if pk not in rows:
                self.fail("does_not_exist", pk_value=pk)
        return [rows[pk] for pk in ids]


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(filters.Filter):
    """Filter rows by the id of a related row. An unknown id and one the reader may not see give the same empty list."""

    field_class = forms.IntegerField

    def filter(self, qs: QuerySet[Any], value: int | None) -> QuerySet[Any]:
        if value is not None and abs(value) > BigIntegerField.MAX_BIGINT:
            return qs.none()
        return super().filter(qs, value)


class FormerIdFilter(IdFilter):
    """An `IdFilter` under its former name; `now` is the name of today."""

    def __init__(self, field_name: str, *, now: str, **kwargs: Any) -> None:
        super().__init__(field_name, **kwargs)
        set_override(self, "field", {"type": "integer", "description": describe_former(now)})


class ChoiceEnumField(serializers.ChoiceField):
    """A choice of an enumeration. The validated value is the member itself, as actions expect."""

    def __init__(self, words: type[ChoiceEnum], **kwargs: Any) -> None:
        self.words = words
        super().__init__(choices=words.choices(), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        word = super().to_internal_value(data)
        return self.words(word) if word else word


class ApiDateField(serializers.DateField):
    """A calendar day."""

    default_error_messages: ClassVar = {
        "invalid": gettext_lazy("Give a date, such as 2022-01-28."),
        "datetime": gettext_lazy("Give a date without a time, such as 2022-01-28."),
    }


@extend_schema_field(OpenApiTypes.STR)
class PersonField(serializers.Field[User, str, str, Any]):
    """The person who recorded a row for the embassy. Embassy readers get the name, others “The embassy”."""

    def to_representation(self, value: User) -> str:
        return value.name if can_read_name(self.context["request"].user, sent_for=None) else gettext("The embassy")


class SenderField(PersonField):
    """The person who recorded a row (`recorded_by`), perhaps for a ministry (`sent_for` of the row).

    Readers of that ministry get the name, wherever the sender works today. Other ministries get the ministry's name. A
    row that an officer uploaded on behalf of a ministry says so (`sender` of the row).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        if (ministry := value.sent_for) is None:
            return super().to_representation(value.recorded_by)
        may_read = can_read_name(self.context["request"].user, sent_for=ministry.pk)
        return str(getattr(value, "sender", value.recorded_by.name) if may_read else ministry.name)


class MinistrySerializer(serializers.ModelSerializer[Ministry]):
    country = serializers.SlugRelatedField[Ministry](slug_field="code", read_only=True)

    class Meta:
        model = Ministry
        fields = ("id", "country", "name", "short_name")


class MinistryViewSet(StrictParametersMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[Ministry]):
    """Ministries with their ids, as other resources use them. A focal point sees only their own ministry."""

    serializer_class = MinistrySerializer

    def get_queryset(self) -> QuerySet[Ministry]:
        return Ministry.objects.visible_to(self.request.user).select_related("country").order_by("pk")


# --- Refusals ---------------------------------------------------------------------------------------------------------


AUTHENTICATION_HINT = gettext_noop(
    "Send a token in the header “Authorization: Bearer tip_…”. You can make a token on the page “API tokens”."
)
"""Answer to a request without credentials."""


def handle_api_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception, as EXCEPTION_HANDLER of REST framework.

    In addition to REST framework's own answers:

    - 400 if the body is incomplete or holds more than one request may
    - 409 with the sentence if a rule of the record refuses
    - 422 if an Idempotency-Key was used for another request
    - 429 if the client has to wait, also after too many 401 answers to one IP address
    - 503 if everybody has to wait
    """
    if isinstance(error, NotAuthenticated | AuthenticationFailed) and (
        wait := rate_limits.seconds_to_wait("api_refused", context["request"]._request)
    ):
        error = Throttled(wait)
    if isinstance(error, NotAuthenticated):
        error.detail = ErrorDetail(gettext(AUTHENTICATION_HINT), error.default_code)
    if isinstance(error, Throttled) and not isinstance(error, DailyRowLimitExceeded):
        error.detail = _throttle_detail(error)
    if isinstance(error, IdempotencyKeyReused):
        return Response({"detail": str(error)}, HTTPStatus.UNPROCESSABLE_CONTENT)
    if isinstance(error, RequestStillRunning):
        head = {rate_limits.RETRY_AFTER: str(RETRY_AFTER_SECONDS)}
        return Response(_describe_refusal(error), HTTPStatus.CONFLICT, headers=head)
    if isinstance(error, Refused):
        status, head = HTTPStatus.CONFLICT, {}
        if isinstance(error, TryLater):
            status, head = error.status, {rate_limits.RETRY_AFTER: str(error.seconds)}
        return Response(_describe_refusal(error), status, headers=head)
    if isinstance(error, IncompleteBody):
        return Response({"detail": str(error)}, HTTPStatus.BAD_REQUEST)
    if isinstance(error, SuspiciousOperation):
        return Response({"detail": str(BodyTooLarge.default_detail)}, HTTPStatus.BAD_REQUEST)
    return exception_handler(error, context)


def _describe_refusal(refusal: Refused) -> dict[str, str | None]:
    return {"detail": str(refusal), "code": refusal.code, "field": refusal.field}


def _throttle_detail(error: Throttled) -> ErrorDetail:
    wait = rate_limits.format_wait(getattr(error, "wait", None) or 1)
    sentence = gettext("You sent too many requests. Nothing was done. Wait %(wait)s, then try again.") % {"wait": wait}
    return ErrorDetail(sentence, error.default_code)


@with_plain_fallback(*NOT_FOUND, status=HTTPStatus.NOT_FOUND)
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: a page for people, JSON below /api/."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": gettext("Not found.")}, status=HTTPStatus.NOT_FOUND)
    return page_not_found(request, exception)


# --- Documentation ----------------------------------------------------------------------------------------------------


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Documents API tokens in the schema, next to the session cookie."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> OpenApiSchema:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "You make a token on the page “API tokens”. A token that can only read cannot write.",
        }


DETAIL = {"type": "string", "description": "A sentence that says what is wrong and what to do next."}
CODE = {
    "type": "string",
    "description": "The rule that refused the request, such as `future_day`. The code stays if the sentence changes.",
}
COMPONENTS: OpenApiSchema = {
    "Problem": {"type": "object", "properties": {"detail": DETAIL}, "required": ["detail"]},
    "Refusal": {
        "type": "object",
        "properties": {
            "detail": DETAIL,
            "code": CODE,
            "field": {
                "type": "string",
                "nullable": True,
                "description": "The field of the body that is wrong, if any.",
            },
        },
        "required": ["detail", "code", "field"],
    },
    "FieldErrors": {
        "type": "object",
        "description": "Sentences by field or parameter. `non_field_errors` and `detail` are about the whole request.",
        "additionalProperties": {},
    },
}
REFUSAL_RESPONSES = {
    HTTPStatus.BAD_REQUEST: ("FieldErrors", "A field or parameter is wrong, or names a row that you cannot see."),
    HTTPStatus.UNAUTHORIZED: ("Problem", "The request has no credentials, or the token does not work."),
    HTTPStatus.FORBIDDEN: ("Problem", "You can see the row but may not do this, or the token can only read."),
    HTTPStatus.NOT_FOUND: ("Problem", "The row does not exist, or you cannot see it."),
    HTTPStatus.NOT_ACCEPTABLE: ("Problem", "The Accept header asks for something other than JSON."),
    HTTPStatus.CONFLICT: ("Refusal", "A rule of the record refuses the request."),
    HTTPStatus.CONTENT_TOO_LARGE: ("Problem", "The body is too large."),
    HTTPStatus.UNPROCESSABLE_CONTENT: ("Problem", "The Idempotency-Key was used for another request."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("Problem", "The content type of the body is not supported."),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Problem",
        "You sent too many requests. Wait for the number of seconds in Retry-After.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Refusal",
        "The server is opening too many files. Wait for the number of seconds in Retry-After.",
    ),
}
"""The component and the meaning of each refusal status."""
REFUSAL_HEADERS = {
    HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
    HTTPStatus.TOO_MANY_REQUESTS: rate_limits.RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: rate_limits.RETRY_AFTER,
}
"""The header that some refusals carry."""


def document_refusals(
    result: OpenApiSchema, generator: Any, request: HttpRequest | None, public: bool
) -> OpenApiSchema:
    """Post-processing hook of the schema: add the possible refusals to every operation."""
    schemas = result["components"]["schemas"]
    for schema in schemas.values():
        if "oneOf" in schema and "discriminator" not in schema:
            # The ministry's answer is a subset of the embassy's, so one answer may match both.
            schema["anyOf"] = schema.pop("oneOf")
    schemas |= COMPONENTS
    for operations in result["paths"].values():
        for method, operation in operations.items():
            answers = operation["responses"]
            for status in _refusal_statuses(method, operation):
                component, meaning = REFUSAL_RESPONSES[status]
                answer = answers.setdefault(str(status.value), {})
                answer["description"] = answer.get("description") or meaning
                if status in REFUSAL_HEADERS:
                    answer["headers"] = {REFUSAL_HEADERS[status]: {"schema": {"type": "string"}, "required": True}}
                answer["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{component}"}}}
            if method == "post":
                operation.setdefault("parameters", []).append(KEY_PARAMETER)
            operation["responses"] = dict(sorted(answers.items()))
    return result


def _refusal_statuses(method: str, operation: OpenApiSchema) -> Iterator[HTTPStatus]:
    parameters = operation.get("parameters", [])
    has_body = "requestBody" in operation
    query_names = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    gives_json = any("application/json" in answer.get("content", {}) for answer in operation["responses"].values())
    yield from (status for status in REFUSAL_RESPONSES if str(status.value) in operation["responses"])
    yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
    if "page" in query_names or any(parameter["in"] == "path" for parameter in parameters):
        yield HTTPStatus.NOT_FOUND
    if gives_json:
        yield HTTPStatus.NOT_ACCEPTABLE
    if method == "post":
        # With an Idempotency-Key: a row that is no longer visible, and a key that was used for another request.
        yield from (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_CONTENT)
    if has_body and "multipart/form-data" in operation["requestBody"]["content"]:
        yield HTTPStatus.SERVICE_UNAVAILABLE
    if has_body:
        yield HTTPStatus.CONTENT_TOO_LARGE
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
