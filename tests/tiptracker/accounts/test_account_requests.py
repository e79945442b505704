"""Changes of an account that need consent: another address, and removal of the second step."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from tests.authentication import enrol_second_factor, force_sign_in, sign_in
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
)
from tests.person_pages import post_new_person, post_person_change, press_person_button
from tests.refusals import refuses
from tiptracker import clock
from tiptracker.accounts import account_requests, actions, mail_links
from tiptracker.accounts.account_requests import (
    AccountRequestStage,
    consenters,
    request_address_change,
    request_second_factor_removal,
    request_stage,
)
from tiptracker.accounts.models import AccountRequest, User
from tiptracker.accounts.tasks import carry_out_account_requests
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.choices import Role

pytestmark = pytest.mark.django_db
NEW_EMAIL = "new@post.example"
WORKER = []


@pytest.fixture(autouse=True)
def register_worker(run_jobs):
    """Register the function that sends waiting mails; `mails_to` calls it."""
    WORKER[:] = [run_jobs]


@pytest.fixture
def administrator(client):
    administrator = AdministratorFactory(name="First administrator")
    force_sign_in(client, administrator)
    return administrator


def hours_from_now(hours):
    return clock.now() + timedelta(hours=hours)


def address_request(person, by):
    return request_address_change(person=person, email=NEW_EMAIL, by=by, now=clock.now())


def mails_to(address):
    """Return the mails that were sent to an address so far."""
    WORKER[0]()
    return [message for message in mail.outbox if message.to == [address]]


def find_link(message, part):
    return re.search(rf"http://localhost:8000(/accounts/\S*{part}\S+)", message.body).group(1)


def verbs_officers_see(officer):
    return list(
        AuditEntry.objects.visible_to(officer)
        .filter(verb__startswith="person.")
        .order_by("number")
        .values_list("verb", flat=True)
    )


# --- One administrator alone takes over nobody ------------------------------------------------------------------------


def test_one_administrator_does_not_take_over_an_officer(client, administrator, settings):
    """One administrator alone cannot change the officer's address, second step or password."""
    officer = OfficerFactory()
    enrol_second_factor(officer)
    AdministratorFactory()

    assert press_person_button(client, officer, "address", email=NEW_EMAIL).status_code == 302
    assert press_person_button(client, officer, "second_step").status_code == 302
    for request in AccountRequest.objects.all():
        with pytest.raises(PermissionDenied):
            account_requests.consent(request=request, by=administrator, now=clock.now())
        sent = client.post(reverse("account_request_detail", args=[request.pk]), {"do": "consent"})
        assert sent.status_code == 403
    account_requests.carry_out_due_requests(now=hours_from_now(24 * 6))

    before = officer.password
    officer.refresh_from_db()
    assert (officer.email != NEW_EMAIL, officer.password, officer.authenticator_set.count()) == (True, before, 2)
    assert mails_to(NEW_EMAIL) == []


def test_an_address_that_a_second_administrator_consents_to_takes_effect_after_a_day(administrator):
    person, second, reader = OfficerFactory(), AdministratorFactory(), OfficerFactory()
    old = person.email
    theirs = Client()
    sign_in(theirs, person)
    request = address_request(person, administrator)

    assert len(mails_to(old)) == 1
    assert "First administrator, an administrator of TIP Tracker, requested" in mails_to(old)[0].body
    assert len(mails_to(second.email)) == 1
    account_requests.consent(request=request, by=second, now=hours_from_now(1))
    account_requests.carry_out_due_requests(now=hours_from_now(23))
    person.refresh_from_db()
    assert person.email == old
    account_requests.carry_out_due_requests(now=hours_from_now(25))

    person.refresh_from_db()
    assert person.email == NEW_EMAIL
    assert theirs.get(reverse("sign_in_list")).status_code == 302
    assert len(mails_to(NEW_EMAIL)) == 1
    assert "restore your old address" not in mails_to(NEW_EMAIL)[0].body
    assert "restore your old address" in mails_to(old)[1].body
    assert verbs_officers_see(reader) == [
        "person.address_change_asked", "person.request_consented", "person.address_changed",
    ]  # fmt: skip
    detail = AuditDetail.objects.visible_to(reader).get(entry__verb="person.address_changed")
    assert json.loads(detail.before) == {"email": old}
    assert json.loads(detail.after)["email"] == NEW_EMAIL


