"""Furniture, broken words and tables of contents around and inside a list; doubts, and texts without a list."""

import pytest

from recommendations.importing.report_parser import clauses, lists, parse_narrative, refuse_other_narrative
from tests.recommendations.importing.report_parser.sample_narratives import (
    CLAUSES,
    HEADINGS,
    ITEMS,
    LAYOUTS,
    OPENING,
    PROSE,
    clauses_in_one_sentence,
    narrative,
    wrapped,
)
from tests.refusals import refuses

LIST = LAYOUTS["a bullet a line"](ITEMS)


def item_texts(narrative):
    return [item.text for item in narrative.recommendations]


def item_doubts(narrative):
    return {item.number: item.doubt for item in narrative.recommendations if item.doubt}


# --- Furniture --------------------------------------------------------------------------------------------------------

PAGE_FURNITURE = [
    "346",
    "- 12 -",
    "Page 3 of 5",
    "LESOTHO",
    "Lesotho",
    "LESOTHO 346",
    "346\nLESOTHO",
    "COUNTRY NARRATIVES",
    "LESOTHO TIER PLACEMENT 2014 2015 2016 2017",
    "LESOTHO TIER RANKING BY YEAR\n14 15 16 17 18 19 20 21",
    "2021 TRAFFICKING IN PERSONS REPORT",
    "346 | Trafficking in Persons Report",
    "TRAFFICKING IN PERSONS REPORT | JUNE 2021",
    "Office to Monitor and Combat Trafficking in Persons",
    "https://www.state.gov/reports/2021-trafficking-in-persons-report/lesotho/ 2/6",
    "7/2/21, 10:15 AM 2021 Trafficking in Persons Report: Lesotho - United States Department of State",
    "LESOTHO TIER RANKING BY YEAR\nTIER 1\nTIER 2\nTIER 2WL\nTIER 3\n2014 2015 2016 2017 2018 2019 2020 2021",
    "TIER RANKING HISTORY\n2019: Tier 2\n2020: Tier 3\n2021: Tier 2",
]


@pytest.mark.parametrize("furniture", PAGE_FURNITURE)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("\n".join(wrapped(f"• {item}") for item in ITEMS), ITEMS),
        (wrapped(clauses_in_one_sentence("; ")(CLAUSES)), [*CLAUSES[:-1], f"{CLAUSES[-1]}."]),
    ],
    ids=["bullets", "clauses"],
)
def test_page_header_inside_a_list_is_left_out_and_reported(furniture, gap, listed, expected):
    lines = listed.split("\n")
    for line in range(1, len(lines)):
        found = parse_narrative(narrative("\n".join(lines[:line]) + f"{gap}{furniture}{gap}" + "\n".join(lines[line:])))

        assert item_texts(found) == expected, (line, found)
        assert found.left_out == tuple(furniture.split("\n"))
        assert (found.tier, found.country, found.year) == ("2", "LSO", 2021)


@pytest.mark.parametrize(
    "contents",
    [
        "CONTENTS\nPRIORITIZED RECOMMENDATIONS ........ 2\nPROSECUTION ........ 3\nPROTECTION ........ 4",
        "Contents\n1. Prioritized Recommendations 2\n2. Prosecution 3\n3. Protection 4",
        "Prioritized Recommendations\nProsecution\nProtection\nPrevention\nTrafficking Profile",
        "Prioritized Recommendations\n\nProsecution\n\nProtection\n\nPrevention\n\nTrafficking Profile",
        "• Prioritized Recommendations\n• Prosecution\n• Protection",
        "On this page: Prioritized Recommendations | Prosecution | Protection",
        "Prioritized Recommendations | Prosecution | Protection",
    ],
)
def test_a_heading_in_a_table_of_contents_begins_no_list(contents):
    assert item_texts(parse_narrative(narrative(LIST, before=f"{contents}\n\nLESOTHO (Tier 2)"))) == ITEMS


