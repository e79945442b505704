"""The public record of Lesotho as loaded, line by line, and the exercise on top of it."""

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models import Q
from django.test import override_settings

from dialogues.actions.dialogue_numbers import DiscussionInput, record_discussion
from dialogues.choices import (
    CommitmentEventKind,
    CommitmentStatus,
    DoneBy,
    EvidenceDecision,
    MadeBy,
    RequestStatus,
    Sensitivity,
    SupportKind,
    UpdateDecision,
    Verdict,
)
from dialogues.dialogue_figures import gather_numbers
from dialogues.lesotho.entries import CommitmentEntry, EvidenceEntry, read_record
from dialogues.lesotho.exercise_player import read_exercise
from dialogues.models import (
    Assessment,
    Commitment,
    CommitmentEvent,
    Dialogue,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    EvidenceReview,
    InformationRequest,
    Participant,
    Reading,
    ReadingPart,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.oversight_points import check_points, count_met
from recommendations.actions.milestones import list_department_year
from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionTerms,
    Indicator,
    Milestone,
    Question,
    Recommendation,
)
from reports.choices import ProblemKind
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.append_only import redact_text
from tests.conftest import MASERU
from tests.pseudo_languages import pseudo_languages
from tests.row_cache import load_cached
from tests.untranslated_log import list_untranslated_fields, list_untranslated_verbs
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User
from tiptracker.audit import actions as audit
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role
from tiptracker.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.both_databases]

END_OF_RECORD = date(2022, 7, 31)
EXERCISE = Q(recorded_by__email__endswith="@demo.example")

STATEMENT = "The Ambassador's statement at the bilateral dialogue, Maseru, 8 November 2021"
PRESS = "Lesotho press, November 2021"
COMMITMENTS, EVIDENCE = (read_record().entries_of(kind) for kind in (CommitmentEntry, EvidenceEntry))
STEPS_OF_EXERCISE = read_exercise().steps_by_verb.values()
NARRATIVES = {year: f"TIP Report {year}, Lesotho narrative" for year in (2020, 2021, 2022)}


def load(*options):
    output = StringIO()
    with override_settings(DEMONSTRATION="--exercise" in options):
        call_command("load_lesotho", *options, stdout=output)
    return output.getvalue()


@pytest.fixture
def whole_record(set_clock):
    """The whole record, as known at the end of July 2022."""
    set_clock(END_OF_RECORD)
    return load_cached(load)


def all_rows():
    """Return every row of every table of ours with its values."""
    our_rows = ("accounts", "audit", "jobs", "recommendations", "dialogues", "reports")
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in our_rows
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def local_day(moment):
    return moment.astimezone(MASERU).date()


def benchmark(key):
    return Benchmark.objects.get(recommendation__number=key[:-1], letter=key[-1])


# --- What is asked ----------------------------------------------------------------------------------------------------


def test_country_has_its_districts_ministries_and_ministers(whole_record):
    lesotho = Country.objects.get()
    assert (lesotho.code, lesotho.name, lesotho.time_zone, lesotho.currency) == (
        "LSO",
        "Lesotho",
        "Africa/Maseru",
        "LSL",
    )
    assert dict(District.objects.values_list("name", "capital")) == {
        "Berea": "Teyateyaneng",
        "Butha-Buthe": "Butha-Buthe",
        "Leribe": "Hlotse",
        "Mafeteng": "Mafeteng",
        "Maseru": "Maseru",
        "Mohale's Hoek": "Mohale's Hoek",
        "Mokhotlong": "Mokhotlong",
        "Qacha's Nek": "Qacha's Nek",
        "Quthing": "Moyeni",
        "Thaba-Tseka": "Thaba-Tseka",
    }
    assert set(Ministry.objects.values_list("name", "short_name")) == {
        ("Ministry of Home Affairs", "Home Affairs"),
        ("Ministry of Police and Public Safety", "Police and Public Safety"),
        ("Ministry of Justice and Law", "Justice and Law"),
    }
    assert set(OfficeHolder.objects.values_list("ministry__short_name", "name", "source")) == {
        ("Home Affairs", "Motlalentoa Letsosa", STATEMENT),
        ("Police and Public Safety", "Sekola", STATEMENT),
        ("Justice and Law", "Rakuoane", STATEMENT),
    }


