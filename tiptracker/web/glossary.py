"""The glossary: one list of terms, `glossary.toml`, for the page /glossary/ and for docs/glossary.md."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from tiptracker.web.pages import render_page

FILE = Path(__file__).with_name("glossary.toml")


class Term(NamedTuple):
    """A term and its meaning in plain text. `anchor` is its id on the page: `/glossary/#tracking-period`."""

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
    """Read the sections of the glossary, with their terms in the order of the file."""
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


@login_required
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the terms that pages and documents use. They are the same for every reader."""
    return render_page(request, "tiptracker/glossary.html", {"sections": read_glossary()})
