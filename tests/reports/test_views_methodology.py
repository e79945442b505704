"""The page that says how readiness is counted."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from dialogues.choices import SupportKind
from dialogues.lesotho.loading import load_public_record
from recommendations.models import Edition
from reports.readiness import backtest
from reports.readiness.explanation.headline import DISCLAIMER
from reports.readiness.scoring import PART_LAW, PILLAR_LAW, QUESTION_LAW
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    BenchmarkFactory,
    EditionFactory,
    EvidenceFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal
from tests.row_cache import load_cached
from tiptracker.localization import format_number

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-01")]
LATE = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
AS_OF = {"as_of": "2022-03-31"}


@pytest.fixture
def get_methodology(client):
    """Get the page as an observer."""
    EditionFactory()
    client.force_login(ObserverFactory())

    def get(status=200, **asked):
        response = client.get(reverse("methodology"), asked)
        assert response.status_code == status
        return response

    return get


@pytest.fixture
def lesotho_edition():
    load_cached(load_public_record, now=LATE)
    return Edition.objects.tracked().get()


def test_methodology_tells_each_rule_by_what_it_gave_here(lesotho_edition, get_methodology):
    told = get_methodology(**AS_OF).text

    for example in (
        "Prosecutions rose from 4 to 16. (7 of 7)",
        "1a: Investigations begun rose from 4 to 10. (0.8 of 0.8)",
        "Recommendation 4: Shown: 4a and 4b. (3 of 3)",
        "Readiness: 60.5 of 100. The target of 45 is reached.",
        "61.3 claimed, 60.5 verified.",
        "1 year on the Watch List, including this edition.",
        "the deadline has passed".capitalize(),
        "45: The post&#x27;s own target",
        "between 1 April 2021 and 31 March 2022",
    ):
        assert example in told


def test_methodology_names_the_section_of_law_of_each_rule(get_methodology):
    RecommendationFactory()
    told = get_methodology().text

    for law in (*PART_LAW.values(), *QUESTION_LAW.values(), *PILLAR_LAW.values()):
        assert law in told
    assert "presumes that a government has not acted" in told
    assert told.count(DISCLAIMER) == 2  # at its head and at the foot of every page


def test_the_parts_and_what_they_ask_add_up_as_printed(lesotho_edition, get_methodology):
    parts = get_methodology(**AS_OF).context["parts"]

    assert [part.of for part in parts] == [40, 30, 20, 10]
    assert [[line.of for line in part.lines] for part in parts if part.lines] == [
        [7, 7, 6, 8, 4, 8],
        [line.of for line in parts[2].lines],
        [2.5] * 4,
    ]
    assert all(sum(line.of for line in part.lines) == part.of for part in parts if part.lines)


def test_each_example_is_out_of_the_points_in_its_row(lesotho_edition, get_methodology):
    for part in get_methodology(**AS_OF).context["parts"]:
        for line in part.lines:
            assert line.example.endswith(f" of {format_number(line.of)})"), line


def test_methodology_says_what_does_not_count_here_and_why(get_methodology):
    """But not what would count if somebody verified it."""
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], supports__shows=SupportKind.PLAN)
    EvidenceFactory(supports=[benchmark], happened_from=date(2021, 3, 1), happened_to=date(2021, 3, 1))
    EvidenceFactory(supports=[benchmark])
    response = get_methodology()

    assert response.context["aside"] == (("a statement or plan, not a concrete action", 1), ("before 1 April 2021", 1))
    assert "1 claim would count if it were verified." in response.text
    assert "1 × a statement or plan, not a concrete action" in response.text


def test_methodology_gives_no_figure_where_nothing_is_reviewed(lesotho_edition, get_methodology):
    told = get_methodology(**AS_OF, known_by="2022-02-28T23:59:59+02:00").text

    assert "Nothing has been reviewed yet. 7 claims are waiting." in told
    assert ": 0 of" not in told
    assert "claimed, " not in told.partition("never added")[0].partition("<dt>Claimed</dt>")[2].partition("</dd>")[0]


def test_methodology_shows_the_back_test_with_all_its_limits(get_methodology):
    RecommendationFactory()
    told = get_methodology().text

    for figures in ("24 of 25, missed 1", "36 of 58, missed 22", "0.86", "0.80", "0.90", "0.57", "8 of 8", "12 of 15"):
        assert figures in told
    assert "23 of 25, missed 2" in told  # leave one out
    assert "A low score is a safe warning. A high score is no promise." in told
    assert "After 3+ years: 10 of 12 moved up, 2 fell" in told
    assert [limit for limit in backtest.packaged_backtest().limits if limit not in told] == []


def test_methodology_says_what_the_number_does_not(get_methodology):
    RecommendationFactory()
    assert "Which tier the country will get." in get_methodology().text


def test_methodology_begins_with_the_chance_of_an_upgrade_at_the_target(lesotho_edition, get_methodology):
    told = get_methodology(**AS_OF).text

    said = "In past years, 24 of the 25 governments that moved up had 45 points or more. But so had 22 of the 58"
    assert said in " ".join(told.split())
    assert told.index('id="upgrade"') < told.index('id="not"') < told.index('id="counts"')


def test_methodology_has_a_table_of_contents_whose_links_lead_somewhere(get_methodology):
    RecommendationFactory()
    told = get_methodology().text
    contents = told.partition('<nav aria-label="On this page">')[2].partition("</nav>")[0]

    anchors = re.findall(r'href="#([\w-]+)"', contents)
    headings = re.findall(r'<h2 id="([\w-]+)"', told)
    assert anchors == headings


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"as_of": "2021-03-31"}, "before_tracking_period"),
        ({"as_of": "2022-08-02"}, "future_day"),
        ({"as_of": "soon"}, "not_a_day"),
        ({"known_by": "2022-07-31T23:59:59"}, "no_time_zone"),
    ],
)
def test_methodology_refuses_what_cannot_be_meant_and_still_tells_the_method(get_methodology, asked, code):
    RecommendationFactory()

    response = get_methodology(422, **asked)

    assert shows_refusal(response, code)
    assert PART_LAW["data_given"] in response.text


def test_methodology_of_an_edition_without_benchmarks_says_how_to_begin(get_methodology):
    RecommendationFactory()

    assert "This edition has no benchmarks yet. An officer adds them" in get_methodology().text


def test_every_page_of_the_embassy_leads_to_it(client):
    RecommendationFactory()
    client.force_login(ObserverFactory())

    assert f'href="{edition_url("methodology")}"' in client.get(reverse("dashboard")).text


@pytest.mark.parametrize("how_many", [1, 3])
def test_methodology_query_count(client, django_assert_num_queries, how_many):
    for _ in range(how_many):
        EvidenceFactory(supports=[BenchmarkFactory(recommendation=RecommendationFactory())])
    client.force_login(OfficerFactory())

    with django_assert_num_queries(25):  # three of them name what the first next step is about
        client.get(edition_url("methodology"))
