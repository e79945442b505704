"""Load the yearly questions: what is added, reworded, retired, carried over from last year, and refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.choices import EvidenceKind
from recommendations.models import Question, QuestionSet
from recommendations.models.imports import DRAFT_RETENTION
from recommendations.questions import actions
from recommendations.questions.editing import QuestionStep, TypedQuestion
from recommendations.questions.outline import read_outline
from recommendations.questions.preview import build_preview
from recommendations.questions.reading import read_question_text
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    EditionFactory,
    IndicatorFactory,
    OfficerFactory,
    QuestionFactory,
    QuestionSetFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = at_noon(date(2021, 12, 2))


@pytest.fixture
def edition():
    return EditionFactory()


@pytest.fixture
def officer():
    return OfficerFactory()


@pytest.fixture
def load(edition, officer):
    def act(text, *, of=edition, **values):
        started = actions.start_question_set(
            edition=of, name="q.txt", content=text.encode(), draft=read_question_text(text), by=officer, now=NOW
        )
        said = {"is_right_year": False, "seen": None, "by": officer, "now": NOW} | values
        return actions.load_question_set(question_set=started, **said)

    return act


def rows(edition):
    return list(edition.questions.active().order_by("position"))


FIRST = "PROSECUTION\n1. How many investigations did the police begin?\n2. Which officials were trained?\n2.a By whom?"


def test_a_set_becomes_the_questions_of_the_edition(load, edition, officer):
    trained = IndicatorFactory(name="Officials trained")
    benchmark = BenchmarkFactory(terms__criterion="Police trained")

    loaded = load(FIRST)

    first, second, part = rows(edition)
    assert [(row.number, row.heading, row.position) for row in (first, second, part)] == [
        ("1", "PROSECUTION", 1),
        ("2", "PROSECUTION", 2),
        ("2.a", "PROSECUTION", 3),
    ]
    assert (first.parent, part.parent) == (None, second)
    assert (second.indicia, second.evidence_kinds) == ([1, 2], ["training"])
    assert ([*second.indicators.all()], [*second.benchmarks.all()]) == ([trained], [benchmark])
    assert not second.is_mapping_confirmed
    terms = second.terms.get()
    assert (terms.text, terms.question_set, terms.recorded_by) == (second.text, loaded, officer)
    assert (loaded.draft, loaded.did) == ({}, {"new": 3, "changed": 0, "unchanged": 0, "retired": 0})
    assert AuditEntry.objects.latest("number").verb == "edition.questions_loaded"


def test_the_same_set_changes_nothing(load, edition):
    load(FIRST)
    before = [(row.pk, row.version) for row in rows(edition)]
    entries = AuditEntry.objects.count()

    assert load(FIRST).did == {"new": 0, "changed": 0, "unchanged": 3, "retired": 0}
    assert [(row.pk, row.version) for row in rows(edition)] == before
    assert AuditEntry.objects.count() == entries


def test_a_changed_set_keeps_rows_and_both_wordings(load, edition):
    load(FIRST)
    first, second, part = rows(edition)
    first.is_mapping_confirmed = True
    first.save()

    # The first two swap their numbers, one is reworded, the part is gone, and another is new.
    investigations = "How many investigations did the police begin?"
    load(f"1. Which officials were trained, and when?\n2. {investigations}\n3. What about money?")

    now = rows(edition)
    assert [(row.pk, row.number) for row in now[:2]] == [(second.pk, "1"), (first.pk, "2")]
    assert [terms.text for terms in second.terms.all()] == [
        "Which officials were trained, and when?",
        "Which officials were trained?",
    ]
    assert now[1].is_mapping_confirmed
    part.refresh_from_db()
    assert part.is_retired
    assert part.terms.first().is_retired
    load(FIRST)  # the part is asked again, in its own row
    assert [row.pk for row in rows(edition)] == [first.pk, second.pk, part.pk]


def test_a_question_marked_as_new_does_not_continue_a_similar_one(edition, officer):
    old = QuestionFactory(edition=edition, number="1", text="How many victims were found?")
    draft = read_question_text("1. How many victims were helped?")
    started = actions.start_question_set(edition=edition, name="q", content=b"", draft=draft, by=officer, now=NOW)
    typed = [TypedQuestion("1", "How many victims were helped?", "", 0, is_new=True)]
    seen = build_preview(started).fingerprint
    edited = actions.edit_draft_questions(question_set=started, typed=typed, step=None, place=0, seen=seen, by=officer)
    actions.load_question_set(question_set=edited, is_right_year=False, seen=None, by=officer, now=NOW)
    assert rows(edition)[0].pk != old.pk
    old.refresh_from_db()
    assert old.is_retired


def test_last_years_confirmed_mapping_is_carried_over(load, edition):
    old_benchmark, indicator = BenchmarkFactory(recommendation__edition=edition), IndicatorFactory()
    following = EditionFactory(year=2022)
    benchmark = BenchmarkFactory(recommendation__edition=following, repeats=old_benchmark)
    old = QuestionFactory(
        edition=edition,
        number="7",
        text="How many victims were found by the police?",
        benchmarks=[old_benchmark],
        indicators=[indicator],
        indicia=[2],
        evidence_kinds=["court"],
        is_mapping_confirmed=True,
    )

    load("1. How many victims were found by the police?\n2. What do diplomats learn?", of=following)

    repeated, other = rows(following)
    assert (repeated.repeats, other.repeats) == (old, None)
    assert (repeated.indicia, repeated.evidence_kinds) == ([2], ["court"])
    assert ([*repeated.benchmarks.all()], [*repeated.indicators.all()]) == ([benchmark], [indicator])
    assert not repeated.is_mapping_confirmed


def test_the_outline_is_loaded_with_types_of_evidence_that_exist(edition, officer):
    started = actions.start_outline(edition=edition, by=officer, now=NOW)
    actions.load_question_set(question_set=started, is_right_year=False, seen=None, by=officer, now=NOW)
    assert [row.number for row in rows(edition)] == [str(number) for number in range(1, 21)]
    assert {kind for entry in read_outline() for kind in entry.evidence_kinds} <= set(EvidenceKind)


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("1. What?\n2. Who?\n1. Where?", "numbered_twice", "number_2"),
        ("1. What?\n2.\n3. Who?", "required", "text_1"),
        ("Questions for the 2023 TIP Report\n\n1. What?", "another_year", "is_right_year"),
    ],
)
def test_doubtful_sets_are_refused(load, edition, text, code, field):
    with refuses(code, field=field):
        load(text)
    assert not Question.objects.exists()


def test_a_set_of_another_year_is_loaded_once_confirmed(load, edition):
    load("Questions for the 2023 TIP Report\n\n1. What?", is_right_year=True)
    assert rows(edition)[0].text == "What?"


def test_a_draft_that_changed_in_the_meantime_is_not_loaded(load, edition, officer):
    started = actions.start_outline(edition=edition, by=officer, now=NOW)
    seen = build_preview(started).fingerprint
    load(FIRST)
    with refuses("edit_conflict"):
        actions.load_question_set(question_set=started, is_right_year=False, seen=seen, by=officer, now=NOW)


def test_questions_are_merged_split_left_out_and_restored(edition, officer):
    draft = read_question_text("1. What?\n2. Who?\n3. Where?")
    started = actions.start_question_set(edition=edition, name="q", content=b"", draft=draft, by=officer, now=NOW)

    def step(step, place, *typed):
        edited = actions.edit_draft_questions(
            question_set=started,
            typed=[TypedQuestion(*values, "", 0) for values in typed],
            step=step,
            place=place,
            seen=build_preview(QuestionSet.objects.get(pk=started.pk)).fingerprint,
            by=officer,
        )
        return [(row.number, row.text) for row in build_preview(edited).draft.questions]

    assert step(QuestionStep.MERGE, 1) == [("1", "What?\nWho?"), ("3", "Where?")]
    typed = [("1", "What?\n2. Who?"), ("3", "Where?")]
    assert step(QuestionStep.SPLIT, 0, *typed) == [("1", "What?"), ("2", "Who?"), ("3", "Where?")]
    assert step(QuestionStep.LEAVE_OUT, 1) == [("1", "What?"), ("3", "Where?")]
    assert step(QuestionStep.RESTORE, 0) == [("1", "What?"), ("2", "Who?"), ("3", "Where?")]


def test_only_officers_of_the_post_load_questions(edition):
    with pytest.raises(PermissionDenied):
        actions.start_outline(edition=edition, by=AmbassadorFactory(), now=NOW)


def test_old_drafts_are_deleted(edition):
    QuestionSetFactory(edition=edition, begun_at=NOW - DRAFT_RETENTION - timedelta(days=1))
    kept = QuestionSetFactory(edition=edition, begun_at=NOW)
    loaded = QuestionSetFactory(edition=edition, begun_at=NOW - DRAFT_RETENTION * 2, loaded=True)
    assert actions.delete_expired_question_sets(now=NOW) == 1
    assert set(QuestionSet.objects.all()) == {kept, loaded}
