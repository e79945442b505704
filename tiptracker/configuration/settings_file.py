"""A file of settings, one NAME='value' a line, as Docker Compose, systemd and a shell read it alike."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

HEADING = """\
# The settings of TIP Tracker, written by `manage.py configure`. docs/settings.md explains each one.
# Keep this file secret. It belongs to the backup: without SECRET_KEY, nobody's second step works.
"""
_UNQUOTED = re.compile(r"[\w@%+=:,./-]*")
_UNREADABLE = re.compile(r"['\\\n\r\0]")
"""Characters that the readers of such a file understand differently."""


class SettingsFile:
    """A file of settings: what it holds now, and what it is to hold.

    Lines that nobody asked to change, such as comments, stay as they are.
    """

    def __init__(self, path: Path) -> None:
        """Read the file, if it is there. Raises OSError."""
        self.path = path
        self.is_there = path.exists()
        self._text = path.read_text() if self.is_there else HEADING
        self.values = {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()}
        self._before = dict(self.values)

    @property
    def changes(self) -> dict[str, tuple[str | None, str]]:
        """What will be written, by name: the value until now (None: there was none) and the new one."""
        return {
            name: (self._before.get(name), value)
            for name, value in self.values.items()
            if self._before.get(name) != value
        }

    def write(self) -> None:
        """Write the file in one step, readable by the owner of its folder alone. Raises OSError."""
        text = self._text
        for name, (_, value) in self.changes.items():
            text = _with_line(text, name, f"{name}={_quote(value)}")
        handle, temporary = tempfile.mkstemp(prefix=f".{self.path.name}-", dir=self.path.parent)  # with mode 0600
        try:
            with os.fdopen(handle, "w") as file:
                if os.geteuid() == 0:
                    folder = self.path.parent.stat()
                    os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def find_unreadable(values: Mapping[str, str]) -> list[str]:
    """Return the names of the values that a file of settings cannot hold."""
    return [name for name, value in values.items() if _UNREADABLE.search(value)]


def _quote(value: str) -> str:
    return value if _UNQUOTED.fullmatch(value) else f"'{value}'"


def _with_line(text: str, name: str, line: str) -> str:
    """Return the text with `line` in the place of the last line that sets `name`, else at its end."""
    found = list(re.finditer(rf"(?m)^[ \t]*(?:export[ \t]+)?{name}[ \t]*=.*$", text))
    if found:
        return text[: found[-1].start()] + line + text[found[-1].end() :]
    return f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{line}\n"
