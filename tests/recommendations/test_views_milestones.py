"""Pages of milestones: their dates, the Department's year, and the day on which one was done."""

from datetime import date

import pytest
from django.urls import reverse

from recommendations.choices import MilestoneKind, Tier
from tests.edition_urls import edition_url
from tests.factories import (
    EditionFactory,
    MilestoneDoneFactory,
    MilestoneFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def action_plan():
    return MilestoneFactory(kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28), edition=EditionFactory())


def test_a_missed_milestone_that_is_recorded_as_done_is_no_problem_any_more(client, action_plan):
    RecommendationFactory(edition=action_plan.edition)
    client.force_login(OfficerFactory())
    page = reverse("milestone_done", args=[action_plan.pk])
    name = "Action plan presented by the Department to the government"
    sentence = f"{name}: due on 28 December 2021 and not recorded as done."

    checks = client.get(reverse("readiness_checks")).text
    assert sentence in checks
    detail = reverse("milestone_detail", args=[action_plan.pk])
    assert detail in checks
    assert detail in client.get(reverse("timeline")).text
    shown = client.get(detail).text
    assert page in shown
    assert "Record that the Department did this" in shown
    assert "Record as done" not in shown

    assert client.post(page, {"done_on": "2021-12-20", "source": "Diplomatic note 12"}).status_code == 302

    assert sentence not in client.get(reverse("readiness_checks")).text
    timeline = client.get(reverse("timeline"))
    assert [(str(day.shown_on), day.status.value) for day in timeline.context["page"]] == [("2021-12-20", "done")]
    assert AuditEntry.objects.filter(verb="milestone.done").count() == 1


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [({"done_on": "2022-01-29"}, "future_day", ""), ({"source": ""}, None, "Fill this in.")],
)
def test_invalid_milestone_is_refused_at_its_field_and_keeps_the_input(client, action_plan, changed, code, sentence):
    client.force_login(OfficerFactory())
    told = {"done_on": "2021-12-20", "source": "Diplomatic note 12"} | changed
    [field] = changed

    response = client.post(reverse("milestone_done", args=[action_plan.pk]), told)

    assert response.status_code == 422
    assert response.context["form"].has_error(field, code)
    assert sentence in response.context["form"].errors[field][0]
    assert all(value in response.text for value in told.values())
    assert not action_plan.done.exists()


def test_a_second_recording_corrects_the_first_and_both_stay(client, action_plan):
    RecommendationFactory(edition=action_plan.edition)
    elsewhere = MilestoneFactory(edition=EditionFactory(year=2020), kind=MilestoneKind.ACTION_PLAN)
    MilestoneDoneFactory(milestone=elsewhere, source="Of another year")
    client.force_login(OfficerFactory(name="A. Officer"))
    page = reverse("milestone_done", args=[action_plan.pk])

    assert "Earlier records" not in client.get(page).text
    client.post(page, {"done_on": "2021-12-20", "source": "Diplomatic note 12"})
    told = client.get(page)
    assert all(said in told.text for said in ("Earlier records", "A. Officer", "20 Dec 2021", "Diplomatic note 12"))
    assert "Of another year" not in told.text
    assert (told.context["form"]["done_on"].value(), told.context["form"]["source"].value()) == (
        date(2021, 12, 20),
        None,
    )
    assert "Correct the day on which it was done" in client.get(reverse("milestone_detail", args=[action_plan.pk])).text

    assert client.post(page, {"done_on": "2021-12-22", "source": "Diplomatic note 13"}).status_code == 302

    assert [str(record.done_on) for record in client.get(page).context["history"]] == ["2021-12-22", "2021-12-20"]
    assert [str(day.shown_on) for day in client.get(reverse("timeline")).context["page"]] == ["2021-12-22"]
    assert "Diplomatic note 12" in AuditEntry.objects.filter(verb="milestone.done").last().detail.before


