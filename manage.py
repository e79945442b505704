#!/usr/bin/env python3
"""Django's command line for TIP Tracker."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiptracker.settings")
    # A migration takes as long as it takes, and so does a load: whoever runs a command watches it.
    os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "0")
    if sys.argv[1:2] == ["demo"]:
        from tiptracker.demo.own_environment import set_own_environment  # noqa: PLC0415 -- no other command needs it

        set_own_environment()
    if sys.argv[1:2] == ["configure"]:  # there may be no settings yet, so Django would not find the command
        from tiptracker.management.commands.configure import Command  # noqa: PLC0415 -- no other command needs it

        Command().run_from_argv(sys.argv)
        return
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- after the setting is known
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{error} docs/settings.md explains every setting.")


if __name__ == "__main__":
    main()
