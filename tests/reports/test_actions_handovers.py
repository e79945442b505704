"""Handovers of accounts: what holds until the last day, what happens after it, once, and who is told."""

from datetime import date, time

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from reports.actions.handovers import carry_out_due_handovers
from reports.tasks import carry_out_handovers
from tests.authentication import sign_in
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    DialogueFactory,
    DraftFactory,
    EvidenceFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    SavedFilterFactory,
)
from tests.refusals import refuses
from tiptracker import clock
from tiptracker.accounts import tokens
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role, TokenScope
from tiptracker.handovers import mails as handover_mails
from tiptracker.handovers.choices import HandoverItemKind, HandoverStepKind
from tiptracker.handovers.models import Handover
from tiptracker.mail.models import Mail, MailKind, MailState
from tiptracker.notifications.calendar_feeds import find_feed_address, renew_feed
from tiptracker.onboarding.actions import handovers
from tiptracker.onboarding.actions.accounts import account_details, change_person, close_account
from tiptracker.onboarding.actions.countries import set_contact
from tiptracker.onboarding.actions.handovers import NewSuccessor, call_off_handover, plan_handover
from tiptracker.saved_filters.models import SavedFilter

pytestmark = pytest.mark.django_db

FRIDAY, SATURDAY, NEXT_WEEK = date(2022, 1, 28), date(2022, 1, 29), date(2022, 2, 3)


@pytest.fixture
def administrator():
    return AdministratorFactory()


@pytest.fixture
def thabo(administrator):
    """An officer, the contact person of the ministries, with a last day far ahead."""
    thabo = OfficerFactory(name="Thabo Exercise", email="thabo@post.example", valid_until_on=date(2022, 12, 31))
    set_contact(country=CountryFactory(), contact=thabo, by=administrator)
    return thabo


@pytest.fixture
def lineo():
    return OfficerFactory(name="Lineo Exercise", email="lineo@post.example")


def plan(person, successor, by, last_day=FRIDAY):
    person.refresh_from_db()
    return plan_handover(
        person=person, version=person.version, last_day=last_day, successor=successor, by=by, now=clock.now()
    )


def call_off(person, by):
    person.refresh_from_db()
    return call_off_handover(person=person, version=person.version, by=by, now=clock.now())


def may_sign_in(person):
    client = Client()
    sign_in(client, person)
    return "_auth_user_id" in client.session


def told(kind):
    """Who got a mail of this kind, with the audience for which it is written."""
    return {(row.person.name, row.template_values["audience"]) for row in Mail.objects.filter(kind=kind)}


def counted(handover):
    return dict(handover.items.values_list("kind", "number"))


# --- The last day -----------------------------------------------------------------------------------------------------


def test_the_account_works_until_the_last_day_and_the_successor_takes_over_on_the_next(
    administrator, thabo, lineo, set_clock
):
    plan(thabo, lineo, administrator)
    carry_out_handovers()
    assert may_sign_in(thabo)
    assert CountryFactory().contact == thabo

    set_clock(SATURDAY)
    assert not may_sign_in(thabo)  # before anything ran
    carry_out_handovers()

    thabo.refresh_from_db()
    assert (thabo.is_active, thabo.valid_until_on) == (False, FRIDAY)
    assert CountryFactory().contact == lineo


def test_what_the_account_held_goes_to_the_successor_or_ends(administrator, thabo, lineo, set_clock, client):
    SavedFilterFactory(person=thabo, name="Late", query="status=overdue")
    SavedFilterFactory(person=thabo, name="Police", query="ministry=1")
    SavedFilterFactory(person=thabo, name="Same", query="status=open")
    SavedFilterFactory(person=lineo, name="Late", query="status=withdrawn")
    SavedFilterFactory(person=lineo, name="Open ones", query="status=open")
    tokens.create_token(person=thabo, name="Excel", scope=TokenScope.READ, expires_on=FRIDAY)
    renew_feed(by=thabo)
    old_address = find_feed_address(thabo)
    DraftFactory(dialogue=DialogueFactory(planned=True), saved_by=thabo)
    EvidenceFactory(recorded_by=thabo, supports=[BenchmarkFactory()])
    handover = plan(thabo, lineo, administrator)
    assert client.get(old_address).status_code == 200

    set_clock(SATURDAY)
    carry_out_handovers()

    assert set(SavedFilter.objects.filter(person=lineo).values_list("name", "query")) == {
        ("Late", "status=withdrawn"),
        ("Late (2)", "status=overdue"),
        ("Police", "ministry=1"),
        ("Open ones", "status=open"),
    }
    assert not thabo.api_tokens.filter(revoked_at=None).exists()
    assert client.get(old_address).status_code == 404
    assert find_feed_address(lineo) not in ("", old_address)
    assert client.get(find_feed_address(lineo)).status_code == 200
    assert counted(handover) == {
        HandoverItemKind.DRAFTS: 1,
        HandoverItemKind.EVIDENCE: 1,
        HandoverItemKind.SAVED_FILTERS: 2,
        HandoverItemKind.CONTACT: 1,
        HandoverItemKind.CALENDAR: 1,
        HandoverItemKind.TOKENS: 1,
    }


