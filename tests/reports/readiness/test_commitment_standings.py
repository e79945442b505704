"""The exercise on 28 January 2022: every page and paper says the same of what is overdue and what is with the embassy.

Justice sent the figures of prosecutions on 12 January, due the 14th, and Police an update on the training of focal
points on 14 January, due the 21st: both wait. The second provider of shelter was due on the 14th, and nothing was sent.
"""

import re
from datetime import date

import pytest
from django.urls import reverse

from dialogues.models import Commitment
from recommendations.models import Edition
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.html import render_html
from reports.reader_view import ReaderView
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.gathering import gather_facts
from tests.exercise import load_exercise
from tests.row_cache import load_cached
from tiptracker.accounts.models import Ministry, User

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)
FIGURES = "Exercise: send the figures of prosecutions from April to December"
TRAINING = "Exercise: train the district focal points"
SHELTER = "Exercise: agree with a second provider of shelter"
WITH_EMBASSY = {
    FIGURES: "with the embassy since 12 January 2022",
    TRAINING: "with the embassy since 14 January 2022",
}


@pytest.fixture(autouse=True)
def exercise():
    load_cached(load_exercise, verbosity=0)


@pytest.fixture
def sign_in_as(client):
    def enter(name):
        client.force_login(User.objects.get(email=f"{name}@demo.example"))
        return client

    return enter


def test_the_ambassadors_briefing_blames_no_ministry_whose_update_waits():
    edition = Edition.objects.get(year=2021)
    ambassador = User.objects.get(email="ambassador@demo.example")
    said = build_ambassador_briefing(ReaderView(ambassador, edition, DAY, None))

    accused = [check.about for check in said.checks if "update" in check.sentence or "heard" in check.sentence]
    assert len(accused) == 1
    assert SHELTER in str(accused[0])
    assert {
        commitment.text: commitment.status_text
        for commitment in said.commitments_to_follow_up
        if commitment.text in WITH_EMBASSY
    } == WITH_EMBASSY
    assert said.overdue == 1
    html = render_html(said)
    assert "heard since" not in html
    assert "overdue by 14 days, no update received" in html


def test_my_tasks_calls_nothing_overdue(sign_in_as):
    text = sign_in_as("officer").get(reverse("my_tasks")).text

    assert FIGURES in text
    tasks, _, _ = text.partition('id="coming-up"')  # below it, what the ministries and the embassy have to do
    for word in ("late by", "overdue"):
        assert word not in tasks


@pytest.mark.parametrize("name", ["officer", "ambassador", "observer", "justice"])
def test_the_list_says_to_everybody_since_when_it_is_with_the_embassy(sign_in_as, name):
    lines = sign_in_as(name).get(reverse("commitment_list")).context["lines"]

    assert {line.commitment.text: line.text for line in lines}[FIGURES] == WITH_EMBASSY[FIGURES]


def test_the_ministrys_home_says_with_the_embassy_and_not_open(sign_in_as):
    client = sign_in_as("justice")
    commitment = Commitment.objects.get(text=FIGURES)

    home = client.get(reverse("ministry_home")).text
    page = client.get(reverse("commitment_detail", args=[commitment.pk])).text

    for text in (home.lower(), page.lower()):
        assert WITH_EMBASSY[FIGURES].lower() in text
        assert "overdue" not in text
    opens = re.findall(r"status--open[^>]*>\s*(?:<[^>]*>\s*)*([^<]+)", page)
    assert {text.strip() for text in opens} <= {"Not received yet"}, "of the agreed proof"


def test_dashboard_calendar_handover_and_ministry_count_one_overdue(sign_in_as):
    client = sign_in_as("officer")

    dashboard = client.get(reverse("dashboard"))
    assert [row.commitment.text for row in dashboard.context["overdue"]] == [SHELTER]
    days = {day.title: day for day in client.get(reverse("timeline")).context["page"]}
    assert (days[FIGURES].status_text, days[FIGURES].distance) == (WITH_EMBASSY[FIGURES], "")
    assert days[SHELTER].distance == "overdue by 14 days"
    note = client.get(reverse("handover")).context["note"]
    assert sum(party.overdue for party in note.parties) == 1
    assert not [day for day in note.due if day.title in WITH_EMBASSY and day.days_overdue]
    justice = Ministry.objects.get(short_name="Justice and Law")
    desk = client.get(reverse("ministry_detail", args=[justice.pk])).context["desk"]
    assert {commitment.row.text: commitment.status_text for commitment in desk.commitments}[FIGURES] == WITH_EMBASSY[
        FIGURES
    ]


def test_the_api_uses_the_same_words(sign_in_as):
    client = sign_in_as("officer")
    answer = client.get("/api/v1/commitments/", {"status": "overdue"}).json()

    assert [row["text"] for row in answer["results"]] == [SHELTER]
    waiting = client.get("/api/v1/commitments/", {"status": "with_embassy"}).json()
    assert set(WITH_EMBASSY) < {row["text"] for row in waiting["results"]}


def test_rows_and_facts_say_the_same():
    facts = gather_facts(Edition.objects.get(year=2021))
    rows = Commitment.objects.with_history()

    assert {row.pk: row.standing_on(DAY) for row in rows} == commitment_standings(facts, DAY)