def test_the_worker_carries_out_what_is_due(administrator, set_clock):
    person, second = OfficerFactory(), AdministratorFactory()
    request = address_request(person, administrator)
    account_requests.consent(request=request, by=second, now=clock.now())

    carry_out_account_requests()
    person.refresh_from_db()
    assert person.email != NEW_EMAIL
    set_clock(clock.today() + timedelta(days=1))
    set_clock(clock.today() + timedelta(days=1))
    carry_out_account_requests()

    person.refresh_from_db()
    assert person.email == NEW_EMAIL


@pytest.mark.parametrize("when", ["before consent", "after consent"])
def test_the_link_of_the_mail_stops_a_request(administrator, when):
    person, second = OfficerFactory(), AdministratorFactory()
    request = address_request(person, administrator)
    if when == "after consent":
        account_requests.consent(request=request, by=second, now=clock.now())
    url = find_link(mails_to(person.email)[0], "requests/stop/")
    stranger = Client()

    assert stranger.get(url).status_code == 200
    assert request_stage(AccountRequest.objects.get(), clock.now()) in account_requests.WAITING_STAGES
    assert stranger.post(url).context["became"] == AccountRequestStage.STOPPED
    account_requests.carry_out_due_requests(now=hours_from_now(48))

    person.refresh_from_db()
    assert person.email != NEW_EMAIL
    assert stranger.post(url).status_code == 422
    with refuses("not_waiting", sentence="no longer waits for approval"):
        account_requests.consent(request=request, by=second, now=clock.now())


def test_who_asked_who_may_consent_and_the_owner_stop_a_request_and_nobody_else(administrator):
    second = AdministratorFactory()
    outsider = AmbassadorFactory(countries=[CountryFactory(elsewhere=True)])
    for by in ("asked", "second", "owner"):
        person = OfficerFactory()
        request = address_request(person, administrator)
        for stranger in (outsider, OfficerFactory(), FocalPointFactory()):
            with pytest.raises(PermissionDenied):
                account_requests.stop(request=request, by=stranger, now=clock.now())
        who = {"asked": administrator, "second": second, "owner": person}[by]
        assert account_requests.stop(request=request, by=who, now=clock.now()) == AccountRequestStage.STOPPED


def test_a_request_that_nobody_consents_to_lapses(administrator):
    person, second = OfficerFactory(), AdministratorFactory()
    request = address_request(person, administrator)
    with refuses("already_requested", field="email", sentence="already pending"):
        address_request(person, second)

    assert request_stage(request, hours_from_now(24 * 8)) is AccountRequestStage.LAPSED
    with refuses("not_waiting"):
        account_requests.consent(request=request, by=second, now=hours_from_now(24 * 8))


def test_an_address_that_somebody_else_got_meanwhile_is_not_given(administrator):
    person, second = OfficerFactory(), AdministratorFactory()
    request = address_request(person, administrator)
    account_requests.consent(request=request, by=second, now=clock.now())
    OfficerFactory(email=NEW_EMAIL)

    account_requests.carry_out_due_requests(now=hours_from_now(25))

    person.refresh_from_db()
    assert person.email != NEW_EMAIL
    assert request_stage(AccountRequest.objects.get(), hours_from_now(25)) is AccountRequestStage.STOPPED


# --- Whose consent counts ---------------------------------------------------------------------------------------------


def consenter_names(request, at=0):
    return {consenter.name for consenter in consenters(request, hours_from_now(at))}


def test_an_administrator_whom_the_requester_created_cannot_consent(client, administrator):
    """Nor one who created the requester, nor two created by the same person: one person could invent the other."""
    post_new_person(client, name="Puppet", email="puppet@post.example", role="administrator", countries=[])
    puppet = User.objects.get_queryset().get(email="puppet@post.example")
    puppet.set_password("a long enough password")
    puppet.save()
    theirs = Client()
    force_sign_in(theirs, puppet)
    post_new_person(theirs, name="Second puppet", email="second@post.example", role="administrator", countries=[])
    second = User.objects.get_queryset().get(email="second@post.example")
    second.set_password("a long enough password")
    second.save()
    AmbassadorFactory(name="Ambassador")

    for by in (administrator, puppet, second):
        request = address_request(OfficerFactory(), by)
        assert consenter_names(request) == {"Ambassador"}
        account_requests.stop(request=request, by=by, now=clock.now())

    AdministratorFactory(name="Made on the server")
    assert consenter_names(address_request(OfficerFactory(), administrator)) == {"Made on the server"}


