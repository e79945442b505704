import pytest

from reports.briefings.typesetting import replace_missing_glyphs, typeset, undo_typesetting


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("31 days are left, by 8 Nov 2021", "31~days are left, by 8~Nov 2021"),
        ("10 December 2021", "10~December 2021"),
        ("1 overdue, 4 open and 18 to ask", "1~overdue, 4~open and 18~to ask"),
        ("the rules (benchmark 4a). Benchmarks: 5b, 10c", "the rules (benchmark~4a). Benchmarks:~5b, 10c"),
        ("claimed 3 of 10 districts", "claimed 3~of~10 districts"),
        ("moved 2 times, 1 year, 7.5 points", "moved 2~times, 1~year, 7.5~points"),
        ("presumed against (22 U.S.C. 7106(b)(1))", "presumed against (22~U.S.C.~7106(b)|(1))"),
        ("1021 Marches, 3 daylight raids, 4 officers", "1021 Marches, 3 daylight raids, 4 officers"),
        ("Qacha&#x27;s Nek and the magistrates&#x27; courts", "Qacha’s Nek and the magistrates’ courts"),
        ("&#x27;M&#x27;e Palesa", "’M’e Palesa"),
        ("It says &#x27;not guilty", "It says &#x27;not guilty"),
        ("<title>Of 8 Nov</title><body>Of 8 Nov", "<title>Of 8 Nov</title><body>Of 8~Nov"),
    ],
)
def test_phrases_do_not_break_and_apostrophes_are_curly(written, printed):
    assert typeset(written).replace("\u00a0", "~").replace("\u2060", "|") == printed


def test_typesetting_can_be_undone():
    words = "31 days before 22 U.S.C. 7106(b)(1): 🦄🦄 of 8 Nov"

    assert undo_typesetting(replace_missing_glyphs(typeset(words), frozenset(map(chr, range(32, 256))))) == words
