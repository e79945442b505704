"""The product's own list of countries: what is known of each before anybody types. Pure.

Codes, divisions and currencies are those of ISO 3166-1, 3166-2 and 4217, as pycountry keeps them; short names, zones
and which currency is used where are CLDR's, as Babel keeps them. All of it is a beginning, for whoever sets up a post
to put right.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pycountry
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from tiptracker.choices import Paper
from tiptracker.text_rules import normalize_name, strip_accents

NAME_OVERRIDES = {
    "BHS": "The Bahamas",
    "CIV": "Côte d’Ivoire",
    "COD": "Democratic Republic of the Congo",
    "COG": "Republic of the Congo",
    "CPV": "Cabo Verde",
    "GMB": "The Gambia",
    "HKG": "Hong Kong",
    "MAC": "Macau",
    "MMR": "Burma",
    "VCT": "St. Vincent and the Grenadines",
}
"""Short names where the Department of State's TIP Report has another one than CLDR."""

DIVISION_NAME_OVERRIDES = {"LS-B": "Butha-Buthe"}
"""Divisions where the country itself spells another way than ISO 3166-2."""

KOSOVO = "XKX"
"""Followed by the TIP Report, and not in ISO 3166; CLDR knows it by the code XK."""

SHARED_MONEY = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})
"""Currencies of several countries. All other codes on X are metals, funds and codes for tests (ISO 4217)."""

LETTER_PAPER_COUNTRIES = frozenset({
    "BLZ", "CAN", "CHL", "COL", "CRI", "GTM", "MEX", "NIC", "PAN", "PHL", "PRI", "SLV", "USA", "VEN",
})  # fmt: skip
"""Where US Letter is the ordinary paper (CLDR, supplemental data on measurement); A4 everywhere else."""


class DivisionLevel(NamedTuple):
    """One way in which a country is divided: what most of the parts are called, and their names in order."""

    kind: str
    names: tuple[str, ...]


class CountryReference(NamedTuple):
    """A country of the list. Time zones are IANA names, currencies ISO 4217 codes: the usual one first."""

    code: str
    name: str
    time_zones: tuple[str, ...]
    currencies: tuple[str, ...]
    paper: Paper
    levels: tuple[DivisionLevel, ...]

    @property
    def districts(self) -> DivisionLevel | None:
        """The level whose parts are called districts, else the widest; None where the list knows no parts."""
        called_so = (level for level in self.levels if level.kind.lower() == "district")
        return next(called_so, self.levels[0] if self.levels else None)


@cache
def country_names() -> dict[str, str]:
    """The short name of every country by its three-letter code, in the order of the names."""
    known = {code: _country_name(code, short) for code, short in _two_letter_codes().items()}
    return dict(sorted(known.items(), key=lambda pair: strip_accents(pair[1]).casefold()))


@cache
def list_time_zones() -> tuple[str, ...]:
    """Every time zone of the list, in order."""
    return tuple(sorted(zone for zone in get_global("zone_territories") if not zone.startswith("Etc/")))


@cache
def list_currencies() -> dict[str, str]:
    """What every currency that is a country's money is called by its code, in the order of the codes."""
    known = {str(one.alpha_3): str(one.name) for one in _list_all(pycountry.currencies)}
    return {code: known[code] for code in sorted(known) if not code.startswith("X") or code in SHARED_MONEY}


def find_country(code: str, day: date) -> CountryReference | None:
    """The country of a three-letter code, with the currencies used there on `day`; None where there is none such."""
    if (short := _two_letter_codes().get(code)) is None:
        return None
    own = sorted(zone for zone, territory in get_global("zone_territories").items() if territory == short)
    return CountryReference(
        code=code,
        name=country_names()[code],
        time_zones=tuple(own) or (("Europe/Belgrade",) if code == KOSOVO else ()),
        currencies=_sort_own_first(get_territory_currencies(short, start_date=day), short),
        paper=Paper.LETTER if code in LETTER_PAPER_COUNTRIES else Paper.A4,
        levels=_division_levels(short),
    )


def _sort_own_first(used: Iterable[str], short: str) -> tuple[str, ...]:
    """A country's own currency, whose code begins with the country's, before those of others."""
    return tuple(sorted(used, key=lambda currency: not currency.startswith(short)))


@cache
def _two_letter_codes() -> dict[str, str]:
    """The two-letter code of every country by its three-letter one."""
    return {one.alpha_3: one.alpha_2 for one in _list_all(pycountry.countries)} | {KOSOVO: "XK"}


def _country_name(code: str, short: str) -> str:
    return NAME_OVERRIDES.get(code) or Locale("en", "US").territories[short].replace(" & ", " and ")


def _division_levels(short: str) -> tuple[DivisionLevel, ...]:
    """The widest parts first, then what these are divided into."""
    parts = [part for part in _list_all(pycountry.subdivisions) if part.country_code == short]
    inside = [[part for part in parts if bool(part.parent_code) is is_inner] for is_inner in (False, True)]
    return tuple(DivisionLevel(_most_common_type(level), _division_names(level)) for level in inside if level)


def _most_common_type(parts: Sequence[Any]) -> str:
    (kind, _), *_ = Counter(str(part.type) for part in parts).most_common(1)
    return kind


def _division_names(parts: Sequence[Any]) -> tuple[str, ...]:
    """Their names; where a city is called like what lies around it, each with what it is."""
    known = [(DIVISION_NAME_OVERRIDES.get(part.code, part.name), part.type.lower()) for part in parts]
    often = Counter(normalize_name(name) for name, _ in known)
    told = (f"{name} ({kind})" if often[normalize_name(name)] > 1 else name for name, kind in known)
    return tuple(sorted(told, key=lambda name: strip_accents(name).casefold()))


def _list_all(rows: Iterable[Any]) -> list[Any]:
    return list(rows)