def test_editions_have_their_tiers_without_unverified_ones(whole_record):
    assert dict(Edition.objects.values_list("year", "tier")) == {
        2009: "2WL",
        2010: "2WL",
        2011: "2",
        2012: "2",
        2013: "2WL",
        2014: "2WL",
        2015: "2WL",
        2018: "2",
        2019: "2WL",
        2020: "3",
        2021: "2WL",
        2022: "2",
    }
    assert all(
        (edition.starts_on, edition.ends_on) == (date(edition.year, 4, 1), date(edition.year + 1, 3, 31))
        for edition in Edition.objects.all()
    )
    assert not Edition.objects.filter(source="").exists()


def test_edition_of_2021_has_its_terms_and_milestones(whole_record):
    edition = Edition.objects.get(year=2021)
    assert (edition.published_on, edition.target_tier) == (date(2021, 7, 1), "2")
    terms = EditionTerms.objects.get()
    assert (terms.edition, terms.deadline_on, terms.readiness_target) == (edition, date(2022, 2, 28), 45)
    assert terms.readiness_target_reason == (
        "The post's own target, from a comparison with the tiers of earlier years; not the Department's."
    )
    assert local_day(terms.recorded_at) == date(2021, 7, 1)
    assert list(Milestone.objects.as_known_by(None).values_list("kind", "falls_on", "is_about", "done_on")) == [
        ("data_call", date(2021, 11, 1), True, None),
        ("action_plan", date(2021, 12, 28), False, None),
        ("public_submissions", date(2022, 2, 1), False, None),
        ("interim_assessment", date(2022, 2, 1), False, None),
        ("post_answers", date(2022, 2, 15), True, None),
        ("deadline", date(2022, 2, 28), False, None),
        ("period_end", date(2022, 3, 31), False, None),
        ("next_report", date(2022, 6, 30), True, None),
    ]
    computed = {(row.kind, row.due_on, row.is_estimated) for row in list_department_year(edition)}
    assert computed == {
        (row.kind, row.falls_on, row.is_about) for row in Milestone.objects.as_known_by(None).exclude(kind="deadline")
    }


def test_recommendations_are_labelled_as_a_reconstruction(whole_record):
    assert set(Recommendation.objects.values_list("text_status", "edition__year")) == {("reconstruction", 2021)}
    home, police, justice = "Home Affairs", "Police and Public Safety", "Justice and Law"
    assert list(
        Recommendation.objects.with_pillar()
        .order_by("number")
        .values_list("number", "pillar", "indicia", "lead__short_name")
    ) == [
        (1, "prosecution", [1, 7], police),
        (2, "prosecution", [1], justice),
        (3, "prosecution", [1, 2], police),
        (4, "protection", [2], home),
        (5, "protection", [2], home),
        (6, "protection", [2], home),
        (7, "prosecution", [1, 2], police),
        (8, "prosecution", [1, 4, 7], police),
        (9, "prosecution", [1], justice),
        (10, "prevention", [3, 9, 10], home),
    ]
    assert set(
        Recommendation.objects.exclude(years_unmet=None).values_list("number", "years_unmet", "years_unmet_source")
    ) == {(4, 5, NARRATIVES[2021]), (5, 10, NARRATIVES[2021])}


def test_benchmarks_have_their_rules(whole_record):
    keys = [row.key for row in Benchmark.objects.select_related("recommendation")]
    assert " ".join(keys) == "1a 1b 1c 1d 2a 2b 3a 3b 3c 4a 4b 5a 5b 6a 6b 7a 7b 8a 8b 9a 9b 10a 10b 10c"
    terms = {row.benchmark.key: row for row in BenchmarkTerms.objects.select_related("benchmark__recommendation")}
    assert {
        key: (row.rule, row.target, row.indicator.name) for key, row in terms.items() if row.rule != "assessed"
    } == {
        "1a": ("more_than_last_period", None, "Investigations begun"),
        "1b": ("more_than_last_period", None, "Prosecutions"),
        "3b": ("target", 10, "Districts with a police focal point"),
        "3c": ("target", 10, "Districts whose focal point is trained"),
        "10b": ("target", 4, "Quarters in which the committee met"),
    }
    assert {key for key, row in terms.items() if row.is_about_complicity} == {"1d", "8b"}
    assert {(row.weight, local_day(row.recorded_at)) for row in terms.values()} == {(Decimal(1), date(2021, 7, 1))}


