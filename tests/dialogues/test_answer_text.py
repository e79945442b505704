"""The text of an answer: sentences with their sources, to and fro."""

import pytest

from dialogues.answer_text import CitedFact, SentenceText, UnknownCitation, format_answer, parse_answer
from dialogues.choices import CitedKind

FIGURE = CitedFact(CitedKind.READING, 12)
PIECE = CitedFact(CitedKind.EVIDENCE, 3)


def test_an_answer_survives_being_edited_and_saved_unchanged():
    sentences = [
        SentenceText("Police opened 4 cases, under 22 U.S.C. 7106(b)(1).", (FIGURE, PIECE), 1),
        SentenceText("Nothing else is known.", (), 1),
        SentenceText("Mr. Exercise of the Ministry said so.", (PIECE,), 2),
    ]

    assert parse_answer(format_answer(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One case [F12]. Two more [E3, F12]!", [("One case.", (FIGURE,)), ("Two more!", (PIECE, FIGURE))]),
        ("First. Second. [E3]", [("First.", ()), ("Second.", (PIECE,))]),
        ("One [e3] [F12]", [("One", (PIECE, FIGURE))]),
        ("[E3] Begins with a source.", [("Begins with a source.", ())]),
        ("See No. 4 and the U.S. Embassy. [E3]", [("See No. 4 and the U.S. Embassy.", (PIECE,))]),
        (
            "It rose to 1.5 million [see note] in 2021. [F12]",
            [("It rose to 1.5 million [see note] in 2021.", (FIGURE,))],
        ),
    ],
)
def test_a_source_belongs_to_the_sentence_before_it(text, expected):
    assert [(sentence.text, sentence.citations) for sentence in parse_answer(text)] == expected


def test_an_unknown_source_is_named():
    with pytest.raises(UnknownCitation, match="X9"):
        parse_answer("Something. [X9]")
