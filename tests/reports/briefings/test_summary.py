"""The first paragraph of an ambassador's briefing: its text for five states of the record, and its length."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.html import render_html
from reports.briefings.summary import (
    MAX_PARAGRAPH_WORDS,
    ComparedDay,
    OverdueItems,
    ParagraphFacts,
    write_paragraph,
)
from reports.reader_view import ReaderView
from reports.readiness.explanation.step_display import StepDisplay
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    BriefingFactory,
    CommitmentFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    MinistryFactory,
    RecommendationFactory,
)

DAY = date(2022, 1, 28)


def build_briefing(edition, *, as_of=DAY):
    return build_ambassador_briefing(ReaderView(AmbassadorFactory(), edition, as_of, None))


def create_benchmark(edition):
    return BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))


def numbers_in(text):
    """Return every number in a text with its decimals."""
    return re.findall(r"\d+(?:\.\d+)?", text)


def visible_text(html):
    """Return the text of a document without its head, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body")[2].partition(">")[2]).split())


def assert_agrees_with_the_document(content):
    """Check that it has at most 120 words, and that the rest of the document has every figure too."""
    paragraph = content.readiness.paragraph
    assert len(paragraph.split()) <= MAX_PARAGRAPH_WORDS == 120
    document = visible_text(render_html(content))
    rest = document.replace(visible_text(f"<body>{paragraph}"), "", 1)
    assert len(rest) < len(document), "the document prints the paragraph"
    assert [number for number in numbers_in(paragraph) if number not in numbers_in(rest)] == []


# --- Five states of the record ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_summary_if_nothing_has_been_reviewed():
    edition = EditionFactory()
    DialogueFactory()
    CommitmentFactory()
    EvidenceFactory(supports=[create_benchmark(edition)])

    content = build_briefing(edition)

    assert content.readiness.paragraph.startswith(
        "The 2021 Trafficking in Persons Report placed Lesotho on Tier 2 Watch List. Our target tier is Tier 2. By "
        "28 January 2022 no claim has been reviewed, so readiness has no figure. 1 claim waits for a review. Our "
        "target for readiness is 45 of 100. The deadline is 28 February 2022, in 31 days. The last dialogue was on "
        "8 November 2021. "
    )
    assert content.next_steps.on_one_page[0].sentence in content.readiness.paragraph
    assert content.readiness.paragraph.endswith("No commitment is overdue; 1 needs follow-up.")
    assert_agrees_with_the_document(content)


@pytest.mark.django_db
def test_the_summary_below_the_target_with_overdue_commitments():
    edition = EditionFactory()
    DialogueFactory(held_on=date(2021, 12, 1))
    EvidenceFactory(supports=[create_benchmark(edition)], verified=True)
    EvidenceFactory(supports=[create_benchmark(edition)])
    police, justice = MinistryFactory(name="Ministry of Police"), MinistryFactory(name="Ministry of Justice")
    CommitmentFactory(ministry=justice, made__due_on=date(2022, 1, 20))
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 10))
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 24))

    content = build_briefing(edition)
    paragraph = content.readiness.paragraph

    score, target = content.readiness.verified, content.readiness.mark
    assert score < target
    assert f"On 28 January 2022 readiness is {score} of 100, below our target of {target}." in paragraph
    assert "The last dialogue was on 1 December 2021." in paragraph
    first, second = content.next_steps.on_one_page[:2]
    assert f"Next steps: {first.sentence} {second.sentence} Readiness would then be {second.cumulative}." in paragraph
    assert paragraph.endswith(
        f"{content.overdue} commitments are overdue, by up to 18 days: Ministry of Police and Ministry of Justice."
    )
    assert_agrees_with_the_document(content)


@pytest.mark.django_db
def test_the_summary_once_the_target_is_reached():
    edition = EditionFactory(terms__readiness_target=5)
    DialogueFactory(held_on=date(2022, 1, 20))
    EvidenceFactory(supports=[create_benchmark(edition)], verified=True)

    content = build_briefing(edition)
    paragraph = content.readiness.paragraph

    score = content.readiness.verified
    assert score >= 5
    assert f"On 28 January 2022 readiness is {score} of 100 and has reached our target of 5." in paragraph
    assert "Readiness has not changed since the dialogue of 20 January 2022." in paragraph
    assert_agrees_with_the_document(content)


