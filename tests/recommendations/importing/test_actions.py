"""Load a list: items continue, are split or retired as the user said, and earlier scores stay."""

import json
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from dialogues.lesotho.loading import load_public_record
from dialogues.models import Commitment, EvidenceLink
from recommendations.choices import Pillar, TextStatus
from recommendations.importing.actions import (
    create_import,
    delete_expired_imports,
    discard_import,
    load_import,
    set_columns,
)
from recommendations.importing.draft import read_draft_file, read_draft_text
from recommendations.importing.matching import Pairing
from recommendations.importing.preview import build_preview, get_expected_edition
from recommendations.importing.tables.columns import ColumnType
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation, RecommendationTerms
from recommendations.models.imports import DRAFT_RETENTION
from reports.actions.runs import compute_readiness
from reports.choices import RecomputeOutcome
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.readiness.serialization import readiness_document
from reports.readiness.stored_runs import compare_run
from tests.factories import (
    MASERU,
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EditionImportFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.recommendations.replacement_list import NEW_NUMBERS, REPLACEMENT_LIST
from tests.refusals import refuses
from tiptracker.audit.actions import find_log_fault
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.celery import app
from tiptracker.jobs.models import Job
from tiptracker.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 8, 5))
JULY_2022 = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
BEFORE, PROTECTION, PREVENTION = NOW - timedelta(seconds=1), Pillar.PROTECTION, Pillar.PREVENTION


def narrative(texts):
    """Return a made-up narrative with these items."""
    items = "\n".join(f"• {text}" for text in texts)
    return f"LESOTHO: TIER 2 WATCH LIST\n\nPRIORITIZED RECOMMENDATIONS:\n\n{items}\n\nPROSECUTION\n\nSaid.\n"


def table(rows, heads=("Number", "Recommendation")):
    lines = [heads, *rows]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()


def create_draft(edition, content, *, by=None, status=TextStatus.OFFICIAL, name="list.csv", now=NOW):
    if isinstance(content, bytes):
        found = read_draft_file(name, content, get_expected_edition(edition), run=Sandbox(None))
    else:
        content, found = content.encode(), read_draft_text(content, get_expected_edition(edition))
    return create_import(
        edition=edition, name=name, content=content, draft=found, text_status=status,
        by=by or AdministratorFactory(), now=now,
    )  # fmt: skip


def load_draft(imported, became=None, goes=None, *, by=None, now=NOW, **said):
    told = {"pillars": {}, "texts": {}, "leaves_out_wrong": False, "fingerprint": None} | said
    return load_import(
        imported=imported, pairing=Pairing(became or {}, goes or {}), by=by or AdministratorFactory(), now=now, **told
    )


def current_list(edition):
    rows = Recommendation.objects.filter(edition=edition).active().with_pillar().order_by("number")
    return [(row.number, row.text, row.text_status, row.pillar) for row in rows]


def row_counts():
    """Return the numbers of rows of all tables that loading writes."""
    return [model.objects.count() for model in (Recommendation, RecommendationTerms, Benchmark, AuditEntry, Job)]


# --- A first list -----------------------------------------------------------------------------------------------------


def test_a_narrative_is_loaded_into_an_empty_edition():
    edition, by = EditionFactory(), AdministratorFactory()
    imported = create_draft(edition, narrative(["Fund the shelter.", "Train the police."]), by=by, name="Pasted text")
    done = load_draft(imported, pillars={1: PROTECTION, 2: Pillar.PROSECUTION}, by=by)

    assert current_list(edition) == [
        (1, "Fund the shelter.", "official", "protection"),
        (2, "Train the police.", "official", "prosecution"),
    ]
    assert (done.loaded_by, done.loaded_at, done.draft) == (by, NOW, {})
    assert done.did == {
        "new": [1, 2],
        "changed": {},
        "unchanged": 0,
        "retired": [],
        "joined": {},
        "split": {},
        "moved": 0,
        "benchmarks": {},
        "left_out": 0,
    }
    terms = Recommendation.objects.first().terms.get()
    assert (terms.reason, terms.recorded_at, terms.recorded_by) == ("As in the imported file “Pasted text”.", NOW, by)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.by, entry.country) == ("edition.imported", by, edition.country)
    assert json.loads(entry.detail.after)["new"] == [1, 2]
    assert str(edition.pk) in {job.key for job in Job.objects.all()}


