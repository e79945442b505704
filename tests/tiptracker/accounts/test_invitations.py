"""Invitations and new passwords: a link works once, for a limited time, and reveals nothing."""

import errno
import io
import logging
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail, signing
from django.core.cache import cache
from django.core.mail.backends import locmem
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.authentication import enrol_second_factor, sign_in
from tests.factories import PASSWORD, AdministratorFactory, OfficerFactory
from tests.person_pages import post_new_person, press_person_button
from tests.refusals import refuses
from tests.security.sql_statements import capture_statements
from tiptracker import clock
from tiptracker.accounts import account_requests, actions, mail_links, views
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.infrastructure.log_lines import TextLineFormatter
from tiptracker.mail.models import Mail

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another long password"
PASSWORD_DATA = {"password": NEW_PASSWORD}


def logged_verbs():
    return list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))


def find_link(message):
    return re.search(r"http://localhost:8000(/\S+)", message.body).group(1)


@pytest.fixture
def administrator(client):
    person = AdministratorFactory()
    sign_in(client, person)
    return person


def test_whoever_is_signed_in_is_led_back_to_their_sign_in_and_not_to_the_page_of_signing_in(client, administrator):
    page = client.get(reverse("password_forgotten")).text
    stranger = Client().get(reverse("password_forgotten")).text

    assert "<h1>Set a new password</h1>" in page
    assert f'href="{reverse("account_login")}"' not in page
    assert "<h1>Forgot your password?</h1>" in stranger


def test_somebody_new_is_invited_sets_a_password_and_signs_in(client, administrator, run_jobs):
    assert post_new_person(client).status_code == 302
    assert mail.outbox == []  # the worker sends it
    run_jobs()
    message = mail.outbox[0]
    assert message.to == ["palesa@post.example"]
    assert "You have a new account in TIP Tracker from the U.S. Embassy in Lesotho." in message.body
    assert "Your role: Officer" in message.body
    assert not message.alternatives if hasattr(message, "alternatives") else True

    browser = Client()
    assert "Palesa" in browser.get(find_link(message)).content.decode()
    answer = browser.post(find_link(message), PASSWORD_DATA)
    assert answer.headers["Location"] == reverse("home")
    person = User.objects.get_queryset().get(email="palesa@post.example")
    assert browser.session["_auth_user_id"] == str(person.pk)
    assert sign_in(Client(), person, NEW_PASSWORD).status_code == 302

    again = browser.get(find_link(message))
    assert again.status_code == 410
    assert "Ask the administrator at the embassy for a new invitation." in again.content.decode()
    assert browser.post(find_link(message), {"password": "x" * 20}).status_code == 410
    wanted = ["person.invited", "person.invitation_accepted", "person.signed_in"]
    assert [verb for verb in logged_verbs() if verb in wanted] == ["person.signed_in", *wanted, "person.signed_in"]


def test_a_link_that_somebody_else_opens_while_signed_in_does_not_change_who_is_signed_in(client, administrator):
    person = OfficerFactory(password=make_password(None))
    link = mail_links.password_link(person, mail_links.LinkPurpose.INVITATION)

    answer = client.post("/" + link.split("/", 3)[3], PASSWORD_DATA)

    assert answer.headers["Location"] == reverse("account_login")
    assert client.session["_auth_user_id"] == str(administrator.pk)


def test_the_sign_in_page_knows_the_address_whose_password_was_set_in_this_browser(client):
    person = OfficerFactory()
    link = mail_links.password_link(person, mail_links.LinkPurpose.RESET)
    client.post("/" + link.split("/", 3)[3], PASSWORD_DATA)

    assert client.get(reverse("account_login")).context["form"]["login"].value() == person.email
    assert not Client().get(reverse("account_login")).context["form"]["login"].value()


