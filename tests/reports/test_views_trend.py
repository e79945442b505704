from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import Verdict
from recommendations.choices import MilestoneKind
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EditionTermsFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    MilestoneFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

REVIEWED_ON = date(2021, 12, 9)


@pytest.fixture
def get_trend(client):
    """Call it to get the page as a person sees it."""

    def seen_by(user, query="", name="readiness_trend"):
        client.force_login(user)
        return client.get(f"{reverse(name)}{query}")

    return seen_by


@pytest.fixture
def edition():
    """An edition with one benchmark and an action of October, verified and assessed on 9 December."""
    edition = EditionFactory()
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    done = EvidenceFactory(supports=[benchmark], happened_from=date(2021, 10, 4), happened_to=date(2021, 10, 5))
    EvidenceReviewFactory(evidence=done, evidence_link=done.evidence_links.get(), recorded_at=at_noon(REVIEWED_ON))
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, grounds=[done], recorded_at=at_noon(REVIEWED_ON))
    return edition


def week_row(response, day):
    """Return the cells of a week: known at the time, with later information, events."""
    (week,) = [week for week in response.context["trend"].by_week if week.ends_on == day]
    return week.then, week.hindsight, [event.description for event in week.events]


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_trend_says_its_finding_and_gives_every_week(get_trend, edition, reader):
    response = get_trend(reader())
    trend = response.context["trend"]

    assert trend.title.startswith("Verified readiness has ")
    assert f'<p class="lead">{trend.title}.</p>' in response.text
    assert len(trend.by_week) == 44
    assert trend.by_week[-1].ends_on == date(2022, 1, 28)
    score = trend.by_week[-1].then
    assert week_row(response, date(2021, 12, 8)) == (None, score, [])
    assert week_row(response, date(2021, 12, 15)) == (score, score, [])
    assert week_row(response, date(2021, 9, 29)) == (None, 0, [])


def test_trend_leaves_out_weeks_without_a_change_and_has_all_of_them_folded(get_trend, edition):
    page = get_trend(OfficerFactory()).text
    shown, _, folded = page.partition("<details>")

    assert shown.count("<tr>") < folded.count("<tr>") == 45  # with the heading
    assert "<summary>All weeks</summary>" in folded
    assert '<time datetime="2021-09-29">' not in shown
    assert '<time datetime="2021-09-29">' in folded


def test_trend_says_the_difference_between_its_two_figures(get_trend, edition):
    page = " ".join(get_trend(OfficerFactory()).text.split())

    assert "Each day has two figures, because some evidence is verified later." in page
    assert "Known at the time<br>(verified by that day)" in page
    assert "With later information<br> (verified by now)" in page
    earlier = " ".join(get_trend(OfficerFactory(), "?known_by=2022-01-19T12:00:00%2B02:00").text.split())
    assert "With later information<br> (verified by the moment above)" in earlier


def test_trend_tells_what_was_verified_later_below_the_chart(get_trend, edition):
    action = EvidenceFactory(
        supports=[BenchmarkFactory()],
        happened_from=date(2021, 12, 1),
        happened_to=date(2021, 12, 2),
        recorded_at=at_noon(date(2021, 12, 2)),
    )
    EvidenceReviewFactory(
        evidence=action, evidence_link=action.evidence_links.get(), recorded_at=at_noon(date(2022, 1, 20))
    )

    response = get_trend(OfficerFactory())

    title = response.context["trend"].title
    assert "later" not in title
    assert "On 29 December 2021 readiness was" not in title
    assert "as known at the time. With later information it is" in response.text


def test_trend_says_what_happened_in_each_week(get_trend, edition):
    dialogue = DialogueFactory(held_on=date(2021, 11, 8), place="Maseru")
    MilestoneFactory(edition=edition, kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 11, 9))
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE, due_on=date(2022, 2, 28))
    MilestoneFactory(edition=edition, kind=MilestoneKind.INTERIM, due_on=date(2021, 12, 1), done=date(2021, 12, 20))

    response = get_trend(OfficerFactory())

    assert week_row(response, date(2021, 11, 10))[2] == [
        "Dialogue, Maseru",
        "Action plan presented: due and not recorded as done",
    ]
    assert week_row(response, date(2021, 12, 22))[2] == ["Interim assessment"]
    assert reverse("dialogue_detail", args=[dialogue.pk]) in response.text
    assert "Marked: Dialogue on 8 November 2021" in response.text
    assert "Deadline on 28 February 2022" in response.text