def test_a_new_item_without_a_pillar_is_refused_and_nothing_is_written():
    imported = create_draft(EditionFactory(), narrative(["Fund the shelter.", "Train the police."]))
    before = row_counts()

    with refuses("required", field="pillar_2", sentence="Choose the pillar of item 2."):
        load_draft(imported, pillars={1: PROTECTION})
    assert row_counts() == before
    assert EditionImport.objects.get().loaded_at is None


def test_a_table_brings_pillars_and_ministries_and_makes_none():
    edition, police = EditionFactory(), MinistryFactory(name="Ministry of Police", short_name="Police")
    heads = ("Number", "Recommendation", "Pillar", "Lead ministry", "Supporting")
    rows = [
        (1, "Fund it.", "Protection", "police", "Labour; Ministry of Police"),
        (2, "Train.", "Prevention", "Labour", ""),
    ]
    imported = create_draft(edition, table(rows, heads))
    assert build_preview(imported).comparison.unknown_ministries == ("Labour",)
    load_draft(imported)

    first, second = Recommendation.objects.order_by("number")
    assert (first.lead, list(first.supporting.all()), second.lead) == (police, [police], None)
    assert [row[3] for row in current_list(edition)] == ["protection", "prevention"]
    assert type(police).objects.filter(name__icontains="labour").count() == 0


def test_the_text_of_an_item_may_be_corrected_by_hand():
    edition = EditionFactory()
    load_draft(
        create_draft(edition, narrative(["Fund the shelter. 42", "Train."])),
        pillars={1: PROTECTION, 2: PROTECTION},
        texts={1: "Fund the shelter."},
    )

    assert [row[1] for row in current_list(edition)] == ["Fund the shelter.", "Train."]


def test_rows_that_can_not_be_read_are_left_out_only_where_somebody_says_so():
    edition = EditionFactory()
    imported = create_draft(edition, table([(1, "Fund it."), ("x", "Train.")]))

    with refuses("unreadable_rows", field="leave_out", sentence="Some rows can’t be read."):
        load_draft(imported, pillars={1: PROTECTION})
    assert load_draft(imported, pillars={1: PROTECTION}, leaves_out_wrong=True).did["left_out"] == 1
    assert [row[0] for row in current_list(edition)] == [1]


def test_columns_that_were_guessed_wrongly_are_corrected():
    edition = EditionFactory()
    imported = create_draft(edition, table([("Fund the shelter.", "Later")], ("Recommendation", "Note")))
    set_columns(
        imported=imported, types=(ColumnType.NOTHING, ColumnType.TEXT), has_headings=True, by=AdministratorFactory()
    )

    assert [row.text for row in build_preview(EditionImport.objects.get()).imported_list.rows] == ["Later"]
    with refuses("named_twice", field="columns", sentence="Two columns have the same content."):
        set_columns(imported=imported, types=(ColumnType.TEXT,) * 2, has_headings=True, by=AdministratorFactory())


# --- The same again ---------------------------------------------------------------------------------------------------


def test_loading_the_same_again_changes_nothing():
    edition = EditionFactory()
    load_draft(
        create_draft(edition, narrative(["Fund the shelter.", "Train."])), pillars={1: PROTECTION, 2: PROTECTION}
    )
    before = row_counts()
    again = create_draft(edition, narrative(["Fund the shelter.", "Train."]))

    assert build_preview(again).comparison.changes_nothing
    assert load_draft(again, now=NOW + timedelta(days=1)).did["unchanged"] == 2
    assert row_counts() == before


