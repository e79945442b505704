"""The glossary: one list of terms, `glossary.toml`, for the page /glossary/ and for docs/glossary.md."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from tiptracker.localization import gettext
from tiptracker.web.pages import render_page

FILE = Path(__file__).with_name("glossary.toml")


class Term(NamedTuple):
    """A term and its meaning in plain text. `anchor` is its id on the page: `/glossary/#tracking-period`.

    The anchor is made from the English name in every language, so links work in all.
    """

    name: str
    anchor: str
    meaning: str


class GlossarySection(NamedTuple):
    """Terms of one subject."""

    title: str
    anchor: str
    terms: tuple[Term, ...]


@cache
def read_glossary() -> tuple[GlossarySection, ...]:
    """Read the sections of the glossary in English, with their terms in the order of the file."""
    with FILE.open("rb") as file:
        sections = tomllib.load(file)["sections"]
    return tuple(
        GlossarySection(
            section["title"],
            slugify(section["title"]),
            tuple(Term(name, slugify(name), meaning) for name, meaning in section["terms"].items()),
        )
        for section in sections
    )


def list_sentences(section: GlossarySection) -> list[str]:
    """Return the texts of a section that are translated: its title, and the names and meanings of its terms."""
    return [section.title, *(text for term in section.terms for text in (term.name, term.meaning))]


def translate_glossary() -> tuple[GlossarySection, ...]:
    """Return the sections of the glossary in the reader's language."""
    return tuple(
        section._replace(
            title=gettext(section.title),
            terms=tuple(
                term._replace(name=gettext(term.name), meaning=gettext(term.meaning)) for term in section.terms
            ),
        )
        for section in read_glossary()
    )


@login_required
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the terms that pages and documents use. They are the same for every reader."""
    return render_page(request, "tiptracker/glossary.html", {"sections": translate_glossary()})
