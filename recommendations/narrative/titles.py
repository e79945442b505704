"""What a narrative says of itself: its country, its year and its tier."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.narrative import countries
from recommendations.narrative.flow import Block
from recommendations.reading import Kind
from recommendations.words import Tier

_TIER = r"tier\s*(?P<tier>[123])(?P<list>\s*(?:\(?watch\s*list\)?|wl\b))?"
_TITLE = re.compile(rf"(?P<name>[^:(]{{2,80}}?)[\s:(–—,-]+{_TIER}[\s).*†]*(?:\W+\d{{1,4}})?", re.IGNORECASE)
_ALONE = re.compile(rf"[\W_]*(?:ranking\W+|tier\s+(?:placement|ranking)\W+)?{_TIER}[\W_]*", re.IGNORECASE)
_PLACED = re.compile(
    r"\b(?:remain(?:s|ed)|(?:is|was|been|being|be)\s+(?:again\s+)?(?:placed|ranked|listed)|stay(?:s|ed)|(?:up|down)graded|"
    r"moved|raised|lowered|placed|ranked|elevated|demoted|kept)\b"
    rf"(?:\s+from\s+tier\s*\d(?:\s*watch\s*list)?)?\s+(?:on|to|at|in|as|for)?\s*(?:a\s+)?{_TIER}",
    re.IGNORECASE,
)
_MEETS = re.compile(r"fully\s+(?:meets?|compl(?:y|ies)\s+with)\s+(?:the\s+)?minimum\s+standards", re.IGNORECASE)
_STANDARDS = re.compile(r"minimum\s+standards", re.IGNORECASE)
_YEAR = re.compile(
    r"(?P<before>20\d\d)\W+(?:trafficking[\s-]+in[\s-]+persons|tip)[\s-]+report"
    r"|(?:trafficking[\s-]+in[\s-]+persons|tip)[\s-]+report\b[^.;]{0,60}?\b(?P<after>20\d\d)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\W*(?:january|february|march|april|may|june|july|august|september)\s+(?:\d{1,2},?\s+)?(20\d\d)\W*", re.IGNORECASE
)
_REPORT = re.compile(r"trafficking\s+in\s+persons\s+report|tip\s+report", re.IGNORECASE)
_GOVERNMENT = re.compile(r"\bgovernment\s+of\s+(?:the\s+)?(?=[A-Z])", re.IGNORECASE)
_MOST_OF_A_TITLE = 160
"""Characters: what is longer is no title."""


class Told(NamedTuple):
    """A fact as the document tells it, or None, and a sentence where it doesn't, or tells it twice."""

    value: str | None
    doubt: str = ""


def parts(blocks: list[Block]) -> list[list[Block]]:
    """The narratives in a document, each from its title with the tier; what stands before the first goes with each."""
    starts = [
        (index, codes[0]) for index, block in enumerate(blocks) if (codes := _codes([_name_in_title(block.text)]))
    ]
    starts = [each for before, each in pairwise([(0, ""), *starts]) if each[1] != before[1]]
    if len(starts) < 2:
        return [blocks]
    ends = [index for index, _ in starts[1:]] + [len(blocks)]
    return [blocks[: starts[0][0]] + blocks[start:end] for (start, _), end in zip(starts, ends, strict=True)]


def country(blocks: list[Block], heading: str = "") -> Told:
    """Its code: by the title with the tier, the heading of the list, the document's own title, or its opening."""
    for codes in (
        _codes(_name_in_title(block.text) for block in blocks),
        _codes([re.sub(r"[\W_]+$", "", heading)]),
        _codes(_name_in_report(block.text) for block in blocks if _is_title(block)),
        _codes(block.text for block in blocks if _is_title(block)),
        [found.code for block in blocks if _STANDARDS.search(block.text) if (found := _ruled(block.text))],
    ):
        if len(set(codes)) == 1:
            return Told(codes[0])
        if codes:
            named = ", ".join(dict.fromkeys(countries.name_of(code) for code in codes))
            return Told(None, f"More than one country is named ({named}): see which one it is.")
    return Told(None, "No country that is known here is named at its head: see which one it is.")


