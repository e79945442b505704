from datetime import datetime

import pytest
from django.core.management import call_command

from dialogues.lesotho.loading import load_public_record
from recommendations.models import Edition
from reports.actions.runs import compute_readiness
from reports.models import ReadinessRun
from tests import factories
from tests.factories import MASERU
from tests.row_cache import load_cached

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-01")]
NOW = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)


@pytest.fixture
def run():
    load_cached(load_public_record, now=NOW)
    return compute_readiness(edition=Edition.objects.tracked().get(), as_of=factories.PERIOD_ENDS_ON, now=NOW)


def copy_run(run, **changed):
    """A run like this one but for what is changed."""
    kept = {name: getattr(run, name) for name in ("edition", "as_of", "known_by", "facts", "result", "methodology")}
    return ReadinessRun.objects.create(**kept | {"computed_at": NOW, "facts_sha256": "0" * 64} | changed)


def test_recompute_runs_finds_the_runs_of_the_public_record_the_same(run, capsys):
    copy_run(run, methodology="0", result={"score": 99.0})

    call_command("recompute_runs")

    assert capsys.readouterr().out.strip() == "1 of method 1 recomputed, 0 of them different; 1 of others kept."


def test_recompute_runs_names_those_that_differ(run, capsys):
    wrong = copy_run(run, result=run.result | {"score": 99.0, "waiting": 0})

    with pytest.raises(SystemExit) as stopped:
        call_command("recompute_runs")

    said = capsys.readouterr()
    assert stopped.value.code == 1
    assert said.err.strip() == f"Run {wrong.pk} (LSO 2021, as of 31 March 2022) differs: score and waiting."
    assert "2 of method 1 recomputed, 1 of them different" in said.out


def test_a_stored_run_holds_no_text_that_may_be_redacted(run):
    reason = run.edition.terms.get().readiness_target_reason

    assert reason
    assert reason not in str(run.facts) + str(run.result)
