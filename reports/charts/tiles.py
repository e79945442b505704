"""A map of a country's districts as tiles in their rough positions: verified solid, claimed hatched, others outlined.

All tiles have the same size, so a small district is as visible as a large one. Each tile states its status in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reports.charts.drawing import Box, Label, hatch, measure_text
from reports.choices import DistrictStatus
from tiptracker.localization import ngettext
from tiptracker.text_rules import normalize_name

TILE_POSITIONS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "LSO": {
        "Butha-Buthe": (1, 0),
        "Leribe": (0, 1),
        "Mokhotlong": (1, 1),
        "Berea": (0, 2),
        "Thaba-Tseka": (1, 2),
        "Maseru": (0, 3),
        "Qacha's Nek": (1, 3),
        "Mafeteng": (0, 4),
        "Mohale's Hoek": (1, 4),
        "Quthing": (1, 5),
    },
}
"""Column and row of each tile, by country code (ISO 3166-1 alpha-3) and district."""
DEFAULT_COLUMNS = 4
GAP, PADDING, LINE_HEIGHT = 6, 8, 1.3


class ChartDistrict(NamedTuple):
    """The name of a district, and its status."""

    name: str
    status: DistrictStatus


@dataclass(frozen=True)
class Tile:
    """One tile: its rectangle, the hatching (`d` of an SVG path; empty unless claimed), and its labels."""

    status: DistrictStatus
    box: Box
    width: float
    height: float
    hatching: str
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class TileMap:
    """The chart, in user units, and its description in a sentence."""

    width: float
    height: float
    size: float
    tiles: tuple[Tile, ...]
    description: str


def tile_map(
    country: str, districts: Sequence[ChartDistrict], *, side: float = 120, height: float = 76, size: float = 13
) -> TileMap:
    """Return the tiles of a country's districts, each `side` units wide.

    If a district is not in `TILE_POSITIONS`, all tiles are laid out in rows, in the given order.
    """
    positions = _tile_positions(country, districts)
    tiles = []
    for district in districts:
        column, row = positions[district.name]
        left, top = column * (side + GAP), row * (height + GAP)
        is_hatched = district.status is DistrictStatus.CLAIMED
        tiles.append(
            Tile(
                district.status,
                Box(left, top, left + side, top + height),
                side,
                height,
                hatch(x=left, y=top, width=side, height=height) if is_hatched else "",
                (
                    Label(_shorten(district.name, side, size), left + PADDING, top + PADDING + size, size),
                    Label(district.status.label, left + PADDING, top + height - PADDING, size),
                ),
            )
        )
    columns, rows = (1 + max((position[axis] for position in positions.values()), default=0) for axis in (0, 1))
    return TileMap(
        columns * (side + GAP) - GAP, rows * (height + GAP) - GAP, size, tuple(tiles), _describe_tiles(districts)
    )


def _tile_positions(country: str, districts: Sequence[ChartDistrict]) -> dict[str, tuple[int, int]]:
    known = {normalize_name(name): position for name, position in TILE_POSITIONS.get(country, {}).items()}
    names = [district.name for district in districts]
    if {normalize_name(name) for name in names} <= set(known):
        return {name: known[normalize_name(name)] for name in names}
    return {name: (index % DEFAULT_COLUMNS, index // DEFAULT_COLUMNS) for index, name in enumerate(names)}


def _shorten(name: str, side: float, size: float) -> str:
    """Shorten a name until it fits into a tile. The table below the chart has the full name."""
    while measure_text(name, size) > side - 2 * PADDING:
        name = f"{name.rstrip('…')[:-1].rstrip()}…"
    return name


def _describe_tiles(districts: Sequence[ChartDistrict]) -> str:
    """Describe the chart: "6 of 10 districts verified, 1 claimed"."""
    count = {status: sum(district.status is status for district in districts) for status in DistrictStatus}
    sentence = ngettext(
        "%(verified)d of %(number)d district verified", "%(verified)d of %(number)d districts verified", len(districts)
    )
    if count[DistrictStatus.CLAIMED]:
        sentence = ngettext(
            "%(verified)d of %(number)d district verified, %(claimed)d claimed",
            "%(verified)d of %(number)d districts verified, %(claimed)d claimed",
            len(districts),
        )
    return sentence % {
        "verified": count[DistrictStatus.VERIFIED],
        "claimed": count[DistrictStatus.CLAIMED],
        "number": len(districts),
    }
