"""Administrators: what lists may tell them, and that nobody becomes somebody else unseen."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
)
from tests.signing_in import enrol, enter, sign_in
from tiptracker import clock
from tiptracker.accounts import tokens
from tiptracker.accounts.admin import site
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.mail.models import Mail
from tiptracker.words import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    administrator = AdministratorFactory()
    enter(client, administrator)
    return administrator


# --- What a list tells by what it leaves ------------------------------------------------------------------------------

LISTS = {model.__name__: admin for model, admin in site._registry.items()}
HOW = {
    "": "1", "__isnull": "1", "__gt": "1", "__pk": "1", "__exact": "1", "__in": "1",
    "__regex": "^argon2", "__password__startswith": "argon2", "__ministry__name": "1", "__evidence": "1",
}  # fmt: skip


def shown(client, admin, **asked):
    answer = client.get(reverse(f"admin:accounts_{admin.opts.model_name}_changelist"), asked)
    if answer.status_code != 200:
        return answer.status_code, None
    return 200, sorted(row.pk for row in answer.context["cl"].result_list)


@pytest.mark.parametrize("name", LISTS)
def test_no_filter_but_those_shown_narrows_a_list(client, name):
    """… and so tells of a field, or of rows that point here, which an administrator doesn't read."""
    admin = LISTS[name]
    EvidenceFactory(recorded_by=FocalPointFactory())
    enrol(OfficerFactory())
    whole = shown(client, admin)
    fields = {field.name for field in admin.model._meta.get_fields()}
    assert {"password", "authenticator", "usersession"} <= fields or name != "User"

    narrowing = {
        f"{each}{how}": value
        for each in fields - set(admin.list_filter)
        for how, value in HOW.items()
        if shown(client, admin, **{f"{each}{how}": value}) not in ((400, None), whole)
    }
    for shown_one in admin.list_filter:
        narrowing |= {
            f"{shown_one}__{more}": "1"
            for more in ("gt", "in", "regex", "evidence", "users__password__startswith")
            if shown(client, admin, **{f"{shown_one}__{more}": "1"}) not in ((400, None), whole)
        }

    assert whole[1]
    assert narrowing == {}


def test_the_filters_that_are_shown_filter(client, administrator):
    officer, focal = OfficerFactory(is_active=False), FocalPointFactory()
    people, ministries = LISTS["User"], LISTS["Ministry"]
    other = MinistryFactory(country=CountryFactory(elsewhere=True))
    lesotho = CountryFactory()

    assert shown(client, people, role__exact="focal_point")[1] == [focal.pk]
    assert shown(client, people, is_active__exact="0")[1] == [officer.pk]
    assert shown(client, people, countries__id__exact=lesotho.pk)[1] == [officer.pk]
    assert administrator.pk in shown(client, people, countries__isnull="True")[1]
    assert shown(client, ministries, country__id__exact=other.country.pk)[1] == [other.pk]


# --- Nobody becomes somebody else unseen ------------------------------------------------------------------------------

ALIKE = {"email": "me@post.example", "role": "officer", "ministry": "", "countries": ["1"]}


@pytest.mark.parametrize("name", [*ALIKE, "valid_until_on"])
def test_nobody_changes_what_makes_them_who_they_are(client, administrator, name):
    mine = reverse("admin:accounts_user_change", args=[administrator.pk])
    value = ALIKE.get(name, "2099-12-31")
    before = User.objects.get_queryset().filter(pk=administrator.pk).values().get()

    assert name not in client.get(mine).context["adminform"].form.fields
    answer = client.post(mine, {"name": "I", "is_active": "on", name: value})

    assert answer.status_code == 403
    assert User.objects.get_queryset().filter(pk=administrator.pk).values().get() == before
    assert not administrator.countries.exists()
    assert client.post(mine, {"name": "Another name", "is_active": "on"}).status_code == 302
    administrator.refresh_from_db()
    assert administrator.name == "Another name"


@pytest.mark.parametrize("action", ["renew", "drop_second_factor"])
def test_nobody_renews_themselves_or_drops_their_own_second_step(client, administrator, action):
    enrol(administrator)
    to = {"action": action, "_selected_action": [administrator.pk]}

    page = client.post(reverse("admin:accounts_user_changelist"), to, follow=True)

    assert "Nobody does this to their own account. Ask another administrator." in page.text
    assert administrator.authenticator_set.count() == 2
    administrator.refresh_from_db()
    assert administrator.valid_until_on is None
    assert not Mail.objects.exists()


def change(client, someone, **changed):
    said = {
        "name": someone.name,
        "email": someone.email,
        "role": someone.role,
        "ministry": someone.ministry_id or "",
        "countries": [country.pk for country in someone.countries.all()],
        "is_active": "on" if someone.is_active else "",
        "valid_until_on": someone.valid_until_on or "2099-12-31",
    }
    answer = client.post(reverse("admin:accounts_user_change", args=[someone.pk]), said | changed)
    assert answer.status_code == 302
    return answer


def at_work(someone):
    """A browser in which they are signed in, and the secret of a token of theirs."""
    browser = Client()
    sign_in(browser, someone)
    _, secret = tokens.make(person=someone, name="Import", scope=Scope.READ, expires_on=tokens.last_day(someone))
    assert works(browser, secret) == (True, True)
    return browser, secret


