"""Personal data is found in any spelling, and usual texts of the record are not flagged."""

import re
from datetime import date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tiptracker.privacy import personal_data
from tiptracker.privacy.personal_data import (
    REMOVED_NUMBER_MARK,
    PersonalDataKind,
    describe_findings,
    find_personal_data,
    remove_numbers,
)

# --- Whatever is written ----------------------------------------------------------------------------------------------

SPACES = (" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}", "\t")
HYPHENS = ("-", "\N{EN DASH}", "\N{NON-BREAKING HYPHEN}", "\N{MINUS SIGN}")
SCRIPTS = ("0", "\N{ARABIC-INDIC DIGIT ZERO}", "\N{DEVANAGARI DIGIT ZERO}", "\N{FULLWIDTH DIGIT ZERO}")
SURROUNDING_TEXT = st.text("abeimnorstxABNORT éß漢ж\n", max_size=20)
"""Words: what may stand before and after a number without being part of it, or of an amount or an address."""

SEPARATORS = st.sampled_from([*SPACES, *HYPHENS, ".", "/", "\N{MIDDLE DOT}", "\N{BULLET}"])
eight_digits = st.from_regex(r"[256][0-9]{7}", fullmatch=True)
nine_digits = st.from_regex(r"[1-8][0-9]{8}", fullmatch=True)


def group_digits(number, sizes, between):
    """`number` in groups of `sizes`, `between` standing between them."""
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return between.join(parts)


def contains_year(number, sizes):
    """Whether a group of it reads as one: then it is a day, or a number of a letter and its year."""
    return bool(re.search(r"\b(19|20)\d\d\b", group_digits(number, sizes, " ")))


def with_digits_of(text, zero):
    return "".join(chr(ord(zero) + int(letter)) if letter.isdecimal() else letter for letter in text)


def assert_found(text, number, kind):
    """That `number` was found in `text`, whole and where it stands; another may be found beside it."""
    assert (kind, number, text.index(number)) in find_personal_data(text)


@given(
    eight_digits,
    st.sampled_from([(8,), (4, 4), (2, 3, 3), (2, 2, 2, 2), (2, 2, 4), (3, 5), (1,) * 8]),
    SEPARATORS,
    st.sampled_from(SCRIPTS),
    st.tuples(SURROUNDING_TEXT, SURROUNDING_TEXT),
)
def test_find_finds_a_number_of_lesotho_however_it_is_written(number, sizes, between, zero, around):
    assume(not number.startswith("20") and not number.endswith("000"))  # reads as a year; as an amount
    assume(not re.fullmatch(r"[0-3]\d[01]\d(?:19|20)\d\d", number))  # as a day
    assume(not contains_year(number, sizes))
    typed = with_digits_of(group_digits(number, sizes, between), zero)
    assert_found(f"{around[0]}, {typed} {around[1]}", typed, PersonalDataKind.TELEPHONE)


@given(
    eight_digits,
    st.sampled_from(["+266", "00266", "266"]),
    st.sampled_from([(8,), (4, 4), (2, 2, 2, 2), (2, 3, 3)]),
    SEPARATORS,
    SURROUNDING_TEXT,
)
def test_find_finds_a_number_with_the_code_of_lesotho_whatever_it_looks_like(number, code, sizes, between, before):
    # Without its plus, between strokes or points, it reads as the number of a letter or a row of figures.
    is_plain = sizes != (2, 3, 3) and between in (*SPACES, *HYPHENS, ".") and not contains_year(number, sizes)
    assume(code != "266" or is_plain)
    typed = f"{code}{between}{group_digits(number, sizes, between)}"
    assert_found(f"{before} ({typed})", typed, PersonalDataKind.TELEPHONE)


@given(
    nine_digits,
    st.sampled_from(["+27", "0027", "+27 (0)", "0"]),
    st.sampled_from([(9,), (2, 3, 4), (2, 7), (2, 3, 2, 2)]),
    SEPARATORS,
    SURROUNDING_TEXT,
)
def test_find_finds_a_number_of_south_africa_however_it_is_written(number, code, sizes, between, before):
    assume(not number.endswith("00000"))
    assume(not contains_year(number, sizes))
    typed = code + (between if code[-1] == "7" else "") + group_digits(number, sizes, between)
    assert_found(f"{before}, {typed}", typed, PersonalDataKind.TELEPHONE)


