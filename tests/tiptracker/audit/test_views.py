"""The pages of the activity log: filters, readers and export."""

import csv
import io
import re
import time
from datetime import UTC, date, datetime
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tests.append_only import redact_text
from tests.authentication import force_sign_in
from tests.exercise import load_exercise
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFileFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    ReadinessRunFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)
from tests.row_cache import load_cached
from tests.transactions import record_log_entry
from tiptracker.audit import request_context
from tiptracker.audit.actions import log_head
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.audit.subjects import OTHER_NOUNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    officer = OfficerFactory(name="Palesa Reader")
    force_sign_in(client, officer)
    return officer


def write_entry(verb="evidence.logged", *, by=None, country="LSO", **more):
    at_home = {"country": CountryFactory()} if country == "LSO" else {"country": country}
    return record_log_entry(verb, by=by, **at_home | more)


def search_log(client, **asked):
    response = client.get(reverse("log_list"), asked)
    assert response.status_code == 200
    return response


def entry_numbers(response):
    return [line.entry.number for line in response.context["lines"]]


def export_log(client, **asked):
    response = client.get(reverse("log_export"), asked)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


# --- The list ---------------------------------------------------------------------------------------------------------


def test_log_list_says_who_did_what_to_what_when_and_from_where(client, officer):
    evidence = EvidenceFactory(title="A law was passed")
    token = request_context.address.set("192.0.2.44")
    entry = write_entry("evidence.verified", by=officer, row=evidence)
    request_context.address.reset(token)

    page = search_log(client)

    for told in (
        "Palesa Reader",
        "Verified evidence",
        f"Piece of evidence {evidence.pk}",
        "A law was passed",
        "192.0.2.44",
    ):
        assert told in page.text
    assert reverse("evidence_detail", args=[evidence.pk]) in page.text
    assert reverse("log_detail", args=[entry.number]) in page.text


def test_log_list_tells_the_tracker_from_somebody_who_had_not_signed_in(client, officer):
    write_entry("readiness.computed")
    assert "TIP Tracker (automatic)" in search_log(client, what="machine").text
    token = request_context.address.set("192.0.2.44")
    write_entry("person.sign_in_refused")
    request_context.address.reset(token)

    assert "Somebody not signed in" in search_log(client, address="192.0.2.44").text


def test_log_list_names_a_row_by_its_day_in_words(client, officer):
    run = ReadinessRunFactory(as_of=date(2022, 1, 28))
    write_entry("readiness.computed", row=run)

    page = search_log(client, what="everything").text

    assert f"Readiness run {run.pk}" in page
    assert "28 January 2022" in page
    assert reverse("run_detail", args=[run.pk]) in page


def test_log_list_shows_the_time_of_the_country_and_names_its_zone(client, officer, monkeypatch, settings):
    settings.DEMO_CLOCK = ""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2022, 1, 28, 22, 30, tzinfo=UTC))
    entry = write_entry()
    monkeypatch.undo()

    assert "All times are in the time zone Africa/Maseru." in search_log(client).text
    detail = client.get(reverse("log_detail", args=[entry.number])).text
    assert "29 January 2022, 00:30:00</time>" in detail
    assert "(Africa/Maseru)" in detail
    assert "29 Jan 2022, 00:30:00" in search_log(client).text
    assert entry_numbers(search_log(client, since="2022-01-29", until="2022-01-29")) == [entry.number]
    assert entry_numbers(search_log(client, until="2022-01-28")) == []
    assert entry_numbers(search_log(client, since="2022-01-30")) == []


def test_demonstration_log_is_shown_and_searched_by_its_clock(client, officer):
    entry = write_entry()

    assert "28 Jan 2022, 09:" in search_log(client).text
    assert "28 January 2022, 09:" in client.get(reverse("log_detail", args=[entry.number])).text
    assert entry_numbers(search_log(client, since="2022-01-28", until="2022-01-28")) == [entry.number]
    assert entry_numbers(search_log(client, since="2022-01-29")) == []
    assert client.get(reverse("log_export")).headers["Content-Disposition"].endswith('log-2022-01-28.csv"')


def test_log_list_is_newest_first_and_paged_with_its_filters(client, officer):
    for _ in range(26):
        write_entry()
    write_entry("evidence.viewed")

    first = search_log(client, what="record")
    second = search_log(client, what="record", page=2)

    assert entry_numbers(first) == list(range(26, 1, -1))
    assert entry_numbers(second) == [1]
    assert "what=record&amp;page=2" in first.text


