"""Actions that many journeys share: press a button, choose an option, follow a mail, create a file, save screenshots.

With `PICTURES=var/pictures` in the environment, screenshots are saved at the widths of a telephone and a desktop.
"""

import io
import os
import re
from email import message_from_string
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfWriter

from tests.factories import PASSWORD
from tests.running_server import RunningServer

SCREENSHOT_WIDTHS = (390, 1280)


def save_screenshots(page: Page, name: str) -> None:
    """Save screenshots of the page, if the environment names a folder for them."""
    if not (folder := os.environ.get("PICTURES")):
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for width in SCREENSHOT_WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size(before)


def choose_option(place: Page | Locator, label: str) -> None:
    """Click the label of a radio button or checkbox, because the control itself is hidden by its drawing."""
    place.locator("label", has_text=re.compile(rf"^\s*{label}\s*$")).first.click()


def blank_pdf() -> bytes:
    """Return a PDF of one empty page."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()


def mail_link(address: str) -> str:
    """The path of the link in the mail to somebody, where a demonstration keeps what it would send."""
    letters = [path.read_text() for path in settings.MAIL_DIR.iterdir()]
    letters = [letter for letter in letters if message_from_string(letter)["To"] == address]
    (letter,) = letters
    text = message_from_string(letter).get_payload(decode=True).decode()
    return re.search(r"http://[^/\s]+(/\S+)", text).group(1)


def wait_until_sent(page: Page, address: str) -> None:
    """Look at the page of the people until it says that the mail to somebody was sent."""
    for _ in range(60):
        page.reload()
        if page.get_by_text(f"Sent to {address} on").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"No mail was sent to {address}.")


def press_button(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def accept_invitation(page: Page, live: RunningServer, link: str) -> None:
    """Somebody who was invited sets a password by the link of the mail, which signs in."""
    page.goto(f"{live.url}{link}")
    password = page.get_by_label("New password", exact=True)
    password.fill(PASSWORD)
    page.get_by_role("button", name="Show the password").click()
    expect(password).to_have_attribute("type", "text")
    expect(page.get_by_role("status").filter(has_text="The password is shown.")).to_be_attached()
    page.get_by_role("button", name="Hide the password").click()
    expect(password).to_have_attribute("type", "password")
    press_button(page, "Set password")
