"""Which rows each reader gets in each list, by the names of the rows in the world."""

import csv
import io

import pytest

from tests.security.access_requests import AccessRule, send_request
from tests.security.world import ELSEWHERE, EMBASSY, LOG, MINISTRIES, READERS, REDACTORS

ADMINISTRATORS = frozenset({"administrator", "post", "other_post"})
SIGNED_IN = EMBASSY | MINISTRIES | ELSEWHERE | ADMINISTRATORS
SIGNED_OUT = set(READERS) - SIGNED_IN


def names_by_reader(**lists):
    """Return row names by reader. Others who are signed in get an empty list. `embassy` stands for its four readers."""
    embassy = lists.pop("embassy", "")
    whole = dict.fromkeys(EMBASSY, embassy) | lists
    return {reader: sorted(whole.get(reader, "").split()) for reader in SIGNED_IN}


ALL_EVIDENCE = "returned_evidence sent internal shared corrected home_evidence done answer_evidence"
EDITIONS = "edition edition_before disposed_edition"
API = {
    "ministry": ("ministry-list", names_by_reader(
        embassy="police justice home", own="police", supporting="justice", other="home",
        elsewhere="foreign_ministry", administrator="police justice home foreign_ministry",
        post="police justice home", other_post="foreign_ministry",
    )),
    "edition": ("edition-list", names_by_reader(
        embassy=EDITIONS, own=EDITIONS, supporting=EDITIONS, other=EDITIONS, elsewhere="foreign_edition",
        administrator=f"{EDITIONS} foreign_edition", post=EDITIONS, other_post="foreign_edition",
    )),
    "recommendation": ("recommendation-list", names_by_reader(
        embassy="earlier first second", own="earlier first second", supporting="earlier first second",
        other="earlier first second", elsewhere="foreign_recommendation",
        administrator="earlier first second foreign_recommendation",
        post="earlier first second", other_post="foreign_recommendation",
    )),
    "benchmark": ("benchmark-list", names_by_reader(
        embassy="assessed earlier_benchmark figure_benchmark home_benchmark uncommitted_benchmark",
        own="assessed figure_benchmark", other="home_benchmark",
        elsewhere="foreign_benchmark",
        administrator=(
            "assessed earlier_benchmark figure_benchmark home_benchmark uncommitted_benchmark foreign_benchmark"
        ),
        post="assessed earlier_benchmark figure_benchmark home_benchmark uncommitted_benchmark",
        other_post="foreign_benchmark",
    )),
    "indicator": ("indicator-list", names_by_reader(
        embassy="indicator home_indicator unused_indicator", own="indicator", other="home_indicator",
        elsewhere="foreign_indicator", administrator="indicator home_indicator unused_indicator foreign_indicator",
        post="indicator home_indicator unused_indicator", other_post="foreign_indicator",
    )),
    "commitment": ("commitment-list", names_by_reader(
        embassy="commitment unstarted settled us_commitment reported home_commitment other_home_commitment",
        own="commitment unstarted settled", other="home_commitment other_home_commitment",
        elsewhere="foreign_commitment",
    )),
    "informationrequest": ("information-request-list", names_by_reader(
        embassy="asked answered home_request", own="asked answered", other="home_request", elsewhere="foreign_request",
    )),
    "update": ("update-list", names_by_reader(
        embassy="update home_update answer_update", own="update answer_update", other="home_update",
        elsewhere="foreign_update",
    )),
    "evidence": ("evidence-list", names_by_reader(
        embassy=ALL_EVIDENCE, own="returned_evidence sent shared answer_evidence", other="home_evidence",
        elsewhere="foreign_evidence",
    )),
    "evidencereview": ("review-list", names_by_reader(
        embassy="returned_evidence_review shared_review shared_home_review done_link_review done_review",
        own="returned_evidence_review", elsewhere="foreign_review",
    )),
    "dialogue": ("dialogue-list", names_by_reader(
        embassy="called_off dialogue home_dialogue planned",
        own="dialogue planned",
        other="dialogue home_dialogue",
        elsewhere="foreign_dialogue",
    )),
    "reading": ("reading-list", names_by_reader(
        embassy="reading home_reading embassy_reading answer_reading", own="reading answer_reading",
        other="home_reading",
        elsewhere="foreign_reading",
    )),
    "lawentry": ("law-entry-list", names_by_reader(embassy="law", elsewhere="foreign_law")),
    "assessment": ("assessment-list", names_by_reader(embassy="assessment", elsewhere="foreign_assessment")),
    "briefing": ("briefing-list", names_by_reader(
        embassy="briefing compared_briefing input failed_briefing", elsewhere="foreign_briefing",
    )),
}  # fmt: skip
"""By model: the list, and the rows that each reader gets in it."""
PEOPLE = (
    "officer_person second_person ambassador_person observer_person own_person supporting_person other_person "
    "post_person deactivated_person unenrolled_person contact_person colleague officers_leaver owns_leaver "
    "others_leaver"
)
FOREIGN_PEOPLE = "elsewhere_person foreign_focal_point other_post_person"


