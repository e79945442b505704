"""Administrators of posts: what they may do for their own countries, and what stays with those of the installation."""

from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from recommendations.choices import TextStatus, Tier
from recommendations.importing import actions as importing
from recommendations.importing.draft import DraftImport
from recommendations.setup.actions.editions import change_edition
from reports.actions.word_templates import remove_word_template
from tests.authentication import force_sign_in, sign_in
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    EditionFactory,
    EditionImportFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.person_pages import post_new_person, post_person_change, press_person_button
from tests.refusals import refuses, shows_refusal
from tiptracker import clock
from tiptracker.accounts import account_requests
from tiptracker.accounts.models import AccountRequest, Country, User
from tiptracker.accounts.permissions import administers, administers_installation
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import AccountRequestKind, Paper, Role
from tiptracker.notifications.models import Notice
from tiptracker.onboarding.actions.accounts import (
    AccountDetails,
    account_details,
    add_person,
    change_person,
    close_account,
    end_sign_ins_and_tokens,
    lift_lock_out,
    reopen_account,
)
from tiptracker.onboarding.actions.countries import add_country, change_country, set_contact, set_language
from tiptracker.onboarding.actions.handovers import NewSuccessor, plan_handover
from tiptracker.onboarding.actions.ministries import MinistryInput, add_ministries, change_ministry
from tiptracker.onboarding.actions.people import PersonInput, add_people, send_invitations

pytestmark = pytest.mark.django_db
UNTIL = date(2099, 12, 31)


@pytest.fixture
def malawi():
    return CountryFactory(elsewhere=True)


@pytest.fixture
def post(malawi):
    """The administrator of Lesotho's post."""
    return AdministratorFactory(name="Post administrator", countries=[CountryFactory()])


@pytest.fixture
def shared(malawi):
    """An officer who works on both countries."""
    return OfficerFactory(name="Shared officer", countries=[CountryFactory(), malawi])


@pytest.fixture
def installation():
    return AdministratorFactory(name="Installation administrator")


@pytest.fixture
def post_client(post):
    browser = Client()
    force_sign_in(browser, post)
    return browser


@pytest.fixture
def installation_client(installation):
    browser = Client()
    force_sign_in(browser, installation)
    return browser


def change(person, account, by, **more):
    person.refresh_from_db()
    values = {"person": person, "version": person.version, "account": account, "confirmed": ""} | more
    return change_person(**values, by=by, now=clock.now())


# --- Whose accounts ---------------------------------------------------------------------------------------------------


def test_an_administrator_with_countries_looks_after_those_who_work_there_alone(post, shared, installation, malawi):
    officer, there = OfficerFactory(), OfficerFactory(countries=[malawi])
    focal_point = FocalPointFactory(ministry=MinistryFactory(short_name="Police"))
    focal_point_there = FocalPointFactory(ministry=MinistryFactory(country=malawi, short_name="Police"))
    colleague = AdministratorFactory(countries=[CountryFactory()])
    nowhere = OfficerFactory(countries=[])
    everybody = [officer, there, focal_point, focal_point_there, shared, colleague, nowhere, installation, post]

    assert [person for person in everybody if administers(post, person)] == [officer, focal_point]
    assert [person for person in everybody if administers(installation, person)] == everybody
    assert [administers_installation(person) for person in (installation, post, officer)] == [True, False, False]
    seen = set(User.objects.visible_to(post))
    assert seen == {officer, focal_point, shared, colleague, post}


def test_the_list_names_no_country_of_others(post_client, shared):
    page = post_client.get(reverse("person_list")).text

    assert "Shared officer" in page
    assert "Malawi" not in page
    assert "Everyone who works on Lesotho." in page


def test_the_page_of_a_person_who_works_elsewhere_too_has_no_button(post_client, shared):
    shown = post_client.get(reverse("person_detail", args=[shared.pk])).text

    assert "also works on a country that is not yours" in shown
    assert "Malawi" not in shown
    assert "<form" not in shown.partition("<main")[2]