@pytest.mark.parametrize(
    "contents",
    [
        "Prioritized Recommendations .... 2 Prosecution .... 3 Protection .... 4",
        "Prioritized Recommendations . . . . 2",
        "Prioritized Recommendations … 2",
        "Prioritized Recommendations: 2 Prosecution: 3 Protection: 4",
        "1. Prioritized Recommendations 2. Prosecution 3. Protection",
        "Prioritized Recommendations Prosecution Protection Prevention",
        "Prioritized Recommendations | Prosecution | Protection |",
        "PRIORITIZED RECOMMENDATIONS 2 PROSECUTION 3",
        "Lesotho: Prioritized Recommendations .... 2 Prosecution .... 3",
    ],
)
@pytest.mark.parametrize("text", ["Lesotho is a small country.", "Train police; fund shelters; and act.", ""])
def test_a_heading_in_a_table_of_contents_with_text_in_its_line_begins_no_list(contents, text):
    for joint in ("\n\n", " "):
        assert item_texts(parse_narrative(narrative(LIST, before=f"{contents} {text}{joint}LESOTHO (Tier 2)"))) == ITEMS


@pytest.mark.parametrize("beside", ["NARRATIVES BY COUNTRY", "WHAT NOBODY KNOWS\n\nLESOTHO KINGDOM"])
@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("• Train police.\n\n{}\n\n• Fund shelters.", ["Train police.", "Fund shelters."]),
        ("1. Train police.\n\n{}\n\n2. Fund shelters.", ["Train police.", "Fund shelters."]),
        ("Train police and\n\n{}\n\njudges.\n\nFund shelters.", ["Train police and judges.", "Fund shelters."]),
        ("train police; fund\n\n{}\n\nshelters; and act.", ["train police", "fund shelters", "act."]),
    ],
)
def test_capitals_between_items_are_left_out_and_reported(beside, listed, expected):
    found = parse_narrative(narrative(listed.format(beside)))

    assert item_texts(found) == expected
    assert found.left_out == tuple(beside.split("\n\n"))


def test_a_heading_in_capitals_behind_the_list_ends_it():
    assert item_texts(parse_narrative(narrative(LIST, following=f"LAWS AND COURTS\n\n{PROSE}"))) == ITEMS


# --- Words ------------------------------------------------------------------------------------------------------------


def test_only_broken_words_are_repaired():
    listed = (
        "• Train police on anti-\ntrafficking laws; and anti-trafficking units.\n• Fund anti- trafficking shelters for "
        "short- and long-term care in 2019–\n20.\n• Fight traf-\nficking, traf\u00adfick\u00ad\ning, and\u00a0so on."
    )

    found = parse_narrative(narrative(listed))

    assert item_texts(found) == [
        "Train police on anti-trafficking laws; and anti-trafficking units.",
        "Fund anti-trafficking shelters for short- and long-term care in 2019–20.",
        "Fight trafficking, trafficking, and so on.",
    ]
    assert item_doubts(found) == {}


def test_no_space_comes_into_what_a_line_broke_at_a_dash_or_a_slash():
    listed = (
        "• End it—\neven here—and ask\n—in time—for help.\n• Go to https://\nexample.org/\nplan in 2019–\n20.\n"
        "• Screen groups –\nchildren\n– above all."
    )

    assert item_texts(parse_narrative(narrative(listed))) == [
        "End it—even here—and ask—in time—for help.",
        "Go to https://example.org/plan in 2019–20.",
        "Screen groups – children – above all.",
    ]


@pytest.mark.parametrize(
    "broken", ["ant\ni-trafficking", "ant\ni- trafficking", "anti-\ntrafficking", "ant i- trafficking"]
)
def test_a_word_that_a_line_cut_without_a_hyphen_is_whole_again(broken):
    assert item_texts(parse_narrative(narrative(f"• Train {broken} police.\n• Amend the law."))) == [
        "Train anti-trafficking police.",
        "Amend the law.",
    ]


