"""Pages kept in the cache: never older than the record, and each reader gets what they would get without the cache.

The writes of the access table are sent one by one. After each, the pages of every reader have to be what they are
without the cache. Two more tests hold what makes this so: a write that renews no version touches only tables of
UNVERSIONED_TABLES, and no kept page reads one of these.
"""

import gzip
import re
import zlib
from binascii import crc32
from contextlib import contextmanager

import pytest
from django.core.cache import caches
from django.test import override_settings

from tests.html_whitespace import collapse_layout_whitespace
from tests.security.access_requests import rule_url, send_request, stable_body
from tests.security.sql_statements import capture_statements
from tests.security.test_roles import RULES
from tests.security.world import EMBASSY, MINISTRIES, READERS
from tests.unversioned_tables import CHANGED_TABLE, UNVERSIONED_TABLES
from tiptracker.audit import actions
from tiptracker.audit.models import RecordVersion
from tiptracker.audit.record_version import read_version
from tiptracker.web import kept_pages
from tiptracker.web.kept_body import KeptBody

pytestmark = [pytest.mark.django_db, pytest.mark.kept_pages]

TABLES_IN_KEY = {
    "commitment_list": {"audit_auditentry"},
    "ministry_home": {"dialogues_draft"},
    "dashboard": {"audit_auditentry", "jobs_job", "reports_briefingdownload"},
    "evidence_list": {"audit_auditentry"},
}
"""Such tables that a page does read, because what it shows of them is in the key under which it is kept.

The list of commitments shows nothing of the log. The log tells it whether the statuses that the process keeps can be
brought up to date.
"""
_TABLE = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"(\w+)"', re.IGNORECASE)


@pytest.fixture(scope="module")
def kept_rules(world):
    """The lines of the access table whose page or list is kept."""
    with override_settings(KEEP_PAGES=True):
        caches["pages"].clear()
        return [rule for rule in RULES if rule.method == "GET" and is_kept(world, rule)]


def is_kept(world, rule):
    reader = next((name for name in ("officer", *sorted(MINISTRIES)) if rule.expected[name] == "200"), "officer")
    with bodies_put_in_cache() as put:
        send_request(world, rule, reader)
    return any(isinstance(kept, KeptBody) or isinstance(kept[0], KeptBody) for _, kept in put)  # a page; a list


def url_of(world, rule, reader="officer"):
    return rule_url(rule, world.keys().get(rule.row), reader)


def comparable(answer):
    """The body without tokens and nonces, in which only the layout of the template may differ."""
    return collapse_layout_whitespace(stable_body(answer))


def without_cache(settings, world, rule, reader):
    settings.KEEP_PAGES = False
    try:
        return send_request(world, rule, reader)
    finally:
        settings.KEEP_PAGES = True


def find_stale_pages(settings, world, rules, readers):
    """Return the pages, by reader, that differ from what is shown without the cache."""
    return [
        (reader, str(rule))
        for reader in readers
        for rule in rules
        if rule.expected[reader] == "200"
        and comparable(send_request(world, rule, reader)) != comparable(without_cache(settings, world, rule, reader))
    ]


@contextmanager
def bodies_put_in_cache():
    """Collect what is put in the cache of pages."""
    put, store = [], caches["pages"].set
    caches["pages"].set = lambda name, value, timeout: (put.append(value), store(name, value, timeout))
    try:
        yield put
    finally:
        del caches["pages"].set


def test_pages_are_kept(kept_rules):
    assert {"dashboard", "commitment_list", "readiness_detail", "commitment-list", "ministry_home"} <= {
        rule.route for rule in kept_rules
    }


def test_every_reader_gets_what_they_get_without_the_cache(world, settings, kept_rules):
    """In turn and twice each: the second time from the cache, where another reader of the same role was before."""
    answers = {}
    for rule in kept_rules:
        for reader in (reader for reader in READERS if rule.expected[reader] == "200"):
            send_request(world, rule, reader)
            answers[str(rule), reader] = (
                send_request(world, rule, reader),
                without_cache(settings, world, rule, reader),
            )

    wrong = [
        key
        for key, (kept, plain) in answers.items()
        if (kept.status, comparable(kept)) != (plain.status, comparable(plain))
    ]
    assert wrong == []
    leaks = {key: found for key, (kept, _) in answers.items() if (found := world.leaks(key[1], kept.body))}
    assert leaks == {}


def test_a_kept_page_asks_the_database_for_its_reader_alone(world, kept_rules):
    """The second time it needs the session, the person, the language, the editions and the version of the record."""
    for rule in (rule for rule in kept_rules if not rule.is_api):
        for reader in EMBASSY:
            if rule.expected[reader] == "200":
                send_request(world, rule, reader)
                assert len(send_request(world, rule, reader).statements) <= 12, (str(rule), reader)


