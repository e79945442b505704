"""Find the headings of a narrative: that of the list of recommendations, and those of the sections after it."""

import re
from collections.abc import Iterator

from recommendations.importing.report_parser import countries
from recommendations.importing.report_parser.dehyphenation import UNCERTAIN_BREAK
from recommendations.importing.report_parser.prose import starts_with_request

MAX_HEADING_LENGTH = 200
"""Most characters of a heading, or of a line in a table of contents with several headings."""
_LIST_HEADING = r"(?:the\s+)?(?:(?:key|main|top|priority|prioriti[sz]ed)\s+)?recommendations?\b"
_FOR_COUNTRY = r"\s+(?:for|to)\s+(?:the\s+)?(?:government\s+of\s+)?(?:the\s+)?"
_LIST_HEADING_START = re.compile(
    rf"(?:[\W_]{{0,12}}|(?:[IVX]{{1,4}}|\d{{1,2}})[.)]\s*)(?:20\d\d\s+)?{_LIST_HEADING}", re.IGNORECASE
)
_LOWERCASE_LIST_HEADING = re.compile(r"(?:the\s+)?(?:key|main|top|priority|prioriti[sz]ed)\s+recommendations?\s*:?\s*")
"""A heading in lowercase. With any other text in the same line, it is part of a sentence."""
_FOR_COUNTRY_PATTERN = re.compile(_FOR_COUNTRY, re.IGNORECASE)
_HEADING_END = re.compile(
    r"\s*(?:\([^()]{2,60}\)|20\d\d|are|include|follow|as\s+follows|below)?\s*(?:[:.–—-]{1,5}(?=\s|$|(?-i:[A-Z]))|:)(?:[*_]{2,3})?\s*",
    re.IGNORECASE,
)
_AFTER_COUNTRY = re.compile(r"(?:\s*\([^)]{1,20}\))?\s*(?::|[.–—-]{1,5}(?=\s|$)|(?=\s+[A-Z“\"(•*●▪\d])|(?=\s*$))\s*")
_CAPITALS = re.compile(r"(?:[A-Z][A-Z’'.-]+\b[\s,]*)+(?:$|(?=[A-Z“\"][a-z]|[•*●▪]|A\s))")
_CONTENTS_LEADER = re.compile(r"[\s.…·_]*\d{0,3}\s*")
"""The text after a heading in a table of contents: dots and a page number."""
_OTHER_ENTRY = r"(?:\d{1,2}[.)]\s+)?(?:Prosecution|PROSECUTION|Protection|PROTECTION|Prevention|PREVENTION)\b"
_CONTENTS_ENTRY = re.compile(
    r"\s*(?:…|(?:[.…·_]\s?){2,})\s*\d{1,3}\b"
    rf"|[\s:|,]*\d{{0,3}}[\s|,;.]+{_OTHER_ENTRY}(?:[\s:|,.…·_]*\d{{1,3}}\b|[\s|,;.]+{_OTHER_ENTRY})"
)
"""What follows a heading in a table of contents, whatever follows on the line: dots and a page number, or the next
entry, with a page number or a third entry after it."""
_LIST_START = re.compile(r"\s*[:.–—-]{0,5}\s*(?=[A-Z“\"•*●▪]|\(?\d+[.)]|-\s)")

_SMALL_CAPITALS = re.compile(r"\b([PR]) (RIORITI[SZ]ED|ECOMMENDATIONS?|ROSECUTION|ROTECTION|REVENTION)\b")
"""A word in small capitals whose first letter was split from the rest."""


def _allow_line_breaks(word: str) -> str:
    """Return a pattern for a word that a line break may split, with or without a hyphen."""
    return r"(?:[\xad\u2010-]\s+)?".join(word)


_BROKEN_LIST_HEADING = re.compile(
    rf"(?:{_allow_line_breaks('PRIORITI')}[SZ]{_allow_line_breaks('ED')}\s+|(?:KEY|PRIORITY)\s+)?{_allow_line_breaks('RECOMMENDATIONS')}"
    rf"(?:\s+(?:FOR|TO)\s+(?:THE\s+)?(?:GOVERNMENT\s+OF\s+)?(?:THE\s+)?(?=\S))?",
    re.IGNORECASE,
)
_VISIBLE_CHARACTER = re.compile(r"[^\s\xad\u2010-]")
_COUNTRY_FOLLOWS = re.compile(rf"recommendations{_FOR_COUNTRY}", re.IGNORECASE)

