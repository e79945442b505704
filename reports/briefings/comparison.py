"""Compare two documents of one kind and list the differences in the reader's words. No Django here.

Both documents come as `to_json_values` returns them. So a document handed over long ago can be compared although the
record has changed since. Texts that only count days ("overdue by 12 days") or repeat another text are left out. Two
documents from days without events therefore have no differences of that sort.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from reports import formatting
from reports.briefings.content.sections import SECTIONS
from reports.choices import BriefingKind

type PlainContent = dict[str, Any]


class Difference(NamedTuple):
    """One difference: what it is about, the name of the field, and its value before and after.

    `before` is empty for a new item and `after` for a removed one; `word` is empty for both.
    """

    about: str
    word: str
    before: str
    after: str


class SectionDifferences(NamedTuple):
    """The differences in one section."""

    title: str
    differences: tuple[Difference, ...]


class ComparisonRule(NamedTuple):
    """How to compare items of one type.

    Attributes:
        by: the fields that identify an item.
        named: the fields that name it for the reader; `by` if empty.
        told: the field that describes a new or removed item.
        words: the fields to compare, each with its name for the reader.
        shown: for some of these, the field to show instead.
        lists: the fields that hold a list of other items, with their rules.
        parts: the fields that hold one other item, with their rules.
    """

    by: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    told: str = ""
    words: Mapping[str, str] = {}
    shown: Mapping[str, str] = {}
    lists: Mapping[str, "ComparisonRule"] = {}
    parts: Mapping[str, "ComparisonRule"] = {}


def compare_documents(kind: BriefingKind, before: PlainContent, after: PlainContent) -> tuple[SectionDifferences, ...]:
    """Return the sections in which two documents of this kind differ, in the kind's own order."""
    titles = {section.name: section.title for section in SECTIONS[kind]}
    before, after = (_with_section_titles(_replace_old_terms(one), titles) for one in (before, after))
    chapters = []
    for name, fields in SECTION_RULES[kind].items():
        found = tuple(_compare_item(fields, before, after, ()))
        if found:
            chapters.append(SectionDifferences(titles.get(name, name), found))
    return tuple(chapters)


def _replace_old_terms(said: Any) -> Any:
    """Return the content with the old term "late" replaced by "overdue", as a list name and as a state.

    Documents stored before the term changed still use "late".
    """
    if isinstance(said, Mapping):
        words = {"overdue" if name == "late" else name: _replace_old_terms(one) for name, one in said.items()}
        return words | {"state": "overdue"} if words.get("state") == "late" else words
    return [*map(_replace_old_terms, said)] if isinstance(said, list | tuple) else said


def _with_section_titles(said: PlainContent, titles: Mapping[str, str]) -> PlainContent:
    """Return the content with the titles of its picked sections; "all of them" if none were picked."""
    names = said.get("sections")
    return said | {"sections": "all of them" if names is None else [titles[name] for name in names]}


def _compare_item(
    item: ComparisonRule, before: PlainContent, after: PlainContent, path: tuple[str, ...]
) -> Iterator[Difference]:
    about = " · ".join(path)
    for field, word in item.words.items():
        if before.get(field) != after.get(field):
            shown = item.shown.get(field, field)
            yield Difference(about, word, _format_value(before.get(shown)), _format_value(after.get(shown)))
    for field, part in item.parts.items():
        yield from _compare_item(part, before.get(field) or {}, after.get(field) or {}, path)
    for field, listed in item.lists.items():
        yield from _compare_lists(listed, before.get(field) or (), after.get(field) or (), path)


def _compare_lists(
    item: ComparisonRule, before: Sequence[PlainContent], after: Sequence[PlainContent], path: tuple[str, ...]
) -> Iterator[Difference]:
    was, stands = _index_by_identity(item, before), _index_by_identity(item, after)
    for key, one in stands.items():
        if key in was:
            yield from _compare_item(item, was[key], one, (*path, _item_name(item, one)))
        else:
            yield Difference(" · ".join((*path, _item_name(item, one))), "", "", _item_text(item, one))
    for key, one in was.items():
        if key not in stands:
            yield Difference(" · ".join((*path, _item_name(item, one))), "", _item_text(item, one), "")


