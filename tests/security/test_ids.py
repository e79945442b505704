"""An id that a reader may not see gets the same answer as an unknown id, in every place for ids.

The table of roles covers ids in paths. These tests cover queries, forms and bodies of the API.
"""

import re

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict

from tests.security import access_requests
from tests.security.access_requests import UNKNOWN_ID, AccessRule, send_request, stable_body
from tests.security.test_lists import API
from tests.security.test_roles import RULES
from tiptracker.api.base import build_router

HUGE_ID = 10**30
IDS_IN_QUERIES = [
    ("officer", "GET briefing_list -", "what=dialogue-", "foreign_dialogue"),
    ("officer", "GET readiness_what_if -", "met", "foreign_benchmark"),
    ("officer", "GET readiness_what_if -", "step=keep-commitment-", "foreign_commitment"),
    ("officer", "GET sustainment_add planned", "work=commitment-", "foreign_commitment"),
    ("officer", "GET recommendation_list -", "ministry", "foreign_ministry"),
    ("own", "GET recommendation_list -", "ministry", "home"),
    ("officer", "GET log_list -", "who", "foreign_focal_point"),
    ("officer", "GET log_list -", "row", "foreign_evidence"),
    ("officer", "GET log_list -", "log", "foreign_imported_log"),
    ("officer", "GET log_export -", "log", "foreign_imported_log"),
    ("officer", "GET log_export -", "who", "foreign_focal_point"),
    ("officer", "GET log_export -", "row", "foreign_evidence"),
    ("officer", "GET commitment_list -", "ministry", "foreign_ministry"),
    ("own", "GET commitment_list -", "ministry", "home"),
    ("officer", "GET commitment_add -", "dialogue", "foreign_dialogue"),
    ("officer", "GET commitment_add -", "recommendation", "foreign_recommendation"),
    ("officer", "GET information_request_list -", "ministry", "foreign_ministry"),
    ("officer", "GET information_request_add -", "ministry", "foreign_ministry"),
    ("officer", "GET information_request_add -", "dialogue", "foreign_dialogue"),
    ("officer", "GET annual_target indicator", "dialogue", "foreign_dialogue"),
    ("officer", "GET information_request_add -", "indicator", "foreign_indicator"),
    ("officer", "GET information_request_add -", "benchmark", "foreign_benchmark"),
    ("officer", "GET information_request_add -", "question", "foreign_question"),
    ("own", "GET update-list -", "information_request", "home_request"),
    ("officer", "GET evidence_list -", "benchmark", "foreign_benchmark"),
    ("officer", "GET evidence_list -", "partner", "foreign_partner"),
    ("officer", "GET commitment_list -", "recommendation", "foreign_recommendation"),
    ("officer", "GET evidence_log -", "commitment", "foreign_commitment"),
    ("officer", "GET evidence_log -", "benchmark", "foreign_benchmark"),
    ("officer", "GET evidence_log -", "recommendation", "foreign_recommendation"),
    ("officer", "GET evidence_log -", "after", "foreign_evidence"),
    ("officer", "GET evidence_revise internal", "recommendation", "foreign_recommendation"),
    ("officer", "GET benchmark_assess assessed", "update_version", "foreign_version"),
    ("officer", "GET benchmark_simulation assessed", "update_version", "foreign_version"),
    ("officer", "GET benchmark_simulation assessed", "seen=0&evidence", "foreign_evidence"),
    ("officer", "GET my_tasks -", "after=version-", "foreign_version"),
    ("officer", "GET version_detail waiting", "after=evidence-", "foreign_evidence"),
    ("officer", "GET evidence_detail internal", "after=version-", "foreign_version"),
    ("officer", "GET my_tasks_next -", "after=version-", "foreign_version"),
    ("officer", "GET redaction_add -", "file", "foreign_file"),
    ("officer", "GET readiness-list -", "edition", "foreign_edition"),
    ("officer", "GET recommendation-list -", "edition", "foreign_edition"),
    ("officer", "GET benchmark-list -", "edition", "foreign_edition"),
    ("officer", "GET benchmark-list -", "recommendation", "foreign_recommendation"),
    ("own", "GET commitment-list -", "ministry", "home"),
    ("own", "GET commitment-list -", "benchmark", "home_benchmark"),
    ("own", "GET information-request-list -", "ministry", "home"),
    ("own", "GET information-request-list -", "edition", "foreign_edition"),
    ("own", "GET information-request-list -", "indicator", "home_indicator"),
    ("own", "GET update-list -", "commitment", "home_commitment"),
    ("own", "GET evidence-list -", "commitment", "home_commitment"),
    ("own", "GET evidence-list -", "benchmark", "home_benchmark"),
    ("own", "GET evidence-list -", "update_version", "home_version"),
    ("own", "GET evidence-list -", "round", "home_version"),
    ("own", "GET review-list -", "evidence", "home_evidence"),
    ("own", "GET review-list -", "evidence", "shared"),
    ("own", "GET reading-list -", "indicator", "home_indicator"),
    ("own", "GET reading-list -", "update_version", "home_version"),
    ("own", "GET reading-list -", "round", "home_version"),
    ("own", "GET assessment-list -", "benchmark", "assessed"),
    ("officer", "GET briefing-list -", "edition", "foreign_edition"),
    ("officer", "GET briefing_list -", "what=ministry-", "foreign_ministry"),
    ("officer", "GET briefing_request -", "what=ministry-", "foreign_ministry"),
    ("officer", "GET briefing_request -", "again", "foreign_briefing"),
    ("officer", "GET briefing_compare briefing", "with", "foreign_briefing"),
    ("officer", "GET person_list -", "country", "malawi"),
    ("post", "GET person_list -", "country", "malawi"),
    ("post", "GET ministry_list -", "country", "malawi"),
    ("post", "GET log_list -", "who", "elsewhere_person"),
    ("post", "GET log_list -", "row", "elsewhere_person"),
    ("post", "GET log_export -", "row", "elsewhere_person"),
    ("post", "GET recommendation_list -", "ministry", "foreign_ministry"),
    ("post", "GET recommendation-list -", "edition", "foreign_edition"),
    ("post", "GET benchmark-list -", "recommendation", "foreign_recommendation"),
    ("officer", "GET ministry_list -", "country", "malawi"),
]
"""The reader, address and parameter (with the text before the id), and the row that the reader may not see."""