@given(
    st.dates(date(1925, 1, 1), date(2025, 12, 31)),
    st.from_regex(r"[0-9]{4}[01][89]", fullmatch=True),
    st.sampled_from([(13,), (6, 4, 3), (6, 4, 2, 1), (6, 7)]),
    st.sampled_from([*SPACES, *HYPHENS]),
    SURROUNDING_TEXT,
)
def test_find_finds_an_identity_number_of_south_africa(born, rest, sizes, between, before):
    twelve = f"{born:%y%m%d}{rest}"
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in twelve[1::2])
    number = f"{twelve}{-(doubled + sum(map(int, twelve[::2]))) % 10}"
    typed = group_digits(number, sizes, between)
    assert_found(f"{before}, {typed}", typed, PersonalDataKind.IDENTITY)


def test_find_leaves_thirteen_digits_alone_whose_check_digit_is_wrong():
    assert find_personal_data("8001015009087") == [(PersonalDataKind.IDENTITY, "8001015009087", 0)]
    assert find_personal_data("8001015009088") == find_personal_data("8013015009087") == []


@given(st.from_regex(r"0[0-9]{11}", fullmatch=True), SURROUNDING_TEXT)
def test_find_finds_twelve_digits_in_one_as_an_identity_number_of_lesotho(number, before):
    assume(not number.endswith("00000"))
    assert_found(f"{before}, {number}", number, PersonalDataKind.IDENTITY)


@given(
    st.from_regex(r"(?:[RSD][A-Z][0-9]{6}|[ADMT][0-9]{8})", fullmatch=True),
    st.booleans(),
    st.sampled_from(SCRIPTS),
    SURROUNDING_TEXT,
    SURROUNDING_TEXT,
)
def test_find_finds_a_passport_of_either_country(number, is_small, zero, before, after):
    assume(not number.endswith("000"))
    typed = with_digits_of(number.lower() if is_small else number, zero)
    assert_found(f"{before}, {typed} {after}", typed, PersonalDataKind.PASSPORT)


@given(
    st.sampled_from(["passport", "Passport", "PASSPORT", "ID", "id", "I.D.", "identity card", "national ID"]),
    st.sampled_from(
        [" no. ", " No: ", " number ", " number is ", " # ", " nr ", "\N{NO-BREAK SPACE}no.\N{NO-BREAK SPACE}"]
    ),
    st.from_regex(r"[A-Z]{1,3}-?[0-9]{4,9}|[0-9]{5,7}[A-Z]?|[0-9]{2}-[0-9]{3}-[0-9]{2}", fullmatch=True),
    SURROUNDING_TEXT,
)
def test_find_finds_whatever_is_announced_as_a_number_of_a_paper(word, number_word, number, before):
    assume(not re.match(r"(?:19|20)\d\d|\D*\d{5}\d?0$", number))
    kind = PersonalDataKind.PASSPORT if word.lower() == "passport" else PersonalDataKind.IDENTITY
    assert_found(f"{before} {word}{number_word}{number} was kept", number, kind)


DAYS = [
    "%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y", "%d %m %Y", "%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%dth of %B, %Y",
    "%d %b %y", "%d-%b-%Y", "%b. %d %Y", "%Y %B %d", "%d%b%Y", "%Y%m%d",
]  # fmt: skip
WORDS = ["born", "BORN", "Date of Birth", "date\N{NO-BREAK SPACE}of birth", "DOB", "D.O.B.", "birth date", "birthday"]