def test_an_import_is_loaded_once():
    edition = EditionFactory()
    imported = create_draft(edition, narrative(["Fund the shelter.", "Train."]))
    load_draft(imported, pillars={1: PROTECTION, 2: PROTECTION})

    with refuses("already_loaded", sentence="This list has already been imported."):
        load_draft(imported, pillars={1: PROTECTION, 2: PROTECTION})
    with refuses("already_loaded"):
        discard_import(imported=imported, by=AdministratorFactory(), now=JULY_2022)


# --- Lesotho: a list in the place of the reconstruction ---------------------------------------------------------------


@pytest.fixture
def lesotho():
    load_public_record(now=JULY_2022)
    return Edition.objects.select_related("country").get(country__code="LSO", year=2021)


def commitment_benchmarks():
    """Return, by commitment, the criteria of its benchmarks."""
    return {
        row.text: {(benchmark.pk, benchmark.wording) for benchmark in row.benchmarks.all()}
        for row in Commitment.objects.all()
    }


def keys_by_number(edition):
    return {row.number: row.pk for row in Recommendation.objects.filter(edition=edition).active()}


def load_replacement(edition, **said):
    """The reconstruction of Lesotho, replaced by the other list as proposed."""
    imported = create_draft(edition, narrative(REPLACEMENT_LIST.values()))
    before = keys_by_number(edition)
    became = {before[old]: (new,) for old, new in NEW_NUMBERS.items()}
    return load_draft(imported, became, pillars={11: PREVENTION}, **said)


def test_a_list_takes_the_place_of_the_reconstruction_and_nothing_is_lost(lesotho):
    before, rows = commitment_benchmarks(), keys_by_number(lesotho)
    borne = set(EvidenceLink.objects.values_list("pk", "benchmark"))
    keys = {benchmark.pk: benchmark.recommendation_id for benchmark in Benchmark.objects.all()}
    did = load_replacement(lesotho).did

    assert {number: rows[old] for old, number in NEW_NUMBERS.items()}.items() <= keys_by_number(lesotho).items()
    assert [(row[0], row[1], row[2]) for row in current_list(lesotho)] == [
        (number, text, "official") for number, text in REPLACEMENT_LIST.items()
    ]
    assert commitment_benchmarks() == before
    assert any(before.values())
    assert set(EvidenceLink.objects.values_list("pk", "benchmark")) == borne
    assert {benchmark.pk: benchmark.recommendation_id for benchmark in Benchmark.objects.all()} == keys
    assert (did["new"], len(did["changed"]), did["retired"]) == ([11], 10, [])


def test_earlier_scores_come_out_to_the_same_bytes(lesotho):
    end = date(2022, 3, 31)

    def scored(known_by):
        return json.dumps(readiness_document(evaluate_readiness(gather_facts(lesotho), as_of=end, known_by=known_by)))

    run = compute_readiness(edition=lesotho, as_of=end, now=JULY_2022)
    moments = [JULY_2022, datetime(2022, 2, 28, 23, tzinfo=MASERU), BEFORE]
    before = [scored(moment) for moment in moments]
    load_replacement(lesotho)

    assert [scored(moment) for moment in moments] == before
    run.refresh_from_db()
    assert compare_run(run).outcome is RecomputeOutcome.SAME
    again = compute_readiness(edition=lesotho, as_of=end, now=NOW)
    assert again.pk != run.pk
    assert compare_run(again).outcome is RecomputeOutcome.SAME
    # The new item has no benchmark yet, and ten of eleven weigh as ten of ten did.
    assert (
        evaluate_readiness(gather_facts(lesotho), as_of=end).verified.points
        < evaluate_readiness(gather_facts(lesotho), as_of=end, known_by=BEFORE).verified.points
    )