PARAMETERS_WITHOUT_IDS = """
edition-list        country year
recommendation-list pillar origin
indicator-list      pillar question
commitment-list     status due_before
information-request-list  status
law-entry-list      kind standard
evidence-list       happened_after happened_before indicium
reading-list        starts_on
commitment_detail   sent
dialogue_detail     saved
information_request_detail  sent
information_request_list  q status
information_request_add  due_on line reason years
briefing-list       kind
readiness-list      as_of known_by
readiness_detail    as_of known_by known_on
readiness_checks    as_of known_by known_on
readiness_trend     as_of known_by known_on
readiness_what_if   as_of known_by known_on
readiness_why       as_of known_by known_on
readiness_explanation  as_of known_by known_on
search              q in
readiness_changes   as_of_from as_of_to known_by_from known_by_to known_on_from known_on_to
benchmark_simulation  seen
evidence_simulation changed
version_simulation  changed
methodology         as_of known_by known_on
recommendation_list pillar
setup_add           country
country_comparison  with1 with2 with3 with4
timeline            kind stands
standard_indicators tick
commitment_list     q status pillar due_from due_to sort
evidence_list       q kind done_by indicium shows word since until sort
log_list            address country record since text until what
person_list         q role state
mail_list           q state
calendar_month      month
saved_filter_add    address
saved_filter_edit   address
log_export          address country record since text until what
"""
"""The other parameters of each address. They are days, moments and words, so they cannot name a row."""
COMMON_PARAMETERS = {"as", "format", "lang", "next", "page", "page_size", "recorded_since", "script", "version"}