@pytest.mark.parametrize("how", ["readdressed", "opened again", "given the role"])
def test_an_administrator_whom_the_requester_changed_cannot_consent(client, administrator, how):
    other = AdministratorFactory()
    if how == "readdressed":
        User.objects.get_queryset().filter(pk=other.pk).update(password="!not yet")
        press_person_button(client, other, "address", email="mine@post.example")
        other.refresh_from_db()
        other.set_password("a long enough password")
        other.save()
    elif how == "opened again":
        press_person_button(client, other, "close")
        press_person_button(client, other, "reopen", until="2099-12-31")
    else:
        officer = ObserverFactory()
        User.objects.get_queryset().filter(pk=other.pk).update(is_active=False)
        assert post_person_change(client, officer, role="administrator", countries=[]).status_code == 302
        other = officer
    AmbassadorFactory(name="Ambassador")

    assert consenter_names(address_request(OfficerFactory(), administrator)) == {"Ambassador"}


def test_where_no_administrator_is_independent_the_ambassador_of_the_country_consents(administrator):
    here = AmbassadorFactory(name="Here")
    AmbassadorFactory(name="Elsewhere", countries=[CountryFactory(elsewhere=True)])
    AmbassadorFactory(name="Closed", is_active=False)
    AmbassadorFactory(name="Not come", password="!not yet")
    AmbassadorFactory(name="Ended", valid_until_on="2020-01-01")
    young = AmbassadorFactory(name="Young", role_given_by=administrator, role_given_at=clock.now())

    request = address_request(OfficerFactory(), administrator)

    assert consenter_names(request) == {"Here"}
    assert consenter_names(request, at=24 * 15) == {"Here", "Young"}
    with pytest.raises(PermissionDenied):
        account_requests.consent(request=request, by=young, now=clock.now())
    account_requests.consent(request=request, by=here, now=clock.now())
    assert consenter_names(administrator_address_request(administrator)) == {"Here", "Elsewhere"}


def administrator_address_request(administrator):
    person = AdministratorFactory(role_given_by=administrator)
    return request_address_change(person=person, email="other@post.example", by=administrator, now=clock.now())


def test_where_nobody_can_consent_it_is_said_and_nothing_asked(client, administrator):
    person = OfficerFactory()

    answer = press_person_button(client, person, "address", email=NEW_EMAIL)

    assert answer.status_code == 422
    assert "invite_administrator" in answer.text
    assert f'value="{NEW_EMAIL}"' in answer.text
    assert not AccountRequest.objects.exists()


def test_the_ambassador_consents_on_the_page_that_the_mail_names(administrator):
    ambassador, person = AmbassadorFactory(), OfficerFactory()
    enrol_second_factor(person)
    request_second_factor_removal(person=person, by=administrator, now=clock.now())
    browser = Client()
    force_sign_in(browser, ambassador)
    url = find_link(mails_to(ambassador.email)[0], "requests/")

    assert "Speak with" in browser.get(url).text
    assert browser.post(url, {"do": "consent"}).status_code == 302

    assert not person.authenticator_set.exists()
    assert browser.get(reverse("account_request_list")).status_code == 200
    assert request_stage(AccountRequest.objects.get(), clock.now()) is AccountRequestStage.DONE


# --- The second step --------------------------------------------------------------------------------------------------


def remove_second_factor(person, administrator):
    second = AdministratorFactory()
    request = request_second_factor_removal(person=person, by=administrator, now=clock.now())
    account_requests.consent(request=request, by=second, now=clock.now())


def test_a_second_step_is_removed_with_consent_and_told(administrator):
    person, reader = OfficerFactory(), OfficerFactory()
    enrol_second_factor(person)

    remove_second_factor(person, administrator)

    assert not person.authenticator_set.exists()
    assert [message.subject for message in mails_to(person.email)] == [
        "TIP Tracker: a change of your account was requested", "TIP Tracker: your account was changed",
    ]  # fmt: skip
    assert verbs_officers_see(reader) == [
        "person.second_factor_drop_asked", "person.request_consented", "person.second_factor_dropped",
    ]  # fmt: skip


def test_after_a_second_step_was_removed_no_link_sets_a_password_for_a_day(administrator):
    """Otherwise a person who reads the owner's mail could take over the account."""
    person = OfficerFactory()
    enrol_second_factor(person)
    before = "/" + mail_links.password_link(person, mail_links.LinkPurpose.RESET).split("/", 3)[3]

    remove_second_factor(person, administrator)

    assert Client().get(before).status_code == 410
    assert mail_links.is_reset_blocked(person, hours_from_now(23))
    assert not mail_links.is_reset_blocked(person, hours_from_now(25))
    enrol_second_factor(person)
    assert not mail_links.is_reset_blocked(person, hours_from_now(1))


