"""Detect personal data in free text: telephone, identity and passport numbers, and dates of birth.

Names are also detected if an age, a village, a telephone number or a case number is near (`personal_names`).

Sources of the number formats:

- Telephones: the national numbering plans of Lesotho (+266) and South Africa (+27, or 0 within the country) as
  libphonenumber has them.
- South African identity number: thirteen digits, YYMMDD SSSS C A Z, where Z is the Luhn check digit (Department of
  Home Affairs; Microsoft Purview defines it the same way).
- Lesotho identity number: the National Identity Cards Act, 2011 (Act 9 of 2011, s. 5) leaves the format to
  regulations, of which no source was found. We match twelve digits without a break, and any number announced as an
  identity number.
- Passports of Lesotho: two letters and six digits. The series that its Ministry of Home Affairs has named begin with
  R, S or D (RA, RB, SA, DA: LENA, 25 March 2019). Passports of South Africa: A, D, M or T and eight digits, as
  validators in use have it. Other formats match only if announced as passport numbers. Lower-case letters match if no
  space follows.

Text that reads as something else is skipped: amounts (after a currency, in thousands, round numbers), days, ranges of
years, case numbers with a year (5612/2021), rows of figures, moments, UUIDs, and web addresses that do not start a
call. A number written exactly like one of these is not found, unless a country code precedes it.

Each text is read once from start to end: quantifiers are bounded or possessive, and at most MAX_GROUPS groups of
digits are joined.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import accumulate
from typing import Any, NamedTuple

from phonenumbers import PhoneMetadata

from tiptracker.localization import gettext, gettext_noop, ngettext
from tiptracker.privacy.personal_names import find_identifiable_names

MAX_BIRTH_WORD_DISTANCE = 40
"""Characters allowed between a date and the word that makes it a date of birth."""

MAX_GROUPS = 15
"""Groups of digits in one number. No number has more digits than this."""

MAX_QUOTED = 5
"""Findings that are quoted. The rest are counted."""

REMOVED_NUMBER_MARK = "[number left out]"
"""Replaces a number in the name of a file."""


class PersonalDataKind(StrEnum):
    """Kinds of personal data. The activity log keeps these values."""

    TELEPHONE = "telephone number"
    IDENTITY = "identity number"
    PASSPORT = "passport number"
    BIRTH = "date of birth"
    NAME = "person’s name beside an age, a village, a telephone number or the number of a case"


_SENTENCES: Mapping[PersonalDataKind, str] = {
    PersonalDataKind.TELEPHONE: gettext_noop("“%(text)s” looks like a telephone number."),
    PersonalDataKind.IDENTITY: gettext_noop("“%(text)s” looks like an identity number."),
    PersonalDataKind.PASSPORT: gettext_noop("“%(text)s” looks like a passport number."),
    PersonalDataKind.BIRTH: gettext_noop("“%(text)s” looks like a date of birth."),
    PersonalDataKind.NAME: gettext_noop(
        "“%(text)s” looks like a person’s name next to an age, a village, a telephone number or a case number."
    ),
}


class PersonalDataFinding(NamedTuple):
    """One finding: its kind, the text exactly as written, and its start."""

    kind: PersonalDataKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Index of the first character after the finding."""
        return self.start + len(self.text)


def find_personal_data(text: str) -> list[PersonalDataFinding]:
    """Return all findings in the order of the text. None overlaps another."""
    plain, places = _normalize(text)
    in_one_line = plain.replace("\n", " ")
    numbers = [
        *_find_announced_numbers(in_one_line),
        *_find_passports(in_one_line),
        *_find_numbers(plain),
        *_find_birth_dates(in_one_line),
    ]
    telephones = sorted((start, end) for start, end, kind in numbers if kind is PersonalDataKind.TELEPHONE)
    names = [(*span, PersonalDataKind.NAME) for span in find_identifiable_names(in_one_line, telephones)]
    findings: list[PersonalDataFinding] = []
    # Numbers first: if a name shares letters with a number, the number is reported.
    for start, end, kind in (*sorted(numbers, key=lambda span: (span[0], -span[1])), *names):
        first, last = places[start], places[end - 1] + 1
        at = bisect_left(findings, first, key=lambda finding: finding.start)
        if (not at or first >= findings[at - 1].end) and (at == len(findings) or last <= findings[at].start):
            findings.insert(at, PersonalDataFinding(kind, text[first:last], first))
    return findings


def remove_numbers(text: str, mark: str = REMOVED_NUMBER_MARK) -> str:
    """Replace every number found in `text` by `mark`."""
    for finding in reversed([found for found in find_personal_data(text) if found.kind is not PersonalDataKind.NAME]):
        text = text[: finding.start] + mark + text[finding.end :]
    return text


