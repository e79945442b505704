"""The pages of people: the list, and changes of roles that are noticed."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from tests.authentication import enrol_second_factor, force_sign_in, sign_in
from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    HandoverFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
)
from tests.person_pages import post_new_person, post_person_change, press_person_button
from tests.refusals import refuses, shows_refusal
from tiptracker import clock
from tiptracker.accounts import tokens
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.choices import Role, TokenScope
from tiptracker.mail.models import Mail
from tiptracker.onboarding.actions.accounts import (
    AccountDetails,
    change_person,
    change_unused_address,
    close_account,
    end_sign_ins_and_tokens,
    lift_lock_out,
    rename_person,
    reopen_account,
)
from tiptracker.onboarding.actions.countries import set_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    administrator = AdministratorFactory()
    force_sign_in(client, administrator)
    return administrator


def logged_values(verb):
    entry = AuditEntry.objects.select_related("detail").filter(verb=verb).get()
    return json.loads(entry.detail.before or "{}"), json.loads(entry.detail.after or "{}"), entry


# --- What the list tells ----------------------------------------------------------------------------------------------


def listed_people(client, **asked):
    return [line.person.pk for line in client.get(reverse("person_list"), asked).context["lines"]]


LOOKUPS = {
    "": "1", "__isnull": "1", "__gt": "1", "__pk": "1", "__exact": "1", "__in": "1",
    "__regex": "^argon2", "__password__startswith": "argon2", "__ministry__name": "1", "__evidence": "1",
}  # fmt: skip


def test_no_filter_but_those_shown_narrows_the_list(client):
    """… and so tells of a field, or of rows that point here, which an administrator doesn't read."""
    EvidenceFactory(recorded_by=FocalPointFactory())
    enrol_second_factor(OfficerFactory())
    whole = listed_people(client)
    fields = {field.name for field in User._meta.get_fields()} - {"role"}
    assert {"password", "authenticator", "usersession"} <= fields

    # Each name is read by itself, so that asking for all at once asks for each.
    asked = {f"{name}{how}": value for name in fields for how, value in LOOKUPS.items()}
    asked |= {f"role{how}": value for how, value in LOOKUPS.items() if how}

    assert len(whole) == 3
    assert listed_people(client, **asked) == whole


def test_the_filters_that_are_shown_filter(client, administrator):
    closed, focal = OfficerFactory(name="Lineo", is_active=False), FocalPointFactory()
    ended = OfficerFactory(valid_until_on=clock.today() - timedelta(days=1))
    invited = OfficerFactory(password="!not yet")
    elsewhere = FocalPointFactory(ministry=MinistryFactory(country=CountryFactory(elsewhere=True)))

    assert set(listed_people(client, role="focal_point")) == {focal.pk, elsewhere.pk}
    assert listed_people(client, country=elsewhere.ministry.country.pk) == [elsewhere.pk]
    assert set(listed_people(client, country=CountryFactory().pk)) == {closed.pk, focal.pk, ended.pk, invited.pk}
    assert listed_people(client, q="line") == [closed.pk]
    assert listed_people(client, q=focal.email.split("@")[0]) == [focal.pk]
    by_state = {state: listed_people(client, state=state) for state in ("closed", "ended", "invited")}
    assert by_state == {"closed": [closed.pk], "ended": [ended.pk], "invited": [invited.pk]}
    assert set(listed_people(client, state="open")) == {administrator.pk, focal.pk, elsewhere.pk}


def test_the_list_says_who_may_sign_in_until_when_and_leaves_out_sources(client, settings):
    settings.DEMO_CLOCK = ""
    source = OfficerFactory(name="Public sources", email="public.record@tip-tracker.invalid")
    OfficerFactory(name="Lineo", valid_until_on=date(2099, 1, 28), last_login=datetime(2022, 9, 28, 9, 5, tzinfo=UTC))
    FocalPointFactory(name="Thabo", ministry=MinistryFactory(country=CountryFactory(elsewhere=True)))

    page = client.get(reverse("person_list")).text

    assert "28 Jan 2099" in page
    assert "28 Sep 2022, 09:05" in page
    assert "Malawi" in page
    assert "Public sources" not in page
    assert client.get(reverse("person_detail", args=[source.pk])).status_code == 200