def test_a_successor_who_stopped_the_own_calendar_gets_no_address(administrator, thabo, lineo, set_clock):
    renew_feed(by=thabo)
    renew_feed(by=lineo)
    lineo.calendar_feed.is_open = False
    lineo.calendar_feed.save()
    plan(thabo, lineo, administrator)

    set_clock(SATURDAY)
    carry_out_handovers()

    assert find_feed_address(lineo) == ""


def test_a_run_that_is_killed_leaves_nothing_behind_and_the_next_ones_do_it_once(
    administrator, thabo, lineo, set_clock, monkeypatch
):
    SavedFilterFactory(person=thabo)
    handover = plan(thabo, lineo, administrator)
    set_clock(SATURDAY)

    def die(*_, **__):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(handovers, "notify_carried_out", die)
        assert carry_out_due_handovers(now=clock.now()) == 0
    thabo.refresh_from_db()
    assert thabo.is_active
    assert CountryFactory().contact == thabo
    assert not lineo.saved_filters.exists()

    assert [carry_out_due_handovers(now=clock.now()) for _ in range(3)] == [1, 0, 0]
    assert lineo.saved_filters.count() == 1
    assert told(MailKind.HANDOVER_DONE) == {("Lineo Exercise", "successor")}
    assert Mail.objects.filter(kind=MailKind.HANDOVER_DONE).count() == 1
    assert [step.kind for step in handover.steps.all()] == [HandoverStepKind.CARRIED_OUT]
    assert AuditEntry.objects.filter(verb="person.handover_carried_out").count() == 1


def test_one_handover_that_fails_does_not_keep_the_others(administrator, thabo, lineo, set_clock, monkeypatch):
    other = plan(FocalPointFactory(), NewSuccessor("New", "new@ministry.example"), administrator)
    plan(thabo, lineo, administrator)
    notify = handover_mails.notify_carried_out

    def fail_for_thabo(handover, **more):
        if handover.person == thabo:
            raise RuntimeError
        return notify(handover, **more)

    monkeypatch.setattr(handovers, "notify_carried_out", fail_for_thabo)
    set_clock(SATURDAY)

    assert carry_out_due_handovers(now=clock.now()) == 1
    assert other.steps.get().kind == HandoverStepKind.CARRIED_OUT


def test_missed_days_are_made_up_for(administrator, thabo, lineo, set_clock):
    handover = plan(thabo, lineo, administrator)

    set_clock(NEXT_WEEK)
    assert not may_sign_in(thabo)
    carry_out_handovers()

    thabo.refresh_from_db()
    assert thabo.valid_until_on == FRIDAY
    assert handover.steps.get().kind == HandoverStepKind.CARRIED_OUT
    assert CountryFactory().contact == lineo


def test_the_last_day_is_that_of_the_country(administrator, set_clock):
    """In Lima it is Friday evening when Saturday has begun in London."""
    peru = CountryFactory(code="PER", name="Peru", time_zone="America/Lima", currency="PEN")
    officer, successor = OfficerFactory(countries=[peru]), OfficerFactory(countries=[peru])
    plan(officer, successor, administrator)

    set_clock(SATURDAY, time(3))  # 1:00 in London, 20:00 on Friday in Lima
    carry_out_handovers()
    officer.refresh_from_db()
    assert officer.is_active

    set_clock(SATURDAY, time(9))
    carry_out_handovers()
    officer.refresh_from_db()
    assert not officer.is_active


