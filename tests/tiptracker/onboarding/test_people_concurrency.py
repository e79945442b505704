"""Two people change one account at the same moment: one change is saved, the other refused."""

from datetime import date, timedelta
from functools import partial

from tests.concurrent_writes import run_simultaneously
from tests.factories import AdministratorFactory, CountryFactory, MinistryFactory, OfficerFactory
from tiptracker import clock
from tiptracker.accounts import account_requests
from tiptracker.accounts.models import AccountRequest, AccountRequestStep, User
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role
from tiptracker.onboarding.actions.accounts import AccountDetails, change_person, close_account
from tiptracker.onboarding.actions.ministries import change_ministry


def test_of_two_changes_of_one_page_one_is_refused(fresh_database):
    officer, by = OfficerFactory(), [AdministratorFactory() for _ in range(2)]
    account = AccountDetails("Lineo", Role.OBSERVER, None, [CountryFactory()], date(2099, 12, 31))

    def change(who, role):
        change_person(
            person=officer, version=1, account=account._replace(role=role), confirmed="", by=who, now=clock.now()
        )

    done, refused = run_simultaneously(partial(change, by[0], Role.OBSERVER), partial(change, by[1], Role.AMBASSADOR))

    assert (done, refused) == ("done", "edit_conflict")
    assert AuditEntry.objects.filter(verb="user.changed").count() == 1


def test_of_two_administrators_who_close_each_other_one_stays(fresh_database):
    first, second = AdministratorFactory(), AdministratorFactory()

    def close(person, by):
        close_account(person=person, version=1, today=clock.today(), by=by, now=clock.now())

    done, refused = run_simultaneously(partial(close, first, second), partial(close, second, first))

    assert (done, refused) == ("done", "last_administrator")
    assert User.objects.get_queryset().of_installation().filter(is_active=True).count() == 1


def test_of_two_changes_of_one_ministry_one_is_refused(fresh_database):
    ministry, by = MinistryFactory(), AdministratorFactory()

    def change(name):
        change_ministry(ministry=ministry, version=1, name=name, short_name=name, holders=[], by=by, now=clock.now())

    done, refused = run_simultaneously(partial(change, "Police"), partial(change, "Justice"))

    assert (done, refused) == ("done", "edit_conflict")


def test_a_request_that_is_consented_to_and_stopped_at_once_ends_in_one_way(fresh_database):
    person = OfficerFactory()
    asked, second = AdministratorFactory(), AdministratorFactory()
    now = clock.now()
    request = account_requests.request_address_change(person=person, email="new@post.example", by=asked, now=now)

    run_simultaneously(
        partial(account_requests.consent, request=request, by=second, now=now),
        partial(account_requests.stop, request=request, by=None, now=now),
    )
    account_requests.carry_out_due_requests(now=now + timedelta(days=2))

    assert AccountRequestStep.objects.filter(kind="stopped").count() == 1
    person.refresh_from_db()
    assert person.email != "new@post.example"


def test_due_request_is_carried_out_once(fresh_database):
    person = OfficerFactory()
    asked, second = AdministratorFactory(), AdministratorFactory()
    now = clock.now()
    request = account_requests.request_address_change(person=person, email="new@post.example", by=asked, now=now)
    account_requests.consent(request=request, by=second, now=now)

    run_simultaneously(*[partial(account_requests.carry_out_due_requests, now=now + timedelta(days=2))] * 3)

    assert User.objects.get_queryset().get(pk=person.pk).email == "new@post.example"
    assert AccountRequest.objects.get().steps.filter(kind="done").count() == 1


def test_the_same_is_asked_for_once(fresh_database):
    person, by = OfficerFactory(), AdministratorFactory()
    AdministratorFactory()
    ask = partial(
        account_requests.request_address_change, person=person, email="new@post.example", by=by, now=clock.now()
    )

    done, refused = run_simultaneously(ask, ask)

    assert (done, refused) == ("done", "already_requested")
