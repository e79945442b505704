"""Data files in TOML: their entries, and sentences that name a fault with its file and entry."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import pytest

from dialogues.choices import Verdict
from tests.conftest import MASERU
from tiptracker.data_files import DataFileError, DataReader, Names, RefersTo, Sections


@dataclass(frozen=True)
class Person:
    name: Annotated[str, Names("person")]
    born_on: date | None = None


@dataclass(frozen=True)
class Place:
    name: str
    size: Decimal


@dataclass(frozen=True)
class Note:
    by: Annotated[str, RefersTo("person")]
    at: datetime
    verdict: Verdict = Verdict.MET
    place: Place | None = None
    marks: tuple[tuple[str, int], ...] = ()
    tags: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class Step:
    actions: Annotated[tuple[Person | Note, ...], Sections({"person": Person, "note": Note})]


KINDS = {"person": Person, "note": Note, "step": Step}


@pytest.fixture
def read(tmp_path):
    def read(content, reader=None):
        path = tmp_path / "notes.toml"
        path.write_text(content)
        return (reader or DataReader(MASERU)).read(path, KINDS)

    return read


def test_tables_become_entries_in_the_order_of_the_file(read):
    assert read("""
        [defaults.note]
        by = "Lineo"
        [[person]]
        name = "Lineo"
        born_on = 1980-02-29
        [[note]]
        at = 2021-11-08
        place = { name = "Maseru", size = 2.5 }
        [[note]]
        at = 2021-11-08T09:05:00
        verdict = "stalled"
        marks = { first = 1, second = 2 }
        tags = ["a", "b"]
        is_open = true
    """) == [
        Person("Lineo", date(1980, 2, 29)),
        Note("Lineo", datetime(2021, 11, 8, 9, tzinfo=MASERU), place=Place("Maseru", Decimal("2.5"))),
        Note(
            "Lineo",
            datetime(2021, 11, 8, 9, 5, tzinfo=MASERU),
            Verdict.STALLED,
            marks=(("first", 1), ("second", 2)),
            tags=("a", "b"),
            is_open=True,
        ),
    ]


def test_tables_inside_an_entry_keep_the_order_of_their_kinds(read):
    [step] = read("""
        [[step]]
        [[step.person]]
        name = "Lineo"
        [[step.note]]
        by = "Lineo"
        at = 2021-11-08
    """)
    assert [type(action) for action in step.actions] == [Person, Note]


def test_an_entry_finds_names_of_files_read_before(read):
    reader = DataReader()
    read('[[person]]\nname = "Lineo"', reader)
    assert read('[[note]]\nby = "Lineo"\nat = 2021-11-08', reader)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            '[[person]]\nname = "Lineo"\nborn = 1980-01-01',
            "notes.toml: person 1 (“Lineo”): “born” is an unknown key. Known are: name, born_on.",
        ),
        ("[[person]]\nborn_on = 1980-01-01", "notes.toml: person 1 (“1980-01-01”): The key “name” is missing."),
        (
            '[[people]]\nname = "Lineo"',
            "notes.toml: “people” is an unknown kind of entry. Known are: person, note, step.",
        ),
        ("[defaults.people]", "notes.toml: “people” is an unknown kind of entry. Known are: person, note, step."),
        ("[[defaults.note]]", "notes.toml: Write defaults once for each kind, such as [defaults.evidence]."),
        ('[person]\nname = "Lineo"', "notes.toml: Write [[person]] above each entry."),
        (
            '[[person]]\nname = "A"\n[[person]]\nname = "B"\nborn_on = "8.11.2021"',
            "notes.toml: person 2 (“B”): born_on: “8.11.2021” is not a day. Write it as 2021-11-08.",
        ),
        (
            '[[person]]\nname = "A"\n[[person]]\nname = "A"',
            "notes.toml: person 2 (“A”): name: “A” is the person of an earlier entry. Choose another.",
        ),
        (
            '[[note]]\nby = "Thabo"\nat = 2021-11-08',
            "notes.toml: note 1 (“Thabo”): by: There is no person “Thabo” above this entry or in an earlier file.",
        ),
        (
            '[[person]]\nname = "A"\n[[note]]\nby = "A"\nat = 2021-11-08T09:00:00Z',
            (
                "notes.toml: note 1 (“A”): at: “2021-11-08 09:00:00+00:00” is not a day or a moment. "
                "Write it as 2021-11-08 or 2021-11-08T09:05:00."
            ),
        ),
        (
            '[[person]]\nname = "A"\n[[note]]\nby = "A"\nat = 2021-11-08\nverdict = "good"',
            (
                "notes.toml: note 1 (“A”): verdict: “good” is not one of: met, concrete_step, stalled, no_information, "
                "going_backwards."
            ),
        ),
        (
            '[[person]]\nname = "A"\n[[note]]\nby = "A"\nat = 2021-11-08\nplace = "Maseru"',
            "notes.toml: note 1 (“A”): place: “Maseru” is not a table.",
        ),
        (
            '[[person]]\nname = "A"\n[[note]]\nby = "A"\nat = 2021-11-08\nmarks = { a = true }',
            "notes.toml: note 1 (“A”): marks: “True” is not a whole number.",
        ),
        (
            '[[person]]\nname = "A"\n[[note]]\nby = "A"\nat = 2021-11-08\ntags = "a"',
            "notes.toml: note 1 (“A”): tags: “a” is not a list.",
        ),
        (
            '[[person]]\nname = "A"\n[[note]]\nby = "A"\nat = 2021-11-08\nmarks = [["a", 1]]',
            "notes.toml: note 1 (“A”): marks: “[['a', 1]]” is not a table.",
        ),
        (
            '[[step]]\n[[step.person]]\nname = "A"\nborn_on = 5',
            "notes.toml: step 1: person 1 (“A”): born_on: “5” is not a day. Write it as 2021-11-08.",
        ),
    ],
)
def test_a_fault_is_named_with_its_file_and_entry(read, content, sentence):
    with pytest.raises(DataFileError) as refused:
        read(content)
    assert str(refused.value) == sentence


def test_a_day_that_does_not_exist_is_named_with_its_line(read):
    with pytest.raises(DataFileError, match=r"^notes\.toml: .*date.*line 3"):
        read('[[person]]\nname = "A"\nborn_on = 2021-02-30')
