"""Names beside identifying details are flagged in any spelling; names of officials are not."""

import re
import tomllib

import pytest
from django.conf import settings

from tiptracker.privacy import personal_names
from tiptracker.privacy.personal_data import PersonalDataKind, describe_findings, find_personal_data, remove_numbers


def found_names(text):
    return [found.text for found in find_personal_data(text) if found.kind is PersonalDataKind.NAME]


NAMES = [
    "Mrs Exercise", "Mrs. Palesa Exercise", "Ms Palesa Exercise", "Palesa Exercise", "Palesa Mary Exercise",
    "P. Exercise", "P Exercise", "P. M. Exercise", "Palesa E.", "PALESA EXERCISE", "Ntate Thabo Mokoena", "Ntate Thabo",
    "’M’e Palesa Exercise", "'M'e Palesa", "Mme Lineo Exercise", "Ausi Palesa", "Palesa ’Mamello Exercise",
    "'Mamello Exercise", "Ts'epo Exercise", "Tšepo Exercise", "Palesa Exercise-Mokoena", "Anne-Marie Exercise",
    "mrs palesa exercise", "ntate thabo mokoena", "palesa exercise", "thabo mokoena", "Exercise, Palesa",
]  # fmt: skip
AGES = [
    ", 17,", ", aged 17,", " (17)", " (17 years)", " (aged 17)", ", 17 years old,", ", a 17-year-old", ", 17 yrs,",
    " 17 yrs.", ", seventeen-year-old", ", 17 y/o", " is 17 years old", " who is aged 17", ", age: 17", ", age 17,",
    ", a girl of 17,",
]  # fmt: skip


def wrong_results(said):
    """The texts in which something else is found than the one name: by name and how the text goes on around it."""
    said_of = [(name, text, found_names(text)) for name in NAMES for text in said(name)]
    return [
        (text, found) for name, text, found in said_of if [each.rstrip(".") for each in found] != [name.rstrip(".")]
    ]


def test_a_name_before_an_age_is_found():
    def said(name):
        return [f"They said that {name}{age} was brought to the shelter." for age in AGES]

    assert wrong_results(said) == []


BEFORE = [
    "The 17-year-old ", "A girl aged 17, ", "A boy of 17, ", "a child of seventeen named ",
    "A resident of Ha Abia, ", "From Ha-Mohale came ", "Of Thaba-Bosiu village: ", "In CR 123/2021 ",
    "In CIV/APN/456/2021, ", "Case no. 12/2021: ", "In CRI/T/MSU/0123/21 ", "Call 5812 3456 for ",
    "Call +266 5812 3456, ",
]  # fmt: skip


def test_a_name_behind_what_tells_who_it_is_is_found():
    assert wrong_results(lambda name: [f"{before}{name} was heard." for before in BEFORE]) == []


AFTER = [
    " from Ha Abia", " of ha abia", ", Ha-Mohale", " lives in Qoaling", " of Thaba-Bosiu", ", a villager of Semena",
    " (5812 3456)", ", tel. 58 12 34 56", " (CR 123/2021)", ", CIV/APN/456/2021", " in cr 123/2021",
    " under case number 12/2021",
]  # fmt: skip


def test_a_name_before_a_village_a_telephone_or_a_case_is_found():
    assert wrong_results(lambda name: [f"We spoke with {name}{after}." for after in AFTER]) == []


