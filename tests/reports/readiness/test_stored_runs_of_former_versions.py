"""Runs that commit 174854d stored with sentences, in SQLite and PostgreSQL, are recomputed the same.

The fixture holds, as JSON read them back from both databases (where they were equal), runs of the public record of
Lesotho, of it with the exercise, of it with an action plan and a retired recommendation, and of made-up records.
"""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from reports.choices import RecomputeOutcome
from reports.models import ReadinessRun
from reports.readiness.stored_runs import compare_run
from tests.factories import EditionFactory, OfficerFactory, ReadinessRunFactory

pytestmark = pytest.mark.django_db
FIXTURE = Path(__file__).parent / "fixtures" / "runs_kept_by_174854d.json"
LAST_RUN = "the public record", "2022-03-31", 60.5


@pytest.fixture(scope="module")
def fixture_data():
    return json.loads(FIXTURE.read_text())


def load_run(dumped, one, **changed):
    """A run of the fixture as a row, read anew from the database at hand."""
    told = {
        "as_of": date.fromisoformat(one["as_of"]),
        "known_by": datetime.fromisoformat(one["known_by"]),
        "methodology": one["methodology"],
        "facts_sha256": one["facts_sha256"],
        "facts": dumped["facts"][one["facts_sha256"]],
        "result": one["result"],
    }
    run = ReadinessRunFactory(edition=EditionFactory(), **told | changed)
    return ReadinessRun.objects.get(pk=run.pk)


@pytest.fixture
def last_run(fixture_data):
    """The run of the whole public record by its last day, as the fixture tells it."""
    return next(
        run for run in fixture_data["runs"] if (run["record"], run["as_of"], run["result"]["score"]) == LAST_RUN
    )  # fmt: skip


def test_runs_stored_by_174854d_are_reproduced(fixture_data, capsys):
    for run in fixture_data["runs"]:
        load_run(fixture_data, run)

    call_command("recompute_runs")

    assert len(fixture_data["runs"]) == 8
    assert {database for run in fixture_data["runs"] for database in run["databases"]} == {"sqlite", "postgresql"}
    assert "8 of method 1 recomputed, 0 of them different" in capsys.readouterr().out


def test_a_number_planted_in_a_stored_run_is_found(fixture_data, last_run, capsys):
    result = json.loads(json.dumps(last_run["result"]))
    result["benchmarks"][0]["points"] += 0.0001

    run = load_run(fixture_data, last_run, result=result)

    assert compare_run(run).differing == ("benchmarks",)
    with pytest.raises(SystemExit):
        call_command("recompute_runs")
    assert f"Run {run.pk} " in capsys.readouterr().err


def test_a_sentence_that_was_worded_otherwise_then_is_no_difference_and_is_read_as_today(
    client, fixture_data, last_run
):
    old = json.dumps(last_run["result"]).replace("Prosecutions rose from 4 to 16.", "Prosecutions went up: 4, 16.")
    run = load_run(fixture_data, last_run, result=json.loads(old))
    client.force_login(OfficerFactory())

    page = client.get(reverse("run_detail", args=[run.pk])).text

    assert "went up" in json.dumps(run.result)
    assert compare_run(run).outcome is RecomputeOutcome.SAME
    assert "Prosecutions rose from 4 to 16." in page
    assert "went up" not in page
