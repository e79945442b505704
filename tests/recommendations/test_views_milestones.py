"""Record the day on which a milestone was done."""

from datetime import date

import pytest
from django.urls import reverse

from recommendations.choices import MilestoneKind
from tests.factories import (
    EditionFactory,
    MilestoneDoneFactory,
    MilestoneFactory,
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
    assert page in checks
    assert page in client.get(reverse("timeline")).text

    assert client.post(page, {"done_on": "2021-12-20", "source": "Diplomatic note 12"}).status_code == 302

    assert sentence not in client.get(reverse("readiness_checks")).text
    timeline = client.get(reverse("timeline"))
    assert [(str(day.shown_on), day.status.value) for day in timeline.context["page"]] == [("2021-12-20", "done")]
    assert "Record as done" not in timeline.text
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
    assert f'<a href="{page}"> Correct the date<' in client.get(reverse("timeline")).text

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
    with django_assert_num_queries(8):
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
