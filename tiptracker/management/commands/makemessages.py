"""Django's makemessages, which also finds the sentences of our TOML files."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from tiptracker.audit import verbs
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


class Command(makemessages.Command):
    """Extract the sentences of Python, templates and TOML. The scripts' sentences are in Python too."""

    help = (
        "Write the sentences of the application into the catalogue of a language, for translators. "
        "Example: manage.py makemessages --locale fr"
    )
    build_file_class = _BuildFile

    def handle(self, *args: Any, **options: Any) -> None:
        options["extensions"] = options["extensions"] or ["html", "txt", "py", "toml"]
        super().handle(*args, **options)
