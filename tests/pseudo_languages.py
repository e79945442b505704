"""Two made-up languages that show which sentences cannot be translated, and which layouts break.

Both put each translated sentence between ⟦ and ⟧ and make it about a third longer. "eo" uses accented letters, "ar"
runs from right to left: each sentence begins with a mark that has a direction but no shape. The codes are those of real
languages, whose formats and direction Django knows. "eo" has a decimal comma, so it also shows numbers that are
localized where a program reads them (the drawing of a chart).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings
from django.utils.translation import trans_real

from tiptracker import localization
from tiptracker.languages import enabled

LEFT_TO_RIGHT, RIGHT_TO_LEFT = "eo", "ar"
OPEN, CLOSE = "⟦", "⟧"
_ACCENTED = str.maketrans("aceinouyACEINOU", "áçéíñóúýÁÇÉÍÑÓÚ")
_PLACEHOLDERS_AND_MARKUP = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]*>|&\w+;|https?://\S+)")
"""Placeholders and markup of a sentence, which a translation must not change."""


def pseudo_translate(sentence: str, language: str = LEFT_TO_RIGHT) -> str:
    """Return the sentence in the made-up language. An empty text stays empty."""
    if not sentence.strip():
        return sentence
    parts = _PLACEHOLDERS_AND_MARKUP.split(sentence)
    if language == LEFT_TO_RIGHT:
        parts = [part if number % 2 else part.translate(_ACCENTED) for number, part in enumerate(parts)]
    mark = "\N{RIGHT-TO-LEFT MARK}" if language == RIGHT_TO_LEFT else ""
    return f"{OPEN}{mark}{''.join(parts)}{' ~' * max(1, len(sentence) // 12)}{CLOSE}"


class _PseudoTranslation(NullTranslations):
    """A catalogue that has a translation of every sentence."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self._catalog = {"": ""}

    def to_language(self) -> str:
        return self.language

    def gettext(self, message: str) -> str:
        return pseudo_translate(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2], self.language)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def pseudo_languages() -> Iterator[None]:
    """Add both made-up languages to the languages of the installation, signed off as those that are."""
    made_up = [(LEFT_TO_RIGHT, "Made-up"), (RIGHT_TO_LEFT, "Made-up from right to left")]
    signed_off = enabled.signed_off_languages
    catalogues = {code: _PseudoTranslation(code) for code, _ in made_up}
    with (
        override_settings(LANGUAGES=[*settings.LANGUAGES, *made_up]),
        patch.dict(trans_real._translations, catalogues),
        patch.object(enabled, "signed_off_languages", lambda: signed_off() | catalogues.keys()),
    ):
        yield


class _MarkedTranslation(NullTranslations):
    """The real catalogue of a language, with each translation between ⟦ and ⟧. What it lacks stays in English."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._real = trans_real.DjangoTranslation(language)
        self._catalog = self._real._catalog

    def to_language(self) -> str:
        return self._real.to_language()

    def gettext(self, message: str) -> str:
        return self._mark(message, self._real.gettext(message), self._catalog.get(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        try:
            found = self._catalog.plural(msgid1, n)  # Django's catalogue may have other plural forms than ours
        except KeyError:
            found = None
        return self._mark(msgid1, self._real.ngettext(msgid1, msgid2, n), found)

    def _mark(self, message: str, translated: str, found: str | None) -> str:
        return f"{OPEN}{translated}{CLOSE}" if found and message.strip() else translated


@contextmanager
def marked_language(code: str) -> Iterator[None]:
    """Let people use a language of ours, and mark what is translated: what is left is what its catalogue lacks."""
    localization.forget_kept_texts()
    with (
        patch.dict(trans_real._translations, {code: _MarkedTranslation(code)}),
        patch.object(enabled, "signed_off_languages", lambda: frozenset({code})),
    ):
        yield
    localization.forget_kept_texts()
