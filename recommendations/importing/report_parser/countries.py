"""Find the country that a name means, as the TIP Report and others write it.

Codes are ISO 3166-1 alpha-3. The names come from pycountry.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import pycountry

_OTHER_NAMES = {
    "Burma": "MMR",
    "Bonaire, St. Eustatius, and Saba": "BES",
    "Brunei": "BRN",
    "Cape Verde": "CPV",
    "Congo (Kinshasa)": "COD",
    "Congo (DRC)": "COD",
    "Congo (Brazzaville)": "COG",
    "Czech Republic": "CZE",
    "East Timor": "TLS",
    "Federated States of Micronesia": "FSM",
    "Ivory Coast": "CIV",
    "Kosovo": "XKX",
    "Macau": "MAC",
    "Macedonia": "MKD",
    "Netherlands Antilles": "ANT",
    "Republic of the Congo": "COG",
    "Russia": "RUS",
    "Sint Maarten": "SXM",
    "St. Maarten": "SXM",
    "Swaziland": "SWZ",
    "Turkey": "TUR",
    "Vatican City": "VAT",
}
"""Names that the report uses or used and ISO doesn't. Kosovo's code is one that ISO reserves for users."""
_MAX_NAME_WORDS = 8


class CountryMatch(NamedTuple):
    """The country at the start of a text, and where its name ends."""

    code: str
    end: int


@lru_cache(maxsize=1024)
def find_country_code(name: str) -> str | None:
    """Return the code of the country that the whole `name` means; None if there is none."""
    head, _, tail = name.partition(", ")
    if code := _codes_by_name().get(_normalize_name(name)) or (
        _codes_by_name().get(_normalize_name(f"{tail} {head}")) if tail else None
    ):
        return code
    two = re.fullmatch(r"([^()]+?)\s*\(([^()]+)\)", name)  # such as "Turkey (Türkiye)"
    first, second = (find_country_code(each) for each in two.groups()) if two else (None, None)
    return first if first == second else None


def match_leading_country(text: str) -> CountryMatch | None:
    """Return the country whose name `text` starts with. The longest name wins: Guinea-Bissau before Guinea."""
    words = [word.end() for _, word in zip(range(_MAX_NAME_WORDS), re.finditer(r"\S+", text), strict=False)]
    if not words or not _may_start_name(text[: words[-1]]):
        return None
    for end in reversed(words):
        name = re.sub(r"(?:['’]s)?[\s:.;,–—(-]*$", "", text[:end])
        if not re.search(r"[\d:;•]", name) and (code := find_country_code(name)):
            return CountryMatch(code, len(name))
    return None


def _may_start_name(text: str) -> bool:
    """Return whether the first word is one of any name. Most texts start with another, which saves a closer look."""
    first = _normalize_name(text).partition(" ")[0]
    return first in _words_of_names() or first.removesuffix("'s") in _words_of_names()


def is_country_code(code: str) -> bool:
    """Return whether a country has the code."""
    return code in _codes_by_name().values()


@cache
def country_name_of(code: str) -> str:
    """Return the usual name of a country, such as "Bolivia"."""
    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return next((name for name, also in _OTHER_NAMES.items() if also == code), code)
    return str(getattr(country, "common_name", country.name))


def _normalize_name(name: str) -> str:
    """Return the same result for each spelling: "Gambia, The" and "THE GAMBIA", "St. Lucia" and "Saint Lucia"."""
    letters = unicodedata.normalize("NFKD", name.replace("’", "'").replace("&", " and ")).casefold()
    if not letters.isascii():
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", letters)
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


@cache
def _codes_by_name() -> dict[str, str]:
    named: dict[str, str] = {}
    for country in pycountry.countries:
        for name in (country.name, *(getattr(country, key, "") for key in ("common_name", "official_name"))):
            head, _, tail = name.partition(", ")
            for spelled in (name, f"{tail} {head}", re.sub(r"\(.*\)", "", name)):
                named.setdefault(_normalize_name(spelled), country.alpha_3)
    for country in pycountry.countries:
        head = country.name.partition(", ")[0]
        if sum(other.name.partition(", ")[0] == head for other in pycountry.countries) == 1:
            named.setdefault(_normalize_name(head), country.alpha_3)
    named |= {_normalize_name(name): code for name, code in _OTHER_NAMES.items()}
    for name in ("", "congo"):  # "congo" is the name of two countries
        named.pop(name, None)
    return named


@cache
def _words_of_names() -> frozenset[str]:
    return frozenset(word for name in _codes_by_name() for word in name.split())
