"""The data dictionary: every table and column is in it, and says what the models, rules and settings say."""

import pytest
from django.apps import apps
from django.db import models

from dialogues.models import Assessment, Participant
from dialogues.models.free_texts import FREE_TEXTS
from tests.papers.dictionary import (
    TABLES,
    PersonalData,
    classify,
    describe_readers,
    describe_tables,
    dictionary_page,
    find_excluded_roles,
)
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role
from tiptracker.jobs.models import Job

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


@pytest.fixture(scope="module")
def tables():
    return {table.label: table for table in describe_tables()}


def test_every_table_and_column_is_described(tables):
    assert set(tables) == set(MODELS)
    for label, model in MODELS.items():
        assert [column.name for column in tables[label].columns] == [
            each.column for each in model._meta.concrete_fields
        ]
    assert [table.label for table in tables.values() if not (table.row and table.readers and table.kept)] == []


def test_every_name_in_the_data_file_is_of_a_table_or_a_column():
    columns = {f"{label}.{field.name}" for label, model in MODELS.items() for field in model._meta.concrete_fields}
    named = [*TABLES["personal"], *TABLES["possible"], *TABLES["impersonal"]["columns"]]

    assert set(named) - columns == set()
    assert len(named) == len(set(named))
    assert {label for part in ("rows", "readers", "kept") for label in TABLES[part]} - set(MODELS) == set()


def test_a_text_that_nobody_judged_is_refused():
    class Thing(models.Model):
        remark = models.CharField(max_length=10)

        class Meta:
            app_label = "somewhere"
            managed = False

    with pytest.raises(KeyError, match=r"somewhere\.Thing\.remark is a text"):
        classify(Thing._meta.get_field("remark"))
    del apps.all_models["somewhere"]


def test_what_can_be_redacted_is_said_to_be_possibly_personal():
    found = {
        f"{model.__name__}.{name}": classify(model._meta.get_field(name))[0]
        for model, texts in FREE_TEXTS.items()
        for name in texts.fields
    }

    assert {name for name, personal in found.items() if personal == PersonalData.NO} == set()


def test_references_to_people_and_addresses_are_personal(tables):
    columns = {column.name: column.personal for column in tables["audit.AuditEntry"].columns}

    assert (columns["address"], columns["verb"]) == (PersonalData.YES, PersonalData.NO)
    assert tables["accounts.User_countries"].personal == PersonalData.YES
    assert tables["accounts.District"].personal == PersonalData.NO


def test_types_are_words(tables):
    types = {column.name: column.type for column in tables["audit.AuditEntry"].columns}

    assert types["address"] == "internet address"
    assert types["verb"] == "text, up to 60 characters"
    assert types["number"] == "whole number"
    assert types["by_id"] == "reference to accounts.User"


def test_readers_are_those_of_the_rule():
    assert find_excluded_roles(User) == []
    assert set(find_excluded_roles(AuditEntry)) == {Role.FOCAL_POINT, Role.OBSERVER}
    assert set(find_excluded_roles(Assessment)) == {Role.FOCAL_POINT, Role.ADMINISTRATOR}
    assert describe_readers(Participant).startswith("At most people who see its row of dialogues.Dialogue.")
    assert "`country`" not in describe_readers(Assessment)


def test_retention_is_that_of_the_setting(tables, settings):
    assert tables[Job._meta.label].kept.startswith(f"{settings.JOBS_KEPT_DAYS} days")
    assert tables["dialogues.Draft"].kept.startswith("90 days")
    assert tables["dialogues.Evidence"].kept == "as long as the record"


def test_the_page_links_each_table_to_its_section(tables, checkout):
    page = dictionary_page(list(tables.values()), checkout)

    assert page.count("\n## ") == len(MODELS)
    assert "[audit.AuditEntry](#auditauditentry)" in page
    assert "| `address` |" in page
