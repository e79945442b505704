"""Translate sentences, and format dates and numbers, in the language of the reader.

Everything that people read goes through this module or through Django's template tags. Modules that know no Django may
import it. Sentences are marked where they are written: `gettext("Sign in again.")`, `ngettext("%(number)d day", …)`. A
sentence that is written before a request comes (a label, a constant) is marked with `gettext_lazy`. A word that other
languages say in different ways has a context: `pgettext("button", "Split")`. What the application itself writes into a
row is in the language of the record: see `record_language`.

In a language that is written from right to left, the values in a sentence are isolated: a name in Latin letters, a date
or an address does not move the words and the punctuation around it. In templates, `blocktranslate` does so too
(`tiptracker.templatetags.isolation`), and the style sheet isolates elements (`_right_to_left.scss`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache, wraps
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format, time_format
from django.utils.functional import lazy

__all__ = [
    "format_date",
    "format_datetime",
    "format_day_and_month",
    "format_month",
    "format_number",
    "format_short_date",
    "format_time",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "in_language",
    "in_record_language",
    "isolate",
    "join_with_and",
    "join_with_colon",
    "ngettext",
    "once_per_language",
    "one_language",
    "pgettext",
    "pgettext_lazy",
    "pgettext_noop",
    "quote_text",
    "record_language",
    "write_colon",
    "write_first_day",
]

_TAGS_AND_VALUES = re.compile(r"<[^<>]*>|%\(\w+\)s")
"""HTML tags, and the places of values. An address within a tag stays as it is."""


_CONTEXT_SEPARATOR = "\x04"
"""What stands between the context and the word in a catalogue."""
_FIRST_DAY = re.compile(r"(?<![\d:.,/-])1 (?=[^\W\d])")
"""The day before the name of a month, if it is the first."""


class Locale(NamedTuple):
    """How pages and mails speak to a person: an IANA time zone and a language code, each empty if unknown."""

    time_zone: str
    language: str


def isolate(text: str) -> str:
    """Return `text` within a sentence that may run in the other direction. The characters around it are invisible."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def gettext_noop(message: str) -> str:
    """Mark a sentence for translators, without translating it. Django's own function reads the settings for this."""
    return message


def pgettext_noop(context: str, message: str) -> str:
    """Mark a word with its context, without translating it. `gettext` translates what is returned."""
    return f"{context}{_CONTEXT_SEPARATOR}{message}"


def gettext(message: str) -> str:
    """Translate a sentence. From right to left, its values are isolated."""
    return _gettext(message, _language.get() or translation.get_language())


def pgettext(context: str, message: str) -> str:
    """Translate a word in its context, such as "button", where other languages have several words for it."""
    return gettext(pgettext_noop(context, message))


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate a sentence with a number. From right to left, its values are isolated."""
    return _ngettext(singular, plural, number, _language.get() or translation.get_language())


# Django asks each catalogue of a chain again for every sentence. The catalogues of a process do not change.
@lru_cache(maxsize=8192, typed=True)
def _gettext(message: str, language: str | None) -> str:
    with translation.override(language):
        # A word without translation comes back with its context.
        return _isolate_values(translation.gettext(message).rpartition(_CONTEXT_SEPARATOR)[2])


@lru_cache(maxsize=4096, typed=True)
def _ngettext(singular: str, plural: str, number: int, language: str | None) -> str:
    with translation.override(language):
        return _isolate_values(translation.ngettext(singular, plural, number))


_kept_texts: list[Callable[[], None]] = [_gettext.cache_clear, _ngettext.cache_clear]
"""What forgets the texts that this process keeps: see `forget_kept_texts`."""


def forget_kept_texts() -> None:
    """Forget every text that was built before, because the catalogues are others now. Tests change them."""
    for forget in _kept_texts:
        forget()


gettext_lazy = lazy(gettext, str)
pgettext_lazy = lazy(pgettext, str)


def _isolate_values(sentence: str) -> str:
    if "%(" not in sentence or not translation.get_language_bidi():
        return sentence
    return _TAGS_AND_VALUES.sub(lambda found: isolate(found[0]) if found[0].startswith("%") else found[0], sentence)


def current_language() -> str:
    """Return the code of the language in which sentences are built now: a key for what keeps them."""
    return _language.get() or translation.get_language() or settings.LANGUAGE_CODE


_language: ContextVar[str | None] = ContextVar("language", default=None)
"""The language that `one_language` has looked up; None outside of it."""


@contextmanager
def one_language() -> Iterator[None]:
    """Look up the language of the reader once for all sentences that are built within.

    Django looks it up for each sentence, which takes longer than the sentence. Within, only `record_language` changes
    the language.
    """
    token = _language.set(translation.get_language())
    try:
        yield
    finally:
        _language.reset(token)


def once_per_language[*Values](build: Callable[[*Values], str]) -> Callable[[*Values], str]:
    """Decorate a function so that it builds a text once for equal arguments, in each language.

    Use it for short texts that pages repeat, and for arguments that give the same text if they are equal.
    """

    @lru_cache(maxsize=4096)
    def build_in(language: str, arguments: tuple[*Values]) -> str:
        with translation.override(language):
            return build(*arguments)

    _kept_texts.append(build_in.cache_clear)

    @wraps(build)
    def look_up(*arguments: *Values) -> str:
        return build_in(current_language(), arguments)

    return look_up


@contextmanager
def record_language() -> Iterator[None]:
    """Enter a context in which sentences, dates and numbers are in the language of the record, whoever is signed in.

    An action uses it for a text that it composes and stores. A refusal is for the reader, so raise it outside.
    """
    with in_language(settings.LANGUAGE_CODE):
        yield


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Enter a context in which sentences, dates and numbers are in this language, whoever is signed in."""
    with translation.override(code), one_language():
        yield


