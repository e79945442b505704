"""The parameters that an address of the API takes. It refuses every other one, one given twice, and one left empty."""

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

from tiptracker.audit.api import ReadLoggingMixin
from tiptracker.errors import Refused
from tiptracker.moments import parse_moment
from tiptracker.numbers import parse_whole_number

MAX_PAGE_SIZE = 500
"""Rows on one page of a list."""


class StrictParametersMixin(ReadLoggingMixin):
    """An address of the API that answers 400, by name, to a parameter which it does not take."""

    query_serializers: ClassVar[Mapping[str, type[Serializer[Any]]]] = {}
    """By action: what reads the parameters of an address that is no list of rows."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may ask, then look at what they ask."""
        super().initial(request, *args, **kwargs)
        if getattr(self, "action", "") is not None:  # None: the method is not allowed, which is answered 405
            refuse_parameters(request.query_params, accepted_parameters(self))


def accepted_parameters(view: StrictParametersMixin) -> list[str]:
    """The names of the parameters that `view` takes for the action that it was set up for."""
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


def refuse_parameters(query: QueryDict, names: list[str]) -> None:
    """Raise ValidationError, by name, for parameters other than `names`, given more than once or empty."""
    errors = {}
    for name, values in query.lists():
        if name not in names:
            taken = f"takes: {', '.join(names)}" if names else "takes no parameters"
            errors[name] = [f"Unknown parameter. This address {taken}."]
        elif len(values) > 1:
            errors[name] = [f"Give this parameter once. It was given {len(values)} times."]
        elif not values[0].strip():
            errors[name] = ["Give this parameter a value, or leave it out."]
    if errors:
        raise ValidationError(errors)


class ApiPagination(PageNumberPagination):
    """A list page by page: `page` counts from 1, `page_size` says how many rows one page has."""

    page_size_query_param = "page_size"
    page_size_query_description = f"Rows on one page: 1 to {MAX_PAGE_SIZE}, by default 100."
    max_page_size = MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int | None:
        """As asked for. Raises ValidationError outside what a page may have."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        size = parse_whole_number(asked)
        if size is None or not 1 <= size <= MAX_PAGE_SIZE:
            sentence = f"Give a whole number from 1 to {MAX_PAGE_SIZE}."
            raise ValidationError({self.page_size_query_param: [sentence]})
        return size

    def get_page_number(self, request: Request, paginator: Any) -> int | str:
        """As asked for; one beyond the last is not found. Raises ValidationError for what is no number."""
        asked = request.query_params.get(self.page_query_param, "1")
        if parse_whole_number(asked) is None:
            raise ValidationError({self.page_query_param: ["Give a whole number, from 1 to the last page."]})
        return asked

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """As REST framework documents them, with the bounds of `page_size`."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": MAX_PAGE_SIZE}
        return parameters


class MomentField(forms.Field):
    """A moment with its zone (ISO 8601)."""

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return parse_moment(value)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class RecordedSinceFilter(filters.Filter):
    """Rows recorded at a moment or later; `method` where more than the row's own `recorded_at` changes a row."""

    field_class = MomentField

    def __init__(self, field_name: str = "recorded_at", *, counts: str = "", **kwargs: Any) -> None:
        told = f"A moment with its zone: rows recorded then or later. {counts}".strip()
        super().__init__(field_name, "gte", **kwargs)
        set_override(self, "field", {"type": "string", "format": "date-time", "description": told})
