"""What a briefing says, as plain values: frozen, ordered, in the reader's words. Pure.

`reports.briefing` fills these from the rows that one reader may see; a template, or a writer of another format, can
reach nothing else. Figures are printed as they stand here: points are already rounded to one decimal so that what is
printed adds up, and days are counted. Moments are aware and in the country's own time zone. An empty tuple is a finding
of its own: the template has a sentence for each. `sections` are the names of those picked, in their order (None:
all of the kind's), `covering_note` stands at the head.
"""

from reports.briefings.comparison import Chapter, Difference, differences
from reports.briefings.content.ambassador import (
    Assessment,
    Bearing,
    Benchmark,
    BriefingContent,
    Check,
    Dialogue,
    Evidence,
    File,
    Milestone,
    Ministry,
    Month,
    Part,
    Participant,
    Question,
    Recommendation,
    Round,
    Standing,
    Trend,
    Undertaking,
    Update,
)
from reports.briefings.content.dialogue import DialoguePack, Item, Meeting, Person, Point, Step, Talk
from reports.briefings.content.documents import IMPRINT, Content, as_plain, clearance, fingerprint, imprint
from reports.briefings.content.ministry import MinistryPage, Needed, Verified
from reports.briefings.content.sections import SECTIONS, Section, picked
from reports.briefings.content.washington import Counted, Deed, Indicium, Judged, PillarInput, WashingtonInput
from reports.readiness.explanation.step_display import STEPS_FIRST, Ladder, NextStep

__all__ = [
    "IMPRINT",
    "SECTIONS",
    "STEPS_FIRST",
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
    "Ladder",
    "Meeting",
    "Milestone",
    "Ministry",
    "MinistryPage",
    "Month",
    "Needed",
    "NextStep",
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