def works(browser, secret):
    asked = Client().get(reverse("commitment-list"), headers={"Authorization": f"Bearer {secret}"})
    return browser.get(reverse("sign_in_list")).status_code == 200, asked.status_code == 200


def another(name):
    return {
        "email": {"email": "new@post.example"},
        "role": {"role": "observer"},
        "ministry": {"role": "focal_point", "ministry": MinistryFactory().pk, "countries": []},
        "countries": {"countries": [CountryFactory(elsewhere=True).pk]},
    }[name]


@pytest.mark.parametrize("name", ["email", "role", "ministry", "countries"])
def test_who_becomes_somebody_else_is_signed_out_and_reads_of_it(client, name, run_jobs):
    officer = OfficerFactory()
    browser, secret = at_work(officer)

    change(client, officer, **another(name))
    run_jobs()

    assert works(browser, secret) == (False, False)
    told = {"email": "e-mail address", "ministry": "role, ministry, countries"}.get(name, name)
    to = ["new@post.example", officer.email] if name == "email" else [officer.email]
    assert sorted(address for one in mail.outbox for address in one.to) == sorted(to)
    for one in mail.outbox:
        assert len(one.to) == 1
        assert one.subject == "TIP Tracker: your account was changed"
        assert f"An administrator changed this of your account in TIP Tracker: {told}." in one.body
        assert "@" not in one.body


def test_another_name_signs_nobody_out(client):
    officer = OfficerFactory()
    browser, secret = at_work(officer)

    change(client, officer, name="Another name")

    assert works(browser, secret) == (True, True)
    assert not Mail.objects.exists()


@pytest.mark.parametrize("by", ["renewing", "another last day"])
def test_what_was_begun_before_an_account_ran_out_stays_ended(client, by):
    officer = OfficerFactory()
    browser, secret = at_work(officer)
    today = clock.today()
    User.objects.get_queryset().filter(pk=officer.pk).update(valid_until_on=today - timedelta(days=1))
    officer.refresh_from_db()

    if by == "renewing":
        client.post(reverse("admin:accounts_user_changelist"), {"action": "renew", "_selected_action": [officer.pk]})
    else:
        change(client, officer, valid_until_on="2099-12-31")

    officer.refresh_from_db()
    assert officer.valid_until_on > today
    assert works(browser, secret) == (False, False)


def test_renewing_an_account_that_lasts_ends_nothing(client):
    officer = OfficerFactory()
    browser, secret = at_work(officer)

    client.post(reverse("admin:accounts_user_changelist"), {"action": "renew", "_selected_action": [officer.pk]})

    assert works(browser, secret) == (True, True)


def test_who_loses_their_second_steps_reads_of_it(client, run_jobs):
    officer = OfficerFactory()
    enrol(officer)

    client.post(
        reverse("admin:accounts_user_changelist"), {"action": "drop_second_factor", "_selected_action": [officer.pk]}
    )
    run_jobs()

    assert [one.to for one in mail.outbox] == [[officer.email]]
    assert "An administrator removed every second step of your sign-in" in mail.outbox[0].body


def test_a_countrys_officers_read_who_got_and_who_lost_a_role_there(client, administrator):
    here, elsewhere = CountryFactory(), CountryFactory(elsewhere=True)
    reader, neighbour = OfficerFactory(countries=[here]), OfficerFactory(countries=[elsewhere])
    police = MinistryFactory(country=here, name="Police")

    def read_by(someone):
        seen = AuditDetail.objects.visible_to(someone).filter(entry__verb__startswith="person.role_")
        found = seen.order_by("entry__number").values_list("entry__verb", "before", "after")
        return [(verb, json.loads(before or "{}"), json.loads(after or "{}")) for verb, before, after in found]

    said = {"name": "Lineo", "email": "lineo@post.example", "role": "officer", "valid_until_on": "2099-12-31"}
    said |= {"countries": [here.pk, elsewhere.pk], "is_active": "on"}
    client.post(reverse("admin:accounts_user_add"), said)
    lineo = User.objects.get_queryset().get(email="lineo@post.example")
    officer = {"name": "Lineo", "role": "officer"}
    assert read_by(reader) == read_by(neighbour) == [("person.role_given", {}, officer)]

    change(client, lineo, countries=[], role="focal_point", ministry=police.pk)
    lineo.refresh_from_db()
    focal = {"name": "Lineo", "role": "focal_point", "ministry": "Police"}
    assert read_by(reader)[1:] == [("person.role_given", officer, focal)]
    assert read_by(neighbour)[1:] == [("person.role_ended", officer, {})]

    change(client, lineo, is_active="")
    assert read_by(reader)[2:] == [("person.role_ended", focal, {})]
    assert len(read_by(neighbour)) == 2
    page = Client()
    enter(page, reader)
    assert "Gave a person a role on this country" in page.get(reverse("log_list")).text
    # Sign-ins, invitations and what else is done to accounts stay the administrators'.
    others = AuditEntry.objects.visible_to(reader).filter(row=str(lineo.pk)).exclude(verb__startswith="person.role_")
    assert not others.exists()
    assert AuditEntry.objects.filter(verb="user.changed", row=str(lineo.pk)).count() == 2
