"""Actions that many journeys share: choose an option, create a file, save screenshots.

With `PICTURES=var/pictures` in the environment, screenshots are saved at the widths of a telephone and a desktop.
"""

import io
import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page
from pypdf import PdfWriter

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
