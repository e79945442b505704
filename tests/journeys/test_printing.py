"""A page on paper: what is handed round takes no sheet more than it needs."""

import io

from django.urls import reverse
from playwright.sync_api import Browser
from pypdf import PdfReader

from recommendations.models import Benchmark
from tests.live import Live
from tiptracker.accounts.models import User

MARGINS = dict.fromkeys(("top", "right", "bottom", "left"), "15mm")


def test_a_what_if_fits_one_sheet(live: Live, people: dict[str, User], browser: Browser) -> None:
    context = browser.new_context()
    live.enter(context, people["officer"])
    page = context.new_page()
    one = Benchmark.objects.get(recommendation__number=5, letter="a", recommendation__edition__year=2021)

    page.goto(f"{live.url}{reverse('readiness_what_if')}?met={one.pk}")
    (sheet,) = PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGINS))).pages

    told = " ".join(sheet.extract_text().split())
    assert "A what-if, not the record." in told
    assert "as of 28 January 2022, as known on 28 January 2022" in told
    context.close()