def test_a_word_that_only_the_rest_of_the_text_explains_is_doubted():
    found = parse_narrative(
        narrative("• Fight traff\nicking.\n• Act on trafficking in and\nover all of it, over and out, overall.")
    )

    assert item_texts(found) == [
        "Fight trafficking.",
        "Act on trafficking in and over all of it, over and out, overall.",
    ]
    assert list(item_doubts(found)) == [1]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Protect victim s and train official\ns.", "Protect victims and train officials."),
        ("Protect victim s’ rights.", "Protect victims’ rights."),
        ("Fight traffickin g.", "Fight trafficking."),
        ("Ask Malawi s police.", "Ask Malawi s police."),
    ],
)
def test_a_letter_that_stands_alone_behind_its_word_is_joined_where_the_text_has_the_word_and_doubted(broken, whole):
    found = parse_narrative(narrative(f"• {broken}\n• Help victims, officials and all who suffer from trafficking."))

    assert item_texts(found) == [whole, "Help victims, officials and all who suffer from trafficking."]
    assert item_doubts(found) == {
        1: lists.LOOSE_LETTER,
    }


def test_a_letter_that_is_a_name_or_numbers_a_part_stays_alone():
    items = [
        "Act on annex b of the plan.",
        "Take steps: b) hire staff.",
        "Train a judge e.g. in vitamin c.",
        "Pay 5 s.",
    ]
    found = parse_narrative(narrative("\n".join(f"• {item}" for item in items)))

    assert item_texts(found) == items
    assert item_doubts(found) == {}


def test_ligatures_are_letters():
    assert item_texts(parse_narrative(narrative("• Train the ﬁrst oﬃcers.\n• Amend the law."))) == [
        "Train the first officers.",
        "Amend the law.",
    ]


def test_a_hyphen_that_only_a_full_line_explains_is_doubted():
    found = parse_narrative(narrative("• Train police and prose-\ncutors.\n• Fund shelters."))

    assert item_texts(found) == ["Train police and prose-cutors.", "Fund shelters."]
    assert item_doubts(found) == {1: lists.BROKEN_WORD}


def test_marks_that_people_type_stay_as_they_are():
    item = "Amend the “Children’s Act” – Act No. 7 of 2011 – to raise fines (€1.000,50; 5 %)."

    assert item_texts(parse_narrative(narrative(f"• {item}\n• Train police."))) == [item, "Train police."]


# --- Quoted mail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["> ", ">", ">> ", "> > ", " > "])
@pytest.mark.parametrize(
    "layout", ["a bullet a line", "a dash a line", "one a paragraph", "stars, wrapped and hanging"]
)
def test_marks_of_quoted_mail_are_no_part_of_the_narrative(mark, layout):
    quoted = "\n".join(f"{mark}{line}".rstrip() for line in narrative(LAYOUTS[layout](ITEMS)).splitlines())
    found = parse_narrative(f"Dear colleague,\n\nhere is the narrative.\n\n{quoted}\n\nWith best wishes")

    assert item_texts(found) == ITEMS
    assert (item_doubts(found), found.tier, found.country, found.year) == ({}, "2", "LSO", 2021)


@pytest.mark.parametrize(
    "listed",
    [
        "> - Train police in all ten\n> districts.\n> - Fund shelters.",
        "> • Train police in all ten districts.\n> • Fund shelters.",
        "> - Train police in all ten\ndistricts.\n> - Fund shelters.",
        "> Train police in all ten districts.\n> Fund shelters.",
    ],
)
def test_items_of_quoted_mail_are_split_like_others(listed):
    assert item_texts(parse_narrative(narrative(listed))) == ["Train police in all ten districts.", "Fund shelters."]


def test_a_single_line_that_begins_with_more_than_stays():
    assert item_texts(parse_narrative(narrative("• Fund shelters with\n> 10 beds.\n• Train police."))) == [
        "Fund shelters with > 10 beds.",
        "Train police.",
    ]


@pytest.mark.parametrize("bullet", ["• ", "•", "· ", "* ", "- ", "– "])
def test_bullets_in_one_line_separate_items_without_full_stops(bullet):
    items = ["Increase funding for shelters", "Train police – also judges", "Amend the law"]
    found = parse_narrative(narrative(" ".join(f"{bullet}{item}" for item in items)))

    assert item_texts(found) == items
    assert list(item_doubts(found)) == ([2, 3] if bullet[0] in "-–" else [])
    assert all(lists.DASH_AS_BULLET in doubt for doubt in item_doubts(found).values())


