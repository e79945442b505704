"""URLs of pages that belong to an edition."""

from django.urls import URLResolver, get_resolver, reverse


def edition_url(name, *args, edition=None, query=None):
    """Return the URL of a page of `edition`; without one, of the edition on Lesotho of 2021."""
    code, year = (edition.country.code, edition.year) if edition else ("LSO", 2021)
    return reverse(name, args=[code, year, *args], query=query)


def edition_url_names():
    """Return the name of each URL below an edition, with example values of its other arguments."""
    below = [
        pattern
        for pattern in _url_patterns(get_resolver())
        if isinstance(pattern, URLResolver) and "<country>" in str(pattern.pattern)
    ]
    names = {pattern.name: list(pattern.pattern.converters) for each in below for pattern in each.url_patterns}
    return {name: ["concrete_action", "1a"][: len(asked)] for name, asked in names.items()}


def _url_patterns(resolver):
    for pattern in resolver.url_patterns:
        yield pattern
        if isinstance(pattern, URLResolver):
            yield from _url_patterns(pattern)
