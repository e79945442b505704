"""The status page and command: for administrators, while parts are down too, and without anything secret."""

import json
import re
import threading

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.factories import AdministratorFactory, OfficerFactory, RecommendationFactory
from tiptracker.operations import checks
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck, load_checks
from tiptracker.operations.models import ServiceHeartbeat


@pytest.fixture
def administrator(fresh_database, client):
    """A signed-in administrator, in a database that other threads see."""
    person = AdministratorFactory(name="Palesa Exercise", email="palesa@post.example")
    force_sign_in(client, person)
    return person


def test_what_to_type_is_shown_as_it_is_typed_here(administrator, client, settings):
    settings.OPERATED_BY = "compose"
    page = client.get(reverse("status")).text

    shown = re.findall(r'<code class="command" translate="no">([^<]+)</code>', page)
    assert "docker compose exec web python manage.py status" in shown
    assert "docker compose exec worker python manage.py verify_audit" in shown
    assert "docker compose restart beat" in shown


def test_an_administrator_sees_every_part_and_first_those_that_failed(administrator, client):
    page = client.get(reverse("status"))

    states = [part.result.state for part in page.context["parts"]]
    assert page.status_code == 200
    assert len(states) == len(load_checks())
    assert states == sorted(states, key=list(CheckState).index, reverse=True)
    assert CheckState.FAILED in states  # no schedule runs here
    assert "The schedule has never run here." in page.text
    assert f'href="{reverse("status")}"' in client.get(reverse("setup_list")).text


def test_the_page_shows_nothing_secret_and_nothing_of_the_record(administrator, client, settings):
    """Also where a check ends with an error that names something."""
    settings.REDIS_URL = "redis://:a-long-password@127.0.0.1:9/0"
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    officer = OfficerFactory(name="Thabo Exercise", email="thabo@post.example")
    recommendation = RecommendationFactory(text="Protect the witnesses of Qacha.")

    page = client.get(reverse("status")).text

    secrets = (django_settings.SECRET_KEY, "a-long-password", django_settings.DATABASES["default"].get("PASSWORD"))
    assert [secret for secret in secrets if secret and secret in page] == []
    assert officer.name not in page
    assert officer.email not in page
    assert recommendation.edition.country.name not in page.replace("Lesotho", "")
    assert "Qacha" not in page


@pytest.mark.django_db
def test_an_officer_sees_neither_the_page_nor_its_link(client):
    force_sign_in(client, OfficerFactory())

    assert client.get(reverse("status")).status_code == 403
    assert f'href="{reverse("status")}"' not in client.get(reverse("glossary")).text


@pytest.mark.django_db
def test_the_version_stands_below_pages_of_people_who_are_signed_in(client):
    assert "TIP Tracker, version" not in client.get(reverse("account_login")).text

    force_sign_in(client, OfficerFactory())
    assert "TIP Tracker, version 0." in client.get(reverse("glossary")).text


# --- The command ------------------------------------------------------------------------------------------------------


LONG_COMMAND = f"manage.py do-something --with {'/a-folder' * 20}"


def use_checks(monkeypatch, *states):
    found = [
        StatusCheck(
            f"part_{number}",
            f"Part {number}",
            lambda now, state=state: CheckResult(state, "Measured.", "Act.", (LONG_COMMAND,)),
        )
        for number, state in enumerate(states)
    ]
    monkeypatch.setattr(checks, "load_checks", lambda: found)


def test_the_command_prints_every_part(monkeypatch, capsys):
    use_checks(monkeypatch, CheckState.OK, CheckState.ATTENTION)

    call_command("status")

    text = capsys.readouterr().out
    assert "ok         Part 0  Measured." in text
    assert "ATTENTION  Part 1  Measured." in text
    assert text.count("→ Act.") == 2
    assert text.count(f"  {LONG_COMMAND}\n") == 2  # whole, however long it is


@pytest.mark.parametrize("states", [(CheckState.OK,), (CheckState.ATTENTION, CheckState.OK)])
def test_the_command_ends_with_0_where_nothing_failed(monkeypatch, capsys, states):
    use_checks(monkeypatch, *states)

    call_command("status", "--json")

    said = json.loads(capsys.readouterr().out)
    assert said["state"] == states[0]
    assert said["parts"]["part_0"] == {
        "state": states[0],
        "measured": "Measured.",
        "next_step": "Act.",
        "commands": [LONG_COMMAND],
    }


def test_the_command_ends_with_1_where_a_part_failed(monkeypatch):
    use_checks(monkeypatch, CheckState.OK, CheckState.FAILED)

    with pytest.raises(CommandError, match=r"^Failed: Part 1\.$") as ended:
        call_command("status")

    assert ended.value.returncode == 1


def test_the_page_of_a_check_that_hangs_is_shown(administrator, client, monkeypatch):
    monkeypatch.setattr(checks, "CHECK_SECONDS", 0.2)
    is_over = threading.Event()
    monkeypatch.setattr(checks, "load_checks", lambda: [StatusCheck("x", "Hangs", lambda now: is_over.wait(60))])

    page = client.get(reverse("status"))
    is_over.set()

    assert page.status_code == 200
    assert "no answer after" in page.text
    assert not ServiceHeartbeat.objects.exists()
