"""Contents of documents of any length and with any text, for tests of their layout."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reports.briefings.content.ambassador import (
    AmbassadorBriefing,
    OverdueRequest,
    PrintedAssessment,
    PrintedBenchmark,
    PrintedCheck,
    PrintedCommitment,
    PrintedDialogue,
    PrintedEvidence,
    PrintedEvidenceLink,
    PrintedMilestone,
    PrintedMinistry,
    PrintedMonth,
    PrintedPart,
    PrintedParticipant,
    PrintedQuestion,
    PrintedRecommendation,
    PrintedTrend,
    PrintedUpdate,
    PrintedUpdateVersion,
    ReadinessSummary,
)
from reports.briefings.content.answers import (
    AnswerGroup,
    PrintedAnswer,
    PrintedSentence,
    PrintedSource,
    QuestionAnswers,
)
from reports.briefings.content.dialogue import (
    AgreedStep,
    DialoguePack,
    PackParticipant,
    PrintedAgendaItem,
    PrintedMeeting,
    TalkingPoint,
    TalkingPointList,
)
from reports.briefings.content.ministry import MinistryPage, NeededItem, VerifiedItem
from reports.briefings.content.washington import (
    AssessedBenchmark,
    Indicium,
    IndiciumFact,
    PillarInput,
    PrintedIndicator,
    PrintedLawEntry,
    PrintedStandard,
    VerifiedAction,
    WashingtonInput,
)
from reports.charts.trend import trend_chart
from reports.readiness.explanation.headline import DISCLAIMER
from reports.readiness.explanation.step_display import StepDisplay, StepsDisplay

DAY = date(2022, 1, 28)
MOMENT = datetime(2022, 1, 26, 10, tzinfo=ZoneInfo("Africa/Maseru"))
HASH = "1e7ceb844c3410917c8ff0edc76f5d00a2007e3da7e42d890606dbc522de1874"
LONG_TEXT = (
    "A word after another, as somebody wrote them who had much to tell and little time to make it short. " * 5
)[:400]
PARAGRAPH = " ".join(["It says where readiness is, what comes next, what is overdue and with whom."] * 9)[:-25]
"""A text of nearly as many words as the first paragraph of a briefing may have."""


def commitment(text="Train the posts", **facts):
    return PrintedCommitment(
        **{
            "text": text,
            "ministry": "Ministry of Police and Public Safety",
            "made_on": date(2021, 11, 8),
            "where": "Dialogue of 8 Nov 2021",
            "towards": "3a, 3b",
            "due_on": date(2022, 1, 14),
            "times_moved": 2,
            "state": "overdue",
            "status_text": "overdue by 14 days, no update received",
            **facts,
        }
    )


def benchmark(key="1a", text="More investigations than the year before"):
    return PrintedBenchmark(
        key=key,
        criterion=text,
        rule="Assessed by the embassy",
        share=Decimal("0.5"),
        claimed=Decimal("0.8"),
        figure="a concrete step",
        reason=text,
        assessment=PrintedAssessment(text, "Concrete step: An Officer, 18 Jan 2022", "22 U.S.C. 7107(b), Tier 2"),
        evidence=("E1", "E2"),
        name=f"Subordinate Courts Act: {text}",
    )


def recommendation(number=1, text="Investigate more", benchmarks=3):
    return PrintedRecommendation(
        label=str(number),
        text=text,
        is_reconstruction=number % 2 == 0,
        facts=("TIP Report", "prosecution", "indicia 1, 7", "led by Ministry of Police and Public Safety"),
        points=Decimal("0.8"),
        of=Decimal(3),
        benchmarks=tuple(benchmark(f"{number}{letter}", text) for letter in "abcdefgh"[:benchmarks]),
    )


def evidence(number=1, text="National action plan launched", **facts):
    return PrintedEvidence(
        **{
            "ref": f"E{number}",
            "what": text,
            "kind": "Press",
            "when": "between 1 Apr and 30 Sep 2021",
            "done_by": "Government",
            "stated_by": "Lesotho press",
            "source": "Lesotho press, November 2021",
            "link": "",
            "recorded": "Recorded 11 Nov 2021 by An Officer",
            "state": "claimed",
            "review": "Not reviewed",
            "is_outside": False,
            "note": "",
            "evidence_links": (PrintedEvidenceLink("10a", "a concrete action", "claimed"),),
            "files": (),
            **facts,
        }
    )


def update(text="Train the posts", narrative="Forty officers were trained.", versions=1):
    sent = PrintedUpdateVersion(
        sent="Sent 10 January 2022 by A Focal Point, Police",
        claims="done",
        narrative=narrative,
        figures=("Officers trained: 40, through 10 Jan 2022",),
        evidence=("E1",),
        outcome="accepted",
        decision="Accepted 12 January 2022 by An Officer: the register was seen.",
    )
    return PrintedUpdate(text, "Ministry of Police and Public Safety", "3a", (sent,) * versions)


def dialogue(record="The ministries went through the recommendations.", people=4, **facts):
    return PrintedDialogue(
        **{
            "held_on": date(2021, 11, 8),
            "place": "Maseru",
            "purpose": "Bilateral dialogue",
            "participants": tuple(PrintedParticipant(f"Person {at}", "An office", "in person") for at in range(people)),
            "agenda": ("1. Investigate more", "2. Give courts the power"),
            "record": record,
            "conclusions": "Dates follow.",
            "agreed": (commitment(),),
            **facts,
        }
    )


def trend(months=0, events=(), title="Nothing has been reviewed yet"):
    return PrintedTrend(
        title=title,
        chart=trend_chart(
            [], starts_on=date(2021, 4, 1), ends_on=date(2022, 3, 31), events=events, mark=Decimal(45),
            width=648, size=11, plot_height=96,
        ),
        months=tuple(
            PrintedMonth(date(2021, 1 + at % 12, 28), Decimal("15.7"), Decimal("19.2"), LONG_TEXT)
            for at in range(months)
        ),
    )  # fmt: skip


def part(title="Increasing efforts", reason="Nothing has been reviewed yet.", questions=0):
    return PrintedPart(
        title=title,
        points=Decimal("9.0"),
        claimed=Decimal("12.5"),
        of=Decimal(40),
        verdict="partly shown",
        reason=reason,
        law="22 U.S.C. 7107(b), Watch List (II); 7106(b)(1), (2), (7), (11)",
        questions=tuple(
            PrintedQuestion(f"Question {at}", Decimal("3.5"), Decimal(7), "partly shown", reason)
            for at in range(questions)
        ),
    )


def ambassador_briefing(**facts):
    """Return an ambassador's briefing that is empty except for `facts`."""
    return AmbassadorBriefing(
        **{
            "title": "Lesotho: readiness on 28 January 2022",
            "subtitle": "Ambassador’s briefing · Trafficking in Persons Report, 2021 edition: Tier 2 Watch List",
            "post": "U.S. Embassy, Lesotho",
            "country": "Lesotho",
            "marking": "SENSITIVE BUT UNCLASSIFIED",
            "is_cleared": False,
            "edition": "2021 edition",
            "as_of": DAY,
            "known_by": None,
            "facts_up_to": None,
            "window": "Only concrete actions of the government between 1 April 2021 and 31 March 2022 count.",
            "deadline": date(2022, 2, 28),
            "countdown": "in 31 days",
            "readiness": ReadinessSummary("Nothing has been reviewed yet.", None, None, Decimal(45), "Our target."),
            "parts": tuple(map(part, ("Increasing efforts", "Concrete action", "All three Ps", "Data given"))),
            "checks": (),
            "next_steps": next_steps(0),
            "trend": trend(),
            "commitments_to_follow_up": (),
            "milestones": (),
            "ministries": (),
            "united_states": (),
            "recommendations": (),
            "dialogues": (),
            "updates": (),
            "evidence": (),
            "methodology": "Method version 1.",
            "disclaimer": DISCLAIMER,
            **facts,
        }
    )


