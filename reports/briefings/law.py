"""Gather what documents print of the law: the entries in force under each of the first three minimum standards."""

from dialogues.choices import LawEntryKind
from dialogues.models import LawEntry
from dialogues.models.law import group_by_standard
from recommendations.choices import LAW_STANDARDS
from reports.briefings.content.washington import PrintedLawEntry, PrintedStandard
from reports.reader_view import ReaderView
from tiptracker.localization import format_date, gettext


def gather_standards(view: ReaderView, *, has_sources: bool) -> tuple[PrintedStandard, ...]:
    """Return the three minimum standards with the entries in force on the day, as known by the moment of the view.

    Empty if nothing is recorded.
    """
    rows = LawEntry.objects.visible_to(view.reader, view.edition.country).known_by(view.known_by)
    entries = [entry for entry in rows.begun_by(view.as_of).with_evidence() if not entry.is_over(view.as_of)]
    if not entries:
        return ()
    return tuple(
        PrintedStandard(
            label=f"({number}) {gettext(LAW_STANDARDS[number])}",
            law=f"22 U.S.C. 7106(a)({number})",
            entries=tuple(_build_entry(entry, has_sources=has_sources) for entry in found),
        )
        for number, found in group_by_standard(entries).items()
    )


def _build_entry(entry: LawEntry, *, has_sources: bool) -> PrintedLawEntry:
    return PrintedLawEntry(
        kind=LawEntryKind(entry.kind).label,
        citation=entry.citation,
        text=entry.text,
        since=_describe_start(entry),
        state=entry.proof_state,
        source=entry.source if has_sources else "",
    )


def _describe_start(entry: LawEntry) -> str:
    """Return from when it is in force, or when it happened; empty if the day is unknown."""
    if entry.from_on is None:
        return ""
    day = format_date(entry.from_on)
    return day if entry.kind == LawEntryKind.CASE else gettext("in force from %(date)s") % {"date": day}