def test_indicators_answer_the_five_questions(whole_record):
    assert set(Indicator.objects.exclude(question="").values_list("question", flat=True)) == {
        "investigations",
        "prosecutions",
        "convictions",
        "victims_identified",
        "money_for_victims",
    }


# --- What happened ----------------------------------------------------------------------------------------------------


def test_readings_say_no_data_where_the_record_has_no_figure(whole_record):
    output = {
        name: [row.display_value for row in Reading.objects.filter(indicator__name=name).order_by("starts_on")]
        for name in Indicator.objects.values_list("name", flat=True)
    }
    assert output == {
        "Investigations begun": ["0", "4", "10"],
        "Prosecutions": ["0", "4", "16"],
        "Convictions": ["0", "1", "1"],
        "Victims identified": ["not reported", "not reported", "More, no figure"],
        "Government money for victims": ["0", "not reported", "not reported"],
        "Officials trained": ["not reported", "not reported", "More, no figure"],
        "Districts with a police focal point": ["not reported", "not reported", "not reported"],
        "Districts whose focal point is trained": [],
        "Quarters in which the committee met": [],
    }
    assert set(ReadingPart.objects.values_list("reading__indicator__name", "category", "figure")) == {
        ("Investigations begun", "Labour trafficking", 5),
        ("Investigations begun", "Unspecified", 5),
        ("Prosecutions", "Labour trafficking", 6),
        ("Prosecutions", "Sex trafficking", 10),
    }


def test_readings_are_recorded_with_the_edition_that_reports_them(whole_record):
    recorded_on = {
        (row.indicator.name, row.starts_on.year): local_day(row.recorded_at) for row in Reading.objects.all()
    }
    assert recorded_on["Prosecutions", 2020] == date(2022, 7, 21)
    assert recorded_on["Investigations begun", 2020] == date(2021, 7, 1)
    assert {day for (_, year), day in recorded_on.items() if year == 2021} == {date(2022, 7, 21)}
    assert {day.year for (_, year), day in recorded_on.items() if year == 2019} == {2020}


def test_dialogue_has_its_participants(whole_record):
    dialogue = Dialogue.objects.get()
    assert (dialogue.held_on, dialogue.place, dialogue.source) == (
        date(2021, 11, 8),
        "The Ambassador's residence, Maseru",
        STATEMENT,
    )
    assert set(Participant.objects.values_list("name", "office", "presence")) == {
        ("Motlalentoa Letsosa", "Minister of Home Affairs", "in_person"),
        ("Sekola", "Minister of Police and Public Safety", "in_person"),
        ("Rakuoane", "Minister of Justice and Law", "in_person"),
        ("Rebecca E. Gonzales", "Ambassador of the United States", "in_person"),
        ("", "Regional security team, Maseru", "in_person"),
        ("", "Regional security team, Cape Town", "video"),
        ("", "Office to Monitor and Combat Trafficking in Persons, Washington", "video"),
    }


def test_commitments_have_no_date_agreed_but_for_next_years_money(whole_record):
    made = CommitmentEvent.objects.select_related("commitment__ministry")
    assert {event.kind for event in made} == {CommitmentEventKind.MADE}
    assert [
        (
            event.commitment.maker,
            event.happened_on,
            event.due_on,
            [(link.benchmark.key, link.reach) for link in event.commitment.links.all()],
        )
        for event in made.order_by("commitment")
    ] == [
        (
            "Ministry of Police and Public Safety",
            date(2021, 11, 8),
            None,
            [("3a", "contributes"), ("3b", "contributes")],
        ),
        ("Ministry of Justice and Law", date(2021, 11, 8), None, [("2a", "contributes")]),
        ("Ministry of Justice and Law", date(2021, 11, 8), None, [("1d", "meets")]),
        ("United States", date(2021, 11, 8), None, [("7a", "contributes")]),
        (
            "Ministry of Home Affairs",
            date(2021, 11, 11),
            date(2023, 3, 31),
            [("5a", "contributes"), ("6a", "contributes")],
        ),
    ]