_SECTION_NAME = (
    r"(?:prosecution|protection|prevention|partnerships?|trafficking\s+profile|victim\s+protection|law\s+enforcement|"
    r"government\s+efforts|tier\s+ranking|scope\s+and\s+magnitude|background|methodology)"
)
_SECTION_QUALIFIER = (
    r"(?:government|governmental|overall|general|anti-trafficking|efforts?|activities|profile|and|of|the|on|in)"
)
_QUALIFIED_SECTION = rf"(?:{_SECTION_QUALIFIER}\s+){{0,4}}{_SECTION_NAME}(?:\s+{_SECTION_QUALIFIER}){{0,3}}"
_SECTION_HEADING = re.compile(
    rf"(?:\d{{1,2}}[.)]\s)?[\W_]{{0,12}}{_QUALIFIED_SECTION}(?:[\s,|/&·•]{{1,5}}{_QUALIFIED_SECTION}){{0,8}}[\s:.–—-]*(?:[.…\s_]*\d{{1,3}})?",
    re.IGNORECASE,
)
_CAPITAL_SECTION = r"(?:PROSECUTION|PROTECTION|PREVENTION|TRAFFICKING PROFILE|LAW ENFORCEMENT)(?:\b|(?=[A-Z][a-z]))"
_MIXED_CASE_SECTION = r"(?:Prosecution|Protection|Prevention|Trafficking Profile|Law Enforcement)"
_SECTION_WITH_TEXT = re.compile(
    rf"(?:(?i:{_QUALIFIED_SECTION})\s*[:–—]\s*(?=\S)"
    rf"|{_CAPITAL_SECTION}[\s.:]*(?=[A-Z][a-z]|[“(]|A\s|$)"
    rf"|{_MIXED_CASE_SECTION}\s+(?=(?:The|In|During|Although|Law|Authorities|As|[A-Z]\w+[’'])\s))"
)
_INLINE_HEADING = re.compile(
    r"(?<=[.!?;:”\"’)])\s*(?="
    r"(?:(?:PRIORITI[SZ]ED|PRIORITY|KEY)\s+)?RECOMMENDATIONS?\b"
    r"|(?:(?:The\s+)?(?:Prioriti[sz]ed|Priority|Key|Main)\s+[Rr]ecommendations?|Recommendations?)"
    r"(?:\s+(?:[Ff]or|[Tt]o)\s+(?:the\s+)?(?=[A-Z])(?:[^.;:]|\bSt\.){2,80})?\s*:"
    rf"|{_CAPITAL_SECTION}\s*(?::|$|[A-Z“][a-z]|A\s)"
    rf"|{_MIXED_CASE_SECTION}(?:\s*:|\s*$|\s?(?:The|In|During|Although)\s))"
)


_HEADING_WITHOUT_COLON = re.compile(
    r"(?<=[.!?;”\"’)])\s*(?P<heading>(?:The\s+)?(?:Prioriti[sz]ed|Priority|Key|Main)\s+[Rr]ecommendations"
    r"(?:\s+(?:[Ff]or|[Tt]o)(?:\s+the)?)?)\s+"
)
_AFTER_HEADING = re.compile(r"\s*(?:[•●▪■◦○*]\s*|[–—-]\s+|\(?1[.)]\s+)?(?=[A-Z“\"])")
_DESCRIPTIVE_VERBS = re.compile(
    r"(?:include|address|target|call|cover|concern|focus|remain|seek|aim|help|need|require)\b"
)
"""Verbs that describe recommendations, as in "Priority recommendations include training". They ask for nothing."""


def repair_headings(text: str) -> str:
    """Return a paragraph with each list heading in one line, if line breaks or small capitals had broken it."""
    if "ecommen" not in (plain := _SMALL_CAPITALS.sub(r"\1\2", text)).casefold():
        return text
    plain = _BROKEN_LIST_HEADING.sub(lambda match: _join_lines(match[0]), plain)
    parts, end = [], 0
    for match in _COUNTRY_FOLLOWS.finditer(plain):
        broken = plain[match.end() : match.end() + MAX_HEADING_LENGTH]
        name = _leading_country_name(broken)
        if name and match.start() >= end:
            parts += [plain[end : match.end()], name]
            character_ends = [character.end() for character in _VISIBLE_CHARACTER.finditer(broken)]
            end = match.end() + character_ends[len(_VISIBLE_CHARACTER.findall(name)) - 1]
    return "".join([*parts, plain[end:]])


def _leading_country_name(text: str) -> str:
    """Return the name of the country that a text of several lines starts with, in one line; empty if none."""
    joined_texts = (_join_lines(text, hyphen) for hyphen in ("", "-"))
    names = [joined[: country.end] for joined in joined_texts if (country := countries.match_leading_country(joined))]
    return max(names, key=len, default="")


def _join_lines(text: str, hyphen: str = "") -> str:
    """Return a text of several lines in one, with `hyphen` where a hyphen stood at the end of a line."""
    return re.sub(r"\s+", " ", re.sub(r"[\xad\u2010-]\s+", hyphen, text))


