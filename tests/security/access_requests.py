"""Send real requests for the lines of an access table, with valid input, and roll back what they write."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from unittest.mock import patch
from urllib.parse import unquote

from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http.request import HttpHeaders
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone

from dialogues.workbook.columns import SHEET_MARK, Column
from tests.factories import PASSWORD
from tests.security.sql_statements import capture_statements
from tests.security.world import READERS
from tests.transactions import outer_transaction
from tiptracker.accounts import tokens
from tiptracker.notifications.choices import Frequency, NoticeKind

TODAY = "2022-01-28"
UNKNOWN_ID = 987654321
SIGN_IN_REDIRECT = "in"
"""In the table: a redirect to the sign-in page."""
ENROLMENT_REDIRECT = "2nd"
"""In the table: a redirect to the page that sets up a second factor."""


def all_routes():
    """Return every URL of the project by name (else by pattern), with the methods of API actions."""

    def walk(patterns, namespace="", above=""):
        for pattern in patterns:
            whole = above + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner, whole)
            else:
                actions = getattr(pattern.callback, "actions", None)
                yield f"{namespace}{pattern.name}" if pattern.name else whole, actions

    return dict(walk(get_resolver().url_patterns))


@dataclass(frozen=True)
class AccessRule:
    """A line of the table: method, URL name, a row of the world, and the expected status for each reader."""

    method: str
    route: str
    row: str
    expected: dict

    def __str__(self):
        return f"{self.method} {self.route} {self.row}"

    @property
    def is_api(self):
        return "-" in self.route or self.route == "api_schema"


def parse_rules(table):
    """Parse the lines of a table. "|" and blank lines are only for legibility."""
    for text in table.strip().splitlines():
        if text.strip() and not text.startswith("#"):
            method, route, row, *expected = text.replace("|", " ").split()
            assert len(expected) == len(READERS), text
            yield AccessRule(method, route, row, dict(zip(READERS, expected, strict=True)))


def rule_url(line, key, reader="officer"):
    """Return the URL of a line for the row with this key; a page of an edition in the reader's own country."""
    part, _, below = line.row.partition("/")
    ways = [
        {"token": "made-up"},
        {"code": "fr"},
        {"pk": key},
        {"pk": key, "number": 1},
        {"edition": key},
        {"number": key},
        {"part": part, "key": below} if below else {"part": part},
    ]
    edition = {"country": "MWI" if reader in ("elsewhere", "other_post") else "LSO", "year": 2021}
    for arguments in ({}, *ways):
        for at in (edition, {}):
            try:
                return reverse(line.route, kwargs=at | arguments)
            except NoReverseMatch:
                continue
    raise AssertionError(f"no address for {line}")


@dataclass
class Answer:
    """An answer: the status as in the table, the body as text, the context of a page, and the headers.

    Attributes:
        statements: what the request asked of the database, in order and without values.
        differs_for_htmx: whether the view read the htmx header. If not, htmx gets the same answer.
    """

    url: str
    status: str
    body: str
    context: object
    headers: object
    json: object = None
    statements: tuple[str, ...] = ()
    differs_for_htmx: bool = True


def cached_get(world, line, reader):
    """Send a GET as this reader, once for all tests. The answer has no context."""
    key = str(line), reader
    if key not in world.answers:
        with record_htmx_checks() as looked_for:
            answer = send_request(world, line, reader)
        world.answers[key] = replace(answer, context=None, differs_for_htmx=bool(looked_for))
    return world.answers[key]


@contextmanager
def record_htmx_checks():
    """Yield a list that gets an entry whenever the header of htmx is read."""
    looked_for = []
    read = HttpHeaders.__getitem__

    def noting(headers, name):
        if name.lower().startswith("hx-"):
            looked_for.append(name)
        return read(headers, name)

    with patch.object(HttpHeaders, "__getitem__", noting):
        yield looked_for


def send_request(world, line, reader, *, key=None, headers=None, query=None, with_token=True, scope=None, examine=None):
    """Send the request of a line as this reader, and roll back what it writes.

    Args:
        with_token: send the CSRF token, as our own pages do.
        scope: use a new API token of this scope instead of the session.
        examine: what to call before everything that the request wrote is rolled back.
    """
    url = rule_url(line, key or world.keys().get(line.row), reader)
    forget_limits()  # no reader uses up the rate limit of another
    with outer_transaction():
        client = Client(headers=token_header(world.people[reader], scope)) if scope else world.client(reader)
        client.handler.enforce_csrf_checks = not with_token
        given, as_json = query, {}
        if line.method != "GET":
            body = BODIES.get(str(line), BODIES.get(f"{line.method} {line.route}"))
            given = body(world) if body else {}
            as_json = {"content_type": "application/json"} if line.is_api else {}
        with capture_statements() as statements:
            response = getattr(client, line.method.lower())(url, given, headers=headers, **as_json)
            answer = read_response(url, response, response.headers.get("Location", ""))
        answer = replace(answer, statements=tuple(statements))
        if examine:
            examine()
        transaction.set_rollback(True)
    return answer