@pytest.mark.parametrize("do", ["invite", "renew", "close", "end", "lift", "address", "second_step"])
@pytest.mark.parametrize("who", ["shared", "installation", "colleague"])
def test_no_button_works_for_an_account_of_others(post_client, request, who, do):
    person = AdministratorFactory(countries=[CountryFactory()]) if who == "colleague" else request.getfixturevalue(who)
    before = AuditEntry.objects.count()

    answer = press_person_button(post_client, person, do, until="2098-01-01", email="mine@post.example")

    assert answer.status_code == (404 if who == "installation" else 403)
    person.refresh_from_db()
    assert (person.is_active, person.version) == (True, 1)
    assert not AccountRequest.objects.exists()
    logged = AuditEntry.objects.filter(number__gt=before).values_list("verb", flat=True)
    assert set(logged) <= {"person.refused"}


def test_actions_refuse_accounts_of_others_also_without_a_page(post, shared):
    now, today = clock.now(), clock.today()
    successor = NewSuccessor("Lineo", "lineo@post.example")
    attempts = [
        lambda: change(shared, account_details(shared)._replace(name="Renamed"), post),
        lambda: close_account(person=shared, version=1, today=today, by=post, now=now),
        lambda: reopen_account(person=shared, version=1, until=UNTIL, by=post, now=now),
        lambda: end_sign_ins_and_tokens(person=shared, by=post),
        lambda: lift_lock_out(person=shared, by=post),
        lambda: plan_handover(person=shared, version=1, last_day=today, successor=successor, by=post, now=now),
        lambda: send_invitations(people=[shared], by=post),
        lambda: account_requests.request_address_change(person=shared, email="mine@post.example", by=post, now=now),
        lambda: account_requests.request_second_factor_removal(person=shared, by=post, now=now),
    ]

    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert not User.objects.get_queryset().filter(email="lineo@post.example").exists()


def test_a_successor_must_be_somebody_whom_the_administrator_looks_after(post, post_client, shared):
    leaver = OfficerFactory()

    page = post_client.get(reverse("person_handover", args=[leaver.pk]))
    with pytest.raises(PermissionDenied):
        plan_handover(person=leaver, version=1, last_day=clock.today(), successor=shared, by=post, now=clock.now())

    assert not page.context["form"].offers_existing


# --- What access they may give ----------------------------------------------------------------------------------------


def test_a_person_is_invited_for_the_own_country_alone(post, post_client, malawi):
    ministry = MinistryFactory(country=malawi, short_name="Theirs")
    lesotho = CountryFactory()
    for role, at, countries in [
        (Role.OFFICER, None, [malawi]),
        (Role.OFFICER, None, [lesotho, malawi]),
        (Role.FOCAL_POINT, ministry, []),
        (Role.ADMINISTRATOR, None, [lesotho]),
        (Role.ADMINISTRATOR, None, []),
    ]:
        details = AccountDetails("Palesa", role, at, countries, UNTIL)
        with pytest.raises(PermissionDenied):
            add_person(account=details, email="palesa@post.example", by=post, now=clock.now())
    typed = PersonInput("Palesa", "palesa@post.example", Role.OFFICER, None, UNTIL)
    with pytest.raises(PermissionDenied):
        add_people(country=malawi, people=[typed], by=post, now=clock.now())

    refused = post_new_person(post_client, countries=[lesotho.pk, malawi.pk])
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["countries"])
    refused = post_new_person(post_client, role="administrator", countries=[lesotho.pk])
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["role"])
    assert post_new_person(post_client, countries=[lesotho.pk]).status_code == 302
    assert User.objects.get_queryset().get(email="palesa@post.example").role_given_by == post


def test_nobody_of_theirs_gets_another_country_or_the_role(post, post_client, malawi):
    officer = OfficerFactory()
    mine = account_details(officer)

    for account in (
        mine._replace(countries=[CountryFactory(), malawi]),
        mine._replace(countries=[malawi]),
        mine._replace(role=Role.ADMINISTRATOR),
        mine._replace(role=Role.ADMINISTRATOR, countries=[]),
    ):
        with pytest.raises(PermissionDenied):
            change(officer, account, post)
    assert post_person_change(post_client, officer, name="Renamed").status_code == 302
    officer.refresh_from_db()
    assert (officer.name, list(officer.countries.all())) == ("Renamed", [CountryFactory()])


def test_administrators_of_posts_give_themselves_no_other_country(post, post_client, malawi):
    for countries in ([], [malawi.pk], [CountryFactory().pk, malawi.pk]):
        assert post_person_change(post_client, post, countries=countries).status_code == 403
    for countries in ([], [malawi]):
        with pytest.raises(PermissionDenied):
            change(post, account_details(post)._replace(countries=countries), post)
    assert list(post.countries.all()) == [CountryFactory()]