def test_log_list_is_narrowed_by_each_filter(client, officer):
    other = AmbassadorFactory()
    evidence, commitment = EvidenceFactory(), CommitmentFactory()
    token = request_context.address.set("192.0.2.1")
    mine = write_entry("evidence.viewed", by=officer, row=evidence)
    request_context.address.reset(token)
    theirs = write_entry("commitment.recorded", by=other, row=commitment, after={"text": "Twelve “safe” houses"})
    machines = write_entry("readiness.computed", by=None, before={"facts": "abc"})
    loaded = write_entry("indicator.loaded", by=officer)

    found = {
        "who": entry_numbers(search_log(client, who=other.pk)),
        "nobody": entry_numbers(search_log(client, who="nobody")),
        "read": entry_numbers(search_log(client, what="read")),
        "record": entry_numbers(search_log(client, what="record")),
        "row": entry_numbers(search_log(client, record="dialogues.evidence", row=evidence.pk)),
        "table": entry_numbers(search_log(client, record="dialogues.commitment")),
        "another row": entry_numbers(search_log(client, record="dialogues.evidence", row=evidence.pk + 1)),
        "address": entry_numbers(search_log(client, address="192.0.2.1")),
        "after": entry_numbers(search_log(client, text="twelve “SAFE”")),
        "before": entry_numbers(search_log(client, text="abc")),
        "two": entry_numbers(search_log(client, who=other.pk, what="read")),
    }

    assert found == {
        "who": [theirs.number],
        "nobody": [machines.number],
        "read": [mine.number],
        "record": [loaded.number, theirs.number],
        "row": [mine.number],
        "table": [theirs.number],
        "another row": [],
        "address": [mine.number],
        "after": [theirs.number],
        "before": [machines.number],
        "two": [],
    }


def test_log_list_leaves_out_what_the_tracker_does_by_itself_and_says_so(client, officer):
    run = ReadinessRunFactory()
    by_somebody = write_entry("evidence.logged", by=officer)
    damaged = write_entry("file.altered")
    by_itself = write_entry("readiness.computed", row=run)
    said = "Automatic entries are left out."

    page = search_log(client, who=officer.pk, since="2000-01-01")
    assert said in page.text
    assert f"?who={officer.pk}&amp;since=2000-01-01&amp;what=everything" in page.text
    assert entry_numbers(search_log(client)) == [damaged.number, by_somebody.number]
    for asked in ({"what": "everything"}, {"what": "machine"}, {"who": "nobody"}, {"record": "reports.readinessrun"}):
        found = search_log(client, **asked)
        assert said not in found.text
        assert by_itself.number in entry_numbers(found)
    export_log(client)
    assert '"filter": {"what": "people"}' in AuditEntry.objects.last().detail.after


@pytest.mark.parametrize(("asked", "is_open"), [({"what": "read"}, False), ({"address": "192.0.2.1"}, True)])
def test_log_list_folds_rare_filters_and_can_clear_them(client, officer, asked, is_open):
    page = search_log(client, **asked)

    assert ('<details class="filters__more" open>' in page.text) == is_open
    assert f'<a class="filters__clear" href="{reverse("log_list")}">' in page.text
    assert "filters__clear" not in search_log(client).text


def test_log_list_is_narrowed_by_country_for_who_has_several(client):
    elsewhere = CountryFactory(elsewhere=True)
    force_sign_in(client, AdministratorFactory())
    write_entry()
    there = write_entry(country=elsewhere)

    assert entry_numbers(search_log(client, country=elsewhere.code)) == [there.number]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"address": "the harbour"}, "Enter an internet address, such as 192.0.2.7."),
        ({"since": "yesterday"}, "Give the day as a date"),
        ({"since": "0001-01-01"}, "The log has no entries before 2000."),
        ({"until": "9999-12-31"}, "Enter a date before the year 3000."),
        ({"since": "2022-01-29", "until": "2022-01-28"}, "This date is before “From”."),
        ({"who": "999999"}, "Choose one from the list."),
        ({"record": "the harbour"}, "Choose one from the list."),
        ({"record": "dialogues.harbour"}, "Choose one from the list."),
        ({"row": "x"}, "Give a number in digits alone"),
    ],
)
def test_log_list_shows_nothing_for_what_cant_be_meant(client, officer, asked, told):
    write_entry(after={"text": "kept"})

    response = client.get(reverse("log_list"), asked)

    assert response.status_code == 422
    assert told in response.text
    assert "Logged evidence" not in response.text
    assert client.get(reverse("log_export"), asked).url.startswith(reverse("log_list"))


