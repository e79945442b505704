"""Detect names of people near identifying details: an age, a village, a telephone number or a case number.

These count as a name: a title and a name ("Mrs Exercise"), two names or more ("Palesa Exercise"), an initial and a
name, or two names in reverse order with a comma. Lower-case words count as a name after a title, after words such as
"named", or if one of them is a name that is common in Lesotho.

A person named by office ("Minister Motlohi") is reported only near an age or a telephone number. That an official
visited a village or took part in a case is what the record is for. Offices, institutions, places and days are not
names. Each text is read once from start to end: quantifiers are bounded or possessive.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

MAX_DISTANCE = 40
"""Characters allowed between a name and an identifying detail."""
MAX_DETAIL_LENGTH = 60
"""Maximum length of an identifying detail, in characters."""
MAX_NAME_WORDS = 5
"""Words in one name."""

# --- Identifying details ----------------------------------------------------------------------------------------------

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six"
    "|seven|eight|nine))?"
)
_NUMBER = rf"(?:\d{{1,2}}|{_NUMBER_WORDS})"
_NOT_A_RANGE = r"(?! ?(?:-|to|and|or|/) ?\d)(?<!\d-\d)(?<!\d-\d\d)"
_AGE = re.compile(
    rf"\b(?:aged?|ages)[ :=]{{1,2}}(?:of |is |was )?{_NUMBER}\b{_NOT_A_RANGE}"
    rf"|\b{_NUMBER}[ -]?(?:years?|yrs?|months?)\.?[ -]{{1,2}}(?:old|of age)\b"
    rf"|\b{_NUMBER}[ -]?(?:y/o|yo|y\.o)\b"
    rf"|\b(?:girl|boy|child|minor|woman|man|daughter|son|victim|survivor|pupil) of {_NUMBER}\b{_NOT_A_RANGE}",
    re.IGNORECASE,
)
_AGE_AFTER = re.compile(
    rf" ?[,;:-]? ?\(? ?{_NUMBER}(?: ?(?:years?|yrs?|y)\b\.?)? ?(?=[,);]|\.(?!\d)|$| (?:from|of|was|is|who)\b)",
    re.IGNORECASE,
)
"""An age directly after a name: ", 17,", "(17)" or " 17 yrs.". It does not match if a date or an amount continues."""
_CASE = re.compile(
    r"\b(?:[A-Z]{2,6}(?:[/.-][A-Z]{1,6}){0,3}|(?i:case|docket|charge|file)(?: (?i:no|nos|number|nr)\b\.?)?)"
    r"[ :#./-]{0,3}\d{1,6} ?/ ?(?:\d{1,4} ?/ ?)?(?:\d{4}|\d{2})\b"
    r"|\b(?i:cr|cri|civ|rci|cc)[ :#./-]{1,3}\d{1,6} ?/ ?(?:\d{1,4} ?/ ?)?(?:\d{4}|\d{2})\b"
)
_VILLAGE = re.compile(
    r"\b(?:Ha|Moreneng|Thaba)[ -](?!Tseka)['’]?[A-Z][a-z]{1,20}"
    r"|\b(?i:in|from|of|at|near|village) (?:ha|thaba)[ -](?!tseka)['’]?[a-z]{3,20}"
    r"|\bHA[ -]['’]?[A-Z]{3,20}\b"
    r"|\b(?i:villages? of|villagers? of|resides? (?:at|in)|residents? of|lives? (?:at|in)) (?:(?i:ha|thaba)[ -])?"
    r"['’]?[A-Z][a-z]{1,20}"
    r"|\b['’]?[A-Z][a-z]{1,20} (?i:village)\b"
)

# --- Names ------------------------------------------------------------------------------------------------------------

_WORD_PATTERN = re.compile(r"['’]?[^\W\d_]{1,40}+(?:['’-][^\W\d_]{1,40}+){0,4}")
_WORD_LISTS: dict[str, list[str]] = json.loads(Path(__file__).with_name("name_words.json").read_text(encoding="utf-8"))
"""Lists of lower-case words. The names of Lesotho are general knowledge and refer to nobody in particular."""


def _word_list(name: str) -> frozenset[str]:
    return frozenset(" ".join(_WORD_LISTS[name]).split())


TITLES, OFFICES = _word_list("titles"), _word_list("offices")
_NOT_NAMES = frozenset().union(
    *map(_word_list, _WORD_LISTS.keys() - {"titles", "offices", "names that are common in Lesotho"})
)
_NEVER_NAMES = _NOT_NAMES | OFFICES | TITLES
_COMMON_NAMES = _word_list("names that are common in Lesotho")
_AMBIGUOUS_TITLES = frozenset({"miss", "me", "'me", "sr"})
"""Titles that are other words when written in lower case."""
_NAMING_PHRASE = re.compile(r"\b(?:named|called|known as|name is|name was|identified as|alias) $", re.IGNORECASE)


class _Word(NamedTuple):
    """A word of a text, with tests for the part it may play in a name."""

    text: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        return self.text.casefold().replace("’", "'").rstrip(".")

    @property
    def is_capital(self) -> bool:
        return self.text.lstrip("'’")[:1].isupper()

    @property
    def is_initial(self) -> bool:
        return self.is_capital and len(self.text) == 1

    @property
    def is_name(self) -> bool:
        """Whether the word is written like a name and is not on a list of words that are not names."""
        return self.is_capital and not self.is_initial and self.plain not in _NEVER_NAMES


class _Name(NamedTuple):
    """A name in a text. `has_office` says that the text states the person's office."""

    start: int
    end: int
    has_office: bool


