"""Compare a list with the existing one: new, changed, unchanged, missing or doubtful, and similarity of texts."""

from collections import Counter
from itertools import chain, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.lesotho.entries import RecommendationEntry, read_record
from recommendations import text_similarity
from recommendations.choices import Pillar, TextStatus
from recommendations.importing.comparison import ExistingItem, ItemChange, compare_lists
from recommendations.importing.tables.rows import ImportedItem
from recommendations.text_similarity import DiffSide, diff_words
from tests.recommendations.replacement_list import NEW_NUMBERS, REPLACEMENT_LIST

EXISTING_ITEMS = [
    ExistingItem(each.number + 100, each.number, each.text, TextStatus.RECONSTRUCTION, each.pillar)
    for each in read_record().entries_of(RecommendationEntry)
]
POLICE, HOME = 7, 8
MINISTRIES = {"ministry of police": POLICE, "police": POLICE, "home affairs": HOME}


def preview(old, rows, status=TextStatus.OFFICIAL):
    return compare_lists(old, rows, status=status, ministries=MINISTRIES)


def imported_items(*texts):
    return [ImportedItem(number, text) for number, text in enumerate(texts, 1)]


def existing_item(number, text, status=TextStatus.OFFICIAL, **said):
    return ExistingItem(number + 100, number, text, status, **said)


def lines_of_kind(seen, kind):
    return [line for line in seen.lines if line.kind is kind]


def numbers_by_kind(comparison):
    """Return old and new numbers by kind."""
    return [(line.kind, line.old and line.old.number, line.new and line.new.number) for line in comparison.lines]


def test_the_same_list_is_unchanged():
    again = [ImportedItem(each.number, each.text) for each in EXISTING_ITEMS]
    seen = preview(EXISTING_ITEMS, again, TextStatus.RECONSTRUCTION)

    assert seen.changes_nothing
    assert seen.undecided == []


def test_numbers_never_match_by_themselves():
    seen = preview([existing_item(1, "Fund the shelter.")], imported_items("Convene parliament weekly."))

    assert numbers_by_kind(seen) == [(ItemChange.NEW, None, 1), (ItemChange.GONE, 1, None)]
    assert [line.old.number for line in seen.undecided] == [1]


def test_the_same_words_match_whatever_the_number():
    seen = preview(
        [existing_item(1, "Fund the shelter."), existing_item(2, "Train them.")],
        imported_items("Train  them.", "Fund the shelter."),
    )

    assert numbers_by_kind(seen) == [(ItemChange.CHANGED, 2, 1), (ItemChange.CHANGED, 1, 2)]
    assert [line.changes for line in seen.lines] == [
        ("Its number changes from 2 to 1.", "Its spelling changes."),
        ("Its number changes from 1 to 2.",),
    ]
    assert seen.undecided == []


def test_what_is_alike_is_proposed_and_a_person_decides():
    seen = preview(
        [existing_item(1, "Fund the shelter and its staff.")], imported_items("Fully fund the shelter and its staff.")
    )

    [line] = seen.undecided
    assert (line.kind, line.new.number, line.candidates[0].number) == (ItemChange.CHANGED, 1, 1)


def test_what_is_little_alike_is_doubtful():
    seen = preview(EXISTING_ITEMS, [ImportedItem(1, REPLACEMENT_LIST[1])])

    [doubtful] = lines_of_kind(seen, ItemChange.DOUBTFUL)
    assert doubtful.is_little_alike
    assert len(lines_of_kind(seen, ItemChange.GONE)) == 9


def test_reconstruction_and_official_list_find_each_other():
    """A made-up list in another order and wording: each item gets its successor, and new ones stay new."""
    seen = preview(EXISTING_ITEMS, [ImportedItem(number, text) for number, text in REPLACEMENT_LIST.items()])

    assert {line.old.number: line.new.number for line in seen.undecided} == NEW_NUMBERS
    assert [line.new.number for line in lines_of_kind(seen, ItemChange.NEW)] == [11]
    assert lines_of_kind(seen, ItemChange.GONE) == []


def test_a_rows_own_doubt_makes_it_doubtful():
    seen = preview(
        [existing_item(1, "Fund it.")],
        [ImportedItem(1, "Fund it.", doubt="Cut off?"), ImportedItem(2, "Train them.", doubt="Two?")],
    )

    assert [line.kind for line in seen.lines] == [ItemChange.DOUBTFUL, ItemChange.DOUBTFUL]