def test_evidence_has_its_source_and_the_moment_it_became_known(whole_record):
    rows = Evidence.objects.all()
    assert {(row.source, local_day(row.recorded_at)) for row in rows} == {
        (NARRATIVES[2021], date(2021, 7, 1)),
        (STATEMENT, date(2021, 11, 8)),
        (PRESS, date(2021, 11, 11)),
        (PRESS, date(2021, 11, 12)),
        (NARRATIVES[2022], date(2022, 7, 21)),
    }
    assert {row.happened_from for row in rows.filter(source=STATEMENT)} == {None}
    assert {local_day(row.recorded_at) - row.happened_to for row in rows.filter(happened_from=None)} == {
        date.resolution * 0
    }


def test_evidence_says_who_did_it(whole_record):
    done_by = {
        evidence_link.benchmark.key: evidence_link.evidence.done_by for evidence_link in EvidenceLink.objects.all()
    }
    assert done_by["4a"] == done_by["4b"] == DoneBy.JOINT
    assert done_by["6b"] == DoneBy.CIVIL_SOCIETY
    assert Evidence.objects.get(done_by=DoneBy.UNITED_STATES).evidence_links.get().shows == SupportKind.CONTEXT


def test_only_what_the_2022_report_confirms_is_verified(whole_record):
    verified = {
        (review.evidence.title.split(",")[0], review.evidence_link.benchmark.key if review.evidence_link else "")
        for review in EvidenceReview.objects.all()
    }
    procedures = "Procedures for identifying victims and referral mechanism adopted and in use"
    assert verified == {
        ("10 investigations begun", ""),
        ("16 prosecutions", ""),
        ("One conviction", ""),
        ("More victims identified than before", ""),
        ("Training of officials increased", ""),
        ("National action plan 2021–2026 launched", "10a"),
        (procedures, "4a"),
        (procedures, "4b"),
        ("Government funding of shelter", "6a"),
        ("Training of officials increased", "7a"),
        ("Money for the national action plan", "10a"),
        ("Public awareness work increased", "10c"),
        ("One conviction", "1c"),
        ("Jurisdiction of the magistrates' courts not amended", "2a"),
        ("Jurisdiction of the magistrates' courts not amended", "2b"),
        ("Cases against implicated officials still pending", "1d"),
        ("One charity still gives all shelter and services", "6b"),
    }
    assert EvidenceReview.objects.count() == len(verified)
    assert set(EvidenceReview.objects.values_list("decision", "recorded_by__name")) == {
        (EvidenceDecision.VERIFIED, "TIP Report 2022")
    }
    assert {local_day(review.recorded_at) for review in EvidenceReview.objects.all()} == {date(2022, 7, 21)}
    claims = EvidenceLink.objects.filter(reviews=None, shows=SupportKind.ACTION)
    assert sorted(claim.benchmark.key for claim in claims) == ["10b", "10c", "10c", "1b", "5a", "6a", "6a"]


def test_the_2022_report_assesses_benchmarks(whole_record):
    assert {row.benchmark.key: row.verdict for row in Assessment.objects.all()} == {
        "1c": Verdict.STALLED,
        "1d": Verdict.STALLED,
        "2a": Verdict.STALLED,
        "2b": Verdict.STALLED,
        "4a": Verdict.MET,
        "4b": Verdict.MET,
        "6a": Verdict.STEP,
        "6b": Verdict.STALLED,
        "7a": Verdict.STEP,
        "10a": Verdict.MET,
        "10c": Verdict.MET,
    }
    plan = Assessment.objects.get(benchmark=benchmark("10a"))
    assert {ground.evidence.title for ground in plan.grounds.all()} == {
        "National action plan 2021–2026 launched",
        "Money for the national action plan",
    }


def test_accounts_of_sources_cannot_sign_in(whole_record):
    sources = User.objects.get_queryset()
    assert {user.name for user in sources} == {"Public sources", "TIP Report 2022"}
    for user in sources:
        assert (user.is_active, user.has_usable_password(), user.role) == (False, False, Role.OFFICER)
        assert [country.code for country in user.countries.all()] == ["LSO"]


