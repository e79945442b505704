"""Find page furniture in the text: page numbers, running heads, lines added by browsers, charts of tiers."""

import re
from collections.abc import Iterator

from recommendations.importing.report_parser import countries
from recommendations.importing.report_parser.dehyphenation import normalize_characters
from recommendations.importing.report_parser.prose import is_incomplete

MAX_BOILERPLATE_LENGTH = 200
"""Most characters of a line of furniture."""
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_REPORT_NAME = rf"(?:(?:20\d\d|June|July)\s+)*(?:trafficking\s+in\s+persons|tip)\s+report(?:\W+(?:20\d\d|{_MONTHS}))*"
_BOILERPLATE = re.compile(
    rf"""
      [\s|–—-]* (?:page\s*)? \d{{1,4}} (?:\s*(?:of|/)\s*\d{{1,4}})? [\s|–—-]*       # a page's number
    | (?:\d{{1,4}}\W+)? {_REPORT_NAME} (?:\W+[\w’'., -]{{2,40}}?)? (?:\W+\d{{1,4}})?     # the report's name
    | \d{{1,2}}/\d{{1,2}}/\d{{2,4}},? .*                                            # what a browser prints
    | (?:['’]?\d\d\s+){{3,}}['’]?\d\d                                                # the years of a chart
    | [=*_~\s–—-]{{3,}} | \#+                                                         # a rule
    | (?:https?://|www\.)\S+ (?:\s+\d+/\d+)?
    | country \s narratives | countries \s [a-z] \s (?:to|through) \s [a-z] | the \s tiers | heroes
    | office \s to \s monitor \s and \s combat \s trafficking \s in \s persons
    | (?:u\.s\.\s)? department \s of \s state
    | share | print | e-?mail | tweet | facebook | twitter | home | unclassified
    | back \s to \s top | skip \s to \s content
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TIER_CHART = re.compile(
    r"(?:tiers?|rankings?|placements?|by|year|history|watch|list|special|case|wl|2wl|auto|downgrade|sc|n/?a|[123]|20\d\d|[\W_])+",
    re.IGNORECASE,
)


_CHART_HINT = re.compile(r"tier|20\d\d.*20\d\d", re.IGNORECASE)
_RANKING = re.compile(r"tier\s+(?:ranking|history)|[123]\W+tier", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


def flag_boilerplate(lines: list[str], broken: list[bool]) -> Iterator[bool]:
    """Yield for each line of a paragraph whether it is furniture. `broken` says which lines start after a hard break.

    A short line before a hard break was not wrapped. So its position decides if its words do not.
    """
    for before, line, ends in zip([None, *lines], lines, [*broken[1:], False], strict=False):
        stands_alone = before is None or not is_incomplete(before) or ends
        yield _is_boilerplate(line) or (stands_alone and _may_be_boilerplate(line))


def _is_boilerplate(line: str) -> bool:
    """Return whether a line is furniture in any place: a page number, a running head, a row of a chart."""
    line = normalize_characters(line).strip()
    if len(line) > MAX_BOILERPLATE_LENGTH:
        return False
    if _BOILERPLATE.fullmatch(line):
        return not _YEAR.fullmatch(line)
    if line.endswith((".", ",", ";")):
        return False
    words = re.sub(r"^\d{1,4}\W+|\W+\d{1,4}$", "", line)
    if words.isupper() and len(words) < 60 and countries.find_country_code(words):
        return True
    rest = _tier_chart_row(line)
    return rest is not None and (len(re.findall(r"20\d\d", rest)) > 1 or bool(_RANKING.search(rest)))


def _may_be_boilerplate(line: str) -> bool:
    """Return whether a line is furniture unless the text before continues in it: a year, a country's name, a tier."""
    line = normalize_characters(line).strip()
    if line.endswith((".", ",", ";")) or len(line) > MAX_BOILERPLATE_LENGTH:
        return False
    is_tier_or_year = _tier_chart_row(line) is not None or _YEAR.fullmatch(line) is not None
    return is_tier_or_year or countries.find_country_code(line) is not None


def _tier_chart_row(line: str) -> str | None:
    """Return the text after the country's name in a row of a tier chart; None if the line is something else."""
    if not _CHART_HINT.search(line):
        return None
    named = countries.match_leading_country(line)
    rest = line[named.end :] if named else line
    return rest if _TIER_CHART.fullmatch(rest) and _CHART_HINT.search(rest) else None
