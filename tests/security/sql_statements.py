"""Capture SQL statements without their values, so that equal work gives equal statements."""

import re
from contextlib import contextmanager

from django.db import connection


@contextmanager
def capture_statements():
    """Collect the statements that the block sends."""
    statements = []

    def note(execute, sql, *others):
        statements.append(re.sub(r'"s\d+_x\d+"', "SAVEPOINT", sql))
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        yield statements