@pytest.mark.parametrize(
    ("as_of", "known_by", "expected"),
    [
        (date(2021, 11, 8), date(2021, 11, 30), (0, 15 + Fraction(1, 12), False)),
        (date(2022, 2, 28), END_OF_RECORD, (7 + Fraction(1, 6), 15 + Fraction(5, 6), True)),
        (date(2022, 3, 31), date(2022, 2, 28), (0, 15 + Fraction(5, 6), False)),
        (date(2022, 3, 31), END_OF_RECORD, (60 + Fraction(1, 2), 61 + Fraction(1, 4), True)),
    ],
)
def test_public_record_gives_the_worked_cases(whole_record, as_of, known_by, expected):
    readiness = evaluate_readiness(
        gather_facts(Edition.objects.get(year=2021)),
        as_of=as_of,
        known_by=datetime.combine(known_by, time(23, 59), MASERU),
    )
    assert (readiness.score, readiness.claimed.points, readiness.is_reviewed) == expected


# --- Loading again, and loading early ---------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(whole_record):
    before = all_rows()
    assert load() == "Lesotho: 0 facts written, 155 already loaded.\n"
    assert all_rows() == before


def test_entries_not_yet_known_are_left_out_and_counted():
    output = load()
    assert output == (
        "Lesotho: 104 facts written, 0 already loaded.\n"
        "51 facts are not known yet on 28 January 2022 and were left out.\n"
    )
    assert not Edition.objects.filter(year=2022).exists()
    assert not Reading.objects.filter(indicator__name="Prosecutions", starts_on=date(2020, 4, 1)).exists()
    assert not EvidenceReview.objects.exists()
    assert not Assessment.objects.exists()
    assert User.objects.get_queryset().count() == 1


def test_a_later_load_adds_what_became_known(set_clock):
    load()
    early = {row["id"]: row for row in all_rows()["dialogues.Evidence"]}
    set_clock(END_OF_RECORD)
    assert load() == "Lesotho: 51 facts written, 104 already loaded.\n"
    late = {row["id"]: row for row in all_rows()["dialogues.Evidence"]}
    assert early.items() < late.items()
    assert len(late) == len(EVIDENCE)
    assert Edition.objects.filter(year=2022).exists()


@pytest.mark.day("2022-07-20")
def test_one_day_before_the_report_nothing_of_it_is_known():
    load()
    assert not Evidence.objects.filter(source=NARRATIVES[2022]).exists()


def test_every_fact_has_its_entry_in_the_log(whole_record):
    entries = AuditEntry.objects.filter(verb__endswith=".loaded").exclude(verb="user.loaded")
    assert entries.count() == 155
    assert entries.filter(verb="evidence.loaded", by__name="Public sources").count() == len(EVIDENCE)
    assert entries.filter(verb="assessment.loaded", by__name="TIP Report 2022").count() == 11
    assert set(entries.values_list("country__code", flat=True)) == {"LSO"}
    assert audit.find_log_fault() is None


def test_the_log_of_the_record_can_be_translated(whole_record):
    with pseudo_languages():
        assert list_untranslated_verbs() == []
        assert list_untranslated_fields() == set()


def test_loading_asks_once_for_readiness(whole_record):
    assert [(job.kind, job.key) for job in Job.objects.all()] == [("readiness", str(Edition.objects.get(year=2021).pk))]


def test_redacted_or_changed_rows_are_not_loaded_again(whole_record):
    prosecutions = Evidence.objects.filter(title="16 prosecutions")
    for row in prosecutions:
        redact_text(row, "title")
    prosecutions.update(title="[redacted]")
    Recommendation.objects.filter(number=2).update(text="As somebody put it right")
    before = all_rows()
    load()
    assert all_rows() == before


def test_entries_of_a_kind_differ_in_their_moment():
    for lines in (EVIDENCE, COMMITMENTS):
        assert len({line.recorded_at for line in lines}) == len(lines)


# --- The exercise -----------------------------------------------------------------------------------------------------


@pytest.fixture
def exercise():
    """The public record and the exercise, on 28 January 2022 at 9:00."""
    return load_cached(load, "--exercise")


def exercise_statuses(day=date(2022, 1, 28)):
    made_up = Commitment.objects.filter(EXERCISE).with_status(day)
    return {row.text.removeprefix("Exercise: "): (row.status, row.slips) for row in made_up}


