"""`manage.py status`: what the status page shows, for a terminal or a program."""

import json
import textwrap
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiptracker import clock
from tiptracker.operations.checks import CheckState, PartStatus, run_checks, worst_state

MARKS = {CheckState.OK: "ok", CheckState.ATTENTION: "ATTENTION", CheckState.FAILED: "FAILED"}
WIDTH = 110


class Command(BaseCommand):
    help = (
        "Check each part of the installation, and say what to do if one does not work. Exits with 1 if a part failed, "
        "and with 0 if all parts work or only need attention. Example: manage.py status --json"
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object, for a program")

    def handle(self, *, json: bool, **options: Any) -> None:
        parts = run_checks(now=clock.to_machine_time(clock.now()))
        self.stdout.write(as_json(parts) if json else as_text(parts))
        failed = [part.label for part in parts if part.result.state is CheckState.FAILED]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.", returncode=1)


def as_text(parts: list[PartStatus]) -> str:
    """Return a line for each part, and below it what to do."""
    width = max(len(part.label) for part in parts)
    lines = []
    for part in parts:
        start = f"{MARKS[part.result.state]:9}  {part.label:{width}}  "
        indent = " " * len(start)
        lines.append(textwrap.fill(part.result.measured, WIDTH, initial_indent=start, subsequent_indent=indent))
        if part.result.next_step:
            lines.append(
                textwrap.fill(f"→ {part.result.next_step}", WIDTH, initial_indent=indent, subsequent_indent=indent)
            )
            # Each on its own line and whole, so that it can be copied.
            lines += [f"{indent}  {command}" for command in part.result.commands]
    return "\n".join(lines)


def as_json(parts: list[PartStatus]) -> str:
    """Return the state of the installation and of each part as JSON."""
    return json.dumps(
        {
            "state": worst_state(parts),
            "parts": {
                part.check.name: {
                    "state": part.result.state,
                    "measured": part.result.measured,
                    "next_step": part.result.next_step,
                    "commands": part.result.commands,
                }
                for part in parts
            },
        },
        indent=2,
        ensure_ascii=False,
    )
