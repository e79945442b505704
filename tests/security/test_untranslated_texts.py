"""Every sentence of every page can be translated: in a made-up language, no page has English text.

Nor has it a colon between a label and a value that is the same in every language. Typed texts stay as they are. Texts
of the world are markers, so they differ from our sentences.
"""

import re
from datetime import datetime
from html.parser import HTMLParser
from unittest.mock import Mock, patch

import pytest
from django.core import mail
from django.db import transaction

from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.choices import BriefingKind
from reports.models import Document
from reports.readiness.backtest.country_years import packaged_country_years
from tests.factories import MASERU
from tests.pseudo_languages import LEFT_TO_RIGHT, marked_language, pseudo_languages
from tests.security import test_markers
from tests.security.access_requests import send_request
from tests.security.ministry_messages import MINISTRIES_KINDS
from tests.security.test_roles import RULES
from tests.test_catalogues import LANGUAGES, languages
from tests.transactions import outer_transaction
from tiptracker.accounts import mails
from tiptracker.accounts.models import User
from tiptracker.localization import in_language

TEXT_ATTRIBUTES = {"alt", "aria-label", "data-label", "placeholder", "title", "aria-description"}
UNTRANSLATED_NAMES = re.compile(
    r"\b(?:TIP Tracker|TIP|J/TIP|PDF|CSV|XLSX?|JSON|API|UNCLASSIFIED|SENSITIVE BUT UNCLASSIFIED|Lesotho|Malawi|Maseru|"
    r"MWK|Africa/\w+|LSO|MWI|LSL|Room \d+|English|français|Sesotho|Made-up[a-z ]*|OpenAPI|"
    r"SHA-256|ISO \d+|IANA|Excel|Word|QR|Esc|UTC|"
    r"Minister|A letter|cases|jpg|pdf|[0-9a-f]{8,64}|[A-Z2-7]{32}|tip_[\w-]*\w|"
    r"\d+ U\.S\.C\.[^\x1f]*|earlier|first|recommendation|"
    r"Fund the shelter and its staff|Seen with our own eyes)\b"
)
"""Names, codes and hashes, which are the same in every language, and what the factories write into the record."""
DATE = re.compile(r"\d+-a de")
ADDRESS = re.compile(r"(?:https?://|[\w.+-]+@)[^\s⟦⟧<>]+")
LIST_PAGES = {"setup_add", "setup_country"}
"""Pages with lists of countries, currencies and places, whose names come from a library in English."""