IDS_IN_FORMS = [
    ("officer", "POST recommendation_add edition", "lead", "foreign_ministry"),
    ("officer", "POST recommendation_add edition", "supporting", "foreign_ministry"),
    ("officer", "POST recommendation_edit first", "lead", "foreign_ministry"),
    ("officer", "POST benchmark_add first", "indicator", "foreign_indicator"),
    ("officer", "POST benchmark_edit assessed", "indicator", "foreign_indicator"),
    ("officer", "POST indicator_ministry indicator", "ministry", "foreign_ministry"),
    ("officer", "POST chosen_indicator_agree chosen", "ministry", "foreign_ministry"),
    ("officer", "POST chosen_indicator_agree chosen", "others", "foreign_chosen"),
    ("officer", "POST contribution_add planned", "ministry", "foreign_ministry"),
    ("officer", "POST contribution_add planned", "partner", "foreign_partner"),
    ("officer", "POST contribution_add planned", "work", "foreign_commitment"),
    ("officer", "POST contribution_correct contribution", "ministry", "foreign_ministry"),
    ("officer", "POST contribution_correct contribution", "partner", "foreign_partner"),
    ("officer", "POST sustainment_add planned", "work", "foreign_commitment"),
    ("officer", "POST annual_target indicator", "ministry", "foreign_ministry"),
    ("officer", "POST annual_target indicator", "dialogue", "foreign_dialogue"),
    ("officer", "POST commitment_add -", "ministry", "foreign_ministry"),
    ("officer", "POST commitment_add -", "dialogue", "foreign_dialogue"),
    ("officer", "POST commitment_add -", "links-0-benchmark", "foreign_benchmark"),
    ("officer", "POST information_request_add -", "ministry", "foreign_ministry"),
    ("officer", "POST information_request_add -", "dialogue", "foreign_dialogue"),
    ("officer", "POST information_request_add -", "lines-0-indicator", "foreign_indicator"),
    ("officer", "POST information_request_correct asked", "lines-0-line", "home_line"),
    ("officer", "POST information_request_correct asked", "lines-0-indicator", "foreign_indicator"),
    ("officer", "POST information_request_record_answer asked", "kept_files", "foreign_file"),
    ("own", "POST information_request_answer asked", "kept_files", "home_file"),
    ("own", "POST information_request_answer asked", "last_version", "home_version"),
    ("own", "POST information_request_draft asked", "restore_draft", "row_removed_by_second"),
    ("officer", "POST commitment_correct unstarted", "links-0-benchmark", "foreign_benchmark"),
    ("officer", "POST agreed_proof_evidence agreed_proof", "evidence", "foreign_evidence"),
    ("officer", "POST version_return waiting", "return-missing", "home_proof"),
    ("own", "POST update_send unstarted", "proofs", "home_proof"),
    ("officer", "POST evidence_log -", "commitment", "foreign_commitment"),
    ("officer", "POST evidence_log -", "kept_files", "unsent_file"),
    ("officer", "POST evidence_log -", "evidence_links-0-benchmark", "foreign_benchmark"),
    ("officer", "POST evidence_log -", "count-indicator", "foreign_indicator"),
    ("officer", "POST evidence_log -", "partner", "foreign_partner"),
    ("officer", "POST law_entry_add -", "evidence", "foreign_evidence"),
    ("officer", "POST law_entry_correct law", "evidence", "foreign_evidence"),
    ("officer", "POST indicator_enter -", "kept_files", "unsent_file"),
    ("officer", "POST standard_indicators -", "acquittals-existing", "foreign_indicator"),
    ("officer", "POST standard_indicators -", "acquittals-ministry", "foreign_ministry"),
    ("officer", "POST question_mapping question", "indicators", "foreign_indicator"),
    ("officer", "POST question_mapping question", "benchmarks", "foreign_benchmark"),
    ("officer", "POST reading_add indicator", "kept_files", "unsent_file"),
    ("own", "POST update_send unstarted", "kept_files", "home_file"),
    ("own", "POST update_send unstarted", "last_version", "home_version"),
    ("officer", "POST benchmark_assess assessed", "evidence", "foreign_evidence"),
    ("officer", "POST benchmark_assess assessed", "update_version", "foreign_version"),
    ("officer", "POST dialogue_attach dialogue", "kept_files", "unsent_file"),
    ("officer", "POST dialogue_record dialogue", "commitments-0-who", "foreign_ministry"),
    ("officer", "POST dialogue_record dialogue", "commitments-0-benchmark_1", "foreign_benchmark"),
    ("officer", "POST dialogue_record dialogue", "steps-0-owner", "foreign_ministry"),
    ("officer", "POST dialogue_add -", "people-0-ministry", "foreign_ministry"),
    ("officer", "POST dialogue_edit dialogue", "people-0-ministry", "foreign_ministry"),
    ("officer", "POST redaction_add -", "file", "foreign_file"),
    ("officer", "POST setup_suggested first", "suggested-0-indicator", "foreign_indicator"),
    ("officer", "POST setup_suggested first", "suggested-0-new_ministry", "foreign_ministry"),
    ("administrator", "POST setup_ministries lesotho", "known-0-ministry", "foreign_ministry"),
    ("officer", "POST saved_filter_add -", "restore", "row_removed_by_second"),
    ("own", "POST update_draft unstarted", "restore_draft", "row_removed_by_second"),
    ("own", "POST workbook police", "restore", "row_removed_by_second"),
    ("own", "POST workbook_preview own_workbook", "row3-kept_files", "home_file"),
    ("officer", "POST next_step_done step", "again", "row_removed_by_second"),
    ("officer", "POST commitment_note_add commitment", "named", "elsewhere_person"),
    ("officer", "POST recommendation_note_add first", "named", "own_person"),
    ("officer", "POST ministry_note_add police", "named", "elsewhere_person"),
    ("officer", "POST note_detail note", "mark", "foreign_mark"),
    ("officer", "POST version_fill waiting", "several-items", "foreign_version"),
    ("administrator", "POST edition_import edition", "restore", "row_removed_by_second"),
    ("officer", "POST question_sets -", "restore", "row_removed_by_second"),
    ("administrator", "POST setup_people lesotho", "people-0-ministry", "foreign_ministry"),
    ("officer", "POST handover_received -", "handover", "owns_handover"),
    ("administrator", "POST person_handover second_person", "successor", "elsewhere_person"),
    ("post", "POST person_handover second_person", "successor", "elsewhere_person"),
    ("post", "POST person_add -", "countries", "malawi"),
    ("post", "POST person_add -", "ministry", "foreign_ministry"),
    ("post", "POST person_edit observer_person", "countries", "malawi"),
    ("post", "POST person_edit observer_person", "ministry", "foreign_ministry"),
    ("post", "POST setup_ministries lesotho", "known-0-ministry", "foreign_ministry"),
    ("post", "POST setup_people lesotho", "people-0-ministry", "foreign_ministry"),
    ("post", "POST edition_import edition", "restore", "row_removed_by_second"),
]


