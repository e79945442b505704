"""The draft of a privacy assessment: a template that is filled with facts from the code. An official completes it."""

from collections import defaultdict
from pathlib import Path
from string import Template

from tests.papers.checkout import Checkout
from tests.papers.dictionary import AS_THE_RECORD, PersonalData, Table, find_excluded_roles, find_rule, model_of
from tests.papers.markdown import table
from tests.papers.results import Results

TEMPLATE = Template(Path(__file__).with_name("privacy.md").read_text())

PROTECTION = {
    "Texts that seem to identify somebody are held back until the writer removes or confirms them.": (
        "tests/dialogues/test_personal_data_checks.py::"
        "test_an_update_is_held_back_until_it_is_confirmed_and_the_log_tells_of_it"
    ),
    "A redaction by two people removes words from rows, files, documents and the log.": (
        "tests/dialogues/test_actions_redactions.py::test_after_a_redaction_the_words_are_nowhere_in_the_database"
    ),
    "A redacted file is destroyed.": (
        "tests/dialogues/test_actions_redactions.py::test_a_redacted_file_is_destroyed_and_its_hashes_stay"
    ),
    "A restored backup carries out later redactions again.": (
        "tests/tiptracker/backups/test_backup_and_restore.py::test_what_was_redacted_after_the_backup_is_redacted_again"
    ),
    "A photograph loses its place and the name of its owner.": (
        "tests/dialogues/files/test_sanitizers.py::test_picture_is_turned_upright_and_tells_neither_place_nor_owner"
    ),
    "Counts of one to four victims are not shown, and cannot be worked out.": (
        "tests/dialogues/test_small_counts.py::test_suppressed_counts_cannot_be_derived_from_the_others"
    ),
    "A redaction does not search accounts.": (
        "tests/dialogues/test_actions_redactions.py::test_accounts_are_neither_found_nor_taken_out_of_the_log"
    ),
    "A redaction does not search files that nobody sent.": (
        "tests/dialogues/test_actions_redactions.py::test_a_file_that_nobody_sent_is_neither_found_nor_touched"
    ),
    "Files that nobody sent are deleted after two days.": (
        "tests/dialogues/test_actions_files.py::test_unsent_files_are_deleted_after_two_days"
    ),
}
"""What protects people, and where that ends, with the test that holds it."""

LOGGING = {
    "The activity log says who did what to which row.": (
        "tests/tiptracker/audit/test_actions.py::test_record_tells_who_did_what_to_which_row"
    ),
    "The technical log has nothing personal.": (
        "tests/tiptracker/operations/test_logs.py::test_signing_in_sending_and_failing_log_nothing_personal"
    ),
    "The log of the proxy has no secret of a link.": (
        "tests/deployment/test_proxy.py::test_no_secret_of_a_link_and_no_parameter_stands_in_its_log"
    ),
}
"""What is logged, with the test that holds it."""

PRIVACY_TESTS = {*PROTECTION.values(), *LOGGING.values()}


def privacy_draft(tables: list[Table], checkout: Checkout, results: Results) -> str:
    """Return the draft as Markdown."""
    by_answer = {answer: [each for each in tables if each.personal == answer] for answer in PersonalData}
    return TEMPLATE.substitute(
        sentence=checkout.sentence,
        personal_count=len(by_answer[PersonalData.YES]),
        possible_count=len(by_answer[PersonalData.POSSIBLE]),
        none_count=len(by_answer[PersonalData.NO]),
        personal_table=_personal_table(tables),
        readers_table=_readers_table(tables),
        kept_table=table(
            ("table", "kept"),
            [(each.label, each.kept) for each in tables if each.kept != AS_THE_RECORD and each.personal != "no"],
        ),
        protection_table=_tested_table(PROTECTION, results),
        logging_table=_tested_table(LOGGING, results),
    )


def _personal_table(tables: list[Table]) -> str:
    """Return the kinds of data, and in which tables they are."""
    places: dict[tuple[PersonalData, str], set[str]] = defaultdict(set)
    for each in tables:
        for column in each.columns:
            if column.what:
                places[column.personal, column.what].add(each.label)
    order = list(PersonalData)
    rows = [
        (what, str(personal), ", ".join(sorted(labels)) if len(labels) <= 6 else f"{len(labels)} tables")
        for (personal, what), labels in sorted(places.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    ]
    return table(("what", "personal data", "where"), rows)


def _readers_table(tables: list[Table]) -> str:
    """Return each set of roles that never see some tables."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in tables:
        model = model_of(each)
        if each.personal != PersonalData.NO and find_rule(model) and (excluded := find_excluded_roles(model)):
            found[", ".join(str(role.label) for role in excluded)].append(each.label)
    return table(("roles", "tables"), [(roles, ", ".join(labels)) for roles, labels in sorted(found.items())])


def _tested_table(facts: dict[str, str], results: Results) -> str:
    return table(("fact", "test"), [(fact, f"`{test}`: {results.describe(test)}") for fact, test in facts.items()])