def describe_findings(findings: Sequence[PersonalDataFinding]) -> str:
    """Return sentences for the author of the text: the findings, and what to do."""
    quoted = list(dict.fromkeys(gettext(_SENTENCES[found.kind]) % {"text": found.text} for found in findings))
    sentences = [gettext("This text may identify a person."), *quoted[:MAX_QUOTED]]
    if (more := len(quoted) - MAX_QUOTED) > 0:
        sentences.append(
            ngettext("%(number)d more like these.", "%(number)d more like these.", more) % {"number": more}
        )
    sentences.append(gettext("Remove it, or confirm that it does not identify a victim or a private person."))
    return " ".join(sentences)


type _Span = tuple[int, int, PersonalDataKind]

# --- Normalized text --------------------------------------------------------------------------------------------------

_WEB_ADDRESS = re.compile(r"\b(?:https?://|ftp://|www\.)\S++", re.IGNORECASE)
_CALL_LINK = re.compile(
    r"//(?:[a-z\d-]{1,20}\.)?(?:wa\.me|whatsapp\.com|t\.me|telegram\.me|signal\.me|viber\.(?:com|me|click))\b"
    r"|(?:phone|mobile|tel|number|sms|call|whatsapp)(?:=|:|/|%3A|%3D)",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"%[\dA-F]{2}", re.IGNORECASE)
_UUID = re.compile(r"\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b", re.IGNORECASE)
_STOP = "\0"
"""A character over which no number continues. It replaces a web address, a UUID or a footnote mark."""

_EQUIVALENTS = {
    " ": frozenset(
        "\t\N{BRAILLE PATTERN BLANK}\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}"
        "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
    ),
    "\n": frozenset("\n\r\v\f\x1c\x1d\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"),
    "-": frozenset("\N{MINUS SIGN}"),
    "/": frozenset(
        "\N{MIDDLE DOT}\N{BULLET}\N{HYPHENATION POINT}\N{BULLET OPERATOR}\N{DOT OPERATOR}\N{KATAKANA MIDDLE DOT}"
        "\N{HALFWIDTH KATAKANA MIDDLE DOT}\N{FRACTION SLASH}\N{DIVISION SLASH}"
    ),
}
"""Characters read as the key, in addition to Unicode's own equivalents."""


def _normalize(text: str) -> tuple[str, list[int]]:
    """Return `text` with ASCII digits, hyphens, separators and line ends, and the original index of each character.

    Invisible characters, and marks on, under or around another character, are dropped.
    """
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text.replace("\r\n", " \n")):
        plain = letter if " " <= letter <= "~" and letter != "_" else _to_ascii(letter)
        letters.append(plain)
        places.extend([place] * len(plain))
    plain = "".join(letters)
    return _UUID.sub(_blank_out, _WEB_ADDRESS.sub(_blank_web_address, plain)), places


def _blank_out(match: re.Match[str]) -> str:
    return _STOP * len(match[0])


def _blank_web_address(match: re.Match[str]) -> str:
    """Blank out a web address. If it starts a call, keep its characters."""
    if not _CALL_LINK.search(match[0]):
        return _blank_out(match)
    return _ENCODED.sub(lambda code: "  +" if code[0].upper() == "%2B" else "   ", match[0])


def _to_ascii(letter: str) -> str:
    replacement = next((replacement for replacement, letters in _EQUIVALENTS.items() if letter in letters), None)
    if replacement is not None:
        return replacement
    match unicodedata.category(letter):
        case "Nd":
            return str(unicodedata.decimal(letter))
        case "Cf" | "Cc" | "Mn" | "Me":
            return ""
        case "No":  # a circled digit counts as a digit; a footnote mark is not part of a number
            is_raised = unicodedata.decomposition(letter).startswith(("<super>", "<sub>"))
            digit = None if is_raised else unicodedata.digit(letter, None)
            return _STOP if digit is None else str(digit)
        case category:
            return {"Zs": " ", "Pc": " ", "Pd": "-"}.get(category) or unicodedata.normalize("NFKC", letter)


# --- Numbers announced by a word --------------------------------------------------------------------------------------

