"""Years in a row without progress: the number that a report states, otherwise the count of repeats."""

import pytest

from recommendations.unmet_years import RecommendationYear, count_years_unmet

REPORT_SOURCE = "the narrative of 2021"
YEARS = {
    1: RecommendationYear(2021),
    2: RecommendationYear(2022, repeats=1),
    3: RecommendationYear(2023, repeats=2),
    4: RecommendationYear(2021, 5, REPORT_SOURCE),
    5: RecommendationYear(2022, repeats=4),
    6: RecommendationYear(2023, repeats=5),
    7: RecommendationYear(2023, 9, "the narrative of 2023", repeats=5),
    8: RecommendationYear(2023, repeats=4),
    9: RecommendationYear(2024, repeats=8),
    10: RecommendationYear(2022, repeats=99),
}


@pytest.mark.parametrize(
    ("key", "told", "source"),
    [
        (2, "at least 1 year", "asked in 2021 and again in 2022"),
        (3, "at least 2 years in a row", "asked in 2021 and again in 2022 and 2023"),
        (4, "5 years in a row", REPORT_SOURCE),
        (5, "6 years in a row", f"5 years according to {REPORT_SOURCE}, and asked again in 2022"),
        (6, "7 years in a row", f"5 years according to {REPORT_SOURCE}, and asked again in 2022 and 2023"),
        (7, "9 years in a row", "the narrative of 2023"),
        (9, "at least 1 year", "asked in 2023 and again in 2024"),
    ],
)
def test_years_unmet_are_stated_or_counted(key, told, source):
    found = count_years_unmet(key, YEARS)

    assert (found.text, found.source) == (told, source)


@pytest.mark.parametrize("key", [1, 8, 10], ids=["asked for the first time", "after a year without a list", "unknown"])
def test_unknown_years_unmet_give_nothing(key):
    assert count_years_unmet(key, YEARS) is None
