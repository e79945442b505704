"""Districts as tiles."""

from itertools import combinations

from reports.charts.tiles import TILE_POSITIONS, ChartDistrict, tile_map
from reports.choices import DistrictStatus


def test_every_district_of_lesotho_has_a_tile():
    drawing = tile_map("LSO", [ChartDistrict(name, DistrictStatus.NOTHING) for name in TILE_POSITIONS["LSO"]])

    assert len(drawing.tiles) == 10
    assert not any(first.box.meets(other.box) for first, other in combinations(drawing.tiles, 2))
    for tile in drawing.tiles:
        assert 0 <= tile.box.left < tile.box.right <= drawing.width
        assert 0 <= tile.box.top < tile.box.bottom <= drawing.height
        assert all(tile.box.left <= label.start and label.end <= tile.box.right for label in tile.labels)


def test_districts_of_another_country_are_laid_out_in_rows():
    drawing = tile_map("XYZ", [ChartDistrict(f"District {n}", DistrictStatus.NOTHING) for n in range(6)])

    assert [(tile.box.left, tile.box.top) for tile in drawing.tiles][4:] == [(0, 82), (126, 82)]


def test_each_tile_names_its_status_and_only_claimed_is_hatched():
    drawing = tile_map(
        "XYZ",
        [
            ChartDistrict("North", DistrictStatus.VERIFIED),
            ChartDistrict("South", DistrictStatus.CLAIMED),
            ChartDistrict("West", DistrictStatus.NOTHING),
        ],
    )

    assert [(tile.labels[1].text, bool(tile.hatching)) for tile in drawing.tiles] == [
        ("Verified", False),
        ("Claimed", True),
        ("No data", False),
    ]
    assert drawing.description == "1 of 3 districts verified, 1 claimed"


def test_a_name_too_long_for_its_tile_is_shortened():
    (tile,) = tile_map("XYZ", [ChartDistrict("A district with a very long name", DistrictStatus.NOTHING)]).tiles

    assert tile.labels[0].text.endswith("…")
    assert tile.labels[0].end <= tile.box.right
