"""Sign-in and sign-out: refusals that reveal nothing, lock-out, session limits, expired accounts."""

import re
import time
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.authentication import sign_in
from tests.factories import (
    PASSWORD,
    AdministratorFactory,
    CommitmentFactory,
    FocalPointFactory,
    OfficerFactory,
)
from tiptracker import clock
from tiptracker.accounts import sessions
from tiptracker.accounts.backend import Backend, is_expired
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

MINISTRY, ELSEWHERE = "196.1.1.1", "41.2.2.2"


def logged_verbs_and_rows():
    return list(AuditEntry.objects.order_by("number").values_list("verb", "row"))


def stable_text(answer):
    """Return the text of the page without values that are new each time and the typed address."""
    text = re.sub(r'nonce="[^"]*"|value="[^"]*"|\b[A-Za-z0-9]{64}\b', "", answer.content.decode())
    return re.sub(r"\s+", " ", text)


class Stranger:
    email = "nobody@post.example"


def fail_sign_in(person, times, address=ELSEWHERE):
    answers = [sign_in(Client(), person, "wrong", REMOTE_ADDR=address) for _ in range(times)]
    return answers[-1]


def test_wrong_password_and_unknown_account_are_answered_alike():
    person = OfficerFactory()

    known, unknown = fail_sign_in(person, 1), fail_sign_in(Stranger, 1)

    assert stable_text(known) == stable_text(unknown)
    assert "or the password is wrong" in stable_text(known)
    assert logged_verbs_and_rows() == [("person.sign_in_refused", str(person.pk)), ("person.sign_in_refused", "")]


def test_an_unknown_account_costs_the_same_hashing(monkeypatch):
    """An unknown account costs one hash too, so the time reveals nothing."""
    hashed = []
    person = OfficerFactory()
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a: hashed.append("hash") or encode(*a))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a: hashed.append("hash") or verify(*a))

    fail_sign_in(person, 1)
    known = list(hashed)
    hashed.clear()
    fail_sign_in(Stranger, 1)

    assert hashed == known == ["hash"]


@pytest.mark.parametrize("stranger", [False, True], ids=["an account", "an unknown account"])
def test_account_is_locked_out_after_five_tries_wherever_they_come_from(stranger):
    person = Stranger if stranger else OfficerFactory()
    fail_sign_in(person, 3)
    fail_sign_in(person, 2, MINISTRY)

    answer = sign_in(Client(), person)

    assert "Too many failed attempts. Wait 15 minutes, then try again." in stable_text(answer)
    assert "_auth_user_id" not in answer.client.session
    assert [verb for verb, _ in logged_verbs_and_rows()].count("person.locked_out") == 1


@pytest.mark.parametrize("hosts", [("127.0.0.1:8001", "127.0.0.1:8002"), ("localhost", "127.0.0.1")])
def test_account_is_locked_out_by_whichever_name_and_port_it_is_asked(hosts):
    """The client chooses the Host header, and nothing limits its port."""
    person = OfficerFactory()
    for number in range(5):
        sign_in(Client(), person, "wrong", HTTP_HOST=hosts[number % 2])
    person.email = person.email.upper()

    for host in hosts:
        assert "Wait 15 minutes" in stable_text(sign_in(Client(), person, HTTP_HOST=host))
    assert [verb for verb, _ in logged_verbs_and_rows()].count("person.sign_in_refused") == 5


def test_showing_ones_password_again_is_locked_out_by_whichever_port_it_is_asked(client):
    person = OfficerFactory()
    sign_in(client, person)
    for number in range(5):
        client.post(reverse("account_reauthenticate"), {"password": "wrong"}, HTTP_HOST=f"127.0.0.1:{8000 + number}")

    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD}, HTTP_HOST="127.0.0.1:9000")

    assert answer.status_code == 422
    assert "Wait 15 minutes" in answer.content.decode()


def test_lock_out_of_one_account_leaves_its_neighbours_at_the_same_address_alone():
    for _ in range(4):
        fail_sign_in(OfficerFactory(), 6, MINISTRY)

    answer = sign_in(Client(), FocalPointFactory(), REMOTE_ADDR=MINISTRY)

    assert answer.status_code == 302