def forget_limits():
    """Empty the cache but for kept pages, which are in the same database of Redis."""
    if not isinstance(caches["shared"], RedisCache):
        cache.clear()
        return
    redis = caches["shared"]._cache.get_client(None, write=True)
    if keys := [key for key in redis.scan_iter() if not key.startswith(b"pages:")]:
        redis.delete(*keys)


def token_header(person, scope):
    """Return the Authorization header with a new API token of `person`."""
    _, secret = tokens.create_token(person=person, name=scope, scope=scope, expires_on=tokens.latest_expiry(person))
    return {"authorization": f"Bearer {secret}"}


def read_response(url, response, location=""):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    led = {sign_in_url(): SIGN_IN_REDIRECT, reverse("mfa_index"): ENROLMENT_REDIRECT}
    return Answer(
        url=url,
        status=next((word for page, word in led.items() if location.startswith(page)), str(response.status_code)),
        body=content.decode(errors="replace") + response.headers.get("Content-Disposition", ""),
        context=response.context,
        headers=response.headers,
        json=response.json() if is_json and content else None,
    )


def sign_in_url():
    return reverse(settings.LOGIN_URL)


def stable_body(answer):
    """Return the body without what is new each time (tokens, nonces, moments) and without its own URL."""
    body = re.sub(r'nonce="[^"]*"|data-session="[^"]*"|\b[A-Za-z0-9]{64}\b|datetime="[^"]*T[^"]*"', "", answer.body)
    return body.replace(answer.url, "ADDRESS")


def stable_headers(answer):
    """Return the headers without what is new each time, as long as the address, or the address or an id itself."""
    left = {
        name: said
        for name, said in answer.headers.items()
        if name not in {"Content-Length", "Set-Cookie", "X-Request-ID"}
    }
    told = {name: re.sub(r"'nonce-[^']*'", "", said).replace(answer.url, "ADDRESS") for name, said in left.items()}
    return {name: re.sub(r"/\d+/", "/KEY/", unquote(said)) for name, said in told.items()}


def machine_clock_years(body):
    """Return the places in a body with this year or the next by the clock of the machine, not of the application."""
    year = timezone.now().year
    found = re.finditer(rf"\b(?:{year}|{year + 1})\b", body)
    return [body[max(0, match.start() - 60) : match.end()] for match in found]


# --- Valid input ------------------------------------------------------------------------------------------------------


def recommendation_body(world, **more):
    return {
        "number": 90,
        "origin": "report",
        "text": "Do one thing more.",
        "text_status": "reconstruction",
        "pillar": "prosecution",
        "indicia": ["1"],
        "version": 1,
    } | more


def benchmark_terms_body(world, seen=0):
    return {"criterion": "It is done.", "rule": "assessed", "weight": "1", "reason": "It was asked.", "seen": seen}


def edition_terms_body(world):
    edition = world.rows["edition"]
    return {
        "deadline_on": "2022-03-31",
        "reason": "The Department moved it.",
        "seen": edition.terms.get().pk,
    } | {f"weight_{recommendation.pk}": "2" for recommendation in edition.recommendations.all()}


def review_fields(world, *prefixes):
    said = {"decision": "verified", "reason": "We saw it."}
    return {f"{prefix}-{name}": value for prefix in prefixes for name, value in said.items()}


def first_evidence_link_id(world, evidence):
    return world.rows[evidence].evidence_links.order_by("pk").first().pk


def items_to_review(world):
    """Return what must be reviewed to accept the waiting version: its evidence links and the evidence of its figure."""
    evidence = world.rows["sent"]
    return [(evidence.pk, evidence_link.pk) for evidence_link in evidence.evidence_links.order_by("pk")] + [
        (evidence.pk, None)
    ]


def formset_totals(prefix, count=0):
    return {f"{prefix}-TOTAL_FORMS": str(count), f"{prefix}-INITIAL_FORMS": "0"}


