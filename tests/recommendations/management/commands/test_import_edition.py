"""`manage.py import_edition`: load, dry run, pairing by file, and refusals that write nothing."""

import json

import pytest
from django.core.management import call_command

from recommendations.models import Edition, EditionImport, Recommendation, RecommendationTerms
from tests.factories import (
    AdministratorFactory,
    BenchmarkFactory,
    CountryFactory,
    EditionFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.recommendations.replacement_list import REPLACEMENT_LIST
from tiptracker.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-05")]

NARRATIVE = (
    "LESOTHO: TIER 2 WATCH LIST\n\nPRIORITIZED RECOMMENDATIONS:\n\n"
    "• Fund the shelter and its staff. • Investigate and prosecute traffickers. • Adopt an action plan.\n\n"
    "PROSECUTION\n"
)


@pytest.fixture
def administrator():
    return AdministratorFactory(email="admin@post.example")


@pytest.fixture
def run_command(tmp_path, capsys):
    """Run the command on a file with this content. Return its output, parsed if it is JSON."""

    def ran(content, *options, name="lesotho.txt", country="LSO", year="2021", pairing=None):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        more = list(options)
        if pairing is not None:
            (tmp_path / "pairing.json").write_text(pairing if isinstance(pairing, str) else json.dumps(pairing))
            more += ["--pairing", str(tmp_path / "pairing.json")]
        call_command("import_edition", str(file), "--country", country, "--year", year, *more)
        told = capsys.readouterr().out
        return json.loads(told) if "--json" in options else told

    return ran


@pytest.fixture
def command_refusal(run_command, capsys):
    """Return the refusal of the command. Check that it says the sentence and that nothing is written."""

    def refusal(*arguments, **options):
        before = row_counts()
        with pytest.raises(SystemExit) as ended:
            run_command(*arguments, **options)
        assert ended.value.code == 2
        assert row_counts() == before
        assert capsys.readouterr().err.startswith(str(ended.value.__cause__))
        return ended.value.__cause__

    return refusal


def row_counts():
    return [
        model.objects.count() for model in (Edition, EditionImport, Recommendation, RecommendationTerms, AuditEntry)
    ]


def current_list():
    return [(row.number, row.text, row.text_status) for row in Recommendation.objects.active().order_by("number")]


def test_an_edition_that_is_not_there_is_opened_and_its_list_loaded(administrator, run_command):
    country = CountryFactory()
    told = run_command(NARRATIVE)

    edition = Edition.objects.get()
    assert (edition.country, edition.year, edition.tier) == (country, 2021, "2WL")
    assert (str(edition.starts_on), str(edition.ends_on)) == ("2021-04-01", "2022-03-31")
    assert edition.source == "TIP Report 2021, Lesotho narrative"
    assert current_list()[0] == (1, "Fund the shelter and its staff.", "official")
    assert [row.pillar for row in Recommendation.objects.with_pillar().order_by("number")] == [
        "protection", "prosecution", "prevention",
    ]  # fmt: skip
    assert "new         1. Fund the shelter and its staff." in told
    assert told.endswith("Imported: 3 new, 0 changed, 0 unchanged, 0 retired.\n")
    assert EditionImport.objects.get().loaded_by == administrator


def test_loading_again_changes_nothing(administrator, run_command):
    CountryFactory()
    run_command(NARRATIVE)
    before = row_counts()
    told = run_command(NARRATIVE)

    assert told.endswith("Imported: 0 new, 0 changed, 3 unchanged, 0 retired.\n")
    assert row_counts() == [number + (place == 1) for place, number in enumerate(before)]


def test_dry_run_prints_the_changes_and_writes_nothing(administrator, run_command):
    CountryFactory()
    before = row_counts()
    told = run_command(NARRATIVE, "--dry-run")

    assert told.endswith("Would be imported: 3 new, 0 changed, 0 unchanged, 0 retired. Nothing is saved.\n")
    assert row_counts() == before


def test_loaded_list_is_replaced_by_the_pairing_that_a_dry_run_proposed(administrator, run_command, command_refusal):
    edition = EditionFactory()
    shelter = RecommendationFactory(edition=edition, number=1, text="Fund the shelter.")
    trees = RecommendationFactory(edition=edition, number=2, text="Count every tree in the valley.")
    both = RecommendationFactory(edition=edition, number=3, text="Investigate and prosecute; adopt a plan of action.")
    one, two = BenchmarkFactory(recommendation=both, letter="a"), BenchmarkFactory(recommendation=both, letter="b")

    undecided = command_refusal(NARRATIVE)
    assert undecided.code == "undecided"
    assert "Nothing in the file has the text of the current recommendations 1, 2, 3." in str(undecided)
    proposed = run_command(NARRATIVE, "--dry-run", "--json")
    assert proposed["did"] is None
    assert proposed["pairing"]["became"] == {"1": [1], "2": "retired", "3": [3]}
    assert [item["kind"] for item in proposed["items"]][-1] == "gone"
    proposed["pairing"]["became"]["3"] = [2, 3]
    assert command_refusal(NARRATIVE, pairing=proposed).code == "no_choice"
    proposed["pairing"]["benchmarks"] = {"3a": 2, "3b": 3}
    told = run_command(NARRATIVE, "--json", pairing=proposed)

    assert told["did"]["retired"] == [2]
    rows = {row.pk: row for row in Recommendation.objects.all()}
    assert (rows[shelter.pk].number, rows[both.pk].number, rows[trees.pk].is_retired) == (1, 2, True)
    one.refresh_from_db(), two.refresh_from_db()
    assert (one.recommendation.number, two.recommendation.number) == (2, 3)


def test_differences_are_marked_word_by_word(administrator, run_command):
    edition = EditionFactory()
    RecommendationFactory(edition=edition, number=1, text="Fund the shelter and its people.")
    told = run_command(NARRATIVE, "--dry-run")

    assert "Fund the shelter and its [-people.-] {+staff.+}" in told
    assert "The official text of the report replaces our reconstruction." in told
    assert "Nothing was imported: some questions are open." in told


def test_table_is_loaded_with_given_columns(administrator, run_command):
    EditionFactory()
    content = "Wat;Nr;Soort\nFund the shelter.;1;Protection\n"
    run_command(content, "--columns", "text,number,pillar", "--reconstruction", name="lijst.csv")

    assert current_list() == [(1, "Fund the shelter.", "reconstruction")]


def test_encoding_can_be_given(administrator, run_command, command_refusal):
    EditionFactory()
    content = "Number,Recommendation\n1,Fund l’abri for victims.\n".encode("cp1252")

    assert command_refusal(content, "--charset", "utf-8", name="list.csv").code == "undecodable"
    run_command(content, "--charset", "cp1252", name="list.csv")
    assert current_list()[0][1] == "Fund l’abri for victims."


TABLE = "Number,Recommendation\n1,Fund the shelter.\nx,Train.\n"


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("content", "options", "code", "sentence"),
    [
        (NARRATIVE, {"country": "XXX"}, "unknown_country", "There is no country with the code “XXX”."),
        (NARRATIVE.replace("LESOTHO", "ESWATINI"), {}, "another_country", ""),
        ("Nothing of the sort.", {}, "no_list", ""),
        (TABLE, {"name": "list.csv"}, "unreadable_rows", ""),
        ("", {"name": "list.csv"}, "empty_file", ""),
        (b"x" * 50 * 1024 * 1024, {"name": "list.csv"}, "too_large", ""),
        (b"x" * 50 * 1024 * 1024, {}, "too_large", ""),
        (b"\x81\x8d,Recommendation\n1,\x90\n", {"name": "list.csv"}, "undecodable", ""),
        (NARRATIVE, {"pairing": "{"}, "not_json", "is not valid JSON."),
        (NARRATIVE, {"pairing": {"became": [1]}}, "invalid_pairing", "The pairing is not valid."),
        (NARRATIVE, {"pairing": {"became": {"9": [1]}}}, "not_in_list", "The current list has no 9."),
        ("Country,Number,Recommendation\nEswatini,1,Fund it.\n", {"name": "list.csv"}, "another_edition", ""),
    ],
)
def test_unloadable_list_is_refused_with_a_sentence(command_refusal, content, options, code, sentence):
    EditionFactory()

    refusal = command_refusal(content, **options)
    assert refusal.code == code
    assert sentence in str(refusal)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--tier", "5"], "no_choice", "“5” is not a tier. Give 1, 2, 2WL or 3."),
        (["--charset", "ebcdic"], "no_choice", "“ebcdic” is not a supported encoding."),
        (["--tier", "2", "--columns", "number,words"], "no_choice", "“words” is not a kind of column."),
        (["--by", "officer@post.example"], "administrator_unclear", "Give --by"),
        ([], "required", "The 2021 edition does not exist yet, and the file does not state its tier."),
    ],
)
def test_what_is_asked_wrongly_is_refused(administrator, command_refusal, options, code, sentence):
    CountryFactory()
    OfficerFactory(email="officer@post.example")

    refusal = command_refusal("Number,Recommendation\n1,Fund it.\n", *options, name="list.csv")
    assert refusal.code == code
    assert sentence in str(refusal)


def test_other_list_of_lesotho_is_read_completely(administrator, run_command):
    EditionFactory()
    items = "\n".join(f"• {text}" for text in REPLACEMENT_LIST.values())
    run_command(NARRATIVE.replace(NARRATIVE.split("\n")[4], items))

    assert [row[1] for row in current_list()] == list(REPLACEMENT_LIST.values())


def test_a_missing_file_is_refused(administrator, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("import_edition", "/nowhere/list.csv", "--country", CountryFactory().code, "--year", "2021")
    assert ended.value.__cause__.code == "unreadable_file"
    assert capsys.readouterr().err.strip() == str(ended.value.__cause__)
