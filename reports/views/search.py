"""The page of the search over everything that a user may see, the glossary and pages that answer a question."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recommendations.edition_context import default_edition_of_country, get_page_edition, visible_countries
from recommendations.models import Edition
from reports.search.excerpts import ExcerptPart, make_excerpt
from reports.search.groups import GROUPS
from reports.search.help_entries import find_help
from reports.search.related_words import suggest_words
from reports.search.sources import Group, Source, find_keys
from tiptracker.accounts.models import User
from tiptracker.localization import gettext
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.word_forms import MAX_CHARACTERS, split_words

HELP_GROUP = "help"
"""The key of the group of terms and pages in the URL. It is the last one, because people search the record first."""
SHOWN_PER_GROUP = 5
SHOWN_IN_ONE_GROUP = 50
"""Most results of a source on the page of its group alone. Who wants an older one adds a word."""


class SearchResult(NamedTuple):
    """A found row: what it is, the page it opens ("" if none), and its text around the words.

    `mark` says that it was withdrawn, returned or replaced.
    """

    title: str
    url: str
    excerpt: Sequence[ExcerptPart]
    mark: str = ""


class GroupResults(NamedTuple):
    """The results of a group that are shown. `has_more` says that there are others."""

    key: str
    label: str
    results: Sequence[SearchResult]
    has_more: bool


@login_required
@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """Search for the words `q`; with `in`, show the results of that group alone, and more of them."""
    query = request.GET.get("q", "").strip()[:MAX_CHARACTERS]
    only = request.GET.get("in", "")
    words = split_words(query)
    groups = [group for group in GROUPS if only in ("", group.key)]
    most = SHOWN_IN_ONE_GROUP if only else SHOWN_PER_GROUP
    sources = [source for group in groups for source in group.sources if source.is_for(request.user)]
    keys = find_keys(sources, request.user, query, most + 1) if words else {}
    found = [_group_results(group, request.user, keys, words, most) for group in groups]
    edition = _find_edition(request)
    if only in ("", HELP_GROUP):
        found.append(_help_results(request.user, edition, words, most))
    context = {
        "query": query,
        "has_words": bool(words),
        "groups": [group for group in found if group.results],
        "is_one_group": bool(only),
        "suggestions": [] if keys else _find_suggestions(request.user, edition, words, sources),
    }
    return render_page(request, "reports/search.html", context)


def _find_edition(request: SignedInRequest) -> Edition | None:
    """Return the edition whose pages are offered: that of the page or, for several countries, of the first one."""
    if edition := get_page_edition(request):
        return edition
    countries = visible_countries(request) if request.user.is_embassy else []
    return next(filter(None, (default_edition_of_country(request, country) for country in countries)), None)


def _find_suggestions(
    user: User, edition: Edition | None, words: Sequence[str], sources: Sequence[Source]
) -> list[str]:
    """Return the words for nearly the same thing that find something, for a search of one word.

    Words that find only terms and pages are left out if the search has found some.
    """
    if len(words) != 1:
        return []
    has_help = bool(find_help(user, edition, words))
    return [
        word
        for word in suggest_words(words)
        if find_keys(sources, user, word, 1) or (not has_help and find_help(user, edition, split_words(word)))
    ]


def _help_results(user: User, edition: Edition | None, words: Sequence[str], most: int) -> GroupResults:
    """Return the terms of the glossary and the pages that have the words."""
    entries = find_help(user, edition, words)
    results = [SearchResult(entry.title, entry.url, make_excerpt(entry.text, words)) for entry in entries[:most]]
    return GroupResults(HELP_GROUP, gettext("Help and glossary"), results, has_more=len(entries) > most)


def _group_results(
    group: Group, user: User, keys: Mapping[Source, Sequence[int]], words: Sequence[str], most: int
) -> GroupResults:
    """Fetch the found rows of a group, in the order of its sources, and show at most `most` of them."""
    fetched = ((source, row) for source in group.sources if source in keys for row in source.fetch(user, keys[source]))
    found = list(islice(fetched, most + 1))
    results = [
        SearchResult(
            source.title(row), source.url(row, user), make_excerpt(source.text_of(row, user), words), source.mark(row)
        )
        for source, row in found[:most]
    ]
    return GroupResults(group.key, gettext(group.label), results, has_more=len(found) > most)