def test_a_dash_before_a_word_that_asks_for_nothing_is_no_bullet():
    item = "Fund the Maseru - Leribe line - above all at night - for the police."

    assert item_texts(parse_narrative(narrative(f"- {item}\n- Train police."))) == [item, "Train police."]


# --- Doubts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "doubtful"),
    [
        ("Train police. Fund shelters. Hold campaigns.", {1: clauses.ENDS_AT_FULL_STOP, 2: clauses.ENDS_AT_FULL_STOP}),
        ("• Train police.\nFund shelters.\n• Hold campaigns.", {2: lists.WITHOUT_BULLET}),
        ("• Train police.\n• Fund\n• Hold campaigns.\n• Amend the law.", {2: lists.OPEN_END}),
        ("• Train police.\n• fund shelters.\n• Hold campaigns.\n• Amend the law.", {2: lists.SMALL_LETTER}),
        ("• Train “police.\n• Fund shelters.\n• Hold campaigns.", {1: clauses.UNPAIRED_MARKS}),
        (f"• Train {'police ' * 300}.\n• Fund shelters.", {1: lists.TOO_LONG}),
        ("train police; fund shelters; hold campaigns. Amend the law.", {3: clauses.SENTENCE_AMONG_CLAUSES}),
        (
            "Officials acted.\n\nMore of this!\n\nTrain police.\n\nFund shelters.",
            {1: lists.MAY_BE_INTRODUCTION},
        ),
        ("train police; fund shelters; hold campaigns", {3: clauses.CUT_OFF}),
        ("train police; fund shelters; and amend the", {3: clauses.CUT_OFF}),
        ("train police; fund shelters; and", {2: clauses.CUT_OFF}),
        ("train police; fund shelters;", {2: clauses.CUT_OFF}),
        ("train police;\nfund shelters;\namend the", {3: clauses.CUT_OFF}),
        ("• train police;\n• fund shelters;\n• amend the law;", {3: clauses.CUT_OFF}),
        ("train; fund; and house victims; hold campaigns.", {3: clauses.AND_BEFORE_LAST}),
        (
            "Train police; and judges. Fund shelters. Hold campaigns.",
            {1: clauses.ENDS_AT_FULL_STOP, 2: clauses.ENDS_AT_FULL_STOP},
        ),
    ],
)
def test_what_is_doubtful_of_an_item_it_says(listed, doubtful):
    found = item_doubts(parse_narrative(narrative(listed)))

    assert found.keys() == doubtful.keys()
    assert all(doubtful[number] in found[number] for number in found), found


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (
            "Train police in\n\n346\n\nMaseru; fund shelters; and act.",
            ["Train police in Maseru", "fund shelters", "act."],
        ),
        (
            "Train police; fund\nNGOs that run shelters; and\nhelp.",
            ["Train police", "fund NGOs that run shelters", "help."],
        ),
        (
            "train the police\n\nNo. 5 unit; fund shelters; and act.",
            ["train the police No. 5 unit", "fund shelters", "act."],
        ),
    ],
)
def test_a_clause_that_is_cut_before_a_capital_is_put_together_and_doubted(listed, expected):
    found = parse_narrative(narrative(listed))

    assert item_texts(found) == expected
    assert sum(lists.UNCERTAIN_LINE_END in doubt for doubt in item_doubts(found).values()) in {0, 1}


def test_a_paragraph_behind_a_list_of_clauses_is_no_part_of_its_last_and_doubted():
    found = parse_narrative(narrative("Train police; fund shelters; and act.\n\nOnward to better days.", following=""))

    assert item_texts(found) == ["Train police", "fund shelters", "act.", "Onward to better days."]
    assert item_doubts(found) == {4: lists.PARAGRAPH_AFTER_CLAUSES}


def test_an_account_behind_a_full_line_ends_the_list_and_is_doubted():
    listed = "• Fund shelters.\n• Train police officers, prosecutors and judges in each of the ten districts."
    found = parse_narrative(
        narrative(listed, following="").rstrip() + "\nDuring the year, the government made uneven progress on it."
    )

    assert item_texts(found) == ["Fund shelters.", listed.split("• ")[2]]
    assert list(item_doubts(found)) == [2]