class _IdentifyingDetail(NamedTuple):
    """A detail that identifies a person. `is_close`: an age or a telephone number, which counts for officials too."""

    start: int
    end: int
    is_close: bool


def find_identifiable_names(plain: str, telephones: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield start and end of names near an identifying detail.

    Args:
        plain: normalized text (ASCII) on one line.
        telephones: start and end of the telephone numbers in it.
    """
    signs = sorted(
        [
            *(_IdentifyingDetail(start, end, is_close=True) for start, end in telephones),
            *(_IdentifyingDetail(*match.span(), is_close=True) for match in _AGE.finditer(plain)),
            *(_IdentifyingDetail(*match.span(), is_close=False) for match in _CASE.finditer(plain)),
            *(_IdentifyingDetail(*match.span(), is_close=False) for match in _VILLAGE.finditer(plain)),
        ]
    )
    starts = [sign.start for sign in signs]
    for name in _find_names(plain, signs):
        first = bisect_left(starts, name.start - MAX_DISTANCE - MAX_DETAIL_LENGTH)
        last = bisect_left(starts, name.end + MAX_DISTANCE)
        near = (sign for sign in signs[first:last] if name.start - sign.end <= MAX_DISTANCE)
        is_told = any((sign.is_close or not name.has_office) and not _overlap(sign, name) for sign in near)
        if is_told or (not name.has_office and _AGE_AFTER.match(plain, _end_of_name(plain, name.end))):
            yield name.start, name.end


def _end_of_name(plain: str, end: int) -> int:
    """Return the end of a name, including the point after an initial."""
    is_initial = plain[end - 1].isupper() and not plain[max(0, end - 2) : end - 1].isalpha()
    return end + (is_initial and plain[end : end + 1] == ".")


def _overlap(sign: _IdentifyingDetail, name: _Name) -> bool:
    return sign.start < name.end and name.start < sign.end


def _find_names(plain: str, signs: Sequence[_IdentifyingDetail]) -> Iterator[_Name]:
    """Yield the names in a text. An identifying detail is not part of a name."""
    signed = {place for sign in signs for place in range(sign.start, sign.end)}
    all_words = (_Word(word[0], *word.span()) for word in _WORD_PATTERN.finditer(plain))
    words = [word for word in all_words if word.start not in signed]
    at = 0
    while at < len(words):
        if count := _name_length(plain, words, at):
            last = words[at + count - 1]
            yield _Name(words[at].start, last.end, has_office=_is_official(plain, words, at, count))
        at += count or 1


def _name_length(plain: str, words: Sequence[_Word], at: int) -> int:
    """Return how many words the name that begins with the word `at` has; 0 if no name begins there."""
    first = words[at]
    is_unit = first.text == "ms" and plain[max(0, first.start - 2) : first.start].strip().isdigit()  # "49 ms"
    if first.plain in TITLES and not is_unit and (first.is_capital or first.plain not in _AMBIGUOUS_TITLES):
        run = _name_run_length(plain, words, at + 1, in_small_letters=True)
        return run + 1 if run else 0
    if (run := _name_run_length(plain, words, at)) and _is_full_name(words[at : at + run]):
        return run
    if (
        run == 1
        and first.is_name
        and at
        and words[at - 1].plain in OFFICES
        and _is_adjacent(plain, words[at - 1], [first], ".")
    ):
        return 1  # "Minister Motlohi"
    if run == 1 and first.is_name and _is_adjacent(plain, first, words[at + 1 : at + 2], ","):
        return 2 if words[at + 1].is_name else 0  # "Exercise, Palesa"
    return 2 if _is_lower_case_name(plain, words, at) else 0


def _is_lower_case_name(plain: str, words: Sequence[_Word], at: int) -> bool:
    """Return whether two lower-case words are a name: after "named" or the like, or if one is common in Lesotho."""
    pair = words[at : at + 2]
    if len(pair) < 2 or not _is_lower_case_pair(plain, pair):
        return False
    if _NAMING_PHRASE.search(plain, max(0, pair[0].start - 20), pair[0].start):
        return True
    first, second = (word.plain in _COMMON_NAMES for word in pair)
    is_next_better = (
        second and not first and _is_lower_case_pair(plain, words[at + 1 : at + 3])
    )  # as in "brought palesa exercise"
    return (first or second) and not is_next_better


def _is_lower_case_pair(plain: str, pair: Sequence[_Word]) -> bool:
    """Return whether two lower-case words stand together and neither is a word of ordinary sentences."""
    is_plain = not any(word.is_capital or word.plain in _NOT_NAMES for word in pair)
    return len(pair) == 2 and is_plain and _is_adjacent(plain, pair[0], pair[1:], "")


def _name_run_length(plain: str, words: Sequence[_Word], at: int, *, in_small_letters: bool = False) -> int:
    """Return how many words from `at` on are written like parts of one name."""
    count = 0
    while at + count < len(words) and count < MAX_NAME_WORDS:
        word = words[at + count]
        if count and not _is_adjacent(plain, words[at + count - 1], [word], "."):
            break
        is_small = in_small_letters and count < 2 and not words[at].is_capital and word.plain not in _NEVER_NAMES
        if not (word.is_name or word.is_initial or is_small):
            break
        count += 1
    return count


def _is_full_name(run: Sequence[_Word]) -> bool:
    """Return whether the words are two names or an initial and a name."""
    return len(run) >= 2 and any(word.is_name for word in run)


def _is_adjacent(plain: str, before: _Word, after: Sequence[_Word], sign: str) -> bool:
    """Return whether the next word directly follows `before`.

    A space may separate them, a point after an initial or title, or a comma if `sign` is a comma.
    """
    if not after:
        return False
    between = plain[before.end : after[0].start]
    if sign == ",":
        return between in (", ", ",")
    has_point = before.is_initial or before.plain in TITLES
    return between in (" ", "  ") or (has_point and between in (". ", "."))


def _is_official(plain: str, words: Sequence[_Word], at: int, count: int) -> bool:
    """Return whether an office stands right before the name, or right after it behind a comma."""
    before = words[max(0, at - 3) : at]
    after = words[at + count : at + count + 2]
    is_before = any(word.plain in OFFICES and words[at].start - word.end <= MAX_DISTANCE for word in before)
    is_behind = bool(after) and plain[words[at + count - 1].end : after[0].start].strip() in (",", "(", ", the", "")
    return is_before or (is_behind and any(word.plain in OFFICES and word.is_capital for word in after))