@given(
    st.dates(date(1930, 1, 1), date(2022, 1, 28)),
    st.sampled_from(DAYS),
    st.sampled_from(WORDS),
    st.text("abc ,", max_size=36),
    st.booleans(),
)
def test_find_finds_a_date_near_a_word_of_birth_on_either_side(day, way, word, between, is_word_first):
    typed = day.strftime(way)
    text = f"{word} {between} {typed}" if is_word_first else f"{typed} {between} {word}"
    assert_found(text, typed, PersonalDataKind.BIRTH)


@pytest.mark.parametrize(("gap", "is_near"), [(39, True), (40, True), (41, False)])
def test_find_counts_forty_characters(gap, is_near):
    between = " " + "x" * (gap - 2) + " "
    assert (
        bool(find_personal_data(f"born{between}12 March 2004"))
        == bool(find_personal_data(f"12 March 2004{between}born"))
        == is_near
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://wa.me/26658123456", "https://api.whatsapp.com/send?phone=%2B26658123456", "https://t.me/+26658123456",
        "www.example.org/call?tel=58123456", "tel:58123456", "tel:+26658123456", "whatsapp://send?phone=26658123456",
        "5812\n3456", "5812\r\n3456", "58 12\n34 56", "5812\N{LINE SEPARATOR}3456", "5812-\n3456",
        "58/12/34/56", "58,12,34,56", "5812,3456", "+266 58/12/34/56", "266 58/12/34/56",
        "5812\N{BULLET}3456", "58\N{MIDDLE DOT}12\N{MIDDLE DOT}34\N{MIDDLE DOT}56", "5812\N{FULLWIDTH LOW LINE}3456",
        "5812\N{HANGUL FILLER}3456", "5812\N{BRAILLE PATTERN BLANK}3456", "5812\x073456",
        "".join(f"{digit}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}" for digit in "58123456"),
        "5\N{COMBINING ACUTE ACCENT}8123456", "⑤⑧①②③④⑤⑥", "❺❽❶❷❸❹❺❻",
        "born\n12\nMarch\n2004", "Date of birth:\r\n12\r\n03\r\n2004", "born 12·03·2004", "RA\n123456",
    ],
)  # fmt: skip
def test_find_finds_what_was_written_so_that_it_is_not_found(text):
    assert find_personal_data(text)
    assert find_personal_data(f"It was so: {text} – they say")


# --- What is left alone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "M 1,500,000 released", "M1,500,000", "LSL 2 000 000", "M25000000", "M 25 640 300", "R250 000",
        "US$ 22 500 000", "a budget of 25 640 300", "25 500 000", "52000000", "22 640 300 maloti",
        "58.123.456 rand", "56123456.75",
        "in 2021", "2021–2026", "2020-2021", "2019 2020", "between 1 April 2021 and 31 March 2022",
        "in 2021 5812 people", "12/03/2004", "22.03.2004", "22-03-2004 09:00", "2021-03-12", "20220128",
        "26 10 2021", "March 12, 2021",
        "Act No. 6 of 2021", "22 U.S.C. 7106(b)(2), (7)", "Identity Cards Act, 2011 (Act 9 of 2011)", "section 2.1.3",
        "Passport Act no. 9 of 2018", "the passport law of 2021", "ID no. 6 of 2021", "passports issued: 12 000",
        "2022-01-28T09:00:00.123456+02:00", "2022-01-28 09:00:00", "20220128143000", "1643356800000",
        "https://www.gov.ls/news/58123456", "www.gov.ls/?id=58123456", "https://x.org/passport/N123456",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "a45981234567bc58123456de",
        "123e4567-e89b-12d3-a456-426614174000", "58123456-1234-4123-8123-123456789012",
        "16 cases, 22 victims, 58 officials", "6 of 10 districts", "aged 18-24, 25-34", "25-34 35-44", "0.123456789",
        "foreign-born victims by 12 March 2021", "born in 2004", "stubborn since 12 March 2021",
        "IMG_20220128_143000.jpg", "so 123456 people", "the hotline 80012345",
        "25,640,300 people", "56,123,456", "22,640,300.50", "560,300.55", "560300,55", "266,580,123,456",
        "22, 16, 58, 12", "2019,22,16,58,12,7", "5612/2021", "CIV/APN/5612/2021", "2020/2021", "2021,5812",
        "in 5812\n2021 was", "- 5812\n- 3456", "22\n16\n58\n12", "5812\n\n3456", "22/03/04-25/03/04", "held¹²\n58¹",
    ],
)  # fmt: skip
def test_find_leaves_ordinary_text_alone(text):
    assert (
        find_personal_data(f"{text}.")
        == find_personal_data(text)
        == find_personal_data(f"It was so: {text}, they say")
        == []
    )


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_find_leaves_amounts_with_commas_alone_without_a_currency(amount, cents):
    assert (
        find_personal_data(f"They counted {amount:,} of it")
        == find_personal_data(f"It cost {amount:,}.{cents:02} then")
        == []
    )


