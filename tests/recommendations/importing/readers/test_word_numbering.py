"""The numbers that Word counts: levels, formats, restarts, numbers of styles, and lists that go on."""

import pytest
from lxml import etree

from recommendations.importing.readers.word_numbering import format_list_number, read_numbering

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(place, kind, text, *, start=1, more=""):
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbers(levels, paragraphs, *, nums='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>', styles=""):
    """Return what stands before each paragraph: pairs of number and level, or the name of a style."""
    numbering = etree.fromstring(
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{nums}</w:numbering>'
    )
    read = read_numbering(numbering, etree.fromstring(f"<w:styles {W}>{styles}</w:styles>"))
    found = []
    for each in paragraphs:
        properties = (
            f'<w:pStyle w:val="{each}"/>'
            if isinstance(each, str)
            else f'<w:numPr><w:ilvl w:val="{each[1]}"/><w:numId w:val="{each[0]}"/></w:numPr>'
        )
        place = read.number_of(etree.fromstring(f"<w:p {W}><w:pPr>{properties}</w:pPr></w:p>"))
        found.append(place.text if place else "")
    return found


OUTLINE = level(0, "upperRoman", "%1.") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "(%3)")


def test_deeper_levels_start_again():
    asked = [(1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1)]
    assert numbers(OUTLINE, asked) == ["I.", "I.1", "(a)", "(b)", "I.2", "(a)", "II.", "II.1"]


def test_a_skipped_level_counts_as_begun():
    assert numbers(OUTLINE, [(1, 1), (1, 0)]) == ["I.1", "II."]


def test_a_level_may_go_on_or_count_in_decimals():
    levels = level(0, "upperRoman", "%1") + level(1, "decimal", "%1.%2", more='<w:lvlRestart w:val="0"/><w:isLgl/>')
    assert numbers(levels, [(1, 0), (1, 1), (1, 0), (1, 1)]) == ["I", "1.1", "II", "2.2"]


def test_another_number_of_the_same_list_goes_on_unless_it_starts_anew():
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
        "</w:lvlOverride></w:num>"
    )
    levels = level(0, "decimal", "%1.", start=4)
    assert numbers(levels, [(1, 0), (2, 0), (3, 0), (3, 0)], nums=nums) == ["4.", "5.", "7.", "8."]


def test_a_style_carries_the_number_and_its_level():
    styles = (
        '<w:style w:styleId="Q"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Part"><w:basedOn w:val="Q"/></w:style>'
        '<w:style w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    )
    link = '<w:pStyle w:val="Part"/>'
    levels = level(0, "decimal", "%1.") + level(1, "lowerLetter", "%1.%2", more=link)
    assert numbers(levels, ["Q", "Part", "Part", "Q", "Loop", (0, 0)], styles=styles) == [
        "1.",
        "1.a",
        "1.b",
        "2.",
        "",
        "",
    ]


def test_bullets_have_no_number():
    assert numbers(level(0, "bullet", "•"), [(1, 0)]) == [""]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (28, "lowerLetter", "bb"),
        (4, "lowerRoman", "iv"),
        (19, "upperRoman", "XIX"),
        (7, "decimalZero", "07"),
        (3, "x", "3"),
    ],
)
def test_formats(number, kind, text):
    assert format_list_number(number, kind) == text
