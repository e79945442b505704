"""The glossary: one list of terms, `glossary.toml`, for the page /glossary/ and for docs/glossary.md."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from tiptracker.localization import gettext
from tiptracker.web.pages import SignedInRequest, render_page

FILE = Path(__file__).with_name("glossary.toml")


class Term(NamedTuple):
    """A term and its meaning in plain text. `anchor` is its id on the page: `/glossary/#tracking-period`.

    The anchor is made from the English name in every language, so links work in all. `english` is the English name of
    a translated term: people talk with Washington in English terms.
    """

    name: str
    anchor: str
    meaning: str
    english: str = ""


class GlossarySection(NamedTuple):
    """Terms of one subject."""

    title: str
    anchor: str
    terms: tuple[Term, ...]


@cache
def _read_file() -> dict[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def read_glossary() -> tuple[GlossarySection, ...]:
    """Read the sections of the glossary in English, with their terms in the order of the file."""
    return tuple(
        GlossarySection(
            section["title"],
            slugify(section["title"]),
            tuple(Term(name, slugify(name), meaning) for name, meaning in section["terms"].items()),
        )
        for section in _read_file()["sections"]
    )


def list_sentences(section: GlossarySection) -> list[str]:
    """Return the texts of a section that are translated: its title, and the names and meanings of its terms."""
    return [section.title, *(text for term in section.terms for text in (term.name, term.meaning))]


def translate_glossary() -> tuple[GlossarySection, ...]:
    """Return the sections of the glossary in the reader's language."""
    return tuple(
        section._replace(
            title=gettext(section.title),
            terms=tuple(map(_translate_term, section.terms)),
        )
        for section in read_glossary()
    )


def _translate_term(term: Term) -> Term:
    name = gettext(term.name)
    return Term(name, term.anchor, gettext(term.meaning), english=term.name if name != term.name else "")


def pick_ministry_terms(sections: Iterable[GlossarySection]) -> list[Term]:
    """Return the terms that a ministry meets on its own pages, in the order in which it meets them."""
    terms = {term.anchor: term for section in sections for term in section.terms}
    return [terms[slugify(name)] for name in _read_file()["ministry_terms"]]


@login_required
@require_safe
def glossary(request: SignedInRequest) -> HttpResponse:
    """Show the terms that pages and documents use. A ministry's reader sees first those of the ministry's own pages."""
    sections = translate_glossary()
    own = pick_ministry_terms(sections) if request.user.is_ministry else []
    return render_page(request, "tiptracker/glossary.html", {"sections": sections, "own_terms": own})
