"""What people do on every journey: choose with a label, bring a file."""

import io
import re

from playwright.sync_api import Locator, Page
from pypdf import PdfWriter


def choose(place: Page | Locator, label: str) -> None:
    """Press a radio button's or checkbox's label, as a person does: the control itself is drawn, not shown."""
    place.locator("label", has_text=re.compile(rf"^\s*{label}\s*$")).first.click()


def a_pdf() -> bytes:
    """A PDF of one empty page."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()
