"""Read pages whatever their layout."""

from django.http import HttpResponse


def text_of(page: HttpResponse) -> str:
    """Return the HTML of a page with every run of spaces and line breaks as one space."""
    return " ".join(page.text.split())
