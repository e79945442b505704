"""`manage.py notify`: bring everybody's notices up to date, and queue the mails that are due."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reports.actions.notices import notify
from tiptracker import clock


class Command(BaseCommand):
    help = (
        "Do one run of the notices: write what the record gives reason to tell, settle what is over, and queue the "
        "mails that are due. The schedule does the same every minute, so run it by hand only to see what a run does. "
        "The mail worker sends the mails. Example: manage.py notify --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help='print the result as JSON: {"sent": 2, "written": 5, "settled": 1}'
        )

    def handle(self, **options: Any) -> None:
        result = notify(now=clock.now("UTC"))
        if options["json"]:
            self.stdout.write(json.dumps({"sent": result.sent, "written": result.written, "settled": result.settled}))
        else:
            self.stdout.write(
                f"{result.sent} mails queued, {result.written} notices written, {result.settled} settled."
            )
