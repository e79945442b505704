"""The lists whose filters can be saved, and the parameters of each.

A list is known by the name of its view. A test compares the parameters with the fields of its form.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve

from tiptracker.localization import gettext_noop


class FilteredPage(NamedTuple):
    """A list with filters: its title in English, and its parameters."""

    title: str
    parameters: tuple[str, ...]


PAGES: Mapping[str, FilteredPage] = {
    "commitment_list": FilteredPage(
        gettext_noop("Commitments"),
        ("q", "status", "ministry", "pillar", "recommendation", "due_from", "due_to", "sort"),
    ),
    "evidence_list": FilteredPage(
        gettext_noop("Evidence"),
        ("q", "kind", "done_by", "benchmark", "indicium", "partner", "shows", "word", "since", "until", "sort"),
    ),
    "recommendation_list": FilteredPage(gettext_noop("Recommendations"), ("pillar", "ministry")),
    "timeline": FilteredPage(gettext_noop("Timeline"), ("kind", "stands")),
    "log_list": FilteredPage(
        gettext_noop("Activity log"),
        ("who", "what", "country", "record", "row", "since", "until", "address", "text", "log"),
    ),
    "person_list": FilteredPage(gettext_noop("People"), ("q", "role", "country", "state")),
    "ministry_list": FilteredPage(gettext_noop("Ministries"), ("country",)),
}
MAX_QUERY_LENGTH = 2000


class ListAddress(NamedTuple):
    """The address of a list in this application: the name of its view, its path, and its filters as a query string."""

    page: str
    path: str
    query: str

    @property
    def url(self) -> str:
        """The address with its filters."""
        return f"{self.path}?{self.query}" if self.query else self.path


def read_address(address: str) -> ListAddress | None:
    """Return which list an address opens, and with which filters; None for any other address.

    Parameters that the list does not know, and empty ones, are left out.
    """
    try:
        parts = urlsplit(address.replace("\0", ""))
        page = resolve(parts.path).url_name or ""
    except (ValueError, Resolver404):  # no address at all, or none of ours
        return None
    if page not in PAGES or parts.netloc or len(parts.query) > MAX_QUERY_LENGTH:
        return None
    return ListAddress(page, parts.path, filters_of(page, QueryDict(parts.query)))


def filters_of(page: str, data: QueryDict) -> str:
    """Return the parameters of `data` that are filters of this list, as a query string in a fixed order."""
    chosen = QueryDict(mutable=True)
    for name in PAGES[page].parameters:
        if value := data.get(name, "").strip():
            chosen[name] = value
    return chosen.urlencode()


def narrows(query: str) -> bool:
    """Return whether a query string sets a filter besides the order of the list."""
    return bool(set(QueryDict(query)) - {"sort"})