@pytest.mark.parametrize("model", API)
def test_a_list_of_the_api_holds_exactly_what_its_reader_sees(world, model):
    route, expected = API[model]
    answers = {reader: send_request(world, AccessRule("GET", route, "-", {}), reader) for reader in READERS}

    assert {reader for reader, answer in answers.items() if answer.status != "200"} == SIGNED_OUT
    listed = {reader: [row["id"] for row in answers[reader].json["results"]] for reader in SIGNED_IN}
    assert {reader: world.names(model, keys) for reader, keys in listed.items()} == expected
    assert {reader: answers[reader].json["count"] for reader in SIGNED_IN} == {
        reader: len(names) for reader, names in expected.items()
    }


@pytest.mark.parametrize("model", API)
def test_every_row_of_the_world_stands_in_somebodys_list(world, model):
    """A row without a name would not be noticed if it were missing."""
    rows = type(next(row for row in world.rows.values() if row._meta.model_name == model))._default_manager.all()

    assert not [name for name in world.names(model, [row.pk for row in rows]) if name.startswith("unnamed")]
    named = {name for names in API[model][1].values() for name in names}
    assert named == set(world.names(model, [row.pk for row in rows]))


# --- Nested rows ------------------------------------------------------------------------------------------------------


def nested_names(world, what, part, model):
    """Return, by reader who may see `what`, the names of the rows of `model` in the part `part` of the answer."""
    route, row = what.split()
    part, _, key = part.partition(".")
    answers = {reader: send_request(world, AccessRule("GET", route, row, {}), reader) for reader in SIGNED_IN}
    seen = {reader: answer.json[part] for reader, answer in answers.items() if answer.status == "200"}
    return {reader: world.names(model, [each[key] if key else each for each in rows]) for reader, rows in seen.items()}


def test_nested_rows_are_limited_to_those_that_the_reader_sees(world):
    embassy = dict.fromkeys

    assert nested_names(world, "dialogue-detail dialogue", "commitments", "commitment") == {
        **embassy(EMBASSY, ["commitment", "home_commitment"]),
        "own": ["commitment"],
        "other": ["home_commitment"],
    }
    assert nested_names(world, "evidence-detail shared", "evidence_links.benchmark", "benchmark") == {
        **embassy(EMBASSY, ["assessed", "home_benchmark"]),
        "own": ["assessed"],
    }
    assert nested_names(world, "evidence-detail shared", "reviews.id", "evidencereview") == {
        **embassy(EMBASSY, ["shared_home_review", "shared_review"]),
        "own": [],
    }
    assert nested_names(world, "evidence-detail returned_evidence", "reviews.id", "evidencereview") == {
        **embassy(EMBASSY, ["returned_evidence_review"]),
        "own": ["returned_evidence_review"],
    }
    assert nested_names(world, "commitment-detail commitment", "benchmarks", "benchmark") == {
        **embassy(EMBASSY | {"own"}, ["assessed", "figure_benchmark"]),
    }
    assert nested_names(world, "update-detail update", "versions.id", "updateversion") == {
        **embassy(EMBASSY | {"own"}, ["returned_version", "waiting"]),
    }


