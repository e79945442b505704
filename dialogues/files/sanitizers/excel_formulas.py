"""Check the formulas of a workbook (18.17 of part 1): only pure functions, on cells and names of this workbook."""

import re
import tomllib
from collections.abc import Container
from functools import lru_cache
from pathlib import Path

_FUNCTIONS_FILE = Path(__file__).parent / "formula_functions.toml"
_PURE_FUNCTIONS = frozenset(" ".join(tomllib.loads(_FUNCTIONS_FILE.read_text()).values()).split())
"""Functions of Excel, LibreOffice and Google Sheets that use nothing but their arguments."""
_GOOGLE_DUMMY_FUNCTION = "__xludf.DUMMYFUNCTION"
"""Google Sheets writes this around a function that Excel lacks, as a text that Google reads as a function again."""
_PREFIX = re.compile(r"(?:_xlfn\.|_xlws\.|_xleta\.)+", re.IGNORECASE)
_PARAMETER = re.compile(r"_xlpm\.\w+", re.IGNORECASE)
_ROW_NUMBERS = re.compile(r"(\$?\b[A-Za-z]{1,3}\$?)[0-9]+\b(?!\s*\()")
_CALL = re.compile(r"\s*\(")
_TEXT = re.compile(r'\s*"((?:[^"]|"")*)"\s*\)')
_LINK = re.compile(r'\s*"(?:https?://[^"\s\\]+|mailto:[^"\s\\]+|#[^"\\/\[|]+)"\s*[,)]', re.IGNORECASE)
_COLUMN = r"""\[(?:[^\[\]'"]|'.)*\]"""
_TOKENS = re.compile(
    rf"""
    (?P<space>\s+)
    | "(?P<text>(?:[^"]|"")*)"
    | (?P<error>\#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|BUSY!|UNKNOWN!|GETTING_DATA))
    | '(?P<quoted>(?:[^'\[\]\\/:*?|]|'')+(?::(?:[^'\[\]\\/:*?|]|'')+)?)'!
    | (?P<sheet>\w[\w.]*(?::\w[\w.]*)?)!
    | (?P<table>[^\W\d][\w.]*(?:{_COLUMN}|\[@?\s*+(?:{_COLUMN}\s*+(?:[,:]\s*+)?)++\]))
    | (?P<column>(?!\[\d+\]){_COLUMN}(?!\s*[\w'!$\[\\]))
    | (?P<cell>\$[A-Za-z]{{1,3}}(?:\$?\d+)?|[A-Za-z]{{1,3}}\$\d+|\$\d+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    | (?P<name>[^\W\d][\w.?]*)
    | (?P<operator>[-+*/^&=<>%(),;{{}}:@\#~])
    """,
    re.VERBOSE,
)
"""Any other token is rejected: "[1]One!" and "'[b.xlsx]One'!" are other workbooks, "|" starts a program by DDE."""
_SEPARATING_TOKENS, _PREFIX_TOKENS = {"space", "operator"}, {"quoted", "sheet"}
"""Tokens that stand between operands, and tokens that stand right before one."""


def find_refused_part(formula: str, sheets: Container[str] | None = None) -> str | None:
    """Return the part of a formula that is not allowed, as written there, or None.

    `sheets` are the names of the workbook's own sheets, case folded, or None if they are unknown.
    """
    # Cells of one column often differ only in the row number, so normalize it for the cache.
    refused, asked = _parse(formula if "!" in formula else _ROW_NUMBERS.sub(r"\g<1>1", formula))
    if refused is None and sheets is not None:
        refused = next((sheet for sheet in asked if sheet.casefold() not in sheets), None)
    return refused


@lru_cache(maxsize=4096)
def _parse(formula: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the part that is not allowed, or None, and the sheets that the formula names."""
    sheets: list[str] = []
    at, last = 0, "operator"
    while at < len(formula):
        token = _TOKENS.match(formula, at)
        if token is None or not _may_follow(last, token.lastgroup, token[0]):
            return formula[at : at + 40], ()
        at, last = token.end(), token.lastgroup or ""
        named = token["quoted"] or token["sheet"]
        if named:
            sheets += named.replace("''", "'").split(":")
        elif token["name"] and not _is_allowed_name(token["name"], formula, at):
            return token["name"], ()
    return None, tuple(sheets)


def _may_follow(last: str, kind: str | None, said: str) -> bool:
    """Return whether a token may follow one of the kind `last`. An operand never follows another operand."""
    if last in _SEPARATING_TOKENS | _PREFIX_TOKENS:
        return True
    return last == "name" if said == "(" else kind in _SEPARATING_TOKENS


def _is_allowed_name(name: str, formula: str, at: int) -> bool:
    """Return whether the function or name that ends at position `at` is harmless."""
    calls = _CALL.match(formula, at)
    bare = _PREFIX.sub("", name)
    if _PARAMETER.fullmatch(bare):
        return True
    if calls is None:
        return bare == name or bare.upper() in _PURE_FUNCTIONS
    if bare.upper() == "HYPERLINK":
        return _LINK.match(formula, calls.end()) is not None
    if name == _GOOGLE_DUMMY_FUNCTION:
        kept = _TEXT.match(formula, calls.end())
        # Its sheets are not checked: Google Sheets knows only those of the workbook.
        return kept is not None and _parse(kept[1].replace('""', '"').removeprefix("="))[0] is None
    return bare.upper() in _PURE_FUNCTIONS
