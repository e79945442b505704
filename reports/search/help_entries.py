"""What the search finds besides rows: the terms of the glossary, and pages that answer a common question."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.urls import reverse

from recommendations.edition_context import edition_url
from recommendations.models import Edition
from recommendations.navigation_places import COUNTRY_ROLES, NOTIFIED_ROLES
from tiptracker.accounts.models import User
from tiptracker.choices import EMBASSY_ROLES, Role
from tiptracker.localization import gettext, gettext_noop
from tiptracker.web.glossary import translate_glossary
from tiptracker.web.word_forms import has_word

EVERYONE = frozenset(Role)
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class HelpEntry(NamedTuple):
    """A term or a page: what it is called, its address, and what it says. `other_words` find it too."""

    title: str
    url: str
    text: str
    other_words: str = ""


class HelpPage(NamedTuple):
    """A page that the search offers: its view, its title and what it says in English, and who has it.

    `other_words` are words that people use for it, in English. `anchor` names a part of the page.
    """

    view: str
    title: str
    text: str
    other_words: str
    roles: frozenset[Role] = EMBASSY_ROLES
    is_of_edition: bool = True
    anchor: str = ""


HELP_PAGES = (
    HelpPage(
        "methodology",
        gettext_noop("The chance of an upgrade"),
        gettext_noop("Readiness does not predict the tier. A low score is a safe warning. A high score is no promise."),
        gettext_noop("probability likelihood prediction forecast promotion better rank downgrade"),
        anchor="upgrade",
    ),
    HelpPage(
        "methodology",
        gettext_noop("How readiness is calculated"),
        gettext_noop("Which facts count, the four parts, and how a benchmark is judged."),
        gettext_noop("method formula points weight rule law"),
    ),
    HelpPage(
        "readiness_trend",
        gettext_noop("Trend"),
        gettext_noop("Readiness by week, as known at the time and with later information."),
        gettext_noop("history chart curve"),
    ),
    HelpPage(
        "readiness_what_if",
        gettext_noop("What-if"),
        gettext_noop("What readiness would be if some benchmarks were met."),
        gettext_noop("simulation scenario"),
    ),
    HelpPage(
        "timeline",
        gettext_noop("Timeline"),
        gettext_noop("Milestones such as the interim assessment, dialogues and due dates, by date."),
        gettext_noop("calendar deadline data call report Department year"),
    ),
    HelpPage(
        "country_comparison",
        gettext_noop("Comparison"),
        gettext_noop("Tiers and figures over the years, beside those of other countries."),
        gettext_noop("countries compare tier history region"),
    ),
    HelpPage(
        "briefing_list",
        gettext_noop("Briefings"),
        gettext_noop("Documents made from the record, to request and to download."),
        gettext_noop("PDF Word report print"),
    ),
    HelpPage(
        "handover",
        gettext_noop("Handover note"),
        gettext_noop("Open work by ministry, next steps, people and open notes, for the next officer."),
        gettext_noop("successor rotation leave"),
    ),
    HelpPage(
        "how_this_works",
        gettext_noop("How this works"),
        gettext_noop("What you do in TIP Tracker, step by step."),
        gettext_noop("help guide manual instructions"),
        EVERYONE,
        is_of_edition=False,
    ),
    HelpPage(
        "notice_settings",
        gettext_noop("Notices and mails"),
        gettext_noop("Choose which mails you get, how often, and on which days."),
        gettext_noop("e-mail reminder message digest"),
        NOTIFIED_ROLES,
        is_of_edition=False,
    ),
    HelpPage(
        "calendar_feed",
        gettext_noop("Your own calendar"),
        gettext_noop("Show what is due in your own calendar program."),
        gettext_noop("Outlook subscription reminder"),
        COUNTRY_ROLES,
        is_of_edition=False,
    ),
    HelpPage(
        "mfa_index",
        gettext_noop("Sign-in security"),
        gettext_noop("Your password and your second step."),
        gettext_noop("login passkey authenticator code telephone"),
        EVERYONE,
        is_of_edition=False,
    ),
    HelpPage(
        "mail_list",
        gettext_noop("Mails"),
        gettext_noop("Which mails were sent to whom, and what happened to them."),
        gettext_noop("e-mail message delivery bounced notice"),
        ADMINISTRATORS,
        is_of_edition=False,
    ),
    HelpPage(
        "status",
        gettext_noop("Status"),
        gettext_noop("Whether each part of the installation works, and what to do if not."),
        gettext_noop("health disk backup worker version certificate server"),
        ADMINISTRATORS,
        is_of_edition=False,
    ),
    HelpPage(
        "person_list",
        gettext_noop("People"),
        gettext_noop("Add a person, change or close an account, or hand it over to a successor."),
        gettext_noop("invite user officer leaves handover password last day"),
        ADMINISTRATORS,
        is_of_edition=False,
    ),
    HelpPage(
        "account_request_list",
        gettext_noop("Requests about accounts"),
        gettext_noop("Change an e-mail address, or remove a second step that was lost."),
        gettext_noop("passkey authenticator approval"),
        ADMINISTRATORS,
        is_of_edition=False,
    ),
)
"""Pages with an answer that is in no row, in the order in which they are shown."""


def find_help(user: User, edition: Edition | None, words: Sequence[str]) -> list[HelpEntry]:
    """Return the pages and terms that have each of the words; those with all of them in their title come first.

    Args:
        edition: the edition whose pages are offered; without one, these pages are left out.
        words: as `split_words` returns them.
    """
    if not words:
        return []
    entries = [*_list_pages(user, edition), *_list_terms()]
    found = [entry for entry in entries if _has_all(words, entry.title, entry.text, entry.other_words)]
    return sorted(found, key=lambda entry: not _has_all(words, entry.title))


def _has_all(words: Sequence[str], *texts: str) -> bool:
    return all(any(has_word(text, word) for text in texts) for word in words)


def _list_pages(user: User, edition: Edition | None) -> Iterator[HelpEntry]:
    for page in HELP_PAGES:
        if user.role not in page.roles or (page.is_of_edition and edition is None):
            continue
        url = edition_url(edition, page.view) if page.is_of_edition and edition else reverse(page.view)
        address = f"{url}#{page.anchor}" if page.anchor else url
        yield HelpEntry(gettext(page.title), address, gettext(page.text), gettext(page.other_words))


def _list_terms() -> Iterator[HelpEntry]:
    glossary = reverse("glossary")
    for section in translate_glossary():
        for term in section.terms:
            title = gettext("Glossary: %(term)s") % {"term": term.name}
            yield HelpEntry(title, f"{glossary}#{term.anchor}", term.meaning)
