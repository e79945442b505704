"""Benchmarks that a recommendation's wording suggests, each with the words it rests on. Pure.

Nothing of it is a benchmark until an officer has looked at it: a pattern knows words, not what is meant by them.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from recommendations.choices import Question, Rule

ONE_TO_TWENTY = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
QUARTERS = 4
LONGEST = 120
"""Characters of the recommendation's own words in a criterion, so that it stays a sentence."""


class Counted(NamedTuple):
    """What would be counted: an indicator by name and unit, and the question of "increasing efforts" it answers."""

    name: str
    unit: str
    question: Question | None = None


class Suggestion(NamedTuple):
    """A benchmark to look at: what has to be so, how that is judged, and the words of the recommendation it rests on.

    `counted` is there for the rules that count, `target` for a figure to reach.
    """

    criterion: str
    words: str
    rule: Rule = Rule.ASSESSED
    target: int | None = None
    counted: Counted | None = None
    is_about_complicity: bool = False


EFFORTS = (
    ("investigat", "More investigations than the year before", "Investigations begun", Question.INVESTIGATIONS),
    ("prosecut", "More prosecutions than the year before", "Prosecutions", Question.PROSECUTIONS),
    ("convict", "More convictions than the year before", "Convictions", Question.CONVICTIONS),
    (r"identif\w*[^.;]*victim|victims?\s+identif", "More victims identified than the year before", "Victims identified",
     Question.VICTIMS),
)  # fmt: skip
"""What the law counts from year to year: how its words begin, the criterion, the indicator and its question."""
UNITS = {
    Question.INVESTIGATIONS: "investigations",
    Question.PROSECUTIONS: "prosecutions",
    Question.CONVICTIONS: "convictions",
    Question.VICTIMS: "victims",
}

_PARTS = r"districts?|regions?|provinces?|counties|county|prefectures?|governorates?|departments?"
_NUMBER = rf"\d{{1,3}}|{'|'.join(ONE_TO_TWENTY)}"
_EVERYWHERE = re.compile(
    rf"\b(?:in|across|to|throughout|at|for)\s+(?:(?:all|each|every)(?:\s+of)?(?:\s+(?:the|its|their))?"
    rf"(?:\s+(?P<all>{_NUMBER}))?|(?:at\s+least\s+)?(?P<some>{_NUMBER}))(?:\s+of\s+(?:the|its))?\s+(?:{_PARTS})\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:increas\w+|more|vigorous\w*|proactiv\w+|strengthen\w*|intensif\w+|expand\w*|enhanc\w+|redoubl\w+|step\w*\s+up|scal\w+\s+up)\b",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"\b(?:amend|revis|repeal|enact|adopt|pass|reform)\w*\b[^.;]{0,120}?"
    r"\b(?:laws?|acts?|bills?|code|legislation|statutes?)\b"
    r"|\b(?:rais|increas)\w*\s+(?:\w+\s+){0,3}penalt(?:y|ies)\b|\bpower\s+to\s+impose\b[^.;]*",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:fund(?:s|ed|ing)?|money|budget\w*|allocat\w+|financ\w+|resourc(?:e|es|ed|ing)|disburs\w+)\b", re.IGNORECASE
)
_BODY = re.compile(
    r"\b(?:conven\w+|meets?|meetings?|establish\w*|re-?establish\w*|reconstitut\w+)\b[^.;]{0,80}?"
    r"\b(?P<after>council|committee|commission|task\s+force|working\s+group|coordinat\w+\s+body|secretariat)\b"
    r"|\b(?P<before>council|committee|commission|task\s+force|working\s+group|secretariat)\b[^.;]{0,60}?\bmeets?\b",
    re.IGNORECASE,
)
_QUARTERLY = re.compile(r"\b(?:quarterly|(?:each|every|once\s+a|per)\s+quarter)\b", re.IGNORECASE)
_PROCEDURES = re.compile(
    r"\b(?:procedures?|SOPs?|guidelines|protocols?|referral\s+mechanism)\b(?!\s+Act)", re.IGNORECASE
)
_PLAN = re.compile(r"\b(?:national\s+)?(?:action\s+plan|NAP|strategy)\b", re.IGNORECASE)
_AWARENESS = re.compile(r"\bawareness\b", re.IGNORECASE)
_TRAINING = re.compile(r"\btrain(?:s|ing)?\b", re.IGNORECASE)
_SERVED = re.compile(r"\b(?:sentence[sd]?|prison\s+terms?|adequate\s+penalties)\b", re.IGNORECASE)
_COMPLICITY = re.compile(
    r"\b(?:complicit\w*|corrupt\w*|implicated\s+officials?|abuse[^.;]{0,40}\bby\s+(?:the\s+)?police)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^.;]*[^.;\s][^.;]*")
