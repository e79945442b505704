"""The pages of stored runs."""

import re
from datetime import date, datetime
from unittest.mock import patch

import pytest
from django.urls import reverse

from dialogues.lesotho.loading import load_public_record
from recommendations.models import Edition
from reports.actions.runs import compute_readiness
from reports.readiness import readiness as rules
from reports.readiness import stored_runs
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    CountryFactory,
    EditionFactory,
    EditionTermsFactory,
    ObserverFactory,
    OfficerFactory,
    ReadinessRunFactory,
    RecommendationFactory,
    at_noon,
)
from tests.row_cache import load_cached

pytestmark = pytest.mark.django_db
LATE = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
LAST_DAY = date(2022, 3, 31)


@pytest.fixture
def reader(client):
    client.force_login(ObserverFactory(countries=[CountryFactory()]))


@pytest.fixture
def run():
    load_cached(load_public_record, now=LATE)
    return compute_readiness(edition=Edition.objects.tracked().get(), as_of=LAST_DAY, now=LATE)


def get_run(client, run):
    response = client.get(reverse("run_detail", args=[run.pk]))
    assert response.status_code == 200
    return response


def result_with_sentences(run):
    """Return the result as runs first stored it: with sentences."""
    return stored_runs.recompute_result(run.facts, run.as_of, run.known_by)


def copy_run(run, **changed):
    """Copy a run with changes."""
    names = ("edition", "as_of", "known_by", "facts", "result", "methodology")
    return ReadinessRunFactory(**{name: getattr(run, name) for name in names} | changed)


# --- One run ----------------------------------------------------------------------------------------------------------


def test_run_detail_shows_the_stored_result_and_that_it_is_reproduced(client, run, reader):
    page = get_run(client, run)

    assert "Calculated again: same result" in page.text
    before_details = page.text.split("<main")[1].split("<details>")[0]
    assert run.facts_sha256 not in before_details
    for told in (
        "Readiness: 60.5 of 100. The target of 45 is reached. The deadline passed 31 days ago.",
        "Prosecutions rose from 4 to 16.",
        "Under way, 11 November 2021. Not verified.",
        "45: The post&#x27;s own target, from a comparison with the tiers of earlier years; not the Department&#x27;s.",
        run.facts_sha256,
    ):
        assert told in page.text
    assert "Claimed Under way, 11 November 2021." in " ".join(re.sub(r"<[^>]+>", "", page.text).split())
    parts = page.context["parts"]
    assert [str(part.points) for part in parts] == ["25", "8", "20", "7.5"]
    assert all(sum(line.points for line in part.lines) == part.points for part in parts)


def test_a_run_that_is_recomputed_differently_says_so(client, run, reader):
    page = get_run(client, copy_run(run, result=run.result | {"score": 99.0, "waiting": 0}))

    assert page.context["comparison"].differing == ("score", "waiting")
    assert 'role="alert"' in page.text
    assert "Calculated again: different result" in page.text
    assert "are different when calculated again: score, waiting." in page.text
    assert "same result" not in page.text


def test_a_run_whose_facts_cannot_be_read_says_so(client, run, reader):
    page = get_run(client, copy_run(run, facts={"edition": None}, result=result_with_sentences(run)))

    assert "different result" in page.text
    assert "can no longer be read" in page.text
    assert "Prosecutions rose from 4 to 16." in page.text


def test_a_run_of_an_older_method_is_shown_as_stored_and_never_computed(client, run, reader):
    """Even if today's method gives another result and other words."""
    told = {
        "headline": "12 of 100, as it was counted then.",
        "reviewed": True,
        "score": 12.0,
        "parts": [{"title": "Willingness", "points": 12.0, "of": 50.0, "verdict": "promising", "questions": []}],
    }
    old = copy_run(run, methodology="0", result=told, facts={"of": "another shape"})

    with patch("reports.readiness.stored_runs.evaluate_readiness") as computed:
        page = get_run(client, old)

    assert not computed.called
    for words in ("12 of 100, as it was counted then.", "Willingness", "12 of 50", "calculated by method 0. Method 1"):
        assert words in page.text
    assert "Calculated again" not in page.text


def test_a_run_with_little_stored_data_is_still_shown(client, reader):
    page = get_run(client, ReadinessRunFactory())

    assert "No part is stored with this result." in page.text
    assert "No target was set." in page.text
    assert '="%"' not in page.text


