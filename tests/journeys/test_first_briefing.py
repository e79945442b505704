"""From an empty installation to a first issued briefing, in countries that differ most.

`make first-briefings` does the same for all countries of tests/first_briefings/countries.toml, and writes the table.
"""

import io
import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.first_briefings.countries import COUNTRIES
from tests.first_briefings.journey import Journey
from tests.first_briefings.report_texts import recommendations
from tests.running_server import serve

MOST_DIFFERENT = ("SAU", "XKX")
"""Right to left with a calendar of its own; and without a code of ISO 3166, known divisions and money of its own."""
FOLDER = os.environ.get("FIRST_BRIEFINGS", "")
"""The folder for the results of all countries. Empty: only the most different ones, and nothing is written."""
CODES = (os.environ.get("COUNTRY", "").split() or sorted(COUNTRIES)) if FOLDER else MOST_DIFFERENT
MAX_CLICKS = 100
MAX_TYPED = 600
MAX_MINUTES = 15
"""The goal, for clicks, typing and reading. The time of the machine depends on what else it does."""


@pytest.mark.parametrize("code", CODES)
def test_nobody_types_the_list_on_the_way_to_a_first_issued_briefing(
    code: str, fresh_database: str, browser: Browser
) -> None:
    folder = Path(FOLDER) if FOLDER else None
    with serve(fresh_database, SECOND_FACTOR_REQUIRED="true") as live:
        result = Journey(code, live, browser, folder and folder / "pages").run()
        for context in browser.contexts:
            context.close()

    effort, text = result.effort, pdf_text(result.pdf)
    listed = recommendations(COUNTRIES[code]["items"])
    if folder:
        (folder / f"{code}.pdf").write_bytes(result.pdf)
        (folder / f"{code}.json").write_text(json.dumps(result.summary()))
    assert [typed for typed in effort.texts if len(typed) > 9 and any(typed in item for item in listed)] == []
    assert [typed for typed in effort.texts if any(item.removesuffix(".") in typed for item in listed)] == []
    assert [item for item in listed if item not in text] == []
    assert "DRAFT, NOT CLEARED" not in text
    assert effort.clicks <= MAX_CLICKS
    assert effort.characters <= MAX_TYPED
    assert (effort.hand_seconds + effort.reading_seconds) / 60 <= MAX_MINUTES


def pdf_text(pdf: bytes) -> str:
    """Return the words of a file, one space between two."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))
