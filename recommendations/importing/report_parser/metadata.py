"""Find the country, year and tier that a narrative states."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from recommendations.choices import Tier
from recommendations.importing.readers.paragraph import ParagraphKind
from recommendations.importing.report_parser import countries
from recommendations.importing.report_parser.paragraphs import Block
from recommendations.importing.stored_sentences import StoredSentence
from tiptracker.localization import gettext_noop

_TIER = (
    r"tier(?:\s*:)?\s*(?P<tier>[123]|i{1,3}|one|two|three)(?:(?!\w)|(?=wl\b))"
    r"(?P<list>[\s–-]*\(?watch[\s-]*(?:list\b)?\)?|\s*wl\b)?"
)
""""Tier 2 Watch" is enough, because a line end may have lost "List" and no other tier has this name."""
_OTHER_TIER = re.sub(r"\?P<\w+>", "", _TIER)
_TIER_NUMBERS = {"i": "1", "one": "1", "ii": "2", "two": "2", "iii": "3", "three": "3"}
_SPECIAL_CASE = re.compile(r"special\s+case", re.IGNORECASE)
_TITLE = re.compile(
    rf"(?:[^:]{{2,80}}:\s+)?(?P<name>[^:(]{{2,80}}?(?:\([^()]{{2,40}}\))?)\s*(?:\(?(?P<year>20\d\d)\)?)?[\s:(–—,-]+"
    rf"(?:{_TIER}|(?P<special>{_SPECIAL_CASE.pattern}))[\s).*†]*(?:\W+\d{{1,4}})?",
    re.IGNORECASE,
)
_TIER_ALONE = re.compile(
    rf"[\W_]*(?:(?:tier\s+)?(?:placement|ranking)\W+|tier:\s+)?(?:{_TIER}|(?P<special>{_SPECIAL_CASE.pattern}))[\W_]*",
    re.IGNORECASE,
)
_PLACED_ON_TIER = re.compile(
    r"\b(?:(?:remain|stay|fall|drop|return)(?:s|ed)|move[sd]|rises|rose|fell|dropped|(?:up|down)graded|raised|lowered|placed|"
    r"ranked|listed|elevated|demoted|promoted|kept|(?:is|are|ranking\s+was)(?:\s+(?:again|now|therefore|currently))?)"
    rf"(?:\s+back)?(?:\s+from\s+(?:the\s+)?{_OTHER_TIER})?\s+(?:(?:on|onto|to|at|in|as|for)\s+)?(?:an?\s+|the\s+)?{_TIER}",
    re.IGNORECASE,
)
_OTHER_TIME_BEFORE = re.compile(
    r"^(?:in|since|during|until|after)\s+(?:the\s+|its\s+)?(?:(?:19|20)\d\d|previous|last|prior|past|earlier)\b"
    r"|\b(?:otherwise|would|could|should|may|might|had(?:\s+been)?|previously|formerly|once)\s(?:(?!\b(?:and|but)\b)[^,])*$"
    r"|\bnot\s+$",
    re.IGNORECASE,
)
"""Text before a tier in a sentence that says the country is not, or no longer, on it."""
_OTHER_TIME_AFTER = re.compile(
    r"\W*(?:in|until|from|for|since)\s+(?:the\s+)?(?:19|20)\d\d\b|\W*(?:last|the\s+previous)\s+year", re.IGNORECASE
)
"""Text after a tier of another year."""
_MEETS_STANDARDS = re.compile(
    r"(?<!not )\bfully\s+(?:meets?|compl(?:y|ies)\s+with)\s+(?:the\s+)?minimum\s+standards", re.IGNORECASE
)
_NO_SIGNIFICANT_EFFORTS = re.compile(
    r"not\s+fully\s+(?:meet|comply\s+with)\s+(?:the\s+)?minimum\s+standards[^.;]{0,80}?\band\s+is\s+not\s+making\s+significant"
    r"\s+efforts",
    re.IGNORECASE,
)
_MINIMUM_STANDARDS = re.compile(r"minimum\s+standards", re.IGNORECASE)
_REPORT_NAME = r"(?:trafficking[\s-]+in[\s-]+persons(?:\s+\(tip\))?|tip)[\s-]+report"
_REPORT_YEAR = re.compile(
    rf"(?P<before>20\d\d)\W+{_REPORT_NAME}|{_REPORT_NAME}\b[^.;]{{0,60}}?\b(?P<after>20\d\d)\b", re.IGNORECASE
)
_PUBLICATION_DATE = re.compile(
    r"\W*(?:published\W+|date\W+)?(?:\d{1,2}\s+)?(?:january|february|march|april|may|june|july|august|september)\s+"
    r"(?:\d{1,2},?\s+)?(20\d\d)\W*",
    re.IGNORECASE,
)
_REPORT_NAME_PATTERN = re.compile(_REPORT_NAME, re.IGNORECASE)
_STATED_YEAR = re.compile(r"\W*(?:report\s+)?(?:year|edition)\W{1,4}(20\d\d)\W*", re.IGNORECASE)
_GOVERNMENT_OF = re.compile(r"\bgovernment\s+of\s+(?:the\s+)?(?=[A-Z])", re.IGNORECASE)
_MAX_TITLE_LENGTH = 160
"""Most characters of a title."""
_SEVERAL_COUNTRIES = gettext_noop(
    "The narrative names more than one country at its beginning (%(countries)s). Check that it is the right one."
)
_NO_COUNTRY = gettext_noop(
    "The narrative names no country that we know at its beginning. Check that it is the right narrative."
)
_SEVERAL_YEARS = gettext_noop(
    "The narrative names more than one year at its beginning (%(years)s). Check that it is from the right report."
)
_NO_YEAR = gettext_noop(
    "The narrative does not name the year of the report at its beginning. Check that it is from the right report."
)
_SPECIAL_CASE_NOTE = gettext_noop("The country is a special case in this report and has no tier.")
_LIKELY_SPECIAL_CASE = gettext_noop("The country seems to be a special case in this report, without a tier. Check it.")
_TWO_TIERS = gettext_noop("The title of the narrative says %(title)s, but its text says %(text)s. Check the tier.")
_INFERRED_TIER = gettext_noop(
    "The narrative does not name the tier. What it says about the minimum standards means %(tier)s. Check the tier."
)
_NO_TIER = gettext_noop("The narrative does not state the tier clearly. Check the tier of the edition.")


class ParsedValue(NamedTuple):
    """A fact as the document states it, or None. `doubt` says if it is missing, ambiguous or inferred."""

    value: str | None
    doubt: StoredSentence | None = None


def split_narratives(blocks: list[Block]) -> list[list[Block]]:
    """Split a document into narratives, each from its title with the tier.

    The text before the first narrative is added to each.
    """
    starts = [
        (index, code)
        for index, block in enumerate(blocks)
        if (title := _match_title(block.text)) and (code := _country_in_title(title["name"]))
    ]
    starts = [each for before, each in pairwise([(0, ""), *starts]) if each[1] != before[1]]
    if len(starts) < 2:
        return [blocks]
    ends = [index for index, _ in starts[1:]] + [len(blocks)]
    return [blocks[: starts[0][0]] + blocks[start:end] for (start, _), end in zip(starts, ends, strict=True)]


class CountryDetector:
    """Finds the country of a narrative. It looks at each block once, however many lists the narrative has."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks

    def detect(self, heading: str = "") -> ParsedValue:
        """Return the country's code.

        The sources in order: titles with a tier, the list's `heading`, the report's title, other titles, the opening.
        """
        for codes in self._sources(heading):
            if len(set(codes)) == 1:
                return ParsedValue(codes[0])
            if codes:
                named = ", ".join(dict.fromkeys(countries.country_name_of(code) for code in codes))
                return ParsedValue(None, StoredSentence(_SEVERAL_COUNTRIES, {"countries": named}))
        return ParsedValue(None, StoredSentence(_NO_COUNTRY))

    def _sources(self, heading: str) -> Iterator[list[str]]:
        yield self._in_titles
        yield _country_codes([re.sub(r"[^\w)]+$", "", heading)])
        yield self._in_report
        yield self._as_title
        yield self._by_standards
        yield self._by_tier

    @cached_property
    def _in_titles(self) -> list[str]:
        titles = (_match_title(block.text) for block in self._blocks)
        return _country_codes(title["name"] for title in titles if title)

    @cached_property
    def _in_report(self) -> list[str]:
        return _country_codes(_name_in_report(block.text) for block in self._blocks if _is_title(block))

    @cached_property
    def _as_title(self) -> list[str]:
        return _country_codes(block.text for block in self._blocks if _is_title(block))

    @cached_property
    def _by_standards(self) -> list[str]:
        return _countries_of_governments(block.text for block in self._blocks if _MINIMUM_STANDARDS.search(block.text))

    @cached_property
    def _by_tier(self) -> list[str]:
        return _countries_of_governments(block.text for block in self._blocks if any(_current_placements(block.text)))