FIELDS_FOR_MINISTRIES = {
    "edition-detail edition": "country ends_on id published_on source starts_on tier year",
    "recommendation-detail first": "edition id indicia number origin pillar text text_status",
    "benchmark-detail assessed": "id key letter recommendation wording",
    "indicator-detail indicator": "annual_targets better country id indicium is_required name pillar question unit",
    "commitment-detail commitment": (
        "benchmarks corrections dialogue due_date_proposals due_on events id letter ministry recorded_at slips status "
        "text"
    ),
    "information-request-detail asked": (
        "country days_overdue dialogue due_on edition events id lines ministry reason recorded_at recorded_by status"
    ),
    "dialogue-detail dialogue": "commitments held_on id place",
    "evidence-detail sent": (
        "bearings commitment done_by evidence_links file happened_from happened_to id "
        "information_request kind link recorded_at recorded_by reviews round source stated_by title update_version"
    ),
    "update-version-detail waiting": "claimed decision happened_on id narrative number recorded_at recorded_by update",
    "round-detail waiting": "claimed decision happened_on id narrative number recorded_at recorded_by update",
    "update-detail update": "commitment id information_request number rounds versions",
    "review-detail returned_evidence_review": (
        "bearing decision evidence evidence_link first_on id reason recorded_at recorded_by"
    ),
    "reading-detail reading": (
        "direction evidence figure id indicator is_no_data note recorded_at round source starts_on through_on "
        "update_version"
    ),
    "ministry-detail police": "country id name short_name",
}


@pytest.mark.parametrize("what", FIELDS_FOR_MINISTRIES)
def test_a_ministry_reads_these_fields_and_no_others(world, what):
    route, row = what.split()

    answer = send_request(world, AccessRule("GET", route, row, {}), "own")

    assert " ".join(sorted(answer.json)) == FIELDS_FOR_MINISTRIES[what]


# --- Pages ------------------------------------------------------------------------------------------------------------


def keys_in_commitment_list(context):
    return [line.commitment.pk for line in context["lines"]]


def keys_in_dialogue_list(context):
    return [meeting.pk for meeting in context["meetings"]]


def keys_in_ministry_home(context):
    return [ask.commitment.pk for part in ("open", "waiting", "settled") for ask in context[part]]


def keys_in_log_list(context):
    return [line.entry.pk for line in context["lines"]]