def test_the_list_says_who_takes_over_from_whom(client):
    HandoverFactory(successor=OfficerFactory(name="Palesa"))
    OfficerFactory(name="Mpho")

    page = client.get(reverse("person_list")).text

    assert "Palesa takes over" in page
    assert "Mpho takes over" not in page


def test_who_is_locked_out_is_shown_and_can_be_let_in_again(client, django_capture_on_commit_callbacks):
    officer, theirs = OfficerFactory(), Client()
    for _ in range(6):
        sign_in(theirs, officer, "wrong")
    assert sign_in(theirs, officer).status_code == 200
    page = reverse("person_detail", args=[officer.pk])
    assert "Locked out until" in client.get(reverse("person_list")).text
    assert client.get(page).context["locked_out_until"] > clock.now()

    with django_capture_on_commit_callbacks(execute=True):
        assert press_person_button(client, officer, "lift").status_code == 302

    assert client.get(page).context["locked_out_until"] is None
    assert sign_in(theirs, officer).status_code == 302
    assert AuditEntry.objects.filter(verb="person.lock_out_lifted", row=str(officer.pk)).exists()


# --- Adding and changing ----------------------------------------------------------------------------------------------


def test_log_of_an_added_person_has_every_field(client, administrator):
    assert post_new_person(client).status_code == 302

    before, after, entry = logged_values("user.added")
    assert before == {}
    assert after == {
        "name": "Palesa",
        "email": "palesa@post.example",
        "role": "officer",
        "ministry": None,
        "countries": ["Lesotho"],
        "is_active": True,
        "valid_until_on": "2099-12-31",
    }
    assert (entry.by, entry.country) == (administrator, None)
    added = User.objects.get_queryset().get(email="palesa@post.example")
    assert added.role_given_by == administrator


def test_log_of_a_changed_person_has_only_changed_fields(client):
    officer = OfficerFactory(name="Lineo", valid_until_on="2099-12-31")

    assert post_person_change(client, officer, name="Lineo M.", role="observer").status_code == 302

    before, after, _ = logged_values("user.changed")
    assert before == {"name": "Lineo", "role": "officer"}
    assert after == {"name": "Lineo M.", "role": "observer"}


def test_an_account_without_a_last_day_gets_none_by_another_change(client):
    officer = OfficerFactory(name="Lineo", valid_until_on=None)
    page = client.get(reverse("person_edit", args=[officer.pk]))
    assert page.context["form"]["until"].value() is None

    sent = {field.name: field.value() for field in page.context["form"] if field.value() is not None}
    client.post(reverse("person_edit", args=[officer.pk]), sent | {"name": "Lineo M."})

    officer.refresh_from_db()
    assert (officer.name, officer.valid_until_on) == ("Lineo M.", None)


def test_log_names_the_ministry_of_a_focal_point(client):
    ministry, other = MinistryFactory(name="Police"), MinistryFactory(name="Justice")
    someone = FocalPointFactory(ministry=ministry, valid_until_on="2099-12-31")

    assert post_person_change(client, someone, ministry=other.pk).status_code == 302

    before, after, _ = logged_values("user.changed")
    assert (before, after) == ({"ministry": "Police"}, {"ministry": "Justice"})


