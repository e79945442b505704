"""Hundreds of damaged and hostile files: no crash, no hang, and only valid copies are stored.

The mutations are the same each time. MUTATED_FILES says how many there are; `.ci/run` asks for 2,000.
"""

import io
import os
import random
import signal
import zipfile
import zlib
from functools import partial

import pikepdf
import pytest
from PIL import ExifTags, Image

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import sanitize_file
from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox
from tests.dialogues.sample_files import (
    ACTIVE_CONTENT_MARKER,
    EXCEL_TYPE,
    JAVASCRIPT_ACTION,
    WORD_TYPE,
    full_docx,
    full_xlsx,
    pdf,
    picture,
    zip_parts,
)
from tiptracker.sandbox.sandbox import Sandbox

# Pillow warns of much that is wrong; here that would be an error, which it isn't where files are really cleaned.
pytestmark = pytest.mark.filterwarnings("ignore")

FILES = int(os.environ.get("MUTATED_FILES", "200"))
MAX_SECONDS = 5
"""Processor seconds for one file."""

EXIF = Image.Exif()
EXIF[ExifTags.Base.Orientation], EXIF[ExifTags.Base.Make] = 6, "Telephone of Thabo"
JPEG = picture("JPEG", exif=EXIF)


def add_scripts(pdf):
    pdf.Root.OpenAction = JAVASCRIPT_ACTION
    pdf.pages[0].AA = pikepdf.Dictionary(O=JAVASCRIPT_ACTION)
    pdf.attachments["a.exe"] = ACTIVE_CONTENT_MARKER


VALID_FILES = {
    "pdf": (".pdf", "application/pdf", pdf(add_scripts, compress_streams=False)),
    "packed pdf": (".pdf", "application/pdf", pdf(add_scripts, object_stream_mode=pikepdf.ObjectStreamMode.generate)),
    "docx": (".docx", WORD_TYPE, full_docx()),
    "xlsx": (".xlsx", EXCEL_TYPE, full_xlsx()),
    "png": (".png", "image/png", picture("PNG", mode="RGBA", exif=EXIF)),
    "jpeg": (".jpg", "image/jpeg", JPEG),
}


def mutate(content, chance):
    """Return `content` with up to eight places overwritten, removed, doubled or filled, and sometimes cut off."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at, length = chance.randrange(len(made)), chance.choice((1, 1, 1, 2, 4, 16, 64))
        piece = made[at : at + length]
        made[at : at + length] = chance.choice(
            (
                bytes(byte ^ 1 << chance.randrange(8) for byte in piece),
                chance.randbytes(length),
                b"\xff" * length,
                b"\x00" * length,
                str(chance.choice((0, -1, 2**31, 2**63))).encode(),
                piece * chance.randint(2, 40),
                b"",
            )
        )
        made = made or bytearray(content)
    return bytes(made[: chance.randrange(len(made))] if chance.random() < 0.05 else made)


def mutate_part(content, chance):
    """Return a valid zip or PNG with one mutated part."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(sorted(parts))
        return zip_parts(parts | {name: mutate(parts[name], chance)})
    chunks, at = [], 8
    while at < len(content):
        length = int.from_bytes(content[at : at + 4])
        chunks.append(content[at + 4 : at + 8 + length])
        at += 12 + length
    number = chance.randrange(len(chunks))
    chunks[number] = chunks[number][:4] + mutate(chunks[number][4:] or b"a", chance)
    return content[:8] + b"".join(
        (len(chunk) - 4).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) for chunk in chunks
    )


def mutated_files(kind):
    """Return the mutated files of one sample. Every second zip and PNG is mutated inside."""
    content = VALID_FILES[kind][2]
    chance = random.Random(f"tip tracker {kind}")  # noqa: S311 -- the same each time
    for number in range(FILES // len(VALID_FILES) + 1):
        inside = kind in {"docx", "xlsx", "png"} and number % 2
        yield (mutate_part if inside else mutate)(content, chance)


def is_what_it_claims(media_type, content):
    """Compare a copy with other readers than the one that cleaned it, if there are any."""
    if media_type == "application/pdf":
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as kept:
            return len(kept.pages) > 0 and not kept.attachments and "/OpenAction" not in kept.Root
    if media_type.startswith("image/"):
        with Image.open(io.BytesIO(content)) as kept:
            kept.load()
            return kept.get_format_mimetype() == media_type and not kept.getexif()
    with zipfile.ZipFile(io.BytesIO(content)) as kept:
        return kept.testzip() is None and not any("bin" in name for name in kept.namelist())


@pytest.fixture
def limit_processor_time():
    """Fail a file that takes more than MOST_SECONDS of processor time. Call it before each file."""

    def too_long(*_):
        raise AssertionError(f"more than {MAX_SECONDS} seconds on one file")

    before = signal.signal(signal.SIGPROF, too_long)
    yield lambda: signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("kind", VALID_FILES)
def test_mutated_files_are_refused_or_kept_as_what_they_claim_to_be(kind, limit_processor_time):
    extension, media_type, content = VALID_FILES[kind]
    assert sanitize_file(content, extension).media_type == media_type
    kept = refused = 0
    for sent in mutated_files(kind):
        limit_processor_time()
        try:
            cleaned = sanitize_file(sent, extension)
        except FileRejected:
            refused += 1
            continue
        kept += 1
        assert cleaned.media_type == media_type
        assert ACTIVE_CONTENT_MARKER not in cleaned.content
        assert is_what_it_claims(media_type, cleaned.content), sent
        assert sanitize_file(cleaned.content, extension).media_type == media_type
    assert refused
    assert kept


@pytest.mark.parametrize("kind", VALID_FILES)
def test_mutated_files_fare_alike_in_a_process_of_their_own(kind):
    extension = VALID_FILES[kind][0]

    def told(way, sent):
        try:
            return way(sent, extension)
        except FileRejected as refusal:
            return str(refusal)

    for _, sent in zip(range(2), mutated_files(kind), strict=False):
        assert told(partial(sanitize_file_in_sandbox, run=Sandbox(None)), sent) == told(sanitize_file, sent)