def test_a_run_stored_before_the_method_changed_is_not_computed_by_the_new_one(client, run, reader, monkeypatch):
    old = copy_run(run, result=result_with_sentences(run), facts_sha256="0" * 64)
    monkeypatch.setattr("reports.readiness.stored_runs.METHOD_VERSION", rules.METHOD_VERSION + "1")

    page = get_run(client, old)

    assert "Not calculated again" in page.text
    assert "Prosecutions rose from 4 to 16." in page.text


def test_a_run_without_sentences_of_another_method_is_shown_by_its_figures_and_codes(client, run, reader, monkeypatch):
    monkeypatch.setattr("reports.readiness.stored_runs.METHOD_VERSION", rules.METHOD_VERSION + "1")

    page = get_run(client, run)

    assert "Prosecutions rose" not in str(run.result)
    for told in ("Readiness: 60.5 of 100.", "All three Ps", "Prosecutions", "20 of 20", "10a"):
        assert told in page.text


@pytest.mark.day("2022-03-01")
def test_a_run_of_an_unreviewed_record_shows_no_figure(client, reader):
    now = datetime(2022, 2, 28, 12, tzinfo=MASERU)
    load_public_record(now=now)
    run = compute_readiness(edition=Edition.objects.tracked().get(), as_of=now.date(), now=now)

    page = get_run(client, run)

    assert "Nothing has been reviewed yet. 7 claims are waiting." in page.text
    assert page.context["bar"].verified is page.context["possible"] is None
    assert {points for _, points, _ in page.context["benchmark_gains"]} == {None}
    assert {line.points for part in page.context["parts"] for line in (part, *part.lines)} == {None}


def test_the_reason_of_the_mark_is_read_from_the_terms_of_that_time(client, reader):
    """So that a reason that was redacted since is redacted here."""
    edition = EditionFactory(terms__readiness_target_reason="[redacted]")
    RecommendationFactory(edition=edition)
    run = compute_readiness(edition=edition, as_of=date(2022, 1, 20), now=at_noon(date(2022, 1, 20)))
    EditionTermsFactory(edition=edition, readiness_target_reason="A later one.", recorded_at=at_noon(date(2022, 1, 27)))

    page = get_run(client, run)

    assert (page.context["bar"].mark, page.context["target_reason"]) == (45, "[redacted]")
    assert "A later one." not in page.text


# --- The list ---------------------------------------------------------------------------------------------------------


def test_run_list_tells_each_run_newest_first(client, run, reader):
    older = copy_run(run, methodology="0", result={}, computed_at=at_noon(date(2021, 12, 1)))

    page = client.get(reverse("run_list"))

    assert [row.pk for row in page.context["page"]] == [run.pk, older.pk]
    assert page.text.index(reverse("run_detail", args=[run.pk])) < page.text.index(
        reverse("run_detail", args=[older.pk])
    )
    for told in ("60.5", "61.3", "31 Mar 2022", "31 Jul 2022, 23:59", "nothing reviewed", "0, an older one"):
        assert told in page.text


def test_run_list_holds_the_runs_of_one_edition(client, reader):
    this, other = (RecommendationFactory(edition__year=year).edition for year in (2021, 2020))
    runs = {edition.year: ReadinessRunFactory(edition=edition) for edition in (this, other)}

    assert [*client.get(reverse("run_list")).context["page"]] == [runs[2021]]
    assert [*client.get(reverse("run_list"), {"edition": other.pk}).context["page"]] == [runs[2020]]


def test_run_list_says_how_it_begins(client, reader):
    RecommendationFactory()
    assert "No result is stored yet." in client.get(reverse("run_list")).text


@pytest.mark.parametrize("how_many", [1, 3])
def test_run_list_query_count(client, django_assert_num_queries, how_many):
    RecommendationFactory()
    for _ in range(how_many):
        ReadinessRunFactory()
    client.force_login(OfficerFactory())

    with django_assert_num_queries(12):
        client.get(edition_url("run_list"))


def test_run_detail_query_count(client, run, django_assert_num_queries):
    client.force_login(OfficerFactory())

    with django_assert_num_queries(11):
        client.get(reverse("run_detail", args=[run.pk]))
