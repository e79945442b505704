"""Run `manage.py upgrade` in the process of the tests."""

import io
from unittest.mock import patch

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from tests import database_roles
from tiptracker.operations import checks

SET_FOR_TESTS_ALONE = ["async.E001", "mail.E001"]
"""Checks that refuse what only tests set: synchronous calls in Playwright's loop, and mails in memory."""
SECONDS_OF_A_BUSY_MACHINE = 120


def upgrade(**options: bool) -> list[str]:
    """Upgrade the database that this process is connected to. Return the lines that an operator sees."""
    output = io.StringIO()
    silenced = [*settings.SILENCED_SYSTEM_CHECKS, *SET_FOR_TESTS_ALONE]
    with (
        override_settings(SILENCED_SYSTEM_CHECKS=silenced),
        patch.object(checks, "CHECK_SECONDS", SECONDS_OF_A_BUSY_MACHINE),
        database_roles.as_owner(),
    ):
        call_command("upgrade", stdout=output, **options)
    return output.getvalue().splitlines()
