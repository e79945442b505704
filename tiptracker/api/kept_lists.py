"""Lists of the API that are kept in the cache until the record changes. Limits and the log work as without it."""

from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework.mixins import ListModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.web.kept_body import KeptBody
from tiptracker.web.kept_pages import MAX_QUERY_LENGTH, keep_value


class KeptListMixin(ListModelMixin):
    """A view set whose lists show nothing but the record of the countries that the reader sees."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Return a page of the list. `sent_rows` of the answer is how many rows it holds, for the daily limit."""
        if not settings.KEEP_PAGES or len(request.META["QUERY_STRING"]) > MAX_QUERY_LENGTH:
            return super().list(request, *args, **kwargs)
        user = cast("User", request.user)
        zones: dict[int, str] = dict(_zones_query(Role(user.role)).rows(**user.visibility_key()))
        days = [(country, clock.today(zone)) for country, zone in sorted(zones.items())]
        key = ("list", request.build_absolute_uri(), user.pk, user.role, user.ministry_id, get_language(), days)
        body, sent_rows = keep_value(request._request, key, sorted(zones), lambda: self._render_list(request))
        answer = body.fill({})
        answer.sent_rows = sent_rows
        return answer

    def _render_list(self, request: Request) -> tuple[KeptBody, int]:
        data = super().list(request).data
        text = JSONRenderer().render(data).decode()
        return KeptBody.of_text(text, "application/json"), len(data["results"])


@cache
def _zones_query(role: Role) -> PreparedQuery:
    """Return the query for the countries that a person of a role sees, each with its time zone."""

    def build(**key: int) -> QuerySet[Any, Any]:
        return Country.objects.visible_to(User(role=role, **key)).values_list("pk", "time_zone")

    key: dict[str, Any] = dict.fromkeys(User(role=role).visibility_key(), int)
    return PreparedQuery(build, **key)