def test_each_ministry_stands_below_its_country(client):
    MinistryFactory(short_name="Police")
    MinistryFactory(short_name="Police", country=CountryFactory(elsewhere=True))

    page = client.get(reverse("person_add")).text

    assert page.index('<optgroup label="Lesotho">') < page.index("Police (Lesotho)")
    assert page.index('<optgroup label="Malawi">') < page.index("Police (Malawi)")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "taken@post.example"}, "email"),
        ({"countries": []}, "countries"),
        ({"role": "focal_point", "countries": []}, "ministry"),
        ({"until": "2020-01-01"}, "until"),
    ],
)
def test_errors_are_shown_at_their_field_and_the_input_stays(client, typed, field):
    OfficerFactory(email="taken@post.example")

    answer = post_new_person(client, **typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Palesa"' in answer.text or field == "name"
    assert User.objects.get_queryset().count() == 2


def test_a_change_of_a_page_that_is_stale_is_refused_with_what_changed(client):
    officer = OfficerFactory(name="Lineo", valid_until_on="2099-12-31")
    seen = officer.version
    post_person_change(client, officer, role="observer")

    answer = post_person_change(client, officer, name="Lineo M.", role="officer", version=seen)

    assert answer.status_code == 422
    assert shows_refusal(answer, "edit_conflict")
    assert answer.context["stands"].role == "observer"
    assert 'value="Lineo M."' in answer.text
    officer.refresh_from_db()
    assert (officer.name, officer.role) == ("Lineo", "observer")
    again = answer.context["form"].data | {"name": "Lineo M.", "countries": [CountryFactory().pk]}
    assert client.post(reverse("person_edit", args=[officer.pk]), again).status_code == 302


def test_all_that_is_wrong_with_a_new_person_is_told_at_once(client):
    there = OfficerFactory(email="taken@post.example")

    answer = post_new_person(client, email="Taken@post.example", until="2020-01-01", countries=[])

    assert sorted(answer.context["form"].errors) == ["countries", "email", "until"]
    assert reverse("person_detail", args=[there.pk]) in answer.text


def test_what_a_role_requires_is_not_called_optional(client):
    page = client.get(reverse("person_add")).text

    assert "(optional)" not in page
    assert "Required for focal points." in page
    assert "Required for officers, ambassadors and observers." in page


def test_a_focal_point_is_moved_by_the_ministry_and_the_refusal_says_so(client):
    someone = FocalPointFactory(valid_until_on="2099-12-31")

    answer = post_person_change(client, someone, countries=[CountryFactory(elsewhere=True).pk])

    assert answer.context["form"].errors["countries"] == [
        "A focal point has the country of the ministry. Remove the countries."
    ]


def messages_shown(client, person):
    """What the next page says of what was just done."""
    return [str(message) for message in client.get(reverse("person_detail", args=[person.pk])).context["messages"]]


def test_saving_says_what_was_changed(client):
    officer = OfficerFactory(name="Lineo", valid_until_on="2099-12-31")

    post_person_change(client, officer, name="Palesa")

    assert messages_shown(client, officer) == ["The name was saved."]


def test_a_removal_is_announced_with_how_to_undo_it(client):
    elsewhere = CountryFactory(elsewhere=True)
    officer = OfficerFactory(name="Lineo", countries=[CountryFactory(), elsewhere], valid_until_on="2099-12-31")
    undo = "Lineo was signed out and gets an e-mail. To undo this, change it back under “Change the account”."

    post_person_change(client, officer, countries=[CountryFactory().pk])
    assert messages_shown(client, officer) == [f"Access was removed: Malawi. {undo}"]
    post_person_change(client, officer, role="observer")
    assert messages_shown(client, officer) == [f"The role was changed from “Officer” to “Observer”. {undo}"]
    press_person_button(client, officer, "close")
    assert messages_shown(client, officer)[-1].endswith("To undo this, open the account again below.")


# --- Another country --------------------------------------------------------------------------------------------------


def test_a_ministry_of_another_country_is_asked_about_and_not_given_in_one_step(client):
    here, there = MinistryFactory(), MinistryFactory(country=CountryFactory(elsewhere=True))
    someone = FocalPointFactory(ministry=here, valid_until_on="2099-12-31")

    page = post_person_change(client, someone, ministry=there.pk)

    assert page.status_code == 200
    assert [str(country) for country in page.context["move"].leaves] == ["Lesotho"]
    assert [str(country) for country in page.context["move"].joins] == ["Malawi"]
    someone.refresh_from_db()
    assert someone.ministry == here
    # What is confirmed is exactly what was asked about.
    sent = dict(page.context["typed"])
    third = MinistryFactory(country=CountryFactory(code="ZMB", name="Zambia"))
    other = client.post(reverse("person_edit", args=[someone.pk]), sent | {"ministry": third.pk})
    assert other.status_code == 200
    assert client.post(reverse("person_edit", args=[someone.pk]), sent).status_code == 302
    someone.refresh_from_db()
    assert someone.ministry == there


def test_a_country_more_is_asked_about_and_one_less_is_not(client):
    elsewhere = CountryFactory(elsewhere=True)
    officer = OfficerFactory(valid_until_on="2099-12-31")
    both = [CountryFactory().pk, elsewhere.pk]

    assert post_person_change(client, officer, countries=both).status_code == 200
    assert post_person_change(client, officer, countries=both, confirm=True).status_code == 302
    assert post_person_change(client, officer, countries=[elsewhere.pk]).status_code == 302
    assert list(officer.countries.all()) == [elsewhere]


def test_the_move_is_named_as_one_and_says_what_this_person_can_see(client):
    officer = OfficerFactory(name="Lineo", valid_until_on="2099-12-31")
    elsewhere = CountryFactory(elsewhere=True)

    moved = post_person_change(client, officer, countries=[elsewhere.pk]).text
    given = post_person_change(client, officer, countries=[CountryFactory().pk, elsewhere.pk]).text

    assert "<h1>Move Lineo to Malawi?</h1>" in moved
    assert "<h1>Give Lineo access to Malawi?</h1>" in given
    assert "Lineo will see all records of Malawi." in moved
    assert "new role" not in moved


# --- The contact person -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["closed", "moved", "made a focal point", "made an observer"])
def test_a_contact_person_who_is_no_officer_any_more_is_no_contact_any_more_and_another_is_asked_for(client, how):
    officer = OfficerFactory(name="Lineo", valid_until_on="2099-12-31")
    country = officer.countries.get()
    set_contact(country=country, contact=officer, by=AdministratorFactory())
    page = reverse("person_detail", args=[officer.pk])
    assert "will have no contact person at the embassy until you name another one" in client.get(page).text

    if how == "closed":
        press_person_button(client, officer, "close")
    elif how == "moved":
        post_person_change(client, officer, countries=[CountryFactory(elsewhere=True).pk], confirm=True)
    elif how == "made an observer":
        post_person_change(client, officer, role="observer")
    else:
        post_person_change(client, officer, role="focal_point", ministry=MinistryFactory().pk, countries=[])

    country.refresh_from_db()
    assert country.contact is None
    entry = AuditEntry.objects.select_related("detail").filter(verb="country.changed").latest("number")
    assert json.loads(entry.detail.before) == {"contact": "Lineo"}
    assert json.loads(entry.detail.after) == {"contact": None}
    answer = client.get(page).text
    assert "The ministries of Lesotho now have no contact person at the embassy." in answer
    assert f'<a href="{reverse("setup_people", args=[country.pk])}#contact">Name the contact person</a>' in answer


def test_the_step_of_people_agrees_once_the_only_officer_is_closed(client):
    officer = OfficerFactory()
    country = officer.countries.get()
    set_contact(country=country, contact=officer, by=AdministratorFactory())

    press_person_button(client, officer, "close")

    page = client.get(reverse("setup_detail", args=[country.pk])).text
    assert "No officer or ambassador has an open account. Ministries have no contact person at the embassy." in page


def test_a_contact_person_who_stays_an_officer_stays_the_contact(client):
    officer = OfficerFactory(valid_until_on="2099-12-31")
    country = officer.countries.get()
    set_contact(country=country, contact=officer, by=AdministratorFactory())

    post_person_change(client, officer, countries=[country.pk, CountryFactory(elsewhere=True).pk], confirm=True)

    country.refresh_from_db()
    assert country.contact == officer


# --- Closing, opening again, ending -----------------------------------------------------------------------------------


def test_a_closed_account_offers_no_change_of_address_and_refuses_one(client):
    officer = OfficerFactory(password="!not yet")
    press_person_button(client, officer, "close")

    assert 'value="address"' not in client.get(reverse("person_detail", args=[officer.pk])).text
    answer = press_person_button(client, officer, "address", email="new@post.example")

    assert answer.status_code == 422
    assert "Open it first, then change the address." in answer.text
    assert not Mail.objects.filter(kind="invitation").exists()


@pytest.mark.parametrize(
    ("closed", "code", "sentence"),
    [
        (True, "closed", "is closed. Open it first, then send the invitation."),
        (False, "account_expired", "has passed. Change it first, then send the invitation."),
    ],
)
def test_no_invitation_is_queued_that_would_never_be_sent(client, closed, code, sentence):
    over = clock.today() - timedelta(days=1)
    officer = OfficerFactory(password="!not yet", is_active=not closed, valid_until_on=over)

    answer = press_person_button(client, officer, "invite")

    assert answer.status_code == 422
    assert shows_refusal(answer, code)
    assert sentence in answer.text
    assert 'value="invite"' not in answer.text
    assert not Mail.objects.exists()


@pytest.mark.parametrize("do", ["reopen", "renew"])
def test_who_never_set_a_password_is_to_be_invited_again_once_the_account_works_again(client, do):
    officer = OfficerFactory(password="!not yet", is_active=do == "renew", valid_until_on=date(2022, 1, 5))

    press_person_button(client, officer, do, until="2099-12-31")

    assert messages_shown(client, officer)[-1].endswith("No password is set yet. Send the invitation again.")


def test_a_closed_account_says_what_is_true_of_it(client):
    never_came, administrator = OfficerFactory(password="!not yet", is_active=False), AdministratorFactory()
    came = OfficerFactory(is_active=False, valid_until_on=clock.today())
    AdministratorFactory()
    press_person_button(client, administrator, "close")

    def page(person):
        return client.get(reverse("person_detail", args=[person.pk])).text

    assert "signs in with the same password" in page(came)
    assert "Officers of Lesotho see this in the activity log." in page(came)
    assert "28 January 2022</dd>" not in page(came)
    assert "has no password" in page(never_came)
    assert "signs in with the same password" not in page(never_came)
    assert "Officers of" not in page(administrator)


def test_the_page_says_until_when_the_link_of_the_invitation_works(client, run_jobs):
    post_new_person(client)
    run_jobs()
    person = User.objects.get_queryset().get(email="palesa@post.example")

    assert (
        "The link in the invitation works until 4 February 2022 at"
        in client.get(reverse("person_detail", args=[person.pk])).text
    )


def test_the_rule_of_removing_a_second_step_is_told_before_there_is_one(client):
    page = client.get(reverse("person_detail", args=[OfficerFactory().pk])).text

    assert "Once a second step is set up, you can request its removal here, and another person approves it." in page


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_people_lead_to_the_requests_and_one_that_was_cancelled_stays_there(client):
    AdministratorFactory()
    officer = OfficerFactory()
    press_person_button(client, officer, "address", email="new@post.example")
    request = officer.account_requests.get()
    requests = reverse("account_request_list")
    assert f'href="{requests}"' in client.get(reverse("person_list")).text

    client.post(reverse("account_request_detail", args=[request.pk]), {"do": "stop"})

    assert reverse("account_request_detail", args=[request.pk]) in client.get(requests).text
    assert f'href="{requests}"' in client.get(reverse("person_detail", args=[officer.pk])).text


def test_the_history_of_a_person_names_each_country(client):
    elsewhere = CountryFactory(elsewhere=True)
    post_new_person(client, countries=[CountryFactory().pk, elsewhere.pk])
    person = User.objects.get_queryset().get(email="palesa@post.example")
    post_person_change(client, person, countries=[elsewhere.pk])

    history = client.get(reverse("person_detail", args=[person.pk])).context["history"]

    told = {past.action: past.times for past in history}
    assert (told["Set a role for Lesotho"], told["Set a role for Malawi"], told["Removed access to Lesotho"]) == (
        1,
    ) * 3


@pytest.mark.parametrize("until", [None, date(2023, 1, 5), date(2022, 1, 5)])
def test_every_account_can_be_closed_and_gets_a_last_day(client, until):
    officer = OfficerFactory(valid_until_on=until)
    browser, secret = signed_in_with_token(officer) if until != date(2022, 1, 5) else (Client(), "")

    assert press_person_button(client, officer, "close").status_code == 302

    officer.refresh_from_db()
    assert not officer.is_active
    assert officer.valid_until_on == min(clock.today(), until or clock.today())
    assert session_and_token_work(browser, secret) == (False, False)
    assert press_person_button(client, officer, "close").status_code == 422


def test_reopening_an_account_needs_a_future_last_day_and_restores_no_session_or_token(client, administrator):
    officer = OfficerFactory()
    browser, secret = signed_in_with_token(officer)
    press_person_button(client, officer, "close")

    assert press_person_button(client, officer, "reopen", until="2020-01-01").status_code == 422
    assert press_person_button(client, officer, "reopen", until="2099-12-31").status_code == 302

    officer.refresh_from_db()
    assert (officer.is_active, officer.valid_until_on) == (True, date(2099, 12, 31))
    assert officer.role_given_by == administrator
    assert session_and_token_work(browser, secret) == (False, False)


def test_ending_sign_ins_and_tokens_is_told_by_mail(client, run_jobs):
    officer = OfficerFactory()
    browser, secret = signed_in_with_token(officer)

    assert press_person_button(client, officer, "end").status_code == 302
    run_jobs()

    assert session_and_token_work(browser, secret) == (False, False)
    assert "ended all your sign-ins" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [officer.email]


def test_an_unknown_button_says_so(client):
    answer = press_person_button(client, OfficerFactory(), "fly")

    assert answer.status_code == 422
    assert "with one of the buttons on this page" in answer.text


# --- Nobody becomes somebody else unseen ------------------------------------------------------------------------------

UNCHANGED_DATA = {
    "email": "me@post.example",
    "role": "officer",
    "ministry": "",
    "countries": ["1"],
    "until": "2099-12-31",
}


@pytest.mark.parametrize("name", UNCHANGED_DATA)
def test_nobody_changes_what_makes_them_who_they_are(client, administrator, name):
    mine = reverse("person_edit", args=[administrator.pk])
    before = User.objects.get_queryset().filter(pk=administrator.pk).values().get()

    assert name not in client.get(mine).context["form"].fields
    answer = client.post(mine, {"name": "I", "version": administrator.version, name: UNCHANGED_DATA[name]})

    assert answer.status_code == 403
    assert User.objects.get_queryset().filter(pk=administrator.pk).values().get() == before
    assert not administrator.countries.exists()
    renamed = client.post(mine, {"name": "Another name", "version": administrator.version})
    assert renamed.status_code == 302
    administrator.refresh_from_db()
    assert administrator.name == "Another name"


def test_the_actions_themselves_refuse_ones_own_account_and_who_is_no_administrator(administrator):
    officer, now = OfficerFactory(), clock.now()
    account = AccountDetails("Lineo", Role.OBSERVER, None, [CountryFactory()], date(2099, 12, 31))
    change_it = {"version": 1, "account": account, "confirmed": "", "now": now}
    with pytest.raises(PermissionDenied):
        change_person(person=administrator, by=administrator, **change_it)
    as_it_is = {"person": officer, "version": 1, "by": officer, "now": now}
    for action, said in {
        change_person: {"account": account, "confirmed": ""},
        rename_person: {"name": "Lineo"},
        change_unused_address: {"email": "new@post.example"},
        close_account: {"today": clock.today()},
        reopen_account: {"until": date(2099, 12, 31)},
    }.items():
        with pytest.raises(PermissionDenied):
            action(**as_it_is, **said)
    for action in (end_sign_ins_and_tokens, lift_lock_out):
        with pytest.raises(PermissionDenied):
            action(person=administrator, by=officer)


@pytest.mark.parametrize("do", ["renew", "close", "second_step", "lift"])
def test_nobody_uses_the_buttons_of_administrators_on_their_own_account(client, administrator, do):
    enrol_second_factor(administrator)

    page = press_person_button(client, administrator, do, until="2099-12-31")

    assert page.status_code == 422
    assert "You cannot do this to your own account. Ask another administrator." in page.text
    assert administrator.authenticator_set.count() == 2
    administrator.refresh_from_db()
    assert (administrator.is_active, administrator.valid_until_on) == (True, None)
    assert not Mail.objects.exists()


def signed_in_with_token(someone):
    """A browser in which they are signed in, and the secret of a token of theirs."""
    browser = Client()
    sign_in(browser, someone)
    _, secret = tokens.create_token(
        person=someone, name="Import", scope=TokenScope.READ, expires_on=tokens.latest_expiry(someone)
    )
    assert session_and_token_work(browser, secret) == (True, True)
    return browser, secret


def session_and_token_work(browser, secret):
    asked = Client().get(reverse("commitment-list"), headers={"Authorization": f"Bearer {secret}"})
    return browser.get(reverse("sign_in_list")).status_code == 200, asked.status_code == 200


def changed_data(name):
    return {
        "role": {"role": "observer"},
        "ministry": {"role": "focal_point", "ministry": MinistryFactory().pk, "countries": []},
        "countries": {"countries": [CountryFactory(elsewhere=True).pk]},
    }[name]


@pytest.mark.parametrize("name", ["role", "ministry", "countries"])
def test_a_person_whose_role_changes_is_signed_out_and_gets_a_mail(client, name, run_jobs):
    officer = OfficerFactory()
    browser, secret = signed_in_with_token(officer)

    assert post_person_change(client, officer, confirm=True, **changed_data(name)).status_code == 302
    run_jobs()

    assert session_and_token_work(browser, secret) == (False, False)
    told = {"ministry": "role, ministry and countries"}.get(name, name)
    (one,) = [each for each in mail.outbox if each.subject == "TIP Tracker: your account was changed"]
    assert one.to == [officer.email]
    assert f"What was changed: {told}." in one.body
    assert "@" not in one.body


def test_an_address_without_a_password_is_corrected_immediately_and_both_are_told(client, administrator, run_jobs):
    person = OfficerFactory(password="!not yet", role_given_by=None)
    old, reader = person.email, OfficerFactory()

    assert press_person_button(client, person, "address", email="New@Post.example").status_code == 302
    run_jobs()

    person.refresh_from_db()
    assert (person.email, person.role_given_by) == ("new@post.example", administrator)
    assert {address for message in mail.outbox for address in message.to} == {"new@post.example", old}
    assert "person.address_changed" in AuditEntry.objects.visible_to(reader).values_list("verb", flat=True)


def test_another_name_signs_nobody_out(client, run_jobs):
    officer = OfficerFactory()
    browser, secret = signed_in_with_token(officer)

    assert post_person_change(client, officer, name="Another name").status_code == 302
    run_jobs()

    assert session_and_token_work(browser, secret) == (True, True)
    assert not Mail.objects.filter(kind="account_changed").exists()


@pytest.mark.parametrize("by", ["renewing", "another last day"])
def test_sign_ins_begun_before_an_account_expired_stay_ended(client, by):
    officer = OfficerFactory()
    browser, secret = signed_in_with_token(officer)
    today = clock.today()
    User.objects.get_queryset().filter(pk=officer.pk).update(valid_until_on=today - timedelta(days=1))
    officer.refresh_from_db()

    if by == "renewing":
        press_person_button(client, officer, "renew", until="2099-12-31")
    else:
        post_person_change(client, officer, until="2099-12-31")

    officer.refresh_from_db()
    assert officer.valid_until_on > today
    assert session_and_token_work(browser, secret) == (False, False)


def test_renewing_an_account_that_lasts_ends_nothing(client):
    officer = OfficerFactory()
    browser, secret = signed_in_with_token(officer)

    press_person_button(client, officer, "renew", until="2099-12-31")

    assert session_and_token_work(browser, secret) == (True, True)


def test_a_countrys_officers_read_who_got_and_who_lost_a_role_there(client):
    here, elsewhere = CountryFactory(), CountryFactory(elsewhere=True)
    reader, neighbour = OfficerFactory(countries=[here]), OfficerFactory(countries=[elsewhere])
    police = MinistryFactory(country=here, name="Police")

    def read_by(someone):
        seen = AuditDetail.objects.visible_to(someone).filter(entry__verb__startswith="person.role_")
        found = seen.order_by("entry__number").values_list("entry__verb", "before", "after")
        return [(verb, json.loads(before or "{}"), json.loads(after or "{}")) for verb, before, after in found]

    post_new_person(client, name="Lineo", email="lineo@post.example", countries=[here.pk, elsewhere.pk])
    lineo = User.objects.get_queryset().get(email="lineo@post.example")
    officer = {"name": "Lineo", "role": "officer"}
    assert read_by(reader) == read_by(neighbour) == [("person.role_given", {}, officer)]

    post_person_change(client, lineo, countries=[], role="focal_point", ministry=police.pk)
    focal = {"name": "Lineo", "role": "focal_point", "ministry": "Police"}
    assert read_by(reader)[1:] == [("person.role_given", officer, focal)]
    assert read_by(neighbour)[1:] == [("person.role_ended", officer, {})]

    press_person_button(client, lineo, "close")
    assert read_by(reader)[2:] == [("person.role_ended", focal, {})]
    assert len(read_by(neighbour)) == 2
    page = Client()
    force_sign_in(page, reader)
    assert "Set a role for Lesotho" in page.get(reverse("log_list")).text
    # Sign-ins, invitations and what else is done to accounts stay the administrators'.
    others = AuditEntry.objects.visible_to(reader).filter(row=str(lineo.pk)).exclude(verb__startswith="person.role_")
    assert not others.exists()


@pytest.mark.parametrize("how", ["added", "changed", "opened again"])
def test_the_other_administrators_read_of_a_new_administrator(client, how, run_jobs):
    other, person = AdministratorFactory(), ObserverFactory(is_active=how != "opened again")
    if how == "opened again":
        person.countries.clear()
        User.objects.get_queryset().filter(pk=person.pk).update(role=Role.ADMINISTRATOR)

    if how == "added":
        post_new_person(client, role="administrator", countries=[])
    elif how == "changed":
        assert post_person_change(client, person, role="administrator", countries=[]).status_code == 302
    else:
        assert press_person_button(client, person, "reopen", until="2099-12-31").status_code == 302
    run_jobs()

    told = [message for message in mail.outbox if message.subject == "TIP Tracker: a new administrator was added"]
    assert [text.to for text in told] == [[other.email]]


def test_refusals_leave_everything_as_it_was(administrator):
    officer = OfficerFactory()
    account = AccountDetails("Lineo", Role.OFFICER, MinistryFactory(), [CountryFactory()], date(2099, 12, 31))
    with refuses("ministry_not_for_role", field="ministry"):
        change_person(person=officer, version=1, account=account, confirmed="", by=administrator, now=clock.now())
    with refuses("has_password", field="email", sentence="Request the new address instead"):
        change_unused_address(person=officer, version=1, email="x@post.example", by=administrator, now=clock.now())


def test_the_last_day_that_is_offered_is_the_one_that_holds(client):
    for stored in (date(2099, 1, 31), None):
        page = client.get(reverse("person_detail", args=[OfficerFactory(valid_until_on=stored).pk]))

        assert page.context["until"]["until"].value() == stored