def test_a_clause_that_asks_for_nothing_is_doubted():
    assert list(
        item_doubts(parse_narrative(narrative("give police the means; for example, cars; fund shelters; and act.")))
    ) == [2]


def test_a_first_paragraph_with_semicolons_among_paragraphs_is_one_and_doubted():
    found = parse_narrative(narrative("Train police; fund shelters; and act.\n\nAmend the law.\n\nHold campaigns."))

    assert item_texts(found) == ["Train police; fund shelters; and act.", "Amend the law.", "Hold campaigns."]
    assert list(item_doubts(found)) == [1]


ITEM_WITH_PARTS = "Take three steps: (1) hire staff; (2) rent a house; and (3) open a hotline."


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_list_in_numbers_inside_an_item_stays_in_it(layout):
    items = [ITEMS[0], ITEM_WITH_PARTS, ITEMS[2], ITEM_WITH_PARTS.replace("1", "a").replace("2", "b").replace("3", "c")]

    assert item_texts(parse_narrative(narrative(LAYOUTS[layout](items)))) == items


@pytest.mark.parametrize("bullet", "•●▪■◦○➢►✓→◆□❑-–*·")
def test_items_in_small_letters_are_separated_by_any_bullet(bullet):
    items = ["train police; and judges", "fund shelters", "amend the law"]

    assert item_texts(parse_narrative(narrative("\n".join(f"{bullet} {item}" for item in items)))) == items


@pytest.mark.parametrize(
    "marks",
    [("(a)", "(b)"), ("a.", "b."), ("A)", "B)"), ("i.", "ii."), ("1 -", "2 -"), ("#1", "#2"), ("No. 1:", "No. 2:")],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_letters_and_numbers_in_their_order_are_no_words_of_the_items(marks, gap):
    found = parse_narrative(narrative(f"{marks[0]} Train police; and judges.{gap}{marks[1]} Fund shelters."))

    assert item_texts(found) == ["Train police; and judges.", "Fund shelters."]


def test_a_list_of_another_bullet_inside_an_item_stays_in_it_and_is_doubted():
    found = parse_narrative(narrative("• Train all, including:\n– police\n– judges\n• Fund shelters.", following=PROSE))

    assert item_texts(found) == ["Train all, including: – police – judges", "Fund shelters."]
    assert list(item_doubts(found)) == [1]


@pytest.mark.parametrize("told", ["The chart shows the tier by year.", "The government increased its efforts."])
def test_an_account_among_items_ends_no_list_and_is_doubted(told):
    found = parse_narrative(narrative(f"• Train police. The government trained none.\n\n{told}\n\n• Fund shelters."))

    assert item_texts(found) == ["Train police. The government trained none.", told, "Fund shelters."]
    assert list(item_doubts(found)) == [2]


def test_an_item_glued_to_an_abbreviation_begins_where_it_demands_something():
    assert item_texts(
        parse_narrative(narrative("Work with the U.S.Train police under Act No. 5.Ask the U.S. Congress."))
    ) == [
        "Work with the U.S.",
        "Train police under Act No. 5.",
        "Ask the U.S. Congress.",
    ]


def test_a_list_in_numbers_inside_a_clause_stays_in_it():
    found = parse_narrative(narrative(f"train police; {ITEM_WITH_PARTS.lower()[:-1]}; and act."))

    assert item_texts(found) == ["train police", ITEM_WITH_PARTS.lower()[:-1], "act."]
    assert item_doubts(found) == {}


@pytest.mark.parametrize("layout", ["bullets, wrapped", "stars, wrapped and hanging", "one a paragraph, wrapped"])
@pytest.mark.parametrize("width", range(30, 80, 7))
def test_no_line_in_an_item_is_taken_for_a_heading_or_an_account(layout, width):
    items = [
        "Report each year on prosecution, protection, and prevention.",
        "Let victims stay, even if they say nothing. This holds for foreign victims too. It is their right.",
        ITEM_WITH_PARTS,
        "Give the Public Prosecution Service’s unit cars.",
    ]
    bullet = "" if "paragraph" in layout else "• "
    separator = "\n" if bullet else "\n\n"

    assert (
        item_texts(parse_narrative(narrative(separator.join(wrapped(f"{bullet}{item}", width) for item in items))))
        == items
    )


def test_a_straight_quotation_mark_behind_glue_opens_the_next_item():
    assert item_texts(
        parse_narrative(narrative('Train police."Know your rights" is to be taught.Call it "rights."Fund shelters.'))
    ) == [
        "Train police.",
        '"Know your rights" is to be taught.',
        'Call it "rights."',
        "Fund shelters.",
    ]


def test_a_sentence_that_tells_more_of_its_item_stays_with_it():
    assert item_texts(parse_narrative(narrative("Train police.Fund shelters. These need staff.Hold campaigns."))) == [
        "Train police.",
        "Fund shelters. These need staff.",
        "Hold campaigns.",
    ]


# --- None, or several ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Train police.",
        "• Flour\n• Butter\n• Sugar",
        f"LESOTHO (Tier 2)\n\n{OPENING}\n\nPROSECUTION\n\n{PROSE}",
        f"PRIORITIZED RECOMMENDATIONS:\n\nPROSECUTION\n\n{PROSE}",
        f"LESOTHO (Tier 2)\n\n{OPENING}\n\nConvictions fell from 12 to 9.\n\nInspectors visited farms; donors paid.",
        "LESOTHO (Tier 2)\n\nThe government tried harder.\n\nForeign workers pay fees.\n\nTwo officials were jailed.",
        "Recommendations from civil society were heard. The government acted on them.",
    ],
)
def test_no_list_is_refused(said):
    with refuses("no_list", sentence="We found no list of prioritized recommendations."):
        parse_narrative(said)


