"""Words of the pages and messages: no phrase that the glossary of the interface replaced comes back.

Each phrase had a meaning in an earlier wording of the pages; the better word stands beside it. See
tiptracker/web/glossary.toml for what the words mean.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

REPLACED_PHRASES = {
    r"within reach": "projected",
    r"\bceiling\b": "projected",
    r"working mark": "target",
    r"\bbear(?:s|ing) on\b": "supports",
    r"came back": "was returned",
    r"need(?:s|ing)? mending|\bmend(?:ed|s)?\b": "returned, with what to change",
    r"embassy[’']s word": "accepted, verified or rejected",
    r"(?:doesn|don)[’']t fit(?: together)?|fit together": "problem in the record",
    r"what to press for|\blevers?\b": "next steps",
    r"all that stands|stands beside|what stands": "readiness in detail",
    r"as then known|in hindsight|by the dates of the events": "known at the time; with later information",
    r"known by the end of": "using only what was recorded by",
    r"without a word": "overdue, no update received",
    r"\bof which time\b": "period covered",
    r"last day of it|it began on": "end date; start date",
    r"what sort of": "type of",
    r"take (?:this|the) list along|taken? along": "export",
    r"the log: who did what": "activity log",
    r"tak(?:e|en) out (?:a text|of the record)": "remove personal data",
    r"\bturn to\b": "contact person",
    r"may ask in your name": "API tokens",
    r"has ours|is one of ours": "verify a document",
    r"carr(?:y|ied|ying) (?:it )?over": "roll over to the next edition",
    r"look(?:ed)? over": "preview",
    r"\bbrought\b|\bbring along": "imported",
    r"put (?:it|this|one of them|them)? ?right": "correct",
    r"\bgone back\b": "returned",
    r"\bforetold|whereof|meanwhile\b": "plain words",
    r"\bundertakings?\b": "commitments",
    r"waiting for (?:our reply|the embassy|us)\b": "with the embassy",
    r"with the claims:": "claimed",
    r"^access until$|^may sign in until$": "last day",
    r"claimed, not verified|waiting for review\.": "not reviewed",
    r"done and verified|done, and verified": "verified done",
}
"""What is not said any more → what is said instead."""
PACKAGES = ("tiptracker", "recommendations", "dialogues", "reports")
GETTEXT_FUNCTIONS = {
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]+>", re.DOTALL)
_COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
_ARGUMENT = re.compile(r"_\(\"([^\"]*)\"\)|{% translate \"([^\"]*)\"")


def sentences_of_template(path):
    """What a template says: its text, and the sentences in its tags."""
    text = _COMMENT.sub("", path.read_text())
    yield from (first or second for first, second in _ARGUMENT.findall(text))
    yield _TAG.sub(" ", text)


def sentences_of_module(path):
    """The sentences that a module sends through gettext."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT_FUNCTIONS:
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def files_with_sentences():
    base = Path(settings.BASE_DIR)
    for path in sorted((base / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            yield path, sentences_of_template
    for folder in PACKAGES:
        for path in sorted((base / folder).rglob("*.py")):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path, sentences_of_module


@cache
def all_sentences():
    """Each sentence of the application on one line, with the path of its file."""
    return [
        (path, " ".join(sentence.split())) for path, sentences in files_with_sentences() for sentence in sentences(path)
    ]


@pytest.mark.parametrize("phrase", REPLACED_PHRASES)
def test_no_replaced_phrase_comes_back(phrase):
    pattern = re.compile(phrase, re.IGNORECASE)
    found = {
        f"{path.relative_to(settings.BASE_DIR)}: {sentence[max(0, match.start() - 40) :][:110]}"
        for path, sentence in all_sentences()
        if (match := pattern.search(sentence))
    }

    assert found == set(), f"say: {REPLACED_PHRASES[phrase]}"
