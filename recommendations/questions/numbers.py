"""Find the number at the start of a question, such as “4.”, “4.b”, “4(b)”, “P-12” or “(ii)”. No Django here."""

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_NUMBER_LENGTH = 20
_PART = r"(?:[.-]\d{1,3}|[.-]?(?:[ivx]{2,4}|[a-z])(?![a-z])|\((?:[ivx]{1,5}|[a-z]|\d{1,2})\))"
_FULL = re.compile(
    rf"(?:Question\s+(?:No\.?\s*)?(?=\d))?(?P<number>(?:[A-Z]{{1,4}}[-.]?)?\d{{1,3}}{_PART}*)"
    r"(?P<end>[.):](?=\s|$)|\s*[–—](?=\s)|\s-(?=\s)|(?=\s|$))\s*",
)
_RELATIVE = re.compile(r"(?P<number>\((?:[a-z]|[ivx]{1,5}|\d{1,2})\)|(?:[a-z]|[ivx]{1,5})[.)])(?=\s|$)\s*")
_CAPITAL = re.compile(r"(?P<number>[A-Z]|[IVX]{1,5})[.)](?=\s|$)\s*")
_COMPONENT = re.compile(r"(?P<first>(?:[A-Z]{1,4}[-.]?)?\d{1,3})|[.-]?(\d{1,3}|[a-z]{1,5})|\((\w{1,5})\)")
_ROMAN = {"i": 1, "v": 5, "x": 10}


class NumberKind(StrEnum):
    """How a number says where its question belongs."""

    FULL = "full"
    """It says it all: “4”, “4.b”, “P-12”."""
    RELATIVE = "relative"
    """It counts within the question above: “a.”, “(ii)”."""
    CAPITAL = "capital"
    """“A.” or “IV.”: mostly a heading."""


@dataclass(frozen=True, slots=True)
class QuestionMarker:
    """The number at the start of a line, and the rest of the line. `is_certain` is False for “4 investigations”."""

    kind: NumberKind
    number: str
    rest: str
    is_certain: bool = True


def read_marker(line: str) -> QuestionMarker | None:
    """Return the number at the start of a line and what follows it; None if the line starts with none."""
    if (found := _FULL.match(line)) and len(found["number"]) <= MAX_NUMBER_LENGTH:
        rest, number = line[found.end() :].strip(), found["number"]
        is_plain = number.isdecimal()
        is_certain = bool(found["end"].strip()) or (not is_plain and (not rest or not rest[0].islower()))
        return QuestionMarker(NumberKind.FULL, number, rest, is_certain)
    if found := _RELATIVE.match(line):
        return QuestionMarker(NumberKind.RELATIVE, found["number"], line[found.end() :].strip())
    if found := _CAPITAL.match(line):
        return QuestionMarker(NumberKind.CAPITAL, found["number"], line[found.end() :].strip())
    return None


def read_number(cell: str) -> QuestionMarker | None:
    """Return the number of a cell that holds nothing else; None if it holds something else."""
    marker = read_marker(cell.strip())
    return marker if marker and not marker.rest else None


def split_number(number: str) -> tuple[str, ...]:
    """Return the parts of a full number: “4.b(ii)” has “4”, “b” and “ii”."""
    return tuple(
        (found["first"] or found[2] or found[3]) if place == 0 else (found[2] or found[3] or found["first"])
        for place, found in enumerate(_COMPONENT.finditer(number))
    )


def join_number(parent: str, relative: str) -> str:
    """Return the full number of a part of a question: “4” and “b.” give “4.b”, “4” and “(b)” give “4(b)”."""
    if relative.startswith("("):
        return f"{parent}{relative}"
    return f"{parent}.{relative.rstrip('.)')}"


def relative_values(number: str) -> dict[str, int]:
    """Return what a relative number may count, by how it counts: “i.” is the first Roman number or the ninth letter."""
    style = "brackets " if number.startswith("(") else ""
    text = number.strip("().")
    if text.isdecimal():
        return {f"{style}digits": int(text)}
    values = {f"{style}letters": ord(text) - ord("a") + 1} if len(text) == 1 else {}
    if set(text) <= set(_ROMAN):
        values[f"{style}romans"] = _roman_value(text)
    return values


def _roman_value(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
