"""Files drawn as pictures in a confined process: which pages, how large and how many."""

import io
import subprocess
import sys

import pikepdf
import pytest
from django.conf import settings
from PIL import Image

from dialogues.files.previews import (
    MAX_HEIGHT,
    MAX_PAGES,
    MAX_WIDTH,
    Outline,
    PreviewError,
    Size,
    draw_page,
    preview_sandbox,
    read_outline,
)
from dialogues.files.previews.preview_sandbox import draw_page_in_sandbox, read_outline_in_sandbox
from tests.dialogues.sample_files import JPEG, PDF, PNG, picture
from tiptracker.sandbox.sandbox import Sandbox

PDF_TYPE = "application/pdf"


def blank_pdf(*sizes, rotated=0):
    """Return a PDF of empty pages of these sizes, in points."""
    made, file = pikepdf.new(), io.BytesIO()
    for size in sizes:
        made.add_blank_page(page_size=size).Rotate = rotated
    made.save(file)
    return file.getvalue()


def draw_image(content, media_type=PDF_TYPE, page=1):
    image = Image.open(io.BytesIO(draw_page(content, media_type, page)))
    assert image.format == "JPEG"
    return image


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (blank_pdf((595, 842)), (1200, 1698)),
        (blank_pdf((595, 842), rotated=90), (1200, 848)),
        (blank_pdf((10, 14_000)), (2, MAX_HEIGHT)),  # the longest page there may be: no larger a picture for it
        (blank_pdf((14_000, 10)), (MAX_WIDTH, 1)),
    ],
)
def test_pages_are_drawn_within_a_column_in_their_proportions(content, size):
    assert read_outline(content, PDF_TYPE).sizes == (Size(*size),)
    assert all(abs(drawn - other) <= 1 for drawn, other in zip(draw_image(content).size, size, strict=True))


def test_pictures_are_drawn_no_larger_than_they_are_and_on_white():
    assert read_outline(JPEG, "image/jpeg") == Outline(1, (Size(64, 48),))
    assert draw_image(PNG, "image/png").size == (64, 48)
    assert draw_image(picture("JPEG", (2400, 600)), "image/jpeg").size == (1200, 300)
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(clear, "PNG")
    assert draw_image(clear.getvalue(), "image/png").getpixel((1, 1)) == (255, 255, 255)


def test_only_the_pages_that_are_shown_are_drawn():
    long = blank_pdf(*[(100, 100)] * (MAX_PAGES + 3))

    assert (read_outline(long, PDF_TYPE).pages, len(read_outline(long, PDF_TYPE).sizes)) == (MAX_PAGES + 3, MAX_PAGES)
    assert draw_image(long, page=MAX_PAGES).size == (1200, 1200)
    for page in (0, MAX_PAGES + 1, 1 << 40):
        with pytest.raises(PreviewError):
            draw_page(long, PDF_TYPE, page)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\n%%EOF\n", PNG, PDF[: len(PDF) // 2]])
def test_a_damaged_file_cannot_be_drawn(content):
    with pytest.raises(PreviewError):
        draw_page(content, PDF_TYPE, 1)
    with pytest.raises(PreviewError):
        read_outline_in_sandbox(content, PDF_TYPE, run=Sandbox(None))


def test_a_confined_process_draws_the_same():
    assert draw_page_in_sandbox(PDF, PDF_TYPE, 1, run=Sandbox(None)) == draw_page(PDF, PDF_TYPE, 1)
    assert read_outline_in_sandbox(PDF, PDF_TYPE, run=Sandbox(None)) == read_outline(PDF, PDF_TYPE)
    assert draw_page_in_sandbox(PNG, "image/png", 1, run=Sandbox(None)) == draw_page(PNG, "image/png", 1)


def test_a_file_that_takes_too_long_or_breaks_the_process_cannot_be_drawn(monkeypatch):
    with monkeypatch.context() as slow:
        slow.setattr(preview_sandbox, "TIMEOUT_SECONDS", 0.001)
        with pytest.raises(PreviewError):
            draw_page_in_sandbox(PDF, PDF_TYPE, 1, run=Sandbox(None))
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(PreviewError):
        read_outline_in_sandbox(PDF, PDF_TYPE, run=Sandbox(None))


def test_the_process_is_confined_before_it_reads_a_byte():
    script = (
        "import runpy, sys, tiptracker.sandbox.confinement as confined; confined.confine = lambda **_: sys.exit(7);"
        "sys.argv = ['previews', 'application/pdf', '1'];"
        " runpy.run_module('dialogues.files.previews', run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, check=False)

    assert done.returncode == 7
