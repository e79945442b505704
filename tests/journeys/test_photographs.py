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

MOST_BYTES = 300_000
LONGEST_SIDE = 2_000
SLOW = {"offline": False, "latency": 50, "downloadThroughput": 1_000_000, "uploadThroughput": 8_000}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
WATCH_WHAT_IS_SENT = """
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
def phone(live: RunningServer, commitment: Commitment, browser: Browser) -> Iterator[Page]:
    """The update form on a telephone, with a note of each file as it is sent."""
    own = commitment.ministry.users.get()
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True)
    live.force_sign_in(context, own)
    page = context.new_page()
    page.add_init_script(WATCH_WHAT_IS_SENT)
    page.goto(f"{live.url}{reverse('update_send', args=[commitment.pk])}")
    yield page
    context.close()


def bring(page: Page, *files: tuple[str, bytes]) -> None:
    page.get_by_label("Proof").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )


def kept(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def rows(page: Page) -> Locator:
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


def test_a_photograph_travels_small_upright_and_without_its_place(phone: Page, commitment: Commitment) -> None:
    chosen, requests = large_photograph(), []
    assert 1_700_000 < len(chosen) < 2_000_000
    assert GPS_PLACE in chosen
    phone.on("request", lambda request: requests.append(request) if request.method == "POST" else None)

    bring(phone, ("yard.jpg", chosen))
    expect(kept(phone, "yard.jpg")).to_be_checked(timeout=30_000)
    (sent,) = sent_files(phone)
    assert len(sent) <= MOST_BYTES
    assert _bytes_on_the_wire(requests) < MOST_BYTES + 5_000
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
    expect(kept(phone, note)).to_be_checked()

    # What is small already goes without its place, and is not drawn anew. It stays upright.
    bring(phone, ("small.jpg", small_photograph()))
    expect(kept(phone, "small.jpg")).to_be_checked(timeout=30_000)
    small = sent_files(phone)[1]
    assert GPS_PLACE not in small
    with Image.open(io.BytesIO(small)) as travelled, Image.open(io.BytesIO(small_photograph())) as taken:
        assert dict(travelled.getexif()) == {ExifTags.Base.Orientation: 6}
        assert travelled.tobytes() == taken.tobytes()
    assert EvidenceFile.objects.get(name="small.jpg").original_size is None

    # A screen stays as it is drawn; a photograph that calls itself a PNG becomes a JPEG.
    screen, scan = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (2400, 1200), "white").save(screen, "PNG", compress_level=0)
    Image.effect_noise((900, 700), 90).convert("RGB").save(scan, "PNG")
    bring(phone, ("screen.png", screen.getvalue()), ("scan.png", scan.getvalue()))
    expect(kept(phone, "scan.jpg")).to_be_checked(timeout=30_000)
    expect(kept(phone, "screen.png")).to_be_checked()
    for content, kind in zip(sent_files(phone)[2:], ("PNG", "JPEG"), strict=True):
        with Image.open(io.BytesIO(content)) as travelled:
            assert (travelled.format, len(content) <= MOST_BYTES) == (kind, True)

    # At full size it goes byte by byte.
    choose_option(phone, "Send photographs at full size")
    bring(phone, ("print.jpg", chosen))
    expect(kept(phone, "print.jpg")).to_be_checked(timeout=30_000)
    whole = EvidenceFile.objects.get(name="print.jpg")
    assert (whole.received_sha256, whole.original_size) == (sha256(chosen).hexdigest(), None)
    save_screenshots(phone, "photographs-attached")

    phone.get_by_label("Summary in one line").fill("The shelter has a yard")
    phone.get_by_label("What was done").fill("See the photographs.")
    choose_option(phone, "Under way")
    phone.get_by_label("End date").first.fill("2022-01-20")
    phone.get_by_role("button", name="Send to the embassy").click()
    expect(phone.get_by_text("Your update was sent to the embassy.")).to_be_visible(timeout=15_000)
    names = [piece.file.name for piece in UpdateVersion.objects.get().evidence.order_by("pk") if piece.file]
    assert sorted(names) == ["print.jpg", "scan.jpg", "screen.png", "small.jpg", "yard.jpg"]


def test_each_file_has_its_bar_can_be_cancelled_and_adds_to_those_chosen_before(phone: Page) -> None:
    line = phone.context.new_cdp_session(phone)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)

    # Two files, the second one waits for the first. Each says its name, how far it is, and can be cancelled.
    bring(phone, ("first.txt", b"First. " * 9_000), ("second.txt", b"Second. " * 100))
    expect(rows(phone)).to_have_count(2)
    expect(rows(phone).first).to_contain_text(re.compile(r"first\.txt.*\d+%"), timeout=15_000)
    expect(phone.get_by_role("progressbar", name="first.txt")).to_be_visible()
    expect(rows(phone).last).to_contain_text("Waiting.")
    save_screenshots(phone, "photographs-sending")

    # A text is saved meanwhile, and the page is in no conflict with itself.
    told = phone.locator("[data-draft-said]")
    phone.get_by_label("What was done").press_sequentially("Both lists follow.")
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    expect(rows(phone)).to_have_count(2)
    assert Draft.objects.get().content["narrative"] == ["Both lists follow."]

    phone.get_by_role("button", name="Cancel first.txt").click()
    expect(kept(phone, "second.txt")).to_be_checked(timeout=15_000)
    expect(rows(phone)).to_have_count(0)
    assert [file.name for file in EvidenceFile.objects.all()] == ["second.txt"]

    # The next choice adds to it; a file that has arrived is removed by its tick.
    line.send("Network.emulateNetworkConditions", FAST)
    bring(phone, ("third.pdf", blank_pdf()), ("fourth.txt", b"Fourth"))
    for name in ("second.txt", "third.pdf", "fourth.txt"):
        expect(kept(phone, name)).to_be_checked(timeout=15_000)
    choose_option(phone, r"third\.pdf.*")
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    expect(phone.get_by_role("alert")).to_have_count(0)
    phone.reload()
    assert sorted(file.name for file in Draft.objects.get().files.all()) == ["fourth.txt", "second.txt"]
    expect(phone.get_by_role("checkbox", name=re.compile(r"\.(txt|pdf)"))).to_have_count(2)

    # The line is gone: it says so, and goes on by itself when the line is back. The form waits with its file.
    phone.get_by_label("Summary in one line").fill("Four lists")
    phone.get_by_label("End date").first.fill("2022-01-20")
    choose_option(phone, "Under way")
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    phone.context.set_offline(True)
    bring(phone, ("fifth.txt", b"Fifth"))
    expect(rows(phone)).to_contain_text("Not sent: there is no connection.", timeout=15_000)
    expect(phone.get_by_role("button", name="Try again fifth.txt")).to_be_visible()
    phone.get_by_role("button", name="Send to the embassy").click()
    expect(phone.get_by_role("heading", name="Your update waits on this device")).to_be_visible(timeout=15_000)
    save_screenshots(phone, "photographs-waiting")
    assert not UpdateVersion.objects.exists()
    phone.context.set_offline(False)
    expect(phone.get_by_text("was sent to the embassy")).to_be_visible(timeout=30_000)
    assert {piece.file.name for piece in UpdateVersion.objects.get().evidence.all() if piece.file} == {
        "second.txt",
        "fourth.txt",
        "fifth.txt",
    }


def test_what_the_server_would_refuse_is_refused_before_it_is_sent(phone: Page) -> None:
    rules = list_upload_rules()

    def with_few_files(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(json.dumps({"files": 10})[1:-1], '"files": 2'))

    assert settings.UPLOAD_MAX_FILES == 10
    phone.route(phone.url, with_few_files)
    phone.reload()
    large = b"%PDF-" + b"0" * settings.UPLOAD_MAX_BYTES
    bring(phone, ("list.exe", b"MZ"), ("IMG_1.HEIC", b"heic"), ("empty.pdf", b""), ("large.pdf", large))
    for rule, name in (("unknown", "list.exe"), ("apple", "IMG_1.HEIC"), ("empty", "empty.pdf")):
        expect(rows(phone).filter(has_text=name)).to_contain_text(rules[rule] % {"name": name}, timeout=15_000)
    expect(rows(phone).filter(has_text="large.pdf")).to_contain_text(
        rules["oversized"] % {"name": "large.pdf", "size": "10 MB"}
    )
    assert sent_files(phone) == []
    save_screenshots(phone, "photographs-refused")

    # Nothing is sent without a file that was chosen, until its sender has removed it.
    phone.get_by_role("button", name="Send to the embassy").click()
    expect(phone.get_by_text("This form was not sent, because “list.exe” is not attached.")).to_be_visible()
    expect(phone.get_by_role("button", name="Remove list.exe")).to_be_focused()
    for name in ("list.exe", "IMG_1.HEIC", "empty.pdf", "large.pdf"):
        phone.get_by_role("button", name=f"Remove {name}").click()
    expect(rows(phone)).to_have_count(0)

    # The limit holds across choices.
    bring(phone, ("one.txt", b"One"), ("two.txt", b"Two"))
    expect(kept(phone, "two.txt")).to_be_checked(timeout=15_000)
    bring(phone, ("three.txt", b"Three"))
    expect(rows(phone)).to_contain_text("“three.txt” was not attached: the limit is 10 files.")
    assert len(sent_files(phone)) == 2


def _bytes_on_the_wire(requests: list[Request]) -> int:
    """How much the request with the file carried, as its header says."""
    return max(int(request.all_headers().get("content-length", 0)) for request in requests)