@pytest.mark.django_db
def test_the_summary_after_the_deadline():
    edition = EditionFactory()
    DialogueFactory(held_on=date(2022, 2, 1))
    EvidenceFactory(supports=[create_benchmark(edition)], verified=True)
    CommitmentFactory(done=True)

    content = build_briefing(edition, as_of=date(2022, 3, 12))
    paragraph = content.readiness.paragraph

    assert "The deadline was 28 February 2022, 12 days ago." in paragraph
    assert paragraph.endswith("No commitment is overdue, and none needs follow-up.")
    assert content.countdown == "12 days ago"
    assert_agrees_with_the_document(content)


@pytest.mark.django_db
def test_the_summary_without_commitments():
    edition = EditionFactory()
    CommitmentFactory(united_states=True)
    EvidenceFactory(supports=[create_benchmark(edition)], verified=True)

    content = build_briefing(edition)

    assert content.readiness.paragraph.endswith("The government has made no commitment yet.")
    assert_agrees_with_the_document(content)


# --- What it compares with --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_dialogue_it_compares_with_the_last_issued_briefing():
    edition = EditionFactory()
    EvidenceFactory(supports=[create_benchmark(edition)], verified=True)
    BriefingFactory(as_of=date(2022, 1, 20), pdf=b"%PDF-1.7\n", issued=True)
    BriefingFactory(as_of=date(2022, 1, 25), pdf=b"%PDF-1.7\n")

    content = build_briefing(edition)

    assert "Readiness has not changed since the briefing of 20 January 2022." in content.readiness.paragraph
    assert content.trend.since.then == content.readiness.verified
    assert_agrees_with_the_document(content)


@pytest.mark.django_db
def test_a_dialogue_of_the_same_day_is_not_compared_with():
    edition = EditionFactory()
    DialogueFactory(held_on=DAY)

    assert build_briefing(edition).trend.since is None


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (Decimal("8.5"), "Since the dialogue of 24 November 2021 readiness has risen from 8.5 to 28.7."),
        (Decimal(30), "Since the dialogue of 24 November 2021 readiness has fallen from 30 to 28.7."),
        (Decimal("28.7"), "Readiness has not changed since the dialogue of 24 November 2021."),
        (None, "The last dialogue was on 24 November 2021."),
    ],
)
def test_the_summary_says_how_readiness_has_changed(before, sentence):
    since = ComparedDay(date(2021, 11, 24), is_dialogue=True, score=before)

    assert sentence in write_paragraph(paragraph_facts(since=since))


def test_the_summary_says_after_the_change_how_far_readiness_has_fallen():
    fall = "Readiness was 29.4 on 12 January 2022 and has fallen by 0.7 since."

    text = write_paragraph(paragraph_facts(falls=[" ".join(["cause"] * 40), fall]))

    assert f"from 8.5 to 28.7. {fall} Next steps:" in text, "without its cause, which does not fit"


def test_the_summary_leaves_the_fall_out_rather_than_the_next_step():
    text = write_paragraph(paragraph_facts(falls=[" ".join(["fallen"] * 40)], steps=(next_step(20),)))

    assert "fallen" not in text
    assert "Next step: word" in text


def test_the_summary_names_missed_milestones_though_no_commitment_is_overdue():
    nothing = OverdueItems(0, 0, ())

    text = write_paragraph(paragraph_facts(overdue=nothing, missed=("Action plan presented",)))

    assert text.endswith("No commitment is overdue; 12 need follow-up. 1 milestone was missed: Action plan presented.")
    assert "milestone" not in write_paragraph(paragraph_facts(overdue=nothing))


def test_the_summary_names_overdue_requests_beside_overdue_commitments():
    one = write_paragraph(paragraph_facts(overdue_requests=OverdueItems(1, 14, ("Ministry of Police",))))
    two = write_paragraph(paragraph_facts(overdue_requests=OverdueItems(2, 14, ("Police", "Justice"))))

    assert "Justice. 1 request for information is overdue, by 14 days: Ministry of Police." in one
    assert "2 requests for information are overdue, by up to 14 days: Police and Justice." in two
    assert "request" not in write_paragraph(paragraph_facts())


def test_a_missed_milestone_without_room_for_its_name_is_still_the_departments():
    text = write_paragraph(paragraph_facts(missed=(" ".join(["Plan"] * 110),)))

    assert "1 milestone of the Department was missed." in text


# --- How long it is ---------------------------------------------------------------------------------------------------


