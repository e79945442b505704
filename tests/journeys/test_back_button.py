"""Leaving a form half filled and coming back by the browser's Back: what was typed is there, and to be seen."""

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.running_server import RunningServer
from tiptracker.accounts.models import User


def test_back_brings_the_figure_back_unfolded(live: RunningServer, people: dict[str, User], page: Page) -> None:
    live.sign_in(page, people["officer"])
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live.url}{reverse('evidence_log')}")
    figure = page.get_by_label("Figure", exact=True)
    expect(figure).to_be_hidden()
    page.get_by_text("Figure (optional)", exact=True).click()
    figure.fill("16")

    page.goto(f"{live.url}{reverse('my_tasks')}")
    page.go_back()

    expect(figure).to_be_visible()
    expect(figure).to_have_value("16")
