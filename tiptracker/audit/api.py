"""Count and log the rows that the API sends."""

from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ErrorDetail, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.list_reads import count_read, seconds_until_limit_resets
from tiptracker.localization import ngettext

COUNTED_ACTIONS = frozenset({"list", "retrieve"})
"""The view set actions that send rows."""


class DailyRowLimitExceeded(Throttled):
    """Error 429: a person was sent as many rows as one day allows."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        hours = ceil(seconds / 3600)
        sentence = ngettext(
            "You have received %(rows)d rows today, which is the daily limit. Try again tomorrow, in %(number)d hour. "
            "If "
            "you need more, ask the people who run the server.",
            "You have received %(rows)d rows today, which is the daily limit. Try again tomorrow, in %(number)d hours. "
            "If you need more, ask the people who run the server.",
            hours,
        ) % {"rows": settings.LIMIT_API_ROWS, "number": hours}
        self.detail = ErrorDetail(sentence, self.default_code)


class ReadLoggingMixin(APIView):
    """Count every row that a list or a row's own URL returns. Beyond the daily limit, the answer is 429."""

    basename: str

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check access first, then whether the user has reached the daily limit."""
        super().initial(request, *args, **kwargs)
        if (reader := self._reader(request)) and (seconds := seconds_until_limit_resets(reader, now=clock.now())):
            raise DailyRowLimitExceeded(seconds)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Count the rows before they are sent; if that fails, nothing is sent."""
        rows = _count_rows(response) if response.status_code == HTTPStatus.OK else None
        if rows is not None and (reader := self._reader(request)):
            parameters = {**{key: str(value) for key, value in self.kwargs.items()}, **request.query_params.dict()}
            count_read(self.basename, rows=rows, by=reader, parameters=parameters, now=clock.now())
        return super().finalize_response(request, response, *args, **kwargs)

    def _reader(self, request: Request) -> User | None:
        """Return the user who reads rows; None for other requests or without a user."""
        is_read = request.method in ("GET", "HEAD") and getattr(self, "action", None) in COUNTED_ACTIONS
        return request.user if is_read and isinstance(request.user, User) else None


def _count_rows(response: Any) -> int | None:
    """Return how many rows an answer holds: those of a page, or the single row. None for a file."""
    if not isinstance(response, Response):
        return getattr(response, "sent_rows", None)
    data = response.data
    return len(data["results"]) if isinstance(data, dict) and "results" in data else 1