def dialogue_body(world):
    return {
        "held_on": TODAY,
        "place": "Maseru",
        "purpose": "To talk",
        "version": 1,
        "people-0-office": "Minister",
    } | formset_totals("people", 1)


def agenda_body(world):
    kept = {"items-0-about": f"recommendation-{world.pk('second')}", "items-0-note": "Ask again."}
    return {"version": 1} | formset_totals("items", 1) | kept


def dialogue_record_body(world):
    rows = [formset_totals(prefix) for prefix in ("commitments", "steps")]
    others = formset_totals("others", 1) | {"others-0-office": "Deputy minister", "record-text": "It was said."}
    return {"version": 1, "draft_seen": world.rows["record_draft"].mark} | others | rows[0] | rows[1]


def correction_body(world):
    return formset_totals("links", 1) | {
        "text": "Train 40 officers.",
        "links-0-benchmark": world.pk("assessed"),
        "links-0-reach": "meets",
        "reason": "The number was wrong.",
    }


def commitment_body(world):
    return {
        "made_by": "ministry",
        "ministry": world.pk("police"),
        "text": "To do it.",
        "made_on": TODAY,
        "letter": "A letter",
        "horizon": "short_term",
    } | formset_totals("links")


def evidence_body(world):
    return {
        "title": "Something happened",
        "kind": "press",
        "happened_from": TODAY,
        "happened_to": TODAY,
        "done_by": "government",
        "stated_by": "A newspaper",
        "source": "Page 1",
        "sensitivity": "internal",
    } | formset_totals("evidence_links")


def evidence_revision_body(world):
    return evidence_body(world) | {"reason": "The page says otherwise."}


def workbook_body(world):
    """Return the workbook of the police as a CSV file without rows, and the day on which an officer received it."""
    return {
        "file": SimpleUploadedFile("workbook.csv", f"{SHEET_MARK},{','.join(list(Column)[1:])}\nKey\n".encode()),
        "received_on": TODAY,
    }


def contribution_body(world):
    return {
        "given_by": "ministry",
        "ministry": world.pk("police"),
        "kind": "people",
        "what": "A prosecutor for two days a week",
        "starts_on": TODAY,
        "source": "A letter",
    }


def annual_target_body(world):
    return {
        "figure": "12",
        "baseline_missing_reason": "No source gives a figure.",
        "origin": "letter",
        "ministry": world.pk("police"),
        "reason": "It was agreed.",
        "unit": world.rows["indicator"].unit,
        "seen": 0,
    }


def update_body(world):
    return {
        "claimed": "under_way",
        "title": "Work went on",
        "narrative": "We worked.",
        "happened_to": TODAY,
        "through_on": TODAY,
        "done_by": "government",
        "draft_seen": world.rows["draft"].mark,
    }


def information_request_body(world):
    return formset_totals("lines", 1) | {
        "lines-0-wording": "The list of shelters",
        "ministry": world.pk("police"),
        "due_on": "2022-02-20",
        "reason": "The report needs it.",
    }


def request_correction_body(world):
    return formset_totals("lines", 1) | {
        "lines-0-line": world.rows["asked"].lines.get().pk,
        "lines-0-wording": "The list of shelters",
        "asked_reason": "The report needs it.",
        "reason": "The wrong list.",
    }


def request_answer_body(world):
    line = world.rows["asked"].lines.get().pk
    return {f"line-{line}-answer": "none", f"line-{line}-text": "There is no list.", "narrative": "We looked."}


def assessment_body(world):
    assessment = world.pk("assessment")
    return {
        "verdict": "met",
        "change_reason": "It was seen.",
        "rationale": "It is so.",
        "law": "22 U.S.C. 7107(b)",
        "seen": assessment,
    }


def person_body(world):
    return {
        "name": "New",
        "email": "new@post.example",
        "role": "officer",
        "countries": [world.pk("lesotho")],
    }


def country_body(world):
    return {"country": "ZMB", "name": "Zambia", "time_zone": "Africa/Lusaka", "currency": "ZMW", "paper": "a4"}


def edition_body(world):
    days = {"deadline_on": "2026-02-28", "reason": "It was set."}
    return {"year": "2025", "tier": "2", "source": "The report"} | days


NARRATIVE = "PRIORITIZED RECOMMENDATIONS:\n\n• Fund the shelter. • Train the police.\n\nPROSECUTION\n"


def suggested_benchmarks_body(world):
    said = {"accept": "on", "criterion": "It is so.", "rule": "assessed"}
    kept = {f"suggested-0-{name}": value for name, value in said.items()}
    return formset_totals("suggested", 1) | kept | {"reason": "It was asked."}