@pytest.mark.parametrize("accepts", [False, True])
def test_a_new_successor_who_has_not_accepted_is_invited_again_on_the_first_day(
    administrator, thabo, set_clock, accepts
):
    handover = plan(thabo, NewSuccessor("Palesa Exercise", "palesa@post.example"), administrator)
    Mail.objects.filter(kind=MailKind.INVITATION).update(state=MailState.SENT, finished_at=clock.now())
    if accepts:
        handover.successor.set_password("a long enough password")
        handover.successor.save()

    set_clock(SATURDAY)
    carry_out_handovers()

    invitations = Mail.objects.filter(kind=MailKind.INVITATION, person=handover.successor)
    assert invitations.filter(state=MailState.QUEUED).count() == (0 if accepts else 1)


def test_nothing_happens_twice_if_the_account_is_opened_again(administrator, thabo, lineo, set_clock):
    plan(thabo, lineo, administrator)
    set_clock(SATURDAY)
    carry_out_handovers()

    User.objects.filter(pk=thabo.pk).update(is_active=True, valid_until_on=NEXT_WEEK)
    carry_out_handovers()

    thabo.refresh_from_db()
    assert thabo.is_active


# --- Who may take over ------------------------------------------------------------------------------------------------


def test_a_successor_has_the_same_role_and_the_same_country_or_ministry(administrator, thabo):
    malawi = CountryFactory(elsewhere=True)
    for unfit in (
        OfficerFactory(countries=[malawi]),
        AmbassadorFactory(),
        ObserverFactory(),
        OfficerFactory(is_active=False),
        OfficerFactory(valid_until_on=date(2022, 1, 27)),
        FocalPointFactory(),
        thabo,
    ):
        with refuses("another_scope", field="successor"):
            plan(thabo, unfit, administrator)
    focal_point = FocalPointFactory()
    with refuses("another_scope", field="successor", sentence="the same ministry or countries"):
        plan(focal_point, FocalPointFactory(ministry=MinistryFactory()), administrator)
    assert not Handover.objects.exists()


def test_a_successor_covers_every_country(administrator, lineo):
    both = OfficerFactory(countries=[CountryFactory(), CountryFactory(elsewhere=True)])

    with refuses("another_scope", field="successor"):
        plan(both, lineo, administrator)


def test_a_successor_stays_longer(administrator, thabo):
    leaves_too = OfficerFactory(valid_until_on=FRIDAY)

    with refuses("successor_ends_first", field="successor", sentence="28 January 2022"):
        plan(thabo, leaves_too, administrator)


def test_nobody_leaves_before_the_day_on_which_they_take_over(administrator, thabo, lineo):
    plan(thabo, lineo, administrator, last_day=NEXT_WEEK)

    with refuses("takes_over_later", field="last_day", sentence="Thabo Exercise"):
        plan(lineo, OfficerFactory(), administrator)
    plan(lineo, OfficerFactory(), administrator, last_day=date(2022, 3, 1))


def test_a_new_successor_gets_the_same_access_and_the_invitation_at_once(administrator, run_jobs):
    focal_point = FocalPointFactory()

    plan(focal_point, NewSuccessor("Lineo Exercise", "Lineo@ministry.example"), administrator)
    run_jobs()

    lineo = User.objects.get(email="lineo@ministry.example")
    assert (lineo.role, lineo.ministry) == (Role.FOCAL_POINT, focal_point.ministry)
    assert not lineo.has_usable_password()
    invitation, *_ = [message for message in mail.outbox if "invited" in message.subject]
    assert invitation.to == ["lineo@ministry.example"]


def test_a_new_successor_has_an_address_of_their_own(administrator, thabo, lineo):
    with refuses("address_of_leaver", field="email"):
        plan(thabo, NewSuccessor("Lineo", "Thabo@post.example"), administrator)
    with refuses("taken", field="email"):
        plan(thabo, NewSuccessor("Lineo", lineo.email), administrator)
    assert User.objects.filter(name="Lineo").count() == 0


