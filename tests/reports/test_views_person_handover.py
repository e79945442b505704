"""The page on which an administrator hands over an account: what it lists, and that one form does everything."""

import re
from datetime import date

import pytest
from django.contrib.auth.hashers import make_password
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
from tiptracker.mail.models import Mail, MailKind
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


def send(client, person, do="confirm", **typed):
    """Send the form; by default from the page that asks to confirm it."""
    person.refresh_from_db()
    filled = {
        "last_day": "2022-02-04",
        "takes_over": "existing" if "successor" in typed else "new",
        "version": person.version,
        "do": do,
    }
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
        "Open tasks": 3,  # an update, and two dialogues without indicators
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

    page = client.get(send(client, thabo, successor=lineo.pk).headers["Location"])
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
        ({"takes_over": "existing", "name": "Lineo", "email": "lineo@post.example"}, "successor"),
        ({"takes_over": "", "name": "Lineo", "email": "lineo@post.example"}, "takes_over"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_planned(client, typed, field):
    OfficerFactory(email="taken@post.example")
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    OfficerFactory()
    thabo = OfficerFactory()
    if "successor" in typed:
        typed = typed | {"successor": elsewhere.pk}

    answer = send(client, thabo, **typed)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not thabo.handovers.exists()


def test_a_page_that_is_stale_is_refused_and_can_be_sent_again(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()
    User.objects.filter(pk=thabo.pk).update(version=5)

    answer = send(client, thabo, do="", successor=lineo.pk, version=1)

    assert shows_refusal(answer, "edit_conflict")
    assert answer.context["form"]["version"].value() == "5"


# --- The confirmation -------------------------------------------------------------------------------------------------


def test_a_page_says_what_will_happen_before_anything_is_changed(client, administrator):
    thabo, lineo = OfficerFactory(name="Thabo"), OfficerFactory(name="Lineo", email="lineo@post.example")
    police = FocalPointFactory().ministry
    set_contact(country=CountryFactory(), contact=thabo, by=administrator)
    DraftFactory(dialogue=DialogueFactory(planned=True), saved_by=thabo)

    page = send(client, thabo, do="", successor=lineo.pk)

    assert page.status_code == 200
    for sentence in (
        "Nothing has been changed yet.",
        "Thabo can sign in until <strong>4 February 2022</strong>.",
        "<strong>Lineo</strong> takes over on 5 February 2022.",
        f"These ministries are told now that the contact person changes: {police.short_name}.",
    ):
        assert sentence in page.text
    assert {line.what: line.number for line in page.context["lines"]}["Drafts"] == 1
    assert not thabo.handovers.exists()
    assert not Mail.objects.filter(kind=MailKind.HANDOVER).exists()


def test_the_confirmation_sends_what_was_typed_or_leads_back_to_it(client):
    thabo = OfficerFactory()
    OfficerFactory()
    page = send(client, thabo, do="", name="Lineo", email="lineo@post.example")
    hidden = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page.text)
    typed = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}

    again = client.post(page_of(thabo), typed | {"do": "edit"})
    assert (again.status_code, again.context["form"]["name"].value()) == (200, "Lineo")
    assert "<h2>Nothing was saved" not in again.text
    assert not thabo.handovers.exists()

    client.post(page_of(thabo), typed | {"do": "confirm"})
    assert thabo.handovers.get().successor.email == "lineo@post.example"


def test_what_cannot_be_planned_is_refused_before_the_confirmation(client):
    thabo, lineo = OfficerFactory(), OfficerFactory(valid_until_on=date(2022, 2, 1))

    answer = send(client, thabo, do="", successor=lineo.pk)

    assert answer.status_code == 422
    assert answer.context["change"] is None
    assert shows_refusal(answer, "successor_ends_first")


def test_what_was_typed_for_a_new_person_is_left_out_if_somebody_with_an_account_takes_over(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()

    send(client, thabo, successor=lineo.pk, name="Another", email="not an address")

    assert thabo.handovers.get().successor == lineo
    assert not User.objects.filter(name="Another").exists()


def test_nobody_is_taken_for_the_successor_before_one_is_chosen(client):
    thabo, lineo = OfficerFactory(), OfficerFactory()
    form = client.get(page_of(thabo)).context["form"]
    assert form["takes_over"].value() is None

    send(client, thabo, successor=lineo.pk)
    form = client.get(page_of(thabo)).context["form"]
    assert (form["takes_over"].value(), form["successor"].value()) == ("existing", lineo.pk)


def test_the_page_warns_if_a_country_keeps_one_officer(client):
    thabo, lineo = OfficerFactory(name="Thabo"), OfficerFactory(name="Lineo")

    page = send(client, thabo, do="", successor=lineo.pk)
    assert "After 4 February 2022, Lineo is the only officer for Lesotho." in page.text
    assert client.get(page_of(thabo)).context["few_officers"] == []

    send(client, thabo, successor=lineo.pk)
    assert "Lineo is the only officer for Lesotho." in client.get(page_of(thabo)).text

    OfficerFactory(name="Palesa", valid_until_on=date(2022, 2, 4))  # leaves on the same day
    assert send(client, thabo, do="", successor=lineo.pk).context["change"].few_officers
    OfficerFactory(name="Mpho", valid_until_on=date(2022, 2, 5))
    assert send(client, thabo, do="", successor=lineo.pk).context["change"].few_officers == []
    assert (
        send(client, AmbassadorFactory(), do="", name="A", email="a@post.example").context["change"].few_officers == []
    )


def test_a_new_person_counts_as_an_officer_who_remains(client):
    thabo = OfficerFactory()

    typed = {"name": "Lineo", "email": "lineo@post.example"}
    assert "Lineo is the only officer for Lesotho." in send(client, thabo, do="", **typed).text
    OfficerFactory()
    assert send(client, thabo, do="", **typed).context["change"].few_officers == []


def test_the_page_warns_until_a_new_officer_has_accepted_the_invitation(client):
    thabo, lineo = OfficerFactory(), OfficerFactory(name="Lineo")
    palesa = OfficerFactory(name="Palesa", password=make_password(None))

    send(client, thabo, successor=lineo.pk)
    warning = "Lineo is the only officer for Lesotho until the invitation is accepted by Palesa."
    assert warning in client.get(page_of(thabo)).text

    palesa.set_password("a long enough password")
    palesa.save()
    assert client.get(page_of(thabo)).context["few_officers"] == []


def test_closing_an_account_without_a_successor_warns_too(client):
    thabo = OfficerFactory()
    page = client.get(reverse("person_detail", args=[thabo.pk])).text
    assert "After 28 January 2022, Lesotho has no officer." in page


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