def api_update_body(world):
    return update_body(world) | {"commitment": world.pk("unstarted")}


def api_review_body(evidence):
    def body(world):
        return {
            "evidence": world.pk(evidence),
            "evidence_link": first_evidence_link_id(world, evidence),
            "decision": "verified",
            "reason": "We saw it.",
        }

    return body


def api_acceptance_body(world):
    lines = [
        {"evidence": evidence, "evidence_link": evidence_link, "decision": "verified", "reason": "We saw it."}
        for evidence, evidence_link in items_to_review(world)
    ]
    return {"reviews": lines, "reason": "It is so."}


def figure_source():
    return {"stated_by": "Bureau of Statistics", "source": "Table 3", "span": "period", "through_on": TODAY}


def figures_body(world):
    """Give a figure for an indicator of each country. Only the reader's own country has a field for it."""
    return figure_source() | {f"indicator-{world.pk(name)}-figure": "16" for name in ("indicator", "foreign_indicator")}


def evidence_review_body(evidence):
    def body(world):
        evidence_link = first_evidence_link_id(world, evidence)
        return {f"evidence_link-{evidence_link}-seen": ""} | review_fields(world, f"evidence_link-{evidence_link}")

    return body


def acceptance_body(world):
    prefixes = [
        f"evidence_link-{evidence_link}" if evidence_link else f"evidence-{evidence}"
        for evidence, evidence_link in items_to_review(world)
    ]
    return review_fields(world, *prefixes) | {"accept-reason": "It is so."}


def bulk_review_body(world):
    return {
        "several-items": [
            f"evidence_link-{evidence_link}" for _, evidence_link in items_to_review(world) if evidence_link
        ]
    }


def law_body(world):
    """An entry on the law, such as a correction names it too."""
    return {
        "standard": "3",
        "kind": "gap",
        "citation": "Another Act, section 3",
        "text": "It allows a fine.",
        "source": "Gazette",
        "reason": "The section was misread.",
    }


def note_body(world):
    return {"text": "Ask about it at the next meeting.", "named": world.pk("ambassador_person")}


