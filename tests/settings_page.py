"""Write docs/settings.md from the declared settings: `python -m tests.settings_page`."""

import sys
import textwrap

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip

from tiptracker.environment import DEMO, MAY_BE_SET, OTHER_PROGRAMS, REQUIRED, SHIPPED
from tiptracker.environment_variables import Section

assert conftest
PAGE = settings.BASE_DIR / "docs" / "settings.md"

INTRODUCTION = """# Settings

Environment variables configure an installation. There is no other file of settings, and this page lists all variables.
Do not edit it: `make pages` writes it from `tiptracker/environment.py`, and a test fails if the two differ.

With a wrong value, the application does not start. A message names the variable, its value and what is expected. It
does not show secrets.

`docker-compose.yml` reads variables from a file `.env` beside it. [Operating TIP Tracker](operating.md) says how to
start."""

MAY = """## May be set

Set these if the default does not fit."""


def section_table(section: Section, level: str = "##") -> str:
    """Return a section: its heading, introduction and table."""
    rows = [
        f"| `{variable.name}` | {variable.meaning} | {variable.expected}{' (secret)' if variable.is_secret else ''} "
        f"| {variable.default_text} |"
        for variable in section.variables
    ]
    head = ["| variable | what it sets | value | default |", "|---|---|---|---|"]
    return "\n".join(
        [
            f"{level} {section.title}",
            "",
            textwrap.fill(section.introduction, 118, break_on_hyphens=False),
            "",
            *head,
            *rows,
        ]
    )


def page_text() -> str:
    """Return the whole page."""
    optional = [section_table(section, "###") for section in MAY_BE_SET]
    return (
        "\n\n".join(
            [
                INTRODUCTION,
                section_table(REQUIRED),
                MAY,
                *optional,
                *map(section_table, (SHIPPED, OTHER_PROGRAMS, DEMO)),
            ]
        )
        + "\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page_text())
    sys.stdout.write(f"{PAGE.name} is written.\n")
