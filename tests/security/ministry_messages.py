"""Find every message that ministries read: in their pages, forms, refusals and mails.

The requests of `test_markers.py` are sent again, and two things are recorded. First, what gettext is asked for. Second,
which templates are rendered and which functions run, unless the reader is refused: all other messages in them may be
read in other states of the record. But a message that people of the embassy read at the same addresses, and ministries
never, is not a ministry's.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest.mock import patch

from babel.messages.catalog import Message
from django.conf import settings
from django.test.signals import template_rendered
from django.utils.translation.trans_real import CONTEXT_SEPARATOR

from tests import pseudo_languages
from tests.pseudo_languages import pseudo_translate
from tests.security import test_markers
from tests.security.access_requests import send_request
from tests.security.test_roles import RULES
from tests.security.world import MINISTRIES
from tiptracker import localization
from tiptracker.accounts.models import User
from tiptracker.languages.faults import MessageKey, message_key
from tiptracker.mail import actions as mail_actions
from tiptracker.mail.models import MailKind
from tiptracker.notifications import sentences
from tiptracker.notifications.choices import KIND_RULES, Audience

ADMINISTRATORS_MAILS = {MailKind.LOG_FAULT, MailKind.STATUS_FAILED, MailKind.ADMINISTRATOR_ADDED}
MINISTRIES_KINDS = [
    kind for kind, rule in KIND_RULES.items() if rule.audience in {Audience.FOCAL_POINTS, Audience.INVITED}
]
EMBASSY_READERS = ("officer", "ambassador", "administrator")
MODELS_OF_LISTS = ("recommendations/models", "recommendations/importing", "recommendations/questions")
"""Modules whose classes have messages for officers alone, although ministries read some of their labels."""
READ_BY_EVERYBODY = (
    "templates/403_csrf.html",
    "templates/429.html",
    "templates/account/sign_in_list.html",
    "templates/account/signed_out.html",
    "templates/account/token_list.html",
    "templates/mfa/",
    "templates/notifications/notice",
    "tiptracker/web/error_pages.py",
    "tiptracker/web/unavailable.py",
)
"""Beginnings of paths of pages that everybody meets, although the requests here do not lead to all of their parts."""
NOT_OF_MINISTRIES = {"People with your role get no notices.", "Requests about accounts"}
"""What only others read on these pages."""
_TOOL = 4
"""Any free number of `sys.monitoring`."""


@dataclass
class Recording:
    """What requests used: messages, templates (paths) and functions (path and first line)."""

    messages: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    functions: set[tuple[str, int]] = field(default_factory=set)

    def clear(self) -> None:
        for used in (self.messages, self.templates, self.functions):
            used.clear()

    def add(self, other: "Recording", *, only_messages: bool = False) -> None:
        self.messages |= other.messages
        if not only_messages:
            self.templates |= other.templates
            self.functions |= other.functions


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what is used within, in a made-up language. Call `begin(recording)` before each request."""
    used = Recording()
    base = f"{settings.BASE_DIR}/"

    def translate(catalogue, message):
        used.messages.add(message)
        return pseudo_translate(message.rpartition(CONTEXT_SEPARATOR)[2], catalogue.language)

    def translate_plural(catalogue, singular, plural, number):
        used.messages.add(singular)
        return pseudo_translate(singular if number == 1 else plural, catalogue.language)

    def note_template(sender, template, **_):
        if template.origin and str(template.origin.name).startswith(base):
            used.templates.add(str(template.origin.name).removeprefix(base))

    def note_function(code, offset):
        path = code.co_filename
        if path.startswith(base) and not path.startswith((f"{base}tests/", f"{base}.venv/")):
            used.functions.add((path.removeprefix(base), code.co_firstlineno))
        return sys.monitoring.DISABLE

    pseudo = pseudo_languages._PseudoTranslation
    sys.monitoring.use_tool_id(_TOOL, "messages")
    sys.monitoring.register_callback(_TOOL, sys.monitoring.events.PY_START, note_function)
    sys.monitoring.set_events(_TOOL, sys.monitoring.events.PY_START)
    template_rendered.connect(note_template)
    try:
        with (
            pseudo_languages.pseudo_languages(),
            patch.object(pseudo, "gettext", translate),
            patch.object(pseudo, "ngettext", translate_plural),
        ):
            yield used
    finally:
        template_rendered.disconnect(note_template)
        sys.monitoring.set_events(_TOOL, 0)
        sys.monitoring.free_tool_id(_TOOL)


