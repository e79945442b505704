"""Files from a telephone on a slow line: made small, each with its bar, together with the text and with one another."""

import base64
import io
import json
import re
from collections.abc import Iterator
from hashlib import sha256

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import ExifTags, Image
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from dialogues.files.upload_rules import list_upload_rules
from dialogues.models import Commitment, Draft, EvidenceFile, UpdateVersion
from tests.factories import CommitmentFactory, FocalPointFactory
from tests.journeys.page_actions import blank_pdf, choose_option, save_screenshots
from tests.journeys.photographs import GPS_PLACE, large_photograph, small_photograph
from tests.running_server import RunningServer

MAX_BYTES = 300_000
LONGEST_SIDE = 2_000
SLOW_CONNECTION = {"offline": False, "latency": 50, "downloadThroughput": 1_000_000, "uploadThroughput": 8_000}
FAST_CONNECTION = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
RECORD_SENT_FILES = """
    window.sent = [];
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        window.sent.push(body.get("files"));
        return send.call(this, body);
    };
"""


@pytest.fixture
def commitment(fresh_database: str) -> Commitment:
    return CommitmentFactory(ministry=FocalPointFactory().ministry)


@pytest.fixture
def phone_page(live: RunningServer, commitment: Commitment, browser: Browser) -> Iterator[Page]:
    """The update form on a telephone, with a note of each file as it is sent."""
    own = commitment.ministry.users.get()
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True)
    live.force_sign_in(context, own)
    page = context.new_page()
    page.add_init_script(RECORD_SENT_FILES)
    page.goto(f"{live.url}{reverse('update_send', args=[commitment.pk])}")
    yield page
    context.close()


def choose_files(page: Page, *files: tuple[str, bytes]) -> None:
    page.get_by_label("Proof").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )


def uploaded_file(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def upload_rows(page: Page) -> Locator:
    return page.locator(".uploads > li")


def sent_files(page: Page) -> list[bytes]:
    """What each request with a file carried of it."""
    encoded = page.evaluate(
        """async () => Promise.all(sent.map(async (file) => {
            const bytes = new Uint8Array(await file.arrayBuffer());
            return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        }))"""
    )
    return [base64.b64decode(each) for each in encoded]


def test_a_photograph_travels_small_upright_and_without_its_place(phone_page: Page, commitment: Commitment) -> None:
    chosen, requests = large_photograph(), []
    assert 1_700_000 < len(chosen) < 2_000_000
    assert GPS_PLACE in chosen
    phone_page.on("request", lambda request: requests.append(request) if request.method == "POST" else None)

    choose_files(phone_page, ("yard.jpg", chosen))
    expect(uploaded_file(phone_page, "yard.jpg")).to_be_checked(timeout=30_000)
    (sent,) = sent_files(phone_page)
    assert len(sent) <= MAX_BYTES
    assert _sent_bytes(requests) < MAX_BYTES + 5_000
    assert GPS_PLACE not in sent
    with Image.open(io.BytesIO(sent)) as travelled:
        assert dict(travelled.getexif()) == {}
        assert max(travelled.size) <= LONGEST_SIDE
        assert travelled.height > travelled.width, "it is upright"
        assert travelled.convert("L").getpixel((20, 20)) < 40
    file = EvidenceFile.objects.get()
    assert (file.received_sha256, file.original_size) == (sha256(sent).hexdigest(), len(chosen))
    assert file.size <= len(sent), "what is stored is not larger than what came"
    note = f"made smaller from {len(chosen) / 1024**2:.1f}\xa0MB"
    expect(uploaded_file(phone_page, note)).to_be_checked()

    # What is small already goes without its place, and is not drawn anew. It stays upright.
    choose_files(phone_page, ("small.jpg", small_photograph()))
    expect(uploaded_file(phone_page, "small.jpg")).to_be_checked(timeout=30_000)
    small = sent_files(phone_page)[1]
    assert GPS_PLACE not in small
    with Image.open(io.BytesIO(small)) as travelled, Image.open(io.BytesIO(small_photograph())) as taken:
        assert dict(travelled.getexif()) == {ExifTags.Base.Orientation: 6}
        assert travelled.tobytes() == taken.tobytes()
    assert EvidenceFile.objects.get(name="small.jpg").original_size is None

    # A screen stays as it is drawn; a photograph that calls itself a PNG becomes a JPEG.
    screen, scan = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (2400, 1200), "white").save(screen, "PNG", compress_level=0)
    Image.effect_noise((900, 700), 90).convert("RGB").save(scan, "PNG")
    choose_files(phone_page, ("screen.png", screen.getvalue()), ("scan.png", scan.getvalue()))
    expect(uploaded_file(phone_page, "scan.jpg")).to_be_checked(timeout=30_000)
    expect(uploaded_file(phone_page, "screen.png")).to_be_checked()
    for content, kind in zip(sent_files(phone_page)[2:], ("PNG", "JPEG"), strict=True):
        with Image.open(io.BytesIO(content)) as travelled:
            assert (travelled.format, len(content) <= MAX_BYTES) == (kind, True)

    # At full size it goes byte by byte.
    choose_option(phone_page, "Send photographs at full size")
    choose_files(phone_page, ("print.jpg", chosen))
    expect(uploaded_file(phone_page, "print.jpg")).to_be_checked(timeout=30_000)
    whole = EvidenceFile.objects.get(name="print.jpg")
    assert (whole.received_sha256, whole.original_size) == (sha256(chosen).hexdigest(), None)
    save_screenshots(phone_page, "photographs-attached")

    phone_page.get_by_label("Summary in one line").fill("The shelter has a yard")
    phone_page.get_by_label("What was done").fill("See the photographs.")
    choose_option(phone_page, "Under way")
    choose_option(phone_page, "The government alone")
    phone_page.get_by_label("End date").first.fill("2022-01-20")
    phone_page.get_by_role("button", name="Send to the embassy").click()
    expect(phone_page.get_by_text("Your update was sent to the embassy.")).to_be_visible(timeout=15_000)
    names = [piece.file.name for piece in UpdateVersion.objects.get().evidence.order_by("pk") if piece.file]
    assert sorted(names) == ["print.jpg", "scan.jpg", "screen.png", "small.jpg", "yard.jpg"]


