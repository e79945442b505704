"""Find requests for information by what pages call them: “Request 1”, “Request for information of 14 January 2022”."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from dialogues.models import InformationRequest
from tiptracker.localization import gettext
from tiptracker.web.word_forms import has_word, split_words

SHORTEST_WORD = 3
"""Characters of the words that mean no request by themselves, such as “for”."""


def find_requests_by_name(requests: QuerySet[Any], query: str) -> list[int]:
    """Return the keys of the requests whose names have each word of the query.

    The names are computed, so no column has them. A query in which no word means a request reads no row. A number is
    found only whole, so that “request 1” does not find request 10.
    """
    words = split_words(query)
    others = [word for word in words if not has_word(gettext("request for information"), word)]
    if not any(len(word) > SHORTEST_WORD for word in words if word not in others):
        return []
    rows = requests.select_related("country", "ministry")
    return [request.pk for request in rows if _is_called(request, others)]


def _is_called(request: InformationRequest, words: Sequence[str]) -> bool:
    """Return whether the name has these words. A number among words is a part of the date too, such as “14 January”."""
    numbers = [word for word in words if word.isdecimal()]
    named = [str(request.pk)] if numbers == words else [str(request.pk), *split_words(request.text)]
    name = f"{request.text} {request.maker}"
    return all(word in named if word in numbers else has_word(name, word) for word in words)
