"""Recognize sentence ends, abbreviations, and accounts of the past as opposed to recommendations."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from recommendations.importing.report_parser import countries
from recommendations.importing.report_parser.dehyphenation import UNCERTAIN_BREAK

_CLAUSE_END = re.compile(r"[.!?;:][”’\"')\]]{0,3}\s*$")
_SENTENCE_END = re.compile(r"[.!?][”’\"')\]]{0,3}\s*$")
_SENTENCE_GAP = rf"(?P<dot>[.!?][”’\"')\]]{{0,3}})(?P<gap>[\s{UNCERTAIN_BREAK}]*)"
_CAPITAL_START = r"[“‘\"'(\[]{0,3}[A-Z]"
_ABBREVIATIONS = {
    "a.m", "amb", "approx", "apr", "art", "arts", "aug", "capt", "cf", "ch", "co", "col", "corp", "dec", "dept",
    "dr", "e.g", "eg", "est", "feb", "gen", "gov", "hon", "i.e", "ie", "inc", "jan", "jul", "jun", "lt", "ltd",
    "mar", "mr", "mrs", "ms", "no", "nos", "nov", "oct", "p", "p.m", "ph.d", "pp", "prof", "rep", "rev", "sec",
    "sen", "sept", "sgt", "st", "vol", "vs",
}  # fmt: skip
_INCOMPLETE_END = re.compile(
    r"(?:,|\b(?:a|an|and|as|at|by|for|from|in|including|into|its|of|on|or|such|that|the|their|to|with))$"
)
"""The end of a line that continues, whatever the next line starts with."""

_NARRATION_SUBJECT = re.compile(
    r"(?:the|this|these|those|that|there|it|its|they|their|he|she|we|a|an|some|many|most|several|few|no(?!\s+longer)|"
    r"authorities|officials|governments?|ngos?|observers|experts|media|traffickers|victims|courts|police|prosecutors|"
    r"judges|parliament|children|women|men|girls|boys|migrants|workers|"
    r"however|moreover|furthermore|additionally|according)(?![\w-])",
    re.IGNORECASE,
)
"""The start of a sentence in an account. No recommendation starts this way."""
_CONTINUATION = re.compile(r"(?:this|these|those|that|such|it|they|both|he|she)\b(?![-’'])", re.IGNORECASE)
"""The start of a sentence that adds to the one before, so nothing new starts with it."""
_ADVERBIAL_START = re.compile(
    r"(?:in|during|after|before|as|at|by|for|from|on|of|over|under|through|throughout|between|among|within|without|with|"
    r"due|although|though|while|despite|because|since|when|if)\b",
    re.IGNORECASE,
)
"""The start of a sentence whose main clause decides between account and recommendation."""
_ACTOR = r"(?:governments?|authorities|officials|police|courts?|ngos?|parliament|ministry|law|act|code|media|it|they)"
_PAST_VERB = (
    r"\b(?:\w{2,}ed|did|was|were|had|has|have|made|began|held|took|gave|found|led|ran|saw|met|is|are|remains?)\b"
)
_MAIN_CLAUSE = re.compile(
    rf",\s+(?:(?:{_ACTOR}|there|traffickers|victims)\s+(?!(?:and|or|in|of|from|at|on|with|to|who|that)\b)\w"
    r"|(?!which\b|who\b|that\b)\w+\s+(?:is|are|was|were|had)\b"
    rf"|(?:(?:the|a|an|some|many|no|its|their)\s+|(?-i:[A-Z]))[^,.;]{{0,80}}?{_PAST_VERB})",
    re.IGNORECASE,
)
_ACTION_CLAUSE = re.compile(rf"[^,.;]{{0,80}}?\b{_ACTOR}\b[^,.;]{{0,60}}?{_PAST_VERB}", re.IGNORECASE)
_IMPERATIVES_TEXT = """
    accede accelerate adopt allocate allow amend apply appoint approve ask assign assist authorize ban bring broaden
    build care cease charge clarify collaborate collect complete conclude conduct consider continue convene convict
    cooperate coordinate create criminalize decriminalize dedicate define deny designate develop devote direct
    disburse discontinue dismantle disseminate distribute double draft educate eliminate employ empower enable enact
    encourage end enforce engage enhance enlist ensure equip eradicate establish examine exempt exercise expand
    expedite extend facilitate finalize finance find formalize formulate fulfill fund give grant guarantee harmonize
    help hire hold identify implement impose improve include incorporate increase inform initiate inspect institute
    institutionalize instruct integrate intensify intervene introduce investigate issue join keep launch lead let
    maintain make mandate map match meet monitor move negotiate obtain offer open organize partner pass pay penalize
    permit place plan prepare prevent prioritize process prohibit promote promulgate prosecute protect provide
    publish punish pursue put raise ratify reach recognize redouble reduce refer reform refrain register regulate
    remove repeal report require resource respect respond restore resume review revise safeguard sanction screen
    secure seek sensitize sentence set shift sign solicit staff standardize stop strengthen strike submit support
    sustain tackle take target teach track train treat undertake update use vet waive widen withdraw work write