def test_each_file_has_its_bar_can_be_cancelled_and_adds_to_those_chosen_before(phone_page: Page) -> None:
    line = phone_page.context.new_cdp_session(phone_page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_CONNECTION)

    # Two files, the second one waits for the first. Each says its name, how far it is, and can be cancelled.
    choose_files(phone_page, ("first.txt", b"First. " * 9_000), ("second.txt", b"Second. " * 100))
    expect(upload_rows(phone_page)).to_have_count(2)
    expect(upload_rows(phone_page).first).to_contain_text(re.compile(r"first\.txt.*\d+%"), timeout=15_000)
    expect(phone_page.get_by_role("progressbar", name="first.txt")).to_be_visible()
    expect(upload_rows(phone_page).last).to_contain_text("Waiting.")
    save_screenshots(phone_page, "photographs-sending")

    # A text is saved meanwhile, and the page is in no conflict with itself.
    told = phone_page.locator("[data-draft-said]")
    phone_page.get_by_label("What was done").press_sequentially("Both lists follow.")
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    expect(upload_rows(phone_page)).to_have_count(2)
    assert Draft.objects.get().content["narrative"] == ["Both lists follow."]

    phone_page.get_by_role("button", name="Cancel first.txt").click()
    expect(uploaded_file(phone_page, "second.txt")).to_be_checked(timeout=15_000)
    expect(upload_rows(phone_page)).to_have_count(0)
    assert [file.name for file in EvidenceFile.objects.all()] == ["second.txt"]

    # The next choice adds to it; a file that has arrived is removed by its tick.
    line.send("Network.emulateNetworkConditions", FAST_CONNECTION)
    choose_files(phone_page, ("third.pdf", blank_pdf()), ("fourth.txt", b"Fourth"))
    for name in ("second.txt", "third.pdf", "fourth.txt"):
        expect(uploaded_file(phone_page, name)).to_be_checked(timeout=15_000)
    choose_option(phone_page, r"third\.pdf.*")
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    expect(phone_page.get_by_role("alert")).to_have_count(0)
    phone_page.reload()
    assert sorted(file.name for file in Draft.objects.get().files.all()) == ["fourth.txt", "second.txt"]
    expect(phone_page.get_by_role("checkbox", name=re.compile(r"\.(txt|pdf)"))).to_have_count(2)

    # The line is gone: it says so, and goes on by itself when the line is back. The form waits with its file.
    phone_page.get_by_label("Summary in one line").fill("Four lists")
    phone_page.get_by_label("End date").first.fill("2022-01-20")
    choose_option(phone_page, "Under way")
    choose_option(phone_page, "The government alone")
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    phone_page.context.set_offline(True)
    choose_files(phone_page, ("fifth.txt", b"Fifth"))
    expect(upload_rows(phone_page)).to_contain_text("Not sent: there is no connection.", timeout=15_000)
    expect(phone_page.get_by_role("button", name="Try again fifth.txt")).to_be_visible()
    phone_page.get_by_role("button", name="Send to the embassy").click()
    expect(phone_page.get_by_role("heading", name="What you wrote waits on this device")).to_be_visible(timeout=15_000)
    save_screenshots(phone_page, "photographs-waiting")
    assert not UpdateVersion.objects.exists()
    phone_page.context.set_offline(False)
    expect(phone_page.get_by_text("was sent to the embassy")).to_be_visible(timeout=30_000)
    assert {piece.file.name for piece in UpdateVersion.objects.get().evidence.all() if piece.file} == {
        "second.txt",
        "fourth.txt",
        "fifth.txt",
    }