def next_steps(number, text="Ask the ministry"):
    """Return next steps, `number` of each kind."""
    steps = tuple(
        StepDisplay(
            kind, text, text, date(2022, 2, 28), Decimal("2.5"), Decimal("8.5"), Decimal("41.9"), at == number - 1
        )
        for kind in ("review", "ask", "keep", "agree")
        for at in range(number)
    )
    return StepsDisplay(
        steps, steps[:number], steps[:number], steps[:number], steps[:number], "With these steps readiness reaches 45."
    )


def full_ambassador_briefing(number=1, text="Investigate more", **facts):
    """Return an ambassador's briefing with `number` rows of everything, all with this text."""
    ministry = PrintedMinistry(
        text,
        f"A. Person, {text}",
        "recommendations 1, 3, 7 and 8",
        f"1 overdue, 2 open. {text}",
        (commitment(text),) * 2,
    )
    return ambassador_briefing(
        **{
            "facts_up_to": MOMENT,
            "readiness": ReadinessSummary(
                f"60.5 of 100 verified, 61.3 claimed; our target is 45; the deadline passed 31 days ago. {text}",
                Decimal("60.5"), Decimal("61.3"), Decimal(45), f"Our target of 45: {text}", Decimal("81.6"),
                "53.3 more points are verified but dated only to a later day: once it has come, the score is 60.5.",
                f"1 year on the Watch List, this edition counted. By law two years running lead to Tier 3. {text}",
                PARAGRAPH,
            ),
            "parts": (part(text, text, 6), part("Concrete action", text), part("All three Ps", text, 3)),
            "checks": tuple(PrintedCheck(text, text, (text,)) for _ in range(number)),
            "next_steps": next_steps(number, text),
            "trend": trend(number, title=text),
            "overdue_requests": (OverdueRequest(text, 14),) * number,
            "commitments_to_follow_up": (commitment(text, ministry=text, status_text=text[:60]),) * number,
            "milestones": tuple(PrintedMilestone(text[:40], DAY, False, "in 4 days") for _ in range(number)),
            "ministries": (ministry,) * number,
            "united_states": (commitment(text),) * number,
            "recommendations": tuple(recommendation(at + 1, text) for at in range(number)),
            "dialogues": (dialogue(text),) * min(number, 5),
            "updates": (update(text, text),) * number,
            "evidence": tuple(evidence(at + 1, text) for at in range(number)),
            **facts,
        }
    )  # fmt: skip


