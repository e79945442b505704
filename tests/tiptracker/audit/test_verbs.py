"""Each verb in the code has words for the activity log."""

import ast
import re

from dialogues.choices import CommitmentEventKind, EvidenceDecision
from tests.test_architecture import dotted_name, find_nodes, source_files
from tiptracker.audit.verbs import VERBS, VerbGroup, describe_verb, list_verbs

VERB = re.compile(r"[a-z_]+\.[a-z_]+")
NO_VERBS = {
    "accounts.toml",
    "requests.toml",
    "facts.toml",
    "numbers.toml",
    "questions.toml",
    "briefing.pdf",
    "briefing.docx",
}
"""Texts of the same form, in modules that write into the log, which are none."""
VERBS_BY_TEMPLATE = {
    "commitment.{kind}": [
        f"commitment.{kind}"
        for kind in CommitmentEventKind
        if kind
        not in (CommitmentEventKind.MADE, CommitmentEventKind.REPORT_RETURNED, CommitmentEventKind.REPORT_WITHDRAWN)
    ],
    "evidence.{decision}": [f"evidence.{decision}" for decision in EvidenceDecision],
    "{row._meta.model_name}.{('changed' if change else 'added')}": [
        f"{model}.{done}" for model in ("user", "country", "ministry") for done in ("added", "changed")
    ],
    "{noun}.loaded": [verb for verb in VERBS if verb.endswith(".loaded")],  # test_load_lesotho.py has them all
}
"""What stands for verbs that are put together, and all that can come of each."""


def is_writer(path):
    """Return whether a module writes to the log."""
    return any(dotted_name(call.func).split(".")[-1] == "record" for call in find_nodes(path, ast.Call))


def verbs_in(path):
    """Return all texts of a module that look like a verb, with all values of composed ones."""
    texts = [node.value for node in find_nodes(path, ast.Constant) if isinstance(node.value, str)]
    yield from (text for text in texts if VERB.fullmatch(text) and text not in NO_VERBS)
    for call in find_nodes(path, ast.Call):
        if dotted_name(call.func).split(".")[-1] == "record" and call.args and isinstance(call.args[0], ast.JoinedStr):
            yield from VERBS_BY_TEMPLATE[ast.unparse(call.args[0]).removeprefix("f").strip("'\"")]


def test_every_verb_in_the_code_has_words():
    writers = [path for path in source_files("*.py") if is_writer(path)]
    assert len(writers) > 10

    used = {verb: str(path) for path in writers for verb in verbs_in(path)}

    assert {"evidence.rejected", "commitment.withdrawn", "person.signed_in", "user.changed"} <= set(used)
    assert {verb: path for verb, path in used.items() if verb not in VERBS} == {}


def test_no_two_verbs_have_the_same_words():
    assert len({words for _, words in VERBS.values()}) == len(VERBS)


def test_every_verb_is_found_in_one_group():
    assert sorted(verb for group in VerbGroup for verb in list_verbs(group)) == sorted(VERBS)


def test_loaded_and_unknown_verbs_have_descriptions():
    assert describe_verb("edition_terms.loaded") == "Loaded the terms of an edition from the public record"
    assert describe_verb("old_thing.no_longer_done") == "No longer done: old thing"
