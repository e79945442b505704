"""What the record holds on a yearly question, the draft from it, and what nobody has given."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.choices import (
    AnswerFinding,
    CitedKind,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    ReadingDirection,
    SupportKind,
)
from recommendations.choices import Pillar
from reports.briefings.answers import build_question_answers
from reports.questions.gathering import gather_question_records
from reports.questions.record import FactStatus, draft_sentences
from reports.reader_view import ReaderView
from tests import factories
from tests.factories import MASERU

pytestmark = pytest.mark.django_db
DAY = date(2022, 2, 15)
BEFORE = datetime(2022, 1, 20, 9, tzinfo=MASERU)
PARTLY = {"starts_on": date(2021, 4, 1), "through_on": date(2021, 12, 31), "recorded_at": BEFORE}


@pytest.fixture
def edition():
    return factories.EditionFactory(year=2021)


@pytest.fixture
def benchmark(edition):
    return factories.BenchmarkFactory(recommendation__edition=edition, recommendation__indicia=[1])


@pytest.fixture
def indicator(edition):
    return factories.IndicatorFactory(country=edition.country, name="Prosecutions", unit="prosecutions")


def gather(question, *, reader=None, as_of=DAY, known_by=None):
    reader = reader or factories.AmbassadorFactory()
    questions = list(type(question).objects.filter(pk=question.pk).with_mapping())
    view = ReaderView(reader, question.edition, as_of, known_by)
    return gather_question_records(view, questions)[question.pk]


def facts_of(record, kind):
    return [fact for fact in record.facts if fact.kind is kind]


def test_a_verified_figure_is_compared_with_the_year_before_and_cites_both(edition, indicator):
    before = factories.ReadingFactory(indicator=indicator, last_period=True, figure=4, recorded_at=BEFORE)
    now = factories.ReadingFactory(indicator=indicator, figure=9, verified=True, **PARTLY)

    [fact] = facts_of(gather(factories.QuestionFactory(edition=edition, indicators=[indicator])), CitedKind.READING)

    assert [(cited.kind, cited.id) for cited in fact.citations] == [
        (CitedKind.READING, now.pk),
        (CitedKind.READING, before.pk),
    ]
    assert fact.status is FactStatus.VERIFIED
    assert "rose from 4 in the year before to 9 between 1 April 2021 and 31 December 2021" in fact.sentence
    assert "part of the year" in fact.sentence


def test_a_claim_says_that_nobody_verified_it_and_who_states_it(edition, indicator):
    factories.ReadingFactory(indicator=indicator, figure=9, source="Ministry of Justice", **PARTLY)

    record = gather(factories.QuestionFactory(edition=edition, indicators=[indicator]))

    [fact] = record.facts
    assert fact.status is FactStatus.CLAIMED
    assert fact.sentence.startswith("Not yet verified (source: Ministry of Justice)")
    assert record.rests_on_claims


def test_two_figures_for_one_period_are_both_stated(edition, indicator):
    first = factories.ReadingFactory(indicator=indicator, figure=9, source="Police", **PARTLY)
    second = factories.ReadingFactory(indicator=indicator, figure=7, source="Courts", **PARTLY)

    record = gather(factories.QuestionFactory(edition=edition, indicators=[indicator]))

    [conflict] = [fact for fact in record.facts if fact.is_conflict]
    assert {cited.id for cited in conflict.citations} == {first.pk, second.pk}
    assert "9 (Police)" in conflict.sentence
    assert "7 (Courts)" in conflict.sentence
    assert record.has_conflict


def test_small_counts_of_victims_are_not_told_in_an_answer(edition):
    victims = factories.IndicatorFactory(country=edition.country, name="Victims identified", unit="victims")
    reading = factories.ReadingFactory(indicator=victims, figure=9, verified=True, **PARTLY)
    factories.ReadingPartFactory(reading=reading, category="women", figure=7)
    factories.ReadingPartFactory(reading=reading, category="men", figure=2)

    record = gather(factories.QuestionFactory(edition=edition, indicators=[victims]))

    text = " ".join(fact.sentence for fact in record.facts)
    assert "fewer than 5" in text
    assert "men 2" not in text


def test_evidence_on_a_mapped_benchmark_is_stated_the_verified_first(edition, benchmark):
    claimed = factories.EvidenceFactory(supports=[benchmark], happened_to=date(2021, 6, 1), recorded_at=BEFORE)
    verified = factories.EvidenceFactory(supports=[benchmark], verified=True, recorded_at=BEFORE)
    rejected = factories.EvidenceFactory(supports=[benchmark], recorded_at=BEFORE)
    factories.EvidenceReviewFactory(evidence=rejected, decision=EvidenceDecision.REJECTED)
    elsewhere = factories.BenchmarkFactory(recommendation__edition=edition)
    factories.EvidenceFactory(supports=[elsewhere], verified=True, recorded_at=BEFORE)

    record = gather(factories.QuestionFactory(edition=edition, benchmarks=[benchmark]))

    found = facts_of(record, CitedKind.EVIDENCE)
    assert [fact.citations[0].id for fact in found] == [verified.pk, claimed.pk]
    assert [fact.status for fact in found] == [FactStatus.VERIFIED, FactStatus.CLAIMED]


def test_a_type_of_evidence_answers_within_the_indicia_of_the_question(edition, benchmark):
    law = factories.EvidenceFactory(supports=[benchmark], kind=EvidenceKind.LAW, recorded_at=BEFORE)
    factories.EvidenceFactory(supports=[benchmark], kind=EvidenceKind.PRESS, recorded_at=BEFORE)
    protection = factories.BenchmarkFactory(recommendation__edition=edition, recommendation__indicia=[2])
    factories.EvidenceFactory(supports=[protection], kind=EvidenceKind.LAW, recorded_at=BEFORE)

    record = gather(factories.QuestionFactory(edition=edition, indicia=[1], evidence_kinds=["law"]))

    assert [fact.citations[0].id for fact in record.facts] == [law.pk]


def test_evidence_that_answers_a_question_is_not_repeated_under_each_that_names_its_type(edition, benchmark):
    law = factories.EvidenceFactory(supports=[benchmark], kind=EvidenceKind.LAW, recorded_at=BEFORE)
    first = factories.QuestionFactory(edition=edition, benchmarks=[benchmark])
    second = factories.QuestionFactory(edition=edition, indicia=[1], evidence_kinds=["law"])
    questions = list(type(first).objects.filter(edition=edition).with_mapping())

    records = gather_question_records(ReaderView(factories.AmbassadorFactory(), edition, DAY, None), questions)

    assert [fact.citations[0].id for fact in records[first.pk].facts] == [law.pk]
    assert records[second.pk].facts == ()


@pytest.mark.parametrize(
    ("shows", "done_by", "begins"),
    [
        (SupportKind.PLAN, DoneBy.GOVERNMENT, "Planned or announced, not done: "),
        (SupportKind.NO_ACTION, DoneBy.GOVERNMENT, "No action: "),
        (SupportKind.CONTEXT, DoneBy.UNITED_STATES, "As background: "),
    ],
)
def test_what_is_no_action_is_never_told_as_one(edition, benchmark, shows, done_by, begins):
    factories.EvidenceFactory(
        supports=[benchmark], supports__shows=shows, done_by=done_by, verified=True, recorded_at=BEFORE
    )

    [fact] = gather(factories.QuestionFactory(edition=edition, benchmarks=[benchmark])).facts

    assert fact.sentence.startswith(begins)


def test_only_what_was_known_and_had_happened_is_told(edition, benchmark):
    question = factories.QuestionFactory(edition=edition, benchmarks=[benchmark])
    factories.EvidenceFactory(supports=[benchmark], happened_to=date(2022, 1, 10), recorded_at=BEFORE)

    assert gather(question, as_of=date(2022, 1, 9)).facts == ()
    assert gather(question, known_by=datetime(2022, 1, 19, tzinfo=MASERU)).facts == ()
    assert len(gather(question).facts) == 1


def test_a_question_without_a_fact_says_what_is_missing_and_whom_to_ask(edition):
    police = factories.MinistryFactory(country=edition.country, name="Ministry of Police")
    asked = factories.IndicatorFactory(country=edition.country, name="Convictions", ministry=police)
    told = factories.IndicatorFactory(country=edition.country, name="Investigations", ministry=police)
    factories.ReadingFactory(indicator=told, figure=None, direction=ReadingDirection.UP, **PARTLY)
    request = factories.InformationRequestFactory(ministry=police, edition=edition, lines=[asked])
    question = factories.QuestionFactory(edition=edition, indicators=[asked, told])

    record = gather(question)
    first, second = record.missing

    assert (first.indicator, first.ministry_name, first.request) == (asked.pk, "Ministry of Police", request.pk)
    assert (second.indicator, second.request) == (told.pk, None)
    (unanswered,) = [fact for fact in record.facts if fact.kind is CitedKind.REQUEST]
    assert unanswered.sentence == (
        "On 8 November 2021 the embassy asked the Ministry of Police for: Convictions, 1 April 2021 to 31 March 2022. "
        "No answer was received by 15 February 2022."
    )
    assert record.finding is AnswerFinding.FACTS


def test_a_figure_that_came_is_no_longer_called_unanswered(edition):
    indicator = factories.IndicatorFactory(country=edition.country, name="Convictions")
    factories.InformationRequestFactory(edition=edition, ministry__country=edition.country, lines=[indicator])
    question = factories.QuestionFactory(edition=edition, indicators=[indicator])
    assert gather(question).finding is AnswerFinding.NO_ANSWER

    factories.ReadingFactory(indicator=indicator, figure=3, **PARTLY)

    record = gather(question)
    assert [fact.kind for fact in record.facts] == [CitedKind.READING]
    assert record.finding is AnswerFinding.FACTS


def test_a_question_on_which_nothing_is_mapped_asks_the_lead_of_a_like_recommendation(edition):
    lead = factories.MinistryFactory(country=edition.country, name="Ministry of Labour")
    factories.RecommendationFactory(edition=edition, indicia=[1], terms__pillar=Pillar.PROSECUTION)
    factories.RecommendationFactory(edition=edition, indicia=[12], lead=lead)
    question = factories.QuestionFactory(edition=edition, indicia=[12])

    [item] = gather(question).missing
    factories.InformationRequestFactory(ministry=lead, edition=edition, lines=[])
    line = factories.RequestLineFactory(
        information_request=lead.information_requests.get(), wording="The campaign", question=question
    )
    record = gather(question)

    assert (item.question, item.ministry_name, item.request) == (question.pk, "Ministry of Labour", None)
    [fact] = record.facts
    [asked] = record.missing
    assert asked.request == line.information_request_id
    assert record.finding is AnswerFinding.NO_ANSWER
    assert fact.citations[0].id == line.information_request_id
    assert "No answer was received by 15 February 2022" in fact.sentence


def test_an_assessment_names_its_benchmark_because_two_can_have_the_same_criterion(edition):
    recommendations = [factories.RecommendationFactory(edition=edition, number=number) for number in (2, 9)]
    benchmarks = [
        factories.BenchmarkFactory(recommendation=row, terms__criterion="Amendment in force") for row in recommendations
    ]
    for benchmark in benchmarks:
        factories.AssessmentFactory(benchmark=benchmark, recorded_at=BEFORE)
    question = factories.QuestionFactory(edition=edition, benchmarks=benchmarks)

    first, second = (fact.sentence for fact in gather(question).facts if fact.kind is CitedKind.ASSESSMENT)

    assert first.startswith("The embassy assessed “Amendment in force” (benchmark 2a) on 20 January 2022: ")
    assert "(benchmark 9a)" in second


def test_commitments_of_both_sides_answer_a_question_on_partnerships(edition):
    theirs = factories.CommitmentFactory(text="Open a second shelter.")
    ours = factories.CommitmentFactory(united_states=True, text="Give a course.")

    sentences = [fact.sentence for fact in gather(factories.QuestionFactory(edition=edition, indicia=[9])).facts]

    assert any("Open a second shelter" in text and theirs.ministry.name in text for text in sentences)
    assert any("Give a course" in text and "United States" in text for text in sentences)
    assert ours.pk


def test_every_sentence_of_a_draft_has_a_source_even_where_a_text_has_several_sentences(edition, benchmark):
    factories.AssessmentFactory(benchmark=benchmark, rationale="There is a draft. Nothing is before Parliament.")
    factories.EvidenceFactory(supports=[benchmark], title="A law passed. It is in force", recorded_at=BEFORE)

    draft = draft_sentences(gather(factories.QuestionFactory(edition=edition, benchmarks=[benchmark])))

    assert "Nothing is before Parliament." in [sentence.text for sentence in draft]
    assert all(sentence.citations for sentence in draft)


def test_no_ministry_reads_what_is_gathered(edition):
    question = factories.QuestionFactory(edition=edition)

    with pytest.raises(PermissionDenied):
        gather(question, reader=factories.FocalPointFactory())


def test_facts_of_another_country_answer_nothing(edition, indicator):
    abroad = factories.BenchmarkFactory(
        recommendation__edition=factories.EditionFactory(year=2021, country=factories.CountryFactory(elsewhere=True)),
        recommendation__indicia=[1],
    )
    factories.EvidenceFactory(
        country=abroad.recommendation.edition.country, supports=[abroad], kind=EvidenceKind.LAW, recorded_at=BEFORE
    )

    assert gather(factories.QuestionFactory(edition=edition, indicia=[1], evidence_kinds=["law"])).facts == ()


@pytest.mark.parametrize(
    ("mapping", "count"),
    [({"indicia": [4]}, 1), ({"indicia": [5]}, 0), ({"indicia": [4], "evidence_kinds": ["law"]}, 0)],
)
def test_evidence_on_an_indicium_answers_the_questions_about_it(edition, mapping, count):
    factories.EvidenceFactory(indicia=[4], verified=True, kind=EvidenceKind.REPORT)

    found = facts_of(gather(factories.QuestionFactory(edition=edition, **mapping)), CitedKind.EVIDENCE)

    assert [fact.status for fact in found] == [FactStatus.VERIFIED] * count


def test_evidence_that_names_a_question_answers_it_alone(edition, benchmark):
    question = factories.QuestionFactory(edition=edition)
    other = factories.QuestionFactory(edition=edition, benchmarks=[benchmark], indicia=[4])
    piece = factories.EvidenceFactory(supports=[benchmark], indicia=[4], recorded_at=BEFORE)
    factories.EvidenceQuestionFactory(question=question, evidence=piece)

    [fact] = facts_of(gather(question), CitedKind.EVIDENCE)

    assert not fact.sentence.startswith("As background")
    assert facts_of(gather(other), CitedKind.EVIDENCE) == []


def test_a_link_to_a_question_that_is_no_longer_asked_takes_evidence_from_no_other(edition, benchmark):
    retired = factories.QuestionFactory(edition=edition, is_retired=True)
    last_year = factories.QuestionFactory(edition=factories.EditionFactory(year=2020, country=edition.country))
    question = factories.QuestionFactory(edition=edition, benchmarks=[benchmark])
    piece = factories.EvidenceFactory(supports=[benchmark], recorded_at=BEFORE)
    for row in (retired, last_year):
        factories.EvidenceQuestionFactory(question=row, evidence=piece)

    assert len(gather(question).facts) == 1


def test_links_to_indicia_and_questions_that_were_made_later_are_not_known_before(edition, benchmark):
    """The evidence was known on 19 January, and what it supports without a recommendation only on 21 January."""
    known_on, later = datetime(2022, 1, 20, 12, tzinfo=MASERU), datetime(2022, 1, 21, 9, tzinfo=MASERU)
    piece = factories.EvidenceFactory(supports=[benchmark], kind=EvidenceKind.REPORT, recorded_at=BEFORE)
    linked = factories.QuestionFactory(edition=edition)
    of_benchmark = factories.QuestionFactory(edition=edition, benchmarks=[benchmark])
    of_indicium = factories.QuestionFactory(edition=edition, indicia=[4])
    factories.EvidenceIndiciumFactory(evidence=piece, indicium=4, recorded_at=later)

    assert [len(gather(row, known_by=known_on).facts) for row in (of_benchmark, of_indicium)] == [1, 0]
    assert [len(gather(row).facts) for row in (of_benchmark, of_indicium)] == [1, 1]

    factories.EvidenceQuestionFactory(evidence=piece, question=linked, recorded_at=later)
    assert [len(gather(row, known_by=known_on).facts) for row in (linked, of_benchmark)] == [0, 1]
    assert [len(gather(row).facts) for row in (linked, of_benchmark, of_indicium)] == [1, 0, 0]


def test_what_both_sides_contribute_to_work_on_a_benchmark_answers_its_questions(edition, benchmark):
    ministry = factories.MinistryFactory(country=edition.country, name="Ministry of Police")
    partner = factories.PartnerFactory(country=edition.country, name="The House")
    work = {"recommendation": benchmark.recommendation, "recorded_at": BEFORE}
    people = factories.ContributionFactory(ministry=ministry, kind="people", what="A trainer for a day", **work)
    money = factories.ContributionFactory(
        kind="money", what="Fuel.", amount=40000, currency="LSL", through_on=date(2022, 1, 31), **work
    )
    things = factories.ContributionFactory(partner=partner, kind="equipment", what="Two beds", **work)
    elsewhere = factories.BenchmarkFactory(recommendation__edition=edition)
    factories.ContributionFactory(recommendation=elsewhere.recommendation, recorded_at=BEFORE)
    question = factories.QuestionFactory(edition=edition, benchmarks=[benchmark])

    found = facts_of(gather(question), CitedKind.CONTRIBUTION)

    assert [(fact.citations[0].id, fact.sentence) for fact in found] == [
        (
            people.pk,
            "Contribution of the Ministry of Police (people, since 1 December 2021): A trainer for a day.",
        ),
        (
            money.pk,
            "Contribution of the United States (money, LSL 40,000, between 1 December 2021 and 31 January 2022): Fuel.",
        ),
        (things.pk, "Contribution of The House (equipment, since 1 December 2021): Two beds."),
    ]
    assert all(sentence.citations for sentence in draft_sentences(gather(question)))


def test_contributions_of_other_years_and_rows_that_were_corrected_answer_nothing(edition, benchmark):
    work = {"recommendation": benchmark.recommendation, "recorded_at": BEFORE}
    factories.ContributionFactory(starts_on=date(2020, 5, 1), through_on=date(2021, 3, 31), **work)
    factories.ContributionFactory(starts_on=date(2022, 2, 16), **work)
    first = factories.ContributionFactory(starts_on=date(2020, 5, 1), **work)
    second = factories.ContributionFactory(
        corrects=first, reason="Two.", **work | {"recorded_at": datetime(2022, 1, 25, tzinfo=MASERU)}
    )
    abroad = factories.EditionFactory(year=2021, country=factories.CountryFactory(elsewhere=True))
    factories.ContributionFactory(country=abroad.country, recorded_at=BEFORE)
    question = factories.QuestionFactory(edition=edition, benchmarks=[benchmark], indicia=[9])

    now, then = gather(question), gather(question, known_by=datetime(2022, 1, 24, tzinfo=MASERU))

    assert [fact.citations[0].id for fact in facts_of(now, CitedKind.CONTRIBUTION)] == [second.pk]
    assert [fact.citations[0].id for fact in facts_of(then, CitedKind.CONTRIBUTION)] == [first.pk]


def test_a_question_on_partnerships_is_answered_by_what_the_united_states_and_partners_give(edition, benchmark):
    ministry = factories.MinistryFactory(country=edition.country)
    partner = factories.PartnerFactory(country=edition.country)
    ours, theirs, own = (
        factories.ContributionFactory(**by) for by in ({}, {"partner": partner}, {"ministry": ministry})
    )
    mapped = factories.QuestionFactory(edition=edition, indicia=[9], benchmarks=[benchmark])
    unmapped = factories.QuestionFactory(edition=edition, indicia=[9])

    cited = [{fact.citations[0].id for fact in gather(row).facts} for row in (mapped, unmapped)]

    assert cited == [{ours.pk, theirs.pk}, {ours.pk, theirs.pk, own.pk}]


def test_the_document_prints_each_heading_once_whatever_the_order_of_the_questions(edition):
    for number, heading in (("1", "General"), ("2", "Protection"), ("3", "General")):
        factories.QuestionFactory(edition=edition, number=number, position=int(number), heading=heading)
    view = ReaderView(factories.AmbassadorFactory(), edition, DAY, None)

    groups = build_question_answers(view).groups

    assert [(group.heading, [row.number for row in group.answers]) for group in groups] == [
        ("General", ["1", "3"]),
        ("Protection", ["2"]),
    ]