def test_a_kept_body_holds_nothing_of_the_request_or_the_person(world, kept_rules):
    with bodies_put_in_cache() as put:
        for rule in kept_rules:
            for reader in (*EMBASSY, *MINISTRIES):
                send_request(world, rule, reader)

    bodies = [b"".join(map(decompress, kept[0])).decode() for _, kept in put if isinstance(kept, KeptBody)]
    assert len(bodies) >= sum(not rule.is_api for rule in kept_rules)
    for body in bodies:
        assert set(re.findall(r'(?:nonce|name="csrfmiddlewaretoken" value)="([^"]*)"', body)) <= {""}
        assert "site-account" not in body
        assert 'class="messages"' not in body


def decompress(text):
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(text)


def test_no_kept_page_reads_what_may_change_without_a_new_version(world, kept_rules, monkeypatch):
    read = {}
    for rule in kept_rules:
        for reader in (reader for reader in READERS if rule.expected[reader] == "200"):
            with statements_of_rendering(monkeypatch) as statements:
                send_request(world, rule, reader)
            tables = {table for sql in statements for table in _TABLE.findall(sql)}
            if found := tables & UNVERSIONED_TABLES - TABLES_IN_KEY.get(rule.route, set()):
                read[str(rule), reader] = found

    assert read == {}


@contextmanager
def statements_of_rendering(monkeypatch):
    """Collect the statements of a page that is being rendered for the cache."""
    statements = []
    snapshot = kept_pages.snapshot

    @contextmanager
    def watched():
        with snapshot(), capture_statements() as sent:
            yield
        statements.extend(sent)

    with monkeypatch.context() as patch:
        patch.setattr(kept_pages, "snapshot", watched)
        caches["pages"].clear()
        yield statements


WRITES = [rule for rule in RULES if rule.method != "GET"]


@pytest.mark.parametrize("rule", WRITES, ids=str)
def test_after_each_write_pages_are_what_they_are_without_the_cache(world, settings, kept_rules, rule):
    """Each write is followed by other pages and readers, because all of them after each would take hours.

    A write that renews the version of no record changes no table that a kept page reads.
    """
    writers = [
        name for name in READERS if rule.expected[name][0] in "23" and name not in ("out", "elsewhere", "other_post")
    ]
    if not writers:
        pytest.skip("nobody may do this")
    before = versions_of_all()
    place = crc32(str(rule).encode())
    rules, readers = [kept_rules[place % len(kept_rules)]], pick_two(PAGE_READERS, place)
    for reader in readers:
        send_request(world, rules[0], reader)
    ministry = sorted(MINISTRIES)[place % len(MINISTRIES)]
    for_ministry = pick_some([rule for rule in kept_rules if rule.expected[ministry] == "200"], place)
    for page in for_ministry:
        send_request(world, page, ministry)
    version_of_ministry = version_for(world, ministry)
    renewed = []

    def examine():
        renewed.append(versions_of_all() != before)
        assert find_stale_pages(settings, world, rules, readers) == []
        if version_for(world, ministry) == version_of_ministry:
            assert find_stale_pages(settings, world, for_ministry, [ministry]) == []

    answer = send_request(world, rule, writers[0], examine=examine)

    changed = {found[1] for sql in answer.statements if (found := CHANGED_TABLE.match(sql))}
    assert renewed == [True] or changed - UNVERSIONED_TABLES == set()


def version_for(world, ministry):
    """The version of what the people of a ministry may read."""
    person = world.people[ministry]
    return read_version([person.ministry.country_id], person.ministry_id)


def versions_of_all():
    return set(RecordVersion.objects.values_list("part", "token"))


PAGE_READERS = [*sorted(EMBASSY), *sorted(MINISTRIES)]


def pick_two(names, place):
    return [names[(place // 7) % len(names)], names[(place // 7 + 3) % len(names)]]


def pick_some(rules, place, number=4):
    """Return some of the rules, and others for each place."""
    return [rules[(place // 11 + turn * (1 + place % 5)) % len(rules)] for turn in range(number)]


@pytest.mark.unordered_locks  # which also finds that the versions are missing
def test_without_new_versions_the_pages_would_be_stale(world, settings, kept_rules, monkeypatch):
    """The comparison of these tests finds a page that is older than the record."""
    monkeypatch.setattr(actions, "renew_versions", lambda changes: None)
    rules = [rule for rule in kept_rules if rule.route in ("evidence_list", "commitment_list", "dashboard")]
    for rule in rules:
        send_request(world, rule, "officer")
    write = next(rule for rule in WRITES if rule.route == "commitment_add")
    stale = []

    send_request(
        world, write, "officer", examine=lambda: stale.extend(find_stale_pages(settings, world, rules, ["officer"]))
    )

    assert ("officer", "GET commitment_list -") in stale


def test_a_page_from_the_cache_is_compressed_as_without_it(world, kept_rules):
    rule = next(rule for rule in kept_rules if rule.route == "commitment_list")
    for _ in range(2):
        response = world.client("officer").get(url_of(world, rule), headers={"accept-encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert b"<h1>Commitments</h1>" in gzip.decompress(response.content)