def test_empty_log_search_says_so_and_links_to_the_full_log(client, officer):
    write_entry(after={"text": "kept"})

    nothing = search_log(client, text="never written")

    assert "No matching entries." in nothing.text
    assert "Logged evidence" not in nothing.text
    assert f'<a href="{reverse("log_list")}">Show the whole log</a>' in nothing.text
    assert "No matching entries." not in search_log(client).text


def test_log_list_shows_the_head_to_be_noted(client, officer):
    write_entry()
    newest = write_entry(country=CountryFactory(elsewhere=True))

    assert f"{newest.number}:{newest.hash}" in search_log(client).text
    assert log_head() == (newest.number, newest.hash)


@pytest.mark.parametrize("count", [1, 3])
def test_log_list_query_count(client, django_assert_num_queries, count):
    RecommendationFactory()
    officer = OfficerFactory()
    for _ in range(count):
        write_entry(by=officer, row=EvidenceFactory(), after={"title": "x"})
    client.force_login(officer)

    # session, user, zone; people, countries; count, entries; their evidence; head; verification; tasks, post, saved
    with django_assert_num_queries(18):
        response = client.get(reverse("log_list"))

    assert len(response.context["lines"]) == count


# --- Who reads it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [ObserverFactory, FocalPointFactory])
def test_the_log_is_closed_to_observers_and_ministries(client, reader):
    entry = write_entry(after={"title": "kept"})
    force_sign_in(client, reader())

    assert client.get(reverse("log_list")).status_code == 403
    assert client.get(reverse("log_export")).status_code == 403
    assert client.get(reverse("log_detail", args=[entry.number])).status_code == 404
    assert reverse("log_list") not in client.get(reverse("commitment_list")).text


def test_the_post_reads_its_own_country_alone(client, officer):
    here = write_entry()
    there = write_entry(country=CountryFactory(elsewhere=True), after={"title": "theirs"})
    write_entry("person.signed_in", country=None, by=officer, row=officer)

    assert entry_numbers(search_log(client)) == [here.number]
    assert entry_numbers(search_log(client, text="theirs")) == []
    assert client.get(reverse("log_detail", args=[there.number])).status_code == 404
    assert "theirs" not in export_log(client)
    assert f"\r\n{there.number}," not in export_log(client)


def test_the_log_tells_the_post_who_got_access_and_that_administrators_read_the_rest_on_accounts(client, officer):
    lineo, access = OfficerFactory(name="Lineo"), {"name": "Lineo", "role": "officer"}
    given = write_entry("person.role_given", row=lineo, after=access)
    ended = write_entry("person.role_ended", row=lineo, before=access)
    for verb in ("user.added", "person.invited", "person.signed_in", "person.account_closed"):
        write_entry(verb, country=None, row=lineo)

    page = search_log(client, what="accounts")
    assert entry_numbers(page) == [ended.number, given.number]
    assert "Set a role for Lesotho" in page.text
    assert f"Person {lineo.pk}: Lineo" in " ".join(page.text.split())
    assert "Only administrators read entries on invitations and sign-ins." in page.text

    force_sign_in(client, AdministratorFactory())
    assert len(entry_numbers(search_log(client))) == 6
    assert "Only administrators read" not in search_log(client).text


def test_an_administrator_reads_no_facts_and_finds_none(client):
    evidence = EvidenceFactory(title="A secret witness")
    fact = write_entry(row=evidence, after={"title": "A secret witness"})
    account = write_entry(
        "user.changed", country=None, row=OfficerFactory(), before={"name": "Old"}, after={"name": "New"}
    )
    passkey = write_entry("person.sign_in_refused", country=None, after={"with": ["webauthn"]})
    force_sign_in(client, AdministratorFactory())

    page = search_log(client)
    assert entry_numbers(page) == [passkey.number, account.number, fact.number]
    assert "secret" not in page.text
    assert entry_numbers(search_log(client, text="secret")) == []
    assert entry_numbers(search_log(client, text="webauthn")) == [passkey.number]
    closed = client.get(reverse("log_detail", args=[fact.number])).text
    assert "secret" not in closed
    assert "cannot read facts" in closed
    opened = client.get(reverse("log_detail", args=[account.number])).text
    assert "Old" in opened
    assert "New" in opened
    taken = export_log(client)
    assert "secret" not in taken
    assert "Name: New" in taken