PAGES = {
    "commitment_list": ("commitment", keys_in_commitment_list, API["commitment"][1]),
    "dialogue_list": ("dialogue", keys_in_dialogue_list, API["dialogue"][1]),
    "briefing_list": ("briefing", lambda context: [row.pk for row in context["page"]], API["briefing"][1]),
    "evidence_list": (
        "evidence",
        lambda context: [line.piece.pk for line in context["lines"]],
        names_by_reader(embassy=ALL_EVIDENCE.replace("corrected ", ""), elsewhere="foreign_evidence"),
    ),
    "indicator_list": (
        "indicator",
        lambda context: [row.indicator.pk for row in context["rows"]],
        names_by_reader(embassy="indicator home_indicator unused_indicator", elsewhere="foreign_indicator"),
    ),
    "run_list": (
        "readinessrun",
        lambda context: [row.pk for row in context["page"]],
        names_by_reader(embassy="run", elsewhere="foreign_run"),
    ),
    "redaction_list": (
        "redaction",
        lambda context: [row.pk for row in context["page"]],
        names_by_reader(elsewhere="foreign_redaction", **dict.fromkeys(REDACTORS, "redaction")),
    ),
    "my_tasks": (
        "updateversion",
        lambda context: [waiting.update_version.pk for waiting in context["versions"]],
        names_by_reader(
            officer="waiting home_version answer", second="waiting home_version answer", elsewhere="foreign_version"
        ),
    ),
    "token_list": (
        "apitoken",
        lambda context: [token.pk for token in context["working"]],
        names_by_reader(officer="officers_token"),
    ),
    "ministry_home": ("commitment", keys_in_ministry_home, API["commitment"][1]),
    "log_list": (
        "auditentry",
        keys_in_log_list,
        names_by_reader(
            officer="entry ministry_entry", second="entry ministry_entry", ambassador="entry ministry_entry",
            elsewhere="foreign_entry",
            administrator=(
                "entry foreign_entry account_entry token_entry foreign_account_entry shared_account_entry "
                "ministry_entry"
            ),
            post="account_entry token_entry ministry_entry", other_post="foreign_account_entry",
        ),
    ),
    "person_list": (
        "user",
        lambda context: [line.person.pk for line in context["lines"]],
        names_by_reader(
            administrator=f"{PEOPLE} {FOREIGN_PEOPLE} shared_officer administrator_person",
            post=f"{PEOPLE} shared_officer",
            other_post=f"{FOREIGN_PEOPLE} shared_officer",
        ),
    ),
    "account_request_list": (
        "accountrequest",
        lambda context: [asked.pk for asked, _ in (*context["waiting"], *context["ended"])],
        names_by_reader(
            ambassador="account_request", administrator="account_request foreign_account_request",
            post="account_request", other_post="foreign_account_request",
        ),
    ),
    "mail_list": (
        "mail",
        lambda context: [row.mail.pk for row in context["rows"]],
        names_by_reader(
            administrator="mail token_mail foreign_mail shared_mail nobodys_mail",
            post="mail token_mail",
            other_post="foreign_mail",
        ),
    ),
    "ministry_list": (
        "ministry",
        lambda context: [ministry.pk for ministry, _ in context["lines"]],
        {reader: names for reader, names in API["ministry"][1].items() if reader in ADMINISTRATORS},
    ),
    "country_list": (
        "country",
        lambda context: [country.pk for country in context["countries"]],
        names_by_reader(administrator="lesotho malawi", post="lesotho", other_post="malawi"),
    ),
    "setup_list": (
        "country",
        lambda context: [line.country.pk for line in context["lines"]],
        names_by_reader(
            embassy="lesotho", elsewhere="malawi", administrator="lesotho malawi", post="lesotho", other_post="malawi"
        ),
    ),
}  # fmt: skip
"""By page: the model of its rows, their place in the context, and the rows that each reader gets."""


@pytest.mark.parametrize("route", PAGES)
def test_a_list_on_a_page_holds_exactly_what_its_reader_sees(world, route):
    model, keys, expected = PAGES[route]
    answers = {reader: send_request(world, AccessRule("GET", route, "-", {}), reader) for reader in SIGNED_IN}

    listed = {
        reader: world.names(model, keys(answer.context)) for reader, answer in answers.items() if answer.status == "200"
    }
    assert listed == {reader: expected[reader] for reader in listed}
    some = {
        "ministry_home": MINISTRIES,
        "evidence_list": EMBASSY | ELSEWHERE,
        "indicator_list": EMBASSY | ELSEWHERE,
        "run_list": EMBASSY | ELSEWHERE,
        "redaction_list": REDACTORS | ELSEWHERE,
        "log_list": LOG | ELSEWHERE | ADMINISTRATORS,
        "person_list": ADMINISTRATORS,
        "account_request_list": ADMINISTRATORS | {"ambassador"},
        "mail_list": ADMINISTRATORS,
        "ministry_list": ADMINISTRATORS,
        "country_list": ADMINISTRATORS,
        "setup_list": ADMINISTRATORS | EMBASSY | ELSEWHERE,
    }
    assert set(listed) == some.get(route, SIGNED_IN)