def test_exercise_shows_every_state_of_a_commitment(exercise):
    assert exercise_statuses() == {
        "name a police focal point in each of the ten districts": (CommitmentStatus.OPEN, 1),
        "train the district focal points": (CommitmentStatus.WITH_EMBASSY, 0),
        "release the quarter's budget of the trafficking and smuggling unit": (CommitmentStatus.VERIFIED, 0),
        "send the figures of investigations from April to December": (CommitmentStatus.VERIFIED, 0),
        "send the figures of prosecutions from April to December": (CommitmentStatus.WITH_EMBASSY, 0),
        "bring the amendment of the Subordinate Courts Act before Parliament": (CommitmentStatus.OPEN, 0),
        "report every quarter on the cases against officials": (CommitmentStatus.WITHDRAWN, 0),
        "draft higher penalties for the Children's Protection and Welfare Act": (CommitmentStatus.OPEN, 0),
        "finish the procedures for identifying victims": (CommitmentStatus.OPEN, 0),
        "have the committee meet in every quarter": (CommitmentStatus.WITH_EMBASSY, 0),
        "put the rules for spending the Trust Fund in force": (CommitmentStatus.OPEN, 1),
        "agree with a second provider of shelter": (CommitmentStatus.OVERDUE, 0),
        "give a course for investigators": (CommitmentStatus.OPEN, 0),
    }
    # A ministry's withdrawal of what it sent is left to whoever tries the demonstration.
    shown = set(CommitmentEventKind) - {CommitmentEventKind.REPORT_WITHDRAWN}
    assert set(CommitmentEvent.objects.values_list("kind", flat=True)) == shown
    assert {
        ministry.short_name: ministry.commitments.filter(EXERCISE).count() for ministry in Ministry.objects.all()
    } == {"Home Affairs": 4, "Police and Public Safety": 4, "Justice and Law": 4}
    assert Commitment.objects.filter(EXERCISE, made_by=MadeBy.UNITED_STATES).count() == 1


def test_exercise_shows_every_state_of_an_update_and_of_evidence(exercise):
    assert UpdateVersion.objects.undecided().count() == 3
    decisions = UpdateVersionDecision.objects.exclude(update_version__update__commitment=None)
    assert decisions.filter(decision=UpdateDecision.RETURNED).count() == 2
    assert decisions.filter(decision=UpdateDecision.ACCEPTED).count() == 6
    assert set(Assessment.objects.values_list("verdict", flat=True)) == set(Verdict)
    assert set(EvidenceReview.objects.values_list("decision", flat=True)) == set(EvidenceDecision)
    own = Evidence.objects.filter(EXERCISE)
    assert set(own.values_list("sensitivity", flat=True)) == set(Sensitivity)
    assert own.filter(reviews=None, update_version=None).exists()
    assert own.filter(happened_to__lt=date(2021, 4, 1), reviews__decision=EvidenceDecision.VERIFIED).exists()
    assert own.filter(done_by=DoneBy.INTERNATIONAL, reviews__recorded_by__role=Role.AMBASSADOR).exists()
    figures = Reading.objects.filter(EXERCISE)
    assert set(figures.values_list("evidence__reviews__decision", flat=True)) == {EvidenceDecision.VERIFIED, None}
    assert not figures.filter(evidence=None).exists()
    assert all(figure.through_on < date(2022, 3, 31) for figure in figures)


def test_proof_of_what_is_done_is_a_pdf_that_says_exercise(exercise):
    done = CommitmentEvent.objects.filter(kind=CommitmentEventKind.VERIFIED_DONE)
    assert done.count() == 3
    for event in done:
        file = EvidenceFile.objects.get(evidence__update_version=event.update_version)
        assert (file.media_type, file.name[:9]) == ("application/pdf", "exercise-")
        with file.file.open() as content:
            assert b"EXERCISE" in content.read()