def test_trend_marks_milestones_as_they_were_known(get_trend, edition):
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE, due_on=date(2022, 2, 28))
    MilestoneFactory(
        edition=edition,
        kind=MilestoneKind.INTERIM,
        due_on=date(2021, 12, 1),
        done=date(2021, 12, 20),
        done__recorded_at=at_noon(date(2022, 1, 20)),
    )
    EditionTermsFactory(edition=edition, deadline_on=date(2022, 3, 15), recorded_at=at_noon(date(2022, 1, 20)))

    def marked(query=""):
        return [(event.day, event.description) for event in get_trend(OfficerFactory(), query).context["trend"].events]

    assert marked("?known_by=2022-01-19T12:00:00%2B02:00") == [
        (date(2021, 12, 1), "Interim assessment: due and not recorded as done"),
        (date(2022, 2, 28), "Deadline"),
    ]
    assert marked() == [(date(2021, 12, 20), "Interim assessment"), (date(2022, 3, 15), "Deadline")]


def test_trend_marks_no_dialogue_of_another_country_and_no_milestone_of_another_edition(get_trend, edition):
    elsewhere = CountryFactory(elsewhere=True)
    DialogueFactory(country=elsewhere, place="Marker")
    MilestoneFactory(edition=EditionFactory(country=elsewhere), due_on=date(2021, 12, 20))
    reader = OfficerFactory(countries=[edition.country, elsewhere])

    response = get_trend(reader, f"?edition={edition.pk}")

    assert response.context["trend"].events == []
    assert "Marker" not in response.text


def test_trend_of_an_earlier_day_ends_with_it_and_hindsight_is_that_of_now(get_trend, edition):
    response = get_trend(OfficerFactory(), "?as_of=2021-12-08")
    last = response.context["trend"].by_week[-1]

    assert (last.ends_on, last.then) == (date(2021, 12, 8), None)
    assert last.hindsight > 0
    assert (
        "Nothing had been reviewed by 8 December 2021. With later information, readiness on that day was"
        in response.text
    )


def test_trend_by_a_moment_knows_nothing_later(get_trend, edition):
    response = get_trend(OfficerFactory(), "?known_by=2021-12-08T12:00:00%2B02:00")

    assert {(week.then, week.hindsight) for week in response.context["trend"].by_week} == {(None, None)}
    assert "Nothing has been reviewed yet" in response.text


def test_trend_draws_the_words_where_nothing_was_reviewed_and_no_figure(get_trend):
    BenchmarkFactory()
    response = get_trend(OfficerFactory())

    assert response.text.count(">nothing reviewed yet</text>") == 2
    assert "as then known</text>" not in response.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?as_of=2021-03-31", "before_tracking_period"),
        ("?as_of=2022-01-29", "future_day"),
        ("?as_of=someday", "not_a_day"),
        ("?known_by=2022-01-01T00:00:00", "no_time_zone"),
    ],
)
def test_trend_of_what_cannot_be_meant_is_refused_with_what_to_do(get_trend, edition, query, code):
    response = get_trend(OfficerFactory(), query)

    assert response.status_code == 422
    assert shows_refusal(response, code)
    assert "trend--wide" not in response.text


def test_trend_without_benchmarks_says_how_it_begins(get_trend):
    RecommendationFactory()
    response = get_trend(OfficerFactory())

    assert "This edition has no benchmarks yet." in response.text
    assert "trend--wide" not in response.text


def test_trend_is_the_embassys_alone(get_trend, edition):
    assert get_trend(FocalPointFactory()).status_code == 403


def test_trend_stands_on_the_page_of_readiness_and_the_dashboard_names_its_finding(get_trend, edition):
    drawn, named = (get_trend(OfficerFactory(), name=name) for name in ("readiness_detail", "dashboard"))

    assert drawn.text.count('<h2 id="trend"') == drawn.text.count("trend--wide") == 1
    assert "trend--wide" not in named.text
    assert named.context["trend"] in named.text
    for page in (drawn, named):
        assert reverse("readiness_trend") in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_trend_query_count(client, django_assert_num_queries, count):
    edition = EditionFactory()
    for number in range(count):
        BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
        DialogueFactory(held_on=date(2021, 11, 8 + number))
        MilestoneFactory(edition=edition, kind=list(MilestoneKind)[number])
    client.force_login(OfficerFactory())

    # 2 who asks, 2 their zone and the count of My tasks, 1 edition, 1 may read, 12 facts, 1 dialogues, 1 milestones,
    # 1 the post's name
    with django_assert_num_queries(24):
        response = client.get(edition_url("readiness_trend"))

    assert len(response.context["trend"].events) == 2 * count
