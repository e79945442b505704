"""A link that a page offers."""

from typing import NamedTuple


class PageLink(NamedTuple):
    """A link: its address and its label."""

    url: str
    label: str