def test_an_address_of_an_account_elsewhere_is_taken_but_not_named(post_client, malawi):
    OfficerFactory(name="Chikondi Banda", email="palesa@post.example", countries=[malawi])

    answer = post_new_person(post_client, countries=[CountryFactory().pk])

    assert list(answer.context["form"].errors) == ["email"]
    assert "Another account has this address." in answer.text
    assert "Chikondi" not in answer.text


# --- Countries, ministries, editions ----------------------------------------------------------------------------------


def test_the_set_up_of_another_country_is_refused_by_each_action(post, malawi):
    ministry = MinistryFactory(country=malawi, short_name="Theirs")
    edition = EditionFactory(country=malawi)
    draft = EditionImportFactory(edition=edition)
    now = clock.now()
    facts = {"name": "Malawi", "time_zone": "Africa/Blantyre", "currency": "MWK", "paper": Paper.LETTER}
    names = {"name": "Ours", "short_name": "Ours"}
    published = {"tier": Tier.TIER_1, "target_tier": None, "published_on": None, "source": "Ours"}
    created = {"name": "list", "content": b"1", "draft": DraftImport(()), "text_status": TextStatus.OFFICIAL}
    loaded = {"pairing": {}, "pillars": {}, "texts": {}, "leaves_out_wrong": True, "fingerprint": None}
    attempts = [
        lambda: change_country(country=malawi, **facts, districts=[], by=post),
        lambda: set_language(country=malawi, language="fr", by=post),
        lambda: set_contact(country=malawi, contact=None, by=post),
        lambda: add_ministries(country=malawi, ministries=[MinistryInput(**names)], day=now.date(), by=post),
        lambda: change_ministry(ministry=ministry, version=1, **names, holders=[], by=post, now=now),
        lambda: change_edition(edition=edition, milestones={}, by=post, **published),
        lambda: importing.create_import(edition=edition, **created, by=post, now=now),
        lambda: importing.load_import(imported=draft, **loaded, by=post, now=now),
        lambda: importing.discard_import(imported=draft, by=post, now=now),
        lambda: importing.restore_import(edition=edition, removed=1, by=post, now=now),
        lambda: importing.add_edition_without_terms(
            country=malawi, year=2030, tier=Tier.TIER_1, source="Ours", by=post
        ),
        lambda: remove_word_template(country=malawi, by=post),
        lambda: add_country(
            code="ZMB", name="Zambia", time_zone="Africa/Lusaka", currency="ZMW", paper=Paper.A4, districts=[], by=post
        ),
    ]

    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    assert not Country.objects.filter(code="ZMB").exists()


def test_the_own_country_is_set_up_as_by_an_administrator_of_the_installation(post, post_client):
    lesotho = CountryFactory()

    add_ministries(country=lesotho, ministries=[MinistryInput("Ministry of Health", "Health")], day=UNTIL, by=post)
    set_language(country=lesotho, language="fr", by=post)
    officer = OfficerFactory()
    set_contact(country=lesotho, contact=officer, by=post)

    lesotho.refresh_from_db()
    assert (lesotho.language, lesotho.contact) == ("fr", officer)
    assert "Health" in post_client.get(reverse("ministry_list")).text


@pytest.mark.parametrize("page", ["status", "setup_add"])
def test_pages_of_the_installation_are_refused_and_not_offered(post_client, page):
    answer = post_client.get(reverse(page))

    assert answer.status_code == 403
    assert "Only administrators of the whole installation" in answer.text
    assert f'href="{reverse(page)}"' not in post_client.get(reverse("setup_list")).text


# --- A country that is taken away -------------------------------------------------------------------------------------


@pytest.mark.kept_pages
def test_a_country_that_an_administrator_loses_is_gone_at_once_from_pages_and_lists(malawi, installation):
    both = AdministratorFactory(countries=[CountryFactory(), malawi])
    edition = EditionFactory(country=malawi)
    RecommendationFactory(edition=edition, text="Their recommendation")
    RecommendationFactory(text="Our recommendation")
    browser = Client()
    force_sign_in(browser, both)
    page, lists = edition_url("recommendation_list", edition=edition), reverse("recommendation-list")
    for _ in range(2):
        assert "Their recommendation" in browser.get(page).text
        assert "Their recommendation" in browser.get(lists).text

    both.countries.remove(malawi)

    assert browser.get(page).status_code == 404
    assert "Their recommendation" not in browser.get(lists).text
    assert "Our recommendation" in browser.get(lists).text
    for name in ("person_list", "ministry_list", "country_list", "setup_list", "log_list", "mail_list"):
        assert "Malawi" not in browser.get(reverse(name)).text, name


