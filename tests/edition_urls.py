"""Addresses of pages that belong to an edition."""

from django.urls import URLResolver, get_resolver, reverse


def page_of(name, *args, edition=None, query=None):
    """The address of a page of an edition: of `edition`, else of the one on Lesotho of 2021."""
    code, year = (edition.country.code, edition.year) if edition else ("LSO", 2021)
    return reverse(name, args=[code, year, *args], query=query)


def pages_of_editions():
    """The name of each page of an edition, with what stands in its address besides."""
    below = [
        one for one in _patterns(get_resolver()) if isinstance(one, URLResolver) and "<country>" in str(one.pattern)
    ]
    names = {one.name: list(one.pattern.converters) for each in below for one in each.url_patterns}
    return {name: ["concrete_action", "1a"][: len(asked)] for name, asked in names.items()}


def _patterns(resolver):
    for one in resolver.url_patterns:
        yield one
        if isinstance(one, URLResolver):
            yield from _patterns(one)
