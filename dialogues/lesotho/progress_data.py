"""Lesotho, from the public record: the dialogue, commitments, evidence and assessments. No Django here.

The record contains no figure that its sources don't give. Evidence whose start date is unknown ("by 8 November") has
none; it was recorded on its last day.
"""

from datetime import date, datetime

from dialogues.choices import CommitmentReach, DoneBy, EvidenceKind, MadeBy, SupportKind, Verdict
from dialogues.lesotho.edition_data import (
    MINISTRY_HOME,
    MINISTRY_JUSTICE,
    MINISTRY_POLICE,
    NARRATIVE_2021,
    NARRATIVE_2022,
    PRESS,
    STATEMENT,
)
from dialogues.lesotho.entries import (
    AssessmentEntry,
    CommitmentEntry,
    DialogueEntry,
    EvidenceEntry,
    ParticipantEntry,
    RecordEntry,
    VerificationEntry,
    known_at,
)
from dialogues.lesotho.figures_data import READINGS, THIS_YEAR

DIALOGUE_DAY = date(2021, 11, 8)
PRESS_DAY = date(2021, 11, 11)


DIALOGUE = DialogueEntry(
    held_on=DIALOGUE_DAY,
    place="The Ambassador's residence, Maseru",
    purpose="Bilateral dialogue on trafficking in persons",
    record=(
        "The Ambassador praised that government money for shelter and protective services had begun, the outreach to"
        " communities and officials, and the Memorandum of Cooperation signed between the embassy and the Ministry of"
        " Police. She named 28 February 2022 as the deadline. Beautiful Dreams Society is the shelter partner."
    ),
    agreed=(
        "The funding of the police unit and a focal point in all ten districts are to be sustained. Next steps follow"
        " on the courts' jurisdiction, and complicit officials are to be prosecuted. The United States gives law"
        " enforcement training and professional exchanges."
    ),
    source=STATEMENT,
    year=2021,
    agenda=(1, 2, 3, 6, 7, 10),
    participants=(
        ParticipantEntry("Minister of Home Affairs", "Motlalentoa Letsosa", MINISTRY_HOME),
        ParticipantEntry("Minister of Police and Public Safety", "Sekola", MINISTRY_POLICE),
        ParticipantEntry("Minister of Justice and Law", "Rakuoane", MINISTRY_JUSTICE),
        ParticipantEntry("Ambassador of the United States", "Rebecca E. Gonzales"),
        ParticipantEntry("Regional security team, Maseru"),
        ParticipantEntry("Office to Monitor and Combat Trafficking in Persons, Washington", by_video=True),
        ParticipantEntry("Regional security team, Cape Town", by_video=True),
    ),
    recorded_at=known_at(2021, 11, 8),
)

COMMITMENTS = (
    CommitmentEntry(
        text="Sustain the funding of the police trafficking and smuggling unit and a focal point in all ten districts",
        made_on=DIALOGUE_DAY,
        made_by=MadeBy.MINISTRY,
        ministry=MINISTRY_POLICE,
        links=(("3a", CommitmentReach.CONTRIBUTES), ("3b", CommitmentReach.CONTRIBUTES)),
        at_dialogue=DIALOGUE_DAY,
        recorded_at=known_at(2021, 11, 8, minute=1),
    ),
    CommitmentEntry(
        text="Take the next steps on the jurisdiction of the magistrates' courts",
        made_on=DIALOGUE_DAY,
        made_by=MadeBy.MINISTRY,
        ministry=MINISTRY_JUSTICE,
        links=(("2a", CommitmentReach.CONTRIBUTES),),
        at_dialogue=DIALOGUE_DAY,
        recorded_at=known_at(2021, 11, 8, minute=2),
    ),
    CommitmentEntry(
        text="Prosecute complicit officials",
        made_on=DIALOGUE_DAY,
        made_by=MadeBy.MINISTRY,
        ministry=MINISTRY_JUSTICE,
        links=(("1d", CommitmentReach.MEETS),),
        at_dialogue=DIALOGUE_DAY,
        recorded_at=known_at(2021, 11, 8, minute=3),
    ),
    CommitmentEntry(
        text="Law enforcement training and professional exchanges",
        made_on=DIALOGUE_DAY,
        made_by=MadeBy.UNITED_STATES,
        links=(("7a", CommitmentReach.CONTRIBUTES),),
        at_dialogue=DIALOGUE_DAY,
        recorded_at=known_at(2021, 11, 8, minute=4),
    ),
    CommitmentEntry(
        text="Move more money to the account for victims' matters in fiscal year 2022/23",
        made_on=PRESS_DAY,
        made_by=MadeBy.MINISTRY,
        ministry=MINISTRY_HOME,
        links=(("5a", CommitmentReach.CONTRIBUTES), ("6a", CommitmentReach.CONTRIBUTES)),
        due_on=date(2023, 3, 31),
        letter=PRESS,
        recorded_at=known_at(2021, 11, 11),
    ),
)