def test_an_administrator_is_led_to_no_page_of_a_fact(client):
    """Such a page speaks to a ministry, which an administrator has not."""
    benchmark, person = BenchmarkFactory(), OfficerFactory()
    write_entry("benchmark.added", row=benchmark)
    write_entry("user.changed", country=None, row=person)
    force_sign_in(client, AdministratorFactory())

    page = search_log(client).text

    assert f"Benchmark {benchmark.pk}" in page
    assert reverse("recommendation_detail", args=[benchmark.recommendation_id]) not in page
    assert reverse("person_detail", args=[person.pk]) in page


def test_what_an_entry_was_done_to_is_named_to_who_sees_that_row_alone(client, officer):
    admin = AdministratorFactory(name="Unseen Administrator")
    write_entry("user.changed", row=admin)

    page = search_log(client)

    assert f"Person {admin.pk}" in page.text
    assert "Unseen Administrator" not in page.text


def test_an_entry_about_a_file_leads_to_the_evidence_or_the_dialogue_that_has_it(client, officer):
    of_evidence, of_dialogue, unsent = EvidenceFileFactory(), EvidenceFileFactory(), EvidenceFileFactory()
    evidence = EvidenceFactory(file=of_evidence)
    attached = DialogueFileFactory(file=of_dialogue)
    for file in (of_evidence, of_dialogue, unsent):
        write_entry("file.shown", row=file)

    unsent_line, dialogue_line, evidence_line = search_log(client).context["lines"]

    assert evidence_line.subject.url == reverse("evidence_detail", args=[evidence.pk])
    assert dialogue_line.subject.url == reverse("dialogue_detail", args=[attached.dialogue_id])
    assert unsent_line.subject.url == ""
    assert f">File {of_dialogue.pk}: letter.pdf</a>" in search_log(client).text


def row_named(table, pk=1):
    """A row as far as the log asks it: the label of its model, and its key."""
    return SimpleNamespace(pk=pk, _meta=SimpleNamespace(label_lower=table))


def link_to_all_entries(client, entry):
    """The address of the link "All entries about this record" on the entry's page."""
    page = client.get(reverse("log_detail", args=[entry.number])).text
    return unescape(re.search(rf'href="({reverse("log_list")}\?record=[^"]+)"', page)[1])


def test_an_entry_about_any_kind_of_record_leads_to_all_entries_about_it(client):
    load_cached(load_exercise)
    for table in OTHER_NOUNS:
        write_entry(row=row_named(table))
    force_sign_in(client, AdministratorFactory())
    newest = {entry.table: entry for entry in AuditEntry.objects.exclude(table="").order_by("number")}
    assert {"dialogues.evidencereview", "dialogues.commitment", "accounts.officeholder"} <= newest.keys()

    for table, entry in newest.items():
        listed = client.get(link_to_all_entries(client, entry))

        assert listed.status_code == 200, table
        assert entry.number in entry_numbers(listed), table


def test_an_entry_with_the_former_name_of_a_model_leads_to_all_entries_about_its_record(client, officer):
    version = UpdateVersionFactory()
    as_then = row_named("dialogues.updateround", version.pk)
    former, today = (write_entry("update.sent", row=row) for row in (as_then, version))

    assert entry_numbers(client.get(link_to_all_entries(client, former))) == [today.number, former.number]


# --- One entry --------------------------------------------------------------------------------------------------------


def test_log_detail_shows_before_and_after_field_by_field(client, officer):
    evidence = EvidenceFactory()
    entry = write_entry(
        row=evidence,
        before={"kind": "law", "happened_to": "2021-12-09", "gone": [1, 2]},
        after={"kind": "court", "happened_to": None, "commitment": 7, "recorded_at": "2022-01-28T07:00:00Z"},
    )

    page = client.get(reverse("log_detail", args=[entry.number]))

    assert [tuple(field) for field in page.context["fields"]] == [
        ("Commitment", "", "number 7", False),
        ("End date", "9 December 2021", "–", True),
        ("Type of evidence", "Law or regulation", "Court record", True),
        ("Recorded at", "", "28 January 2022, 09:00", False),
        ("Gone", "1, 2", "", False),
    ]
    assert "{" not in page.text.split("<main")[1].split("</main")[0]
    assert entry.hash in page.text
    assert entry.previous_hash in page.text
    assert "The seal matches." in page.text


