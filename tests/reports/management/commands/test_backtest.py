import json

import pytest
from django.core.management import call_command

from tests.refusals import command_refuses


def run_backtest(capsys, *arguments):
    call_command("backtest", *arguments)
    return capsys.readouterr().out


def test_backtest_prints_the_table(capsys):
    told = run_backtest(capsys)

    assert "25 moved up, 58 did not." in told
    assert "0.86    All tested" in told
    assert "0.80    Opening paragraph read: 25 moved up, 29 did not" in told
    assert "0.90    Edition 2023: 17 moved up, 15 did not" in told
    assert "45          24 of 25, missed 1       36 of 58, missed 22" in told
    assert "            23 of 25, missed 2       35 of 58, missed 23" in told
    assert (
        "Chosen on edition 2023: 44. Tested on the other editions\n44          8 of 8, missed 0         23 of 43"
        in told
    )
    assert (
        "Chosen on the other editions: 47. Tested on edition 2023\n47          15 of 17, missed 2       12 of 15"
        in told
    )
    assert told.rstrip().endswith("It does not predict a tier. The Secretary of State decides the tier.")


def test_backtest_prints_json(capsys):
    found = json.loads(run_backtest(capsys, "--json"))

    assert found["tested"] == {
        "title": "All tested", "moved_up": 25, "others": 58, "area": 0.86, "area_exact": "2481/2900",
    }  # fmt: skip
    assert [mark["mark"] for mark in found["marks"]] == [40, 45, 50, 55]
    assert found["marks"][1] == {
        "mark": 45, "found": 24, "missed": 1, "moved_up": 25, "warned": 36, "false_hopes": 22, "others": 58,
    }  # fmt: skip
    assert [(split["learnt_on"], split["mark"]) for split in found["splits"]] == [
        ("edition 2023", 44),
        ("the other editions", 47),
    ]
    assert found["leave_one_out"]["found"] == 23
    assert found["left_out"] == {"press": 12, "list": 1}


@pytest.mark.parametrize("asked", ["LSO", "lso", "Lesotho"])
def test_backtest_prints_the_rows_of_a_country(capsys, asked):
    told = run_backtest(capsys, "--country", asked)

    assert "Lesotho 2020: 29.5 of 100. Tier 2 Watch List before, Tier 3 after: fell." in told
    assert "Lesotho 2022: 84.7 of 100. Tier 2 Watch List before, Tier 2 after: moved up." in told
    assert "   7.0  shown        Prosecutions rose from 4 to 16." in told
    assert "Concrete action on the recommendations: 25.7 of 30" in told
    assert "Aruba" not in told


def test_backtest_prints_the_rows_of_a_country_as_json(capsys):
    rows = json.loads(run_backtest(capsys, "--country", "LSO", "--json"))["rows"]

    assert [(row["edition"], row["points"], row["points_exact"]) for row in rows] == [
        (2020, 29.5238, "620/21"),
        (2021, 76.9286, "1077/14"),
        (2022, 84.7143, "593/7"),
    ]
    assert [part["points"] for part in rows[2]["parts"]] == [29, 25.7143, 20, 10]


@pytest.mark.parametrize("asked", ["XX", ""])
def test_backtest_refuses_a_country_that_has_no_row(capsys, asked):
    sentence = f"The back-test has no country “{asked}”. Give a name such as Lesotho"
    with command_refuses(capsys, "unknown_country", sentence=sentence):
        call_command("backtest", "--country", asked)
