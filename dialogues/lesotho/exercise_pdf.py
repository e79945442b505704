"""Make the attachments of the exercise: one-page PDFs that clearly say so. No Django here."""

from collections.abc import Sequence

_HEADER = "EXERCISE EXERCISE EXERCISE"
_FOOTER = "Made up for an exercise. It proves nothing about any government."


def render_exercise_pdf(title: str, lines: Sequence[str]) -> bytes:
    """Return a one-page A4 PDF with `title` and `lines`; header and footer say that it is an exercise. Reproducible.

    The PDF is written by hand, so that loading the exercise doesn't wait for a renderer. Texts must be in Latin-1.
    """
    drawn = [_draw_line(_HEADER, 16, 790), _draw_line(title, 14, 740)]
    drawn += [_draw_line(line, 11, 705 - 18 * row) for row, line in enumerate(lines)]
    drawn.append(_draw_line(_FOOTER, 9, 50))
    page = "\n".join(drawn).encode("latin-1")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    document, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        document
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(bodies) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(document))
    )


def _draw_line(text: str, size: int, height: int) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf 60 {height} Td ({escaped}) Tj ET"
