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
from recommendations.importing.stored_sentences import StoredSentence
from tiptracker.errors import Refused
from tiptracker.localization import format_number, gettext

MAX_NARRATIVES = 400
"""Most narratives in one document: twice the number of countries in the report."""


class ParsedItem(NamedTuple):
    """A recommendation: its place in the list (from 1), its text, and why the user should check it, if so."""

    number: int
    text: str
    doubt: str = ""
    """English sentences, one a line, marked for translation."""


class ParsedNarrative(NamedTuple):
    """The facts and the list of a narrative. A fact that is not found is None, and a doubt says so."""

    tier: Tier | None
    country: str | None
    """ISO 3166-1 alpha-3 code."""
    year: int | None
    recommendations: tuple[ParsedItem, ...]
    doubts: tuple[StoredSentence, ...] = ()
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
    about_section = StoredSentence(section.doubt) if section.doubt else None
    return ParsedNarrative(
        Tier(tier) if tier else None,
        code,
        int(year) if year else None,
        tuple(ParsedItem(number, text, doubt) for number, (text, doubt) in enumerate(parsed_list.items, 1)),
        tuple(doubt for doubt in (*(field.doubt for field in parsed), about_section) if doubt),
        parsed_list.introduction,
        tuple(UNCERTAINTY_MARK.sub("", text) for text in section.left_out),
    )


def refuse_other_narrative(narrative: ParsedNarrative, *, country: str | None = None, year: int | None = None) -> None:
    """Refuse a narrative that says it is about another country (alpha-3) or from another year."""
    if country and narrative.country and narrative.country != country:
        actual, expected = countries.country_name_of(narrative.country), countries.country_name_of(country)
        raise Refused(
            "another_country",
            gettext("This narrative is about %(actual)s, not about %(expected)s. Choose the narrative of %(expected)s.")
            % {"actual": actual, "expected": expected},
        )
    if year and narrative.year and narrative.year != year:
        raise Refused(
            "another_edition",
            gettext(
                "This narrative is from the %(actual)s report, not from the %(expected)s report. "
                "Choose the %(expected)s narrative, or import it into the %(actual)s edition."
            )
            % {"actual": narrative.year, "expected": year},
        )


def _find_narrative(
    blocks: list[Block], country: str | None
) -> tuple[list[Block], metadata.CountryDetector, ListSection, ParsedList]:
    """Return the blocks of the requested narrative, its country detector, the section of its list, and the list."""
    parts = metadata.split_narratives(blocks)
    if len(parts) > MAX_NARRATIVES:
        raise Refused(
            "too_many",
            gettext("It contains more than %(number)s narratives. Keep only the one that you need.")
            % {"number": format_number(MAX_NARRATIVES)},
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
            gettext(
                "We found no list of prioritized recommendations. Paste the list with its heading, such as "
                "“Prioritized recommendations:”, in a line above it."
            ),
        )
    if any(candidate[3].items != candidates[0][3].items for candidate in candidates):
        codes = dict.fromkeys(detector.detect(section.heading).value for _, detector, section, _ in candidates)
        raise Refused("several_lists", _describe_several_lists(len(candidates), list(filter(None, codes)), country))
    return candidates[0]


def _describe_several_lists(number: int, codes: list[str], country: str | None) -> str:
    """Return the error for a text with several lists, of these countries (codes)."""
    values = {"number": number, "countries": ", ".join(map(countries.country_name_of, codes))}
    if not codes:
        return (
            gettext("It contains %(number)d lists of recommendations. Keep only the narrative that you need.") % values
        )
    if country and country not in codes:
        values["country"] = countries.country_name_of(country)
        return (
            gettext(
                "It contains %(number)d lists of recommendations (%(countries)s), and none about %(country)s. "
                "Keep only the narrative that you need."
            )
            % values
        )
    return (
        gettext(
            "It contains %(number)d lists of recommendations (%(countries)s). Keep only the narrative that you need."
        )
        % values
    )
