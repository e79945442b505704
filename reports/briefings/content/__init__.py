"""What a briefing says, as plain values: frozen, ordered, in the reader's words. Pure.

`reports.briefing` fills these from the rows that one reader may see; a template, or a writer of another format, can
reach nothing else. Figures are printed as they stand here: points are already rounded to one decimal so that what is
printed adds up, and days are counted. Moments are aware and in the country's own time zone. An empty tuple is a finding
of its own: the template has a sentence for each. `sections` are the names of those picked, in their order (None:
all of the kind's), `covering_note` stands at the head.
"""

from reports.briefings.comparison import Difference, SectionDifferences, compare_documents
from reports.briefings.content.ambassador import (
    AmbassadorBriefing,
    Bearing,
    PrintedAssessment,
    PrintedBenchmark,
    PrintedCheck,
    PrintedCommitment,
    PrintedDialogue,
    PrintedEvidence,
    PrintedFile,
    PrintedMilestone,
    PrintedMinistry,
    PrintedMonth,
    PrintedPart,
    PrintedParticipant,
    PrintedQuestion,
    PrintedRecommendation,
    PrintedTrend,
    PrintedUpdate,
    ReadinessSummary,
    Round,
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
from reports.briefings.content.documents import (
    IMPRINT_TITLE,
    DocumentContent,
    draft_marking,
    hash_content,
    imprint_lines,
    to_json_values,
)
from reports.briefings.content.ministry import MinistryPage, NeededItem, VerifiedItem
from reports.briefings.content.sections import SECTIONS, DocumentSection, pick_sections
from reports.briefings.content.washington import (
    AssessedBenchmark,
    Indicium,
    PillarInput,
    PrintedIndicator,
    VerifiedAction,
    WashingtonInput,
)
from reports.readiness.explanation.step_display import FIRST_PAGE_STEPS, StepDisplay, StepsDisplay

__all__ = [
    "FIRST_PAGE_STEPS",
    "IMPRINT",
    "SECTIONS",
    "Assessment",
    "Bearing",
    "Benchmark",
    "BriefingContent",
    "Chapter",
    "Check",
    "Content",
    "Counted",
    "Deed",
    "Dialogue",
    "DialoguePack",
    "Difference",
    "Evidence",
    "File",
    "Indicium",
    "Item",
    "Judged",
    "Meeting",
    "Milestone",
    "Ministry",
    "MinistryPage",
    "Month",
    "Needed",
    "Part",
    "Participant",
    "Person",
    "PillarInput",
    "Point",
    "Question",
    "Recommendation",
    "Round",
    "Section",
    "Standing",
    "Step",
    "StepDisplay",
    "StepsDisplay",
    "Talk",
    "Trend",
    "Undertaking",
    "Update",
    "Verified",
    "WashingtonInput",
    "as_plain",
    "clearance",
    "differences",
    "fingerprint",
    "imprint",
    "picked",
]
