"""A start date that a review states is shown wherever the dates are."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from dialogues.start_dates import find_start_date
from reports.briefings.evidence import gather_evidence_annex
from reports.reader_view import ReaderView
from tests.factories import (
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)


def review(day, first_on, evidence_link=None):
    return SimpleNamespace(
        id=day, evidence_link_id=evidence_link, recorded_at=at_noon(date(2022, 1, day)), first_on=first_on
    )


@pytest.mark.parametrize(
    ("own", "reviews", "first"),
    [
        (date(2022, 1, 2), [review(12, date(2022, 1, 1))], date(2022, 1, 2)),
        (None, [], None),
        (None, [review(12, None)], None),
        (None, [review(12, date(2022, 1, 4)), review(13, date(2022, 1, 5))], date(2022, 1, 5)),
        (None, [review(13, None), review(12, date(2022, 1, 4))], None),
        (None, [review(12, date(2022, 1, 4), 1), review(13, date(2022, 1, 3), 2), review(14, None)], date(2022, 1, 3)),
    ],
)
def test_the_first_day_is_its_own_else_the_earliest_that_the_newest_reviews_state(own, reviews, first):
    assert find_start_date(own, reviews) == first


@pytest.mark.django_db
def test_no_page_calls_the_first_day_unknown_once_a_review_has_stated_it(client):
    client.force_login(OfficerFactory())
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(benchmarks=[benchmark])
    sent = UpdateVersionFactory(update__commitment=commitment, accepted=True)
    known = {"happened_from": None, "happened_to": date(2022, 1, 10), "supports": [benchmark]}
    pieces = [EvidenceFactory(update_version=sent, **known), EvidenceFactory(commitment=commitment, **known)]
    for piece in pieces:
        EvidenceReviewFactory(evidence_link=piece.evidence_links.get(), first_on=date(2022, 1, 3))

    pages = {
        "evidence_detail": client.get(reverse("evidence_detail", args=[pieces[1].pk])),
        "evidence_list": client.get(reverse("evidence_list")),
        "version_detail": client.get(reverse("version_detail", args=[sent.pk])),
        "commitment_detail": client.get(reverse("commitment_detail", args=[commitment.pk])),
        "benchmark_assess": client.get(reverse("benchmark_assess", args=[benchmark.pk])),
        "recommendation_detail": client.get(reverse("recommendation_detail", args=[benchmark.recommendation_id])),
        "readiness_why": client.get(reverse("readiness_why", args=["concrete_action", benchmark.key])),
    }
    annex = gather_evidence_annex(
        ReaderView(OfficerFactory(), benchmark.recommendation.edition, date(2022, 1, 28), None),
        {benchmark.pk: benchmark.key},
    ).pieces

    assert {name for name, page in pages.items() if "first day unknown" in page.text} == set()
    assert {name for name, page in pages.items() if "between 3 Jan and 10 Jan 2022" not in page.text} == set()
    assert {piece.when for piece in annex} == {"between 3 Jan and 10 Jan 2022"}
