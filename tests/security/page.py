"""The table of access rights as a page: `python -m tests.security.page` writes docs/access.md.

Nothing in it is written by hand but what the words mean, so it can't say anything else than what the suite asks for.
"""

import re
import sys

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip

from tests.security.asking import ENROL, SIGN_IN, UNKNOWN, Line, address, lines
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
    "out": "Signed out",
    "deactivated": "Closed account",
}
UNENROLLED = "No second step"
LEADING_ON = frozenset({
    "home", "account_login", "mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
})  # fmt: skip
"""Whoever has signed in is led on from there, whatever was sent."""
ROWS = {
    "account_entry": "an entry on an account",
    "account_request": "a request about the observer’s account",
    "assessed": "a benchmark",
    "assessment": "an assessment",
    "before": "evidence that a ministry sent and the embassy reviewed",
    "benchmark": "a benchmark",
    "briefing": "a briefing",
    "concrete_action": "one part of readiness",
    "counted": "an indicator of the ministry's benchmarks",
    "brought": "a list that was brought",
    "called_off": "a meeting that was called off",
    "dialogue": "a meeting with promises of two ministries",
    "edition": "an edition",
    "entry": "an entry on the record",
    "failed_briefing": "a briefing that failed",
    "first": "a recommendation that names both ministries",
    "input": "input for Washington",
    "internal": "evidence that the embassy keeps to itself",
    "internal_file": "a file that the embassy keeps to itself",
    "lesotho": "a country",
    "milestone": "a milestone",
    "observer_person": "an account",
    "of_internal": "on evidence that the embassy keeps to itself",
    "of_shared": "on evidence shared with the ministry",
    "officers_token": "a token of the officer's",
    "ours": "a promise of the United States",
    "planned": "a meeting to come",
    "passkey": "somebody else's passkey",
    "police": "the ministry itself",
    "proposal": "another due date that the ministry proposes",
    "promise": "a promise of the ministry",
    "reading": "a figure that the ministry sent",
    "reported": "a promise of the United States, reported done by the officer",
    "run": "a kept run",
    "said_before": "the word on what the ministry sent",
    "said_of_shared": "the word on evidence shared with the ministry",
    "sent": "evidence that the ministry sent",
    "sent_back": "an update that was sent back",
    "sent_file": "a file that the ministry sent",
    "settled": "a promise that is settled",
    "statement_file": "a file of a meeting",
    "step": "a next step agreed with the ministry",
    "shared": "evidence shared with the ministry",
    "shared_file": "a file shared with the ministry",
    "three_ps": "one part of readiness",
    "drafted_file": "a file in a draft of the ministry",
    "unsent_file": "a file that somebody uploaded and has not sent",
    "unstarted": "a promise that nothing was sent on",
    "update": "an update of the ministry",
    "waiting": "an update that waits",
}
"""What the rows of the table are, in words; others go by their names."""

MOST_ASKED = """
GET dashboard -
GET readiness_detail -
GET recommendation_detail first
GET commitment_detail promise
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
"""The lines that readers look for first; the table of their area leaves them out."""

INTRODUCTION = """# Who may see what, and who may do what

The test suite writes this page from the table that it tests (`python -m tests.security.page`), and fails if the two
differ. Nobody edits it. Each time, the suite asks each cell of the running application as that person. The database
then also holds rows of other ministries and of another country that must not appear.

**In short:** the embassy reads everything about its own country and nothing about another. A ministry reads what it
promised, what it sent and what the embassy answered. Administrators manage accounts and read no case. Nobody reads
anything before both steps of signing in.

## Who asks

| column | who that is |
|---|---|
| Officer | an officer of the embassy, who recorded most of the rows |
| Second officer | another officer of the same embassy: nobody verifies what they recorded themselves |
| Ambassador, Observer | of the same embassy; observers only read |
| Own ministry | a focal point of the ministry that the row belongs to |
| Supporting ministry | a focal point of a ministry that a recommendation only names as supporting |
| Other ministry | a focal point of a ministry that the row does not concern, and that has rows of its own |
| Other country | an officer of another country's embassy |
| Administrator | manages accounts, countries and ministries |
| Signed out, Closed account | nobody; and a person whose account was closed during a session |
| No second step | an officer who has signed in with the password alone |

## What the words mean