def question_answers(sentences=3, text="The quarter’s budget was released to the unit.", has_sources=True, **facts):
    """Return answers to two questions: one with sentences and remarks, one on which nothing is known."""
    sources = ("Update of the Ministry of Police, number 1",) if has_sources else ()
    answered = PrintedAnswer(
        number="4.b",
        text=text,
        is_part=False,
        state="Cleared",
        finding="",
        remarks=(text,),
        sentences=tuple(PrintedSentence(text, number // 2, sources) for number in range(sentences)),
        missing=(text,),
        last_year=text,
    )
    unknown = replace(answered, number="5", state="Drafted", finding="Nothing known", sentences=(), remarks=())
    return QuestionAnswers(
        **{
            "title": "Lesotho: answers to the yearly questions",
            "subtitle": "Trafficking in Persons Report, questions on the tracking period of the 2021 edition",
            "post": "U.S. Embassy, Lesotho",
            "country": "Lesotho",
            "edition": "2021 edition",
            "marking": "SENSITIVE BUT UNCLASSIFIED",
            "is_cleared": False,
            "as_of": DAY,
            "known_by": None,
            "facts_up_to": MOMENT,
            "window": "1 April 2021 to 31 March 2022",
            "asked_in": "our own outline after the statute",
            "number": 2,
            "cleared": 1,
            "drafted_only": 0,
            "has_sources": has_sources,
            "groups": (AnswerGroup("Prosecution", (answered,)), AnswerGroup("", (unknown,))),
            "sources": tuple(PrintedSource(text, line, "4.b") for line in sources),
            **facts,
        }
    )


def washington_input(deeds=3, text="The quarter’s budget was released to the unit.", has_sources=True, **facts):
    """Return input for Washington with actions, counts and assessments under one indicium of each pillar."""

    def source(at):
        return f"Update of the Ministry of Police, number {at}" if has_sources else ""

    period = "between 1 Apr 2021 and 31 Mar 2022"
    pillars = ("Prosecution", "Protection", "Prevention")
    indicium = Indicium(
        label="1. Investigations, prosecutions, convictions, sentences served",
        law="22 U.S.C. 7106(b)(1)",
        counted=tuple(PrintedIndicator(f"Counted {at}", "4 cases", "10 cases", text, source(at)) for at in range(3)),
        deeds=tuple(VerifiedAction(period, text, "Government", "3a", source(at)) for at in range(deeds)),
        judged=tuple(
            AssessedBenchmark(f"{at}a", text, "Stalled", text, "22 U.S.C. 7107(b)", text) for at in range(deeds)
        ),
        others=tuple(
            IndiciumFact(period, text, "context", "Government", state, source(at))
            for at, state in enumerate(("verified", "claimed"))
        ),
    )  # fmt: skip
    entries = tuple(
        PrintedLawEntry(kind, "An Act", text, "in force from 1 January 2021", "claimed", source(at))
        for at, kind in enumerate(("Penalty", "Gap"))
    )
    standards = tuple(
        PrintedStandard(f"({number}) A minimum standard", f"22 U.S.C. 7106(a)({number})", entries if number < 3 else ())
        for number in (1, 2, 3)
    )
    return WashingtonInput(
        **{
            "title": "Lesotho: input on the tracking period",
            "subtitle": "Trafficking in Persons Report, on the recommendations of the 2021 edition",
            "post": "U.S. Embassy, Lesotho",
            "country": "Lesotho",
            "edition": "2021 edition",
            "marking": "SENSITIVE BUT UNCLASSIFIED",
            "is_cleared": False,
            "as_of": DAY,
            "known_by": None,
            "facts_up_to": MOMENT,
            "window": "1 April 2021 to 31 March 2022",
            "sentence": f"{deeds} concrete actions of the government are verified.",
            "has_sources": has_sources,
            "pillars": tuple(
                PillarInput(title, (indicium,), standards if title == pillars[0] else ()) for title in pillars
            ),
            "unverified": 2,
            "disclaimer": DISCLAIMER,
            **facts,
        }
    )  # fmt: skip


def ministry_page(number=3, text="Train the posts", **facts):
    """Return a ministry's page with `number` rows of everything."""
    return MinistryPage(
        **{
            "title": "Ministry of Police and Public Safety",
            "subtitle": "Trafficking in Persons Report, 2021 edition",
            "post": "U.S. Embassy, Lesotho",
            "country": "Lesotho",
            "edition": "2021 edition",
            "minister": "A. Person, Minister of Police",
            "marking": "UNCLASSIFIED",
            "is_cleared": False,
            "as_of": DAY,
            "known_by": None,
            "facts_up_to": MOMENT,
            "sentence": f"{number} commitments: {number} open.",
            "agreed": (commitment(text),) * number,
            "verified": (VerifiedItem(text, "12 Nov 2021; verified on 20 November 2021"),) * number,
            "needed": (NeededItem(text, text, "Overdue by 14 days"),) * number,
            "agreed_order": "Order: Overdue, Due.",
            "verified_order": "Newest first.",
            "needed_order": "Order: Overdue, Due.",
            **facts,
        }
    )


def dialogue_pack(number=3, text="Train the posts", **facts):
    """Return a dialogue pack with `number` rows of everything. The dialogue was held, so it has minutes too."""
    point = TalkingPoint(text, "by 14 days", text, ("3b", "3c"))
    meeting = PrintedMeeting(
        held_on=date(2021, 11, 8),
        place=text,
        record=text,
        agreed=text,
        summary=f"{number} overdue, 2 open.",
        commitments=(commitment(text),) * number,
        others="2 more commitments were made at this dialogue.",
        steps=(AgreedStep(text, text, DAY, None, "open", "still open"),) * number,
    )
    talk = TalkingPointList(text, text, False, *((point,) * number,) * 5)
    return DialoguePack(
        **{
            "title": "Lesotho: dialogue of 10 February 2022",
            "subtitle": "Dialogue pack · Trafficking in Persons Report, 2021 edition",
            "post": "U.S. Embassy, Lesotho",
            "country": "Lesotho",
            "edition": "2021 edition",
            "marking": "SENSITIVE BUT UNCLASSIFIED",
            "is_cleared": False,
            "as_of": DAY,
            "known_by": None,
            "facts_up_to": MOMENT,
            "held_on": date(2022, 2, 10),
            "countdown": "in 13 days",
            "place": text,
            "purpose": text,
            "table": text,
            "stage": "Planned",
            "deadline": date(2022, 2, 28),
            "sentence": f"Talking points: {number} overdue. The deadline is 28 February 2022, in 31 days.",
            "next_steps": next_steps(number, text).others[:7],
            "agenda": tuple(
                PrintedAgendaItem(at + 1, text, text, "due in 14 days", text, text) for at in range(number)
            ),
            "minutes": meeting,
            "talks": (talk,) * min(number, 4),
            "last": meeting,
            "participants": (PackParticipant(text, text, text, "in person"),) * number,
            "disclaimer": DISCLAIMER,
            **facts,
        }
    )
