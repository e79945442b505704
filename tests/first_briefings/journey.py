"""The journey from an empty installation to a first issued briefing, as docs/operating.md and the pages describe it.

Three people work one after the other: an administrator, an officer and the Ambassador. Each sets a password and a
second step. A focal point is invited too, but is not needed for the first briefing.
"""

import io
import re
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.deployment.first_day import totp_code
from tests.first_briefings.counted_page import CountedPage
from tests.first_briefings.countries import COUNTRIES
from tests.first_briefings.person_time import Effort, count_words
from tests.first_briefings.report_texts import narrative_file
from tests.running_server import RunningServer
from tiptracker.country_reference import country_names

PASSWORD = "quiet grey harbour"
TIMEOUT = 90_000
"""Milliseconds to wait for the worker on a machine that others use too."""


class Result(NamedTuple):
    """What a journey took: the effort, the seconds of the machine, and the issued file."""

    code: str
    effort: Effort
    machine_seconds: float
    pdf: bytes

    def summary(self) -> dict[str, Any]:
        """Return the numbers of the journey as JSON data."""
        effort = self.effort
        return {
            "country": country_names()[self.code],
            "clicks": effort.clicks,
            "typed": dict(effort.typed),
            "hand_seconds": effort.hand_seconds,
            "reading_seconds": effort.reading_seconds,
            "machine_seconds": self.machine_seconds,
            "briefing_words": sum(count_words(page.extract_text()) for page in PdfReader(io.BytesIO(self.pdf)).pages),
        }