def test_every_text_of_the_exercise_says_so(exercise):
    stands_for_itself = {"law", "currency", "baseline_source", "received_sha256", "stored_sha256", "media_type", "file"}
    stands_beside_another = {Dialogue: {"purpose"}, Evidence: {"source"}}  # after the place, and after who stated it
    checked_texts = 0
    for model in apps.get_app_config("dialogues").get_models():
        names = {field.name for field in model._meta.get_fields()}
        person_field = "recorded_by" if "recorded_by" in names else "uploaded_by" if "uploaded_by" in names else None
        texts = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in stands_for_itself
        ]
        rows = model.objects.filter(**{f"{person_field}__email__endswith": "@demo.example"}) if person_field else []
        for row in rows:
            # What came with an update names the ministry and the update; its title and narrative say what it is.
            sent = {"source", "stated_by"} if getattr(row, "update_version", None) else set()
            said_before = sent | stands_beside_another.get(model, set())
            for name in texts:
                if (text := getattr(row, name)) and name not in said_before:
                    assert "exercise" in text.lower(), (model, name, text)
                    checked_texts += 1
    assert checked_texts > 90
    offices = Participant.objects.filter(dialogue__recorded_by__email__endswith="@demo.example")
    assert all("Exercise" in office for office in offices.values_list("office", flat=True))


def test_exercise_leaves_the_public_record_as_it_is(exercise):
    for model in (Evidence, Reading, Commitment, Dialogue, CommitmentEvent):
        assert model.objects.filter(recorded_by__name="Public sources").exists()
    assert not EvidenceReview.objects.filter(evidence__recorded_by__name="Public sources").exists()
    assert not UpdateVersion.objects.filter(update__commitment__recorded_by__name="Public sources").exists()


def test_exercise_is_over_before_the_demonstration_begins(exercise, set_clock):
    assert "60 steps played" in exercise
    assert "still to come" not in exercise
    for steps in STEPS_OF_EXERCISE:
        assert [step.at for step in steps] == sorted(step.at for step in steps)
        assert steps[-1].at < datetime(2022, 1, 28, 9, tzinfo=MASERU)
        assert all(step.log for step in steps)


def test_exercise_has_the_outline_with_what_answers_each_question(exercise):
    questions = {row.number: row for row in Question.objects.with_mapping()}
    assert list(questions) == [str(number) for number in range(1, 21)]
    assert all(row.is_mapping_confirmed for row in questions.values())
    benchmarks = {number: {each.key for each in row.benchmarks.all()} for number, row in questions.items()}
    indicators = {number: {each.name for each in row.indicators.all()} for number, row in questions.items()}
    assert benchmarks["3"] == {"2a", "2b", "9a", "9b"}
    assert questions["3"].evidence_kinds == ["law"]
    assert "Officials trained" in indicators["8"]
    assert benchmarks["8"] == {"3c", "7a", "7b"}
    assert benchmarks["11"] == {"5a", "5b", "6a", "6b"}
    assert benchmarks["13"] == {"10a", "10b"}
    assert {number: names for number, names in indicators.items() if number in "456"} == {
        "4": {"Investigations begun"},
        "5": {"Prosecutions"},
        "6": {"Convictions"},
    }


def test_exercise_shows_a_request_in_each_state_and_adds_nothing_to_readiness(exercise):
    requests = InformationRequest.objects.with_history()
    standings = {row.ministry.short_name: row.standing_on(date(2022, 1, 28)) for row in requests.order_by("-pk")}
    assert {name: (standing.status, standing.number_answered) for name, standing in standings.items()} == {
        "Home Affairs": (RequestStatus.ANSWERED, 2),
        "Justice and Law": (RequestStatus.PARTLY_ANSWERED, 2),
        "Police and Public Safety": (RequestStatus.OVERDUE, 0),
    }
    withdrawn = requests.order_by("pk").last()
    assert withdrawn.standing_on(date(2022, 1, 28)).status is RequestStatus.WITHDRAWN
    assert all(line.wording.startswith("Exercise:") or line.indicator for row in requests for line in row.lines.all())
    assert not Evidence.objects.exclude(information_request=None).exists()


def test_exercise_leaves_readiness_below_the_readiness_target(exercise):
    readiness = evaluate_readiness(gather_facts(Edition.objects.get(year=2021)), as_of=date(2022, 1, 28))
    assert 20 < readiness.score < 30
    assert 35 < readiness.claimed.points < readiness.readiness_target


