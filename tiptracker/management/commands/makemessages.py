"""Django's makemessages, which also finds the sentences of our TOML files."""

import tomllib
from contextlib import chdir
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages
from django.test import override_settings

from tiptracker.audit import verbs
from tiptracker.languages.catalogues import catalogue_file, list_messages, read_catalogue, write_catalogue
from tiptracker.languages.enabled import MINISTRY_LANGUAGES
from tiptracker.languages.faults import message_key
from tiptracker.languages.library_messages import list_library_messages
from tiptracker.web import glossary


def list_toml_sentences(file: Path) -> list[str]:
    """Return the sentences of a TOML file that readers see, in its order; empty if it has none."""
    match file.name:
        case "glossary.toml":
            return [text for section in glossary.read_glossary() for text in glossary.list_sentences(section)]
        case "verbs.toml":
            return [words for _, words in verbs.VERBS.values()]
        case "standard_indicators.toml":  # belongs to recommendations, from which nothing is imported here
            rows = tomllib.loads(file.read_text(encoding="utf-8"))["indicator"]
            fields = ("name", "unit", "includes", "note")
            return [text for row in rows for field in fields if (text := row.get(field))]
        case "outline.toml":  # belongs to recommendations too
            return [row["text"] for row in tomllib.loads(file.read_text(encoding="utf-8"))["question"]]
    return []


class _BuildFile(makemessages.BuildFile):
    """A source file, which becomes Python with marked sentences if it is TOML, because xgettext cannot read TOML."""

    def preprocess(self) -> None:
        if not self.path.endswith(".toml"):
            super().preprocess()
            return
        lines = [f"gettext_noop({sentence!r})" for sentence in list_toml_sentences(Path(self.path))]
        Path(self.work_path).write_text("\n".join(lines))


IGNORED = (".venv", "var", "*/node_modules/*", "tests/*")
"""Folders of a checkout that hold no sentences of the application."""


class Command(makemessages.Command):
    """Extract the sentences of Python, templates and TOML. The scripts' sentences are in Python too."""

    help = (
        "Write the sentences of the application into the catalogue of a language, for translators. The catalogue of a "
        "language for ministries keeps those that it has and that are still in the application. "
        "Example: manage.py makemessages --locale fr"
    )
    build_file_class = _BuildFile
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=pgettext_noop:1c,2"]  # noqa: RUF012 -- as Django's

    def handle(self, *args: Any, **options: Any) -> None:
        options["extensions"] = options["extensions"] or ["html", "txt", "py", "toml"]
        options["ignore_patterns"] = [*options["ignore_patterns"], *IGNORED]
        locales = set(options["locale"])
        partial = locales & MINISTRY_LANGUAGES
        options["locale"] = sorted(locales - partial)
        if options["locale"] or not partial:
            super().handle(*args, **options)
        for language in options["locale"]:
            write_catalogue(catalogue_file(language), read_catalogue(catalogue_file(language)))
        for language in sorted(partial):
            keep_messages_of_code(catalogue_file(language), extract_messages())


def extract_messages(*, with_locations: bool = False) -> Catalog:
    """Return every sentence of the application, untranslated, on request with its places. Needs xgettext."""
    with TemporaryDirectory() as folder, override_settings(LOCALE_PATHS=[folder]), chdir(settings.BASE_DIR):
        call_command(
            Command(stderr=StringIO()),
            all=True,
            keep_pot=True,
            no_location=not with_locations,
            ignore_patterns=["locale"],
            verbosity=0,
        )
        content = (Path(folder) / "django.pot").read_text(encoding="utf-8")
    # xgettext leaves the plural forms to translators, which Babel cannot read.
    return read_po(StringIO(content.replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=(n != 1)")))


def keep_messages_of_code(file: Path, code: Catalog) -> None:
    """Remove from a catalogue what the application and its libraries no longer say. Nothing is added."""
    known = {message_key(message) for message in [*list_messages(code), *list_library_messages()]}
    catalogue = read_catalogue(file)
    for message in list_messages(catalogue):
        if message_key(message) not in known:
            catalogue.delete(message.id, message.context)
    write_catalogue(file, catalogue)