class _Texts(HTMLParser):
    """Collect the texts of a page, and attributes that are read out or shown.

    What is marked as a command or as English is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.unread = 0
        self.is_command = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.is_command = tag == "code" and named.get("translate") == "no"
        self.is_command |= tag == "span" and named.get("lang") == "en"
        self.unread += tag in ("script", "style")
        self.texts += [value for name, value in attrs if name in TEXT_ATTRIBUTES and value]
        if tag == "input" and named.get("type") in ("submit", "button"):
            self.texts.append(named.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in ("script", "style")
        self.is_command = False

    def handle_data(self, data: str) -> None:
        if not (self.unread or self.is_command):
            self.texts.append(data)


def untranslated_texts(body, typed):
    """Return the texts of a page that are neither translated nor typed by a person."""
    page = _Texts()
    page.feed(body)
    return left_in_english("\x1f".join(page.texts), typed)


def left_in_english(whole, typed):
    """Return the texts that are neither translated nor typed by a person, of some that \x1f separates."""
    for text in typed:
        whole = whole.replace(text, "").replace(f"{text[:1].upper()}{text[1:]}", "")
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "", whole)) != whole:
        whole = shorter
    left = DATE.sub("", UNTRANSLATED_NAMES.sub("", whole))
    return [" ".join(text.split()) for text in left.split("\x1f") if re.search(r"[A-Za-z]{3,}", text)]


PAGE_RULES = [line for line in RULES if line.method == "GET" and not line.is_api and line.route not in LIST_PAGES]


COLON_WITHOUT_ITS_SPACE = re.compile(r"\w+[)»”]?\x1f*:(?=[\s\x1f]|$)")
COLON_OF_NO_LANGUAGE = re.compile(r"(?:⟧|\b\d+[a-z]?)[)»”]?\x1f*:(?=[\s\x1f]|$)")
"""A colon that follows a translated text or a number, outside of any translation. French has a space before it."""


def colons_of_no_language(body, typed):
    """Return what a page has around a colon that a template or code writes, so that no language can change it."""
    page = _Texts()
    page.feed(body)
    whole = "\x1f".join(page.texts)
    for text in typed:
        whole = whole.replace(text, "")
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "〈〉", whole)) != whole:  # a sentence may have others in it
        whole = shorter
    return COLON_OF_NO_LANGUAGE.findall(whole.replace("〈〉", "⟧"))


def typed_texts(world):
    """Return what is the same in every language on pages, longest first: typed texts, names and published data."""
    typed = {f"{what} {tail}" for tail, (what, _) in world.marks.items()} | world.names_of_people
    typed |= {text for row in packaged_country_years() for text in (row.country, *row.sources)}
    return sorted(typed, key=len, reverse=True)


def find_untranslated(world, reader, language):
    """Return the texts in English on the pages of a reader of this language, each with the page where it is."""
    typed = typed_texts(world)
    found = {}
    with outer_transaction():
        User.objects.update(language=language)
        for line in PAGE_RULES:
            answer = send_request(world, line, reader)
            if "html" in answer.headers.get("Content-Type", "") and answer.status in ("200", "403", "404"):
                for text in (*untranslated_texts(answer.body, typed), *colons_of_no_language(answer.body, typed)):
                    found.setdefault(text, str(line))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("reader", ["officer", "own", "administrator"])
def test_no_page_says_anything_that_cannot_be_translated(world, reader):
    with pseudo_languages():
        assert find_untranslated(world, reader, LEFT_TO_RIGHT) == {}


@pytest.mark.parametrize("language", languages(LANGUAGES))
def test_no_page_of_a_ministry_in_another_language_says_anything_in_english(world, language):
    """With the real catalogues. Those that are for all readers are checked for completeness (`test_catalogues.py`)."""
    with marked_language(language):
        assert find_untranslated(world, "own", language) == {}


@pytest.mark.parametrize("kind", ["ambassador", "ministry", "dialogue"])
def test_no_document_says_anything_that_cannot_be_translated(world, kind):
    typed = sorted(world.names_of_people | {f"{what} {tail}" for tail, (what, _) in world.marks.items()}, key=len)
    subject = {"ministry": {"ministry": world.rows["police"]}, "dialogue": {"dialogue": world.rows["dialogue"]}}
    now = datetime(2022, 1, 28, 9, tzinfo=MASERU)
    with outer_transaction(), pseudo_languages(), in_language(LEFT_TO_RIGHT):
        content = build_document(
            document=Document(BriefingKind(kind), language=LEFT_TO_RIGHT, **subject.get(kind, {})),
            edition=world.rows["edition"],
            reader=world.people["officer"],
            as_of=now.date(),
            known_by=now,
            tells_known_by=False,
        )
        html = render_html(content)
        transaction.set_rollback(True)

    assert f'<html lang="{LEFT_TO_RIGHT}">' in html
    assert '<span lang="en">' in html
    assert untranslated_texts(html, reversed(typed)) == []


@pytest.mark.parametrize("language", languages(LANGUAGES))
def test_no_mail_to_a_ministry_in_another_language_says_anything_in_english(world, language):
    typed = [f"{what} {tail}" for tail, (what, _) in world.marks.items()] + sorted(world.names_of_people)
    person = world.people["own"]
    with (
        outer_transaction(),
        marked_language(language),
        patch.object(test_markers, "NoticeKind", MINISTRIES_KINDS),
        patch.object(mails, "notify_log_fault", Mock()),
        patch.object(mails, "notify_administrator_added", Mock()),
        patch.object(test_markers, "notify_failure", Mock()),
    ):
        User.objects.filter(pk=person.pk).update(language=language)
        person.refresh_from_db()
        test_markers.all_mails(world, "own")
        sent = [
            ADDRESS.sub("", f"{message.subject}\x1f{message.body}")
            for message in mail.outbox
            if person.email in message.to
        ]
        transaction.set_rollback(True)

    assert len(sent) > 10
    assert {text for each in sent for text in left_in_english(each, typed)} == set()
    if language == "fr":
        for text in typed:
            sent = [each.replace(text, "") for each in sent]
        assert [found for each in sent for found in COLON_WITHOUT_ITS_SPACE.findall(re.sub(r"[⟦⟧]", "", each))] == []
