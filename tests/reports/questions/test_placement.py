"""Which questions a piece of evidence answers."""

import pytest

from dialogues.choices import SupportKind
from reports.questions.placement import EvidenceSupports, find_answered
from reports.questions.record import MappedQuestion

ACTION, PLAN, CONTEXT = SupportKind.ACTION, SupportKind.PLAN, SupportKind.CONTEXT


def question(key, *, indicia=(), benchmarks=(), kinds=()):
    return MappedQuestion(key, key, frozenset(indicia), (), frozenset(benchmarks), frozenset(kinds))


def support(*, kind="report", benchmarks=None, indicia=None, questions=()):
    """The benchmarks 31 and 32 belong to recommendations with the indicia 1 and 2, and 9."""
    indicia_of = {31: frozenset({1, 2}), 32: frozenset({9})}
    return EvidenceSupports(kind, benchmarks or {}, indicia or {}, frozenset(questions), indicia_of)


@pytest.mark.parametrize(
    ("evidence", "answered"),
    [
        ({"benchmarks": {31: PLAN}, "questions": [5]}, {5: PLAN}),
        ({"questions": [5]}, {5: CONTEXT}),
        ({"benchmarks": {31: ACTION}, "questions": [4, 5]}, {4: ACTION, 5: ACTION}),
    ],
)
def test_evidence_linked_to_questions_answers_those_and_no_others(evidence, answered):
    questions = [question(1, benchmarks=[31]), question(4, indicia=[1], kinds=["report"]), question(5)]

    assert find_answered(support(**evidence), questions) == answered


def test_evidence_answers_each_question_that_is_mapped_to_its_benchmark():
    questions = [
        question(1, benchmarks=[31]),
        question(2, benchmarks=[31, 32]),
        question(3, indicia=[1], kinds=["report"]),
    ]

    assert find_answered(support(benchmarks={31: PLAN, 32: ACTION}), questions) == {1: PLAN, 2: ACTION}


def test_an_indicium_leads_to_the_narrowest_questions_about_it():
    questions = [
        question(1, indicia=[4, 5]),
        question(2, indicia=[4], kinds=["report", "court"]),
        question(3, indicia=[4], kinds=["report", "law"]),
        question(4, indicia=[4]),
        question(5, indicia=[4], kinds=["law"]),
    ]

    assert find_answered(support(indicia={4: ACTION}), questions) == {2: ACTION, 3: ACTION}


@pytest.mark.parametrize(("kind", "answered"), [("report", [3]), ("court", [4]), ("law", [1]), ("press", [])])
def test_a_type_leads_to_one_question_the_narrowest_or_the_first_of_several(kind, answered):
    questions = [
        question(4, indicia=[2], kinds=["report", "court"]),
        question(3, indicia=[1], kinds=["report", "budget"]),
        question(2, indicia=[1, 2], kinds=["court"]),
        question(1, kinds=["report", "law"]),
        question(5, indicia=[9], kinds=["report"]),
    ]

    assert list(find_answered(support(kind=kind, benchmarks={31: ACTION}), questions)) == answered
