import json
from datetime import datetime

import pytest
from django.core.management import call_command

from dialogues.lesotho.loading import load_public_record
from tests import factories
from tests.factories import MASERU
from tests.refusals import command_refuses
from tests.row_cache import load_cached

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-01")]


@pytest.fixture
def public_record():
    load_cached(load_public_record, now=datetime(2022, 7, 31, 23, 59, tzinfo=MASERU))


def run_readiness(capsys, *arguments):
    call_command("readiness", *arguments)
    return capsys.readouterr().out


def test_readiness_prints_json(public_record, capsys):
    found = json.loads(
        run_readiness(
            capsys, "LSO", "2021", "--as-of", "2022-03-31", "--known-by", "2022-07-31T23:59:59+02:00", "--json"
        )
    )

    assert (found["score"], found["score_exact"], found["claimed"], found["reviewed"]) == (60.5, "121/2", 61.25, True)
    assert [part["points"] for part in found["parts"]] == [25, 8, 20, 7.5]
    assert len(found["benchmarks"]) == 24
    assert found["readiness_target"] == found["working_mark"] == 45
    assert found["projected"] == found["ceiling"] == 61.25
    assert found["known_by"] == "2022-07-31T23:59:59+02:00"


def test_readiness_prints_something_to_read(public_record, capsys):
    told = run_readiness(capsys, "lso", "2021", "--as-of", "2022-03-31")

    assert "Readiness: 60.5 of 100. The target of 45 is reached. The deadline passed 31 days ago." in told
    assert "Increasing efforts: 25.0 of 40." in told
    assert "  7.0  shown        Prosecutions rose from 4 to 16." in told
    assert "   2a  not shown" in told
    assert told.rstrip().endswith("It does not predict a tier. The Secretary of State decides the tier.")


def test_readiness_prints_what_stands_beside_the_score(public_record, capsys):
    told = run_readiness(capsys, "LSO", "2021", "--as-of", "2022-02-28")

    assert "53.3 more points are verified for a later date" in told
    assert "Projected: 28.5 of 100, if every claim is verified" in told
    assert "Target: 45. " in told
    assert "4 benchmarks would reach our target of 45, if met: 1a, 1b, 1d and 5a." in told
    assert "1 year on the Watch List" in told
    assert "  8.6  Others, logged by the embassy: 6 pieces of evidence" in told


def test_readiness_prints_the_next_steps_with_what_each_adds(public_record, capsys):
    told = run_readiness(capsys, "LSO", "2021", "--as-of", "2022-02-28")

    assert "next steps reach our target of 45." in told
    assert "    1  Review the evidence “Bank account for victims' matters opened and money moved to it” (5a" in told
    assert "More figures to ask for" in told


def test_next_steps_as_json_add_up_and_name_who_has_to_take_them(public_record, capsys):
    told = json.loads(
        run_readiness(
            capsys, "LSO", "2021", "--as-of", "2022-01-28", "--known-by", "2022-01-28T09:00:00+02:00", "--json"
        )
    )
    steps = told["next_steps"]

    assert [step["points_exact"] for step in steps[:7]] == ["49/6", "43/6", "1/2", "5/2", "5/2", "5/2", "5/2"]
    assert steps[6]["cumulative_exact"] == "155/6"
    assert [(step["benchmarks"], step["owner"]) for step in steps if step["kind"] == "keep"] == [
        (["1d"], "Ministry of Justice and Law"),
        (["2a"], "Ministry of Justice and Law"),
        (["3a", "3b"], "Ministry of Police and Public Safety"),
    ]
    assert [step["cumulative_exact"] for step in steps if step["kind"] == "keep"][-1] == "77/2"
    assert steps[0]["owner"] == "Embassy"
    assert [step["indicator"] for step in told["also_ask"]] == ["Government money for victims"]
    assert [step["due_on"] for step in told["after_deadline"]] == ["2023-03-31"]
    assert "cumulative" not in told["also_ask"][0]
    assert (
        steps[told["target_reached_after"] - 1]["cumulative"]
        >= 45
        > steps[told["target_reached_after"] - 2]["cumulative"]
    )


def test_readiness_prints_what_does_not_fit_together(public_record, capsys):
    told = run_readiness(capsys, "LSO", "2021", "--as-of", "2022-03-31")

    assert "Problems in the record (" in told


def test_readiness_gives_no_figure_where_nothing_is_reviewed(public_record, capsys):
    told = run_readiness(capsys, "LSO", "2021", "--as-of", "2022-03-31", "--known-by", "2022-02-28T23:59:59+02:00")

    assert "Nothing has been reviewed yet. 7 claims are waiting." in told
    assert "Increasing efforts: No data." in told
    assert "0.0" not in told


def test_readiness_is_as_of_today_where_no_day_is_given(public_record, capsys):
    assert json.loads(run_readiness(capsys, "LSO", "2021", "--json"))["as_of"] == "2022-08-01"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["--as-of", "2021-03-31"],
            "before_tracking_period",
            "The tracking period begins on 1 April 2021. Give that day or a later one.",
        ),
        (
            ["--as-of", "2022-08-02"],
            "future_day",
            "2 August 2022 is in the future. Give a day up to today, 1 August 2022.",
        ),
        (["--as-of", "31 March"], "not_a_day", "“31 March” is not a date. Write it like 2022-03-31."),
        (
            ["--known-by", "2022-07-31T12:00"],
            "no_time_zone",
            "The time zone is missing. Write the time like this: 2022-07-31T23:59:59+02:00.",
        ),
        (
            ["--known-by", "July"],
            "not_a_moment",
            "“July” is not a date with a time. Write it like this: 2022-07-31T23:59:59+02:00.",
        ),
    ],
)
def test_readiness_refuses_a_day_or_a_moment_it_can_not_take(capsys, arguments, code, sentence):
    factories.RecommendationFactory()

    with command_refuses(capsys, code, sentence=sentence):
        call_command("readiness", "LSO", "2021", *arguments)


def test_readiness_refuses_a_country_or_an_edition_that_is_not_there(capsys):
    def asked(country, year, code, sentence):
        with command_refuses(capsys, code, sentence=sentence):
            call_command("readiness", country, year)

    none = "There is no country with the code “LSO” here. No country has been loaded yet."
    asked("LSO", "2021", "unknown_country", none)

    factories.EditionFactory()
    asked("XYZ", "2021", "unknown_country", "There is no country with the code “XYZ” here. Choose one of: LSO.")
    none = "No edition 2021 on Lesotho has recommendations to follow. Load one first."
    asked("LSO", "2021", "untracked_edition", none)

    factories.RecommendationFactory()
    for year in ("2020", "soon"):
        others = f"No edition {year} on Lesotho has recommendations to follow. Choose one of: 2021."
        asked("LSO", year, "untracked_edition", others)