_BREAK = re.compile(r"[,;.]|\s(?:and|including)\s")


def suggestions(text: str, *, districts: int = 0) -> tuple[Suggestion, ...]:
    """What the wording of a recommendation suggests, in the order of its words; `districts` is how many there are.

    A sentence or clause between semicolons in which nothing is known gives one benchmark with its own wording.
    """
    found: list[Suggestion] = []
    for part in _SENTENCE.finditer(text):
        clause = part.group().strip()
        known = [each for tell in TELLERS for each in tell(clause, districts)]
        known.sort(key=lambda each: clause.find(each.words))
        found += known or [Suggestion(_ended(clause), clause)]
    return tuple(dict.fromkeys(found))


def _everywhere(clause: str, districts: int) -> Iterator[Suggestion]:
    for match in _EVERYWHERE.finditer(clause):
        number = match["all"] or match["some"]
        many = _number(number) if number else districts
        around = _around(clause, match)
        if not many:
            yield Suggestion(f"So in every district: {around}", match.group())
            continue
        counted = Counted(f"Districts: {around.replace(match.group(), '').strip()}"[:LONGEST], "districts")
        yield Suggestion(f"Districts where this is so, of {many}: {around}", match.group(), Rule.TARGET, many, counted)


def _efforts(clause: str, _: int) -> Iterator[Suggestion]:
    if not (more := _MORE.search(clause)):
        return
    for begins, criterion, name, question in EFFORTS:
        if match := re.search(rf"\b(?:{begins})\w*", clause, re.IGNORECASE):
            words = match.group() if match.group() != more.group() else clause
            yield Suggestion(criterion, words, Rule.MORE, None, Counted(name, UNITS[question], question))


def _law(clause: str, _: int) -> Iterator[Suggestion]:
    if match := _LAW.search(clause):
        yield Suggestion("The change of the law is before Parliament", match.group())
        yield Suggestion("The change of the law is in force", match.group())


def _money(clause: str, _: int) -> Iterator[Suggestion]:
    if match := _MONEY.search(clause):
        yield Suggestion(
            f"Money is allocated and has been spent in the period: {_around(clause, match)}", match.group()
        )


def _body(clause: str, _: int) -> Iterator[Suggestion]:
    if not (match := _BODY.search(clause)):
        return
    body = (match["after"] or match["before"]).lower()
    if _QUARTERLY.search(clause):
        counted = Counted(f"Quarters in which the {body} met", "quarters")
        criterion = f"The {body} met in each quarter, of {QUARTERS}"
        yield Suggestion(criterion, match.group(), Rule.TARGET, QUARTERS, counted)
    else:
        yield Suggestion(f"The {body} has met in the period, and what it decided is on record", match.group())


def _procedures(clause: str, _: int) -> Iterator[Suggestion]:
    if match := _PROCEDURES.search(clause):
        yield Suggestion("The procedures are adopted", match.group())
        yield Suggestion("The procedures are in use by front-line officers", match.group())


def _each(pattern: re.Pattern[str], criterion: str, *, is_about_complicity: bool = False) -> "Teller":
    def tell(clause: str, _: int) -> Iterator[Suggestion]:
        if match := pattern.search(clause):
            yield Suggestion(criterion, match.group(), is_about_complicity=is_about_complicity)

    return tell


Teller = Callable[[str, int], Iterator[Suggestion]]
TELLERS: tuple[Teller, ...] = (
    _efforts,
    _each(_SERVED, "At least one conviction with a prison term that is served"),
    _each(_COMPLICITY, "A case against an implicated official is brought to charge", is_about_complicity=True),
    _law,
    _money,
    _everywhere,
    _procedures,
    _body,
    _each(_PLAN, "The plan is launched and funded"),
    _each(_TRAINING, "Officials were trained in the period, and it is said how many"),
    _each(_AWARENESS, "Campaigns were held in the period, and it is said where"),
)
"""What is looked for, in the order in which it stands where the words are the same."""


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else ONE_TO_TWENTY.index(word.lower()) + 1


def _around(clause: str, match: re.Match[str]) -> str:
    """The words around a match, between the nearest commas or "and"s; the whole clause where those say too little."""
    before = [found.end() for found in _BREAK.finditer(clause, 0, match.start())]
    after = _BREAK.search(clause, match.end())
    near = clause[before[-1] if before else 0 : after.start() if after else len(clause)].strip()
    told = near if len(near.split()) > 2 else clause
    return next((words for words in (told, near) if len(words) <= LONGEST), match.group())


def _ended(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
