"""The table of access rights as a page: `python -m tests.security.access_page` writes docs/access.md.

Only the explanations are written by hand. So the page cannot differ from what the suite tests.
"""

import re
import sys

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip

from tests.security.access_requests import (
    ENROLMENT_REDIRECT,
    SIGN_IN_REDIRECT,
    UNKNOWN_ID,
    AccessRule,
    parse_rules,
    rule_url,
)
from tests.security.test_roles import OPEN_WITHOUT_SECOND_FACTOR, TABLE
from tests.security.world import READERS

assert conftest
PAGE = settings.BASE_DIR / "docs" / "access.md"

COLUMNS = {
    "officer": "Officer",
    "second": "Second officer",
    "ambassador": "Ambassador",
    "observer": "Observer",
    "own": "Own ministry",
    "supporting": "Supporting ministry",
    "other": "Other ministry",
    "elsewhere": "Other country",
    "administrator": "Administrator",
    "post": "Administrator of the post",
    "other_post": "Administrator of another post",
    "out": "Signed out",
    "deactivated": "Closed account",
}
UNENROLLED = "No second step"
REDIRECTS_WHEN_SIGNED_IN = frozenset({
    "home", "account_login", "mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
})  # fmt: skip
"""Pages that lead every signed-in person to another page, whatever they send."""
ROW_LABELS = {
    "account_entry": "an entry on an account",
    "account_request": "a request about the observer’s account",
    "answered": "a request for information whose answer is with the embassy",
    "asked": "a request for information to the ministry",
    "assessed": "a benchmark",
    "assessment": "an assessment",
    "question_set": "a draft set of questions",
    "returned_evidence": "evidence that a ministry sent and the embassy reviewed",
    "briefing": "a briefing",
    "concrete_action": "one part of readiness",
    "imported_entry": "an entry of an imported log",
    "indicator": "an indicator of the ministry’s benchmarks",
    "list_import": "a draft import",
    "certificate": "a certificate of disposal",
    "called_off": "a dialogue that was called off",
    "dialogue": "a dialogue with commitments of two ministries",
    "edition": "an edition",
    "entry": "an entry on the record",
    "failed_briefing": "a briefing that failed",
    "first": "a recommendation that names both ministries",
    "input": "input for Washington",
    "internal": "evidence that is internal to the embassy",
    "internal_file": "a file that is internal to the embassy",
    "lesotho": "a country",
    "milestone": "a milestone",
    "observer_person": "an account",
    "of_internal": "of evidence that is internal to the embassy",
    "of_shared": "of evidence shared with the ministry",
    "note": "an internal note that names the ambassador",
    "question": "a yearly question",
    "officers_filter": "a saved filter of the officer",
    "own_workbook": "a workbook that the focal point uploaded and has not sent",
    "officers_notice": "a notice of the officer",
    "officers_token": "an API token of the officer",
    "us_commitment": "a commitment of the United States",
    "law": "an entry on the law",
    "partner": "a partner",
    "chosen": "an indicator of a dialogue, proposed to the ministry",
    "contribution": "a contribution",
    "planned": "a planned dialogue",
    "passkey": "somebody else’s passkey",
    "police": "the ministry itself",
    "proposal": "a due date that the ministry proposes",
    "agreed_proof": "an agreed proof for a commitment of the ministry",
    "commitment": "a commitment of the ministry",
    "home_commitment": "a commitment of another ministry",
    "reading": "a figure that the ministry sent",
    "redaction": "a redaction",
    "reported": "a commitment of the United States that the officer reported done",
    "run": "a run",
    "returned_evidence_review": "the review of what the ministry sent",
    "shared_review": "the review of evidence shared with the ministry",
    "sent": "evidence that the ministry sent",
    "returned_version": "a returned update",
    "sent_file": "a file that the ministry sent",
    "settled": "a settled commitment",
    "statement_file": "a file of a dialogue",
    "step": "a next step agreed with the ministry",
    "shared_account_entry": "an entry on an account of both countries",
    "foreign_account_entry": "an entry on an account of another country",
    "ministry_entry": "an entry on a ministry",
    "shared_officer": "an account that works on both countries",
    "post_person": "the account of the post’s administrator",
    "shared": "evidence shared with the ministry",
    "shared_file": "a file shared with the ministry",
    "three_ps": "one part of readiness",
    "drafted_file": "a file in a draft of the ministry",
    "unsent_file": "a file that somebody uploaded and has not sent",
    "unstarted": "a commitment without an update",
    "update": "an update of the ministry",
    "waiting": "an update with the embassy",
}
"""What the rows of the table are, in words."""

FIRST_TABLE = """
GET dashboard -
GET readiness_detail -
GET recommendation_detail first
GET commitment_detail commitment
GET evidence_detail internal
GET evidence_detail sent
GET evidence_file sent_file
GET dialogue_detail dialogue
POST update_send unstarted
POST evidence_log -
GET version_detail waiting
POST version_accept waiting
POST evidence_review internal
POST benchmark_assess assessed
GET briefing_file briefing
POST briefing_clear briefing
POST redaction_detail redaction
GET log_list -
POST person_edit observer_person
GET evidence-list -
"""
"""The lines of the first table, which readers look for first. The other tables leave them out."""