def test_address_is_locked_out_in_the_end(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "8/15m/ip,5/15m/key"}
    for number in range(8):
        sign_in(Client(), Stranger, f"wrong {number}", REMOTE_ADDR=ELSEWHERE)
        Stranger.email = f"nobody{number}@post.example"
    person = OfficerFactory()

    assert "Wait 15 minutes" in stable_text(sign_in(Client(), person, REMOTE_ADDR=ELSEWHERE))
    assert sign_in(Client(), person, REMOTE_ADDR=MINISTRY).status_code == 302


def test_what_is_tried_while_locked_out_does_not_fill_the_log():
    person = OfficerFactory()
    fail_sign_in(person, 12)

    assert [verb for verb, _ in logged_verbs_and_rows()] == ["person.sign_in_refused"] * 5 + ["person.locked_out"]


# --- Limits of a session ----------------------------------------------------------------------------------------------


def age_session(client, **ages):
    """Make the session so many minutes old, or unused for so long."""
    session = client.session
    for stamp, minutes in ages.items():
        session[stamp] = int(time.time()) - minutes * 60
    # As a save would stamp it anew, past the product's own.
    super(sessions.SessionStore, session).save()


def test_unused_session_ends_and_says_why(client):
    person = OfficerFactory()
    sign_in(client, person)
    age_session(client, seen_at=59)
    assert client.get(reverse("commitment_list")).status_code == 200

    age_session(client, seen_at=61)
    answer = client.get(reverse("commitment_list"), follow=True)

    assert answer.redirect_chain == [(f"{reverse('account_login')}?next={reverse('commitment_list')}", 302)]
    assert "You were signed out after 60 minutes without activity." in answer.content.decode()
    assert logged_verbs_and_rows()[-1] == ("person.session_ended", str(person.pk))


def test_what_was_typed_while_a_session_ended_is_given_back_and_not_taken(client):
    sign_in(client, OfficerFactory())
    age_session(client, seen_at=61)
    typed = {
        "title": "Forty officers trained in <Maseru>",
        "narrative": "A letter\nof two lines",
        "csrfmiddlewaretoken": "k" * 64,
        "files": SimpleUploadedFile("letter.txt", b"A letter."),
    }

    answer = client.post(reverse("evidence_log"), typed, headers={"Origin": "http://testserver"})

    body = answer.content.decode()
    assert answer.status_code == 403
    assert "You were signed out after 60 minutes without activity." in body
    assert 'value="Forty officers trained in &lt;Maseru&gt;" readonly' in body
    assert "A letter\nof two lines</textarea>" in body
    assert "Choose them again." in body
    assert re.findall(r'class="marking[^>]*>\s*([A-Z ]+?)\s*<', body) == ["SENSITIVE BUT UNCLASSIFIED"] * 2
    assert "k" * 64 not in body
    assert client.get(reverse("evidence_log")).status_code == 302  # signed out all the same


def test_a_script_is_told_that_the_session_ended_and_the_browser_keeps_what_it_could_not_save(client):
    own = FocalPointFactory()
    sign_in(client, own)
    age_session(client, seen_at=61)
    address = reverse("update_draft", args=[CommitmentFactory(ministry=own.ministry).pk])

    for _ in ("signed out by this", "signed out before"):
        answer = client.post(address, {"narrative": "So far"}, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["state"]) == (403, "signed_out")
        assert "Clear-Site-Data" not in answer.headers


def test_a_sign_in_that_went_wrong_says_so_and_nothing_of_saving(client):
    body = sign_in(client, OfficerFactory(), password="another password").text

    assert "Please correct:" in body
    assert "Not saved" not in body


OWN_ORIGIN = {"Origin": "http://testserver"}