def in_record_language(text: str, default: str) -> str:
    """Return what to store for a field that was filled with the reader's translation of `default`.

    Args:
        text: what the reader sent.
        default: the sentence in English, marked with `gettext_noop`.
    """
    if text != gettext(default):
        return text
    with record_language():
        return gettext(default)


def write_colon() -> str:
    """Return the colon between a label and what follows. French has a space before it that does not break."""
    return pgettext("after a label", ":")


def join_with_colon(label: object, text: object) -> str:
    """Return a label and what it is about, such as `4b: Fund the shelter`."""
    return f"{label}{write_colon()} {text}"


def quote_text(text: str) -> str:
    """Return a text in the quotation marks of the reader's language."""
    return gettext("“%(text)s”") % {"text": text}


def write_first_day(text: str) -> str:
    """Return a formatted date with the first day of a month as the reader's language has it: in French "1er mai"."""
    return _FIRST_DAY.sub("1er ", text) if current_language().startswith("fr") else text


def format_date(day: date) -> str:
    """Format a date in full: `8 November 2021`."""
    # A moment is equal to the same moment in another zone, where it may be another day.
    return _format_date(day) if type(day) is date else write_first_day(date_format(day, "DATE_FORMAT"))


@once_per_language
def _format_date(day: date) -> str:
    return write_first_day(date_format(day, "DATE_FORMAT"))


def format_short_date(day: date) -> str:
    """Format a date for tables: `8 Nov 2021`."""
    return write_first_day(date_format(day, "SHORT_DATE_FORMAT"))


def format_day_and_month(day: date) -> str:
    """Format a date within a known year, for tables: `8 Nov`."""
    return write_first_day(date_format(day, "MONTH_DAY_FORMAT"))


def format_month(day: date) -> str:
    """Format the month of a date, for the axis of a chart: `Nov`."""
    return date_format(day, "M")


def format_time(at: datetime | time) -> str:
    """Format a time of day, in the value's own time zone: `14:30`."""
    return time_format(at, "TIME_FORMAT")


def format_datetime(at: datetime) -> str:
    """Format a date and time in full, in the value's own time zone: `8 November 2021, 14:30`."""
    return gettext("%(date)s, %(time)s") % {"date": format_date(at), "time": format_time(at)}


def format_number(value: Decimal | int) -> str:
    """Format a count or an amount without trailing zeros: `4`, `1,250`, `0.5`."""
    return _format_number(value)


@once_per_language
def _format_number(value: Decimal | int) -> str:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return number_format(Decimal(text), use_l10n=True, force_grouping=True)


def join_with_and(names: Iterable[str]) -> str:
    """Join names with commas and “and”: `1a, 1b and 4a`. Without names, return ""."""
    *most, last = list(names) or [""]
    return gettext("%(names)s and %(last)s") % {"names": ", ".join(most), "last": last} if most else last