BODIES = {
    "POST language_review": lambda world: {"speaker": "Thabo Speaker", "speaker_office": "interpreter of the embassy"},
    "POST account_login": lambda world: {"login": "nobody@post.example", "password": "wrong"},
    "POST token_add": lambda world: {
        "name": "Weekly import",
        "scope": "read",
        "expires_on": date(2022, 2, 27),
    },
    "POST account_reauthenticate": lambda world: {"password": PASSWORD},
    "POST password_forgotten": lambda world: {"email": "nobody@post.example"},
    "POST person_add": lambda world: person_body(world) | {"until": "2099-12-31"},
    "POST person_detail": lambda world: {"do": "end"},
    "POST person_edit": lambda world: (
        person_body(world) | {"role": "observer", "name": "Another name", "until": "2099-12-31", "version": "1"}
    ),
    "POST ministry_edit": lambda world: (
        {"name": "Works", "short_name": "Works", "version": "1"} | formset_totals("holders")
    ),
    "POST country_edit": lambda world: {"version": "1"} | formset_totals("districts"),
    "POST word_template": lambda world: {"do": "remove"},
    "POST account_address": lambda world: {"email": "new@post.example"},
    "POST account_request_detail": lambda world: {"do": "stop"},
    "POST setup_add": country_body,
    "POST setup_country": lambda world: country_body(world) | {"name": "Lesotho"},
    "POST setup_edition": edition_body,
    "POST setup_edition_edit": lambda world: {"tier": "3", "source": "The report"},
    "POST setup_ministries": lambda world: (
        formset_totals("new", 1) | {"new-0-name": "Works", "new-0-short_name": "Works"} | formset_totals("known")
    ),
    "POST setup_benchmarks": lambda world: {"reason": "Read by the post"},
    "POST setup_suggested": suggested_benchmarks_body,
    "POST edition_import": lambda world: {"text_status": "official", "pasted": NARRATIVE},
    "POST import_preview": lambda world: {
        "do": "load",
        f"became_{world.pk('first')}": "1",
        f"became_{world.pk('second')}": "retired",
    },
    "POST setup_people": lambda world: (
        {"do": "invite"}
        | formset_totals("people", 1)
        | {f"people-0-{name}": value for name, value in person_body(world).items()}
        | {"people-0-until": "2099-12-31"}
    ),
    "POST recommendation_add": recommendation_body,
    "POST edition_terms": edition_terms_body,
    "POST department_year": lambda world: {},
    "POST milestone_add": lambda world: {"kind": "data_call", "due_on": TODAY, "source": "A cable."},
    "POST milestone_date": lambda world: {"due_on": TODAY, "reason": "A cable."},
    "POST milestone_done": lambda world: {"done_on": TODAY, "source": "A letter."},
    "POST recommendation_edit": recommendation_body,
    "POST benchmark_add": benchmark_terms_body,
    "POST benchmark_edit": lambda world: benchmark_terms_body(world, world.rows["assessed"].current_terms.pk),
    "POST edition_repeats": lambda world: {f"repeats_{world.pk('first')}": world.pk("earlier")},
    "POST question_mapping_list": lambda world: {"seen": ""},
    "POST question_mapping": lambda world: {"version": "1", "indicators": [world.pk("indicator")], "indicia": ["1"]},
    "POST question_sets": lambda world: {"pasted": "1. What changed?"},
    "POST question_set_preview": lambda world: {
        "step": "load",
        "number_0": "1",
        "text_0": "What changed since 1 April?",
        "depth_0": "0",
    },
    "POST edition_roll_over": lambda world: {f"goes_{world.pk('earlier_benchmark')}": f"copy-{world.pk('first')}"},
    "POST commitment_add": commitment_body,
    "POST commitment_correct": correction_body,
    "POST commitment_reschedule": lambda world: {"due_on": "2022-02-20", "reason": "They asked.", "on": TODAY},
    "POST commitment_withdraw": lambda world: {"reason": "It was given up.", "on": TODAY},
    "POST commitment_reopen": lambda world: {"reason": "It isn't done.", "on": TODAY},
    "POST commitment_report_done": lambda world: {"on": TODAY},
    "POST commitment_verify_done": lambda world: {"reason": "We saw it.", "on": TODAY},
    "POST agreed_proof_add": lambda world: {
        "kind": "law",
        "text": "a copy of the Act",
        "from_whom": "the Ministry of Justice",
        "agreed_on": TODAY,
    },
    "POST agreed_proof_end": lambda world: {"reason": "It is published.", "ended_on": TODAY},
    "POST agreed_proof_evidence": lambda world: {"evidence": [world.pk("internal")]},
    "POST due_date_propose": lambda world: {"due_on": "2022-02-20", "reason": "The printer is late."},
    "POST due_date_answer": lambda world: {"answer": "declined", "reason": "The deadline stays."},
    "POST commitment_note_add": note_body,
    "POST recommendation_note_add": note_body,
    "POST ministry_note_add": note_body,
    "POST note_detail": lambda world: {"back": "tasks"},
    "POST law_entry_add": law_body,
    "POST law_entry_correct": law_body,
    "POST law_entry_end": lambda world: {"until_on": "2022-01-10", "reason": "It was repealed."},
    "POST partner_add": lambda world: {"name": "Another shelter", "kind": "civil_society"},
    "POST partner_edit": lambda world: {"name": "Another name", "kind": "other", "note": "", "version": "1"},
    "POST version_withdraw": lambda world: {"reason": "We attached the wrong list."},
    "POST information_request_add": information_request_body,
    "POST information_request_correct": request_correction_body,
    "POST information_request_record_answer": lambda world: (
        request_answer_body(world) | {"received_as": "letter", "received_on": TODAY}
    ),
    "POST information_request_move": lambda world: {"due_on": "2022-02-20", "reason": "They asked."},
    "POST information_request_withdraw": lambda world: {"reason": "It is no longer needed."},
    "POST information_request_answer": request_answer_body,
    "POST information_request_draft": request_answer_body,
    "POST update_send": update_body,
    "POST workbook": workbook_body,
    "POST workbook_preview": lambda world: {"do": "save", "seen": "1"},
    "POST update_draft": update_body,
    "POST evidence_log": evidence_body,
    "POST evidence_revise": evidence_revision_body,
    "POST indicator_enter": figures_body,
    "POST standard_indicators": lambda world: {"acquittals-wanted": "on"},
    "POST reading_add": lambda world: figure_source() | {"figure": "16", "sex-Female": "9"},
    "POST annual_target": annual_target_body,
    "POST indicator_includes": lambda world: {"includes": "Persons charged."},
    "POST indicator_ministry": lambda world: {"ministry": world.pk("police")},
    "POST evidence_review internal": evidence_review_body("internal"),
    "POST evidence_review shared": evidence_review_body("shared"),
    "POST calendar_feed": lambda world: {"do": "renew"},
    "POST handover_received": lambda world: {"do": "seen", "handover": world.pk("officers_handover")},
    "POST person_handover": lambda world: {
        "last_day": "2022-02-28",
        "takes_over": "new",
        "name": "New",
        "email": "new@post.example",
        "version": "1",
        "do": "confirm",
    },
    "POST person_handover second_person": lambda world: {
        "last_day": "2022-02-28",
        "takes_over": "existing",
        "version": "1",
    },
    "POST notice_settings": lambda world: (
        dict.fromkeys(NoticeKind, Frequency.DAILY) | {"hour": "8", "weekly_on": "0", "working_days": ["0", "1"]}
    ),
    "POST saved_filter_add": lambda world: {"address": reverse("log_list") + "?text=law", "name": "Mine"},
    "POST saved_filter_edit": lambda world: {"name": "Another name"},
    "POST version_fill": bulk_review_body,
    "POST version_return": lambda world: {"return-reason": "Add the date."},
    "POST version_accept": acceptance_body,
    "POST benchmark_assess": assessment_body,
    "POST dialogue_add": dialogue_body,
    "POST dialogue_edit": dialogue_body,
    "POST dialogue_indicators": lambda world: {f"indicator-{world.pk('home_indicator')}-is_chosen": "on"},
    "POST chosen_indicator_agree": lambda world: {"ministry": world.pk("police"), "agreed_on": TODAY},
    "POST chosen_indicator_drop": lambda world: {"reason": "Nobody counts it."},
    "POST contribution_add": contribution_body,
    "POST contribution_correct": lambda world: contribution_body(world) | {"reason": "It was the wrong day."},
    "POST sustainment_add": lambda world: {
        "work": f"commitment-{world.pk('commitment')}",
        "payer": "The ministry",
        "from_on": "2023-04-01",
        "proof": "A line of the budget",
    },
    "POST dialogue_agenda": agenda_body,
    "POST dialogue_record": dialogue_record_body,
    "POST dialogue_call_off": lambda world: {"reason": "The minister travels.", "version": 1},
    "POST dialogue_attach": lambda world: {"what": "statement", "kept_files": world.pk("officers_file")},
    "POST next_step_done": lambda world: {"done_on": TODAY, "result": "Sent."},
    "POST dialogue_draft": lambda world: dialogue_body(world) | {"draft_seen": world.rows["record_draft"].mark},
    "POST redaction_add": lambda world: {
        "words": "promise",
        "looked_for": "promise",
        "reason": "It names somebody.",
        "propose": "1",
    },
    "POST retention_schedule": lambda world: {"years": "7", "authority": ""},
    "POST edition_retention": lambda world: {"do": "hold", "reason": "A court asks for it."},
    "POST redaction_detail": lambda world: {"decision": "confirmed"},
    "POST briefing_check": lambda world: {"sha256": world.rows["briefing"].sha256},
    "POST briefing_clear": lambda world: {"sha256": world.rows["briefing"].sha256},
    "POST briefing_list": lambda world: {"what": "ambassador", "as_of": TODAY},
    "POST briefing_request": lambda world: {"what": "ambassador", "as_of": TODAY, "place_evidence": "1"},
    "POST question_detail": lambda world: {"do": "save", "finding": "nothing_known", "text": "", "seen": ""},
    "POST update-list": api_update_body,
    "POST review-list of_internal": api_review_body("internal"),
    "POST review-list of_shared": api_review_body("shared"),
    "POST round-accept": api_acceptance_body,
    "POST update-version-accept": api_acceptance_body,
    "POST round-return": lambda world: {"reason": "Add the date."},
    "POST round-withdraw": lambda world: {"reason": "We attached the wrong list."},
    "POST update-version-withdraw": lambda world: {"reason": "We attached the wrong list."},
    "POST update-version-return": lambda world: {"reason": "Add the date."},
    "POST commitment-correct": lambda world: {
        "text": "Train 40 officers.",
        "links": [{"benchmark": world.pk("assessed"), "reach": "meets"}],
        "reason": "The number was wrong.",
    },
    "POST assessment-list": lambda world: assessment_body(world) | {"benchmark": world.pk("assessed"), "evidence": []},
    "POST briefing-list": lambda world: {"kind": "ambassador", "edition": world.pk("edition"), "as_of": TODAY},
}
"""Valid input, by line of the table or by method and URL name."""