def _reported_in_november(
    key: str,
    title: str,
    recorded_at: datetime,
    *bearings: tuple[str, SupportKind],
    stated_by: str,
    source: str,
    done_by: DoneBy = DoneBy.GOVERNMENT,
    kind: EvidenceKind = EvidenceKind.STATEMENT,
    happened_from: date | None = None,
) -> EvidenceEntry:
    """Return evidence reported as done "by" a day: the day on which it was reported is its last day."""
    day = recorded_at.date()
    return EvidenceEntry(key, title, kind, happened_from, day, done_by, stated_by, source, recorded_at, bearings)


def _reported_in_2022(
    key: str,
    title: str,
    minute: int,
    *bearings: tuple[str, SupportKind],
    kind: EvidenceKind = EvidenceKind.REPORT,
    done_by: DoneBy = DoneBy.GOVERNMENT,
) -> EvidenceEntry:
    """Return evidence that the 2022 edition reports without a date: it covers the whole period."""
    return EvidenceEntry(
        key=key,
        title=title,
        kind=kind,
        happened_from=THIS_YEAR.starts_on,
        happened_to=THIS_YEAR.ends_on,
        done_by=done_by,
        stated_by="TIP Report 2022",
        source=NARRATIVE_2022,
        recorded_at=known_at(2022, 7, 21, minute=minute),
        bearings=bearings,
    )


