"""Nobody asks which role, ministry or countries the person who recorded a row has today: the row itself says its side.

A person moves on; what they recorded stays with the side on which they recorded it.
"""

import ast
import re

import pytest
from django.apps import apps
from django.conf import settings

from tests.test_architecture import TEMPLATES, source_files
from tiptracker.accounts.models import User

STORED_PERSONS = {
    field.name
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if field.related_model is User and field.name not in ("user", "person", "contact", "successor")
}
"""What a row calls the person who did something to it. A token and a sign-in are somebody's of today, and so are the
contact person of a country and the successor in a handover."""
ROLE_FIELDS = {"role", "ministry", "ministry_id", "countries", "is_embassy", "get_role_display"}
PERSON_CHECKS = re.compile(r"^(?:visible_to|for_review_by|for_decision_by|can_\w+)$")
LOOKUP_PATH = re.compile(
    rf"(?:^|__|\.)(?:{'|'.join(sorted(STORED_PERSONS))})(?:__|\.)(?:{'|'.join(sorted(ROLE_FIELDS))})(?=__|\W|$)"
)


def is_stored_person(node):
    """Whether this is the person of a row: `row.recorded_by`, not whoever asks (`by`)."""
    return isinstance(node, ast.Attribute) and node.attr in STORED_PERSONS


def current_role_lookups(text):
    """What a module asks of a row's person that may be another by now, as it is written there."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=value, attr=attr) if attr in ROLE_FIELDS and is_stored_person(value):
                yield ast.unparse(node)
            case ast.keyword(arg=str(name)) if LOOKUP_PATH.search(name):
                yield name
            case ast.Constant(value=str(name)) if LOOKUP_PATH.search(name):
                yield name
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=given) if PERSON_CHECKS.match(name):
                yield from (ast.unparse(node) for argument in given if is_stored_person(argument))


@pytest.mark.parametrize(
    "text",
    [
        "rows.filter(recorded_by__ministry=user.ministry_id)",
        "rows.filter(update_version__recorded_by__role__in=roles)",
        "rows.values('uploaded_by__countries')",
        "CharField(source='recorded_by.ministry.name')",
        "evidence.recorded_by.role == Role.OFFICER",
        "entry.by.is_embassy",
        "Evidence.objects.visible_to(briefing.requested_by)",
        "can_review(row.recorded_by, evidence)",
    ],
)
def test_the_check_sees_each_way_to_ask_for_the_side_of_today(text):
    assert list(current_role_lookups(text))


def test_no_code_asks_for_the_side_on_which_a_recorder_is_today():
    assert {"recorded_by", "uploaded_by", "saved_by", "requested_by", "by"} <= STORED_PERSONS
    found = {
        str(path): list(current_role_lookups((settings.BASE_DIR / path).read_text())) for path in source_files("*.py")
    }

    assert {path: asked for path, asked in found.items() if asked} == {}


def test_no_template_tells_the_side_on_which_a_recorder_is_today():
    found = {str(path): LOOKUP_PATH.findall(path.read_text()) for path in TEMPLATES.rglob("*.html")}

    assert found
    assert {path: told for path, told in found.items() if told} == {}
