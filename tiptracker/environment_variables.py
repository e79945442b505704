"""Declare environment variables: how each is read, and what docs/settings.md and an error say about it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate

env = Env()

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Variable[T]:
    """One environment variable.

    Attributes:
        parse: reads a value of the right type, or raises EnvError.
        expected: what a value has to be, for the page and for the message about a wrong one.
        meaning: what the variable sets.
        default: the value if the variable is not set; None if there is none.
        default_text: the default as the page shows it.
        is_secret: whether a wrong value is left out of the message.
    """

    name: str
    parse: Callable[..., T]
    expected: str
    meaning: str
    default: T | None = None
    default_text: str = "–"
    is_secret: bool = False

    def read(self, default: T | None = None) -> T:
        """Return the value from the environment, or else `default`, or else the default that is declared.

        Raises ImproperlyConfigured, naming the variable, its value and what is expected.
        """
        fallback = self.default if default is None else default
        try:
            return self.parse(self.name) if fallback is None else self.parse(self.name, fallback)
        except EnvError as error:
            raise ImproperlyConfigured(self._error_message()) from (None if self.is_secret else error)

    def check(self, value: str) -> T:
        """Return what `value` would mean. Raises ImproperlyConfigured, as `read` does."""
        before = os.environ.get(self.name)
        os.environ[self.name] = value
        try:
            return self.read()
        finally:
            if before is None:
                del os.environ[self.name]
            else:
                os.environ[self.name] = before

    def _error_message(self) -> str:
        if self.name not in os.environ:
            return f"Set {self.name}: {self.meaning}."
        value = "its value" if self.is_secret else f"“{os.environ[self.name]}”"
        return f"{self.name}: {value} is not {self.expected}.".replace("`", "")


@dataclass(frozen=True)
class Section:
    """A table of docs/settings.md: its title, what it says above the table, and its variables."""

    title: str
    introduction: str
    variables: list[Variable[Any]] = field(default_factory=list)

    def declare[T](self, variable: Variable[T]) -> Variable[T]:
        """Add a variable to this section, and return it."""
        self.variables.append(variable)
        return variable

    def text(
        self,
        name: str,
        meaning: str,
        *,
        default: str | None = "",
        default_text: str = "",
        expected: str = "text",
        pattern: str = "",
        is_secret: bool = False,
    ) -> Variable[str]:
        """Declare a text; with `pattern`, one that the regular expression matches from its start."""

        def parse(name: str, *fallback: str) -> str:
            return env.str(name, *fallback, validate=validate.Regexp(pattern) if pattern else None)

        shown_default = default_text or (f"`{default}`" if default else "–")
        return self.declare(Variable(name, parse, expected, meaning, default, shown_default, is_secret))

    def number(
        self, name: str, default: int, meaning: str, *, least: int = 1, most: int | None = None, unit: str = ""
    ) -> Variable[int]:
        """Declare a whole number from `least` to `most`."""

        def parse(name: str, *fallback: int) -> int:
            return env.int(name, *fallback, validate=validate.Range(min=least, max=most))

        expected = f"a whole number of {unit}" if unit else "a whole number"
        expected += f", {least} or more" if most is None else f" from {least} to {most}"
        return self.declare(Variable(name, parse, expected, meaning, default, _describe_number(default)))

    def flag(self, name: str, meaning: str, *, default: bool = False, default_text: str = "") -> Variable[bool]:
        """Declare a yes or no."""
        shown_default = default_text or f"`{str(default).lower()}`"
        return self.declare(Variable(name, env.bool, "`true` or `false`", meaning, default, shown_default))

    def names(
        self,
        name: str,
        meaning: str,
        *,
        default_text: str = "none",
        expected: str = "a list, separated by commas",
        pattern: str = "",
        is_secret: bool = False,
    ) -> Variable[Any]:
        """Declare a list of texts; with `pattern`, of texts that the regular expression matches from their start."""

        def parse(name: str, *fallback: Any) -> list[str]:
            given = [each.strip() for each in env.list(name, *fallback)]
            if pattern and not all(re.match(pattern, each) for each in given):
                raise EnvError(name)
            return given

        return self.declare(Variable(name, parse, expected, meaning, [], default_text, is_secret))

    def folder(self, name: str, meaning: str, *, default_text: str) -> Variable[Path]:
        """Declare a folder. Its default is given where it is read."""
        return self.declare(Variable(name, env.path, "the path of a folder", meaning, None, default_text))

    def rate(self, name: str, default: str, meaning: str) -> Variable[str]:
        """Declare how often something may be done."""
        expected = "a number per `s`, `m`, `h` or `d` (second, minute, hour, day), such as `300/m`"
        return self.text(name, meaning, default=default, expected=expected, pattern=r"^[1-9]\d*/[smhd]$")


def _describe_number(value: int) -> str:
    """Return a number, with the unit that people use for large numbers of bytes: `10485760` (10 MB)."""
    for unit, size in (("GB", 1024 * MEGABYTE), ("MB", MEGABYTE)):
        if value >= size and value % size == 0:
            return f"`{value}` ({value // size} {unit})"
    return f"`{value}`"
