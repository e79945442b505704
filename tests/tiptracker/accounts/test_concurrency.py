"""Links and codes work once, also if several people use them at the same moment."""

import time
from functools import partial

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from tests.authentication import enrol_second_factor, sign_in, unused_recovery_codes
from tests.concurrent_writes import run_simultaneously
from tests.factories import OfficerFactory
from tiptracker.accounts import mail_links
from tiptracker.audit.models import AuditEntry

NEW_PASSWORD = "another long password"


def test_a_link_used_several_times_at_once_sets_one_password(fresh_database):
    person = OfficerFactory(password=make_password(None))
    path = "/" + mail_links.password_link(person, mail_links.LinkPurpose.INVITATION).split("/", 3)[3]
    answers = {}

    def accept(password):
        answers[password] = Client().post(path, {"password": password}).status_code

    run_simultaneously(*[partial(accept, f"{NEW_PASSWORD} {number}") for number in range(3)])

    assert sorted(answers.values()) == [302, 410, 410]
    person.refresh_from_db()
    assert person.check_password(next(password for password, status in answers.items() if status == 302))
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["person.invitation_accepted", "person.signed_in"]


@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_a_code_used_several_times_at_once_signs_in_once(fresh_database, kind, monkeypatch):
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    code = (
        format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        if kind == "app"
        else unused_recovery_codes(person)[0]
    )
    monkeypatch.setattr(TOTP, "_mark_code_used", lambda *a: True)  # as where two find it unused at once
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        sign_in(browser, person)
    answers = []

    def show(browser):
        answers.append(browser.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    run_simultaneously(*[partial(show, browser) for browser in browsers])

    assert sorted(answers) == [302, 422, 422, 422]
