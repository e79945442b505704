"""Two machines behind one proxy: the same PostgreSQL, Redis and bucket, and nothing else in common."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests
from django.conf import settings
from django.db import connection
from django.urls import reverse

from dialogues.models import EvidenceFile
from tests.dialogues.sample_files import PDF
from tests.factories import PASSWORD, CommitmentFactory, FocalPointFactory, OfficerFactory, RecommendationFactory
from tests.running_server import serve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not settings.REDIS_URL or connection.vendor != "postgresql", reason="two machines share PostgreSQL and Redis"
    ),
]
TITLE = "Raids went on in the north"


class Person:
    """Somebody with a browser, which sends each request to the machine that the proxy picks."""

    def __init__(self, user):
        self.user = user
        self.browser = requests.Session()

    def get(self, machine, name, *arguments, **query):
        return self.browser.get(machine.url + reverse(name, args=arguments), params=query, timeout=30)

    def post(self, machine, path, fields, **more):
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', self.browser.get(machine.url + path).text)[1]
        body = fields | {"csrfmiddlewaretoken": token}
        return self.browser.post(machine.url + path, body, timeout=30, allow_redirects=False, **more)

    def sign_in(self, machine, password=PASSWORD):
        return self.post(machine, reverse("account_login"), {"login": self.user.email, "password": password})

    def is_signed_in(self, machine):
        return "/accounts/login/" not in self.get(machine, "overview").url


@pytest.fixture
def machines(fresh_database, s3_server, tmp_path):
    """Two web servers, each with an empty folder of its own."""
    shared = s3_server.variables(LIMIT_EXPORTS="3/h")
    with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
        started = [
            serve(fresh_database, with_worker=False, VAR_DIR=str(tmp_path / name), **shared) for name in ("one", "two")
        ]
        yield list(threads.map(stack.enter_context, started))


def test_people_notice_nothing_of_a_second_machine(machines, tmp_path):
    one, two = machines
    focal_point, officer = FocalPointFactory(), OfficerFactory()
    commitment, _ = CommitmentFactory(ministry=focal_point.ministry), RecommendationFactory()
    sender, reader = Person(focal_point), Person(officer)

    # A session of one machine works at the other.
    sender.sign_in(one)
    reader.sign_in(two)
    assert [person.is_signed_in(machine) for person in (sender, reader) for machine in machines] == [True] * 4

    # A page that one machine keeps is renewed after the other one has written.
    before = [reader.get(machine, "evidence_list").text for machine in (one, one, two)]
    assert not [page for page in before if TITLE in page]
    update = {
        "title": TITLE, "narrative": "They went on.", "claimed": "under_way", "happened_to": "2022-01-28",
        "through_on": "2022-01-28", "done_by": "government",
    }  # fmt: skip
    letter = {"files": ("letter.pdf", PDF, "application/pdf")}
    sent = sender.post(two, reverse("update_send", args=[commitment.pk]), update, files=letter)
    assert sent.status_code == 302, sent.text
    assert [TITLE in reader.get(machine, "evidence_list").text for machine in (one, two)] == [True, True]

    # What was uploaded at one machine is opened at the other.
    file = EvidenceFile.objects.get()
    pictures = [reader.get(machine, "file_picture", file.pk, 1) for machine in machines]
    downloads = [reader.get(machine, "evidence_file", file.pk) for machine in machines]
    assert [answer.headers["Content-Type"] for answer in pictures] == ["image/jpeg"] * 2
    assert [hashlib.sha256(answer.content).hexdigest() for answer in downloads] == [file.stored_sha256] * 2

    # A limit counts what somebody did at both.
    exports = [reader.get(machine, "evidence_list", **{"as": "csv"}) for machine in (one, two, one, two)]
    assert [answer.status_code for answer in exports] == [200, 200, 200, 429]

    # Whoever signs out at one machine is signed out at the other.
    reader.post(one, reverse("account_logout"), {})
    assert [reader.is_signed_in(machine) for machine in machines] == [False, False]

    # Wrong passwords are counted at both: after five, the right one is refused, too.
    assert [reader.sign_in(machine, "a wrong password").status_code for machine in (one, two, one, two, one)] == [
        200
    ] * 5
    assert ["Too many failed attempts" in reader.sign_in(machine).text for machine in (two, one)] == [True, True]
    assert not reader.is_signed_in(two)

    # Neither machine has a file that the other one would miss.
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "sandbox"] == []
