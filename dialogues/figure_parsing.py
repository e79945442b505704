"""Read a figure as people type it: "1250000", "1,250,000", "1 250 000" or "12.5". No Django here.

If a separator could be read in two ways, the figure is refused. The error says what to write.
"""

import re
from decimal import Decimal

from tiptracker.localization import gettext, gettext_noop
from tiptracker.text_rules import normalize_apostrophes

MAX_INTEGER_DIGITS = 12
MAX_DECIMAL_PLACES = 2
_THOUSANDS_SEPARATORS = {".": ",", ",": "."}
"""The thousands separator for each decimal mark. A space or an apostrophe is one everywhere."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_NUMBER_TOKEN = re.compile(r"[0-9](?:[0-9., ']*[0-9])?")


class UnreadableFigure(ValueError):
    """A text that is not a figure. The message says why, and what to write.

    `code` is not_a_number, ambiguous, too_precise, negative, dash, spreadsheet_error, shortened or too_long.
    `suggestions` are what the person may have meant, as they would type it.
    """

    def __init__(self, code: str, sentence: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.code, self.suggestions = code, suggestions


def parse_figure(text: str, *, decimal_mark: str = ".") -> Decimal:
    """Return the figure that a text states.

    Args:
        text: what somebody typed or pasted.
        decimal_mark: "." or ",", as the language of the reader has it. The other one may separate thousands.

    Raises:
        UnreadableFigure: if the text is no figure of 0 or more, or could be read in two ways.
    """
    typed = " ".join(normalize_apostrophes(text).translate(_DASHES).split())
    if (match := _figure_pattern(decimal_mark).fullmatch(typed)) is None or not any(map(str.isdigit, typed)):
        raise _explain(text.strip(), typed, decimal_mark)
    integer, separator, decimals = match["integer"], match["separator"], match["decimals"] or ""
    if not separator and len(decimals) == 3 and 0 < len(integer) <= 3 and integer[0] != "0":
        raise _ambiguous(text, (f"{integer}{decimals}", f"{integer}{decimal_mark}{decimals}".rstrip("0").rstrip(".,")))
    if decimals.rstrip("0")[MAX_DECIMAL_PLACES:]:
        sentence = gettext("“%(text)s” has more than 2 digits after the decimal point. Round it.")
        raise UnreadableFigure("too_precise", sentence % {"text": text.strip()})
    digits = "".join(filter(str.isdigit, integer)).lstrip("0")
    if len(digits) > MAX_INTEGER_DIGITS:
        sentence = gettext("“%(text)s” has more than 12 digits. Check it.")
        raise UnreadableFigure("too_long", sentence % {"text": text.strip()})
    return Decimal(f"{digits or 0}.{decimals[:MAX_DECIMAL_PLACES] or 0}")


def _figure_pattern(decimal_mark: str) -> re.Pattern[str]:
    group, point = re.escape(_THOUSANDS_SEPARATORS[decimal_mark]), re.escape(decimal_mark)
    integer = rf"[0-9]{{1,3}}(?P<separator>[{group} '])[0-9]{{3}}(?:(?P=separator)[0-9]{{3}})*|[0-9]*"
    return re.compile(rf"\+?(?P<integer>{integer})(?:{point}(?P<decimals>[0-9]*))?")


_EXPLANATIONS = (
    (
        "negative",
        re.compile(r"-[0-9].*|\([0-9., ']+\)"),
        gettext_noop("“%(text)s” is less than zero. Write 0 or more."),
    ),
    (
        "dash",
        re.compile(r"-+|\.{2,}|…"),
        gettext_noop("“%(text)s” can mean 0 or “not reported”. Write one of the two."),
    ),
    (
        "shortened",
        re.compile(r"#{2,}|[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+"),
        gettext_noop("The spreadsheet has shortened “%(text)s”. Write all digits."),
    ),
    (
        "spreadsheet_error",
        re.compile(r"#.*"),
        gettext_noop("“%(text)s” is an error in the spreadsheet. Write the figure or “not reported”."),
    ),
)
"""Codes, patterns and sentences for texts that are no figure. The first that matches applies."""


def _explain(text: str, typed: str, decimal_mark: str) -> UnreadableFigure:
    """Return the error for a text that is not a figure. `typed` is the text with plain spaces and dashes."""
    for code, pattern, sentence in _EXPLANATIONS:
        if pattern.fullmatch(typed):
            return UnreadableFigure(code, gettext(sentence) % {"text": text})
    suggestions = _suggest(typed, decimal_mark)
    if len(suggestions) > 1:
        return _ambiguous(text, suggestions)
    if suggestions:
        sentence = gettext("“%(text)s” is not a number. Write %(number)s.")
        return UnreadableFigure("not_a_number", sentence % {"text": text, "number": suggestions[0]}, suggestions)
    sentence = gettext("“%(text)s” is not a number. Write digits only, such as 1250000.")
    return UnreadableFigure("not_a_number", sentence % {"text": text})


def _suggest(typed: str, decimal_mark: str) -> tuple[str, ...]:
    """Return what a text that is not a figure may mean; empty if it cannot be guessed."""
    other = _THOUSANDS_SEPARATORS[decimal_mark]
    group, point = re.escape(decimal_mark), re.escape(other)
    if match := re.fullmatch(rf"([0-9]{{1,3}}(?:{group}[0-9]{{3}}){{2,}})(?:{point}([0-9]{{1,2}}))?", typed):
        return (_join(match[1], match[2], decimal_mark),)
    if match := re.fullmatch(rf"([0-9]{{1,3}}(?:[ '{group}][0-9]{{3}})*|[0-9]+){point}([0-9]{{1,2}})", typed):
        return (_join(match[1], match[2], decimal_mark),)
    if re.fullmatch(rf"[0-9]{{1,2}}(?:{point}[0-9]{{2}})+{point}[0-9]{{3}}", typed):  # lakh and crore
        return (_join(typed, None, decimal_mark),)
    tokens = _NUMBER_TOKEN.findall(typed)
    if len(tokens) != 1 or tokens[0] == typed:
        return ()
    try:
        figure = parse_figure(tokens[0], decimal_mark=decimal_mark)
    except UnreadableFigure as unreadable:
        return unreadable.suggestions
    return (f"{figure:f}".removesuffix(".0").replace(".", decimal_mark),)


def _join(integer: str, decimals: str | None, decimal_mark: str) -> str:
    digits = "".join(filter(str.isdigit, integer))
    return f"{digits}{decimal_mark}{decimals}" if decimals else digits


def _ambiguous(text: str, suggestions: tuple[str, ...]) -> UnreadableFigure:
    sentence = gettext("“%(text)s” can mean %(first)s or %(second)s. Write one of the two.")
    values = {"text": text.strip(), "first": suggestions[0], "second": suggestions[1]}
    return UnreadableFigure("ambiguous", sentence % values, suggestions)
