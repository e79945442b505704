"""Made-up narratives in the layout of the TIP Report, marked as an exercise. No wording is the report's."""

from html import escape

from tests.recommendations.importing.readers.sample_reports import pack_word, word_bullets, word_paragraph

MARK = "[exercise]"
"""Not in round brackets: documents take those at the end of a recommendation for its short name."""
ITEMS = (
    "Train labor inspectors, nurses and teachers to recognize signs of forced labor",
    "Increase efforts to investigate and prosecute traffickers, including complicit officials",
    "Adopt written procedures to identify victims, and train front-line officers in them",
    "Fund a shelter that takes in adult victims of either sex",
    "Convene the coordinating committee every quarter and publish what it decides",
    "Hold awareness campaigns in all districts",
    "Amend the law so that the fine is no alternative to a prison term",
    "Proactively identify victims among people who work in private homes",
    "Launch the next national action plan with money for its first year",
    "License recruitment agencies and inspect them without notice",
    "Give victims a lawyer and an interpreter before they are questioned",
    "Collect data on cases in one register, from the first report to the sentence",
    "Sentence convicted traffickers to prison terms that they serve",
    "Open a telephone hotline that answers at night and in every language of the country",
    "Refer victims to care within a day, and follow up after three months",
)
OPENING = (
    "This narrative is an exercise. It was made up, and says nothing about the country whose name it bears. The "
    "government of the exercise does not fully meet the minimum standards but is making significant efforts to do so."
)
PROSE = "The government of the exercise continued what it had begun. Nothing in this paragraph happened."
HEADING = "PRIORITIZED RECOMMENDATIONS:"


def recommendations(number: int) -> list[str]:
    """Return so many recommendations, each marked as an exercise."""
    return [f"{item} {MARK}." for item in ITEMS[:number]]


def narrative_file(country: str, tier: str, number: int, layout: str) -> tuple[str, str, bytes]:
    """Return the name, the media type and the content of a narrative as a file in one of `LAYOUTS`."""
    return LAYOUTS[layout](country, tier, recommendations(number))


def _text(country: str, tier: str, items: list[str]) -> tuple[str, str, bytes]:
    listed = "\n".join(f"• {item}" for item in items)
    text = f"{country.upper()}: {tier.upper()}\n\n{OPENING}\n\n{HEADING}\n\n{listed}\n\nPROSECUTION\n\n{PROSE}\n"
    return "narrative.txt", "text/plain", text.encode()


def _web_page(country: str, tier: str, items: list[str]) -> tuple[str, str, bytes]:
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    body = (
        f"<h1>{escape(country)} ({tier})</h1><p>{OPENING}</p><p><strong>{HEADING}</strong></p><ul>{listed}</ul>"
        f"<p><strong>PROSECUTION</strong></p><p>{PROSE}</p>"
    )
    page = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Exercise</title></head><body>{body}'
    return "narrative.html", "text/html", f"{page}</body></html>".encode()


def _word_document(country: str, tier: str, items: list[str]) -> tuple[str, str, bytes]:
    before = "".join(word_paragraph(text) for text in (f"{country.upper()} ({tier})", OPENING, HEADING))
    after = "".join(word_paragraph(text) for text in ("PROSECUTION", PROSE))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return "narrative.docx", kind, pack_word(f"{before}{word_bullets(items)}{after}")


LAYOUTS = {"text": _text, "web page": _web_page, "Word": _word_document}
"""The kinds of files in which embassies have the narrative."""
