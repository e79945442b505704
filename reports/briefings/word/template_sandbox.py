"""Check a post's Word template in a separate process, so that a hostile file can harm only that process."""

import json
from typing import Any, NamedTuple

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop
from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds of elapsed time. The process itself limits its processor time."""


class CheckedTemplate(NamedTuple):
    """What a template gives (`TemplateFacts` as a dictionary), and its clean copy."""

    facts: dict[str, Any]
    content: bytes


def check_template_in_sandbox(content: bytes, *, run: SandboxRunner) -> CheckedTemplate:
    """Return the checked template. Raises FileRejected, and whatever `run` raises if it can't start."""
    answer = run("reports.briefings.word.template_check", content=content, timeout_seconds=TIMEOUT_SECONDS)
    if answer is None:
        raise FileRejected(gettext_noop("“%(name)s” cannot be checked: that takes too long or needs too much memory."))
    first_line, _, clean = answer.partition(b"\n")
    head = json.loads(first_line)
    if "sentences" in head:
        raise FileRejected(*head["sentences"], **head["values"])
    return CheckedTemplate(head["facts"], clean)