def test_what_its_reader_doubts_is_not_little_alike_for_that():
    seen = preview([existing_item(1, "Fund the shelter.")], [ImportedItem(1, "Fund the shelter. 42", doubt="Cut off?")])

    [line] = seen.undecided
    assert (line.kind, line.is_little_alike) == (ItemChange.DOUBTFUL, False)


def test_what_a_table_tells_besides_the_words_is_compared():
    old = existing_item(1, "Fund it.", TextStatus.RECONSTRUCTION, pillar=Pillar.PROTECTION, lead=POLICE)
    new = ImportedItem(1, "Fund it.", pillar=Pillar.PREVENTION, lead="Home Affairs", supporting=("Police", "Labour"))
    seen = preview([old], [new])

    [line] = seen.lines
    assert line.changes == (
        "The official text of the report replaces our reconstruction.",
        "Its pillar becomes: Prevention.",
        "Its lead ministry becomes: Home Affairs.",
        "Its supporting ministries become: Police, Labour.",
    )
    assert seen.unknown_ministries == ("Labour",)
    assert preview([old], [ImportedItem(1, "Fund it.", lead="police")], TextStatus.RECONSTRUCTION).changes_nothing


WORDS = st.lists(st.sampled_from(["fund", "train", "the", "police", "shelter", "courts"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_either_side_of_a_difference_is_its_text(old, new):
    pieces = diff_words(old, new)

    assert " ".join(piece.text for piece in pieces if piece.side is not DiffSide.NEW) == old
    assert " ".join(piece.text for piece in pieces if piece.side is not DiffSide.OLD) == new
    assert (old == new) == all(piece.side is DiffSide.BOTH for piece in pieces)


def test_removed_words_come_before_added_words():
    pieces = diff_words("Fund the shelter and people now.", "Fund the shelter, its staff now.")

    assert [(piece.side.value, piece.text) for piece in pieces] == [
        ("both", "Fund the"), ("old", "shelter and people"), ("new", "shelter, its staff"), ("both", "now."),
    ]  # fmt: skip


@given(st.lists(WORDS, unique=True, max_size=6), st.lists(WORDS, unique=True, max_size=6))
def test_each_old_and_each_new_item_has_one_line(before, after):
    seen = preview(
        [existing_item(number, text) for number, text in enumerate(before, 1)],
        [ImportedItem(number, text) for number, text in enumerate(after, 1)],
    )

    assert sorted(line.old.number for line in seen.lines if line.old) == list(range(1, len(before) + 1))
    assert sorted(line.new.number for line in seen.lines if line.new) == list(range(1, len(after) + 1))


@pytest.mark.parametrize("many", [3_000])
def test_long_lists_find_each_other(many):
    before = [
        existing_item(n, f"Train the police of village {n} and fund its shelter {n * 7}.") for n in range(1, many)
    ]
    after = [ImportedItem(n, f"Fully train police of village {n}, fund its shelter {n * 7}.") for n in range(1, many)]

    assert {line.old.number - line.new.number for line in preview(before, after).undecided} == {0}


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), max_size=30),
    st.lists(st.sampled_from("abcdefg"), max_size=6),
)
def test_a_text_is_compared_with_the_texts_that_share_most_of_its_rarest_words(texts, words):
    """The same as if each match were counted: of the rarest words, up to a limit, then the texts with most matches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_similarity, "_MAX_RARE_WORDS", 4)
        patch.setattr(text_similarity, "_MAX_WORD_MATCHES", 12)
        patch.setattr(text_similarity, "_MAX_COMPARED", 5)
        index = text_similarity._WordIndex(texts)
        rarest = sorted(set(words) & set(index.positions), key=lambda word: (len(index.positions[word]), word))
        matches = chain.from_iterable(index.positions[word] for word in rarest[:4])
        expected = [place for place, _ in Counter(islice(matches, 12)).most_common(5)]

        assert index.select_comparable(words) == expected


def test_a_text_of_a_long_list_meets_no_more_others_however_many_share_its_words(monkeypatch):
    met = []

    class Counted(Counter):
        def __init__(self, places):
            super().__init__(seen := list(places))
            met.append(len(seen))

    monkeypatch.setattr(text_similarity, "Counter", Counted)
    texts = [f"Train the police and fund the shelter of {'north' if n % 2 else 'south'}." for n in range(1_200)]
    found = text_similarity.find_similar_pairs(texts, texts)

    assert max(met) <= 1_000
    assert len(met) == 1_200
    assert {pair.likeness for pair in found if pair.old == pair.new} == {100}