def test_inviting_wants_a_recent_sign_in(client, administrator, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    answer = post_new_person(client)

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not User.objects.get_queryset().filter(email="palesa@post.example").exists()
    assert not Mail.objects.exists()
    assert client.post(reverse("account_reauthenticate"), {"password": "wrong"}).status_code == 422


def test_what_was_typed_goes_on_after_showing_the_password_again(client, administrator, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    url = post_new_person(client).headers["Location"]
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
    client.post(url, {"password": PASSWORD})

    assert User.objects.get_queryset().filter(email="palesa@post.example").exists()


def send_again(client, person):
    press_person_button(client, person, "invite")
    return client.get(reverse("person_detail", args=[person.pk]))


def test_sending_again_makes_the_earlier_link_void(client, administrator, run_jobs):
    post_new_person(client)
    run_jobs()
    person = User.objects.get_queryset().get(email="palesa@post.example")
    send_again(client, person)
    run_jobs()
    first, second = mail.outbox

    assert Client().get(find_link(first)).status_code == 410
    assert Client().get(find_link(second)).status_code == 200


def test_nobody_with_a_password_is_invited():
    with refuses("has_password"):
        actions.invite(person=OfficerFactory(), by=AdministratorFactory())


def test_sending_again_before_the_first_is_sent_sends_nothing_twice(client, administrator, run_jobs):
    post_new_person(client)
    person = User.objects.get_queryset().get(email="palesa@post.example")

    for _ in range(8):
        assert "Queued on 28 January 2022" in send_again(client, person).text
    run_jobs()

    assert len(mail.outbox) == 1
    assert Client().get(find_link(mail.outbox[0])).status_code == 200
    assert logged_verbs().count("person.invited") == 1


def test_a_mail_server_that_is_down_is_told_where_the_person_stands(client, administrator, monkeypatch, run_jobs):
    post_new_person(client)
    person = User.objects.get_queryset().get(email="palesa@post.example")
    with monkeypatch.context() as down:
        down.setattr(locmem.EmailBackend, "send_messages", refuse_connection)
        run_jobs()
    page = client.get(reverse("person_detail", args=[person.pk])).text
    assert "Not sent yet after 1 try" in page
    assert "The mail server takes no connections." in page

    send_again(client, person)
    run_jobs()

    assert len(mail.outbox) == 1
    page = client.get(reverse("person_detail", args=[person.pk])).text
    assert "Sent to palesa@post.example on 28 January 2022" in page


def refuse_connection(*args):
    raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")


@pytest.mark.parametrize("purpose", mail_links.LinkPurpose)
def test_links_are_void_when_too_old_made_up_or_for_something_else(purpose, monkeypatch):
    person = OfficerFactory()
    token = mail_links.password_link(person, purpose).split("/")[-2]
    other = next(other for other in mail_links.LinkPurpose if other != purpose)

    assert mail_links.find_person(token, purpose) == person
    assert mail_links.find_person(token, other) is None
    assert mail_links.find_person(f"{token}x", purpose) is None
    assert mail_links.find_person(signing.dumps("nonsense", salt=purpose), purpose) is None
    monkeypatch.setitem(mail_links.LINK_LIFETIMES, purpose, timedelta(seconds=-1))
    assert mail_links.find_person(token, purpose) is None


@pytest.mark.parametrize(
    "change",
    [
        {"email": "elsewhere@post.example"},
        {"is_active": False},
        {"valid_until_on": date(2022, 1, 27)},
        {"last_login": timezone.now()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_link_is_void_once_the_account_changed(change):
    person = OfficerFactory()
    token = mail_links.password_link(person, mail_links.LinkPurpose.RESET).split("/")[-2]
    for name, value in change.items():
        setattr(person, name, value)
    person.save()

    assert mail_links.find_person(token, mail_links.LinkPurpose.RESET) is None


def fail_with_path(*args, **kwargs):
    raise RuntimeError(f"boom at {args[0].path}")


@pytest.mark.parametrize("purpose", mail_links.LinkPurpose)
def test_no_link_stands_in_the_servers_log(purpose, monkeypatch):
    """Refused, void, forged, with another site's Referer, or failing: log lines leave out the secret."""
    path = "/" + mail_links.password_link(OfficerFactory(), purpose).split("/", 3)[3]
    secret = path.split("/")[-2]
    console = next(
        handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, TextLineFormatter)
    )
    written = io.StringIO()
    monkeypatch.setattr(console, "stream", written)
    browser, strict = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)

    assert browser.post(path, {"password": "short"}).status_code == 422
    assert browser.get(f"{path[:-2]}/").status_code == 410
    assert strict.post(path, PASSWORD_DATA, headers={"Referer": f"http://testserver{path}"}).status_code == 403
    assert browser.get(f"{path}more/").status_code == 404
    assert browser.put(path).status_code != 500
    monkeypatch.setattr(views, "render", fail_with_path)
    assert browser.get(path).status_code == 500

    lines = written.getvalue()
    assert secret[:-2] not in lines
    for told in (
        "Unprocessable Content: /accounts/",
        "Gone: /accounts/",
        "Forbidden",
        "Not Found",
        "boom at /accounts/",
    ):
        assert told in lines
    assert "[token]" in lines


def test_every_address_that_holds_a_secret_is_masked():
    def patterns(where, before=""):
        for pattern in where:
            yield from (
                patterns(pattern.url_patterns, before + str(pattern.pattern))
                if hasattr(pattern, "url_patterns")
                else [before + str(pattern.pattern)]
            )

    with_secret = [f"/{pattern}" for pattern in patterns(get_resolver().url_patterns) if "token>" in pattern]

    assert len(with_secret) == 6
    for address in with_secret:
        line = logging.makeLogRecord({"msg": re.sub(r"<.*?token>", "eyJh:1x%3Ay-_", address)})
        assert "eyJh" not in TextLineFormatter().format(line)
        assert "y-_" not in TextLineFormatter().format(line)


def test_a_weak_password_is_refused_beside_the_field():
    path = "/" + mail_links.password_link(OfficerFactory(), mail_links.LinkPurpose.RESET).split("/", 3)[3]

    weak = Client().post(path, {"password": "password"})

    assert weak.status_code == 422
    assert "password" in weak.context["form"].errors


# --- Forgotten passwords ----------------------------------------------------------------------------------------------


def request_password_reset(email):
    client = Client()
    answer = client.post(reverse("password_forgotten"), {"email": email}, follow=True)
    text = re.sub(r'nonce="[^"]*"|\b[A-Za-z0-9]{64}\b', "", answer.content.decode())
    return answer.status_code, answer.redirect_chain, text


def test_a_forgotten_password_tells_nothing_about_who_is_there(run_jobs, monkeypatch):
    person = OfficerFactory()
    closed = OfficerFactory(is_active=False)

    answers = [request_password_reset(email) for email in (person.email, "nobody@post.example", closed.email)]
    assert answers[0] == answers[1] == answers[2]
    assert "If this address has an account" in answers[0][2]
    assert mail.outbox == []  # the worker sends it, so that no answer takes longer
    known, unknown, shut = Mail.objects.order_by("pk").values_list("key", flat=True)
    assert (known, shut) == (str(person.pk), str(closed.pk))
    assert unknown.startswith("nobody ")
    assert "@" not in unknown  # nor is it kept which address a stranger gave

    run_jobs()
    assert [message.to for message in mail.outbox] == [[person.email]]
    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "not_needed", "not_needed"]


def test_repeated_requests_for_unknown_addresses_cost_the_same_as_for_known_ones(run_jobs):
    """Each unknown address gets its own job. Otherwise the time would reveal that neither is known."""
    known, unknown = [OfficerFactory().email for _ in range(2)], ["no1@post.example", "no2@post.example"]

    def work(email):
        cache.clear()
        with capture_statements() as statements:
            Client().post(reverse("password_forgotten"), {"email": email})
        return statements

    for people in (known, unknown):
        work(people[0])
    for turn in ((known[1], unknown[1]), (known[0], unknown[0])):
        assert work(turn[0]) == work(turn[1])
    assert len(run_jobs()) == 4


def test_a_new_password_by_the_link_ends_every_sign_in(client, run_jobs):
    person = OfficerFactory()
    sign_in(client, person)
    request_password_reset(person.email.upper())
    run_jobs()
    path = find_link(mail.outbox[0])

    assert Client().post(path, PASSWORD_DATA).headers["Location"] == reverse("account_login")

    assert client.get(reverse("commitment_list")).headers["Location"].startswith(reverse("account_login"))
    assert sign_in(Client(), person, NEW_PASSWORD).status_code == 302
    assert Client().get(path).status_code == 410
    run_jobs()
    assert mail.outbox[1].subject == "TIP Tracker: your sign-in was changed"
    assert logged_verbs()[-3:] == ["person.password_reset_asked", "person.password_reset", "person.signed_in"]


def test_a_new_password_is_no_way_round_the_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = True
    person = OfficerFactory()
    enrol_second_factor(person)
    browser = Client()
    browser.post("/" + mail_links.password_link(person, mail_links.LinkPurpose.RESET).split("/", 3)[3], PASSWORD_DATA)

    assert sign_in(browser, person, NEW_PASSWORD).headers["Location"] == reverse("mfa_authenticate")


def test_asking_too_often_is_refused_with_when_to_try_again():
    for _ in range(3):
        assert request_password_reset("nobody@post.example")[0] == 200

    status, _, text = request_password_reset("nobody@post.example")

    assert status == 429
    assert "Wait 15 minutes, then try again." in text


# --- What administrators do to accounts -------------------------------------------------------------------------------


def test_closing_an_account_ends_its_sign_ins_at_once(client, administrator):
    person, theirs = OfficerFactory(), Client()
    sign_in(theirs, person)
    key = theirs.session.session_key

    assert press_person_button(client, person, "close").status_code == 302

    assert not theirs.session.exists(key)
    assert theirs.get(reverse("commitment_list")).headers["Location"].startswith(reverse("account_login"))


def test_an_account_wants_a_last_day_and_is_renewed_for_a_year(client, administrator):
    person = OfficerFactory(valid_until_on=clock.today() - timedelta(days=3))
    assert press_person_button(client, person, "renew", until="").status_code == 422

    press_person_button(client, person, "renew", until=clock.today() + timedelta(days=365))

    person.refresh_from_db()
    assert person.valid_until_on == clock.today() + timedelta(days=365)
    assert logged_verbs()[-1] == "person.renewed"


def test_who_lost_the_telephone_enrols_anew(client, administrator, settings):
    person = OfficerFactory()
    enrol_second_factor(person)
    other = AdministratorFactory()
    press_person_button(client, person, "second_step")
    account_requests.consent(request=person.account_requests.get(), by=other, now=clock.now())
    settings.SECOND_FACTOR_REQUIRED = True

    browser = Client()
    assert sign_in(browser, person).headers["Location"] == reverse("home")
    assert browser.get(reverse("home")).headers["Location"] == reverse("mfa_index")
    assert "person.second_factor_dropped" in logged_verbs()