INTRODUCTION = """# Who may see what, and who may do what

Do not edit this page. `make pages` writes it from the table that the suite tests. The suite fails if the two differ. It
tests every cell: it sends the request as that person, while the database also holds rows of other ministries and of
another country. These must not appear.

**In short:** the embassy reads everything about its own country and nothing about another. A ministry reads its
commitments, its updates and the embassy's replies. Administrators manage accounts and read no record of a country. An
administrator with countries is for these alone; one without is for the whole installation. Nobody reads anything before
both steps of signing in.

## Who asks

| column | who that is |
|---|---|
| Officer | an officer of the embassy, who recorded most of the rows |
| Second officer | another officer of the same embassy, because nobody verifies what they recorded themselves |
| Ambassador, Observer | of the same embassy; observers only read |
| Own ministry | a focal point of the ministry that the row belongs to |
| Supporting ministry | a focal point of a ministry that a recommendation only names as supporting |
| Other ministry | a focal point of a ministry with other rows |
| Other country | an officer of another country's embassy |
| Administrator | manages accounts, countries and ministries of the whole installation |
| Administrator of the post | manages them for the country that the row belongs to, and for no other one |
| Administrator of another post | manages them for another country alone |
| Signed out | a visitor who has not signed in |
| Closed account | an officer whose account was closed during the session |
| No second step | an officer who signed in with the password only |

## What the words mean

| word | meaning |
|---|---|
| yes | the page opens, or the request is carried out |
| **no** | the person may not do this (403) |
| hidden | the answer is the same as if the row did not exist (404; a program may get 400) |
| refused | the person may use the form, but the input breaks a rule or names a row that is not theirs (409, 422) |
| redirect | another page opens |
| sign in | the sign-in page opens; a program gets 401 |
| set up | the page to set up the second step opens; a program gets 403 |
| void | the link does not work (410) |
| – | nobody can do this here (405) |

“Open” means to open a page or read an answer (GET). “Send” means to send a form or a request (POST). The tables are
wide; on a small screen, scroll sideways. The lines of the first table are not repeated in the others.

## What else is tested for each line

- The suite searches every answer for texts that its reader must not see, also refusals and parts of pages.
- It puts a marker into every text, figure and file of each kind of row. Then it searches everything that a ministry can
  reach by page, program, file and mail for these markers. A short list says what a ministry may read. A new field is
  internal until somebody adds it to that list.
- It compares lists completely, with their counts. It tries filters with the numbers of hidden rows and of rows that do
  not exist. No list can be ordered or searched by something that it does not show.
- Hidden and unknown rows give the same words, headers and database statements. A wrong password costs the same work
  for an unknown address and for every account, also a closed, expired or invited one.
- Other methods than those below open and write nothing.
- A page of an edition (`/{country}/{year}/…`) is tested with an edition of the reader's own country. For a reader who
  does not follow that country it is hidden, like a year that does not exist.
"""


def rules_by_section():
    """The lines of the table by the heading above them. Sign-in, which is the first there, comes last here."""
    found, heading = {}, ""
    for text in TABLE.strip().splitlines():
        if re.match(r"# \w", text):
            heading = text.removeprefix("# ")
        elif text.strip() and not text.startswith("#"):
            found.setdefault(heading, []).extend(parse_rules(text))
    first = next(iter(found))
    return found | {first: found.pop(first)}


def cell_text(line: AccessRule, status: str) -> str:
    """Return the text of a cell for a status."""
    if status == "302":
        return "redirect" if line.method == "GET" or line.route in REDIRECTS_WHEN_SIGNED_IN else "yes"
    if status in {"200", "201", "202"}:
        return "yes"
    words = {
        "401": "sign in",
        SIGN_IN_REDIRECT: "sign in",
        "403": "**no**",
        "404": "hidden",
        "400": "hidden",
        "405": "–",
    }
    return (words | {"409": "refused", "422": "refused", "410": "void", ENROLMENT_REDIRECT: "set up"})[status]


def cell_without_second_step(line):
    return cell_text(line, OPEN_WITHOUT_SECOND_FACTOR.get(f"{line.method} {line.route}", ENROLMENT_REDIRECT))


def address_pattern(line):
    """Return the URL with its variable parts in braces."""
    return (
        rule_url(line, UNKNOWN_ID)
        .replace(str(UNKNOWN_ID), "{number}")
        .replace("made-up", "{link}")
        .replace("/LSO/2021/", "/{country}/{year}/")
        .replace("/languages/fr/", "/languages/{language}/")
    )


def table_row(line):
    about = "" if line.row == "-" else f"<br>{ROW_LABELS[line.row.partition('/')[0]]}"
    what = f"{'open' if line.method == 'GET' else 'send'} `{address_pattern(line)}`{about}"
    cells = [cell_text(line, line.expected[reader]) for reader in READERS]
    return f"| {' | '.join([what, *cells, cell_without_second_step(line)])} |"


def section_text(heading, found):
    """Return a heading, its table, and the URLs to which nobody can send anything."""
    head = ["Address", *(COLUMNS[reader] for reader in READERS), UNENROLLED]
    told = [
        line for line in found if set(line.expected.values()) - {"405", SIGN_IN_REDIRECT, "401"} or line.method == "GET"
    ]
    closed = [f"`{address_pattern(line)}`" for line in found if line not in told]
    table = [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *map(table_row, told)]
    nothing = [f"\nNobody can send anything to {', '.join(dict.fromkeys(closed))}."] if closed else []
    return "\n".join([f"## {heading}\n", *table, *nothing])


def first_table_rules():
    """Return the lines of the first table in their order."""
    known = {str(line): line for found in rules_by_section().values() for line in found}
    return [known[name] for name in FIRST_TABLE.strip().splitlines()]


def page_text():
    """Return the whole page."""
    asked = first_table_rules()
    first = section_text("The most important addresses", asked)
    tables = [
        section_text(heading, [line for line in found if line not in asked])
        for heading, found in rules_by_section().items()
    ]
    return "\n\n".join([INTRODUCTION.strip(), first, *tables]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page_text())
    sys.stdout.write(f"{PAGE.name} is written.\n")