| word | meaning |
|---|---|
| yes | the page is shown, or the request is carried out |
| **no** | the person sees that it exists and may not do this (403) |
| hidden | the answer is the same as for something that does not exist (404; to a program also 400) |
| refused | the form may be used, but a rule of the record or a choice that is not theirs refuses this (409, 422) |
| onward | leads to another page, whatever exists |
| sign in | leads to signing in; a program gets 401 |
| set up | leads to setting up the second step; a program gets 403 |
| void | the link does not work (410) |
| – | nobody can do this here (405) |

“Look” means to open a page or read an answer (GET). “Send” means to send a form or a request (POST). The tables are
wide; on a small screen, scroll sideways. The twenty lines of the first table are not repeated in those after it.

## What else is tested for each line

- Every answer is searched for texts that its reader must not see, including refusals and parts of pages.
- A marker is put into every text, figure and file of each kind of row. Everything that a ministry can reach by page,
  program, file and mail is searched for the markers. What a ministry may read is a short list. A new field is
  internal until somebody adds it to the list.
- Lists are compared completely, with their counts. Filters are tried with numbers of rows that exist but are hidden,
  and of rows that do not exist. No list can be ordered or searched by something that it does not show.
- Hidden and unknown rows give the same words, headers and database statements. A wrong password costs the same work
  for an account, a closed, an expired and an invited one, and for nobody.
- Other methods than those below open and write nothing.
- A page of an edition (`/{country}/{year}/…`) is tried with an edition of the reader's own country. For a reader who
  does not follow that country it is hidden, like a year that does not exist.
"""


def sections():
    """The lines of the table by the heading above them; the ways in come last, since there is least to say of them."""
    found, heading = {}, ""
    for text in TABLE.strip().splitlines():
        if re.match(r"# \w", text):
            heading = text.removeprefix("# ")
        elif text.strip() and not text.startswith("#"):
            found.setdefault(heading, []).extend(lines(text))
    ways_in = next(iter(found))
    return found | {ways_in: found.pop(ways_in)}


def word(line: Line, status: str) -> str:
    """What a cell of the table says, in words."""
    if status == "302":
        return "onward" if line.method == "GET" or line.route in LEADING_ON else "yes"
    if status in {"200", "201", "202"}:
        return "yes"
    words = {"401": "sign in", SIGN_IN: "sign in", "403": "**no**", "404": "hidden", "400": "hidden", "405": "–"}
    return (words | {"409": "refused", "422": "refused", "410": "void", ENROL: "set up"})[status]


def without_second_step(line):
    return word(line, OPEN_WITHOUT_SECOND_FACTOR.get(f"{line.method} {line.route}", ENROL))


def path(line):
    """The address, with what differs from row to row named in braces."""
    return (
        address(line, UNKNOWN)
        .replace(str(UNKNOWN), "{number}")
        .replace("made-up", "{link}")
        .replace("/LSO/2021/", "/{country}/{year}/")
    )


def row(line):
    about = ROWS.get(line.row.partition("/")[0], line.row.replace("_", " "))
    what = f"{'look' if line.method == 'GET' else 'send'} `{path(line)}`" + (f"<br>{about}" if line.row != "-" else "")
    cells = [word(line, line.expected[reader]) for reader in READERS]
    return f"| {' | '.join([what, *cells, without_second_step(line)])} |"


def section(heading, found):
    """A heading, its table, and the addresses by which nobody can send anything."""
    head = ["Address", *(COLUMNS[reader] for reader in READERS), UNENROLLED]
    told = [line for line in found if set(line.expected.values()) - {"405", SIGN_IN, "401"} or line.method == "GET"]
    closed = [f"`{path(line)}`" for line in found if line not in told]
    table = [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *map(row, told)]
    nothing = [f"\nNobody can send anything to {', '.join(dict.fromkeys(closed))}."] if closed else []
    return "\n".join([f"## {heading}\n", *table, *nothing])


def most_asked():
    """The lines named above, in that order."""
    known = {str(line): line for found in sections().values() for line in found}
    return [known[name] for name in MOST_ASKED.strip().splitlines()]


def text():
    """The whole page."""
    asked = most_asked()
    first = section("Twenty lines to start with", asked)
    tables = [section(heading, [line for line in found if line not in asked]) for heading, found in sections().items()]
    return "\n\n".join([INTRODUCTION.strip(), first, *tables]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text())
    sys.stdout.write(f"{PAGE.name} is written.\n")