def begin(used: Recording) -> None:
    """Forget what was used, so that the next request records all that it uses."""
    used.clear()
    localization.forget_kept_texts()
    sys.monitoring.restart_events()


def record_ministries(world, marked_rows) -> tuple[Recording, set[str]]:
    """Send all requests. Return what ministries used, and the messages that only others read."""
    theirs, others = Recording(), Recording()
    send, build = test_markers.send_and_read, mail_actions.build_message
    with recording() as used:

        def send_and_record(*request):
            begin(used)
            is_refused, text = send(*request)
            theirs.add(used, only_messages=is_refused)
            return is_refused, text

        def build_and_record(mail):
            begin(used)
            message = build(mail)
            if mail.kind not in ADMINISTRATORS_MAILS:
                theirs.add(used)
            return message

        User.objects.update(language=pseudo_languages.LEFT_TO_RIGHT)
        with (
            patch.object(test_markers, "send_and_read", send_and_record),
            patch.object(mail_actions, "build_message", build_and_record),
            patch.object(test_markers, "NoticeKind", MINISTRIES_KINDS),
        ):
            for reader in sorted(MINISTRIES):
                world.people[reader].refresh_from_db()
                test_markers.answers_to_reader(world, marked_rows, reader)
                test_markers.all_mails(world, reader)
        begin(used)
        for reader in EMBASSY_READERS:
            for line in RULES:
                with suppress(Exception):  # some requests expect rows as they were before the markers
                    send_request(world, line, reader)
        others.add(used)
    return theirs, others.messages - theirs.messages


def find_ministry_messages(messages: Iterable[Message], theirs: Recording, others: set[str]) -> list[Message]:
    """Return those of the messages, with their places in the code, that ministries read or may read."""
    found = {message_key(message): message for message in messages}
    places = [(key, path, line) for key, message in found.items() for path, line in message.locations]
    read = {key for key in found if _looked_up(key) in theirs.messages}
    classes = {_class_at(path, line) for key, path, line in places if key in read and path.endswith(".py")}
    classes.discard(None)
    read |= {key for key, path, _ in places if path.startswith(READ_BY_EVERYBODY) and key[1] not in NOT_OF_MINISTRIES}
    notices = [
        texts.get(kind) for kind in MINISTRIES_KINDS for texts in (sentences.SENTENCES, sentences.ANSWER_SENTENCES)
    ]
    read |= {("", sentence) for sentence in [*notices, sentences.FOR_DIALOGUE] if sentence}
    for key, path, line in places:
        if _looked_up(key) not in others and _is_reachable(key[1], path, line, theirs, classes):
            read.add(key)
    return [found[key] for key in sorted(read)]


def _looked_up(key: MessageKey) -> str:
    """Return a message as catalogues are asked for it: with its context."""
    return CONTEXT_SEPARATOR.join(filter(None, key))


def _is_reachable(sentence, path, line, theirs, classes) -> bool:
    if not path.endswith(".py"):
        return path in theirs.templates
    if (function := _function_at(path, line)) is not None:
        return (path, function) in theirs.functions
    if path.startswith(MODELS_OF_LISTS) or _class_at(path, line) not in classes:
        return False
    return "models" not in path or sentence.endswith(".") or "%(" in sentence


@cache
def _read_spans(path: str) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Return the lines of a module's functions (first decorator, `def`, last) and of its classes (first, last)."""
    tree = ast.parse((Path(settings.BASE_DIR) / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    starts = [min(part.lineno for part in (node, *node.decorator_list)) for node in functions]
    return (
        [(start, node.lineno, node.end_lineno) for start, node in zip(starts, functions, strict=True)],
        [(node.lineno, node.end_lineno) for node in classes],
    )


def _function_at(path: str, line: int) -> int | None:
    """Return the first line of the innermost function around a line, counted from its decorators."""
    return max((start for start, first, end in _read_spans(path)[0] if first <= line <= end), default=None)


def _class_at(path: str, line: int) -> tuple[str, int] | None:
    """Return the class of a module around a line that is in no function."""
    if _function_at(path, line) is not None:
        return None
    return next(((path, start) for start, end in _read_spans(path)[1] if start <= line <= end), None)
