"""Answers to the yearly questions: saved, completed, cleared by another person, and out of date once a fact changes."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dialogues.actions.citation_checks import find_citation_changes
from dialogues.actions.question_answers import clear_answer, complete_answer, reopen_answer, save_answer
from dialogues.answer_text import CitedFact, SentenceText
from dialogues.choices import AnswerEventKind, AnswerFinding, AnswerState, CitationChangeKind, CitedKind, UpdateDecision
from dialogues.models import AnswerVersion
from tests import factories
from tests.factories import MASERU
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 2, 10, 9, tzinfo=MASERU)


@pytest.fixture
def question():
    return factories.QuestionFactory()


@pytest.fixture
def piece(question):
    return factories.EvidenceFactory(country=question.edition.country, recorded_at=NOW - timedelta(days=30))


def save(question, *sentences, by=None, now=NOW, finding=AnswerFinding.FACTS, seen=None):
    by = by or factories.OfficerFactory(countries=[question.edition.country])
    return save_answer(
        question=question, finding=finding, sentences=sentences, as_of=now.date(), seen=seen, by=by, now=now
    )


def cite(row, text="Police opened four cases."):
    return SentenceText(text, (CitedFact(CitedKind.EVIDENCE, row.pk),))


def given(row):
    return CitedFact(CitedKind.CONTRIBUTION, row.pk)


def state_of(question):
    return AnswerVersion.objects.newest()[question.pk].standing.state


def test_an_answer_is_written_completed_and_cleared_by_another_person(question, piece):
    officer, other = factories.OfficerFactory(), factories.OfficerFactory()
    save(question, cite(piece), by=officer)
    states = [state_of(question)]
    complete_answer(question=question, by=officer, now=NOW)
    states.append(state_of(question))
    with pytest.raises(Refused) as refused:
        clear_answer(question=question, by=officer, now=NOW)
    event = clear_answer(question=question, by=other, now=NOW)
    states.append(state_of(question))
    save(question, cite(piece, "Five cases."), by=officer)
    states.append(state_of(question))

    assert refused.value.code == "needs_second_person"
    assert states == [AnswerState.DRAFTED, AnswerState.COMPLETE, AnswerState.CLEARED, AnswerState.DRAFTED]
    assert [row.text for row in event.version.sentences.all()] == ["Police opened four cases."]


def test_the_database_refuses_an_author_who_clears_even_an_earlier_version(question, piece):
    first, second = factories.OfficerFactory(), factories.OfficerFactory()
    save(question, cite(piece), by=first)
    version = save(question, cite(piece), by=second)

    with pytest.raises(IntegrityError, match="they wrote"), transaction.atomic():
        factories.AnswerEventFactory(version=version, kind=AnswerEventKind.CLEARED, recorded_by=first)


def test_a_sentence_without_a_source_keeps_an_answer_a_draft(question, piece):
    officer = factories.OfficerFactory()
    save(question, cite(piece), SentenceText("Nobody knows why."), by=officer)

    with pytest.raises(Refused) as refused:
        complete_answer(question=question, by=officer, now=NOW)

    assert refused.value.code == "no_source"


@pytest.mark.parametrize(
    ("finding", "code"), [("facts", "required"), ("none", "no_source"), ("no_answer", "no_request")]
)
def test_each_kind_of_answer_needs_its_source(question, finding, code):
    with pytest.raises(Refused) as refused:
        save(question, finding=AnswerFinding(finding))

    assert refused.value.code == code


def test_nothing_known_is_an_answer_of_its_own(question):
    officer = factories.OfficerFactory()
    save(question, finding=AnswerFinding.NOTHING_KNOWN, by=officer)
    complete_answer(question=question, by=officer, now=NOW)

    assert state_of(question) is AnswerState.COMPLETE


def test_a_fact_of_another_country_is_no_source(question):
    abroad = factories.EvidenceFactory(country=factories.CountryFactory(elsewhere=True))
    both = factories.OfficerFactory(countries=[question.edition.country, abroad.country])

    with pytest.raises(Refused, match=f"E{abroad.pk}") as refused:
        save(question, cite(abroad), by=both)

    assert refused.value.code == "unknown_source"


def test_a_fact_that_changes_flags_the_answer_until_it_is_saved_again(question, piece):
    officer, other = factories.OfficerFactory(), factories.OfficerFactory()
    version = save(question, cite(piece), by=officer)
    complete_answer(question=question, by=officer, now=NOW)
    later = NOW + timedelta(hours=2)
    factories.EvidenceReviewFactory(evidence=piece, recorded_at=later)

    with pytest.raises(Refused) as refused:
        clear_answer(question=question, by=other, now=later)
    [change] = find_citation_changes([version])[version.pk]
    again = save(question, cite(piece), by=officer, now=later + timedelta(hours=1))

    assert refused.value.code == "out_of_date"
    assert (change.fact.id, change.kind) == (piece.pk, CitationChangeKind.VERIFIED)
    assert find_citation_changes([again]) == {}
    assert find_citation_changes([version], known_by=NOW) == {}


def test_a_newer_figure_flags_the_answer_that_cites_the_earlier_one(question):
    indicator = factories.IndicatorFactory(country=question.edition.country)
    reading = factories.ReadingFactory(indicator=indicator, recorded_at=NOW - timedelta(days=9))
    factories.ReadingFactory(
        indicator=indicator, starts_on=reading.starts_on, recorded_at=NOW - timedelta(days=8), figure=9
    )
    version = save(question, SentenceText("Four.", (CitedFact(CitedKind.READING, reading.pk),)))
    factories.ReadingFactory(indicator=indicator, starts_on=reading.starts_on, recorded_at=NOW + timedelta(days=1))

    [change] = find_citation_changes([version])[version.pk]

    assert (change.kind, change.at) == (CitationChangeKind.NEWER_FIGURE, NOW + timedelta(days=1))


def test_a_correction_of_a_contribution_flags_the_answer_that_cites_the_earlier_row(question):
    contribution = factories.ContributionFactory(country=question.edition.country)
    uncorrected = factories.ContributionFactory(country=question.edition.country)
    text, later = "We paid.", NOW + timedelta(days=1)
    version = save(question, *(SentenceText(text, (given(row),)) for row in (contribution, uncorrected)))
    again = factories.ContributionFactory(
        country=question.edition.country, corrects=contribution, reason="Two.", recorded_at=later
    )

    [change] = find_citation_changes([version])[version.pk]

    assert (change.fact.key, change.kind, change.at) == (
        f"G{contribution.pk}",
        CitationChangeKind.CONTRIBUTION_CORRECTED,
        later,
    )
    assert find_citation_changes([save(question, SentenceText(text, (given(again),)))]) == {}


def test_a_contribution_of_another_country_is_no_source(question):
    abroad = factories.ContributionFactory(country=factories.CountryFactory(elsewhere=True))

    with pytest.raises(Refused) as refused:
        save(question, SentenceText("They paid.", (given(abroad),)))

    assert refused.value.code == "unknown_source"


def test_an_answer_to_an_earlier_wording_keeps_both_texts_and_is_not_completed(question, piece):
    officer = factories.OfficerFactory()
    version = save(question, cite(piece), by=officer)
    factories.QuestionTermsFactory(question=question, text="Another wording?", recorded_at=NOW + timedelta(days=1))

    with pytest.raises(Refused) as refused:
        complete_answer(question=question, by=officer, now=NOW + timedelta(days=2))

    assert refused.value.code == "reworded"
    assert (version.terms.text, question.terms.known_by(None)[0].text) == (question.text, "Another wording?")


def test_opening_again_needs_a_reason_and_two_editors_do_not_overwrite_each_other(question, piece):
    officer = factories.OfficerFactory()
    first = save(question, cite(piece), by=officer)
    complete_answer(question=question, by=officer, now=NOW)
    with pytest.raises(Refused) as refused:
        reopen_answer(question=question, reason=" ", by=officer, now=NOW)
    reopen_answer(question=question, reason="The year changed.", by=officer, now=NOW)
    save(question, cite(piece, "Six cases."), seen=first.pk)

    assert refused.value.code == "required"
    with pytest.raises(EditConflict):
        save(question, cite(piece, "Seven cases."), seen=first.pk)


def test_only_officers_of_the_country_write(question, piece):
    for user in (factories.AmbassadorFactory(), factories.FocalPointFactory(), factories.ObserverFactory()):
        with pytest.raises(PermissionDenied):
            save(question, cite(piece), by=user)


def test_an_update_on_a_cited_commitment_flags_the_answer_because_its_status_changes(question):
    commitment = factories.CommitmentFactory()
    version = save(question, SentenceText("It is open.", (CitedFact(CitedKind.COMMITMENT, commitment.pk),)))
    later = NOW + timedelta(days=1)
    factories.UpdateVersionFactory(update__commitment=commitment, recorded_at=later)

    [change] = find_citation_changes([version])[version.pk]

    assert (change.kind, change.at) == (CitationChangeKind.COMMITMENT_CHANGED, later)


LATER = NOW + timedelta(days=1)


def _change_evidence(country, cited):
    factories.EvidenceReviewFactory(evidence=cited, recorded_at=LATER)


def _revise_evidence(country, cited):
    factories.EvidenceFactory(country=country, revises=cited, recorded_at=LATER)


def _end_claim(country, cited):
    factories.UpdateVersionDecisionFactory(
        update_version=cited.update_version, decision=UpdateDecision.RETURNED, recorded_at=LATER
    )


def _accept_claim(country, cited):
    factories.UpdateVersionDecisionFactory(update_version=cited.update_version, recorded_at=LATER)


def _add_reading(country, cited):
    factories.ReadingFactory(indicator=cited.indicator, starts_on=cited.starts_on, recorded_at=LATER)


def _review_reading(country, cited):
    factories.EvidenceReviewFactory(evidence=cited.evidence, recorded_at=LATER)


def _add_reading_of_another_period(country, cited):
    factories.ReadingFactory(
        indicator=cited.indicator, starts_on=cited.starts_on - timedelta(days=9), recorded_at=LATER
    )


def _assess(country, cited):
    factories.AssessmentFactory(benchmark=cited.benchmark, recorded_at=LATER)


def _assess_another(country, cited):
    factories.AssessmentFactory(recorded_at=LATER)


def _move_commitment(country, cited):
    factories.CommitmentEventFactory(commitment=cited, kind="withdrawn", recorded_at=LATER)


def _send_update(country, cited):
    factories.UpdateVersionFactory(update__commitment=cited, recorded_at=LATER)


def _decide_on_update(country, cited):
    sent = factories.UpdateVersionFactory(update__commitment=cited, recorded_at=NOW - timedelta(days=1))
    factories.UpdateVersionDecisionFactory(update_version=sent, recorded_at=LATER)


def _move_request(country, cited):
    factories.RequestEventFactory(information_request=cited, kind="moved", recorded_at=LATER)


def _answer_request(country, cited):
    sent = factories.UpdateVersionFactory(update__information_request=cited, recorded_at=LATER)
    factories.LineAnswerFactory(line=cited.lines.first(), update_version=sent)


def _replace_law(country, cited):
    factories.LawEntryFactory(replaces=cited, recorded_at=LATER)


def _correct_contribution(country, cited):
    factories.ContributionFactory(country=country, corrects=cited, reason="A typing error.", recorded_at=LATER)


def _change_nothing(country, cited):
    factories.EvidenceReviewFactory(recorded_at=LATER)
    factories.LawEntryFactory(recorded_at=LATER)
    factories.CommitmentEventFactory(commitment=factories.CommitmentFactory(), kind="withdrawn", recorded_at=LATER)


def _claimed_evidence(**fields):
    fields.pop("country")
    return factories.EvidenceFactory(
        update_version=factories.UpdateVersionFactory(recorded_at=fields["recorded_at"]), **fields
    )


def _reading(country, recorded_at, **fields):
    indicator = factories.IndicatorFactory(country=country)
    return factories.ReadingFactory(indicator=indicator, recorded_at=recorded_at, **fields)


def _verified_reading(**fields):
    return _reading(verified=True, **fields)


CITED_CASES = [
    (CitedKind.EVIDENCE, factories.EvidenceFactory, _change_evidence, True),
    (CitedKind.EVIDENCE, factories.EvidenceFactory, _revise_evidence, True),
    (CitedKind.EVIDENCE, _claimed_evidence, _end_claim, True),
    (CitedKind.EVIDENCE, _claimed_evidence, _accept_claim, False),
    (CitedKind.EVIDENCE, factories.EvidenceFactory, _change_nothing, False),
    (CitedKind.READING, _reading, _add_reading, True),
    (CitedKind.READING, _reading, _add_reading_of_another_period, False),
    (CitedKind.READING, _verified_reading, _review_reading, True),
    (CitedKind.ASSESSMENT, lambda country, **at: factories.AssessmentFactory(**at), _assess, True),
    (CitedKind.ASSESSMENT, lambda country, **at: factories.AssessmentFactory(**at), _assess_another, False),
    (CitedKind.COMMITMENT, lambda **_: factories.CommitmentFactory(), _move_commitment, True),
    (CitedKind.COMMITMENT, lambda **_: factories.CommitmentFactory(), _send_update, True),
    (CitedKind.COMMITMENT, lambda **_: factories.CommitmentFactory(), _decide_on_update, True),
    (CitedKind.COMMITMENT, lambda **_: factories.CommitmentFactory(), _change_nothing, False),
    (CitedKind.REQUEST, lambda **_: factories.InformationRequestFactory(), _move_request, True),
    (CitedKind.REQUEST, lambda **_: factories.InformationRequestFactory(), _answer_request, True),
    (CitedKind.REQUEST, lambda **_: factories.InformationRequestFactory(), _change_nothing, False),
    (CitedKind.LAW, factories.LawEntryFactory, _replace_law, True),
    (CitedKind.LAW, factories.LawEntryFactory, _change_nothing, False),
    (CitedKind.CONTRIBUTION, factories.ContributionFactory, _correct_contribution, True),
    (CitedKind.CONTRIBUTION, factories.ContributionFactory, _change_nothing, False),
]


def test_a_change_of_each_kind_of_fact_is_tried():
    assert {kind for kind, *_, is_changed in CITED_CASES if is_changed} == set(CitedKind) - {CitedKind.EDITION}


@pytest.mark.parametrize(("kind", "make", "change", "is_changed"), CITED_CASES)
def test_lists_flag_the_same_answers_as_the_page_of_each(question, kind, make, change, is_changed):
    country = question.edition.country
    cited = make(country=country, recorded_at=NOW - timedelta(days=30))
    version = save(question, SentenceText("It is so.", (CitedFact(kind, cited.pk),)))
    assert not AnswerVersion.objects.with_changes().filter(is_out_of_date=True)
    change(country, cited)

    assert bool(find_citation_changes([version])) is is_changed
    assert list(AnswerVersion.objects.with_changes().filter(is_out_of_date=True)) == [version] * is_changed
