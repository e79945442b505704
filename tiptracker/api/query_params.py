"""Query parameters of the API. Unknown, repeated and empty parameters are refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from tiptracker.api.former_names import refuse_both_names
from tiptracker.audit.api import ReadLoggingMixin
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.moments import parse_moment
from tiptracker.numbers import parse_whole_number

MAX_PAGE_SIZE = 500
"""Maximum number of rows on one page of a list."""


class StrictParametersMixin(ReadLoggingMixin):
    """An API view that answers 400, by parameter name, to parameters it does not accept."""

    query_serializers: ClassVar[Mapping[str, type[Serializer[Any]]]] = {}
    """By action: the serializer that parses the parameters of an address that is not a list of rows."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check permissions first, then the parameters."""
        super().initial(request, *args, **kwargs)
        if getattr(self, "action", "") is not None:  # None: the method is not allowed and is answered 405
            refuse_parameters(request.query_params, accepted_parameters(self))
            refuse_both_names(_former_filters(self), request.query_params.keys())


def accepted_parameters(view: StrictParametersMixin) -> list[str]:
    """Return the names of the parameters that `view` accepts for its current action."""
    action = getattr(view, "action", "")
    if action in view.query_serializers:
        return list(view.query_serializers[action]().fields)
    if action != "list" or not isinstance(view, ListModelMixin):
        return []
    narrowing = getattr(view, "filterset_class", None)
    return [
        *(narrowing.base_filters if narrowing else ()),
        ApiPagination.page_query_param,
        ApiPagination.page_size_query_param,
    ]


def _former_filters(view: StrictParametersMixin) -> Mapping[str, str]:
    """Return the former names of the parameters by which a list is filtered: `former_names` of its filter set."""
    names: Mapping[str, str] = getattr(getattr(view, "filterset_class", None), "former_names", {})
    return names


def refuse_parameters(query: QueryDict, names: list[str]) -> None:
    """Raise ValidationError, by name, for parameters not in `names`, given more than once, or empty."""
    errors: dict[str, list[str]] = {}
    for name, values in query.lists():
        if name not in names:
            sentence = (
                gettext("Unknown parameter. This address accepts: %(names)s.") % {"names": ", ".join(names)}
                if names
                else gettext("Unknown parameter. This address accepts no parameters.")
            )
            errors[name] = [sentence]
        elif len(values) > 1:
            errors[name] = [
                gettext("Give this parameter only once. You gave it %(number)d times.") % {"number": len(values)}
            ]
        elif not values[0].strip():
            errors[name] = [gettext("Give this parameter a value, or leave it out.")]
    if errors:
        raise ValidationError(errors)


class ApiPagination(PageNumberPagination):
    """Pages of a list: `page` counts from 1, `page_size` is the number of rows on a page."""

    page_size_query_param = "page_size"
    page_size_query_description = f"Rows on one page: 1 to {MAX_PAGE_SIZE}, by default 100."
    max_page_size = MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int | None:
        """Return the requested page size. Raises ValidationError outside 1 to MAX_PAGE_SIZE."""
        value = request.query_params.get(self.page_size_query_param)
        if value is None:
            return self.page_size
        size = parse_whole_number(value)
        if size is None or not 1 <= size <= MAX_PAGE_SIZE:
            sentence = gettext("Give a whole number from 1 to %(most)d.") % {"most": MAX_PAGE_SIZE}
            raise ValidationError({self.page_size_query_param: [sentence]})
        return size

    def get_page_number(self, request: Request, paginator: Any) -> int | str:
        """Return the requested page number. Raises ValidationError if it is not a whole number.

        A page after the last one is answered 404.
        """
        value = request.query_params.get(self.page_query_param, "1")
        if parse_whole_number(value) is None:
            sentence = gettext("Give a whole number from 1 to the number of the last page.")
            raise ValidationError({self.page_query_param: [sentence]})
        return value

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Document the parameters as REST framework does, with the bounds of `page_size`."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": MAX_PAGE_SIZE}
        return parameters


class KeysFirstPagination(ApiPagination):
    """Pages of a list whose rows need many joins: first the keys of a page are found, then the rows of these few.

    PostgreSQL puts only some joins into the best order. With many, it would join all rows before it looks for the page.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Return the rows of the requested page."""
        keys: list[Any] | None = super().paginate_queryset(
            queryset.prefetch_related(None).values_list("pk", flat=True), request, view
        )
        if keys is None:
            return None
        rows = queryset.in_bulk(keys)
        return [rows[key] for key in keys if key in rows]


class MomentField(forms.Field):
    """A moment with its time zone (ISO 8601)."""

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return parse_moment(value)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class RecordedSinceFilter(filters.Filter):
    """Filter rows that were recorded at a moment or later.

    Pass `method` if changes in other rows count as well; `counts` describes them in the documentation.
    """

    field_class = MomentField

    def __init__(self, field_name: str = "recorded_at", *, counts: str = "", **kwargs: Any) -> None:
        description = f"A date and time with its time zone: rows recorded then or later. {counts}".strip()
        super().__init__(field_name, "gte", **kwargs)
        set_override(self, "field", {"type": "string", "format": "date-time", "description": description})
