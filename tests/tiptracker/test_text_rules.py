"""Invisible characters are removed from texts; characters of Sesotho, French and line breaks stay."""

import pytest

from tiptracker.text_rules import remove_invisible


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\ufeffMa\u200bse\u00adru\u2060", "Maseru"),
        ("a\x07b\x7fc\x9b31m", "abc31m"),
        ("one\u2028two\u2029three\x85four\x0bfive", "one\ntwo\nthree\nfour\nfive"),
        ("li-ofisiri\tle\r\nbaahloli\n’m’e Š\u030c", "li-ofisiri\tle\r\nbaahloli\n’m’e Š\u030c"),
        ("« à l’œuvre\u00a0»\u202f: ça", "« à l’œuvre\u00a0»\u202f: ça"),
        ("a null \0 stays, to be refused", "a null \0 stays, to be refused"),
    ],
)
def test_invisible_characters_are_removed(text, kept):
    assert remove_invisible(text) == kept


def test_line_breaks_become_spaces_in_one_line():
    assert remove_invisible("A\r\nraid\u2028now\tand\u00a0then", in_one_line=True) == "A  raid now and\u00a0then"