EVIDENCE = (
    EvidenceEntry(
        key="amendment act",
        title=(
            "Anti-Trafficking in Persons (Amendment) Act: every form of sex trafficking a crime, no fine in place of"
            " prison"
        ),
        kind=EvidenceKind.LAW,
        happened_from=date(2021, 1, 1),
        happened_to=date(2021, 1, 31),
        done_by=DoneBy.GOVERNMENT,
        stated_by="TIP Report 2021",
        source=NARRATIVE_2021,
        recorded_at=known_at(2021, 7, 1),
        bearings=(("1c", SupportKind.CONTEXT),),
    ),
    _reported_in_november(
        "money for shelter begun",
        "Government money for shelter and protective services begun",
        known_at(2021, 11, 8, minute=5),
        ("6a", SupportKind.ACTION),
        stated_by="Ministry of Home Affairs",
        source=STATEMENT,
    ),
    _reported_in_november(
        "outreach",
        "Outreach to communities and officials",
        known_at(2021, 11, 8, minute=6),
        ("10c", SupportKind.ACTION),
        stated_by="Ministry of Home Affairs",
        source=STATEMENT,
    ),
    _reported_in_november(
        "memorandum",
        "Memorandum of Cooperation signed between the embassy and the Ministry of Police",
        known_at(2021, 11, 8, minute=7),
        ("3a", SupportKind.CONTEXT),
        stated_by="U.S. Embassy Maseru",
        source=STATEMENT,
        done_by=DoneBy.JOINT,
    ),
    EvidenceEntry(
        key="plan launched",
        title="National action plan 2021–2026 launched",
        kind=EvidenceKind.PRESS,
        happened_from=date(2021, 4, 1),
        happened_to=date(2021, 9, 30),
        done_by=DoneBy.GOVERNMENT,
        stated_by="Lesotho press",
        source=PRESS,
        recorded_at=known_at(2021, 11, 11, minute=1),
        bearings=(("10a", SupportKind.ACTION),),
    ),
    _reported_in_november(
        "account opened",
        "Bank account for victims' matters opened and money moved to it",
        known_at(2021, 11, 11, minute=2),
        ("5a", SupportKind.ACTION),
        ("6a", SupportKind.ACTION),
        stated_by="The government, in the press",
        source=PRESS,
        kind=EvidenceKind.PRESS,
    ),
    _reported_in_november(
        "committee",
        "Multi-sectoral committee said to be fully functional",
        known_at(2021, 11, 11, minute=3),
        ("10b", SupportKind.ACTION),
        stated_by="The government, in the press",
        source=PRESS,
        kind=EvidenceKind.PRESS,
    ),
    _reported_in_november(
        "cases referred",
        "Eight cases with the Director of Public Prosecutions, summonses issued",
        known_at(2021, 11, 11, minute=4),
        ("1b", SupportKind.ACTION),
        stated_by="The government, in the press",
        source=PRESS,
        kind=EvidenceKind.PRESS,
    ),
    _reported_in_november(
        "awareness meeting",
        "Awareness meeting with taxi operators, diaspora, mine workers and South African police",
        known_at(2021, 11, 12),
        ("10c", SupportKind.ACTION),
        stated_by="Lesotho press",
        source=PRESS,
        kind=EvidenceKind.PRESS,
        happened_from=date(2021, 11, 12),
    ),
    _reported_in_november(
        "campaign planned",
        "Awareness campaign planned in South African towns",
        known_at(2021, 11, 12, minute=1),
        ("10c", SupportKind.PLAN),
        stated_by="Lesotho press",
        source=PRESS,
        kind=EvidenceKind.PRESS,
        happened_from=date(2021, 11, 12),
    ),
    _reported_in_2022(
        "investigations", "10 investigations begun, 3 more continued from before", 0, kind=EvidenceKind.STATISTIC
    ),
    _reported_in_2022("prosecutions", "16 prosecutions", 1, kind=EvidenceKind.STATISTIC),
    _reported_in_2022(
        "conviction",
        "One conviction, ten years in prison, suspended",
        2,
        ("1c", SupportKind.NO_ACTION),
        kind=EvidenceKind.STATISTIC,
    ),
    _reported_in_2022(
        "victims", "More victims identified than before, no figure given", 3, kind=EvidenceKind.STATISTIC
    ),
    _reported_in_2022(
        "procedures",
        "Procedures for identifying victims and referral mechanism adopted and in use, made with the help of the"
        " International Organization for Migration",
        4,
        ("4a", SupportKind.ACTION),
        ("4b", SupportKind.ACTION),
        done_by=DoneBy.JOINT,
    ),
    _reported_in_2022(
        "shelter money",
        "Government funding of shelter, still nascent",
        5,
        ("6a", SupportKind.ACTION),
        kind=EvidenceKind.BUDGET,
    ),
    _reported_in_2022(
        "training",
        "Training of officials increased, no figure given",
        6,
        ("7a", SupportKind.ACTION),
        kind=EvidenceKind.TRAINING,
    ),
    _reported_in_2022(
        "american training",
        "Part of the training was given by the United States",
        7,
        ("7a", SupportKind.CONTEXT),
        kind=EvidenceKind.TRAINING,
        done_by=DoneBy.UNITED_STATES,
    ),
    _reported_in_2022(
        "plan money", "Money for the national action plan", 8, ("10a", SupportKind.ACTION), kind=EvidenceKind.BUDGET
    ),
    _reported_in_2022("awareness", "Public awareness work increased", 9, ("10c", SupportKind.ACTION)),
    _reported_in_2022(
        "jurisdiction",
        "Jurisdiction of the magistrates' courts not amended",
        10,
        ("2a", SupportKind.NO_ACTION),
        ("2b", SupportKind.NO_ACTION),
    ),
    _reported_in_2022(
        "officials' cases", "Cases against implicated officials still pending", 11, ("1d", SupportKind.NO_ACTION)
    ),
    _reported_in_2022(
        "one charity",
        "One charity still gives all shelter and services",
        12,
        ("6b", SupportKind.NO_ACTION),
        done_by=DoneBy.CIVIL_SOCIETY,
    ),
)