_ANNOUNCED = re.compile(
    r"(?<![^\W_])(?:(?P<passport>passports?|travel document)"
    r"|(?:i\.?d\.?|identity|identification|national id)(?:[ -]{1,2}(?:card|document|doc|book))?)"
    r"(?P<number>[ -]{0,2}(?:(?:number|numbers|num|nos?|nr)(?![^\W_])\.?|#|№))?"
    r"(?: {1,2}(?:is|was)(?![^\W_]))?"
    r"[ :=,;.(“\"'-]{0,4}"
    r"(?P<which>[a-z]{0,4}[ /-]?\d(?:[ /.-]?\d|[a-z]{1,3}(?=\d)|[a-z](?![^\W_])){0,24}+)(?![^\W_])",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ /-](?:\d\d){1,2})?")
_LAW_REFERENCE = re.compile(r" of (?:19|20)\d\d\b")


def _find_announced_numbers(plain: str) -> Iterator[_Span]:
    """Find numbers announced by a word, as in "Passport no. X" or "ID number X", in any format that is long enough."""
    for match in _ANNOUNCED.finditer(plain):
        number = match["which"]
        digits = len(_DIGITS.findall(number))
        enough = 4 if match["number"] and number[0].isalpha() else 5 if match["number"] else 6
        reads_like_days = _DATE.match(number) or _YEARS.fullmatch(number) or _LAW_REFERENCE.match(plain, match.end())
        if digits >= enough and not reads_like_days:
            yield *match.span("which"), PersonalDataKind.PASSPORT if match["passport"] else PersonalDataKind.IDENTITY


# --- Numbers recognised by their format -------------------------------------------------------------------------------

_PASSPORT = re.compile(
    r"(?<![^\W_])(?:(?:[RSD][A-Z]|(?i:[rsd][a-z])(?=-?\d))[ -]?\d{6}"
    r"|(?:[ADT]|(?i:[admt])(?=-?\d))[ -]?\d{8})(?![^\W_])"
)


def _find_passports(plain: str) -> Iterator[_Span]:
    for match in _PASSPORT.finditer(plain):
        if not match[0].endswith("000"):
            yield *match.span(), PersonalDataKind.PASSPORT