def test_the_old_wording_stays_in_the_history(lesotho):
    load_replacement(lesotho)
    rows = Recommendation.objects.filter(edition=lesotho)

    assert [row.text for row in rows.as_known_by(BEFORE)][3].startswith("Finish and use procedures")
    assert {row.text_status for row in rows.as_known_by(BEFORE)} == {"reconstruction"}
    assert {row.text_status for row in rows.as_known_by(NOW)} == {"official"}
    procedures = rows.get(number=1)
    assert [terms.number for terms in procedures.terms.all()] == [1, 4]
    changed = AuditEntry.objects.filter(verb="recommendation.changed", row=str(procedures.pk)).get()
    assert json.loads(changed.detail.before)["number"] == 4


def test_the_record_is_loaded_again_without_harm_after_the_list_has_changed(lesotho):
    load_replacement(lesotho)
    before = commitment_benchmarks()
    again = load_public_record(now=NOW)

    assert again.written == 0
    assert commitment_benchmarks() == before


# --- Split, joined, retired -------------------------------------------------------------------------------------------


@pytest.fixture
def edition_with_split_item():
    """A recommendation with two benchmarks and a commitment on each, and another recommendation."""
    edition = EditionFactory()
    both = RecommendationFactory(
        edition=edition, number=1, text="Fund the shelter and train its staff.", indicia=[2, 7]
    )
    letters = count()
    first, second = (BenchmarkFactory(recommendation=both, letter="ab"[next(letters)]) for _ in range(2))
    promises = [CommitmentFactory(benchmarks=[benchmark]) for benchmark in (first, second)]
    other = RecommendationFactory(edition=edition, number=2, text="Count the trees.")
    return edition, both, first, second, other, promises


def test_a_split_gives_the_row_to_the_first_and_the_benchmarks_to_whom_they_are_sent(edition_with_split_item):
    edition, both, first, second, other, promises = edition_with_split_item
    both.supporting.set([MinistryFactory()])
    imported = create_draft(edition, narrative(["Train the staff well.", "Fund shelters.", "Count all trees."]))
    became = {both.pk: (2, 1), other.pk: (3,)}

    with refuses("no_choice", field=f"goes_{first.pk}"):
        load_draft(imported, became)
    did = load_draft(imported, became, {first.pk: 2, second.pk: 1}).did

    assert (did["split"], did["changed"], did["benchmarks"]) == ({"1": [2, 1]}, {"1": 2, "2": 3}, {"1b": "1a"})
    both.refresh_from_db()
    begun = Recommendation.objects.get(number=1, is_retired=False)
    assert (both.number, both.text) == (2, "Fund shelters.")
    assert (begun.indicia, begun.lead, list(begun.supporting.all())) == ([2, 7], both.lead, list(both.supporting.all()))
    assert [row[3] for row in current_list(edition)] == ["prosecution"] * 3
    moved = {benchmark.pk: benchmark.key for benchmark in Benchmark.objects.select_related("recommendation")}
    assert moved == {first.pk: "2a", second.pk: "1a"}
    assert [list(promise.benchmarks.values_list("pk", flat=True)) for promise in promises] == [[first.pk], [second.pk]]
    entry = AuditEntry.objects.get(verb="benchmark.moved")
    assert (entry.row, json.loads(entry.detail.before)["letter"]) == (str(second.pk), "b")


def test_a_moved_benchmark_stands_where_it_stood_for_whoever_asks_as_it_was_known(edition_with_split_item):
    edition, both, first, second, other, _ = edition_with_split_item
    before = json.dumps(
        readiness_document(evaluate_readiness(gather_facts(edition), as_of=date(2022, 3, 31), known_by=BEFORE))
    )
    load_draft(
        create_draft(edition, narrative(["Train the staff well.", "Fund shelters.", "Count all trees."])),
        {both.pk: (2, 1), other.pk: (3,)},
        {first.pk: 2, second.pk: 1},
    )

    assert (
        json.dumps(
            readiness_document(evaluate_readiness(gather_facts(edition), as_of=date(2022, 3, 31), known_by=BEFORE))
        )
        == before
    )
    then = {term.pk: term.key for term in Benchmark.objects.select_related("recommendation").with_terms(BEFORE)}
    assert then == {first.pk: "1a", second.pk: "1b"}


