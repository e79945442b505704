"""Sending on a slow line: the form says that it is being sent, and no second press breaks the first one off."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from dialogues.models import UpdateVersion
from tests.factories import CommitmentFactory, FocalPointFactory
from tests.journeys.page_actions import blank_pdf, choose_option
from tests.running_server import RunningServer


@pytest.fixture
def filled_form(live: RunningServer, page: Page) -> str:
    """An update that is ready to be sent, on `page`; gives its address."""
    own = FocalPointFactory()
    commitment = CommitmentFactory(ministry=own.ministry)
    live.force_sign_in(page.context, own)
    address = live.url + reverse("update_send", args=[commitment.pk])
    page.goto(address)
    choose_option(page, "Under way")
    choose_option(page, "The government alone")
    page.get_by_label("Summary in one line").fill("Ten officers trained")
    page.get_by_label("Start date").fill("2022-01-20")
    page.get_by_label("What was done").fill("They were trained in Maseru.")
    page.get_by_label("Proof").set_input_files(
        {"name": "list.pdf", "mimeType": "application/pdf", "buffer": blank_pdf()}
    )
    expect(page.get_by_role("checkbox", name="list.pdf")).to_be_checked(timeout=15_000)
    return address


def hold_requests(page: Page, address: str) -> list[Route]:
    """Let nothing that is sent to `address` through; gives what was held."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    return held


def record_button_text(page: Page, *steps: str) -> None:
    """Have the page itself do `steps`, 300 ms apart, and note after each what its button reads: while a page is being
    left, nothing is to be asked of it from outside."""
    page.evaluate(
        """steps => {
            const button = document.querySelector("main form button[type=submit]");
            const said = [...document.querySelectorAll("[role=status]")].at(-1);
            sessionStorage.read = "";
            steps.forEach((step, number) => setTimeout(() => {
                ({ press: () => button.click(), stop: () => window.stop() })[step]();
                setTimeout(() => (sessionStorage.read += `${button.textContent}|${said.textContent}\n`), 200);
            }, 300 * number));
        }""",
        list(steps),
    )


def recorded_texts(page: Page) -> list[str]:
    return page.evaluate("sessionStorage.read").splitlines()


BEFORE, MEANWHILE = "Send to the embassy|", "Sending…|Sending…"


def test_a_form_is_sent_once_however_often_it_is_pressed_and_says_that_it_is_being_sent(
    page: Page, filled_form: str
) -> None:
    held = hold_requests(page, filled_form)
    record_button_text(page, *["press"] * 25)  # for longer than somebody waits before they take it for lost
    page.wait_for_timeout(8_000)

    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_text("Your update was sent to the embassy.")).to_be_visible()
    assert recorded_texts(page) == [MEANWHILE] * 25
    assert [piece.file.name for piece in UpdateVersion.objects.get().evidence.all()] == ["list.pdf"]


def test_a_form_whose_sending_failed_is_sent_again(page: Page, filled_form: str) -> None:
    held = hold_requests(page, filled_form)
    page.get_by_role("button", name="Send to the embassy").click()
    expect(page.get_by_role("button", name="Sending…")).to_be_visible()
    page.wait_for_timeout(300)
    held[0].abort()

    expect(page.get_by_role("heading", name="What you wrote waits on this device")).to_be_visible()
    page.unroute(filled_form)  # the page tries again by itself, after a few seconds
    expect(page.get_by_text("was sent to the embassy")).to_be_visible(timeout=30_000)
    assert [piece.file.name for piece in UpdateVersion.objects.get().evidence.all()] == ["list.pdf"]