def test_only_administrators_hand_over_and_never_their_own_account(administrator, thabo, lineo):
    for nobody in (thabo, lineo, AmbassadorFactory()):
        with pytest.raises(PermissionDenied):
            plan(thabo, lineo, nobody)
        with pytest.raises(PermissionDenied):
            call_off(thabo, nobody)
    with refuses("own_account"):
        plan(administrator, AdministratorFactory(), administrator)
    with refuses("no_handover_for_role"):
        plan(AdministratorFactory(), AdministratorFactory(), administrator)


# --- Change, cancel, and what crosses it ------------------------------------------------------------------------------


def test_a_handover_is_changed_before_the_day(administrator, thabo, lineo, set_clock):
    first = plan(thabo, lineo, administrator)
    palesa = OfficerFactory(name="Palesa Exercise")
    second = plan(thabo, palesa, administrator, last_day=NEXT_WEEK)

    set_clock(SATURDAY)
    carry_out_handovers()
    assert may_sign_in(thabo)
    set_clock(date(2022, 2, 4))
    carry_out_handovers()

    assert [step.kind for step in first.steps.all()] == [HandoverStepKind.CALLED_OFF]
    assert [step.kind for step in second.steps.all()] == [HandoverStepKind.CARRIED_OUT]
    assert CountryFactory().contact == palesa
    assert ("Lineo Exercise", "successor") in told(MailKind.HANDOVER_CALLED_OFF)


def test_a_cancelled_handover_gives_the_earlier_last_day_back_and_tells_everybody(
    administrator, thabo, lineo, set_clock
):
    plan(thabo, lineo, administrator)
    plan(thabo, lineo, administrator, last_day=NEXT_WEEK)
    call_off(thabo, administrator)
    with refuses("not_planned"):
        call_off(thabo, administrator)

    set_clock(date(2022, 2, 4))
    carry_out_handovers()

    thabo.refresh_from_db()
    assert (thabo.is_active, thabo.valid_until_on) == (True, date(2022, 12, 31))
    assert CountryFactory().contact == thabo
    assert {("Thabo Exercise", "leaver"), ("Lineo Exercise", "successor")} <= told(MailKind.HANDOVER_CALLED_OFF)


def test_a_last_day_that_is_over_closes_the_account_at_the_next_run(administrator, thabo, lineo):
    plan(thabo, lineo, administrator, last_day=date(2022, 1, 27))
    assert carry_out_due_handovers(now=clock.now()) == 1

    thabo.refresh_from_db()
    assert (thabo.is_active, thabo.valid_until_on) == (False, date(2022, 1, 27))


def test_what_a_closed_account_left_can_still_be_handed_over(administrator, thabo, lineo):
    SavedFilterFactory(person=thabo)
    DraftFactory(dialogue=DialogueFactory(planned=True), saved_by=thabo)
    close_account(person=thabo, version=thabo.version, today=FRIDAY, by=administrator, now=clock.now())
    with refuses("account_over", field="last_day"):
        plan(thabo, lineo, administrator)

    handover = plan(thabo, lineo, administrator, last_day=date(2022, 1, 27))
    carry_out_handovers()

    assert lineo.saved_filters.count() == 1
    assert counted(handover) == {HandoverItemKind.DRAFTS: 1, HandoverItemKind.SAVED_FILTERS: 1}


def test_an_account_that_is_closed_before_the_day_is_handed_over_then(administrator, thabo, lineo):
    """… and the ministries are never without a contact person."""
    handover = plan(thabo, lineo, administrator, last_day=NEXT_WEEK)
    thabo.refresh_from_db()
    close_account(person=thabo, version=thabo.version, today=FRIDAY, by=administrator, now=clock.now())
    assert CountryFactory().contact == lineo

    carry_out_handovers()

    assert handover.steps.get().kind == HandoverStepKind.CARRIED_OUT


def test_a_successor_who_cannot_take_over_any_more_lets_the_handover_lapse_and_loses_nothing(
    administrator, thabo, lineo, set_clock
):
    SavedFilterFactory(person=thabo)
    handover = plan(thabo, lineo, administrator)
    close_account(person=lineo, version=lineo.version, today=FRIDAY, by=administrator, now=clock.now())

    set_clock(SATURDAY)
    carry_out_handovers()

    thabo.refresh_from_db()
    assert not thabo.is_active
    assert handover.steps.get().kind == HandoverStepKind.LAPSED
    assert CountryFactory().contact is None
    assert thabo.saved_filters.count() == 1
    assert not Mail.objects.filter(kind=MailKind.HANDOVER_DONE).exists()


