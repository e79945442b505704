"""Suggest benchmarks from a recommendation's wording, each with the words that it is based on.

A suggestion becomes a benchmark only after an officer has reviewed it: a pattern finds words, not their meaning.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from recommendations.choices import EffortQuestion, Rule

ONE_TO_TWENTY = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
QUARTERS_PER_YEAR = 4
MAX_CRITERION_LENGTH = 120
"""Most characters of the recommendation's own text in a criterion, to keep it one sentence."""


class SuggestedIndicator(NamedTuple):
    """The indicator to count by: its name, its unit and the question of "increasing efforts" that it answers."""

    name: str
    unit: str
    question: EffortQuestion | None = None


class BenchmarkSuggestion(NamedTuple):
    """A suggested benchmark: criterion, rule, and the words of the recommendation that it is based on.

    `counted` is set for the rules that use an indicator, `target` for the rule with a figure to reach.
    """

    criterion: str
    words: str
    rule: Rule = Rule.ASSESSED
    target: int | None = None
    counted: SuggestedIndicator | None = None
    is_about_complicity: bool = False


EFFORT_PATTERNS = (
    ("investigat", "investigations", "Investigations begun", "investigations", EffortQuestion.INVESTIGATIONS),
    ("prosecut", "prosecutions", "Prosecutions", "prosecutions", EffortQuestion.PROSECUTIONS),
    ("convict", "convictions", "Convictions", "convictions", EffortQuestion.CONVICTIONS),
    (r"identif\w*[^.;]*victim|victims?\s+identif", "victims identified", "Victims identified", "victims",
     EffortQuestion.VICTIMS),
)  # fmt: skip
"""What the law compares from year to year: a pattern of the first letters, what to have more of, and the indicator."""

