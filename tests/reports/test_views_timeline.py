"""The timeline of an edition as a chart and a table, its filters and its export."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import CommitmentEventKind
from recommendations.choices import MilestoneKind
from tests.edition_urls import edition_url
from tests.factories import (
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    MilestoneFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def client(client):
    client.force_login(ObserverFactory())
    return client


def timeline_days(client, **query):
    return [(day.shown_on, day.title, day.distance) for day in client.get(reverse("timeline"), query).context["page"]]


@pytest.fixture
def full_timeline(edition):
    """Milestones done and ahead, dialogues held and planned, commitments overdue, postponed, kept and undated."""
    MilestoneFactory(kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28), done=date(2021, 12, 20))
    MilestoneFactory()
    DialogueFactory()
    DialogueFactory(planned=True, held_on=date(2022, 2, 3), place="Room to come")
    CommitmentFactory(text="Overdue", made__due_on=date(2022, 1, 14))
    moved = CommitmentFactory(text="Moved", made__due_on=date(2022, 1, 10), united_states=True)
    CommitmentEventFactory(
        commitment=moved, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2022, 1, 9), due_on=date(2022, 2, 1)
    )
    CommitmentFactory(text="Kept", made__due_on=date(2021, 12, 31), done=True)
    CommitmentFactory(text="No date agreed")
    elsewhere = CountryFactory(elsewhere=True)
    MilestoneFactory(edition=EditionFactory(country=elsewhere))
    CommitmentFactory(text="Elsewhere", ministry=MinistryFactory(country=elsewhere), made__due_on=date(2022, 1, 14))
    return edition


ALL_DAYS = [
    (date(2021, 11, 8), "Dialogue", ""),
    (date(2021, 12, 20), "Action plan presented", ""),
    (date(2021, 12, 31), "Kept", ""),
    (date(2022, 1, 14), "Overdue", "overdue by 14 days"),
    (date(2022, 2, 1), "Moved", "in 4 days"),
    (date(2022, 2, 3), "Dialogue", "in 6 days"),
    (date(2022, 2, 28), "Deadline", "in 31 days"),
]


def test_timeline_holds_every_date_in_order(client, full_timeline):
    assert timeline_days(client) == ALL_DAYS
    response = client.get(reverse("timeline"))
    assert "1 commitment is overdue. Next date: 1 February 2022, in 4 days" in response.text
    assert "Due in that time: 1 overdue, 1 open and 1 verified done" in response.text


def test_timeline_and_calendar_say_what_a_milestone_is(client, edition):
    MilestoneFactory(edition=edition, kind=MilestoneKind.INTERIM, due_on=date(2022, 2, 1))
    said = "The Department assesses the progress of Watch List countries, by 1 February (22 U.S.C. 7107(b))."

    assert said in client.get(reverse("timeline")).text
    assert said in client.get(edition_url("calendar_month"), {"month": "2022-02"}).text


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"kind": "dialogue"}, [0, 5]),
        ({"stands": "overdue"}, [3]),
        ({"kind": "due", "stands": "ahead"}, [4]),
        ({"stands": "over"}, [0, 1, 2]),
        ({"kind": "nonsense"}, range(7)),
    ],
)
def test_the_timeline_is_filtered_and_exported_with_its_filters(client, full_timeline, query, places):
    assert timeline_days(client, **query) == [ALL_DAYS[place] for place in places]

    file = client.get(reverse("timeline"), query | {"as": "csv"}).content.decode("utf-8-sig")
    exported = [(date.fromisoformat(row["Date"]), row["What"]) for row in csv.DictReader(io.StringIO(file))]
    assert exported == [ALL_DAYS[place][:2] for place in places]


def test_a_dialogue_called_off_is_not_planned_and_one_never_recorded_was_not_held(client, full_timeline):
    DialogueFactory(planned=True, held_on=date(2022, 1, 20))
    off = {"called_off_at": at_noon(date(2022, 1, 27)), "called_off_by": OfficerFactory(), "called_off_reason": "Busy"}
    DialogueFactory(planned=True, held_on=date(2022, 1, 30), **off)

    response = client.get(reverse("timeline"), {"kind": "dialogue"})

    assert [(day.shown_on, day.status_text, day.distance) for day in response.context["page"]] == [
        (date(2021, 11, 8), "held", ""),
        (date(2022, 1, 20), "not recorded", ""),
        (date(2022, 1, 30), "called off", ""),
        (date(2022, 2, 3), "planned", "in 6 days"),
    ]
    assert "Dialogue (not recorded) on 20 January 2022" in response.context["chart"].description
    assert "30 January 2022" not in response.context["chart"].description
    assert "Next date: 1 February 2022" in response.text


@pytest.mark.parametrize("count", [1, 3, 300])
def test_timeline_query_count(client, edition, django_assert_num_queries, count):
    for _ in range(count):
        CommitmentFactory(made__due_on=date(2022, 1, 20), ministry=edition.recommendations.get().lead)
    DialogueFactory()

    # 2 who asks, 2 their zone and the post’s name; 1 edition, 1 commitments, 1 milestones, 1 dialogues, 1 saved filters
    with django_assert_num_queries(9):
        response = client.get(edition_url("timeline"))

    assert response.context["page"].paginator.count == count + 1


def test_only_officers_add_milestones_from_here(client, edition):
    pages = [reverse(name, args=[edition.pk]) for name in ("department_year", "milestone_add")]

    assert [page in client.get(reverse("timeline")).text for page in pages] == [False, False]
    client.force_login(OfficerFactory())
    assert [page in client.get(reverse("timeline")).text for page in pages] == [True, True]