TEXTS_WITHOUT_NAMES = [
    "Minister Motlohi visited Ha Abia", "Minister Lebona Exercise opened a shelter at Ha Abia",
    "Hon. Motlohi spoke at Thaba-Bosiu", "Justice Exercise Mokoena heard CR 123/2021",
    "Magistrate Thabo Exercise sentenced him in CIV/APN/456/2021", "Minister Motlohi, 12 March 2021",
    "Commissioner Thabo Exercise (16)", "Thabo Exercise, Minister of Police, went to Ha Abia",
    "Palesa Exercise", "Mrs Palesa Exercise spoke.", "palesa exercise", "Palesa Exercise came on 17 March 2021",
    "Palesa Exercise, 17 March 2021", "Thabo Mokoena sent 17 files",
    "Thabo Mokoena was sentenced to 17 years in prison",
    "17 victims aged 12 to 17 were helped by Thabo Mokoena", "Palesa Exercise trained officials aged 18-24",
    "High Court (16)", "Lesotho Mounted Police Service, 17", "Beautiful Dreams Society, 17, sheltered",
    "Ministry of Home Affairs, 12, and", "The Child Protection Unit (12)", "Ambassador Exercise, Maseru, 17",
    "a 17-year-old girl from Ha Abia", "A girl, 17, from Quthing", "two girls aged 15 and 16",
    "Police in Thaba-Tseka, 12 of them", "CR 123/2021 was postponed by the Magistrates Court at Ha Abia",
    "In Ha Abia, Thaba-Bosiu and Ha Mohale", "Act No. 6 of 2021, Section 5", "Recommendation 12: Train Officials",
    "it took 49 ms aged 12", "the girl, aged 17, was found", "Women and Children (12)",
]  # fmt: skip


def test_officials_institutions_and_names_by_themselves_are_left_alone():
    texts = [said for text in TEXTS_WITHOUT_NAMES for said in (text, f"{text}.", f"It was so: {text}, they say")]

    assert [(text, found) for text in texts if (found := found_names(text))] == []


def texts_in(value):
    """Every text in a data file, at whatever depth."""
    if isinstance(value, dict | list):
        return [text for part in (value.values() if isinstance(value, dict) else value) for text in texts_in(part)]
    return [value] if isinstance(value, str) else []


def test_no_text_of_the_public_record_and_of_the_exercise_is_asked_about():
    folder = settings.BASE_DIR / "dialogues" / "lesotho"
    texts = [text for path in folder.glob("*/*.toml") for text in texts_in(tomllib.loads(path.read_text()))]

    assert len(texts) > 500
    assert [text for text in texts if found_names(text)] == []


@pytest.mark.parametrize("text", ["Minister Motlohi, aged 52,", "Minister Motlohi (tel. 5812 3456)"])
def test_an_official_beside_an_age_or_a_telephone_is_asked_about(text):
    assert len(found_names(text)) == 1


def test_what_is_told_names_the_person_and_says_why():
    told = describe_findings(find_personal_data("Mrs Palesa Exercise, 17, was found."))

    assert "“Mrs Palesa Exercise” looks like a person’s name next to an age, a village, a telephone number or" in told


def test_a_telephone_number_is_told_besides_the_name():
    assert [found.kind for found in find_personal_data("Palesa Exercise 5812 3456")] == [
        PersonalDataKind.NAME,
        PersonalDataKind.TELEPHONE,
    ]


def test_a_files_name_keeps_its_words():
    assert remove_numbers("Palesa Exercise, 17.pdf") == "Palesa Exercise, 17.pdf"


def test_a_name_in_two_lines_is_found():
    assert found_names("Palesa\nExercise,\n17,") == ["Palesa\nExercise"]


def test_every_pattern_is_bounded_or_possessive():
    patterns = [each for each in vars(personal_names).values() if isinstance(each, re.Pattern)]
    assert len(patterns) > 5
    for pattern in patterns:
        bare = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "x", pattern.pattern)
        bare = re.sub(r"(?:\{[\d,]+\}|[*+?])\+", "", bare)  # possessive
        assert not {"*", "+"} & set(bare), pattern.pattern


@pytest.mark.parametrize(
    "piece", ["Palesa Exercise ", "A. ", "palesa mokoena, 17, ", "Ha Abia ", "17-year-old ", "CR 1/21 "]
)
def test_a_long_text_costs_a_fixed_number_of_looks_a_word(piece, monkeypatch):
    looked = []
    length = personal_names._name_length
    monkeypatch.setattr(personal_names, "_name_length", lambda *args: looked.append(1) or length(*args))
    text = piece * (20_000 // len(piece))

    find_personal_data(text)

    assert len(looked) <= len(text)