@dataclass
class Journey:
    """One country's journey. Call `run`."""

    code: str
    live: RunningServer
    browser: Browser
    pictures: Path | None = None
    effort: Effort = field(default_factory=Effort)

    def run(self) -> Result:
        """Do the whole journey."""
        begun = time.monotonic()
        administrator = self._first_administrator()
        self._set_up(administrator)
        officer = self._come_by_mail("officer")
        self._add_benchmarks(officer)
        self._log_evidence(officer)
        ambassador = self._come_by_mail("ambassador")
        self._verify_evidence(ambassador)
        self._request_briefing(officer)
        pdf = self._issue_briefing(ambassador)
        return Result(self.code, self.effort, time.monotonic() - begun, pdf)

    @property
    def facts(self) -> dict[str, Any]:
        return COUNTRIES[self.code]

    @property
    def country(self) -> str:
        return country_names()[self.code]

    def address(self, who: str) -> str:
        """Return the e-mail address of a person of the post."""
        return f"{who}@{self.code.lower()}.example"

    def _open_browser(self) -> CountedPage:
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 844}, locale="en-US", reduced_motion="reduce", accept_downloads=True
        )
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        return CountedPage(page, self.effort)

    def _picture(self, person: CountedPage, name: str) -> None:
        if self.pictures:
            for width in (390, 1280):
                person.page.set_viewport_size({"width": width, "height": 844})
                person.save_screenshot(self.pictures / f"{self.code}-{name}-{width}.png")

    def _first_administrator(self) -> CountedPage:
        """Create the account by the command on the server, and sign in."""
        address, name = self.address("administrator"), "Exercise Administrator"
        self.effort.add_typing("Command on the server", f'manage.py invite_administrator {address} "{name}"')
        output = StringIO()
        call_command("invite_administrator", address, name, stdout=output)
        return self._sign_in_first(re.search(r"https?://\S+", output.getvalue())[0])

    def _come_by_mail(self, who: str) -> CountedPage:
        self.effort.add_outside("open the mail with the link")
        return self._sign_in_first(self._mailed_link(self.address(who)))

    def _mailed_link(self, address: str) -> str:
        """Wait for the mail to somebody, and return the link in it."""
        give_up_at = time.monotonic() + TIMEOUT / 1000
        while time.monotonic() < give_up_at:
            mails = (message_from_bytes(path.read_bytes()) for path in settings.MAIL_DIR.glob("*"))
            for mail in mails:
                if mail["To"] == address:
                    text = mail.get_payload(decode=True).decode()
                    return re.search(r"https?://\S+/accounts/invitation/\S+", text)[0]
            time.sleep(0.2)
        raise AssertionError(f"no mail came to {address}")

    def _sign_in_first(self, link: str) -> CountedPage:
        """Set a password by the link, and set up an authenticator app."""
        person = self._open_browser()
        person.open_link(f"{self.live.url}{urlsplit(link).path}")
        person.type("New password", "New password", PASSWORD)
        person.press("Set password")
        person.follow("Set up an authenticator app")
        self.effort.add_outside("scan the code with the telephone")
        secret = person.page.locator("code.secret").inner_text()
        person.type("Code of the app", person.page.locator("input[name=code]"), totp_code(secret))
        person.press("Set up the app")
        self.effort.add_outside("print the recovery codes")
        person.follow("I have kept the codes")
        return person

    def _set_up(self, person: CountedPage) -> None:
        """What an administrator does: country, edition, list, ministries, people."""
        page = person.page
        person.follow("Set up a post")
        person.select("Country", self.code)
        person.press("Continue")
        self._picture(person, "country")
        for name in ("Time zone", "Currency"):
            box = page.get_by_label(name)
            if not box.input_value():
                person.select(box, box.locator("optgroup").first.locator("option").first.get_attribute("value"))
        person.press("Add this country")

        person.follow("Add or edit editions")
        self._picture(person, "edition")
        person.tick_named(self.facts["tier"])
        expect(page.get_by_label("Year", exact=True)).to_have_value("2021")
        person.press("Add this edition")

        name, kind, content = narrative_file(
            self.country, self.facts["tier"], self.facts["items"], self.facts["layout"]
        )
        person.choose_file("File (one of the two)", name, kind, content)
        person.press("Show the preview")
        expect(page.get_by_role("button", name="Import this list")).to_be_visible(timeout=TIMEOUT)
        person.check(".plain-list--items li, .quiet")
        for box in page.locator("select[name^=pillar_]").all():
            if not box.input_value():
                person.select(box, "prevention")
        self._picture(person, "preview")
        person.press("Import this list")
        person.follow("Setup of the post")

        person.follow("Add ministries")
        ministry, short = self.facts["ministry"]
        for number, name in enumerate(("Ministry of Justice", "Ministry of the Interior")):
            box = page.locator(f"#id_new-{number}-name")
            person.type_suggested("Name of a ministry", box, name.split()[-1][:3], name)
        person.type("Name of a ministry", page.locator("#id_new-2-name"), ministry)
        person.type("Short name of a ministry", page.locator("#id_new-2-short_name"), short)
        person.type("Name of an office holder", page.locator("#id_new-2-holder"), self.facts["minister"])
        self._picture(person, "ministries")
        person.press("Save ministries")

        person.follow("Invite people")
        people = (("officer", "Exercise Officer"), ("ambassador", "Exercise Ambassador"))
        for number, (role, name) in enumerate((*people, ("focal_point", self.facts["focal_point"]))):
            person.type("Name of a person", page.locator(f"#id_people-{number}-name"), name)
            person.type("E-mail address of a person", page.locator(f"#id_people-{number}-email"), self.address(role))
            person.select(page.locator(f"#id_people-{number}-role"), role)
        box = page.locator("#id_people-2-ministry")
        person.select(box, box.locator("option", has_text=short).get_attribute("value"))
        self._picture(person, "people")
        person.press("Send invitations")
        box = page.get_by_label("Contact person", exact=True)
        person.select(box, box.locator("option", has_text="Exercise Officer").get_attribute("value"))
        person.press("Save the contact person")

    def _add_benchmarks(self, person: CountedPage) -> None:
        person.follow("Add benchmarks to the recommendations that have none")
        person.check(".asks li")
        self._picture(person, "suggested")
        person.press("Add all suggested benchmarks")

    def _log_evidence(self, person: CountedPage) -> None:
        page = person.page
        person.follow("Log progress")
        self._picture(person, "evidence")
        person.type("What happened", "What happened", "Inspectors were trained (exercise)")
        person.type("Start date", "Start date", "2022-01-20")
        person.tick_named("Government")
        person.type("Source of the evidence", "Source", "Exercise: a letter")
        box = page.get_by_label("Type of evidence")
        person.select(box, "training")
        ministry = self.facts["ministry"][0]
        person.type_suggested("Stated by", page.get_by_label("Stated by"), ministry[:3], ministry)
        box = page.locator("select[name$=-benchmark]").first
        person.select(box, box.locator("option").nth(1).get_attribute("value"))
        person.press("Log progress", page.locator("form .actions").last)

    def _verify_evidence(self, person: CountedPage) -> None:
        page = person.page
        person.follow("My tasks")
        person.follow("Inspectors were trained (exercise)")
        person.check("dl.facts, section[data-line]")
        self._picture(person, "review")
        for part in page.locator("section[data-line]").all():
            person.tick(part.locator("label", has_text="Verify").first)
            box = part.get_by_label("Reason", exact=True)
            if not box.input_value():
                person.select(box, box.locator("optgroup option").first.get_attribute("value"))
        person.press("Save review")

    def _request_briefing(self, person: CountedPage) -> None:
        person.follow("Dashboard")
        person.press("Download today’s briefing")
        expect(person.page.get_by_text("This document is ready as a draft.")).to_be_visible(timeout=TIMEOUT)
        person.read_page()

    def _issue_briefing(self, person: CountedPage) -> bytes:
        person.follow("My tasks")
        person.follow(re.compile("^Ambassador’s briefing"))
        self._picture(person, "draft")
        person.press("Clear for issue")
        expect(person.page.get_by_text("This document is issued. It cannot change.")).to_be_visible(timeout=TIMEOUT)
        person.read_page()
        self.effort.add_click()
        with person.page.expect_download() as download:
            person.page.get_by_role("link", name=re.compile("^Download.*PDF")).click()
        return download.value.path().read_bytes()
