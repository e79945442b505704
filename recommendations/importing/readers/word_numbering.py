"""Count the automatic numbers of a Word document, as Word shows them (ECMA-376, part 1, 17.9).

A list has up to nine levels, each with its own counter, format and text, such as "%1.%2)". A number (`num`) uses an
abstract list and may let levels start anew. A style may carry the number instead of the paragraph.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

_ROMANS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MAX_LEVELS = 9
_MAX_CHAIN = 10
"""Most styles that are based on one another. A circular chain ends here."""
_MAX_ROMAN = 3_999


class NumberedPlace(NamedTuple):
    """The number that Word shows before a paragraph, and its level from 0."""

    text: str
    level: int


class NumberingStyle(NamedTuple):
    """What a paragraph style says about numbers; None where it says nothing."""

    number_id: str | None
    level: int | None
    based_on: str


@dataclass(frozen=True, slots=True)
class NumberingLevel:
    """One level of a list. `restarts_after` is the number of levels, from the first, after which it starts again."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    style: str = ""
    is_decimal: bool = False
    restarts_after: int | None = None


@dataclass
class WordNumbering:
    """The numbers of a document. Call `number_of` for each paragraph in its order, also for empty ones."""

    lists: dict[str, dict[int, NumberingLevel]] = field(default_factory=dict)
    """The levels of each abstract list."""
    numbers: dict[str, str] = field(default_factory=dict)
    """The abstract list of each number."""
    overrides: dict[str, dict[int, NumberingLevel]] = field(default_factory=dict)
    """The levels that a number defines anew."""
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    """Where the levels of a number start anew."""
    styles: dict[str, NumberingStyle] = field(default_factory=dict)
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def number_of(self, paragraph: etree._Element) -> NumberedPlace | None:
        """Count a paragraph, and return the number that stands before it; None if there is none."""
        number_id = _value(paragraph, "pPr/numPr/numId")
        level = _parse_integer(_value(paragraph, "pPr/numPr/ilvl"))
        if number_id is None:
            style = _value(paragraph, "pPr/pStyle") or ""
            number_id, level = self._number_of_style(style, level)
        name = self.numbers.get(number_id or "")
        if number_id in (None, "0") or name is None:
            return None
        return self._count(number_id or "", name, min(level or 0, _MAX_LEVELS - 1))

    def _number_of_style(self, key: str, level: int | None) -> tuple[str | None, int | None]:
        """Return the number of a style or of one that it is based on, and the level of the style in its list."""
        named = key
        for _ in range(_MAX_CHAIN):
            style = self.styles.get(named)
            if style is None:
                break
            if style.number_id is not None:
                linked = self._level_of_style(style.number_id, (key, named))
                return style.number_id, next((one for one in (level, linked, style.level) if one is not None), None)
            named = style.based_on
        return None, level

    def _level_of_style(self, number_id: str, names: tuple[str, ...]) -> int | None:
        levels = self.lists.get(self.numbers.get(number_id, ""), {}) | self.overrides.get(number_id, {})
        return next((place for name in names for place, each in levels.items() if each.style == name), None)

    def _count(self, number_id: str, name: str, level: int) -> NumberedPlace | None:
        levels = self.lists.get(name, {}) | self.overrides.get(number_id, {})
        counters = self._counters.setdefault(name, {})
        own = levels.get(level, NumberingLevel(text=f"%{level + 1}."))
        anew = self.starts.get(number_id, {}).get(level)
        if anew is not None and (number_id, level) not in self._started:
            self._started.add((number_id, level))
            counters[level] = anew
        else:
            counters[level] = counters[level] + 1 if level in counters else own.start
        for higher in range(level):  # Word shows a level that was skipped as if it had begun
            counters.setdefault(higher, levels.get(higher, NumberingLevel()).start)
        for deeper in [place for place in counters if place > level]:
            after = levels.get(deeper, NumberingLevel()).restarts_after
            if after is None or (after and level < after):
                del counters[deeper]
        if own.number_format in ("bullet", "none"):
            return None
        text = own.text
        for place in range(level, -1, -1):
            above = levels.get(place, NumberingLevel())
            number_format = "decimal" if own.is_decimal else above.number_format
            text = text.replace(f"%{place + 1}", format_list_number(counters[place], number_format))
        return NumberedPlace(text.strip(), level) if text.strip() else None