@pytest.mark.parametrize("reader", sorted(MINISTRIES | {"administrator", "post"}))
def test_pages_show_ministries_only_the_published_text_of_recommendations(world, reader):
    """As plain values: with a model instance, a template could reach other rows."""
    of_list = send_request(world, AccessRule("GET", "recommendation_list", "-", {}), reader).context
    of_one = send_request(world, AccessRule("GET", "recommendation_detail", "first", {}), reader).context

    assert "rows" not in of_list
    assert "recommendation" not in of_one
    assert "benchmarks" not in of_one


@pytest.mark.parametrize("reader", ["post", "other_post"])
@pytest.mark.parametrize("words", ["name", "ministry", "theirs", "post.example"])
def test_a_search_finds_administrators_of_a_post_nothing_of_another_country(world, reader, words):
    for route in ("search", "person_list", "mail_list"):
        answer = send_request(world, AccessRule("GET", route, "-", {}), reader, query={"q": words})

        assert answer.status == "200"
        assert world.leaks(reader, answer.body) == []


LOG_FILTERS = (
    {}, {"what": "everything"}, {"record": "accounts.user"}, {"record": "accounts.ministry"}, {"address": "127.0.0.1"},
    {"country": "MWI"}, {"country": "LSO"}, {"text": "earlier"}, {"who": "0"},
)  # fmt: skip


@pytest.mark.parametrize("reader", ["post", "other_post"])
@pytest.mark.parametrize("route", ["log_list", "log_export"])
def test_no_filter_of_the_log_gives_administrators_of_a_post_a_text_of_others(world, reader, route):
    people = [{"who": str(person.pk)} for person in world.people.values()]
    of_people = [{"record": "accounts.user", "row": str(person.pk)} for person in world.people.values()]
    logs = [{"log": str(world.rows[name].pk)} for name in ("foreign_imported_log",)]

    for query in (*LOG_FILTERS, *people, *of_people, *logs):
        answer = send_request(world, AccessRule("GET", route, "-", {}), reader, query=query)

        assert answer.status in {"200", "302", "422"}, query
        assert world.leaks(reader, answer.body) == [], query


@pytest.mark.parametrize("what", ["an earlier name", "an earlier name there", "an earlier name of both"])
def test_the_words_of_an_entry_find_it_for_those_who_read_it_alone(world, what):
    """A number of entries that were found would tell which words an entry has."""
    (mark, to) = next((mark, to) for mark, (of_mark, to) in world.marks.items() if of_mark == what)
    line = AccessRule("GET", "log_list", "-", {})

    found = {
        reader: len(send_request(world, line, reader, query={"text": mark}).context["lines"])
        for reader in ADMINISTRATORS
    }

    assert found == {reader: int(reader in to) for reader in ADMINISTRATORS}


# --- As files ---------------------------------------------------------------------------------------------------------

EXPORTED_LISTS = (
    "briefing_list", "commitment_list", "dialogue_list", "evidence_list", "redaction_list", "my_tasks", "run_list",
)  # fmt: skip


@pytest.mark.parametrize("route", EXPORTED_LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_exported_list_holds_what_its_page_does_for_each_reader(world, route, kind):
    of_page = PAGES[route][2]
    for reader in READERS:
        page = send_request(world, AccessRule("GET", route, "-", {}), reader)
        file = send_request(world, AccessRule("GET", route, "-", {}), reader, query={"as": kind})

        assert file.status == page.status, reader
        assert world.leaks(reader, file.body) == []
        if kind == "csv" and file.status == "200":
            _, *rows, _ = csv.reader(io.StringIO(file.body))  # its heads, and the head that names the file
            beside = page.context.get("logged_count", 0) if route == "my_tasks" else 0
            assert len(rows) == len(of_page[reader]) + beside, reader
