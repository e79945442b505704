"""What is asked of the database, with the values left out, so that the same work reads the same."""

import re
from contextlib import contextmanager

from django.db import connection


@contextmanager
def capture_statements():
    """The statements that the body sends, as they are sent."""
    statements = []

    def note(execute, sql, *others):
        statements.append(re.sub(r'"s\d+_x\d+"', "SAVEPOINT", sql))
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        yield statements
