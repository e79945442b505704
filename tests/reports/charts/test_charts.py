from decimal import Decimal
from fractions import Fraction

import pytest

from reports.charts.bars import readiness_bar, share_bar
from reports.charts.drawing import hatch, measure_text
from tiptracker.localization import isolate


def sample_bar(verified, claimed, mark=Decimal("45.0")):
    return readiness_bar(verified=verified, claimed=claimed, mark=mark, width=640, size=12)


def test_bar_draws_verified_claimed_and_mark_on_one_scale():
    drawn = sample_bar(Decimal("25.0"), Decimal("50.0"))

    assert (drawn.verified_width, drawn.claimed_x, drawn.claimed_width, drawn.mark_x) == (160, 160, 160, 288)
    assert drawn.description == "Verified: 25 of 100 points. Claimed: 50. Our target: 45."


def test_bar_with_nothing_reviewed_shows_no_figure():
    drawn = sample_bar(None, None)

    assert not drawn.is_reviewed
    assert [label.text for label in drawn.labels] == ["nothing reviewed yet"]
    assert (drawn.verified_width, drawn.claimed_width, drawn.hatch) == (0, 0, "")
    assert drawn.description == "Nothing has been reviewed yet. Our target: 45."


def test_bar_without_a_target_draws_none():
    drawn = sample_bar(Decimal(10), Decimal(20), mark=None)

    assert (drawn.mark_x, drawn.mark_line, drawn.mark_label) == (None, "", None)
    assert [label.text for label in drawn.ends] == ["0", "100"]
    assert "target" not in drawn.description


@pytest.mark.parametrize("verified", range(0, 101, 5))
@pytest.mark.parametrize("more", [0, 1, 10, 100])
def test_bar_labels_neither_overlap_nor_leave_the_drawing(verified, more):
    drawn = sample_bar(Decimal(verified), min(Decimal(verified + more), Decimal(100)))
    first, second = drawn.labels

    assert 0 <= first.x < first.end < second.x < second.end <= 640


@pytest.mark.parametrize(("mark", "kept"), [(0, ["100"]), (45, ["0", "100"]), (100, ["0"])])
def test_bar_leaves_out_the_scale_label_that_the_target_label_covers(mark, kept):
    assert [label.text for label in sample_bar(Decimal(1), Decimal(2), mark=Decimal(mark)).ends] == kept


def test_claimed_below_verified_draws_no_hatching():
    drawn = share_bar(verified=Fraction(1, 2), claimed=Fraction(1, 4), width=64)

    assert (drawn.verified_width, drawn.claimed_width, drawn.hatch) == (32, 0, "")


def test_share_without_data_is_not_a_share_of_zero():
    assert not share_bar(verified=None).has_data
    assert share_bar(verified=Fraction(0)).has_data


def test_share_above_one_is_kept_within_its_bar():
    drawn = share_bar(verified=Fraction(3, 2), claimed=2, width=64)

    assert (drawn.verified_width, drawn.claimed_width) == (64, 0)


@pytest.mark.parametrize("x", [0, 3, 17.5])
def test_hatching_stays_within_its_rectangle(x):
    points = [
        tuple(map(float, point.split()))
        for line in hatch(x=x, y=10, width=50, height=20).split("M")[1:]
        for point in line.split("L")
    ]

    assert len(points) > 10
    assert all(x <= across <= x + 50 and 10 <= down <= 30 for across, down in points)


def test_hatching_of_an_empty_area_is_empty():
    assert hatch(x=10, y=0, width=0, height=20) == ""


def test_the_projected_outline_starts_where_claimed_ends():
    drawn = readiness_bar(verified=Decimal(25), claimed=Decimal(50), projected=Decimal(75), mark=None, width=640)

    assert (drawn.claimed_end, drawn.projected_width) == (320, 160)
    assert [label.text for label in drawn.labels] == ["25 verified", "50 claimed", "75 projected"]
    assert drawn.description == "Verified: 25 of 100 points. Claimed: 50. Projected: 75."


def test_projected_score_that_adds_nothing_is_not_drawn():
    drawn = readiness_bar(verified=Decimal(25), claimed=Decimal(50), projected=Decimal(50), mark=None)

    assert drawn.projected_width == 0
    assert len(drawn.labels) == 2


def test_the_target_line_begins_at_the_bar_and_crosses_no_label():
    drawn = sample_bar(Decimal(25), Decimal(45))

    assert drawn.mark_line.startswith(f"M288 {drawn.bar_y:g}v")


def test_characters_of_direction_need_no_room():
    assert measure_text(isolate("8 Nov"), 12) == measure_text("8 Nov", 12)
