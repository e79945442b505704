"""The page on which an administrator hands over an account: what it lists, and that one form does everything."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    DraftFactory,
    EditionFactory,
    EvidenceFactory,
    FocalPointFactory,
    HandoverFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    SavedFilterFactory,
    UpdateVersionFactory,
)
from tests.person_pages import press_person_button
from tests.refusals import shows_refusal
from tiptracker.accounts import tokens
from tiptracker.accounts.models import User
from tiptracker.choices import TokenScope
from tiptracker.handovers.choices import HandoverStepKind
from tiptracker.notifications.calendar_feeds import renew_feed
from tiptracker.onboarding.actions.countries import set_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    administrator = AdministratorFactory(name="Administrator")
    force_sign_in(client, administrator)
    return administrator


def page_of(person):
    return reverse("person_handover", args=[person.pk])


def send(client, person, **typed):
    person.refresh_from_db()
    filled = {"last_day": "2022-02-04", "successor": "", "name": "", "email": "", "version": person.version}
    return client.post(page_of(person), filled | typed)


def listed(client, person):
    return {line.what: line.number for line in client.get(page_of(person)).context["lines"]}


def test_the_page_counts_what_an_officer_hands_over(client, administrator):
    EditionFactory()
    thabo, other = OfficerFactory(), OfficerFactory()
    set_contact(country=CountryFactory(), contact=thabo, by=administrator)
    SavedFilterFactory(person=thabo)
    SavedFilterFactory(person=other)
    DraftFactory(dialogue=DialogueFactory(planned=True), saved_by=thabo)
    DraftFactory(dialogue=DialogueFactory(planned=True), saved_by=other)
    EvidenceFactory(recorded_by=thabo, supports=[BenchmarkFactory()])
    UpdateVersionFactory()
    renew_feed(by=thabo)
    token, _ = tokens.create_token(
        person=thabo, name="Excel at home", scope=TokenScope.READ, expires_on=date(2022, 2, 1)
    )

    assert listed(client, thabo) == {
        "Open tasks": 1,
        "Briefings requested and not cleared": 0,
        "Evidence logged and not verified": 1,
        "Drafts": 1,
        "Contact person for the ministries of Lesotho": 1,
        "Saved filters": 1,
        "Own choices about mails": 0,
        "Private calendar address": 1,
        "API tokens": 1,
    }
    assert f"Excel at home ({token.prefix}…): Read only" in client.get(page_of(thabo)).text


def test_the_page_counts_what_a_focal_point_and_an_observer_hand_over(client):
    ministry = MinistryFactory()
    focal_point = FocalPointFactory(ministry=ministry)
    commitment = CommitmentFactory(ministry=ministry)
    CommitmentFactory()
    DraftFactory(commitment=commitment, saved_by=focal_point)

    counts = listed(client, focal_point)

    assert (counts["Open commitments of the ministry"], counts["Drafts"]) == (1, 1)
    assert "Drafts" not in listed(client, ObserverFactory())


def test_the_page_counts_for_a_closed_account_too(client):
    focal_point = FocalPointFactory(is_active=False, valid_until_on=date(2022, 1, 10))
    DraftFactory(commitment=CommitmentFactory(ministry=focal_point.ministry), saved_by=focal_point)

    assert listed(client, focal_point)["Drafts"] == 1
    assert client.get(page_of(focal_point)).context["form"]["last_day"].value() == date(2022, 1, 10)


def test_one_form_plans_everything_and_the_page_then_says_what_is_planned(client, run_jobs):
    thabo, lineo = OfficerFactory(name="Thabo"), OfficerFactory(name="Lineo")
    assert page_of(thabo) in client.get(reverse("person_list")).text
    assert page_of(thabo) in client.get(reverse("person_detail", args=[thabo.pk])).text

    page = client.post(page_of(thabo), {"last_day": "2022-02-04", "successor": lineo.pk, "version": 1}, follow=True)
    run_jobs()

    assert "Thabo can sign in until 4 February 2022." in page.text
    assert page.context["planned"].successor == lineo
    assert {message.to[0] for message in mail.outbox} == {thabo.email, lineo.email}
    assert "Planned: <a" in client.get(reverse("person_detail", args=[thabo.pk])).text


def test_a_new_person_is_added_and_invited_by_the_same_form(client):
    ambassador = AmbassadorFactory()

    send(client, ambassador, name="Lineo", email="lineo@post.example")

    lineo = User.objects.get(email="lineo@post.example")
    assert (lineo.role, list(lineo.countries.all())) == ("ambassador", [CountryFactory()])
    assert "can approve requests about accounts after 14 days" in client.get(page_of(ambassador)).text


def test_a_last_day_that_is_over_closes_the_account_at_once(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()

    answer = send(client, thabo, successor=lineo.pk, last_day="2022-01-27")

    thabo.refresh_from_db()
    assert not thabo.is_active
    assert answer.headers["Location"] == reverse("person_detail", args=[thabo.pk])


def test_a_planned_handover_is_cancelled_on_the_page(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()
    send(client, thabo, successor=lineo.pk)
    thabo.refresh_from_db()

    page = client.post(page_of(thabo), {"do": "call_off", "version": thabo.version}, follow=True)

    assert page.context["planned"] is None
    thabo.refresh_from_db()
    assert thabo.valid_until_on is None
    again = client.post(page_of(thabo), {"do": "call_off", "version": thabo.version}, follow=True)
    assert "No handover of this account is planned." in again.text


def test_the_last_day_of_a_planned_handover_is_changed_on_this_page_alone(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()
    send(client, thabo, successor=lineo.pk)

    answer = press_person_button(client, thabo, "renew", until="2022-12-31")

    assert shows_refusal(answer, "handover_planned")
    thabo.refresh_from_db()
    assert thabo.valid_until_on == date(2022, 2, 4)


def test_the_page_of_a_person_says_that_a_handover_lapsed(client):
    handover = HandoverFactory()
    handover.steps.create(kind=HandoverStepKind.LAPSED, at=handover.planned_at)
    called_off = HandoverFactory()
    called_off.steps.create(kind=HandoverStepKind.CALLED_OFF, at=handover.planned_at)

    assert "could not take over" in client.get(reverse("person_detail", args=[handover.person.pk])).text
    assert called_off.successor.name not in client.get(reverse("person_detail", args=[called_off.person.pk])).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "name"),
        ({"name": "Lineo"}, "email"),
        ({"name": "Lineo", "email": "taken@post.example"}, "email"),
        ({"name": "Lineo", "email": "lineo@post.example", "last_day": ""}, "last_day"),
        ({"successor": "elsewhere"}, "successor"),
        ({"successor": "existing", "name": "Lineo"}, "successor"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_planned(client, typed, field):
    OfficerFactory(email="taken@post.example")
    keys = {
        "elsewhere": OfficerFactory(countries=[CountryFactory(elsewhere=True)]).pk,
        "existing": OfficerFactory().pk,
    }
    thabo = OfficerFactory()
    if "successor" in typed:
        typed = typed | {"successor": keys[typed["successor"]]}

    answer = send(client, thabo, **typed)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not thabo.handovers.exists()


def test_a_page_that_is_stale_is_refused_and_can_be_sent_again(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()
    User.objects.filter(pk=thabo.pk).update(version=5)

    answer = client.post(page_of(thabo), {"last_day": "2022-02-04", "successor": lineo.pk, "version": 1})

    assert shows_refusal(answer, "edit_conflict")
    assert answer.context["form"]["version"].value() == "5"


def test_administrators_and_ones_own_account_are_not_handed_over(client, administrator):
    for person in (administrator, AdministratorFactory()):
        page = client.get(page_of(person))
        assert 'name="last_day"' not in page.text
        assert send(client, person, name="New", email="new@post.example").status_code == 422
    assert not User.objects.filter(email="new@post.example").exists()


def test_who_is_told_is_named_before(client, administrator):
    thabo = OfficerFactory(name="Thabo")
    focal_point = FocalPointFactory(name="Focal point")
    OfficerFactory(name="Colleague")
    set_contact(country=CountryFactory(), contact=thabo, by=administrator)

    page = client.get(page_of(thabo)).text

    short_name = focal_point.ministry.short_name
    assert f"Focal point ({short_name}), focal point, because the contact person changes" in page
    assert "Colleague, officer of the embassy" in page