def find_list_start(text: str) -> int | None:
    """Return where the list starts in a paragraph that begins with a list heading; None if it has no heading.

    The heading of an entry in a table of contents starts no list, even if text follows in the same line.
    """
    if "ecommendation" not in text[:MAX_HEADING_LENGTH].casefold():
        return None
    country = countries.match_leading_country(text)
    punctuation = re.compile(r"\s*[:–—-]\s+").match(text, country.end) if country else None
    start = punctuation.end() if punctuation else 0
    head = _LIST_HEADING_START.match(text, start)
    is_in_sentence = text[start:].lstrip()[:1].islower() and not _LOWERCASE_LIST_HEADING.fullmatch(text, start)
    if not head or is_in_sentence or _CONTENTS_ENTRY.match(text, head.end()):
        return None
    rest = text[head.end() :]
    if len(rest) < MAX_HEADING_LENGTH and _CONTENTS_LEADER.fullmatch(rest):
        return len(text)
    if heading_end := _HEADING_END.match(rest):
        return head.end() + heading_end.end()
    if preposition := _FOR_COUNTRY_PATTERN.match(rest):
        end = _find_country_end(rest[preposition.end() :], is_capital=head[0].isupper())
        return None if end is None else head.end() + preposition.end() + end
    gap = _LIST_START.match(rest) or (re.match(r"\s+", rest) if _is_clause_list(rest.lstrip()) else None)
    return head.end() + gap.end() if gap else None


def _find_country_end(text: str, *, is_capital: bool) -> int | None:
    """Return where the country's name after "Recommendations for" and its punctuation end; None if it is no name."""
    country = countries.match_leading_country(text)
    if country and (after := _AFTER_COUNTRY.match(text, country.end)):
        return len(text) if _CONTENTS_LEADER.fullmatch(text[after.end() :]) else after.end()
    if colon := re.match(r"(?:[^:.;]|\bSt\.){2,80}:\s*", text, re.IGNORECASE):
        return colon.end()
    if is_capital and (capitals := _CAPITALS.match(text[:MAX_HEADING_LENGTH])):
        return capitals.end()
    is_alone = len(text) < 60 and not re.search(r"[.;!?]\s*$", text)
    return len(text) if is_alone else None


def is_heading(text: str) -> bool:
    """Return whether a line is a heading and nothing else."""
    return is_known_heading(text) or is_capital_heading(text)


def is_known_heading(text: str) -> bool:
    """Return whether a line is the heading of a list or of a usual section of a narrative."""
    if len(text) > MAX_HEADING_LENGTH:
        return False
    text = _strip_markup(text)
    if find_list_start(text) == len(text):
        return True
    first = next((letter for letter in text if letter.isalpha()), "")
    return first.isupper() and bool(_SECTION_HEADING.fullmatch(text))


def is_capital_heading(text: str) -> bool:
    """Return whether a line is in capitals, like a heading or page furniture."""
    text = _strip_markup(text)
    is_short = len(text) < 90 and len(text.split()) <= 10
    is_of_words = text.isupper() and sum(letter.isalpha() for letter in text) > 5
    return is_short and is_of_words and not re.search(r"[;,]$|(?<!\bST)\.\s", text)


def _strip_markup(text: str) -> str:
    """Return a line without the characters that mark a heading in plain text."""
    return re.sub(r"^#{1,6}\s+|^[*_]{2,3}|[*_]{2,3}$", "", text.strip(f" {UNCERTAIN_BREAK}"))


def is_section_start(text: str) -> bool:
    """Return whether a paragraph starts a section other than a list, with a heading alone or before its text."""
    if find_list_start(text) is not None:
        return False
    return is_heading(text) or bool(_SECTION_WITH_TEXT.match(text.lstrip(UNCERTAIN_BREAK)))


def find_inline_headings(text: str) -> Iterator[int]:
    """Yield, in order, the positions where a heading starts directly after a sentence in the same paragraph."""
    starts = {match.end() for match in _INLINE_HEADING.finditer(text)}
    starts |= {match.start("heading") for match in _HEADING_WITHOUT_COLON.finditer(text) if _is_before_request(match)}
    yield from sorted(start for start in starts if start < len(text))


def _is_before_request(heading: re.Match[str]) -> bool:
    """Return whether the words of a heading in mixed case, without a colon, introduce a request.

    Otherwise they are part of a sentence, as in "Key recommendations of 2019 were ignored".
    """
    following = heading.string[heading.end() :][: 2 * MAX_HEADING_LENGTH]
    if heading["heading"].casefold().endswith(("for", "to", "the")):
        country = countries.match_leading_country(following)
        following = following[country.end :] if country else ""
    if gap := _AFTER_HEADING.match(following):
        return starts_with_request(following[gap.end() :])
    return _is_clause_list(following)


def _is_clause_list(text: str) -> bool:
    """Return whether a text is a list of clauses in small letters, as in "train police; fund shelters"."""
    is_description = _DESCRIPTIVE_VERBS.match(text)
    return text[:1].islower() and ";" in text and starts_with_request(text) and not is_description
