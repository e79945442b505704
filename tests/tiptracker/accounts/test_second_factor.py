"""The second step: required at sign-in and for every page but its set-up; the last one cannot be removed."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.authentication import enrol_second_factor, force_sign_in, sign_in, unused_recovery_codes
from tests.factories import OfficerFactory
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def second_factor_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def totp_code(secret, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def logged_verbs():
    return list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))


def test_without_a_second_factor_pages_lead_to_enrolment_and_the_api_says_so(client):
    sign_in(client, OfficerFactory())

    for name in ("home", "dashboard", "commitment_list", "api_docs"):
        answer = client.get(reverse(name))
        if name == "api_docs":
            assert answer.status_code == 403
        else:
            assert answer.headers["Location"] == reverse("mfa_index"), name
    assert client.get("/no/such/page/").headers["Location"] == reverse("mfa_index")
    answer = client.get(reverse("commitment-list"))
    assert answer.status_code == 403
    assert answer.json() == {"detail": "Set up a second step for your sign-in first. Open the start page in a browser."}
    assert client.get(reverse("health")).status_code == 200
    page = client.get(reverse("mfa_index"))
    assert "Set up a second step" in page.content.decode()
    assert list(page.context["navigation"]) == []  # which would tell how much waits


def test_where_a_second_step_is_not_required_the_page_says_nothing_else_and_leads_on(client, settings):
    ways_on = ("sign_in_list", "token_list", "password_forgotten")
    sign_in(client, OfficerFactory())
    held = client.get(reverse("mfa_index")).text
    settings.SECOND_FACTOR_REQUIRED = False
    free = client.get(reverse("mfa_index")).text

    assert "You can open other pages" in held
    assert not any(reverse(name) in held for name in ways_on)
    assert "You can open other pages" not in free
    assert all(reverse(name) in free for name in ways_on)


def test_enrolling_an_app_opens_the_record_and_shows_recovery_codes_once(client, run_jobs):
    person = OfficerFactory()
    sign_in(client, person)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode()

    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.status_code == 422
    assert wrong.context["form"].secret == secret  # the app holds it already

    answer = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    shown = re.findall(r"<code>(\d{8})</code>", client.get(answer.headers["Location"]).content.decode())
    assert len(shown) == 10
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in shown)
    assert client.get(reverse("dashboard")).status_code != 302
    assert "person.second_factor_added" in logged_verbs()
    run_jobs()
    assert [(m.to, m.subject) for m in mail.outbox] == [([person.email], "TIP Tracker: your sign-in was changed")]


def test_secrets_are_kept_encrypted(client):
    person = OfficerFactory()
    secret = enrol_second_factor(person)

    assert secret not in str(Authenticator.objects.get(user=person, type="totp").data)


def test_enrolled_person_is_asked_for_a_code(client):
    person = OfficerFactory()
    secret = enrol_second_factor(person)

    answer = sign_in(client, person)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("dashboard")).headers["Location"].startswith(reverse("account_login"))
    missing = client.post(reverse("mfa_authenticate"), {"code": ""})
    assert missing.context["form"].errors["code"] == ["Fill this in."]
    refused = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert refused.status_code == 422
    assert "This code does not work" in refused.content.decode()
    passed = client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert passed.headers["Location"] == reverse("home")
    assert logged_verbs() == ["person.second_factor_refused", "person.signed_in"]


def test_a_code_works_once(client):
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    code = totp_code(secret)
    sign_in(client, person)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302

    other = Client()
    sign_in(other, person)
    assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 422


def test_a_code_is_used_up_for_as_long_as_it_would_be_good(client):
    """Also after allauth's own note, which stays in the cache for half a minute, is gone."""
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    code = totp_code(secret)
    sign_in(client, person)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    cache.clear()

    for used in (code, totp_code(secret, -1)):
        other = Client()
        sign_in(other, person)
        assert other.post(reverse("mfa_authenticate"), {"code": used}).status_code == 422
    assert other.post(reverse("mfa_authenticate"), {"code": totp_code(secret, 1)}).status_code == 302


def test_the_code_of_enrolment_does_not_sign_in_again(client):
    person = OfficerFactory()
    sign_in(client, person)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = totp_code(secret)
    client.post(reverse("mfa_activate_totp"), {"code": code})

    other = Client()
    sign_in(other, person)

    assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 422


def test_codes_tried_while_locked_out_do_not_fill_the_log(client):
    person = OfficerFactory()
    enrol_second_factor(person)
    sign_in(client, person)

    for code in ["", *["000000"] * 12]:
        client.post(reverse("mfa_authenticate"), {"code": code})

    assert logged_verbs() == ["person.second_factor_refused"] * 5 + ["person.locked_out"]


def test_a_recovery_code_works_once(client):
    person = OfficerFactory()
    enrol_second_factor(person)
    code = unused_recovery_codes(person)[3]
    sign_in(client, person)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302

    other = Client()
    sign_in(other, person)
    assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 422


def test_codes_cannot_be_guessed(client):
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    sign_in(client, person)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    answer = client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})

    assert answer.status_code == 422
    assert "Wait 15 minutes" in answer.content.decode()


def test_the_last_second_factor_stays(client):
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})

    assert "your only second step" in client.get(reverse("mfa_deactivate_totp")).content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=person, type="totp").exists()

    Authenticator.objects.create(user=person, type="webauthn", data={"name": "Telephone", "credential": {}})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=person, type="totp").exists()
    passkey = Authenticator.objects.get(user=person, type="webauthn")
    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_passkey_of_somebody_else_is_not_found(client):
    person, other = OfficerFactory(), OfficerFactory()
    secret = enrol_second_factor(person)
    theirs = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Theirs", "credential": {}})
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})

    answer = client.post(reverse("mfa_remove_webauthn", args=[theirs.pk]))

    assert answer.status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_a_session_from_before_enrolment_is_no_way_round(client):
    """A session opened with the password alone, before the owner set up a second step, ends afterwards."""
    person = OfficerFactory()
    sign_in(client, person)
    enrol_second_factor(person)

    answer = client.get(reverse("mfa_add_webauthn"))

    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert not client.session.get("_auth_user_id")


def test_enrolling_ends_other_sign_ins(client):
    person, other = OfficerFactory(), Client()
    sign_in(other, person)
    sign_in(client, person)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})

    assert other.get(reverse("home")).headers["Location"] == reverse("account_login")
    assert client.get(reverse("sign_in_list")).status_code == 200


def test_a_demonstration_needs_no_second_factor(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    sign_in(client, OfficerFactory())

    assert client.get(reverse("commitment_list")).status_code == 200


def test_showing_a_code_again_is_told_however_it_goes(client):
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    force_sign_in(client, person)

    assert client.post(reverse("mfa_reauthenticate"), {"code": "000000"}).status_code == 422
    assert client.post(reverse("mfa_reauthenticate"), {"code": totp_code(secret)}).status_code == 302

    assert logged_verbs() == ["person.reauthentication_refused", "person.reauthenticated"]