@pytest.mark.parametrize(
    ("sides", "columns"),
    [
        ({"after": {"kind": "court"}}, {"After"}),
        ({"before": {"kind": "law"}}, {"Before"}),
        ({"before": {"kind": "law"}, "after": {"kind": "court"}}, {"Before", "After"}),
    ],
)
def test_log_detail_shows_only_the_columns_that_the_entry_has(client, officer, sides, columns):
    entry = write_entry(row=EvidenceFactory(), **sides)

    text = client.get(reverse("log_detail", args=[entry.number])).text

    assert {name for name in ("Before", "After") if f'data-label="{name}"' in text} == columns


def test_log_detail_shows_a_redacted_side_as_the_mark(client, officer):
    entry = write_entry(before={"title": "A name"}, after={"title": "Another"})
    redact_text(entry.detail, "before")
    AuditDetail.objects.filter(entry=entry).update(before=REDACTED)

    page = client.get(reverse("log_detail", args=[entry.number]))

    assert [tuple(field) for field in page.context["fields"]] == [("Title", REDACTED, "Another", False)]
    assert "The seal matches." in page.text


# --- Taking it along --------------------------------------------------------------------------------------------------


def test_log_export_holds_what_was_searched_for_and_says_so_in_the_log(client, officer):
    evidence = EvidenceFactory(title="A law was passed")
    told = {"title": "found", "kind": "court"}
    write_entry(by=officer, row=evidence, before={"kind": "law"}, after=told)
    write_entry(by=officer, after={"title": "left"})
    write_entry(country=CountryFactory(elsewhere=True), after={"title": "found"})

    taken = export_log(client, text="found", page="7")

    assert taken.startswith('\ufeff"Number","When","Time zone","Who",')
    (row,) = csv.DictReader(io.StringIO(taken.removeprefix("\ufeff")))
    assert (row["Number"], row["Who"], row["Verb"]) == ("1", "Palesa Reader", "evidence.logged")
    assert (row["Record"], row["Table"], row["Row"]) == ("A law was passed", "dialogues.evidence", str(evidence.pk))
    assert row["Before"] == "Type of evidence: Law or regulation"
    assert row["After"].split("\n") == ["Type of evidence: Court record", "What happened: found"]
    assert row["Time zone"] == "Africa/Maseru"
    assert datetime.fromisoformat(row["When"]).utcoffset().total_seconds() == 2 * 3600
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.by, entry.country) == ("log.exported", officer, CountryFactory())
    assert entry.detail.after == '{"filter": {"text": "found"}, "rows": 1}'


def test_export_of_several_countries_is_logged_for_each(client):
    both = [CountryFactory(), CountryFactory(elsewhere=True)]
    force_sign_in(client, OfficerFactory(countries=both))
    write_entry()

    export_log(client)

    told = AuditEntry.objects.filter(verb="log.exported").order_by("country__code")
    assert [(entry.country.code, '"rows": 1' in entry.detail.after) for entry in told] == [
        ("LSO", True),
        (both[1].code, False),
    ]


def test_an_administrators_export_belongs_to_no_country(client):
    force_sign_in(client, AdministratorFactory())
    write_entry()

    export_log(client)

    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.country) == ("log.exported", None)
    assert AuditDetail.objects.visible_to(entry.by).filter(entry=entry).exists()


def test_nothing_in_an_export_is_a_formula(client):
    force_sign_in(client, OfficerFactory(name="=HYPERLINK(1)"))
    write_entry(by=OfficerFactory(name="=2+3"))

    (row,) = list(csv.DictReader(io.StringIO(export_log(client).removeprefix("\ufeff"))))

    assert row["Who"] == "'=2+3"


def test_log_export_has_the_day_in_its_name(client, officer, monkeypatch, settings):
    settings.DEMO_CLOCK = ""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2022, 1, 28, 22, 30, tzinfo=UTC))

    response = client.get(reverse("log_export"))

    assert response.headers["Content-Disposition"] == 'attachment; filename="tip-tracker-log-2022-01-29.csv"'


def test_log_export_asks_again_who_it_is(client):
    officer = OfficerFactory()
    client.force_login(officer)
    session = client.session
    long_ago = {"method": "password", "at": time.time() - 3600}
    session["account_authentication_methods"] = [long_ago]
    session["account_authentication_methods_user"] = str(officer.pk)
    session.save()

    response = client.get(reverse("log_export"), {"what": "read"})

    assert response.status_code == 302
    there = urlsplit(response.url)
    assert there.path == reverse("account_reauthenticate")
    assert parse_qs(there.query)["next"] == [f"{reverse('log_export')}?what=read"]
    assert not AuditEntry.objects.filter(verb="log.exported").exists()
