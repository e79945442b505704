"""Write docs/glossary.md from the glossary of the application: `python -m tests.glossary_page`."""

import sys
from pathlib import Path

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip

from tiptracker.languages.catalogues import LOCALE_DIR, catalogue_file, list_messages, read_catalogue
from tiptracker.languages.enabled import MINISTRY_LANGUAGES
from tiptracker.web.glossary import read_glossary

assert conftest
PAGE = settings.BASE_DIR / "docs" / "glossary.md"

INTRODUCTION = """# Glossary

One thing has one name in the application, in documents and in code. The names are those of the TIP Report and of
diplomatic work, wherever these have one. The application shows the same terms at `/glossary/`.

This page is written from `tiptracker/web/glossary.toml` by `make pages`, and a test fails if the two differ. Change the
terms there. Terms in other languages are from the catalogues in `tiptracker/locale/`."""


def page_text(folder: Path = LOCALE_DIR) -> str:
    """Return the whole page, with a column for each language of `folder` that translates the whole application."""
    parts, translations = [INTRODUCTION], read_translations(folder)
    for section in read_glossary():
        rows = [["term", *translations, "meaning"]]
        rows += [
            [term.name, *(terms.get(term.name, "") for terms in translations.values()), term.meaning]
            for term in section.terms
        ]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|---" * len(rows[0]) + "|")
        parts.append("\n".join([f"## {section.title}", "", *lines]))
    return "\n\n".join(parts) + "\n"


def read_translations(folder: Path) -> dict[str, dict[str, str]]:
    """Return the translated sentences of each language by its own name, for languages that have a catalogue."""
    translations = {}
    for code, name in settings.LANGUAGES:
        file = catalogue_file(code, folder)
        if code not in MINISTRY_LANGUAGES and file.exists():
            messages = list_messages(read_catalogue(file))
            translations[name] = {str(message.id): str(message.string) for message in messages}
    return translations


if __name__ == "__main__":
    PAGE.write_text(page_text())
    sys.stdout.write(f"{PAGE.name} is written.\n")
