"""The settings as a page: `python -m tests.settings_page` writes docs/settings.md."""

import sys
import textwrap

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip

from tiptracker.environment import DEMO, MAY_BE_SET, OTHER_PROGRAMS, REQUIRED, SHIPPED, Section

assert conftest
PAGE = settings.BASE_DIR / "docs" / "settings.md"

INTRODUCTION = """# Settings

An installation is set up by environment variables; there is no other file of settings. This page lists all of them.
It is written from `tiptracker/environment.py` by `make pages`, and a test fails if the two differ. Nobody edits it.

A wrong value stops the start with a message that names the variable, the value and what is wanted. Values of secrets
are not shown.

`docker-compose.yml` reads variables from a file `.env` beside it. [Operating TIP Tracker](operating.md) says how to
start."""

MAY = """## May be set

By whoever operates the installation, where the default does not fit."""


def table(section: Section, level: str = "##") -> str:
    """A section as a heading, its introduction and its table."""
    rows = [
        f"| `{one.name}` | {one.meaning} | {one.expected}{' (secret)' if one.is_secret else ''} | {one.default_text} |"
        for one in section.variables
    ]
    head = ["| variable | what it is | value | default |", "|---|---|---|---|"]
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


def text() -> str:
    """The whole page."""
    optional = [table(section, "###") for section in MAY_BE_SET]
    return (
        "\n\n".join([INTRODUCTION, table(REQUIRED), MAY, *optional, *map(table, (SHIPPED, OTHER_PROGRAMS, DEMO))])
        + "\n"
    )


if __name__ == "__main__":
    PAGE.write_text(text())
    sys.stdout.write(f"{PAGE.name} is written.\n")