def year(blocks: list[Block]) -> Told:
    """Of the report, by its own title, then by running heads and headings, then by its day."""
    titles = [block.text for block in blocks if block.kind == Kind.TITLE]
    heads = [block.text for block in blocks if block.kind != Kind.TITLE and _is_title(block)]
    for texts in (titles, heads):
        years = list(
            dict.fromkeys(found["before"] or found["after"] for text in texts for found in _YEAR.finditer(text))
        )
        if len(years) == 1:
            return Told(years[0])
        if years:
            return Told(None, f"More than one year is named at its head ({', '.join(years)}): see which one it is.")
    if any(_REPORT.search(text) for text in titles + heads):
        days = list(dict.fromkeys(day[1] for text in heads if (day := _DAY.fullmatch(text))))
        if len(days) == 1:
            return Told(days[0])
    return Told(None, "The year of the report isn’t named at its head: see which one it is.")


def tier(blocks: list[Block]) -> Told:
    """Its word (Tier), by the title, else by the opening's "remained on Tier 2", else where it stands alone."""
    titled = [found for block in blocks if (found := _titled(block.text))]
    placed = [_word(at) for block in blocks if block.kind == Kind.PLAIN for at in _placed(block.text)]
    alone = [_word(bare) for block in blocks if len(block.text) < 60 and (bare := _ALONE.fullmatch(block.text))]
    ways = [ways for ways in (titled, placed[:1], alone) if len(set(ways)) == 1]
    if not ways:
        return Told(None, "Its tier isn’t told plainly: see which one it is.")
    said = ways[0][0]
    if placed and placed[0] != said:
        return Told(said, f"Its title says {Tier(said).label}, its text {Tier(placed[0]).label}: see which one it is.")
    return Told(said)


def _word(found: re.Match[str]) -> str:
    return Tier.WATCH_LIST if found["list"] else Tier(found["tier"])


def _titled(text: str) -> str | None:
    """The tier in "LESOTHO (Tier 2 Watch List)"."""
    found = _TITLE.fullmatch(text) if len(text) < _MOST_OF_A_TITLE else None
    return _word(found) if found and _name(found["name"]) else None


def _placed(text: str) -> Iterator[re.Match[str]]:
    return _PLACED.finditer(text)


def _name_in_title(text: str) -> str | None:
    found = _TITLE.fullmatch(text) if len(text) < _MOST_OF_A_TITLE else None
    return found["name"] if found else None


def _name_in_report(text: str) -> str | None:
    """The country in "2021 Trafficking in Persons Report: Lesotho - United States Department of State"."""
    found = _YEAR.search(text) or _REPORT.search(text)
    after = re.match(r"[\s:,/–—-]+(.+)", text[found.end() :]) if found else None
    return re.split(r"\s+[-–—|]\s+|/", after[1])[0].replace("-", " ") if after else None


def _is_title(block: Block) -> bool:
    return len(block.text) < _MOST_OF_A_TITLE and (
        block.kind in {Kind.TITLE, Kind.HEADING, Kind.FURNITURE} or not re.search(r"[.;]\s*$", block.text)
    )


def _codes(names: Iterable[str | None]) -> list[str]:
    return [code for name in names if name and (code := _name(name))]


def _name(text: str) -> str | None:
    """The country that a title names, all of it or at its end: a running head may stand before it."""
    words = text.split()
    return next((code for start in range(len(words)) if (code := countries.find(" ".join(words[start:])))), None)


def _ruled(text: str) -> countries.Found | None:
    found = _GOVERNMENT.search(text)
    return countries.begins(text[found.end() :]) if found else countries.begins(text)