def find_year(blocks: list[Block]) -> ParsedValue:
    """Return the year of the report, from its title, else from running heads and headings, else from its date."""
    titles = [block.text for block in blocks if block.kind == ParagraphKind.TITLE]
    heads = [block.text for block in blocks if block.kind != ParagraphKind.TITLE and _is_title(block)]
    for texts in (titles, heads):
        named = [match for text in texts for match in _REPORT_YEAR.finditer(text)]
        years = list(dict.fromkeys(match["before"] or match["after"] for match in named))
        if len(years) > 1:
            return ParsedValue(None, StoredSentence(_SEVERAL_YEARS, {"years": ", ".join(years)}))
        if years:
            return ParsedValue(years[0])
    is_report = any(_REPORT_NAME_PATTERN.search(text) for text in titles + heads)
    days = (_PUBLICATION_DATE.fullmatch(text) for text in heads if is_report)
    for dates in (days, map(_STATED_YEAR.fullmatch, heads), map(_year_after_name, heads)):
        stated = {match[1] for match in dates if match}
        if len(stated) == 1:
            return ParsedValue(stated.pop())
    return ParsedValue(None, StoredSentence(_NO_YEAR))


def _year_after_name(text: str) -> re.Match[str] | None:
    """Match the year in "Lesotho 2021" and "Lesotho (2021): Tier 2"."""
    match = re.fullmatch(r"[^\d]{2,80}?\W(20\d\d)\b\)?(?:\W.*)?", text)
    return match if match and countries.find_country_code(text[: match.start(1)].rstrip(" (,–-")) else None