def parse_rule(text):
    return AccessRule(*text.split(), {})


@pytest.mark.parametrize("case", IDS_IN_QUERIES, ids=" ".join)
def test_an_unseen_an_unknown_and_an_impossible_id_in_a_query_are_answered_alike(world, case):
    reader, asked, name, unseen = case
    before, name = name.rpartition("&")[::2]
    name, _, word = name.partition("=")
    given = dict([before.split("=")]) if before else {}
    answers = {
        kind: send_request(world, parse_rule(asked), reader, query={**given, name: f"{word}{key}"})
        for kind, key in {"unseen": world.pk(unseen), "unknown": UNKNOWN_ID, "huge": HUGE_ID}.items()
    }

    told = {kind: (answer.status, comparable_body(answer)) for kind, answer in answers.items()}
    assert told["unseen"] == told["unknown"] == told["huge"]
    assert told["unseen"][0] in {"200", "302", "400", "403", "404", "422"}  # 403: an administrator's page


def comparable_body(answer):
    """Return the body without the parameter that it repeats in addresses and fields."""
    body = re.sub(r'(href|action|src|value|hx-get)="[^"]*"', "", stable_body(answer))
    return re.sub(r"(with the id |valid choice. )\d+", "KEY", body)


@pytest.mark.parametrize("case", IDS_IN_FORMS, ids=" ".join)
def test_an_unseen_an_unknown_and_an_impossible_id_in_a_form_are_answered_alike(world, monkeypatch, case):
    reader, asked, name, unseen = case
    body_of = access_requests.BODIES.get(asked) or access_requests.BODIES[" ".join(asked.split()[:2])]
    prefix, _, is_row = name.partition("-0-")
    rows = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-0-office": "Minister"} if is_row else {}

    def answer_to(key):
        monkeypatch.setitem(access_requests.BODIES, asked, lambda world: body_of(world) | rows | {name: key})
        given = send_request(world, parse_rule(asked), reader)
        return given.status, comparable_body(given)

    assert answer_to(world.pk(unseen)) == answer_to(UNKNOWN_ID) == answer_to(HUGE_ID)


