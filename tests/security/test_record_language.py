"""The record has one language: what the application composes and stores is not in the language of who sends a form.

Every form is sent in a made-up language. What people type is plain text, so a translated sentence that reaches the
database was composed by the application.
"""

import json

import pytest
from django.db import connection, transaction

from tests.pseudo_languages import LEFT_TO_RIGHT, OPEN, pseudo_languages
from tests.security.access_requests import send_request
from tests.security.test_roles import RULES
from tests.transactions import outer_transaction
from tests.untranslated_log import list_untranslated_fields
from tiptracker.accounts.models import User

SUCCEEDED = {"200", "201", "202", "302"}


class StoredTranslations:
    """Collects the translated sentences that statements write, by the words of the statement."""

    def __init__(self):
        self.found = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")):
            for value in params or ():
                text = value if isinstance(value, str) else str(getattr(value, "obj", value))
                if OPEN in text or json.dumps(OPEN)[1:-1] in text:
                    self.found.append((sql.split('"')[1], text))
        return execute(sql, params, many, context)


@pytest.mark.parametrize("reader", ["officer", "ambassador", "own", "administrator"])
def test_nothing_is_stored_in_the_language_of_who_sends_a_form(world, reader):
    stored, fields, statuses = StoredTranslations(), set(), set()
    with outer_transaction(), pseudo_languages():
        User.objects.update(language=LEFT_TO_RIGHT)
        with connection.execute_wrapper(stored):
            for line in RULES:
                if line.method == "POST" and line.expected[reader] in SUCCEEDED:
                    answer = send_request(
                        world, line, reader, examine=lambda: fields.update(list_untranslated_fields())
                    )
                    statuses.add(answer.status)
        transaction.set_rollback(True)

    assert "302" in statuses
    assert stored.found == []
    assert fields == set()
