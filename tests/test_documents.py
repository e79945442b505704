"""Documents and help texts: links and names of files lead somewhere, settings and commands are explained."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from tests import glossary_page, settings_page
from tiptracker.environment import SECTIONS

BASE_DIR = settings.BASE_DIR
DOCUMENTS = sorted([*BASE_DIR.glob("*.md"), *(BASE_DIR / "docs").rglob("*.md")])

LINK = re.compile(r"\]\(([^)\s]+)\)")
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
EXTERNAL_LINK = re.compile(r"[a-z][a-z0-9+.-]*:|#")
"""How links begin that lead to no file: with a scheme such as "https:", or to a heading of the same page."""
PATH = re.compile(r"\.?[\w-]+(?:/[\w.-]+)*(?:/|/\.?[\w-]+\.\w+|\.(?:py|md|toml|lock|yml|sh))")
"""A path as documents write it: "reports/models.py", "dialogues/files/", "pyproject.toml"."""
GENERATED_PATHS = ("var/", ".venv/", "tls/", "NNNN-")
"""How paths begin that need not exist: folders made by running something, and names to fill in."""
NAME = re.compile(r"_?[A-Za-z][a-z]*(?:_[A-Za-z0-9_]+|[A-Z]\w+)")
"""A name of the code as documents write it: "is_action", "METHOD_VERSION", "BriefingKind"."""
NAMED_DECISION = re.compile(r"(?<!Includes )[Dd]ecisions? (\d+)\b")
"""A decision that a document refers to: "decision 45". A record says "Includes decision 34" of one merged into it."""
PACKAGES = ("tiptracker", "recommendations", "dialogues", "reports", "tests")


def without_code_blocks(text: str) -> str:
    """The text without indented and fenced blocks, whose lines are commands and drawings."""
    text = re.sub(r"(?ms)^```.*?^```$", "", text)
    return "\n".join(line for line in text.splitlines() if not line.startswith("    "))


def broken_links(path: Path, text: str) -> list[str]:
    """The links of a document, stored at `path`, that lead to no file."""
    targets = [unquote(target.partition("#")[0]) for target in LINK.findall(text) if not EXTERNAL_LINK.match(target)]
    return [target for target in targets if not (path.parent / target).exists()]


def missing_paths(text: str) -> list[str]:
    """Paths in backticks that look like those of this repository and are not there.

    A path with a folder is looked up from the top. A bare name of a file ("permissions.py") may stand in any package.
    """
    named = [name for name in IN_BACKTICKS.findall(without_code_blocks(text)) if PATH.fullmatch(name)]
    return [name for name in named if not name.startswith(GENERATED_PATHS) and not exists(name)]


def exists(name: str) -> bool:
    if "/" in name or (BASE_DIR / name).exists():
        return (BASE_DIR / name).exists()
    return any(next((BASE_DIR / package).rglob(name), None) for package in PACKAGES)


def missing_names(text: str) -> list[str]:
    """Names in backticks, such as `is_action`, that stand nowhere in the code, its templates or its configuration."""
    named = {name for name in IN_BACKTICKS.findall(without_code_blocks(text)) if NAME.fullmatch(name)}
    files = [path for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py")]
    words: set[str] = set()
    for path in [*files, BASE_DIR / "Makefile", BASE_DIR / "pyproject.toml", BASE_DIR / "docker-compose.yml"]:
        words.update(re.findall(r"\w+", path.read_text()))
    return sorted(named - words)


NAMED_IN_FILE = re.compile(r"`([\w/.]+\.(?:py|html|toml))`\s+\(((?:`\w+`(?:,\s+)?)+)\)")
"""A file followed by names in it: `tiptracker/choices.py` (`Role`)."""


def misplaced_names(text: str) -> list[str]:
    """Names in brackets after a file that don't stand in that file."""
    return [
        f"{name} in {path}"
        for path, names in NAMED_IN_FILE.findall(text)
        for name in re.findall(r"\w+", names)
        if (BASE_DIR / path).exists() and not re.search(rf"\b{name}\b", (BASE_DIR / path).read_text())
    ]


def test_documents_are_found():
    assert {"README.md", "architecture.md", "0001-keep-facts-as-dated-rows.md"} <= {path.name for path in DOCUMENTS}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_links_lead_to_files(path):
    assert broken_links(path, path.read_text()) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_named_files_exist(path):
    assert missing_paths(path.read_text()) == []