def test_what_is_retired_keeps_its_promises_and_counts_no_more(edition_with_split_item):
    edition, both, first, second, other, promises = edition_with_split_item
    imported = create_draft(edition, narrative(["Count all trees.", "Open a hotline."]))
    done = load_draft(imported, {both.pk: (), other.pk: (1,)}, pillars={2: PREVENTION})

    both.refresh_from_db()
    assert (both.is_retired, done.did["retired"]) == (True, [1])
    assert both.terms.first().reason == "No longer asked after the import of “list.csv”."
    assert [list(promise.benchmarks.values_list("pk", flat=True)) for promise in promises] == [[first.pk], [second.pk]]
    asked = evaluate_readiness(gather_facts(edition), as_of=date(2022, 3, 31)).verified.benchmarks
    assert asked == ()
    known = evaluate_readiness(gather_facts(edition), as_of=date(2022, 3, 31), known_by=BEFORE).verified.benchmarks
    assert [benchmark.line.key for benchmark in known] == ["1a", "1b"]


def test_two_that_became_one_bring_their_benchmarks_together(edition_with_split_item):
    edition, both, first, second, other, _ = edition_with_split_item
    trees = BenchmarkFactory(recommendation=other, letter="a")
    listed = narrative(["Fund shelters, train staff and count trees.", "Open a hotline."])
    done = load_draft(create_draft(edition, listed),
           {both.pk: (1,), other.pk: (1,)}, pillars={2: PREVENTION})  # fmt: skip

    assert (done.did["retired"], done.did["joined"], done.did["benchmarks"]) == ([2], {"2": 1}, {"2a": "1c"})
    other.refresh_from_db()
    keys = {benchmark.pk: benchmark.key for benchmark in Benchmark.objects.select_related("recommendation")}
    assert keys == {first.pk: "1a", second.pk: "1b", trees.pk: "1c"}
    assert other.is_retired
    assert other.terms.first().reason == "Merged into number 1 by the import of “list.csv”."


def test_numbers_may_change_places():
    edition = EditionFactory()
    first, second = (RecommendationFactory(edition=edition, number=n, text=f"Do {n}.") for n in (1, 2))
    load_draft(create_draft(edition, table([(1, "Do 2."), (2, "Do 1.")]), status=TextStatus.RECONSTRUCTION))

    assert {row.pk: row.number for row in Recommendation.objects.all()} == {first.pk: 2, second.pk: 1}


def test_an_action_plans_list_is_left_alone():
    edition = EditionFactory()
    plan = RecommendationFactory(edition=edition, number=1, origin="action_plan", text="As planned.")
    load_draft(create_draft(edition, table([(1, "Do 1.")])), pillars={1: PROTECTION})

    plan.refresh_from_db()
    assert (plan.text, plan.is_retired) == ("As planned.", False)


@pytest.mark.parametrize("many", [1, 3, 300])
def test_a_list_is_loaded_by_as_many_queries_whatever_its_length(many, django_assert_num_queries):
    edition, by = EditionFactory(), AdministratorFactory()
    police, health = (MinistryFactory(country=edition.country, name=name) for name in ("Police", "Health"))

    def load(words, supporting, expected):
        texts = [f"{words} the shelter in village {number}." for number in range(1, many + 1)]
        rows = [(number, text, "Protection", supporting) for number, text in enumerate(texts, 1)]
        imported = create_draft(edition, table(rows, ("Number", "Recommendation", "Pillar", "Supporting")), by=by)
        became = {row.pk: (row.number,) for row in Recommendation.objects.all()}
        with django_assert_num_queries(expected):
            return load_draft(imported, became, by=by).did

    a_lock = connection.vendor == "postgresql"  # on the log, each time that it is told
    assert len(load("Fund", "Police", 25 + a_lock)["new"]) == many
    assert len(load("Staff", "Police; Health", 29 + 2 * a_lock)["changed"]) == many
    assert {frozenset(row.supporting.all()) for row in Recommendation.objects.all()} == {frozenset({police, health})}
    newest = AuditDetail.objects.order_by("pk").filter(entry__verb="recommendation.changed").last()
    assert json.loads(newest.before)["supporting"] == [police.pk]
    assert json.loads(newest.after)["supporting"] == sorted([police.pk, health.pk])
    assert find_log_fault() is None