MALAWI_NARRATIVE = narrative(
    "• Register workers.\n• Inspect farms.", before="MALAWI (Tier 3)", opening=OPENING.replace("Lesotho", "Malawi")
)


def test_two_lists_are_refused_by_name():
    sentence = "It contains 2 lists of recommendations (Lesotho, Malawi). Keep only"
    with refuses("several_lists", sentence=sentence):
        parse_narrative(f"{narrative(LIST)}\n\n{MALAWI_NARRATIVE}")
    with refuses("several_lists", sentence="It contains 2 lists of recommendations (Lesotho)."):
        parse_narrative(f"{narrative(LIST)}\n\n{HEADINGS[0]}\n\n• Hold campaigns.\n\nPROSECUTION")


def test_of_several_narratives_the_country_asked_for_is_read():
    both = f"2021 Trafficking in Persons Report\n\n{narrative(LIST, before='LESOTHO (Tier 2)')}\n\n{MALAWI_NARRATIVE}"
    lesotho, malawi = parse_narrative(both, country="LSO"), parse_narrative(both, country="MWI")

    assert (item_texts(lesotho), lesotho.tier, lesotho.country, lesotho.year) == (ITEMS, "2", "LSO", 2021)
    assert (item_texts(malawi), malawi.tier, malawi.country, malawi.year) == (
        ["Register workers.", "Inspect farms."], "3", "MWI", 2021,
    )  # fmt: skip
    with refuses("several_lists", sentence="none about Kenya."):
        parse_narrative(both, country="KEN")


def test_repeated_list_is_read_once():
    assert item_texts(parse_narrative(f"{narrative(LIST)}\n\n{narrative(LIST)}")) == ITEMS


def test_a_narrative_of_another_country_or_year_is_refused():
    found = parse_narrative(narrative(LIST))

    refuse_other_narrative(found, country="LSO", year=2021)
    refuse_other_narrative(
        parse_narrative(LAYOUTS["a bullet a line"](ITEMS).join((f"{HEADINGS[1]}\n", ""))), country="LSO", year=2021
    )
    with refuses("another_country", sentence="This narrative is about Lesotho, not about Malawi."):
        refuse_other_narrative(found, country="MWI")
    sentence = "from the 2021 report, not from the 2020 report. Choose the 2020 narrative, or import it into the 2021"
    with refuses("another_edition", sentence=sentence):
        refuse_other_narrative(found, year=2020)