@pytest.mark.parametrize("headers", [OWN_ORIGIN, {"Sec-Fetch-Site": "same-origin"}])
@pytest.mark.parametrize("cookies", ["none left", "csrf left"])
def test_what_was_typed_comes_back_to_who_was_signed_out_in_another_tab(headers, cookies):
    client = Client(enforce_csrf_checks=True)
    if cookies == "csrf left":
        client.cookies[settings.CSRF_COOKIE_NAME] = "k" * 32
    path = reverse("evidence_log", args=["LSO", 2021])
    typed = {"title": "Six", "happened_to": "2022-01-20", "code": "123456", "csrfmiddlewaretoken": "k" * 32}
    typed |= {"commitment": "7319", "kind": "court"}

    answer = client.post(path, typed, headers=headers)

    body = answer.content.decode()
    assert answer.status_code == 403
    assert "You were signed out" in body
    assert re.search(r">What happened</label>\s*<input [^>]*value=\"Six\"", body)
    assert re.search(r">End date</label>\s*<input [^>]*value=\"2022-01-20\"", body)
    assert re.search(r">Type of evidence</label>\s*<input [^>]*value=\"Court record\"", body)
    assert re.search(r">Commitment</label>\s*<input [^>]*value=\"Choose it again\.\"", body)
    assert "123456" not in body
    assert "k" * 32 not in body
    assert f'href="{reverse("account_login")}?next={path}"' in body
    assert "chosen again" not in body


def test_the_way_back_leads_to_the_page_on_which_the_form_stood():
    path, form = reverse("evidence_log"), f"{reverse('my_tasks')}?country=LSO"

    def body(referer):
        return Client().post(path, {"title": "Six"}, headers=OWN_ORIGIN | {"Referer": referer}).content.decode()

    assert '?next=/tasks/%3Fcountry%3DLSO"' in body(f"http://testserver{form}")
    assert f'?next={path}"' in body("http://testserver.evil.example/tasks/")


def test_what_another_site_sends_by_nobody_leads_to_the_sign_in_page():
    for headers in (
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        answer = Client().post(reverse("evidence_log"), {"title": "Six"}, headers=headers)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))


def test_session_ends_however_much_it_is_used(client):
    sign_in(client, OfficerFactory())
    age_session(client, began_at=12 * 60 + 1)

    answer = client.get(reverse("commitment-list"))

    assert answer.status_code == 403
    assert answer.json() == {"detail": "You were signed out after 12 hours. Sign in again to continue."}


def test_a_focal_points_session_is_shorter_than_an_officers(client):
    sign_in(client, FocalPointFactory())
    age_session(client, began_at=4 * 60 + 1)

    assert client.get(reverse("ministry_home")).status_code == 302


def test_administrators_session_ends_sooner_when_unused(client):
    sign_in(client, AdministratorFactory())
    age_session(client, seen_at=31)

    assert client.get(reverse("person_list")).headers["Location"].startswith(reverse("account_login"))


def test_use_keeps_a_session_alive_with_at_most_one_write_a_minute(client, django_assert_num_queries):
    sign_in(client, OfficerFactory())
    age_session(client, seen_at=50)
    client.get(reverse("commitment_list"))
    assert time.time() - client.session["seen_at"] < 60

    seen = client.session["seen_at"]
    client.get(reverse("commitment_list"))
    assert client.session["seen_at"] == seen


def test_what_came_before_signing_in_does_not_count(client):
    client.get(reverse("account_login"))
    client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})  # which begins a session
    age_session(client, began_at=13 * 60)
    sign_in(client, OfficerFactory())

    assert client.get(reverse("commitment_list")).status_code == 200


# --- Accounts that end ------------------------------------------------------------------------------------------------


def test_account_lasts_through_its_last_day():
    today = clock.today()

    assert not is_expired(OfficerFactory(valid_until_on=today))
    assert is_expired(OfficerFactory(valid_until_on=today - timedelta(days=1)))
    assert not is_expired(OfficerFactory())


def test_expired_account_is_told_so_after_the_right_password_alone(client):
    person = OfficerFactory(valid_until_on=date(2022, 1, 1))

    assert "or the password is wrong" in stable_text(fail_sign_in(person, 1))
    answer = sign_in(client, person)

    assert answer.headers["Location"] == reverse("account_expired")
    page = client.get(answer.headers["Location"]).text
    assert "ask the administrator at the embassy to renew it" in page
    assert f'<a href="{reverse("account_login")}">Sign in</a>' in page
    assert "_auth_user_id" not in client.session