def _index_by_identity(item: ComparisonRule, things: Sequence[PlainContent]) -> dict[tuple[Any, ...], PlainContent]:
    """Return the items by their identifying fields.

    Items with equal fields are counted: the first in one document matches the first in the other.
    """
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for one in things:
        key = tuple(str(one.get(field)) for field in item.by)
        found[(*key, seen[key])] = one
        seen[key] += 1
    return found


def _item_name(item: ComparisonRule, one: PlainContent) -> str:
    return ", ".join(text for field in item.named or item.by if (text := _format_value(one.get(field))))


def _item_text(item: ComparisonRule, one: PlainContent) -> str:
    return (item.told and _format_value(one.get(item.told))) or "in it"


def _format_value(value: Any) -> str:
    """Format a value for the reader: a date in words, a list as its items."""
    if isinstance(value, Mapping):
        return _format_value(next(iter(value.values()), None))
    if isinstance(value, list | tuple):
        return "; ".join(map(_format_value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    try:
        moment = datetime.fromisoformat(text := str(value))
    except ValueError:
        return text
    is_day = len(text) == len(date.min.isoformat())
    return (
        formatting.format_date(moment.date()) if is_day else f"{formatting.format_date(moment.date())}, {moment:%H:%M}"
    )


COMMITMENT = ComparisonRule(
    by=("text", "made_on"),
    named=("text",),
    told="standing",
    words={"state": "where it stands", "due_on": "due", "towards": "towards"},
    shown={"state": "standing"},
)
HEADER_FIELDS = {
    "as_of": "as of",
    "known_by": "as known by",
    "facts_up_to": "facts up to",
    "covering_note": "covering note",
    "sections": "sections picked",
    "marking": "marking",
}
STANDING = ComparisonRule(
    words={
        "sentence": "where the record stands",
        "possible": "what is possible",
        "ceiling": "ceiling",
        "mark": "our target",
        "watch_list": "Watch List",
    },
)
NEXT_STEP = ComparisonRule(by=("sentence",), told="owner", words={"points": "points that it adds"})
QUESTION = ComparisonRule(by=("title",), words={"points": "points", "verdict": "verdict", "reason": "why"})
PART = ComparisonRule(
    by=("title",),
    words={"points": "points verified", "claimed": "points claimed", "verdict": "verdict", "reason": "why"},
    lists={"questions": QUESTION},
)
BENCHMARK = ComparisonRule(
    by=("key",),
    told="criterion",
    words={
        "criterion": "criterion",
        "figure": "share",
        "reason": "what it rests on",
        "assessment": "the embassy’s assessment",
    },
)
RECOMMENDATION = ComparisonRule(
    by=("label",),
    told="text",
    words={"text": "wording", "points": "points verified", "facts": "what is known of it"},
    lists={"benchmarks": BENCHMARK},
)
MINISTRY = ComparisonRule(
    by=("name",),
    told="summary",
    words={"minister": "minister", "leads": "leads on"},
    lists={"undertakings": COMMITMENT},
)
DIALOGUE = ComparisonRule(
    by=("held_on", "place"),
    told="purpose",
    words={
        "purpose": "purpose",
        "record": "what was said",
        "conclusions": "what was agreed",
        "agenda": "agenda",
    },
    lists={"participants": ComparisonRule(by=("name",), told="office", words={"attended": "took part"})},
)
UPDATE = ComparisonRule(
    by=("ministry", "commitment"),
    lists={
        "update_versions": ComparisonRule(
            by=("sent",), told="decision", words={"outcome": "decision"}, shown={"outcome": "decision"}
        )
    },
)
EVIDENCE = ComparisonRule(
    by=("what", "when"),
    named=("what",),
    told="review",
    words={"state": "where it stands", "done_by": "done by", "source": "source", "note": "note"},
    shown={"state": "review"},
    lists={
        "evidence_links": ComparisonRule(
            by=("benchmark", "shows"), told="state", words={"state": "the embassy’s word on it"}
        )
    },
)
INDICATOR = ComparisonRule(
    by=("name",),
    told="now",
    words={"before": "the year before", "now": "the period", "moved": "how it moved", "source": "source"},
)
VERIFIED_ACTION = ComparisonRule(
    by=("what", "when"), told="done_by", words={"done_by": "by whom", "towards": "benchmark", "source": "source"}
)
ASSESSMENT = ComparisonRule(by=("key",), told="verdict", words={"verdict": "assessment", "rationale": "why"})
INDICIUM = ComparisonRule(by=("label",), lists={"counted": INDICATOR, "deeds": VERIFIED_ACTION, "judged": ASSESSMENT})

POINT = ComparisonRule(by=("sentence",), told="source")
TALKING_POINTS = ComparisonRule(
    by=("whose",),
    told="about",
    words={"about": "how it stands"},
    lists=dict.fromkeys(("kept", "with_us", "overdue", "returned", "to_ask"), POINT),
)
STEP = ComparisonRule(by=("text",), told="standing", words={"state": "what became of it"}, shown={"state": "standing"})
MEETING = ComparisonRule(
    words={"held_on": "held on", "record": "what was said", "agreed": "what was agreed"},
    lists={"undertakings": COMMITMENT, "steps": STEP},
)
AGENDA_ITEM = ComparisonRule(
    by=("what",), told="ask", words={"position": "place on the agenda", "ask": "what to ask", "said": "what was said"}
)

SECTION_RULES: Mapping[BriefingKind, Mapping[str, ComparisonRule]] = {
    BriefingKind.AMBASSADOR: {
        "At its head": ComparisonRule(
            words=HEADER_FIELDS | {"deadline": "deadline", "methodology": "method"},
            parts={"standing": STANDING, "ladder": ComparisonRule(lists={"steps": NEXT_STEP})},
            lists={
                "milestones": ComparisonRule(by=("title",), told="on", words={"on": "day", "is_done": "done"}),
                "checks": ComparisonRule(by=("sentence", "about"), told="to_do"),
            },
        ),
        "parts": ComparisonRule(lists={"parts": PART}),
        "recommendations": ComparisonRule(lists={"recommendations": RECOMMENDATION}),
        "ministries": ComparisonRule(lists={"ministries": MINISTRY, "united_states": COMMITMENT}),
        "dialogues": ComparisonRule(lists={"dialogues": DIALOGUE}),
        "updates": ComparisonRule(lists={"updates": UPDATE}),
        "evidence": ComparisonRule(lists={"evidence": EVIDENCE}),
    },
    BriefingKind.MINISTRY: {
        "At its head": ComparisonRule(words=HEADER_FIELDS | {"sentence": "where it stands", "minister": "minister"}),
        "agreed": ComparisonRule(lists={"agreed": COMMITMENT}),
        "verified": ComparisonRule(lists={"verified": ComparisonRule(by=("what",), told="when")}),
        "needed": ComparisonRule(
            lists={"needed": ComparisonRule(by=("what",), told="sentence", words={"sentence": "what would help"})},
        ),
    },
    BriefingKind.DIALOGUE: {
        "At its head": ComparisonRule(
            words=HEADER_FIELDS
            | {"held_on": "day", "place": "place", "purpose": "purpose", "sentence": "what it is about"}
            | {"table": "with"},
        ),
        "agenda": ComparisonRule(lists={"agenda": AGENDA_ITEM}, parts={"minutes": MEETING}),
        "points": ComparisonRule(lists={"next_steps": NEXT_STEP, "talks": TALKING_POINTS}),
        "last_time": ComparisonRule(parts={"last": MEETING}),
        "participants": ComparisonRule(
            lists={"participants": ComparisonRule(by=("office", "name"), told="how", words={"how": "took part"})},
        ),
    },
    BriefingKind.WASHINGTON: {
        "At its head": ComparisonRule(
            words=HEADER_FIELDS | {"sentence": "what is verified", "unverified": "claims left out"}
        ),
        "By pillar": ComparisonRule(lists={"pillars": ComparisonRule(by=("title",), lists={"indicia": INDICIUM})}),
    },
}
"""The sections of each kind, in order, with what is compared in them."""