_VERIFIED_PARTS: tuple[tuple[str, str], ...] = (
    ("investigations", ""),
    ("prosecutions", ""),
    ("conviction", ""),
    ("victims", ""),
    ("training", ""),
    ("plan launched", "10a"),
    ("procedures", "4a"),
    ("procedures", "4b"),
    ("shelter money", "6a"),
    ("training", "7a"),
    ("plan money", "10a"),
    ("awareness", "10c"),
    ("conviction", "1c"),
    ("jurisdiction", "2a"),
    ("jurisdiction", "2b"),
    ("officials' cases", "1d"),
    ("one charity", "6b"),
)
"""All that is verified: a piece of evidence, and the benchmark of the verified link ("": the evidence itself)."""

VERIFICATIONS = tuple(
    VerificationEntry(evidence, benchmark, f"So reported. Source: {NARRATIVE_2022}.", known_at(2022, 7, 21, hour=12))
    for evidence, benchmark in _VERIFIED_PARTS
)


def _assessment(benchmark: str, verdict: Verdict, rationale: str, law: str, *evidence: str) -> AssessmentEntry:
    return AssessmentEntry(benchmark, verdict, rationale, law, evidence, known_at(2022, 7, 21, hour=15))


_LAW_TIER_2 = "22 U.S.C. 7107(b), Tier 2"

ASSESSMENTS = (
    _assessment(
        "1c",
        Verdict.STALLED,
        "The one sentence was suspended: no prison term is served.",
        f"{_LAW_TIER_2}; 7106(b)(1)",
        "conviction",
    ),
    _assessment(
        "1d",
        Verdict.STALLED,
        "The cases against implicated officials are still pending.",
        f"{_LAW_TIER_2}; 7106(b)(7)",
        "officials' cases",
    ),
    _assessment(
        "2a", Verdict.STALLED, "The jurisdiction was not amended.", f"{_LAW_TIER_2}; 7106(b)(1)", "jurisdiction"
    ),
    _assessment(
        "2b", Verdict.STALLED, "The jurisdiction was not amended.", f"{_LAW_TIER_2}; 7106(b)(1)", "jurisdiction"
    ),
    _assessment(
        "4a",
        Verdict.MET,
        "The procedures and the referral mechanism were adopted.",
        f"{_LAW_TIER_2}; 7106(b)(2)",
        "procedures",
    ),
    _assessment("4b", Verdict.MET, "The procedures are in use.", f"{_LAW_TIER_2}; 7106(b)(2)", "procedures"),
    _assessment(
        "6a",
        Verdict.STEP,
        "Government funding of shelter has begun and is still nascent.",
        f"{_LAW_TIER_2}; 7106(b)(2)",
        "shelter money",
    ),
    _assessment(
        "6b",
        Verdict.STALLED,
        "One charity still gives all shelter and services.",
        f"{_LAW_TIER_2}; 7106(b)(2)",
        "one charity",
    ),
    _assessment(
        "7a",
        Verdict.STEP,
        "Training increased, but no figure is given to compare with the year before.",
        f"{_LAW_TIER_2}; 7106(b)(1), (2)",
        "training",
    ),
    _assessment(
        "10a",
        Verdict.MET,
        "The plan was launched, and money given for it.",
        f"{_LAW_TIER_2}; 7106(b)(3)",
        "plan launched",
        "plan money",
    ),
    _assessment("10c", Verdict.MET, "Public awareness work increased.", f"{_LAW_TIER_2}; 7106(b)(3)", "awareness"),
)

PROGRESS_ENTRIES: tuple[RecordEntry, ...] = (DIALOGUE, *COMMITMENTS, *EVIDENCE, *READINGS, *VERIFICATIONS, *ASSESSMENTS)
"""In an order in which each entry finds what it refers to."""