@pytest.mark.parametrize("name", ["architecture.md", "operating.md"])
def test_named_functions_and_constants_exist(name):
    text = (BASE_DIR / "docs" / name).read_text()
    assert missing_names(text) == []
    assert misplaced_names(text) == []


def test_a_wrong_link_and_a_wrong_path_are_found():
    text = "[gone](gone.md) [here](README.md#top) [site](https://example.org) `reports/gone.py` `gone/` `reports/`"

    assert broken_links(BASE_DIR / "README.md", text) == ["gone.md"]
    assert missing_paths(text) == ["reports/gone.py", "gone/"]
    assert missing_names("`is_action` `is_" + "gone` `METHOD_VERSION`") == ["is_" + "gone"]
    assert misplaced_names("`tiptracker/choices.py`\n(`Role`, `is_action`)") == ["is_action in tiptracker/choices.py"]


def test_every_decision_is_in_the_index():
    folder = BASE_DIR / "docs" / "decisions"
    records = {path.name for path in folder.glob("[0-9]*.md")}
    listed = re.findall(r"\(([0-9]{4}-[^)]+)\)", (folder / "README.md").read_text())

    assert sorted(listed) == sorted(records)
    assert all(re.search(r"(?m)^Status: .+ · Date: \d{4}-\d\d-\d\d$", (folder / name).read_text()) for name in records)


def test_every_decision_that_is_named_has_a_record():
    folder = BASE_DIR / "docs" / "decisions"
    records = {int(path.name[:4]) for path in folder.glob("[0-9]*.md")}
    rows = re.findall(r"(?m)^\| (\d+) \| .+ \| \d{4}-\d\d-\d\d \| (\d+) \|$", (folder / "README.md").read_text())
    merged = {int(number): int(into) for number, into in rows}
    named = {int(number) for path in DOCUMENTS for number in NAMED_DECISION.findall(path.read_text())}

    assert sorted([*records, *merged]) == list(range(1, max(records | merged.keys()) + 1))
    assert set(merged.values()) <= records
    assert named - records == set()


def test_the_page_of_settings_is_the_declared_one():
    assert settings_page.PAGE.read_text() == settings_page.page_text(), "run `make pages`"


def test_the_page_of_terms_is_the_applications_own():
    assert glossary_page.PAGE.read_text() == glossary_page.page_text(), "run `make pages`"


def test_each_variable_is_declared_once_and_explained():
    declared = [variable for section in SECTIONS for variable in section.variables]

    assert len({variable.name for variable in declared}) == len(declared)
    assert [
        variable.name for variable in declared if not (variable.meaning and variable.expected and variable.default_text)
    ] == []


OTHER_VARIABLES = {"CELERY_SKIP_CHECKS", "DJANGO_SETTINGS_MODULE", "FONTCONFIG_FILE", "MAKELEVEL"}
"""Variables of Celery, of Django, of fontconfig and of make."""


def test_nothing_is_read_from_the_environment_that_is_not_declared():
    read = {
        name
        for package in PACKAGES[:-1]
        for path in (BASE_DIR / package).rglob("*.py")
        for name in re.findall(r"""os\.environ(?:\.get\(|\[|\.setdefault\()["']([A-Z_]+)""", path.read_text())
    }

    assert "ALIVE_FILE" in read
    assert read - {variable.name for section in SECTIONS for variable in section.variables} - OTHER_VARIABLES == set()


DJANGO_OPTIONS = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}
COMMANDS = {name: app for name, app in get_commands().items() if str(app).startswith(PACKAGES)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_with_an_example_and_explains_each_argument(name):
    parser = load_command_class(COMMANDS[name], name).create_parser("manage.py", name)
    arguments = [action for action in parser._actions if action.dest not in DJANGO_OPTIONS]

    assert re.search(rf"\. Example: .*manage\.py {name}\b", parser.description)
    assert [action.dest for action in arguments if not action.help] == []
    assert parser.format_help()  # no sign of percent is left alone


def test_operating_md_lists_every_command():
    told = set(re.findall(r"(?m)^\| `(\w+)", (BASE_DIR / "docs" / "operating.md").read_text()))

    assert COMMANDS.keys() - told == {"compilemessages", "demo", "makemessages"}  # for those who develop it