def test_the_same_recorded_again_is_refused(client, action_plan):
    client.force_login(OfficerFactory())
    page, told = (
        reverse("milestone_done", args=[action_plan.pk]),
        {"done_on": "2021-12-20", "source": "Diplomatic note 12"},
    )
    client.post(page, told)

    again = client.post(page, told)

    assert again.status_code == 422
    assert shows_refusal(again, "unchanged")
    assert "This is already recorded. Change something, or cancel." in again.text
    assert action_plan.done.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_milestone_done_query_count(client, django_assert_num_queries, action_plan, count):
    for number in range(count):
        MilestoneDoneFactory(milestone=action_plan, done_on=date(2021, 12, 20 + number), recorded_by=OfficerFactory())
    RecommendationFactory(edition=action_plan.edition)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 their zone and the count of My tasks, 1 milestone, 1 may edit, 1 recorded so far, 1 the editions
    with django_assert_num_queries(12):
        response = client.get(reverse("milestone_done", args=[action_plan.pk]))

    assert len(response.context["history"]) == count


def test_what_was_recorded_is_known_from_when_it_was(action_plan):
    MilestoneDoneFactory(milestone=action_plan, done_on=date(2021, 12, 20), recorded_at=at_noon(date(2022, 1, 10)))
    MilestoneDoneFactory(milestone=action_plan, done_on=date(2021, 12, 22), recorded_at=at_noon(date(2022, 1, 20)))

    def done_on(moment):
        return type(action_plan).objects.as_known_by(moment).get(pk=action_plan.pk).done_on

    assert done_on(at_noon(date(2022, 1, 9))) is None
    assert done_on(at_noon(date(2022, 1, 10))) == date(2021, 12, 20)
    assert done_on(None) == date(2021, 12, 22)


def test_a_day_that_comes_by_itself_has_no_page_to_record_it(client):
    deadline = MilestoneFactory(kind=MilestoneKind.DEADLINE)
    client.force_login(OfficerFactory())

    assert client.get(reverse("milestone_done", args=[deadline.pk])).status_code == 404


def test_an_officer_changes_a_date_and_everybody_of_the_embassy_sees_both_dates(client, action_plan):
    RecommendationFactory(edition=action_plan.edition)
    client.force_login(OfficerFactory(name="A. Officer"))
    page, detail = (reverse(name, args=[action_plan.pk]) for name in ("milestone_date", "milestone_detail"))
    change = {"due_on": "2022-02-10", "is_estimated": "on", "reason": "A cable of 3 January"}

    assert client.post(page, change | {"reason": ""}).status_code == 422
    assert client.post(page, change).status_code == 302

    client.force_login(ObserverFactory())
    response = client.get(detail)
    assert [(str(line.day), line.is_about) for line in response.context["dates"]] == [
        ("2022-02-10", True),
        ("2021-12-28", False),
    ]
    assert all(
        said in response.text for said in ("A. Officer", "A cable of 3 January", "earlier date", "The Department")
    )
    assert page not in response.text
    [day] = client.get(reverse("timeline")).context["page"]
    assert (str(day.shown_on), day.is_about, day.status_text) == ("2022-02-10", True, "ahead, estimated date")


def test_the_page_to_change_the_deadline_leads_to_the_terms(client):
    deadline = MilestoneFactory()
    client.force_login(OfficerFactory())
    terms = reverse("edition_terms", args=[deadline.edition_id])

    assert client.get(reverse("milestone_date", args=[deadline.pk])).url == terms
    assert terms in client.get(reverse("milestone_detail", args=[deadline.pk])).text


def test_an_officer_adds_the_departments_year_with_one_press(client):
    edition = RecommendationFactory().edition
    client.force_login(OfficerFactory())
    page = reverse("department_year", args=[edition.pk])
    assert page in client.get(reverse("timeline")).text

    shown = client.get(page)
    assert all(said in shown.text for said in ("86 FR 70562", "Not yet there", "Answers of the embassy"))
    assert client.post(page).url == edition_url("timeline")

    assert edition.milestones.count() == shown.context["missing"]
    assert page not in client.get(reverse("timeline")).text
    assert client.post(page).status_code == 422


def test_the_limit_of_the_watch_list_says_how_many_years_the_country_has_been_there(client):
    EditionFactory(year=2020, tier=Tier.WATCH_LIST)
    limit = MilestoneFactory(kind=MilestoneKind.WATCH_LIST_LIMIT, due_on=date(2022, 6, 30), edition=EditionFactory())
    client.force_login(OfficerFactory())

    page = client.get(reverse("milestone_detail", args=[limit.pk])).text

    assert "Lesotho has been on the Watch List for 2 editions in a row." in page
