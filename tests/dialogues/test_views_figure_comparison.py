"""A figure beside earlier figures, where the embassy reviews it and where a ministry enters it."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import EvidenceDecision
from recommendations.choices import Rule
from tests.factories import (
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    OfficerFactory,
    ReadingFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.query_counts import LOG_ENTRY

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER, JANUARY = date(2021, 11, 30), date(2021, 12, 31), date(2022, 1, 10)


def row_url(name, row):
    return reverse(name, args=[row.pk])


@pytest.fixture
def prosecutions():
    return IndicatorFactory(name="Prosecutions")


def log_figure(indicator, figure, through, *, word=None, **fields):
    """Log a figure as the embassy, with a decision on it."""
    evidence = EvidenceFactory(happened_to=through, recorded_at=at_noon(through))
    if word:
        EvidenceReviewFactory(evidence=evidence, decision=word)
    return ReadingFactory(
        indicator=indicator,
        figure=figure,
        through_on=through,
        evidence=evidence,
        recorded_at=at_noon(through),
        **fields,
    )


@pytest.fixture
def waiting_version(prosecutions):
    """A waiting figure of 10, after a verified 8, and 4 in the year before."""
    benchmark = BenchmarkFactory()
    log_figure(prosecutions, 3, date(2021, 6, 30), word=EvidenceDecision.VERIFIED)
    log_figure(prosecutions, 8, NOVEMBER, word=EvidenceDecision.VERIFIED)
    log_figure(prosecutions, 991, DECEMBER, word=EvidenceDecision.REJECTED)
    log_figure(prosecutions, 992, DECEMBER)
    log_figure(IndicatorFactory(name="Convictions"), 993, DECEMBER, word=EvidenceDecision.VERIFIED)
    put_right = log_figure(prosecutions, 994, DECEMBER, word=EvidenceDecision.VERIFIED)
    EvidenceFactory(revises=put_right.evidence)
    ReadingFactory(indicator=prosecutions, figure=4, last_period=True)
    ReadingFactory(indicator=prosecutions, figure=995, starts_on=date(2019, 4, 1), through_on=date(2020, 3, 31))
    returned = UpdateVersionFactory(returned=True)
    ReadingFactory(indicator=prosecutions, figure=996, last_period=True, update_version=returned)
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    piece = EvidenceFactory(update_version=sent, supports=[benchmark])
    ReadingFactory(
        indicator=prosecutions,
        figure=10,
        through_on=JANUARY,
        evidence=piece,
        update_version=sent,
        recorded_at=at_noon(JANUARY),
    )
    return sent


def test_a_reviewer_sees_the_last_verified_figure_and_that_of_the_year_before(client, waiting_version):
    client.force_login(OfficerFactory())
    pages = {
        name: client.get(row_url(name, row)).text
        for name, row in (
            ("version_detail", waiting_version),
            ("evidence_detail", waiting_version.evidence.get()),
            ("benchmark_assess", waiting_version.evidence.get().evidence_links.get().benchmark),
        )
    }

    for name, text in pages.items():
        assert "Prosecutions: <strong>10</strong> cases, 1 Apr 2021 to 10 Jan 2022" in text, name
        assert "Last verified: 8, up to 30 November 2021. Year before: 4." in text, name
        assert [wrong for wrong in range(991, 997) if f" {wrong}" in text] == [], name


def test_a_first_figure_is_shown_without_an_earlier_one(client, prosecutions):
    alone = log_figure(prosecutions, 10, JANUARY, word=EvidenceDecision.VERIFIED)
    client.force_login(OfficerFactory())

    text = client.get(row_url("evidence_detail", alone.evidence)).text

    assert "No other figure for this period is verified. Year before: no figure recorded." in text


def test_a_ministry_sees_what_it_sent_last_and_nothing_of_the_embassys_or_anothers(client, prosecutions):
    police = MinistryFactory()
    benchmark = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=20, terms__indicator=prosecutions)
    commitments = [CommitmentFactory(ministry=police, benchmarks=[benchmark]) for _ in range(2)]
    for commitment, figure, day in (
        (commitments[0], 6, NOVEMBER),
        (commitments[1], 8, DECEMBER),
        (CommitmentFactory(benchmarks=[benchmark]), 7654991, JANUARY),
    ):
        sent = UpdateVersionFactory(update__commitment=commitment, happened_on=day, accepted=True)
        evidence = EvidenceFactory(update_version=sent)
        ReadingFactory(
            indicator=prosecutions,
            figure=figure,
            through_on=day,
            update_version=sent,
            evidence=evidence,
            recorded_at=sent.recorded_at,
        )
    log_figure(prosecutions, 7654992, JANUARY, word=EvidenceDecision.VERIFIED)
    client.force_login(FocalPointFactory(ministry=police))

    prosecutions.includes = "Persons charged."
    prosecutions.save()

    text = client.get(row_url("update_send", commitments[0])).text

    assert text.count("What it includes: Persons charged.") == 1
    assert "Unit: cases. Enter the total since 1 April 2021, not only what is new." in text
    assert "Your last figure: 8, up to 31 December 2021." in text
    assert [wrong for wrong in ("7,654,991", "7,654,992", "7654991", "7654992") if wrong in text] == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_comparison_sends_equal_queries_for_any_number_of_figures(
    client, prosecutions, django_assert_num_queries, count
):
    for _ in range(count):
        log_figure(prosecutions, 5, NOVEMBER, word=EvidenceDecision.VERIFIED)
    last = log_figure(prosecutions, 10, JANUARY)
    client.force_login(OfficerFactory())

    with django_assert_num_queries(21 + LOG_ENTRY):
        client.get(row_url("evidence_detail", last.evidence))