def test_within_a_day_of_a_password_set_by_mail_nobody_consents_to_the_removal(administrator):
    person, second = OfficerFactory(), AdministratorFactory()
    enrol_second_factor(person)
    token = mail_links.password_link(person, mail_links.LinkPurpose.RESET).split("/")[-2]
    assert actions.set_password(token=token, password="another long password", purpose=mail_links.LinkPurpose.RESET)
    request = request_second_factor_removal(person=person, by=administrator, now=clock.now())

    with refuses("recent_password_reset", sentence="by e-mail within the last day"):
        account_requests.consent(request=request, by=second, now=clock.now())

    assert person.authenticator_set.count() == 2


def test_there_is_nothing_to_remove_where_nothing_is_set_up(client, administrator):
    AdministratorFactory()
    assert "no second step to remove" in press_person_button(client, OfficerFactory(), "second_step").text


# --- The owner's own way ----------------------------------------------------------------------------------------------


def request_own_address(browser, email=NEW_EMAIL):
    return browser.post(reverse("account_address"), {"email": email})


def test_an_owner_confirms_a_new_address_by_a_link_that_is_sent_there(client):
    person, reader = OfficerFactory(), OfficerFactory()
    old = person.email
    sign_in(client, person)
    assert 'autocomplete="email"' in client.get(reverse("account_address")).text

    assert request_own_address(client, "New@Post.example").status_code == 302
    url = find_link(mails_to(NEW_EMAIL)[0], "address/confirm/")
    anybody = Client()
    assert anybody.get(url).status_code == 200
    person.refresh_from_db()
    assert person.email == old
    assert anybody.post(url).status_code == 302

    person.refresh_from_db()
    assert person.email == NEW_EMAIL
    assert anybody.post(url).status_code == 410
    assert client.get(reverse("sign_in_list")).status_code == 302
    assert verbs_officers_see(reader) == ["person.address_change_asked", "person.address_changed"]
    assert sign_in(Client(), person).status_code == 302


def test_the_link_in_the_mail_to_the_old_address_puts_it_back_for_a_day(client, set_clock):
    person = OfficerFactory()
    old = person.email
    force_sign_in(client, person)
    request_own_address(client)
    Client().post(find_link(mails_to(NEW_EMAIL)[0], "address/confirm/"))
    stop = find_link(mails_to(old)[-1], "requests/stop/")
    thief = Client()
    sign_in(thief, User.objects.get_queryset().get(email=NEW_EMAIL))
    request = AccountRequest.objects.get()
    with refuses("cannot_cancel", sentence="cannot cancel this request"):
        account_requests.stop(request=request, by=None, now=hours_from_now(25))

    assert Client().post(stop).context["became"] == AccountRequestStage.REVERTED

    person.refresh_from_db()
    assert person.email == old
    assert thief.get(reverse("sign_in_list")).status_code == 302


def test_asking_wants_the_password_again_and_an_address_that_is_free(client, settings):
    person, taken = OfficerFactory(), OfficerFactory()
    sign_in(client, person)

    assert request_own_address(client, person.email).status_code == 422
    assert request_own_address(client, taken.email).status_code == 422
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert request_own_address(client).headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not AccountRequest.objects.exists()


def test_a_link_to_confirm_is_void_after_a_day_and_once_it_is_stopped(client, set_clock):
    person = OfficerFactory()
    force_sign_in(client, person)
    request_own_address(client)
    url = find_link(mails_to(NEW_EMAIL)[0], "address/confirm/")
    set_clock(clock.today() + timedelta(days=2))
    assert Client().get(url).status_code == 410
    assert Client().post(url).status_code == 410
    assert AccountRequest.objects.get().person.role == Role.OFFICER


def test_a_link_of_one_sort_is_none_of_another(client):
    person = OfficerFactory()
    force_sign_in(client, person)
    request_own_address(client)
    stop = find_link(mails_to(person.email)[0], "requests/stop/").split("/")[-2]
    confirm = find_link(mails_to(NEW_EMAIL)[0], "address/confirm/").split("/")[-2]

    assert Client().post(reverse("account_address_confirm", args=[stop])).status_code == 410
    assert Client().post(reverse("account_request_stop", args=[confirm])).status_code == 410
    assert Client().post(reverse("account_request_stop", args=["made-up"])).status_code == 410