def test_exercise_leaves_one_commitment_overdue_and_the_action_plan_not_presented(exercise):
    readiness = evaluate_readiness(gather_facts(Edition.objects.get(year=2021)), as_of=date(2022, 1, 28))
    silent = {row.id for check in readiness.checks if check.kind is ProblemKind.PAST_DUE for row in check.rows}
    assert [check.sentence for check in readiness.checks] == [
        "A commitment was due on 14 January 2022, 14 days ago. No update received.",
        "10 open commitments have no agreed proof.",
        "Action plan presented by the Department to the government: due on 28 December 2021 and not recorded as done.",
    ]
    assert Commitment.objects.get(pk__in=silent).text == "Exercise: agree with a second provider of shelter"


def test_exercise_prepares_a_dialogue_that_can_meet_five_of_five(exercise):
    """Four are met before the dialogue. The fifth is met once the figures are discussed there."""
    officer = User.objects.get_queryset().get(email="officer@demo.example")
    dialogue, edition = Dialogue.objects.get(held_on=date(2022, 2, 24)), Edition.objects.get(year=2021)
    numbers = gather_numbers(officer, dialogue, edition, today=date(2022, 1, 28))
    assert [point.number for point in check_points(numbers.facts) if point.state == "met"] == [1, 3, 5, 6]

    entries = [DiscussionInput(line.chosen, is_discussed=True) for line in numbers.active]
    record_discussion(
        dialogue=dialogue, edition=edition, entries=entries, by=officer, now=datetime(2022, 2, 24, 16, tzinfo=MASERU)
    )
    after = gather_numbers(officer, dialogue, edition, today=date(2022, 2, 24))
    assert count_met(check_points(after.facts)) == 5


def test_exercise_people_have_no_password_yet(exercise):
    people = User.objects.get_queryset().filter(email__endswith="@demo.example")
    assert {user.email.split("@")[0]: user.role for user in people} == {
        "officer": Role.OFFICER,
        "second.officer": Role.OFFICER,
        "ambassador": Role.AMBASSADOR,
        "home.affairs": Role.FOCAL_POINT,
        "police": Role.FOCAL_POINT,
        "justice": Role.FOCAL_POINT,
        "observer": Role.OBSERVER,
        "admin": Role.ADMINISTRATOR,
    }
    assert all(user.name.startswith("Exercise ") and user.is_active for user in people)
    assert not any(user.has_usable_password() for user in people)


def test_exercise_twice_changes_nothing(exercise):
    before = all_rows()
    assert "0 steps played, 60 played before" in load("--exercise")
    assert all_rows() == before


@pytest.mark.day("2021-12-15")
def test_exercise_goes_on_where_it_stopped(set_clock):
    output = load("--exercise")
    assert "15 steps played" in output
    assert "45 steps are still to come on 15 December 2021 and were left out." in output
    assert exercise_statuses(date(2021, 12, 15))["put the rules for spending the Trust Fund in force"] == (
        CommitmentStatus.VERIFIED,
        0,
    )
    set_clock(date(2022, 1, 28))
    assert "45 steps played, 15 played before" in load("--exercise")
    assert set(Assessment.objects.values_list("verdict", flat=True)) == set(Verdict)


@pytest.mark.day("2021-06-30")
def test_exercise_before_its_edition_is_refused():
    with pytest.raises(CommandError, match="Set the clock to a later day"):
        load("--exercise")
    assert not Country.objects.exists()


@pytest.mark.day("2026-11-26")
def test_exercise_uses_what_was_known_at_its_time_whatever_the_day():
    output = load("--exercise")
    assert "155 facts written, 0 already loaded" in output
    assert "155 already loaded" in load("--exercise")
    assert "60 steps played" in output


@pytest.mark.day("2026-11-26")
def test_exercise_is_refused_once_later_entries_are_loaded():
    load()
    with pytest.raises(CommandError, match="Start with an empty database"):
        load("--exercise")
    assert not User.objects.get_queryset().filter(email__endswith="@demo.example").exists()


def test_exercise_is_for_the_demonstration_alone(settings):
    """Invented updates must not enter a real record."""
    settings.DEMONSTRATION = False

    with pytest.raises(CommandError, match="The exercise is made up and runs only in the demonstration"):
        call_command("load_lesotho", "--exercise")

    assert not Country.objects.exists()
