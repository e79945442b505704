"""The record of a large post, its 200 people and what each of them asks for, as JSON on standard output.

`load.py` runs this in a process of its own, so that the one that sends the requests stays small. Nothing here happened.
"""

import json
import sys
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.urls import reverse

from dialogues.models import Commitment, Evidence
from recommendations.models import Edition
from tests import factories
from tests.authentication import force_sign_in
from tests.edition_urls import edition_url
from tests.performance.synthetic_record import EXERCISE, make_edition
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role

EVIDENCE = 4_000
"""Pieces of evidence. A quarter as many commitments, twice as many events."""
OFFICERS, AMBASSADORS, OBSERVERS, FOCAL_POINTS = 40, 1, 39, 120
WORDS = ("promise 12", "piece 250", "made up", "promise 731", "exercise piece")


def make_people(edition: Edition) -> list[User]:
    """Return 200 people of the edition's country, with those that its record already has among them."""
    country, password = edition.country, make_password(factories.PASSWORD)
    ministries = list(Ministry.objects.get_queryset().filter(country=country).order_by("pk"))
    people = list(User.objects.get_queryset().filter(email__endswith="@exercise.invalid").order_by("pk"))
    for role, wanted in (
        (Role.OFFICER, OFFICERS),
        (Role.AMBASSADOR, AMBASSADORS),
        (Role.OBSERVER, OBSERVERS),
        (Role.FOCAL_POINT, FOCAL_POINTS),
    ):
        for number in range(sum(person.role == role for person in people), wanted):
            is_focal_point = role is Role.FOCAL_POINT
            where = {"ministry": ministries[number % len(ministries)]} if is_focal_point else {"countries": [country]}
            email = f"{role.value}{number}@exercise.invalid"
            people.append(factories.UserFactory(role=role, email=email, password=password, **where))
    # Nobody is in their first days, in which the dashboard shows steps of one's own.
    User.objects.get_queryset().update(role_given_at=factories.TERMS_SET_AT)
    return people


def sign_in(person: User) -> str:
    """Return the session cookie of a person who has passed both steps."""
    client = Client()
    force_sign_in(client, person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def find_rows(person: User) -> list[tuple[str, str]]:
    """Return the addresses of the commitments and of the evidence that a person reads, and a text on each page."""
    pages: list[tuple[str, str]] = []
    for name, model, text in (("commitment_detail", Commitment, "text"), ("evidence_detail", Evidence, "title")):
        rows = model.objects.visible_to(person).order_by("pk").values_list("pk", text)
        pages += [(reverse(name, args=[key]), said) for key, said in rows]
    return pages


def list_pages(edition: Edition, person: User) -> dict[str, list[tuple[str, str]]]:
    """Return the addresses of each kind that a person asks for, and a text that its page must hold."""

    def page(name: str, **query: object) -> str:
        return edition_url(name, edition=edition, query=query)

    lists = [
        (page("commitment_list"), "promise"),
        (page("commitment_list", status="overdue"), "status"),
        (page("commitment_list", sort="text", page=2), "promise"),
        (page("commitment_list", q="promise 7"), "promise"),
    ]
    searches = [(f"{reverse('search')}?{urlencode({'q': words})}", EXERCISE) for words in WORDS]
    if person.is_ministry:
        return {"list": lists, "search": searches, "dashboard": [(page("ministry_home"), "promise")]}
    lists += [(page("evidence_list"), "piece"), (page("evidence_list", q="piece 12"), "piece")]
    pages = {
        "list": lists,
        "search": searches,
        "dashboard": [(page("dashboard"), "Readiness")],
        "readiness": [(page("readiness_detail"), "Readiness"), (page("readiness_explanation"), "Readiness")],
    }
    return pages | ({"write": [(page("evidence_log"), "")]} if person.role == Role.OFFICER else {})


def main() -> None:
    edition = make_edition("XAA", EVIDENCE)
    people = make_people(edition)
    pages: dict[str, dict[str, list[tuple[str, str]]]] = {}
    told = []
    for person in people:
        reader = f"{person.role} {person.ministry_id or ''}".strip()
        if reader not in pages:
            pages[reader] = list_pages(edition, person) | {"row": find_rows(person)}
        told.append({"reader": reader, "cookie": sign_in(person)})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # autovacuum would have, by the time anybody reads
    json.dump({"people": told, "pages": pages}, sys.stdout)
