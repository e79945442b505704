"""Every layout under every heading and before every section gives exactly the items, word for word."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recommendations.choices import Tier
from recommendations.importing.report_parser import parse_narrative
from recommendations.importing.report_parser.sections import UNCERTAIN_HEADING, UNCERTAIN_START
from tests.recommendations.importing.report_parser.sample_narratives import (
    CLAUSE_LAYOUTS,
    CLAUSES,
    HEADINGS,
    ITEMS,
    LAYOUTS,
    NEXT_SECTIONS,
    OPENING,
    PROSE,
    narrative,
    wrapped,
)

pytestmark = pytest.mark.slow

LISTS_BY_LAYOUT = {name: (render(ITEMS), ITEMS) for name, render in LAYOUTS.items()} | {
    name: (render(CLAUSES), [*CLAUSES[:-1], f"{CLAUSES[-1]}."]) for name, render in CLAUSE_LAYOUTS.items()
}


def item_texts(narrative):
    return [item.text for item in narrative.recommendations]


def item_doubts(narrative):
    return [item.doubt for item in narrative.recommendations if item.doubt]


def assert_parsed(said, expected):
    found = parse_narrative(said)

    assert item_texts(found) == expected, said
    assert item_doubts(found) == []
    assert [item.number for item in found.recommendations] == list(range(1, len(expected) + 1))
    assert (found.tier, found.country, found.year) == (Tier.TIER_2, "LSO", 2021)
    assert (found.doubts, found.introduction, found.left_out) == ((), "", ())


@pytest.mark.parametrize("layout", LISTS_BY_LAYOUT)
def test_items_come_back_word_for_word_under_any_heading(layout):
    listed, expected = LISTS_BY_LAYOUT[layout]
    for heading in HEADINGS:
        assert_parsed(narrative(listed, heading=heading), expected)
        assert_parsed(narrative(listed, heading=heading, gap="\n"), expected)


@pytest.mark.parametrize("layout", LISTS_BY_LAYOUT)
def test_items_come_back_word_for_word_before_any_section(layout):
    listed, expected = LISTS_BY_LAYOUT[layout]
    for following in NEXT_SECTIONS:
        assert_parsed(narrative(listed, following=following), expected)
        assert_parsed(narrative(listed, following=following, heading=""), expected)


@pytest.mark.parametrize("layout", [name for name in LISTS_BY_LAYOUT if name != "a clause a paragraph"])
@pytest.mark.parametrize("opening", [OPENING, wrapped(OPENING)], ids=["long lines", "wrapped"])
def test_a_text_without_empty_lines_is_split_alike(layout, opening):
    listed, expected = LISTS_BY_LAYOUT[layout]
    for heading in (HEADINGS[0], HEADINGS[7], ""):
        for following in NEXT_SECTIONS[:9:2]:
            lines = narrative(listed, heading=heading, following=following, opening=opening).splitlines()

            assert item_texts(parse_narrative("\r\n".join(line for line in lines if line))) == expected, lines


@pytest.mark.parametrize("layout", ["clauses", "clauses, wrapped", "glued together", "bullets in one paragraph"])
@pytest.mark.parametrize("heading", [heading for heading in HEADINGS if heading.endswith(":")])
def test_a_list_on_the_line_of_its_heading_is_split_alike(layout, heading):
    listed, expected = LISTS_BY_LAYOUT[layout]

    assert item_texts(parse_narrative(narrative(listed, heading=heading, gap=" "))) == expected
    assert item_texts(parse_narrative(narrative(listed, heading=heading, gap=""))) == expected


def test_inline_headings_without_a_space_are_recognized():
    whole = f"LESOTHO (Tier 2)\n{OPENING}PRIORITIZED RECOMMENDATIONS:{''.join(ITEMS)}PROSECUTION{PROSE}"

    assert item_texts(parse_narrative(whole)) == ITEMS


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("RECOMMENDATIONS FOR THE DEMOCRATIC\nREPUBLIC OF THE CONGO:", "the Democratic Republic of the Congo"),
        ("Recommendations for St. Vincent\nand the Grenadines:", "St. Vincent and the Grenadines"),
        ("RECOMMENDATIONS FOR COTE D'IVOIRE:", "Côte d’Ivoire"),
        ("Recommendations for Guinea-\nBissau:", "Guinea-Bissau"),
        ("RECOMMENDATIONS FOR GUINEA-BIS-\nSAU:", "Guinea-Bissau"),
        ("Recommendations to the Government of St. Lucia:", "St. Lucia"),
        ("RECOMMENDATIONS FOR THE ISLAND OF ST. NOBODY:", "St. Nobody"),
    ],
)
def test_a_heading_with_a_long_name_may_be_broken_or_stand_in_the_opening(heading, name):
    opening = OPENING.replace("Lesotho", name)
    listed, expected = LISTS_BY_LAYOUT["clauses"]
    bullets, items = LISTS_BY_LAYOUT["a bullet a line"]

    assert item_texts(parse_narrative(narrative(bullets, heading=heading, opening=opening, before=""))) == items
    assert (
        item_texts(parse_narrative(narrative(listed, heading=heading, opening=opening, before="", gap=" "))) == expected
    )
    assert item_texts(parse_narrative(f"{opening} {heading} {listed}\n\nPROSECUTION\n\n{PROSE}")) == expected


@pytest.mark.parametrize(
    "heading", ["Recommendations:", "Priority Recommendations for Action:", "KEY RECOMMENDATIONS:"]
)
def test_a_heading_may_stand_in_the_opening(heading):
    listed, expected = LISTS_BY_LAYOUT["clauses"]

    assert item_texts(parse_narrative(f"{OPENING} {heading} {listed}\n\nPROSECUTION\n\n{PROSE}")) == expected


@pytest.mark.parametrize(
    "heading",
    ["Prioritized recommendations", "Priority Recommendations", "Key recommendations for Lesotho"],
)
@pytest.mark.parametrize(
    "layout", ["bullets in one paragraph", "numbers in one paragraph", "glued together", "clauses", "clauses, wrapped"]
)
def test_a_heading_without_a_colon_may_stand_in_a_paragraph_and_is_doubted(heading, layout):
    listed, expected = LISTS_BY_LAYOUT[layout]
    if "Lesotho" in heading and "clauses" in layout:
        listed, expected = listed[0].upper() + listed[1:], [expected[0].capitalize(), *expected[1:]]
    found = parse_narrative(
        f"2021 Trafficking in Persons Report\n\n{OPENING} {heading} {listed}\n\nPROSECUTION\n\n{PROSE}"
    )

    assert item_texts(found) == expected
    assert UNCERTAIN_HEADING in [doubt.message for doubt in found.doubts]


@pytest.mark.parametrize(
    "told",
    [
        "Key recommendations of 2019 were ignored; officials did little.",
        "Prioritized recommendations include training; they were heard.",
        "Priority Recommendations Bill No. 5 was passed.",
        "Key recommendations Lesotho had received; were heard.",
    ],
)
def test_words_of_a_heading_in_a_sentence_begin_no_list(told):
    listed, expected = LISTS_BY_LAYOUT["a bullet a line"]
    found = parse_narrative(narrative(listed, opening=f"{OPENING} {told}"))

    assert item_texts(found) == expected
    assert found.doubts == ()


def test_a_line_in_small_letters_inside_an_item_is_no_heading():
    items = [
        "Put into practice the audit’s recommendations: hire, train and pay.",
        "Heed all the other recommendations.",
    ]
    listed = (
        "• Put into practice the audit’s\nrecommendations: hire, train and pay.\n• Heed all the other\nrecommendations."
    )

    assert item_texts(parse_narrative(narrative(listed))) == items


def test_an_account_in_the_same_paragraph_ends_the_list():
    listed = LISTS_BY_LAYOUT["clauses"][0]

    assert (
        item_texts(parse_narrative(narrative(f"{listed} {PROSE}", following="")))[-1]
        == "launch a campaign for the public."
    )


def test_a_profile_before_the_opening_is_no_list():
    profile = "Lesotho is a source country; and victims are exploited in South Africa. Children work in herding."
    said = narrative(
        LISTS_BY_LAYOUT["clauses"][0],
        heading="Recommendations for Lesotho:",
        gap=" ",
        opening=f"{profile}\n\n{OPENING}",
    )

    assert item_texts(parse_narrative(said)) == LISTS_BY_LAYOUT["clauses"][1]


INTRODUCED_ITEMS = [
    "While respecting victims’ rights, raise the number of prosecutions.",
    "In cooperation with NGOs, the private sector, and police, train inspectors.",
    "No longer detain victims in shelters against their will.",
    "Under the law that was passed in 2018, prosecute brokers who charged fees.",
    "Meet the minimum standards in all ten districts.",
]
OPENINGS = [
    OPENING,
    f"{OPENING}\n\nHowever, courts were slow, and officials lacked means.",
    f"Lesotho is a source country; boys herd cattle.\n\n{OPENING}",
    "Lesotho was upgraded to Tier 2. Officials did more than the year before.",
    "The government opened a shelter. It trained officials.",
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_list_without_a_heading_begins_behind_the_opening(layout, opening):
    for following in NEXT_SECTIONS[::3]:
        said = narrative(LAYOUTS[layout](INTRODUCED_ITEMS), heading="", opening=opening, following=following)
        found = parse_narrative(said)

        assert item_texts(found) == INTRODUCED_ITEMS, said
        assert (UNCERTAIN_START in [doubt.message for doubt in found.doubts]) == (opening == OPENINGS[-1])


# --- Semicolons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('define "child; minor"; train police; and act.', ['define "child; minor"', "train police", "act."]),
        ("strike “by force”; help workers’ unions; and act.", ["strike “by force”", "help workers’ unions", "act."]),
        ("strike ‘by force; or fraud’ wholly; and act.", ["strike ‘by force; or fraud’ wholly", "act."]),
        (
            "amend 'the Act; as revised' wholly; train judges' clerks; and act.",
            ["amend 'the Act; as revised' wholly", "train judges' clerks", "act."],
        ),
        ("set fines (M5,000; M9,000 for officials); and act.", ["set fines (M5,000; M9,000 for officials)", "act."]),
        (
            "fund shelters (for women (adult; minor); and men); and act.",
            ["fund shelters (for women (adult; minor); and men)", "act."],
        ),
        ("train police.", ["train police."]),
    ],
)
def test_semicolons_in_marks_and_brackets_part_nothing(said, expected):
    found = parse_narrative(narrative(said))

    assert item_texts(found) == expected
    assert item_doubts(found) == []


def test_a_semicolon_before_the_closing_mark_parts_and_is_doubted():
    found = parse_narrative(narrative("strike “by force;” train police; and act."))

    assert item_texts(found) == ["strike “by force;”", "train police", "act."]
    assert [item.number for item in found.recommendations if item.doubt] == [1]


@pytest.mark.parametrize(
    "parts",
    [
        "1) hire staff; 2) rent a house; and 3) open a hotline",
        "1. hire staff; 2. rent a house; and 3. open a hotline",
        "a) hire staff; b) rent a house; or c) open a hotline",
        "a. hire staff; b. rent a house; c. open a hotline",
        "i) hire staff; ii) rent a house; and iii) open a hotline",
        "(i) hire staff; (ii) rent a house; and (iii) open a hotline",
        "first, hire staff; second, rent a house; and third, open a hotline",
        "firstly, hire staff; secondly, rent a house",
    ],
)
def test_semicolons_between_the_numbered_parts_of_a_clause_part_nothing(parts):
    for begins in ("take these steps: ", "undertake to "):
        found = parse_narrative(narrative(f"train police; {begins}{parts}; hold campaigns; and amend the law."))

        assert item_texts(found) == ["train police", f"{begins}{parts}", "hold campaigns", "amend the law."]
        assert item_doubts(found) == []


@pytest.mark.parametrize(
    "item",
    [
        "fund shelters for men; women; and children",
        "train officials, including police; judges; and prosecutors",
        "increase funding; for shelters, legal aid; and training of staff",
        "adopt a plan – with targets; dates; and a budget – and publish it",
        "train all who meet victims: police; judges; and nurses",
    ],
)
def test_parts_of_a_clause_that_ask_for_nothing_stay_in_it_up_to_their_and_and_are_doubted(item):
    found = parse_narrative(narrative(f"{item}; hold campaigns; amend the law; {item}; and train police."))

    assert item_texts(found) == [item, "hold campaigns", "amend the law", item, "train police."]
    assert [bool(each.doubt) for each in found.recommendations] == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("listed", "doubtful"),
    [
        ("train police; fund shelters for men; women; and children.", [3, 4]),
        ("train police; fund shelters for men; women; hold campaigns; and amend the law.", [3]),
        ("increase efforts to: train police; fund shelters; and amend the law; hold campaigns; and act.", [1, 2, 3]),
        ("train police; take two steps: hire staff; and rent a house; hold campaigns; and act.", [2, 3]),
        ("fund shelters (for men; women; train police; and act.", [1, 2]),
        ("take these steps: 1) hire staff; train judges; 2) rent a house; and act.", [3]),
    ],
)
def test_clauses_that_may_be_parts_of_another_are_doubted(listed, doubtful):
    found = parse_narrative(narrative(listed))

    assert len(item_texts(found)) == listed.count(";") + 1
    assert [item.number for item in found.recommendations if item.doubt] == doubtful


def test_clauses_that_begin_with_when_or_how_are_not_doubted():
    clauses = [
        "train police",
        "in cooperation with NGOs, fund shelters",
        "while respecting rights, screen migrants",
        "no longer detain victims",
        "vigorously and consistently prosecute traffickers",
        "act on complaints.",
    ]
    found = parse_narrative(narrative("; ".join(clauses)))

    assert item_texts(found) == clauses
    assert item_doubts(found) == []


@pytest.mark.parametrize("bullet", ["•", "*", "-"])
def test_semicolons_in_one_bulleted_item_part_nothing(bullet):
    assert item_texts(parse_narrative(narrative(f"{bullet} Train police; fund shelters; and hold campaigns."))) == [
        "Train police; fund shelters; and hold campaigns."
    ]


@pytest.mark.parametrize(
    "introduction",
    [
        "The government should:",
        "To meet the minimum standards; and for a start; the government should:",
        "These recommendations are listed; they are in the order of their priority.",
    ],
)
@pytest.mark.parametrize("layout", ["a bullet a line", "one a paragraph", "glued together", "numbered", "clauses"])
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_an_introduction_is_no_item_and_is_kept(introduction, layout, gap):
    listed, expected = LISTS_BY_LAYOUT[layout]
    found = parse_narrative(narrative(f"{introduction}{gap}{listed}"))

    assert item_texts(found) == expected
    assert found.introduction == introduction


INTRODUCTIONS = [
    "The government should act without delay. These recommendations are in the order of their priority.",
    "Lesotho has the laws that it needs. To put them into practice, the government should in the next months:",
    "The government made progress. Much is left to do. The following recommendations are in their order.",
    "The government made progress in the past year. It opened a shelter in the capital.",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("layout", ["a bullet a line", "one a paragraph", "glued together", "numbered", "clauses"])
def test_an_introduction_of_several_sentences_is_no_item_and_is_kept(introduction, layout):
    listed, expected = LISTS_BY_LAYOUT[layout]
    for gap in ("\n\n", "\n", " ") if layout == "clauses" else ("\n\n", "\n"):
        found = parse_narrative(narrative(f"{introduction}{gap}{listed}"))

        assert item_texts(found) == expected, gap
        assert found.introduction == introduction


@pytest.mark.parametrize(
    "first",
    [
        "The government should train police.",
        "The recommendations of 2019 should be put into practice.",
        "Liaise with donors. These need reports.",
        "Train police. The recommendations of the audit are known to them.",
    ],
)
def test_an_item_that_tells_something_is_no_introduction(first):
    found = parse_narrative(narrative(f"{first}\n\nFund shelters.\n\nHold campaigns."))

    assert item_texts(found) == [first, "Fund shelters.", "Hold campaigns."]
    assert found.introduction == ""


# --- Any list ---------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "police", "anti-trafficking", "in 2018", "(SOPs)", "children’s", "M1,200.50", "$2.5 million", "“child; minor”",
        "the", "(NGOs; and others)", "St. John’s", "U.S. partners", "Ministry", "e.g. nurses", "short- and long-term",
        "10", "Qacha’s Nek", "victims’", "Côte d’Ivoire", "25 years’", "and", "including", "NGO-run", "law",
        "co-operate,",
    ]
)  # fmt: skip
VERBS = st.sampled_from(["Train", "Increase", "Amend", "Finalize", "Fund", "Vigorously prosecute", "Continue to help"])
ENDS = st.sampled_from(["shelters", "districts", "officials", "2018", "labor", "“force”", "Lesotho"])
SENTENCES = st.builds(
    lambda verb, words, end: f"{' '.join([verb, *words, end])}.", VERBS, st.lists(WORDS, max_size=30), ENDS
)
PHRASES = SENTENCES.map(lambda text: text[0].lower() + text[1:-1])
LAYOUTS_WITH_MARKS = [name for name in LAYOUTS if any(word in name for word in ("bullet", "star", "dash"))]


@given(
    st.lists(SENTENCES, min_size=2, max_size=12, unique=True), st.sampled_from(list(LAYOUTS)), st.sampled_from(HEADINGS)
)
def test_any_list_comes_back_unchanged(items, layout, heading):
    found = parse_narrative(narrative(LAYOUTS[layout](items), heading=heading))

    assert item_texts(found) == items


@given(
    st.lists(PHRASES, min_size=2, max_size=12, unique=True),
    st.sampled_from(list(CLAUSE_LAYOUTS)),
    st.sampled_from(HEADINGS),
)
def test_any_list_of_clauses_comes_back_unchanged(items, layout, heading):
    found = parse_narrative(narrative(CLAUSE_LAYOUTS[layout](items), heading=heading))

    assert item_texts(found) == [*items[:-1], f"{items[-1]}."]


@given(
    st.lists(SENTENCES, min_size=1, max_size=6, unique=True),
    st.lists(SENTENCES, min_size=1, max_size=3),
    st.sampled_from(LAYOUTS_WITH_MARKS),
)
def test_bulleted_items_of_several_sentences_with_semicolons_come_back_unchanged(items, more, layout):
    items = [
        f"{item} {' '.join(more)}" if number % 2 else item.replace(".", "; and so on.", 1)
        for number, item in enumerate(items)
    ]
    assume(len(items) > 1 or "first" not in layout)

    assert item_texts(parse_narrative(narrative(LAYOUTS[layout](items)))) == items


@given(st.lists(SENTENCES, min_size=3, max_size=10, unique=True), st.integers(50, 100))
def test_ambiguous_line_ends_are_split_correctly_or_get_a_doubt(items, width):
    """Wrapped items without bullets or empty lines: after a long last line, only the words show where an item ends."""
    found = parse_narrative(narrative("\n".join(wrapped(item, width) for item in items)))

    assert item_texts(found) == items or item_doubts(found)


PUNCTUATION_SOUP = st.lists(
    st.sampled_from(
        [
            "•", "*", "-", ";", "; and", ".", ":", "\n", "\n\n", "\f", "(", ")", "“", "”", '"', "1.", "2.", "Train",
            "police", "fund", "Amend", "of", "traf-\n", "anti- ", "the", "2018.Train", "U.S.", "M1.5", "12", "’",
            "\N{SOFT HYPHEN}",
        ]
    ),
    min_size=1, max_size=60,
)  # fmt: skip


@given(PUNCTUATION_SOUP)
def test_no_text_is_lost_or_repeated(soup):
    """The items joined again are the section, except bullets, numbers, semicolons and "and" before an item."""
    listed = "Train police " + " ".join(soup) + " now."
    found = parse_narrative(narrative(listed))
    kept = " ".join([found.introduction, *item_texts(found), *found.left_out])

    assert sorted_letters(kept) == sorted_letters(listed)


def sorted_letters(text):
    return sorted("".join(part for part in text.replace(" and", " ") if part.isalpha()))