def find_tier(blocks: list[Block], opening: list[Block]) -> ParsedValue:
    """Return the value of the tier.

    The sources in order: the title, "remained on Tier 2" in the opening, a tier on its own line.

    `opening` are the blocks before the list of recommendations.
    """
    plain = [block.text for block in opening if block.kind == ParagraphKind.PLAIN]
    short = [block.text for block in blocks if len(block.text) < 60]
    titles = [title for block in blocks if (title := _match_title(block.text))]
    titled = [_tier_value(title) for title in titles if _country_in_title(title["name"])]
    placed = [_tier_value(match) for text in plain for match in _current_placements(text)][-1:]
    alone = [_tier_value(match) for text in short if (match := _TIER_ALONE.fullmatch(text))]
    agreeing = [tiers for tiers in (titled, placed, alone) if len(set(tiers)) == 1]
    if not agreeing:
        return _tier_by_standards("\n".join(plain))
    title_tier = agreeing[0][0]
    if not title_tier:
        return ParsedValue(None, StoredSentence(_SPECIAL_CASE_NOTE))
    if placed and placed[0] != title_tier:
        values = {"title": Tier(title_tier).label, "text": Tier(placed[0]).label}
        return ParsedValue(title_tier, StoredSentence(_TWO_TIERS, values))
    return ParsedValue(title_tier)


