"""Parse a country's narrative in the TIP Report: its tier and its prioritized recommendations, word for word."""

from collections.abc import Iterable
from typing import NamedTuple

from recommendations.choices import Tier
from recommendations.importing.readers.paragraph import Paragraph, split_paragraphs
from recommendations.importing.report_parser import countries, metadata
from recommendations.importing.report_parser.dehyphenation import UNCERTAINTY_MARK
from recommendations.importing.report_parser.lists import ParsedList, parse_list
from recommendations.importing.report_parser.paragraphs import Block, build_blocks
from recommendations.importing.report_parser.sections import ListSection, find_list_sections
from tiptracker.errors import Refused

MAX_NARRATIVES = 400
"""Most narratives in one document: twice the number of countries in the report."""


class ParsedItem(NamedTuple):
    """A recommendation: its place in the list (from 1), its text, and why the user should check it, if so."""

    number: int
    text: str
    doubt: str = ""


class ParsedNarrative(NamedTuple):
    """The facts and the list of a narrative. A fact that is not found is None, and a doubt says so."""

    tier: Tier | None
    country: str | None
    """ISO 3166-1 alpha-3 code."""
    year: int | None
    recommendations: tuple[ParsedItem, ...]
    doubts: tuple[str, ...] = ()
    """Sentences about the whole narrative."""
    introduction: str = ""
    """The text between the list's heading and its first item."""
    left_out: tuple[str, ...] = ()
    """Texts found within the list that are not part of it: page numbers, running heads, charts."""


def parse_narrative(source: str | Iterable[Paragraph], country: str | None = None) -> ParsedNarrative:
    """Parse the narrative in a text or in a file's paragraphs; if there are several, that of `country` (alpha-3).

    Raises Refused if it finds no list or more than one.
    """
    blocks, detector, section, parsed_list = _find_narrative(
        build_blocks(split_paragraphs(source) if isinstance(source, str) else source), country
    )
    parsed = (
        detector.detect(section.heading),
        metadata.find_year(blocks),
        metadata.find_tier(blocks, blocks[: section.start]),
    )
    code, year, tier = (field.value for field in parsed)
    return ParsedNarrative(
        Tier(tier) if tier else None,
        code,
        int(year) if year else None,
        tuple(ParsedItem(number, text, doubt) for number, (text, doubt) in enumerate(parsed_list.items, 1)),
        tuple(doubt for doubt in (*(field.doubt for field in parsed), section.doubt) if doubt),
        parsed_list.introduction,
        tuple(UNCERTAINTY_MARK.sub("", text) for text in section.left_out),
    )


def refuse_other_narrative(narrative: ParsedNarrative, *, country: str | None = None, year: int | None = None) -> None:
    """Refuse a narrative that says it is about another country (alpha-3) or from another year."""
    if country and narrative.country and narrative.country != country:
        actual, expected = countries.country_name_of(narrative.country), countries.country_name_of(country)
        raise Refused("another_country", f"This narrative is about {actual}, not {expected}. Choose {expected}’s.")
    if year and narrative.year and narrative.year != year:
        instead = f"Choose that of {year}, or go to the edition of {narrative.year}."
        raise Refused(
            "another_edition", f"This narrative is from the report of {narrative.year}, not {year}. {instead}"
        )


def _find_narrative(
    blocks: list[Block], country: str | None
) -> tuple[list[Block], metadata.CountryDetector, ListSection, ParsedList]:
    """Return the blocks of the requested narrative, its country detector, the section of its list, and the list."""
    parts = metadata.split_narratives(blocks)
    if len(parts) > MAX_NARRATIVES:
        raise Refused(
            "too_many", f"More than {MAX_NARRATIVES} narratives stand in it. Keep only the one that you mean."
        )
    candidates = [
        (part, detector, section, parsed_list)
        for part in parts
        for detector in [metadata.CountryDetector(part)]
        for section in find_list_sections(part, detector.detect().value)
        if (parsed_list := parse_list(section.blocks, detector.detect().value)).items
    ]
    if len(candidates) > 1 and country:
        of_country = [
            candidate for candidate in candidates if candidate[1].detect(candidate[2].heading).value == country
        ]
        candidates = of_country or candidates
    if not candidates:
        raise Refused(
            "no_list",
            "No list of prioritized recommendations was found. Paste it with its heading, such as “Prioritized "
            "recommendations:”, in a line above it.",
        )
    if any(candidate[3].items != candidates[0][3].items for candidate in candidates):
        codes = dict.fromkeys(detector.detect(section.heading).value for _, detector, section, _ in candidates)
        named = ", ".join(countries.country_name_of(code) for code in codes if code)
        lacks = f"None is about {countries.country_name_of(country)}. " if country and country not in codes else ""
        raise Refused(
            "several_lists",
            f"{len(candidates)} lists of recommendations stand in it{f' ({named})' if named else ''}. "
            f"{lacks}Keep only the narrative that you mean, then try again.",
        )
    return candidates[0]
