"""Reference data on countries: default values for setting up a post.

Codes, divisions and currencies come from ISO 3166-1, 3166-2 and 4217, as pycountry has them. Short names, time zones
and the currencies used in a country come from CLDR, as Babel has it. The administrator who sets up a post can correct
all of it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
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
"""Short names for which the Department of State's TIP Report differs from CLDR."""

DIVISION_NAME_OVERRIDES = {"LS-B": "Butha-Buthe"}
"""Divisions that the country itself spells differently from ISO 3166-2."""

KOSOVO = "XKX"
"""Covered by the TIP Report but not in ISO 3166. CLDR uses the code XK."""

SHARED_MONEY = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})
"""Currencies of several countries. All other codes that begin with X are metals, funds and test codes (ISO 4217)."""

CAPITAL_TIME_ZONES = frozenset({
    "America/Argentina/Buenos_Aires", "America/Mexico_City", "America/New_York", "America/Nuuk", "America/Santiago",
    "America/Sao_Paulo", "America/Toronto", "America/Guayaquil", "Africa/Kinshasa", "Asia/Almaty", "Asia/Jakarta",
    "Asia/Kuala_Lumpur", "Asia/Nicosia", "Asia/Shanghai", "Asia/Tashkent", "Asia/Ulaanbaatar", "Australia/Sydney",
    "Europe/Berlin", "Europe/Kyiv", "Europe/Lisbon", "Europe/Madrid", "Europe/Moscow", "Pacific/Auckland",
    "Pacific/Majuro", "Pacific/Pohnpei", "Pacific/Port_Moresby", "Pacific/Tahiti", "Pacific/Tarawa",
})  # fmt: skip
"""The time zone of the capital, for each country with several time zones (IANA time zone database)."""

LETTER_PAPER_COUNTRIES = frozenset({
    "BLZ", "CAN", "CHL", "COL", "CRI", "GTM", "MEX", "NIC", "PAN", "PHL", "PRI", "SLV", "USA", "VEN",
})  # fmt: skip
"""Countries that use US Letter paper (CLDR, supplemental data on measurement). All others use A4."""


class DivisionLevel(NamedTuple):
    """One way in which a country is divided: the most common kind of part, and the names in order."""

    kind: str
    names: tuple[str, ...]


class CountryReference(NamedTuple):
    """Reference data of one country.

    Time zones are IANA names and currencies ISO 4217 codes, each with the usual one first.
    """

    code: str
    name: str
    time_zones: tuple[str, ...]
    currencies: tuple[str, ...]
    paper: Paper
    levels: tuple[DivisionLevel, ...]

    @property
    def usual_time_zone(self) -> str:
        """Return the only time zone of the country, or that of its capital. Empty if neither is known."""
        first = self.time_zones[0] if self.time_zones else ""
        return first if len(self.time_zones) == 1 or first in CAPITAL_TIME_ZONES else ""

    @property
    def districts(self) -> DivisionLevel | None:
        """The level whose parts are called districts, or else the top level. None if no divisions are known."""
        called_so = (level for level in self.levels if level.kind.lower() == "district")
        return next(called_so, self.levels[0] if self.levels else None)


@cache
def country_names() -> dict[str, str]:
    """Return the short name of every country by three-letter code, sorted by name."""
    known = {code: _country_name(code, short) for code, short in _two_letter_codes().items()}
    return dict(sorted(known.items(), key=lambda pair: strip_accents(pair[1]).casefold()))


@cache
def list_time_zones() -> tuple[str, ...]:
    """Return all time zones, sorted."""
    return tuple(sorted(zone for zone in get_global("zone_territories") if not zone.startswith("Etc/")))


@cache
def list_currencies() -> dict[str, str]:
    """Return the name of every currency that is a country's money by its code, sorted by code."""
    known = {str(currency.alpha_3): str(currency.name) for currency in _list_all(pycountry.currencies)}
    return {code: known[code] for code in sorted(known) if not code.startswith("X") or code in SHARED_MONEY}


def find_country(code: str, day: date) -> CountryReference | None:
    """Return the country with a three-letter code, or None. Its currencies are those in use on `day`."""
    if (short := _two_letter_codes().get(code)) is None:
        return None
    zones = [zone for zone, territory in get_global("zone_territories").items() if territory == short]
    own = sorted(zones, key=lambda zone: (zone not in CAPITAL_TIME_ZONES, zone))
    # ISO 4217 drops a currency that is replaced, so on an earlier day a country may have none of its list.
    used = _known_currencies(short, day) or _known_currencies(short)
    return CountryReference(
        code=code,
        name=country_names()[code],
        time_zones=tuple(own) or (("Europe/Belgrade",) if code == KOSOVO else ()),
        currencies=tuple(sorted(used, key=lambda currency: not currency.startswith(short))),  # its own first
        paper=Paper.LETTER if code in LETTER_PAPER_COUNTRIES else Paper.A4,
        levels=_division_levels(short),
    )


def division_kind(code: str, names: Collection[str]) -> str:
    """Return what a country calls its divisions with these names, such as "Province". Empty if that is not known."""
    levels = _division_levels(_two_letter_codes().get(code, ""))
    return next((level.kind for level in levels if set(names) == set(level.names)), "")


def _known_currencies(short: str, day: date | None = None) -> list[str]:
    """Return the currencies of the list that a country uses on `day`, or nowadays."""
    return [code for code in get_territory_currencies(short, start_date=day) if code in list_currencies()]


@cache
def _two_letter_codes() -> dict[str, str]:
    """Return the two-letter code of every country by three-letter code."""
    return {country.alpha_3: country.alpha_2 for country in _list_all(pycountry.countries)} | {KOSOVO: "XK"}


def _country_name(code: str, short: str) -> str:
    return NAME_OVERRIDES.get(code) or Locale("en", "US").territories[short].replace(" & ", " and ")


def _division_levels(short: str) -> tuple[DivisionLevel, ...]:
    """Return the top-level divisions first, then the ones inside them."""
    parts = [part for part in _list_all(pycountry.subdivisions) if part.country_code == short]
    inside = [[part for part in parts if bool(part.parent_code) is is_inner] for is_inner in (False, True)]
    return tuple(DivisionLevel(_most_common_type(level), _division_names(level)) for level in inside if level)


def _most_common_type(parts: Sequence[Any]) -> str:
    (kind, _), *_ = Counter(str(part.type) for part in parts).most_common(1)
    return kind


def _division_names(parts: Sequence[Any]) -> tuple[str, ...]:
    """Return the names, each with its kind where a city has the same name as the area around it."""
    known = [(DIVISION_NAME_OVERRIDES.get(part.code, part.name), part.type.lower()) for part in parts]
    often = Counter(normalize_name(name) for name, _ in known)
    labelled = (f"{name} ({kind})" if often[normalize_name(name)] > 1 else name for name, kind in known)
    return tuple(sorted(labelled, key=lambda name: strip_accents(name).casefold()))


def _list_all(rows: Iterable[Any]) -> list[Any]:
    return list(rows)
