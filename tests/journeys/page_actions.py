"""What people do on every journey: choose with a label, bring a file, keep a picture.

`PICTURES=var/pictures` in the environment keeps the pictures, at a telephone's and at a desk's width.
"""

import io
import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page
from pypdf import PdfWriter

SCREENSHOT_WIDTHS = (390, 1280)


def save_screenshots(page: Page, name: str) -> None:
    """Keep what the page looks like now, where pictures are wanted."""
    if not (folder := os.environ.get("PICTURES")):
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for width in SCREENSHOT_WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size(before)


def choose_option(place: Page | Locator, label: str) -> None:
    """Press a radio button's or checkbox's label, as a person does: the control itself is drawn, not shown."""
    place.locator("label", has_text=re.compile(rf"^\s*{label}\s*$")).first.click()


def blank_pdf() -> bytes:
    """A PDF of one empty page."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()
