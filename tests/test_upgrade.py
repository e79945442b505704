"""A database of release 0.1.0 is upgraded: nothing is lost, the triggers are on, and the log and stored runs hold."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from dialogues.actions.redaction_checks import find_redacted_text_faults
from dialogues.models import RedactionPlace, UpdateVersion
from recommendations.models import EditionTerms
from reports.choices import RecomputeOutcome
from reports.models import Briefing, ReadinessRun
from reports.readiness import stored_runs
from tests.conftest import use_copy_of
from tests.database_schema import list_migrations, list_tables, list_triggers
from tests.factories import OfficerFactory, RedactionDecisionFactory
from tiptracker.accounts.models import ApiToken
from tiptracker.audit.actions import find_head_fault, find_log_fault, log_head
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.differences import list_differences
from tiptracker.audit.models import AuditEntry
from tiptracker.audit.subjects import history
from tiptracker.former_names import current_label

EXPECTED = json.loads((Path(__file__).parent / "fixtures" / "0.1.0" / "expected.json").read_text())


@pytest.fixture
def migrated_database(database_of_0_1_0, django_db_blocker):
    with django_db_blocker.unblock(), use_copy_of(database_of_0_1_0):
        yield


def create_officer(country):
    """A new officer: the numbered addresses of the factory may belong to people of the database of 0.1.0."""
    return OfficerFactory(email="new.officer@example.org", countries=[country])


@pytest.fixture
def new_database(django_db_setup, django_db_blocker):
    """The triggers, tables and migrations of a database that was created at once."""
    with django_db_blocker.unblock():
        return list_triggers(), list_tables(), list_migrations()


def test_a_database_of_0_1_0_keeps_every_row_log_entry_trigger_and_run(new_database, migrated_database):
    counted = {label: apps.get_model(current_label(label.lower()))._base_manager.count() for label in EXPECTED["rows"]}
    assert counted == EXPECTED["rows"]

    assert log_head() == (EXPECTED["entries"], EXPECTED["hash"][connection.vendor])
    assert find_log_fault() is None
    assert find_head_fault(*log_head()) == ""

    new_triggers, _, _ = new_database
    assert len(new_triggers) > 80
    assert list_triggers() == new_triggers

    runs = ReadinessRun.objects.get_queryset().select_related("edition__country").order_by("pk")
    assert {str(run.pk): stored_runs.compare_run(run).outcome.value for run in runs} == EXPECTED["runs"]


def test_a_new_database_is_the_same_as_an_upgraded_one(new_database, migrated_database):
    _, tables, migrations = new_database

    assert len(tables) > 300
    assert list_tables() == tables
    assert list_migrations() == migrations


def test_rows_with_another_name_today_keep_their_history_and_their_redactions(migrated_database, client):
    place = RedactionPlace.objects.get(table="dialogues.updateround")
    version = UpdateVersion.objects.get(pk=place.row)
    logged = AuditEntry.objects.filter(table="dialogues.updateround", row=str(version.pk))
    assert version.narrative == REDACTED
    assert logged.exists()

    assert find_redacted_text_faults() == []
    assert set(logged) <= set(AuditEntry.objects.for_rows(version))
    client.force_login(create_officer(version.update.commitment.country))
    log = client.get(reverse("log_list"), {"record": "dialogues.updateversion", "row": version.pk}).text
    entry = client.get(reverse("log_detail", args=[logged[0].number])).text
    redaction = client.get(reverse("redaction_detail", args=[place.redaction_id])).text
    for page in (log, entry):
        assert f'href="{reverse("version_detail", args=[version.pk])}"' in page
    assert f"Update {version.pk}" in entry
    assert f'href="{reverse("version_detail", args=[version.pk])}"' in redaction


@pytest.mark.parametrize("table", ["dialogues.updateround", "dialogues.updateversion"])
def test_a_text_becomes_the_mark_where_a_redaction_names_it_by_either_name(migrated_database, table):
    named, other = UpdateVersion.objects.exclude(narrative=REDACTED)[:2]
    redaction = RedactionDecisionFactory().redaction
    redaction.places.create(table=table, row=named.pk, field="narrative")

    UpdateVersion.objects.filter(pk=named.pk).update(narrative=REDACTED)
    with pytest.raises(IntegrityError, match="append-only"):
        UpdateVersion.objects.filter(pk=other.pk).update(narrative=REDACTED)


def test_a_token_keeps_its_prefix_and_its_entry_names_the_field_as_before(migrated_database):
    entry = AuditEntry.objects.get(verb="token.made")

    (shown,) = [
        difference
        for difference in list_differences(entry.table, "", entry.detail.after)
        if difference.name == "Beginning"
    ]
    assert ApiToken.objects.get().prefix == shown.after
    assert shown.after.startswith("tip_")


def test_briefings_keep_the_content_that_they_are_compared_by(migrated_database):
    stored = Briefing.objects.filter(content__isnull=False).order_by("pk")

    assert [list(briefing.content) for briefing in stored] == [["evidence"], ["evidence"]]


# --- The target, formerly the working mark, and the projected score, formerly the ceiling -----------------------------


def test_terms_keep_their_target_its_reason_and_their_history(migrated_database, client):
    loaded = EditionTerms.objects.get(readiness_target_reason__endswith="not the Department's.")
    entry = AuditEntry.objects.get(verb="edition_terms.loaded")
    officer = create_officer(loaded.edition.country)
    client.force_login(officer)

    assert set(EditionTerms.objects.values_list("readiness_target", flat=True)) == {45}
    assert loaded.readiness_target_reason == "The post's own working mark, from the back-test; not the Department's."
    assert [row.number for row in history(officer, loaded)] == [entry.number]
    assert '"working_mark"' in entry.detail.after
    page = client.get(reverse("log_detail", args=[entry.number])).text
    assert "Target" in page
    assert "Reason for the target" in page


def test_a_run_stored_with_the_former_names_is_computed_again_and_shown_with_its_figures(migrated_database, client):
    run = ReadinessRun.objects.get(edition__country__code="LSO", edition__year=2021, methodology="1")
    client.force_login(create_officer(run.edition.country))

    assert (run.result["working_mark"], run.result["ceiling"], run.result["ceiling_exact"]) == (45, 46.5455, "512/11")
    assert {terms["working_mark"] for terms in run.facts["edition_terms"]} == {"45.0"}
    assert stored_runs.compare_run(run).outcome is RecomputeOutcome.SAME
    assert {terms.readiness_target for terms in stored_runs.facts_from_document(run.facts).edition_terms} == {45}
    response = client.get(reverse("run_detail", args=[run.pk]))
    assert response.context["bar"].mark == response.context["result"]["readiness_target"] == 45
    assert response.context["target_reason"].startswith("The post's own")
    assert response.context["result"]["projected_exact"] == "512/11"
    assert str(response.context["bar"].projected) == "46.5"


@pytest.mark.parametrize(
    "wrong", [{"readiness_target": 101}, {"readiness_target": -1}, {"readiness_target_reason": ""}]
)
def test_a_target_beyond_a_hundred_or_without_a_reason_is_still_refused(migrated_database, wrong):
    terms = EditionTerms.objects.first()
    terms.pk = None
    for name, value in wrong.items():
        setattr(terms, name, value)

    with pytest.raises(IntegrityError, match="readiness_target"):
        terms.save(force_insert=True)


@pytest.mark.parametrize("field", ["working_mark_reason", "readiness_target_reason"])
def test_the_reason_of_a_target_is_redacted_where_a_redaction_names_it_by_either_name(migrated_database, client, field):
    named, other = EditionTerms.objects.filter(edition__country__code="LSO")[:2]
    redaction = RedactionDecisionFactory(redaction__country=named.edition.country).redaction
    redaction.places.create(table="recommendations.editionterms", row=named.pk, field=field)
    client.force_login(create_officer(named.edition.country))

    EditionTerms.objects.filter(pk=named.pk).update(readiness_target_reason=REDACTED)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        EditionTerms.objects.filter(pk=other.pk).update(readiness_target_reason=REDACTED)

    page = client.get(reverse("redaction_detail", args=[redaction.pk])).text
    assert "reason for the target" in page
    key = f"recommendations.editionterms {named.pk}, readiness_target_reason"
    assert find_redacted_text_faults() == [f"{key} is named by a redaction, but no entry of the activity log lists it"]