def test_access_and_last_day_are_not_changed_elsewhere_while_a_handover_is_planned(administrator, thabo, lineo):
    plan(thabo, lineo, administrator)
    thabo.refresh_from_db()
    by = {"confirmed": "", "by": administrator, "now": clock.now()}

    later = account_details(thabo)._replace(until=date(2022, 12, 31))
    with refuses("handover_planned", sentence="Hand over an account"):
        change_person(person=thabo, version=thabo.version, account=later, **by)
    promoted = account_details(lineo)._replace(role=Role.AMBASSADOR, until=date(2022, 12, 31))
    with refuses("handover_planned"):
        change_person(person=lineo, version=lineo.version, account=promoted, **by)
    renamed = account_details(thabo)._replace(name="Thabo E.")
    change_person(person=thabo, version=thabo.version, account=renamed, **by)


# --- Who is told ------------------------------------------------------------------------------------------------------


def test_ministries_are_told_of_their_contact_person_alone(administrator, thabo, lineo):
    """A ministry knows the name of nobody else at the embassy."""
    FocalPointFactory(name="Focal point")
    FocalPointFactory(name="Elsewhere", ministry=MinistryFactory(country=CountryFactory(elsewhere=True)))
    FocalPointFactory(name="Closed", is_active=False)
    OfficerFactory(name="Colleague")

    plan(OfficerFactory(name="Not the contact"), lineo, administrator)
    assert ("Focal point", "ministry") not in told(MailKind.HANDOVER)

    plan(thabo, lineo, administrator)
    assert told(MailKind.HANDOVER) >= {
        ("Thabo Exercise", "leaver"), ("Lineo Exercise", "successor"), ("Focal point", "ministry"),
        ("Colleague", "officer"),
    }  # fmt: skip
    assert {name for name, _ in told(MailKind.HANDOVER)}.isdisjoint({"Elsewhere", "Closed"})


def test_the_embassy_and_the_ministrys_others_are_told_of_a_focal_point(administrator, thabo):
    ministry = MinistryFactory()
    leaver = FocalPointFactory(name="Leaver", ministry=ministry)
    FocalPointFactory(name="Same ministry", ministry=ministry)
    FocalPointFactory(name="Another ministry")
    AmbassadorFactory(name="Ambassador")

    plan(leaver, NewSuccessor("New", "new@ministry.example"), administrator)

    assert told(MailKind.HANDOVER) == {
        ("Leaver", "leaver"), ("New", "successor"), ("Same ministry", "colleague"), ("Thabo Exercise", "officer"),
    }  # fmt: skip


def test_the_mails_say_who_from_when_and_what_to_do(administrator, thabo, lineo, run_jobs):
    FocalPointFactory(name="Focal point", email="focal@ministry.example")
    plan(thabo, lineo, administrator)
    run_jobs()
    sent = {message.to[0]: message for message in mail.outbox}

    to_ministry = sent["focal@ministry.example"]
    assert to_ministry.subject == "TIP Tracker: your contact person changes"
    assert "Thabo Exercise leaves after 28 January 2022." in to_ministry.body
    assert "From 29 January 2022, please write to Lineo Exercise:\n\nlineo@post.example\n" in to_ministry.body
    to_successor = sent["lineo@post.example"].body
    assert "From 29 January 2022, you are the contact person of the ministries." in to_successor
    assert reverse("handover_received") in to_successor
    assert "Lineo Exercise takes over your work." in sent["thabo@post.example"].body


def test_the_officers_of_the_country_read_each_step_in_the_activity_log(administrator, thabo, lineo, set_clock):
    plan(thabo, lineo, administrator)
    call_off(thabo, administrator)
    plan(thabo, lineo, administrator)
    set_clock(SATURDAY)
    carry_out_handovers()

    verbs = (
        AuditEntry.objects.visible_to(lineo).filter(verb__startswith="person.handover").values_list("verb", flat=True)
    )
    assert sorted(verbs) == [
        "person.handover_called_off",
        "person.handover_carried_out",
        "person.handover_planned",
        "person.handover_planned",
    ]