@given(st.decimals(0, 10**12, places=2), st.sampled_from(["M", "M ", "LSL ", "R", "US$", "$ "]))
def test_find_leaves_amounts_alone(amount, currency):
    assert find_personal_data(f"They paid {currency}{amount:,} for it") == []
    assert find_personal_data(f"They paid {currency}{amount.to_integral_value():,} for it".replace(",", " ")) == []


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001 -- as hypothesis wants them
def test_find_leaves_moments_and_days_alone(at):
    for told in (
        at.isoformat(),
        f"{at:%d.%m.%Y %H:%M}",
        f"{at:%d %B %Y}",
        f"{at:%Y%m%d}",
        f"{at.date()} {at:%H:%M:%S}",
    ):
        assert find_personal_data(f"It began on {told} in Maseru") == []


# --- What is made of it -----------------------------------------------------------------------------------------------


def test_find_gives_several_in_the_order_of_the_text():
    text = "Call 5812 3456, passport RA123456, born 12.3.2004"
    assert [(each.kind, each.text) for each in find_personal_data(text)] == [
        (PersonalDataKind.TELEPHONE, "5812 3456"),
        (PersonalDataKind.PASSPORT, "RA123456"),
        (PersonalDataKind.BIRTH, "12.3.2004"),
    ]


def test_removing_numbers_leaves_the_rest_of_a_text():
    assert remove_numbers("passport N123456 (Mokhotlong)") == f"passport {REMOVED_NUMBER_MARK} (Mokhotlong)"
    assert remove_numbers("Budget 2021–22") == "Budget 2021–22"


def test_sentence_quotes_each_once_and_counts_those_beyond_five():
    told = describe_findings(find_personal_data("58123456 and again 58123456; RA123456"))
    assert told == (
        "This text may identify a person. “58123456” looks like a telephone number. “RA123456” looks like a passport "
        "number. Remove it, or confirm that it does not identify a victim or a private person."
    )
    many = describe_findings(find_personal_data("; ".join(f"5812345{n}" for n in range(8))))
    assert many.count("“") == 5
    assert "3 more like these." in many


# --- How long it takes ------------------------------------------------------------------------------------------------


def test_every_pattern_is_bounded_or_possessive():
    """So that no pattern tries more than a fixed number of ways from any one place of a text."""
    patterns = [each for each in vars(personal_data).values() if isinstance(each, re.Pattern)]
    assert len(patterns) > 10
    for pattern in patterns:
        bare = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "x", pattern.pattern)
        bare = re.sub(r"(?:\{[\d,]+\}|[*+?])\+", "", bare)  # possessive
        assert not {"*", "+"} & set(bare), pattern.pattern


@pytest.mark.parametrize(
    "piece", ["1 ", "5 ", "58-", "1.1 1-", "5\n", "5/", "born ", "12.3.04 ", "passport no. A", "0"]
)
def test_find_looks_at_each_group_a_fixed_number_of_times(piece, monkeypatch):
    looked = []
    kind = personal_data._classify_number
    monkeypatch.setattr(
        personal_data, "_classify_number", lambda *args, **kwargs: looked.append(1) or kind(*args, **kwargs)
    )
    text = piece * (100_000 // len(piece))
    find_personal_data(text)
    assert len(looked) <= len(personal_data._NUMBER_LENGTHS) * len(text)