# --- Who, and when not ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_administrators_import_and_load(factory):
    edition, by = EditionFactory(), factory()
    imported = EditionImportFactory(edition=edition)

    with pytest.raises(PermissionDenied):
        create_draft(edition, narrative(["Fund the shelter.", "Train."]), by=by)
    with pytest.raises(PermissionDenied):
        load_draft(imported, pillars={1: PROTECTION}, by=by)
    with pytest.raises(PermissionDenied):
        discard_import(imported=imported, by=by, now=JULY_2022)
    with pytest.raises(PermissionDenied):
        set_columns(imported=imported, types=(), has_headings=True, by=by)


def test_a_list_that_changed_since_the_preview_is_not_overwritten():
    edition = EditionFactory()
    row = RecommendationFactory(edition=edition, number=1, text="Fund it.")
    imported = create_draft(edition, table([(1, "Fund it well.")]))
    fingerprint = build_preview(imported).fingerprint
    Recommendation.objects.filter(pk=row.pk).update(version=2)
    before = row_counts()

    with refuses("edit_conflict", sentence="Somebody changed the current list"):
        load_draft(imported, {row.pk: (1,)}, fingerprint=fingerprint)
    assert row_counts() == before
    assert load_draft(imported, {row.pk: (1,)}, fingerprint=build_preview(imported).fingerprint).loaded_at == NOW


def test_another_countrys_list_stays_as_it_is():
    theirs = RecommendationFactory(
        edition=EditionFactory(country=CountryFactory(elsewhere=True)), number=1, text="Theirs."
    )
    edition = EditionFactory()
    load_draft(create_draft(edition, table([(1, "Theirs.")])), pillars={1: PROTECTION})

    assert current_list(theirs.edition) == [(1, "Theirs.", "reconstruction", "prosecution")]
    assert len(current_list(edition)) == 1


def test_expired_imports_are_removed_at_night(settings):
    kept = EditionImportFactory(loaded=True, begun_at=NOW - timedelta(days=400))
    young, _ = (EditionImportFactory(begun_at=NOW + timedelta(minutes=minutes)) for minutes in (1, -1))

    assert (delete_expired_imports(now=NOW + DRAFT_RETENTION), delete_expired_imports(now=NOW + DRAFT_RETENTION)) == (
        1,
        0,
    )
    assert set(EditionImport.objects.all()) == {kept, young}

    EditionImport.objects.update(begun_at=NOW - timedelta(days=400))
    app.loader.import_default_modules()
    app.tasks[settings.CELERY_BEAT_SCHEDULE["unloaded-lists"]["task"]]()
    assert set(EditionImport.objects.all()) == {kept}


def test_the_pillar_of_what_was_asked_much_alike_the_year_before_is_proposed():
    text = "Give the committee what it needs to do its work in all districts"
    RecommendationFactory(text=text, terms__pillar=Pillar.PROTECTION)
    following = EditionFactory(year=2022)

    found = build_preview(create_draft(following, table([(1, f"{text} and beyond"), (2, "Ratify the protocol")])))

    assert [found.pillar_of(row) for row in found.imported_list.rows] == [Pillar.PROTECTION, Pillar.PREVENTION]