def test_expiry_ends_a_session_that_is_open(client):
    person = OfficerFactory()
    sign_in(client, person)
    person.valid_until_on = date(2022, 1, 1)
    person.save()

    assert client.get(reverse("commitment_list")).headers["Location"].startswith(reverse("account_login"))


def test_closed_account_is_told_so_after_the_right_password_alone(client):
    person = OfficerFactory(is_active=False)

    assert "or the password is wrong" in stable_text(fail_sign_in(person, 1))
    assert sign_in(client, person).headers["Location"] == reverse("account_inactive")
    assert f'<a href="{reverse("account_login")}">Sign in</a>' in client.get(reverse("account_inactive")).text
    assert not Backend().user_can_authenticate(person)


# --- One's own sign-ins -----------------------------------------------------------------------------------------------


def test_sign_ins_are_listed_and_ended_one_by_one_and_all_at_once(client):
    person, stranger = OfficerFactory(), OfficerFactory()
    others = [Client(), Client(), Client()]
    for number, other in enumerate(others):
        sign_in(other, person, REMOTE_ADDR=f"10.0.0.{number + 1}")
    of_stranger = Client()
    sign_in(of_stranger, stranger, REMOTE_ADDR="10.9.9.9")
    sign_in(client, person)

    page = client.get(reverse("sign_in_list"))
    assert sorted(line["row"].ip for line in page.context["lines"]) == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "127.0.0.1"]
    one = next(line["row"] for line in page.context["lines"] if line["row"].ip == "10.0.0.2")
    client.post(reverse("sign_in_list"), {"end": one.pk})
    assert [other.get(reverse("commitment_list")).status_code for other in others] == [200, 302, 200]

    client.post(reverse("sign_in_list"))
    assert [other.get(reverse("commitment_list")).status_code for other in others] == [302, 302, 302]
    assert client.get(reverse("commitment_list")).status_code == 200
    assert of_stranger.get(reverse("commitment_list")).status_code == 200


def test_without_a_recorded_sign_in_the_page_says_how_the_first_appears(client):
    client.force_login(OfficerFactory())  # a session that began before sign-ins were recorded

    text = client.get(reverse("sign_in_list")).text

    assert "No sign-ins are recorded yet." in text
    assert "Sign out and sign in again." in text
    assert "<table" not in text


def test_sign_in_of_somebody_else_is_not_ended(client):
    other = Client()
    theirs = OfficerFactory()
    sign_in(other, theirs)
    key = other.get(reverse("sign_in_list")).context["lines"][0]["row"].pk
    sign_in(client, OfficerFactory())

    client.post(reverse("sign_in_list"), {"end": key})

    assert other.get(reverse("commitment_list")).status_code == 200


# --- Showing again who one is -----------------------------------------------------------------------------------------


def test_showing_ones_password_again_is_told_however_it_goes(client):
    person = OfficerFactory()
    sign_in(client, person)

    assert client.post(reverse("account_reauthenticate"), {"password": ""}).status_code == 422
    assert client.post(reverse("account_reauthenticate"), {"password": "wrong"}).status_code == 422
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302

    mine = str(person.pk)
    assert logged_verbs_and_rows()[1:] == [("person.reauthentication_refused", mine), ("person.reauthenticated", mine)]
    refused, shown = AuditEntry.objects.order_by("number")[1:]
    assert (refused.by, shown.by) == (None, person)
    assert "wrong" not in refused.detail.after


def test_what_is_tried_again_while_locked_out_does_not_fill_the_log(client):
    person = OfficerFactory()
    sign_in(client, person)

    for _ in range(12):
        client.post(reverse("account_reauthenticate"), {"password": "wrong"})

    assert [verb for verb, _ in logged_verbs_and_rows()].count("person.reauthentication_refused") == 5
    assert [verb for verb, _ in logged_verbs_and_rows()].count("person.locked_out") == 1