def test_the_browser_refuses_files_that_the_server_would_refuse(phone_page: Page) -> None:
    rules = list_upload_rules()

    def with_few_files(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(json.dumps({"files": 10})[1:-1], '"files": 2'))

    assert settings.UPLOAD_MAX_FILES == 10
    phone_page.route(phone_page.url, with_few_files)
    phone_page.reload()
    large = b"%PDF-" + b"0" * settings.UPLOAD_MAX_BYTES
    choose_files(phone_page, ("list.exe", b"MZ"), ("IMG_1.HEIC", b"heic"), ("empty.pdf", b""), ("large.pdf", large))
    for rule, name in (("unknown", "list.exe"), ("apple", "IMG_1.HEIC"), ("empty", "empty.pdf")):
        expect(upload_rows(phone_page).filter(has_text=name)).to_contain_text(
            rules[rule] % {"name": name}, timeout=15_000
        )
    expect(upload_rows(phone_page).filter(has_text="large.pdf")).to_contain_text(
        rules["oversized"] % {"name": "large.pdf", "size": "10 MB"}
    )
    assert sent_files(phone_page) == []
    save_screenshots(phone_page, "photographs-refused")

    # Nothing is sent without a file that was chosen, until its sender has removed it.
    phone_page.get_by_role("button", name="Send to the embassy").click()
    expect(phone_page.get_by_text("This form was not sent, because “list.exe” is not attached.")).to_be_visible()
    expect(phone_page.get_by_role("button", name="Remove list.exe")).to_be_focused()
    for name in ("list.exe", "IMG_1.HEIC", "empty.pdf", "large.pdf"):
        phone_page.get_by_role("button", name=f"Remove {name}").click()
    expect(upload_rows(phone_page)).to_have_count(0)

    # The limit holds across choices.
    choose_files(phone_page, ("one.txt", b"One"), ("two.txt", b"Two"))
    expect(uploaded_file(phone_page, "two.txt")).to_be_checked(timeout=15_000)
    choose_files(phone_page, ("three.txt", b"Three"))
    expect(upload_rows(phone_page)).to_contain_text("“three.txt” was not attached: the limit is 10 files.")
    assert len(sent_files(phone_page)) == 2


def _sent_bytes(requests: list[Request]) -> int:
    """How much the request with the file carried, as its header says."""
    return max(int(request.all_headers().get("content-length", 0)) for request in requests)
