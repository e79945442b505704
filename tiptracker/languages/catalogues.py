"""Read and compile the catalogues of translations (`tiptracker/locale/`), without GNU gettext.

The compiled files are made from the catalogues and are not in the repository. `make setup`, the image and the tests
make them.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"

HEADER = """\
{comment}
msgid ""
msgstr ""
"Project-Id-Version: TIP Tracker\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


class CatalogueShare(NamedTuple):
    """How many sentences a catalogue has, and how many of them are translated."""

    sentences: int
    translated: int

    @property
    def percent(self) -> int:
        """The share in percent, rounded down: 100 only if nothing is missing."""
        return 100 * self.translated // self.sentences if self.sentences else 0

    @property
    def missing(self) -> int:
        """How many sentences are not translated."""
        return self.sentences - self.translated

    @property
    def is_complete(self) -> bool:
        """Whether there is a catalogue, and nothing is missing in it."""
        return bool(self.sentences) and not self.missing


def catalogue_file(language: str, folder: Path = LOCALE_DIR) -> Path:
    """Return the path of a language's catalogue, which may not exist."""
    return folder / language / "LC_MESSAGES" / "django.po"


def list_catalogues(folder: Path = LOCALE_DIR) -> list[Path]:
    """Return the catalogues of a folder, in order of language."""
    return sorted(folder.glob("*/LC_MESSAGES/django.po"))


def read_catalogue(file: Path) -> Catalog:
    """Read a catalogue. Obsolete messages are left out. Raises PoFileError if it is malformed."""
    with file.open("rb") as opened:
        return read_po(opened, locale=file.parent.parent.name, ignore_obsolete=True, abort_invalid=True)


def write_catalogue(file: Path, catalogue: Catalog) -> None:
    """Write a catalogue, in the order of its sentences, with a header that does not change from day to day."""
    header = HEADER.format(comment=catalogue.header_comment, language=catalogue.locale, plural=catalogue.plural_forms)
    with file.open("wb") as opened:
        opened.write(header.encode())
        write_po(opened, catalogue, width=120, sort_output=True, no_location=True, omit_header=True)


def list_messages(catalogue: Catalog) -> list[Message]:
    """Return the messages of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def is_translated(message: Message) -> bool:
    """Return whether a message has every form of its translation, and nobody marked it as fuzzy."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not message.fuzzy and bool(forms) and all(forms)


def measure_catalogue(language: str) -> CatalogueShare:
    """Return how much of a language is translated; of a language without a catalogue, nothing."""
    file = catalogue_file(language)
    return _measure(file, file.stat().st_mtime_ns) if file.exists() else CatalogueShare(0, 0)


@lru_cache(maxsize=8)
def _measure(file: Path, _changed_at: int) -> CatalogueShare:
    messages = list_messages(read_catalogue(file))
    return CatalogueShare(len(messages), sum(map(is_translated, messages)))


def compile_catalogues(folder: Path = LOCALE_DIR) -> list[Path]:
    """Compile the catalogues that are newer than their compiled file. Return the compiled files that were written.

    Several processes may do so at once: each compiled file is replaced as a whole.
    """
    return [compile_catalogue(file) for file in list_catalogues(folder) if not is_compiled(file)]


def is_compiled(file: Path) -> bool:
    """Return whether a catalogue has a compiled file that is not older."""
    compiled = file.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime_ns >= file.stat().st_mtime_ns


def compile_catalogue(file: Path) -> Path:
    """Write the compiled file of a catalogue beside it, for everybody to read, and return its path."""
    catalogue, compiled = read_catalogue(file), file.with_suffix(".mo")
    number, name = tempfile.mkstemp(dir=file.parent, prefix=".django-", suffix=".mo")
    with os.fdopen(number, "wb") as opened:
        write_mo(opened, catalogue)
    written = Path(name)
    written.chmod(0o644)
    return written.replace(compiled)
