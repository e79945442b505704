"""Write docs/glossary.md from the glossary of the application: `python -m tests.glossary_page`."""

import sys

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip

from tiptracker.web.glossary import read_glossary

assert conftest
PAGE = settings.BASE_DIR / "docs" / "glossary.md"

INTRODUCTION = """# Glossary

One thing has one name in the application, in documents and in code. The names are those of the TIP Report and of
diplomatic work, wherever these have one. The application shows the same terms at `/glossary/`.

This page is written from `tiptracker/web/glossary.toml` by `make pages`, and a test fails if the two differ. Change the
terms there."""


def page_text() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for section in read_glossary():
        rows = [f"| {term.name} | {term.meaning} |" for term in section.terms]
        parts.append("\n".join([f"## {section.title}", "", "| term | meaning |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page_text())
    sys.stdout.write(f"{PAGE.name} is written.\n")