def next_step(words=10, owner="Ministry of Police", **more):
    sentence = " ".join(["word"] * words)
    return StepDisplay("ask", f"{sentence}.", owner, None, Decimal("2.5"), cumulative=Decimal("44.4"), **more)


def paragraph_facts(**facts):
    return ParagraphFacts(
        **{
            "place": "Lesotho",
            "year": 2021,
            "tier": "Tier 2 Watch List",
            "target_tier": "Tier 2",
            "as_of": DAY,
            "deadline_on": date(2022, 2, 28),
            "score": Decimal("28.7"),
            "target": Decimal(45),
            "has_reached_target": False,
            "waiting": 4,
            "since": ComparedDay(date(2021, 11, 24), is_dialogue=True, score=Decimal("8.5")),
            "steps": (next_step(), next_step()),
            "overdue": OverdueItems(3, 14, ("Ministry of Police", "Ministry of Justice")),
            "pending": 12,
            "commitments": 14,
            **facts,
        }
    )


def test_the_summary_names_one_step_if_two_are_too_long():
    text = write_paragraph(paragraph_facts(steps=(next_step(30), next_step(40))))

    assert text.count("word") == 30
    assert "Next step: word" in text


@pytest.mark.parametrize(("reached_by", "is_said"), [(1, False), (2, False), (3, True), (None, False)])
def test_the_summary_says_how_many_steps_reach_the_target_if_it_does_not_name_them(reached_by, is_said):
    steps = tuple(next_step(5, reaches_target=number == reached_by) for number in (1, 2, 3, 4))

    text = write_paragraph(paragraph_facts(steps=steps))

    assert ("With the first 3 next steps it would reach our target." in text) == is_said


def test_the_summary_leaves_out_how_long_reviews_wait_rather_than_the_step():
    sentence = " ".join(["review"] * 20)
    step = next_step(number=7)
    step = replace(
        step, sentence=f"{sentence}. The oldest has waited {' '.join(['long'] * 40)}.", shorter=f"{sentence}."
    )

    text = write_paragraph(paragraph_facts(steps=(step,)))

    assert sentence in text
    assert "The oldest" not in text


def test_the_summary_counts_each_review_of_the_row_that_sums_them_up():
    steps = (next_step(5, number=7), next_step(5), next_step(5, reaches_target=True))

    text = write_paragraph(paragraph_facts(steps=steps))

    assert "With the first 9 next steps it would reach our target." in text


def test_the_summary_names_only_the_owner_if_the_first_step_is_too_long():
    text = write_paragraph(paragraph_facts(steps=(next_step(200),)))

    assert "word" not in text
    assert "The next step is for: Ministry of Police." in text


def test_the_summary_counts_the_ministries_that_it_does_not_name():
    overdue = OverdueItems(5, 1, ("Ministry of Police", "Ministry of Justice", "Ministry of Health", "Treasury"))

    text = write_paragraph(paragraph_facts(overdue=overdue))

    assert (
        "5 commitments are overdue, by up to 1 day: Ministry of Police, Ministry of Justice and 2 other ministries."
        in text
    )


@pytest.mark.parametrize("ministries", [1, 2, 40])
@pytest.mark.parametrize("words", [1, 20, 60, 500])
@pytest.mark.parametrize("score", [None, Decimal("28.7")])
def test_the_summary_never_has_more_than_120_words(ministries, words, score):
    name = " ".join(["Ministry"] * min(words, 60))
    overdue = OverdueItems(40, 300, (name,) * ministries)

    text = write_paragraph(
        paragraph_facts(
            score=score, steps=(next_step(words, name),) * 9, overdue=overdue, overdue_requests=overdue, missed=(name,)
        )
    )

    assert len(text.split()) <= MAX_PARAGRAPH_WORDS
    assert "40 commitments are overdue" in text
    assert "40 requests for information are overdue" in text
    assert "1 milestone" in text


def test_a_score_that_only_rounds_to_the_target_has_not_reached_it():
    text = write_paragraph(paragraph_facts(score=Decimal(45)))

    assert "readiness is 45 of 100 and has not quite reached our target of 45." in text


def test_without_targets_it_says_so():
    text = write_paragraph(paragraph_facts(target=None, target_tier="", deadline_on=None, since=None, steps=()))

    assert text.startswith(
        "The 2021 Trafficking in Persons Report placed Lesotho on Tier 2 Watch List. On 28 January 2022 readiness is "
        "28.7 of 100. No target is set. No next step would raise readiness."
    )