"""
_IMPERATIVES = frozenset(_IMPERATIVES_TEXT.split())
"""Verbs that start nearly all recommendations."""
_IMPERATIVE_START = re.compile(
    r"\W*(?:(?:\w+ly|also|and|to|not|do|immediately)\s+)*(?P<verb>[A-Za-z]+)\b", re.IGNORECASE
)
_OBLIGATION = re.compile(
    r"\b(?:should|must|needs? to|ought to|is urged to|are urged to|are recommended|is recommended)\b"
)
_GOVERNMENT_ACTION = re.compile(
    r"(?:The [Gg]overnment|The Government of [^.;]{2,60}?|[A-Z]\w+(?:’s|'s)? (?:government|authorities))"
    r"(?: (?:also|has|had|did|was|were|is|continued?)| \w+ly)*"
    r" (?:\w+ed|did|was|were|has|had|made|began|remained|held|took|gave|does|is)\b"
)


class SentenceBreak(NamedTuple):
    """The boundary between two sentences: the end of one, the start of the next, and whether a space is missing."""

    end: int
    start: int
    lacks_space: bool


def find_sentence_breaks(text: str, before: str = _CAPITAL_START) -> Iterator[SentenceBreak]:
    """Yield the boundaries between sentences where the next one starts as `before` says.

    Full stops in amounts, initials and abbreviations are skipped.
    """
    opened, counted = 0, 0
    for match in re.finditer(rf"{_SENTENCE_GAP}(?={before})", text):
        lacks_space = not match["gap"]
        opened, counted = opened + text.count('"', counted, match.start()), match.start()
        after = re.match(r"[“‘\"'(\[]{0,3}(?:[A-Z][a-z]|[A-Z]{2,}\b|A\b)", text[match.end() : match.end() + 40])
        word = _last_word(text[max(0, match.start() - 40) : match.start()])
        is_abbreviated = match["dot"].startswith(".") and _is_abbreviation(word)
        if is_abbreviated and not (lacks_space and has_request(text[match.end() : match.end() + 40])):
            continue
        if lacks_space and (not after or "/" in word or "@" in word or word.casefold() == "www"):
            continue
        end = match.start() + len(match["dot"])
        if lacks_space and match["dot"].endswith('"') and opened % 2 == 0:
            end -= 1  # the quotation mark opens the next sentence
            yield SentenceBreak(end, end, lacks_space)
        else:
            yield SentenceBreak(end, match.end(), lacks_space)


def _last_word(text: str) -> str:
    return re.split(rf"[\s{UNCERTAIN_BREAK}“‘\"'(\[]", text)[-1]


def _is_abbreviation(text: str) -> bool:
    """Return whether the last word of `text`, before its full stop, is an initial or abbreviation: "U.S", "No"."""
    word = _last_word(text[-40:])
    return word.casefold().strip(".") in _ABBREVIATIONS or bool(re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", word))


def has_sentence_end(text: str) -> bool:
    """Return whether a text ends like a sentence."""
    return bool(_SENTENCE_END.search(text[-20:]))


def has_clause_end(text: str) -> bool:
    """Return whether a text ends like a sentence, a clause or an introduction to a list."""
    return bool(_CLAUSE_END.search(text[-20:]))


def is_incomplete(text: str) -> bool:
    """Return whether a text clearly continues: it ends with a comma, an abbreviation or a word like "the"."""
    text = text[-60:].rstrip()
    return bool(_INCOMPLETE_END.search(text)) or (text.endswith(".") and _is_abbreviation(text[:-1]))


def is_narration(text: str, country: str | None = None, *, least: int = 4) -> bool:
    """Return whether `text` starts like an account of what happened, with a first sentence of `least` words or more."""
    text = text.lstrip(UNCERTAIN_BREAK)
    first = first_sentence(text)
    if not text[:1].isupper() or len(first.split()) < least or _OBLIGATION.search(first):
        return False
    if _NARRATION_SUBJECT.match(text):
        return True
    if country and (named := countries.match_leading_country(text)) and named.code == country:
        return True
    if not _ADVERBIAL_START.match(text):
        return False
    return bool(_MAIN_CLAUSE.search(first) if "," in first else _ACTION_CLAUSE.match(first))


def first_sentence(text: str) -> str:
    return text[: next((ending.end for ending in find_sentence_breaks(text)), len(text))]


def has_request(text: str) -> bool:
    """Return whether a sentence in `text` starts with a verb that is typical of recommendations."""
    for start in (0, *(match.end() for match in re.finditer(r"[,;:.!?)•●▪■◦·*–-]\s+", text))):
        verb = _IMPERATIVE_START.match(text, start)
        if verb and verb["verb"].casefold() in _IMPERATIVES:
            return True
    return False


def starts_with_request(text: str) -> bool:
    """Return whether `text` starts with a verb that is typical of recommendations."""
    verb = _IMPERATIVE_START.match(text.lstrip(UNCERTAIN_BREAK))
    return bool(verb and verb["verb"].casefold() in _IMPERATIVES)


def is_request(text: str) -> bool:
    """Return whether a clause asks for something, perhaps after a phrase such as "in cooperation with NGOs,"."""
    text = text.lstrip(UNCERTAIN_BREAK)
    if starts_with_request(text) or re.match(r"act\b|no longer\b", text, re.IGNORECASE):
        return True
    return bool(_ADVERBIAL_START.match(text)) and has_request(text)


def is_continuation(text: str) -> bool:
    """Return whether `text` starts like a sentence that depends on the one before, such as "This includes"."""
    return bool(_CONTINUATION.match(text.lstrip(UNCERTAIN_BREAK)))


def is_government_narration(text: str) -> bool:
    """Return whether `text` starts with what a government did, such as "The government maintained its efforts"."""
    text = text.lstrip(UNCERTAIN_BREAK)
    return bool(_GOVERNMENT_ACTION.match(text)) and not _OBLIGATION.search(text[:200])