_GROUP = re.compile(r"\d++")
_JOIN = re.compile(r"[ .()-]{1,5}|[,/]|[ -]{0,2}\n {0,2}")
"""Separators between the groups of a number.

No space surrounds a comma or a slash. After a line end there is no hyphen, which would begin a list item.
"""
_CLOSE_SEPARATORS = frozenset(",/")
"""Separators that lists of figures use too."""
_NUMBER_LENGTHS = frozenset((8, 10, 11, 12, 13, 14))
"""Digits that the numbers we look for have in total."""
_MONEY_BEFORE = re.compile(
    r"(?:\b(?:(?:M|R|LSL|ZAR|USD|EUR|GBP|maloti|loti|rands?)[ .]{0,2}"
    r"|(?:budget|amounts?|costs?|sum|total|allocat(?:ed|ion))(?: (?:of|is|was|to|at|for|about|some)){0,2} )|[$€£¥] ?)$",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(
    r" ?(?:maloti|loti|rands?|dollars?|euros?|LSL|ZAR|USD|EUR|million|per cent|percent|%)", re.IGNORECASE
)
_CENTS = re.compile(r"[.,]\d{1,2}(?!\d)")
_WORD = re.compile(r"[^\W_]")
_WORD_OR_TIME = re.compile(r"[^\W_]|(?<=\d):")


class _DigitGroup(NamedTuple):
    """Digits that stand together, and the separator before them (None: no number continues across it)."""

    digits: str
    start: int
    end: int
    before: str | None


def _find_numbers(plain: str) -> Iterator[_Span]:
    """Find telephone and identity numbers in any layout by joining whole groups of digits that may belong together."""
    groups = _find_digit_groups(plain)
    at = 0
    while at < len(groups):
        number = _number_at(plain, groups, at)
        if number is None:
            at += 3 if _is_day(groups[at : at + 3]) else 1
            continue
        count, start, kind = number
        end = groups[at + count - 1].end
        is_inside = plain[start - 1 : start] == "(" and ")" in plain[start:end]
        yield start - is_inside, end, kind
        at += count


def _find_digit_groups(plain: str) -> list[_DigitGroup]:
    groups: list[_DigitGroup] = []
    for match in _GROUP.finditer(plain):
        start, end = match.span()
        before = plain[groups[-1].end : start] if groups and start - groups[-1].end <= 5 else None
        groups.append(_DigitGroup(match[0], start, end, before if before and _JOIN.fullmatch(before) else None))
    return groups


def _number_at(plain: str, groups: Sequence[_DigitGroup], at: int) -> tuple[int, int, PersonalDataKind] | None:
    """Return the longest number that begins with the group `at`: how many groups, its start and its kind."""
    first = groups[at]
    plus = _plus_before(plain, first.start)
    if plus is None and first.start and _WORD_OR_TIME.match(plain, first.start - 1):
        return None
    start = first.start if plus is None else plus
    best = None
    digits, line_ends = "", 0
    for count, group in enumerate(groups[at : at + MAX_GROUPS], 1):
        line_ends += count > 1 and "\n" in (group.before or "")
        if (count > 1 and group.before is None) or line_ends > 1:
            break
        digits += group.digits
        if len(digits) > max(_NUMBER_LENGTHS):
            break
        if len(digits) not in _NUMBER_LENGTHS or (group.end < len(plain) and _WORD.match(plain, group.end)):
            continue
        after = groups[at + count].before if at + count < len(groups) else None
        if kind := _classify_number(plain, digits, groups[at : at + count], after, has_plus=plus is not None):
            best = count, start, kind
    return best


def _plus_before(plain: str, start: int) -> int | None:
    """Return the position of the plus sign of an international number, if there is one."""
    place = start - 1
    while place >= 0 and start - place <= 3 and plain[place] in " (":
        place -= 1
    return place if place >= 0 and plain[place] == "+" else None


def _number_pattern(region: str, *kinds: str) -> str:
    """Return the pattern of a country's numbers of these kinds, without any prefix."""
    plan: Any = PhoneMetadata.metadata_for_region(region)
    return f"(?:{'|'.join(getattr(plan, kind).national_number_pattern for kind in kinds)})"


_LESOTHO_NUMBER = _number_pattern("LS", "fixed_line", "mobile")
"""Not its free numbers: they are hotlines, which belong to nobody."""
_SOUTH_AFRICA_NUMBER = rf"(?=\d{{9}}$){_number_pattern('ZA', 'general_desc')}"
_INTERNATIONAL = re.compile(rf"(?:00)?(?:266{_LESOTHO_NUMBER}|270?{_SOUTH_AFRICA_NUMBER})")
_LESOTHO = re.compile(_LESOTHO_NUMBER)
_SOUTH_AFRICA = re.compile(f"0{_SOUTH_AFRICA_NUMBER}")


def _classify_number(
    plain: str, digits: str, parts: Sequence[_DigitGroup], after: str | None, *, has_plus: bool
) -> PersonalDataKind | None:
    """Return the kind of number that the groups form together, if any. `after` is the separator of the next group."""
    if digits[0] not in "0256" and len(digits) != 13 and len(parts) > 1:
        return None
    sizes = [len(part.digits) for part in parts]
    if _INTERNATIONAL.fullmatch(digits) and (
        has_plus or digits.startswith("00") or not (_is_thousands(sizes) or _is_list_of_figures(parts[1:], after))
    ):
        return PersonalDataKind.TELEPHONE
    if has_plus:
        return None
    if len(digits) == 13 and _is_south_african_identity(digits):
        return PersonalDataKind.IDENTITY
    if sizes == [12]:
        kind, is_other = PersonalDataKind.IDENTITY, _is_compact_day(digits)
    elif _LESOTHO.fullmatch(digits) or (_SOUTH_AFRICA.fullmatch(digits) and sizes[0] > 1):
        is_laid_out = _is_laid_out_as_telephone(parts, sizes) and not _is_list_of_figures(parts, after)
        kind, is_other = PersonalDataKind.TELEPHONE, _reads_like_days(parts) or not is_laid_out
    else:
        return None
    return None if is_other or _is_amount(plain, parts, digits, sizes) else kind


def _is_laid_out_as_telephone(parts: Sequence[_DigitGroup], sizes: Sequence[int]) -> bool:
    """Return whether the groups are laid out like a telephone number.

    Groups have two digits or more, or one digit each. Pairs need one separator throughout, unlike "25-34 35-44".
    """
    if max(sizes) <= 2 and len({part.before for part in parts[1:] if part.before and "\n" not in part.before}) > 1:
        return False
    return min(sizes) > 1 or max(sizes) == 1


def _is_list_of_figures(parts: Sequence[_DigitGroup], after: str | None) -> bool:
    """Return whether the groups are figures with commas or slashes, as in "512,345.67" or within a longer list."""
    joins = {part.before for part in parts[1:]}
    return bool(joins & _CLOSE_SEPARATORS) and (
        len(joins) > 1 or not _CLOSE_SEPARATORS.isdisjoint((parts[0].before, after))
    )


def _is_thousands(sizes: Sequence[int]) -> bool:
    return len(sizes) > 1 and sizes[0] <= 3 and set(sizes[1:]) == {3}


def _is_amount(plain: str, parts: Sequence[_DigitGroup], digits: str, sizes: Sequence[int]) -> bool:
    start, end = parts[0].start, parts[-1].end
    if (
        _MONEY_BEFORE.search(plain, max(0, start - 40), start)
        or _MONEY_AFTER.match(plain, end)
        or _CENTS.match(plain, end)
    ):
        return True
    if any(part.before == "," for part in parts[1:]) and (_is_thousands(sizes) or (len(sizes) == 2 and sizes[1] <= 2)):
        return True
    return digits.endswith("000" if _is_thousands(sizes) else "00000")


def _reads_like_days(parts: Sequence[_DigitGroup]) -> bool:
    """Return whether the groups read like a date, a range of years, a year among figures or the year of a case.

    A year that begins a new line counts too.
    """
    years = [_is_year(part.digits) for part in parts]
    is_close = parts[-1].before is not None and (parts[-1].before in _CLOSE_SEPARATORS or "\n" in parts[-1].before)
    return (
        _is_day(parts[:3])
        or (len(parts) == 1 and _is_compact_day(parts[0].digits))
        or (len(parts) > 1 and any(years if is_close else years[:-1]))
    )


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _is_compact_day(digits: str) -> bool:
    """Match a day such as 20220128, with or without a time after it."""
    return _is_year(digits[:4]) and _is_calendar_day(digits[:4], digits[4:6], digits[6:8])


def _is_day(parts: Sequence[_DigitGroup]) -> bool:
    """Match a day such as 28.1.2022 or 2022-01-28: three groups with the year in full."""
    if len(parts) < 3 or parts[1].before is None or parts[2].before is None:
        return False
    a, b, c = (part.digits for part in parts[:3])
    if len(b) > 2:
        return False
    if _is_year(a):
        return len(c) <= 2 and _is_calendar_day(a, b, c)
    return _is_year(c) and len(a) <= 2 and (_is_calendar_day(c, b, a) or _is_calendar_day(c, a, b))


def _is_calendar_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _is_south_african_identity(digits: str) -> bool:
    """Check that YYMMDD is a real day and that the check digit matches."""
    if digits[10] not in "012":
        return False
    is_day = any(_is_calendar_day(century + digits[:2], digits[2:4], digits[4:6]) for century in ("19", "20"))
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return is_day and (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


# --- Dates of birth ---------------------------------------------------------------------------------------------------

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE_SEPARATOR = r"[ ,./-]{0,3}"
_DAY_OF_MONTH = r"[0-3]?\d(?: ?(?:st|nd|rd|th))?"
_DATE = re.compile(
    r"(?<!\d)(?:"
    rf"{_DAY_OF_MONTH}(?: of)?{_DATE_SEPARATOR}{_MONTH}{_DATE_SEPARATOR}'?(?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH}{_DATE_SEPARATOR}{_DAY_OF_MONTH}{_DATE_SEPARATOR}'?(?:\d{{4}}|\d{{2}})"
    rf"|\d{{4}}{_DATE_SEPARATOR}{_MONTH}{_DATE_SEPARATOR}{_DAY_OF_MONTH}"
    r"|\d{4} ?[./ -] ?[01]?\d ?[./ -] ?[0-3]?\d"
    r"|[0-3]?\d ?[./ -] ?[0-3]?\d ?[./ -] ?'?(?:\d{4}|\d{2})"
    r"|(?:19|20)\d{2}[01]\d[0-3]\d"
    r")(?!\d)",
    re.IGNORECASE,
)
_BIRTH_WORD = re.compile(
    r"(?<![^\W_])(?:(?<!-)born|d\.? ?o\.? ?b\.?|dates?[ -]{1,2}of[ -]{1,2}birth|birth[ -]?dates?|birthdays?)(?![^\W_])",
    re.IGNORECASE,
)


def _find_birth_dates(plain: str) -> Iterator[_Span]:
    """Find dates with a birth word at most MAX_BIRTH_WORD_DISTANCE characters before or after."""
    spans = [match.span() for match in _BIRTH_WORD.finditer(plain)]
    if not spans:
        return
    starts, ends = [start for start, _ in spans], list(accumulate((end for _, end in spans), max))
    for match in _DATE.finditer(plain):
        first, last = match.span()
        before, after = bisect_left(starts, first), bisect_left(starts, last)
        if (before and first - ends[before - 1] <= MAX_BIRTH_WORD_DISTANCE) or (
            after < len(starts) and starts[after] - last <= MAX_BIRTH_WORD_DISTANCE
        ):
            yield first, last, PersonalDataKind.BIRTH