def test_a_change_of_countries_signs_out_and_is_told_to_all_who_must_know(installation, malawi, run_jobs):
    colleague = AdministratorFactory(email="colleague@post.example")
    both = AdministratorFactory(email="both@post.example", name="Lineo", countries=[CountryFactory(), malawi])
    AdministratorFactory(email="elsewhere@post.example", countries=[malawi])
    browser = Client()
    sign_in(browser, both)
    assert browser.get(reverse("person_list")).status_code == 200

    change(both, account_details(both)._replace(countries=[CountryFactory()]), installation)
    run_jobs()

    assert browser.get(reverse("person_list")).status_code == 302
    told = {message.to[0]: message.body for message in mail.outbox}
    assert set(told) == {"both@post.example", colleague.email}
    assert "for these countries alone: Lesotho" in told[colleague.email]
    assert AuditEntry.objects.filter(verb="person.role_ended", country=malawi, row=str(both.pk)).exists()


@pytest.mark.parametrize("at", ["elsewhere", "the installation"])
def test_nothing_is_told_of_accounts_elsewhere_and_of_the_installation(post, installation, malawi, run_jobs, at):
    """Neither by a mail, nor by a notice, nor in a list of mails."""
    colleague = AdministratorFactory(email="colleague@post.example")
    countries = [malawi] if at == "elsewhere" else []
    theirs = AdministratorFactory(name="Chikondi", email="chikondi@post.example", countries=countries)
    details = AccountDetails("Mphatso", Role.ADMINISTRATOR, None, countries, UNTIL)
    now = clock.now()

    added = add_person(account=details, email="mphatso@post.example", by=installation, now=now)
    send_invitations(people=[added], by=installation)
    change(theirs, account_details(theirs)._replace(name="Chikondi M.", until=date(2098, 1, 1)), installation)
    account_requests.request_address_change(person=theirs, email="new@post.example", by=installation, now=now)
    theirs.refresh_from_db()
    close_account(person=theirs, version=theirs.version, today=clock.today(), by=installation, now=now)
    run_jobs()

    told = [address for message in mail.outbox for address in message.to]
    assert {"mphatso@post.example", colleague.email} <= set(told)
    assert post.email not in told
    assert not Notice.objects.filter(person=post).exists()
    browser = Client()
    force_sign_in(browser, post)
    for name in ("mail_list", "notice_list", "account_request_list", "person_list", "log_list", "log_export"):
        text = b"".join(browser.get(reverse(name))).decode()
        assert [word for word in ("Chikondi", "Mphatso", "new@post.example") if word in text] == [], name


# --- The whole installation -------------------------------------------------------------------------------------------


def test_the_pages_say_for_what_an_administrator_is(installation_client, post, installation):
    form = installation_client.get(reverse("person_add")).text

    assert "An administrator without countries is for the whole installation." in form
    assert "The whole installation" in installation_client.get(reverse("person_detail", args=[installation.pk])).text
    shown = installation_client.get(reverse("person_detail", args=[post.pk])).text
    assert "Administrator for" in shown
    assert "The whole installation" not in shown


def test_the_whole_installation_needs_a_confirmation(installation_client, post):
    asked = post_person_change(installation_client, post, countries=[])

    assert asked.status_code == 200
    assert "an administrator of the whole installation?" in asked.text
    assert not administers_installation(post)

    post_person_change(installation_client, post, countries=[], confirm=True)
    assert administers_installation(post)


def test_an_administrator_of_the_installation_becomes_one_of_a_post(installation_client, installation):
    other = AdministratorFactory(name="Thabo")

    post_person_change(installation_client, other, countries=[CountryFactory().pk])

    assert not administers_installation(other)
    page = installation_client.get(reverse("person_detail", args=[other.pk])).text
    assert "Thabo is now an administrator for these countries alone: Lesotho." in page