def read_numbering(numbering: etree._Element | None, styles: etree._Element | None) -> WordNumbering:
    """Return the lists of a document from the parts `word/numbering.xml` and `word/styles.xml`."""
    read = WordNumbering(styles=dict(_read_styles(styles)))
    if numbering is None:
        return read
    linked: dict[str, str] = {}
    for abstract in numbering.iterfind("{*}abstractNum"):
        key = _attribute(abstract, "abstractNumId")
        read.lists[key] = dict(_read_levels(abstract))
        if style := _value(abstract, "numStyleLink"):
            linked[key] = style
    for number in numbering.iterfind("{*}num"):
        key = _attribute(number, "numId")
        read.numbers[key] = _value(number, "abstractNumId") or ""
        for override in number.iterfind("{*}lvlOverride"):
            level = _parse_integer(_attribute(override, "ilvl")) or 0
            read.overrides.setdefault(key, {}).update(_read_levels(override))
            if (start := _parse_integer(_value(override, "startOverride"))) is not None:
                read.starts.setdefault(key, {})[level] = start
    for key, style in linked.items():  # the list is defined by the number of that style
        target = read.styles.get(style)
        if target and (levels := read.lists.get(read.numbers.get(target.number_id or "", ""))):
            read.lists[key] = levels
    return read


def format_list_number(number: int, number_format: str) -> str:
    """Return a number in one of Word's formats. A format that is not known here counts in decimals."""
    formats: dict[str, Callable[[int], str]] = {
        "lowerLetter": _letters,
        "upperLetter": lambda counted: _letters(counted).upper(),
        "lowerRoman": _roman,
        "upperRoman": lambda counted: _roman(counted).upper(),
        "decimalZero": lambda counted: f"{counted:02d}",
        "none": lambda _: "",
        "bullet": lambda _: "",
    }
    return formats.get(number_format, str)(number)


def _letters(number: int) -> str:
    """Return a, b … z, aa, bb … as Word counts."""
    if number < 1:
        return ""
    repeats, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * min(repeats + 1, 30)


def _roman(number: int) -> str:
    if not 0 < number <= _MAX_ROMAN:
        return str(number)
    text = ""
    for value, letters in _ROMANS:
        while number >= value:
            text, number = text + letters, number - value
    return text


def _read_styles(root: etree._Element | None) -> Iterator[tuple[str, NumberingStyle]]:
    for style in root.iter("{*}style") if root is not None else ():
        yield (
            _attribute(style, "styleId"),
            NumberingStyle(
                _value(style, "pPr/numPr/numId"),
                _parse_integer(_value(style, "pPr/numPr/ilvl")),
                _value(style, "basedOn") or "",
            ),
        )


def _read_levels(parent: etree._Element) -> Iterator[tuple[int, NumberingLevel]]:
    for level in parent.iterfind("{*}lvl"):
        start = _parse_integer(_value(level, "start"))
        yield (
            _parse_integer(_attribute(level, "ilvl")) or 0,
            NumberingLevel(
                start=0 if start is None else start,  # a level without a start begins at 0 (17.9.25)
                number_format=_value(level, "numFmt") or "decimal",
                text=_value(level, "lvlText") or "",
                style=_value(level, "pStyle") or "",
                is_decimal=level.find("{*}isLgl") is not None and _value(level, "isLgl") not in ("0", "false"),
                restarts_after=_parse_integer(_value(level, "lvlRestart")),
            ),
        )


def _value(element: etree._Element, path: str) -> str | None:
    """Return the value of the property at `path`, such as "pPr/numPr/ilvl"."""
    child = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return None if child is None else _attribute(child, "val")


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _parse_integer(text: str | None) -> int | None:
    """Return a whole number of a reasonable size; None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else None
