"""API tokens: shown once, valid only for the API and the person's rights, ended with the account."""

import logging
import re
from datetime import UTC, date, time, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.authentication import enrol_second_factor, force_sign_in
from tests.factories import (
    AdministratorFactory,
    CommitmentFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.person_pages import press_person_button
from tests.refusals import refuses
from tiptracker import clock
from tiptracker.accounts import account_requests, actions, tokens
from tiptracker.accounts.authentication import INVALID_CREDENTIALS_MESSAGE
from tiptracker.accounts.mail_links import LinkPurpose, password_link
from tiptracker.accounts.models import ApiToken
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import TokenScope

pytestmark = pytest.mark.django_db
COMMITMENTS = "/api/v1/commitments/"


def make_token(person, scope=TokenScope.READ, name="Weekly import", days=30):
    return tokens.create_token(person=person, name=name, scope=scope, expires_on=clock.today() + timedelta(days=days))


def bearer_header(secret):
    return {"authorization": f"Bearer {secret}"}


def get_with_token(secret, path=COMMITMENTS, **more):
    return Client().get(path, headers=bearer_header(secret), **more)


def logged_verbs(*but):
    return [verb for verb in AuditEntry.objects.order_by("number").values_list("verb", flat=True) if verb not in but]


# --- Made and shown ---------------------------------------------------------------------------------------------------


def form_data(**more):
    return {
        "name": "Weekly import",
        "scope": "read",
        "expires_on": clock.today() + timedelta(days=30),
    } | more


def test_a_token_is_shown_once_and_kept_as_a_hash(client):
    person = OfficerFactory()
    force_sign_in(client, person)

    page = client.post(reverse("token_add"), form_data())

    secret = re.search(r"tip_[\w-]{43}", page.text)[0]
    assert "no-store" in page.headers["Cache-Control"]
    assert get_with_token(secret).status_code == 200
    token = ApiToken.objects.get()
    assert secret not in str([getattr(token, field.attname) for field in ApiToken._meta.fields])
    assert secret not in str(dict(client.session))
    for name in ("token_list", "token_add", "mfa_index"):
        assert secret not in client.get(reverse(name)).text
    assert token.prefix in client.get(reverse("token_list")).text
    details = str(list(AuditEntry.objects.values_list("verb", "detail__before", "detail__after")))
    assert "token.made" in details
    assert secret not in details


def test_making_one_asks_again_who_it_is_and_loses_nothing_that_was_typed(client):
    person = OfficerFactory()
    client.force_login(person)

    asked = client.post(reverse("token_add"), form_data(name="After a long lunch"))
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()

    page = client.post(asked.headers["Location"], {"password": "a long enough password", "next": reverse("token_add")})
    assert "After a long lunch" in page.text
    assert get_with_token(re.search(r"tip_[\w-]{43}", page.text)[0]).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Fill this in."),
        ({"scope": "all"}, "Choose one from the list."),
        ({"expires_on": ""}, "Enter the date, such as 2022-01-28."),
        ({"expires_on": "2021-01-01"}, "A token lasts one year at most."),
        ({"expires_on": "2099-01-01"}, "A token lasts one year at most."),
        ({"name": "WEEKLY report"}, "You already have a token with this name."),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_was_typed(client, wrong, sentence):
    person = OfficerFactory()
    make_token(person, name="Weekly report")
    force_sign_in(client, person)

    page = client.post(reverse("token_add"), form_data(**wrong))

    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="Weekly import"' in page.text or "name" in wrong
    assert ApiToken.objects.count() == 1


def test_a_token_ends_no_later_than_the_account():
    last = clock.today() + timedelta(days=7)
    person = OfficerFactory(valid_until_on=last)

    with refuses("out_of_range", field="expires_on", sentence="the last day of your account"):
        make_token(person, days=8)

    assert make_token(person, days=7)[0].expires_on == last
    assert tokens.latest_expiry(person, tokens.DEFAULT_LIFETIME) == last
    assert tokens.latest_expiry(OfficerFactory(), tokens.DEFAULT_LIFETIME) == clock.today() + timedelta(days=90)


def test_a_person_has_at_most_ten_tokens_and_ended_ones_do_not_count():
    person = OfficerFactory()
    made = [make_token(person, name=f"Number {n}")[0] for n in range(tokens.MAX_TOKENS)]
    with refuses("too_many", sentence="You have 10 tokens"):
        make_token(person)

    ApiToken.objects.filter(pk=made[0].pk).update(expires_on=clock.today() - timedelta(days=1))
    make_token(person, name="Number 0")

    tokens.revoke(made[1], by=person)
    make_token(person, name="Number 1")


# --- One's own --------------------------------------------------------------------------------------------------------


def test_one_sees_and_revokes_ones_own_alone(client):
    person, stranger = OfficerFactory(), OfficerFactory()
    mine, secret = make_token(person, name="My own")
    theirs, their_secret = make_token(stranger, name="A stranger's")
    force_sign_in(client, person)

    page = client.get(reverse("token_list"))
    assert [token.name for token in page.context["working"]] == ["My own"]
    assert "stranger" not in page.text
    assert client.post(reverse("token_revoke", args=[theirs.pk])).status_code == 404
    answer = client.post(reverse("token_revoke", args=[mine.pk]), follow=True)

    assert "“My own” is revoked" in answer.text
    assert [token.name for token in answer.context["ended"]] == ["My own"]
    assert get_with_token(secret).status_code == 401
    assert get_with_token(their_secret).status_code == 200
    client.post(reverse("token_revoke", args=[mine.pk]))
    assert logged_verbs().count("token.revoked") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_tokens_count_their_queries(client, settings, django_assert_num_queries, count):
    settings.SECOND_FACTOR_REQUIRED = True
    person = OfficerFactory()
    RecommendationFactory()
    for number in range(count):
        make_token(person, name=f"Number {number}")
    force_sign_in(client, person)
    client.get(reverse("token_list"))

    with django_assert_num_queries(10):  # session, person, zone; tokens; editions, what waits in My tasks
        assert len(client.get(reverse("token_list")).context["working"]) == count


# --- What it opens ----------------------------------------------------------------------------------------------------


def test_a_token_reads_what_its_person_reads():
    police, home = MinistryFactory(short_name="Police"), MinistryFactory(short_name="Home")
    mine, _ = CommitmentFactory(ministry=police), CommitmentFactory(ministry=home)
    _, secret = make_token(FocalPointFactory(ministry=police))

    assert [row["id"] for row in get_with_token(secret).json()["results"]] == [mine.pk]


def test_a_token_opens_no_page():
    _, secret = make_token(OfficerFactory())

    for name in ("dashboard", "commitment_list", "api_docs", "token_list", "mfa_index"):
        assert get_with_token(secret, reverse(name)).headers["Location"].startswith(reverse("account_login")), name
    for path in (f"{COMMITMENTS}?token={secret}", f"{COMMITMENTS}?access_token={secret}"):
        assert Client().get(path).status_code == 401


def test_a_token_that_may_submit_writes_without_a_form_and_the_log_says_by_which():
    person = OfficerFactory()
    token, secret = make_token(person, TokenScope.SUBMIT)
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/api/v1/reviews/", {}, content_type="application/json", headers=bearer_header(secret))
    assert answer.status_code == 400

    own = FocalPointFactory()
    token, secret = make_token(own, TokenScope.SUBMIT)
    promise = CommitmentFactory(ministry=own.ministry)
    sent = {
        "commitment": promise.pk, "title": "Work went on", "narrative": "We worked.", "claimed": "under_way",
        "happened_to": "2022-01-28",
    }  # fmt: skip
    answer = client.post("/api/v1/updates/", sent, content_type="application/json", headers=bearer_header(secret))
    assert answer.status_code == 201, answer.text
    entry = AuditEntry.objects.get(verb="update.sent")
    assert entry.by == own
    assert f'"by_token": "{token.prefix}"' in entry.detail.after
    force_sign_in(client, own)
    client.get(reverse("ministry_home"))
    tokens.revoke(token, by=own)
    assert "by_token" not in AuditEntry.objects.get(verb="token.revoked").detail.after


def test_a_token_that_may_only_read_writes_nothing():
    _, secret = make_token(OfficerFactory())

    answer = Client().post("/api/v1/reviews/", {}, content_type="application/json", headers=bearer_header(secret))

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("This token can only read.")


def test_days_are_those_of_the_persons_country(set_clock):
    """At 23:00 in Greenwich what was due that day is overdue in Maseru."""
    officer = OfficerFactory()
    promise = CommitmentFactory(made__due_on=date(2022, 1, 28))
    _, secret = make_token(officer)

    set_clock(date(2022, 1, 28), time(23), UTC)

    assert [(row["id"], row["status"]) for row in get_with_token(secret).json()["results"]] == [(promise.pk, "overdue")]
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_token_counts_whoever_is_signed_in_besides(client):
    _, secret = make_token(OfficerFactory())
    force_sign_in(client, FocalPointFactory())
    CommitmentFactory()

    assert len(client.get(COMMITMENTS, headers=bearer_header(secret)).json()["results"]) == 1
    assert client.get(COMMITMENTS, headers=bearer_header("tip_wrong")).status_code == 401
    assert client.get(COMMITMENTS).json()["results"] == []


# --- When it ends -----------------------------------------------------------------------------------------------------


def expire(token):
    ApiToken.objects.filter(pk=token.pk).update(expires_on=clock.today() - timedelta(days=1))


def close_account(token):
    token.person.is_active = False
    token.person.save()


def end_account(token):
    token.person.valid_until_on = clock.today() - timedelta(days=1)
    token.person.save()


def end_second_factor(token):
    one, other, now = AdministratorFactory(), AdministratorFactory(), clock.now()
    asked = account_requests.request_second_factor_removal(person=token.person, by=one, now=now)
    account_requests.consent(request=asked, by=other, now=now)
    enrol_second_factor(token.person)  # anew: what was made before stays ended


def without_second_factor(token):
    Authenticator.objects.filter(user=token.person).delete()


def set_password(token):
    secret = password_link(token.person, LinkPurpose.RESET).split("/")[-2]
    assert actions.set_password(token=secret, password="another long password", purpose=LinkPurpose.RESET)


WAYS_TO_END = {
    "expired": (expire, "expired"),
    "revoked": (lambda token: tokens.revoke(token, by=token.person), "revoked"),
    "account closed": (close_account, "account"),
    "account expired": (end_account, "account"),
    "second step dropped": (end_second_factor, "revoked"),
    "no second step": (without_second_factor, "second_factor"),
    "new password": (set_password, "revoked"),
}


@pytest.mark.parametrize("end", WAYS_TO_END)
def test_a_token_that_has_ended_is_refused_like_one_that_never_was(settings, end):
    settings.SECOND_FACTOR_REQUIRED = True
    person = OfficerFactory()
    enrol_second_factor(person)
    token, secret = make_token(person)
    assert get_with_token(secret).status_code == 200

    does, why = WAYS_TO_END[end]
    does(token)

    ended, unknown = get_with_token(secret), get_with_token("tip_" + "x" * 43)
    assert ended.status_code == unknown.status_code == 401
    assert ended.json() == unknown.json() == {"detail": INVALID_CREDENTIALS_MESSAGE}
    assert ended.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"] == "Bearer"
    refused = AuditEntry.objects.filter(verb="token.refused").order_by("number")
    assert [(entry.row, entry.detail.after) for entry in refused] == [
        (str(token.pk), f'{{"why": "{why}"}}'),
        ("", '{"why": "unknown"}'),
    ]


def test_closing_an_account_on_the_administrators_page_revokes_its_tokens(client):
    person = OfficerFactory()
    _, secret = make_token(person)
    force_sign_in(client, AdministratorFactory())

    for do in ("close", "reopen"):
        assert press_person_button(client, person, do, until="2099-12-31").status_code == 302

    assert get_with_token(secret).status_code == 401  # opened again, the account has none of its old keys
    assert "token.revoked" in logged_verbs()


def test_ending_sign_ins_leaves_tokens(client):
    person = OfficerFactory()
    _, secret = make_token(person)

    actions.end_sign_ins(person)

    assert get_with_token(secret).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer a b", "bearer", "Basic dXNlcjpwYXNz", "Bearer \xff"]
)
def test_whatever_else_stands_in_the_header_is_401(header):
    answer = Client().get(COMMITMENTS, headers={"authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


# --- What is noted ----------------------------------------------------------------------------------------------------


def test_last_use_is_noted_once_a_minute():
    token, secret = make_token(OfficerFactory())

    get_with_token(secret, REMOTE_ADDR="10.0.0.1")
    token.refresh_from_db()
    first = token.last_used_at
    assert token.last_used_from == "10.0.0.1"
    get_with_token(secret, REMOTE_ADDR="10.0.0.2")
    token.refresh_from_db()
    assert (token.last_used_at, token.last_used_from) == (first, "10.0.0.1")

    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    get_with_token(secret, REMOTE_ADDR="10.0.0.2")
    token.refresh_from_db()
    assert token.last_used_at > first
    assert token.last_used_from == "10.0.0.2"


def test_refusals_do_not_fill_the_log():
    for _ in range(5):
        get_with_token("tip_wrong")
        get_with_token("tip_wrong", REMOTE_ADDR="10.0.0.1")

    assert logged_verbs() == ["token.refused", "token.refused"]
    cache.clear()
    get_with_token("tip_wrong")
    assert len(logged_verbs()) == 3


def test_a_secret_is_in_no_line_that_the_server_writes(caplog, settings, client):
    settings.DEBUG = True
    client.raise_request_exception = False
    _, secret = make_token(OfficerFactory(), TokenScope.SUBMIT)

    with caplog.at_level(logging.DEBUG):
        get_with_token(secret)
        get_with_token(secret + "x")
        page = client.get(reverse("health") + "nowhere/", headers=bearer_header(secret))

    assert secret not in caplog.text
    assert secret not in page.text