def test_only_ones_own_unsent_files_can_be_sent(world, monkeypatch):
    """A file that was already sent is refused, although its reader sees it. A file belongs to one update."""
    for name, expected in {"unsent_file": "302", "sent_file": "422"}.items():
        body = access_requests.update_body(world) | {"kept_files": world.pk(name)}
        monkeypatch.setitem(access_requests.BODIES, "POST update_send unstarted", lambda world, body=body: body)

        assert send_request(world, parse_rule("POST update_send unstarted"), "own").status == expected


# --- Every parameter there is -----------------------------------------------------------------------------------------


@pytest.fixture
def read_parameters(monkeypatch):
    """Return the names of the parameters that views looked for in addresses."""
    names = set()

    class Noting(QueryDict):
        def get(self, name, *default):
            names.add(name)
            return super().get(name, *default)

        def getlist(self, name, *default):
            names.add(name)
            return super().getlist(name, *default)

        def __getitem__(self, name):
            names.add(name)
            return super().__getitem__(name)

        def __contains__(self, name):
            names.add(name)
            return super().__contains__(name)

    monkeypatch.setattr(WSGIRequest, "GET", property(lambda request: Noting(request.META.get("QUERY_STRING", ""))))
    return names


def test_every_parameter_that_an_address_reads_is_in_a_table_above(world, read_parameters):
    """Found while requests are answered, so that a new parameter fails here until it is tested."""
    found = set()
    for asked in RULES:
        if asked.method == "GET":
            known = (
                {"as_of": "2022-01-20"} if asked.route == "readiness-list" else {"page": 1}
            )  # the API refuses others
            for reader in ("officer", "own", "administrator"):
                if asked.expected[reader] in {"403", "405"}:
                    continue  # refused for the role or method, before any parameter is read
                read_parameters.clear()
                send_request(world, asked, reader, query=known if asked.is_api else {"nothing": "here"})
                route = re.sub("-(detail|file|word)$", "-list", asked.route)  # one of a list is looked for in the list
                found |= {
                    (route, name) for name in read_parameters - COMMON_PARAMETERS - {"nothing"} if isinstance(name, str)
                }

    ids = {(asked.split()[1], re.sub("^.*&|=.*$", "", name)) for _, asked, name, _ in IDS_IN_QUERIES}
    words = {
        (route, name) for route, *names in map(str.split, PARAMETERS_WITHOUT_IDS.strip().splitlines()) for name in names
    }
    assert sorted(found - ids - words) == []
    assert sorted(words - found) == []


FILTERS = [
    (base, name, choice)
    for _, view_set, base in build_router().registry
    for name, given in getattr(getattr(view_set, "filterset_class", None), "base_filters", {}).items()
    for choice in [value for value, _ in given.extra.get("choices", [])] or ["LSO", "2021", "2022-01-10"]
]


@pytest.mark.parametrize("case", FILTERS, ids="-".join)
def test_a_filter_only_narrows_what_its_reader_sees(world, case):
    base, name, value = case
    for reader in ("own", "other"):
        answer = send_request(world, AccessRule("GET", f"{base}-list", "-", {}), reader, query={name: value})

        if answer.status == "400":
            continue  # no such word, day or number
        model, (_, expected) = next((model, told) for model, told in API.items() if told[0] == f"{base}-list")
        found = world.names(model, [row["id"] for row in answer.json["results"]])
        assert set(found) <= set(expected[reader])
        assert answer.json["count"] == len(found)