@pytest.mark.parametrize("last", ["closed", "of a post", "an officer"])
def test_the_last_administrator_of_the_installation_stays(installation_client, installation, last):
    """The one who asks is closed by somebody else at the same time: so nobody else is left."""
    other = AdministratorFactory()
    User.objects.get_queryset().filter(pk=installation.pk).update(password="!")
    lesotho = CountryFactory()
    now = clock.now()

    with refuses("last_administrator", field="countries", sentence="is the last administrator"):
        if last == "closed":
            close_account(person=other, version=1, today=clock.today(), by=installation, now=now)
        else:
            role = Role.OFFICER if last == "an officer" else Role.ADMINISTRATOR
            change(other, AccountDetails(other.name, role, None, [lesotho], UNTIL), installation)

    assert administers_installation(other)


def test_an_administrator_of_a_post_may_be_closed_whoever_else_there_is(installation, post):
    close_account(person=post, version=1, today=clock.today(), by=installation, now=clock.now())

    assert not User.objects.get_queryset().get(pk=post.pk).is_active


# --- Requests about accounts ------------------------------------------------------------------------------------------


def second_step_request(person, by):
    return AccountRequest.objects.create(
        person=person, kind=AccountRequestKind.SECOND_STEP, old_email=person.email, asked_by=by, asked_at=clock.now()
    )


def test_consent_counts_for_people_all_of_whose_countries_are_theirs(post, shared, malawi, installation):
    other_post = AdministratorFactory(countries=[malawi])
    both = AdministratorFactory(countries=[CountryFactory(), malawi])
    officer, asker = OfficerFactory(), AdministratorFactory()
    now = clock.now()

    def who(person):
        return set(account_requests.consenters(second_step_request(person, asker), now))

    assert who(officer) == {post, both, installation}
    assert who(shared) == {both, installation}
    assert who(post) == {installation}
    assert who(installation) == set()
    assert set(AccountRequest.objects.visible_to(other_post)) == set()


def test_whom_the_asker_appointed_does_not_consent(installation, malawi):
    """Otherwise an administrator of the installation could appoint the second person that a request needs."""
    lesotho = CountryFactory()
    details = AccountDetails("Post", Role.ADMINISTRATOR, None, [lesotho], UNTIL)
    appointed = add_person(account=details, email="post@post.example", by=installation, now=clock.now())
    appointed.set_password("a password of their own")
    appointed.save()

    request = second_step_request(OfficerFactory(), installation)

    assert account_requests.consenters(request, clock.now()) == []


def test_an_ambassador_reads_requests_about_administrators_of_other_posts_no_more_than_about_officers(
    post, malawi, installation
):
    ambassador = AmbassadorFactory()
    there = AdministratorFactory(countries=[malawi])
    seen = [second_step_request(person, installation) for person in (post, installation)]
    second_step_request(there, installation)

    assert set(AccountRequest.objects.visible_to(ambassador)) == set(seen)


def test_an_ambassador_consents_about_the_administrator_of_the_own_post_alone(post, malawi):
    """If no independent administrator of the installation is there."""
    here, there = AmbassadorFactory(), AmbassadorFactory(countries=[malawi])
    request = second_step_request(post, AdministratorFactory(is_active=False))

    assert account_requests.consenters(request, clock.now()) == [here]
    assert there not in account_requests.consenters(request, clock.now())


# --- The log ----------------------------------------------------------------------------------------------------------


def test_the_log_shows_accounts_that_they_look_after_today(post, post_client, installation, shared, malawi):
    officer = OfficerFactory(name="Lineo")
    change(officer, account_details(officer)._replace(name="Lineo M."), installation)
    change(shared, account_details(shared)._replace(name="Thabo M."), installation)
    of_officer = AuditEntry.objects.get(verb="user.changed", row=str(officer.pk))
    of_shared = AuditEntry.objects.get(verb="user.changed", row=str(shared.pk))

    assert of_officer in AuditEntry.objects.visible_to(post)
    assert of_shared not in AuditEntry.objects.visible_to(post)
    assert post_client.get(reverse("log_detail", args=[of_shared.number])).status_code == 404

    officer.countries.add(malawi)
    assert of_officer not in AuditEntry.objects.visible_to(post)


def test_an_unknown_button_on_the_own_page_is_refused_as_ever(post, post_client):
    assert shows_refusal(press_person_button(post_client, post, "close"), "own_account")