_DIVISION_NOUNS = r"districts?|regions?|provinces?|counties|county|prefectures?|governorates?|departments?"
_NUMBER = rf"\d{{1,3}}|{'|'.join(ONE_TO_TWENTY)}"
_DISTRICT_COVERAGE = re.compile(
    rf"\b(?:in|across|to|throughout|at|for)\s+(?:(?:all|each|every)(?:\s+of)?(?:\s+(?:the|its|their))?"
    rf"(?:\s+(?P<all>{_NUMBER}))?|(?:at\s+least\s+)?(?P<some>{_NUMBER}))(?:\s+of\s+(?:the|its))?\s+(?:{_DIVISION_NOUNS})\b",
    re.IGNORECASE,
)
_INCREASE = re.compile(
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
_COORDINATING_BODY = re.compile(
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
_SERVED_SENTENCE = re.compile(r"\b(?:sentence[sd]?|prison\s+terms?|adequate\s+penalties)\b", re.IGNORECASE)
_COMPLICITY = re.compile(
    r"\b(?:complicit\w*|corrupt\w*|implicated\s+officials?|abuse[^.;]{0,40}\bby\s+(?:the\s+)?police)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[^.;]*[^.;\s][^.;]*")
_PHRASE_BREAK = re.compile(r"[,;.]|\s(?:and|including)\s")


def suggest_benchmarks(text: str, *, districts: int = 0, division: str = "") -> tuple[BenchmarkSuggestion, ...]:
    """Return the benchmarks that a recommendation's text suggests, in the order of its words.

    `districts` is the number of districts in the record of the country, and `division` what the country calls one,
    such as "Province". If a clause speaks of others, their number is not known. A clause between semicolons or full
    stops that matches no pattern gives one benchmark with its own wording.
    """
    suggestions: list[BenchmarkSuggestion] = []
    for part in _CLAUSE.finditer(text):
        clause = part.group().strip()
        many = districts if _speaks_of(clause, division) else 0
        known = [suggestion for suggest in SUGGESTERS for suggestion in suggest(clause, many)]
        known.sort(key=lambda suggestion: clause.find(suggestion.words))
        suggestions += known or [BenchmarkSuggestion(_capitalize(clause), clause)]
    return tuple(dict.fromkeys(suggestions))


def _speaks_of(clause: str, division: str) -> bool:
    """Return whether a clause calls the parts of the country as the country does; True if that is not known."""
    return not division or division.rsplit(maxsplit=1)[-1].casefold().removesuffix("y") in clause.casefold()


def _suggest_coverage(clause: str, districts: int) -> Iterator[BenchmarkSuggestion]:
    for match in _DISTRICT_COVERAGE.finditer(clause):
        number = match["all"] or match["some"]
        many = _parse_number(number) if number else districts
        around = _surrounding_words(clause, match)
        if not many:
            yield BenchmarkSuggestion(f"In every district: {around}", match.group())
            continue
        counted = SuggestedIndicator(
            f"Districts: {around.replace(match.group(), '').strip()}"[:MAX_CRITERION_LENGTH], "districts"
        )
        yield BenchmarkSuggestion(
            f"Number of districts, of {many}: {around}", match.group(), Rule.TARGET, many, counted
        )


def _suggest_more_efforts(clause: str, _: int) -> Iterator[BenchmarkSuggestion]:
    if not (more := _INCREASE.search(clause)):
        return
    for begins, more_of, name, unit, question in EFFORT_PATTERNS:
        if match := re.search(rf"\b(?:{begins})\w*", clause, re.IGNORECASE):
            words = match.group() if match.group() != more.group() else clause
            counted = SuggestedIndicator(name, unit, question)
            yield BenchmarkSuggestion(f"More {more_of} than the year before", words, Rule.MORE, counted=counted)


def _suggest_money(clause: str, _: int) -> Iterator[BenchmarkSuggestion]:
    if match := _MONEY.search(clause):
        yield BenchmarkSuggestion(
            f"Money was allocated and spent in the period: {_surrounding_words(clause, match)}", match.group()
        )


def _suggest_meetings(clause: str, _: int) -> Iterator[BenchmarkSuggestion]:
    if not (match := _COORDINATING_BODY.search(clause)):
        return
    body = (match["after"] or match["before"]).lower()
    if _QUARTERLY.search(clause):
        counted = SuggestedIndicator(f"Quarters in which the {body} met", "quarters")
        criterion = f"The {body} met in each of the {QUARTERS_PER_YEAR} quarters"
        yield BenchmarkSuggestion(criterion, match.group(), Rule.TARGET, QUARTERS_PER_YEAR, counted)
    else:
        yield BenchmarkSuggestion(f"The {body} met in the period, and its decisions are on record", match.group())


def _pattern_suggester(pattern: re.Pattern[str], *criteria: str, is_about_complicity: bool = False) -> "Suggester":
    """Return a suggester of one benchmark for each of `criteria` where the pattern matches."""

    def suggest(clause: str, _: int) -> Iterator[BenchmarkSuggestion]:
        if match := pattern.search(clause):
            for criterion in criteria:
                yield BenchmarkSuggestion(criterion, match.group(), is_about_complicity=is_about_complicity)

    return suggest


Suggester = Callable[[str, int], Iterator[BenchmarkSuggestion]]
SUGGESTERS: tuple[Suggester, ...] = (
    _suggest_more_efforts,
    _pattern_suggester(_SERVED_SENTENCE, "At least one convicted trafficker serves a prison term"),
    _pattern_suggester(_COMPLICITY, "At least one implicated official is charged", is_about_complicity=True),
    _pattern_suggester(_LAW, "The amendment of the law is before Parliament", "The amendment of the law is in force"),
    _suggest_money,
    _suggest_coverage,
    _pattern_suggester(_PROCEDURES, "The procedures are adopted", "Front-line officers use the procedures"),
    _suggest_meetings,
    _pattern_suggester(_PLAN, "The plan is launched and funded"),
    _pattern_suggester(_TRAINING, "Officials were trained in the period, and their number is known"),
    _pattern_suggester(_AWARENESS, "Campaigns were held in the period, and their places are known"),
)
"""All suggesters. Their order decides between suggestions based on the same words."""


def _parse_number(word: str) -> int:
    return int(word) if word.isdecimal() else ONE_TO_TWENTY.index(word.lower()) + 1


def _surrounding_words(clause: str, match: re.Match[str]) -> str:
    """Return the words around a match, between the nearest commas or "and"s; the whole clause if they are too few.

    If the result is too long for a criterion, return only the match.
    """
    before = [found.end() for found in _PHRASE_BREAK.finditer(clause, 0, match.start())]
    after = _PHRASE_BREAK.search(clause, match.end())
    near = clause[before[-1] if before else 0 : after.start() if after else len(clause)].strip()
    phrase = near if len(near.split()) > 2 else clause
    return next((words for words in (phrase, near) if len(words) <= MAX_CRITERION_LENGTH), match.group())


def _capitalize(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
