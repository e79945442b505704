"""Every page, form and API operation is asked for on PostgreSQL, so that each of its statements is valid there.

Who is answered how is the same on any database; `test_roles.py` asks that on SQLite, of all readers.
"""

import pytest
from django.db import connection

from tests.security.asking import ask
from tests.security.test_roles import LINES

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="test_roles asks the same on SQLite")


@pytest.mark.parametrize("reader", ["officer", "own", "administrator"])
def test_every_address_answers_as_the_table_says(world, reader):
    lines = [line for line in LINES if line.expected[reader] not in {"403", "405"}]  # those are refused unread

    answers = {str(line): ask(world, line, reader).status for line in lines}

    assert answers == {str(line): line.expected[reader] for line in lines}