def _tier_by_standards(opening: str) -> ParsedValue:
    """Infer the tier, if none is stated, from what the opening says about the minimum standards.

    These leave one tier at most (22 U.S.C. 7107(b)(1)).
    """
    for pattern, tier in ((_NO_SIGNIFICANT_EFFORTS, Tier.TIER_3), (_MEETS_STANDARDS, Tier.TIER_1)):
        if pattern.search(opening):
            return ParsedValue(tier, StoredSentence(_INFERRED_TIER, {"tier": tier.label}))
    if _SPECIAL_CASE.search(opening):
        return ParsedValue(None, StoredSentence(_LIKELY_SPECIAL_CASE))
    return ParsedValue(None, StoredSentence(_NO_TIER))


def _tier_value(match: re.Match[str]) -> str:
    """Return the value of a tier; empty for a special case, which has none."""
    if not match["tier"]:
        return ""
    number = match["tier"].casefold()
    return Tier.WATCH_LIST if match["list"] else Tier(_TIER_NUMBERS.get(number, number))


def _match_title(text: str) -> re.Match[str] | None:
    """Match the parts of a title such as "LESOTHO (Tier 2 Watch List)"."""
    return _TITLE.fullmatch(text) if len(text) < _MAX_TITLE_LENGTH else None


def _current_placements(text: str) -> Iterator[re.Match[str]]:
    """Yield the places where a text says which tier the country is on, not which it was or would be on."""
    for match in _PLACED_ON_TIER.finditer(text):
        sentence = re.split(r"[.;:]\s+(?=[A-Z\w])", text[max(0, match.start() - 300) : match.start()])[-1]
        if not _OTHER_TIME_BEFORE.search(sentence) and not _OTHER_TIME_AFTER.match(text, match.end()):
            yield match


def _name_in_report(text: str) -> str | None:
    """Return the country in "2021 Trafficking in Persons Report: Lesotho - United States Department of State"."""
    match = _REPORT_YEAR.search(text) or _REPORT_NAME_PATTERN.search(text)
    after = re.match(r"[\s:,/–—-]+(.+)", text[match.end() :]) if match else None
    return re.split(r"\s+[-–—|]\s+|/", after[1])[0].replace("-", " ") if after else None


def _is_title(block: Block) -> bool:
    is_marked = block.is_boilerplate or block.kind == ParagraphKind.HEADING
    return len(block.text) < _MAX_TITLE_LENGTH and (is_marked or not re.search(r"[.;]\s*$", block.text))


def _country_codes(names: Iterable[str | None]) -> list[str]:
    return [code for name in names if name and (code := _country_in_title(name))]


def _country_in_title(text: str) -> str | None:
    """Return the country that a title names: the whole title, or its end after a running head.

    It doesn't accept a name directly after "and", which may be half of a longer name.
    """
    text = re.split(r"\s+[-–—|]\s+(?=U)", text)[0]
    text = text if countries.find_country_code(text) else re.sub(r"\s*\([^()]*\)\s*$", "", text)
    words = text.split()
    starts = [i for i in range(len(words)) if i == 0 or words[i - 1].casefold() not in {"and", "&"}]
    return next((code for start in starts if (code := countries.find_country_code(" ".join(words[start:])))), None)


def _countries_of_governments(texts: Iterable[str]) -> list[str]:
    """Return the country that each text says its government is of, or starts with."""
    named = (text[start.end() :] if (start := _GOVERNMENT_OF.search(text)) else text for text in texts)
    return [country.code for name in named if (country := countries.match_leading_country(name))]
