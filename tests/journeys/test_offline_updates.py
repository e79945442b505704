"""Sending an update while the line is cut at each step: one version exists, or none, and its sender knows which."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dialogues.actions.drafts import DraftPage, save_draft
from dialogues.actions.updates import return_update
from dialogues.models import Commitment, Draft, EvidenceFile, UpdateVersion
from tests.factories import (
    CommitmentFactory,
    FocalPointFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.faulty_proxy import ANSWER_LOST, CUT, PASSES, FaultyProxy
from tests.journeys.axe_options import AXE_OPTIONS
from tests.journeys.page_actions import blank_pdf, choose_option, save_screenshots
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

pytestmark = pytest.mark.without_worker

TITLE, TEXT, COMMITMENT_TEXT = "Ten officers trained", "They were trained in Maseru.", "Exercise: train ten officers"
WAITING_MESSAGE = "What you wrote waits on this device"
NOW = at_noon(date(2022, 1, 28))


class Phone:
    """A telephone in which one person after another signs in, and its line."""

    def __init__(self, browser: Browser, live: RunningServer) -> None:
        self.live = live
        self.proxy = FaultyProxy(live.port)
        self.context: BrowserContext = browser.new_context(
            locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        self.page: Page = self.context.new_page()

    def force_sign_in(self, person: User) -> None:
        self.context.clear_cookies()
        self.live.force_sign_in(self.context, person)

    def disconnect(self) -> None:
        """No connection at all, as the browser knows."""
        self.proxy.outcome = lambda method, path: CUT
        self.context.set_offline(True)

    def reconnect(self, outcome: Callable[[str, str], str] = lambda method, path: PASSES) -> None:
        """Connect again: the page sends by itself what waits, and `outcome` says what happens to each request."""
        self.proxy.outcome = outcome
        self.context.set_offline(False)

    def block_submissions(self) -> None:
        """Pages come, but no update, no draft and no word of who is signed in gets through."""
        sending = r"/updates/token/|/update/draft/|POST .*/update/"
        self.proxy.outcome = lambda method, path: CUT if re.search(sending, f"{method} {path}") else PASSES

    def goto(self, path: str) -> None:
        self.page.goto(f"{self.proxy.url}{path}")

    def update_outcomes(self) -> list[str]:
        """What became of each update that was sent."""
        return [outcome for method, path, outcome in self.proxy.requests if (method, path[-8:]) == ("POST", "/update/")]

    def fill_form(self, commitment: Commitment) -> None:
        """Open the form, and fill it in as far as is needed to send it. The draft of it is saved."""
        self.goto(reverse("update_send", args=[commitment.pk]))
        self.page.wait_for_load_state("networkidle")
        choose_option(self.page, "Under way")
        choose_option(self.page, "The government alone")
        self.page.get_by_label("Summary in one line").fill(TITLE)
        self.page.get_by_label("What was done").fill(TEXT)
        self.page.get_by_label("End date (optional)", exact=True).fill("2022-01-20")
        expect(self.page.locator("[data-draft-said]")).to_have_text(re.compile("^Saved at"), timeout=15_000)

    def press(self, name: str = "Send to the embassy") -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def assert_waiting(self) -> None:
        """The page says that the update waits, and shows no form beside."""
        expect(self.page.get_by_role("heading", name=WAITING_MESSAGE)).to_be_visible(timeout=15_000)
        expect(self.page.get_by_label("What was done")).to_be_hidden()

    def assert_waiting_elsewhere(self) -> None:
        """A page other than the form says so."""
        expect(self.page.get_by_role("heading", name=WAITING_MESSAGE)).to_be_visible(timeout=15_000)

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Menu").click()
        self.page.get_by_role("button", name="Sign out", exact=True).click()

    def close_page(self) -> None:
        self.page.close()
        self.page = self.context.new_page()

    def trigger_sync(self) -> None:
        """Have the browser start the worker, as it does when it takes the line for mended; wait until it is through."""
        devtools = self.context.new_cdp_session(self.page)
        found: list[str] = []
        devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: found.extend(
                registration["registrationId"]
                for registration in told["registrations"]
                if not registration["isDeleted"]
            ),
        )
        devtools.send("ServiceWorker.enable")
        self.page.wait_for_timeout(300)
        for registration in set(found):
            devtools.send(
                "ServiceWorker.dispatchSyncEvent",
                {"origin": self.proxy.url, "registrationId": registration, "tag": "outbox", "lastChance": False},
            )
        self.page.wait_for_timeout(1_500)
        devtools.detach()

    def age_entries(self, *, days: int) -> None:
        self.page.evaluate(
            """(days) => new Promise((resolve) => {
                const opening = indexedDB.open("outbox", 1);
                opening.onsuccess = () => {
                    const change = opening.result.transaction("entries", "readwrite");
                    const store = change.objectStore("entries");
                    store.getAll().onsuccess = ({ target }) =>
                        target.result.forEach((entry) => store.put({ ...entry, at: entry.at - days * 86_400_000 }));
                    change.oncomplete = () => (opening.result.close(), resolve());
                };
            })""",
            days,
        )

    def waiting_entries(self) -> list[dict[str, object]]:
        """What waits on this telephone, of whomever. (Asked of the browser's store itself.)"""
        return self.page.evaluate(
            """() => new Promise((resolve) => {
                const opening = indexedDB.open("outbox", 1);
                opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "key" });
                opening.onsuccess = () => {
                    const asked = opening.result.transaction("entries").objectStore("entries").getAll();
                    asked.onsuccess = () => {
                        opening.result.close();
                        resolve(asked.result.map(({ files, ...entry }) => ({ ...entry, files: files.length })));
                    };
                };
            })"""
        )


@pytest.fixture
def focal_point(fresh_database: str) -> User:
    RecommendationFactory(number=99, lead=None)
    return FocalPointFactory(name="Exercise Focal Point")


@pytest.fixture
def commitment(focal_point: User) -> Commitment:
    return CommitmentFactory(ministry=focal_point.ministry, text=COMMITMENT_TEXT)


@pytest.fixture
def phone(browser: Browser, live: RunningServer, focal_point: User) -> Iterator[Phone]:
    telephone = Phone(browser, live)
    telephone.force_sign_in(focal_point)
    yield telephone
    telephone.context.close()
    telephone.proxy.close()


def wait_for(comes: Callable[[], bool], *, seconds: float = 15) -> None:
    give_up_at = time.monotonic() + seconds
    while not comes():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


def sent_narratives() -> list[str]:
    """What was sent, however often."""
    return [version.narrative for version in UpdateVersion.objects.all()]


def assert_accessible(page: Page) -> None:
    """What axe says of the page as it stands, and whether it fits on the narrowest telephone."""
    page.evaluate(Axe().axe_script)
    found = page.evaluate("how => axe.run(document, how).then(({ violations }) => violations)", AXE_OPTIONS)
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == []
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(before)


def assert_confirmed(page: Page) -> None:
    """The page says once that the update was sent, and when it was."""
    told = page.get_by_text(f"Your update on “{COMMITMENT_TEXT}” was sent to the embassy on 28 January 2022 at 09:0")
    expect(told).to_have_count(1, timeout=15_000)
    expect(told).to_be_visible()


def test_cut_before_send_it_waits_and_is_sent_when_the_line_is_back(phone: Phone, commitment: Commitment) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()

    phone.assert_waiting()
    expect(phone.page.get_by_text(f"What you wrote about “{COMMITMENT_TEXT}” waits on this device")).to_be_visible()
    save_screenshots(phone.page, "outbox-waits")
    assert_accessible(phone.page)
    phone.page.emulate_media(color_scheme="dark")
    assert_accessible(phone.page)
    save_screenshots(phone.page, "outbox-waits-dark")
    phone.page.emulate_media(color_scheme="light")
    phone.press("Send now")
    expect(phone.page.get_by_text("There is still no connection.")).to_be_visible()
    assert sent_narratives() == []

    phone.reconnect()
    phone.page.wait_for_url(re.compile(r"\?sent$"))
    assert_confirmed(phone.page)
    save_screenshots(phone.page, "outbox-sent")
    assert_accessible(phone.page)
    assert sent_narratives() == [TEXT]
    assert phone.waiting_entries() == []
    phone.page.reload()
    expect(phone.page.get_by_text("was sent to the embassy")).to_have_count(0)


def test_cut_while_the_fields_travel_it_waits_and_is_sent_once(phone: Phone, commitment: Commitment) -> None:
    phone.fill_form(commitment)
    phone.block_submissions()  # the browser takes the line for a good one
    phone.press()
    phone.assert_waiting()
    assert (phone.update_outcomes(), sent_narratives()) == ([CUT], [])

    phone.reconnect()
    assert_confirmed(phone.page)
    assert (phone.update_outcomes(), sent_narratives()) == ([CUT, PASSES], [TEXT])


def test_the_page_sends_it_although_another_tab_was_trying_when_the_line_came_back(
    phone: Phone, commitment: Commitment
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    (waiting,) = phone.waiting_entries()
    # The other tab has the lock, and gives up half a second after this page has tried.
    phone.page.evaluate(
        """(key) => {
            navigator.locks.request(`outbox:${key}`, () => new Promise((resolve) => {
                addEventListener("online", () => setTimeout(resolve, 500));
            }));
        }""",
        waiting["key"],
    )

    phone.reconnect()
    assert_confirmed(phone.page)
    assert sent_narratives() == [TEXT]


def test_cut_before_the_answer_arrives_it_is_known_again_and_not_sent_twice(
    phone: Phone, commitment: Commitment
) -> None:
    phone.fill_form(commitment)
    phone.proxy.outcome = lambda method, path: ANSWER_LOST if method == "POST" else CUT
    phone.press()
    phone.assert_waiting()
    assert (phone.update_outcomes(), sent_narratives()) == ([ANSWER_LOST], [TEXT])

    phone.reconnect()
    assert_confirmed(phone.page)
    assert (phone.update_outcomes(), sent_narratives()) == ([ANSWER_LOST, PASSES], [TEXT])
    assert phone.waiting_entries() == []


def test_cut_while_it_is_asked_who_is_signed_in_nothing_is_sent_until_that_is_known(
    phone: Phone, commitment: Commitment
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    phone.reconnect(lambda method, path: CUT if "token" in path else PASSES)
    phone.press("Send now")
    expect(phone.page.get_by_text("There is still no connection.")).to_be_visible()
    assert (phone.update_outcomes(), sent_narratives()) == ([], [])

    phone.proxy.outcome = lambda method, path: ANSWER_LOST if "token" in path else PASSES
    phone.press("Send now")
    expect(phone.page.get_by_text("There is still no connection.")).to_be_visible()
    assert (phone.update_outcomes(), sent_narratives()) == ([], [])

    phone.reconnect()
    assert_confirmed(phone.page)
    assert (phone.update_outcomes(), sent_narratives()) == ([PASSES], [TEXT])


def test_with_the_page_closed_the_worker_sends_it_and_the_next_page_says_so(
    phone: Phone, commitment: Commitment
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    expect(phone.page.get_by_text("You can close this page.")).to_be_visible()
    phone.close_page()

    phone.trigger_sync()
    assert sent_narratives() == []
    phone.reconnect()
    phone.proxy.outcome = lambda method, path: ANSWER_LOST if method == "POST" else PASSES
    phone.trigger_sync()
    wait_for(lambda: sent_narratives() == [TEXT])
    phone.reconnect()
    phone.trigger_sync()
    wait_for(lambda: phone.update_outcomes()[-1] == PASSES)
    assert sent_narratives() == [TEXT]

    phone.goto("/")
    assert_confirmed(phone.page)
    expect(phone.page.get_by_role("link", name="Show what was sent")).to_be_visible()
    assert phone.waiting_entries() == []


def test_files_wait_with_it_and_travel_one_by_one_however_often_the_line_is_cut(
    phone: Phone, commitment: Commitment
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    for name in ("list.pdf", "order.pdf"):
        phone.page.get_by_label("Proof").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": blank_pdf()}
        )
    phone.press()
    phone.assert_waiting()
    phone.page.get_by_text("Show the text").click()
    expect(phone.page.get_by_text("Files: list.pdf, order.pdf")).to_be_visible()
    save_screenshots(phone.page, "outbox-files")
    assert [entry["files"] for entry in phone.waiting_entries()] == [2]
    phone.close_page()

    # The first file arrives. The answer to the second one is lost.
    drafts = count(1)
    phone.reconnect()
    phone.proxy.outcome = lambda method, path: ANSWER_LOST if "draft" in path and next(drafts) == 2 else PASSES
    phone.trigger_sync()
    wait_for(lambda: EvidenceFile.objects.count() == 2, seconds=30)
    assert (phone.update_outcomes(), sent_narratives()) == ([], [])
    phone.reconnect()
    phone.trigger_sync()
    wait_for(lambda: sent_narratives() == [TEXT], seconds=30)

    version = UpdateVersion.objects.get()
    assert sorted(piece.file.name for piece in version.evidence.all()) == ["list.pdf", "order.pdf"]
    phone.goto("/")
    assert_confirmed(phone.page)
    assert phone.waiting_entries() == []


def test_files_come_back_into_the_form_with_the_text(phone: Phone, commitment: Commitment) -> None:
    phone.fill_form(commitment)
    phone.block_submissions()
    phone.page.get_by_label("Proof").set_input_files(
        {"name": "list.pdf", "mimeType": "application/pdf", "buffer": blank_pdf()}
    )
    phone.press()
    phone.assert_waiting()
    phone.goto("/")
    phone.assert_waiting_elsewhere()
    phone.press("Do not send: go on writing")
    expect(phone.page.get_by_label("What was done")).to_have_value(TEXT)
    phone.reconnect()
    expect(phone.page.get_by_role("checkbox", name=re.compile("list.pdf"))).to_be_checked(timeout=30_000)
    phone.press()
    phone.page.wait_for_url(re.compile(r"\?sent$"))
    assert [piece.file.name for piece in UpdateVersion.objects.get().evidence.all()] == ["list.pdf"]


def test_signing_out_keeps_it_only_if_its_writer_says_so_and_shows_and_sends_it_to_nobody_else(
    phone: Phone, commitment: Commitment, focal_point: User
) -> None:
    phone.fill_form(commitment)
    phone.block_submissions()
    phone.press()
    phone.assert_waiting()

    phone.sign_out()
    expect(phone.page.get_by_role("dialog")).to_contain_text(COMMITMENT_TEXT)
    save_screenshots(phone.page, "outbox-signing-out")
    assert_accessible(phone.page)
    phone.page.emulate_media(color_scheme="dark")
    assert_accessible(phone.page)
    save_screenshots(phone.page, "outbox-signing-out-dark")
    phone.page.emulate_media(color_scheme="light")
    phone.press("Stay signed in")
    phone.assert_waiting()
    phone.sign_out()
    phone.press("Keep them and sign out")
    phone.page.wait_for_url(re.compile("/accounts/login/"))
    assert len(phone.waiting_entries()) == 1
    phone.reconnect()
    phone.trigger_sync()
    phone.page.reload()
    expect(phone.page.get_by_text(COMMITMENT_TEXT)).to_have_count(0)

    # A colleague, who could send it, signs in on the same telephone: it is neither shown nor sent, nor lost with them.
    phone.force_sign_in(FocalPointFactory(ministry=focal_point.ministry))
    phone.goto("/")
    phone.page.wait_for_load_state("networkidle")
    phone.trigger_sync()
    expect(phone.page.get_by_text("Your update")).to_have_count(0)
    expect(phone.page.get_by_text(TEXT)).to_have_count(0)
    phone.goto(reverse("update_send", args=[commitment.pk]))
    expect(phone.page.get_by_label("What was done")).to_be_visible()
    phone.sign_out()
    phone.page.wait_for_url(re.compile("/accounts/login/"))
    assert (len(phone.waiting_entries()), sent_narratives()) == (1, [])

    # Its writer is asked.
    phone.force_sign_in(focal_point)
    phone.goto("/")
    expect(phone.page.get_by_role("heading", name="Send this now?")).to_be_visible()
    phone.trigger_sync()
    assert sent_narratives() == []
    save_screenshots(phone.page, "outbox-asks")
    phone.press("Send it")
    assert_confirmed(phone.page)
    assert sent_narratives() == [TEXT]
    assert UpdateVersion.objects.get().recorded_by == focal_point
    assert phone.waiting_entries() == []


def test_signing_out_without_consent_leaves_nothing_on_the_device(
    phone: Phone, commitment: Commitment, focal_point: User
) -> None:
    phone.fill_form(commitment)
    phone.block_submissions()
    phone.press()
    phone.assert_waiting()

    phone.sign_out()
    phone.press("Delete them and sign out")
    phone.page.wait_for_url(re.compile("/accounts/login/"))
    phone.reconnect()
    assert phone.waiting_entries() == []
    wait_for(lambda: phone.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0)
    assert phone.page.evaluate("Object.keys(localStorage).filter((key) => key !== 'draft-account-signing-out')") == []
    phone.force_sign_in(focal_point)
    phone.goto("/")
    expect(phone.page.get_by_text(COMMITMENT_TEXT).first).to_be_visible()
    expect(phone.page.get_by_text("Your update")).to_have_count(0)
    assert sent_narratives() == []


def test_after_a_session_ended_or_changed_the_writer_confirms_sending(
    phone: Phone, commitment: Commitment, focal_point: User
) -> None:
    phone.fill_form(commitment)
    phone.context.clear_cookies()
    phone.press()
    expect(phone.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    save_screenshots(phone.page, "outbox-signed-out")
    assert sent_narratives() == []

    # Another person signs in, in another tab, while the page still stands there.
    phone.force_sign_in(FocalPointFactory(ministry=focal_point.ministry))
    phone.press("Sign in")
    expect(phone.page.get_by_label("What was done")).to_have_value(TEXT)  # the draft, which colleagues share
    expect(phone.page.get_by_text("Your update on")).to_have_count(0)
    assert sent_narratives() == []

    phone.force_sign_in(focal_point)
    phone.page.reload()
    expect(phone.page.get_by_role("heading", name="Send this now?")).to_be_visible()
    phone.press("Send it")
    assert_confirmed(phone.page)
    assert UpdateVersion.objects.get().recorded_by == focal_point


def test_while_somebody_else_is_signed_in_an_open_page_sends_nothing(
    phone: Phone, commitment: Commitment, focal_point: User
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    phone.force_sign_in(FocalPointFactory(ministry=focal_point.ministry))
    phone.reconnect()

    expect(phone.page.get_by_text("You are no longer signed in here.")).to_be_visible(timeout=15_000)
    phone.trigger_sync()
    assert sent_narratives() == []
    phone.force_sign_in(focal_point)
    phone.page.reload()
    expect(phone.page.get_by_role("heading", name="Send this now?")).to_be_visible()
    assert (sent_narratives(), len(phone.waiting_entries())) == ([], 1)


def test_a_waiting_update_is_sent_only_after_its_writer_read_the_return(
    phone: Phone, commitment: Commitment, focal_point: User
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    theirs = UpdateVersionFactory(update=UpdateFactory(commitment=commitment), narrative="Theirs.")
    return_update(update_version=theirs, reason="Add the list.", by=OfficerFactory(), now=NOW)
    phone.reconnect()

    expect(phone.page.get_by_role("heading", name="What you wrote was not sent")).to_be_visible(timeout=15_000)
    expect(phone.page.get_by_text("sent an update on this commitment on 10 January 2022")).to_be_visible()
    save_screenshots(phone.page, "outbox-refused")
    assert sent_narratives() == ["Theirs."]
    phone.press("Open the form with this text")

    expect(phone.page.get_by_role("region", name="What to change")).to_contain_text("Add the list.")
    expect(phone.page.get_by_label("What was done")).to_have_value(TEXT)
    expect(phone.page.get_by_label("Summary in one line")).to_have_value(TITLE)
    phone.page.get_by_label("What was done").press_sequentially(" The list follows.")
    phone.press()
    phone.page.wait_for_url(re.compile(r"\?sent$"))
    assert sent_narratives() == ["Theirs.", f"{TEXT} The list follows."]
    assert UpdateVersion.objects.last().number == 2
    assert phone.waiting_entries() == []


def test_if_a_colleague_sent_an_update_the_waiting_text_can_be_copied(phone: Phone, commitment: Commitment) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    UpdateVersionFactory(update=UpdateFactory(commitment=commitment), narrative="Theirs.")
    phone.reconnect()

    expect(phone.page.get_by_text("The embassy already has the update")).to_be_visible(timeout=15_000)
    phone.press("Open the form with this text")
    expect(phone.page.get_by_text("Nothing can be sent on this now.")).to_be_visible()
    phone.page.get_by_text("Show the text").click()
    expect(phone.page.locator(".outbox").get_by_text(TEXT)).to_be_visible()
    phone.page.once("dialog", lambda dialog: dialog.accept())
    phone.press("Delete it")
    expect(phone.page.locator(".outbox section")).to_have_count(0)
    assert (sent_narratives(), phone.waiting_entries()) == (["Theirs."], [])


def test_a_waiting_update_does_not_overwrite_a_colleagues_draft(
    phone: Phone, commitment: Commitment, focal_point: User
) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    colleague = FocalPointFactory(ministry=focal_point.ministry, name="Exercise Colleague")
    save_draft(
        of=commitment,
        content={"narrative": ["Theirs."]},
        files=(),
        page=DraftPage(Draft.objects.get().mark),
        by=colleague,
        now=NOW,
    )
    phone.reconnect()

    expect(phone.page.get_by_text("Exercise Colleague saved a draft on")).to_be_visible(timeout=15_000)
    assert (sent_narratives(), Draft.objects.get().content) == ([], {"narrative": ["Theirs."]})
    phone.press("Open the form with this text")
    expect(phone.page.get_by_label("What was done")).to_have_value(TEXT)


def test_going_on_to_write_takes_it_back_and_sends_nothing(phone: Phone, commitment: Commitment) -> None:
    phone.fill_form(commitment)
    phone.disconnect()
    phone.press()
    phone.assert_waiting()
    phone.press("Do not send: go on writing")
    narrative = phone.page.get_by_label("What was done")
    expect(narrative).to_be_focused()
    expect(phone.page.get_by_role("heading", name=WAITING_MESSAGE)).to_have_count(0)
    narrative.press_sequentially(" More.")
    phone.reconnect()
    expect(phone.page.locator("[data-draft-said]")).to_have_text(re.compile("^Saved at"), timeout=15_000)
    phone.trigger_sync()
    assert (sent_narratives(), phone.waiting_entries()) == ([], [])

    # From a page that was opened anew, it is what was to be sent that comes back, not the older draft.
    narrative.press_sequentially(" And more.")
    phone.block_submissions()
    phone.press()
    phone.assert_waiting()
    phone.goto("/")
    phone.assert_waiting_elsewhere()
    phone.press("Do not send: go on writing")
    expect(phone.page.get_by_label("What was done")).to_have_value(f"{TEXT} More. And more.")
    phone.reconnect()
    phone.press()
    phone.page.wait_for_url(re.compile(r"\?sent$"))
    assert sent_narratives() == [f"{TEXT} More. And more."]
    assert phone.waiting_entries() == []


def test_a_form_that_is_refused_shows_each_error_at_its_field_and_is_sent_with_its_key(
    phone: Phone, commitment: Commitment
) -> None:
    phone.fill_form(commitment)
    key = phone.page.locator("[name=send_key]").input_value()
    phone.page.get_by_label("Summary in one line").fill("")
    phone.press()
    expect(phone.page.get_by_role("alert")).to_contain_text("Your update was not sent.")
    assert (sent_narratives(), phone.waiting_entries()) == ([], [])

    phone.page.get_by_label("Summary in one line").fill(TITLE)
    phone.press()
    expect(phone.page.get_by_text("Your update was sent to the embassy.")).to_be_visible()
    assert sent_narratives() == [TEXT]
    assert str(UpdateVersion.objects.get().send_key) == key


def test_a_waiting_update_is_deleted_after_a_week(phone: Phone, commitment: Commitment) -> None:
    phone.fill_form(commitment)
    phone.block_submissions()
    phone.press()
    phone.assert_waiting()
    phone.age_entries(days=8)
    phone.reconnect()
    phone.goto("/")
    wait_for(lambda: phone.waiting_entries() == [])
    phone.trigger_sync()
    assert sent_narratives() == []


def test_without_a_store_the_browser_sends_the_form_itself(phone: Phone, commitment: Commitment) -> None:
    phone.page.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('none'); } });")
    phone.fill_form(commitment)
    phone.press()
    expect(phone.page.get_by_text("Your update was sent to the embassy.")).to_be_visible()
    assert sent_narratives() == [TEXT]
