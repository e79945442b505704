"""Compare two documents of one kind and list the differences in the reader's words. No Django here.

Both documents come as `to_json_values` returns them. So a document handed over long ago can be compared although the
record has changed since. Texts that only count days ("overdue by 12 days") or repeat another text are left out, and so
is what rounding alone can change. Two documents from days without events therefore have no differences of that sort.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from reports.briefings.content.sections import SECTIONS
from reports.choices import BriefingKind
from tiptracker.localization import format_date, format_datetime, gettext, gettext_noop

type PlainContent = dict[str, Any]

FORMER_KEYS: Mapping[str, str] = {
    "ladder": "next_steps",
    "late": "overdue",
    "press_for": "commitments_to_follow_up",
    "undertakings": "commitments",
}
"""Keys of documents stored by an earlier release: the former key and today's."""

ROUNDING = Decimal("0.1")
"""How far figures that are printed so that they add up can differ although the exact figures are equal."""


class Difference(NamedTuple):
    """One difference: what it is about, the name of the field, and its value before and after.

    `before` is empty for a new item and `after` for a removed one; `label` is empty for both.
    """

    about: str
    label: str
    before: str
    after: str


class SectionDifferences(NamedTuple):
    """The differences in one section."""

    title: str
    differences: tuple[Difference, ...]


class ComparisonRule(NamedTuple):
    """How to compare items of one type.

    Attributes:
        key: the fields that identify an item.
        name: the fields that name it for the reader; `key` if empty.
        summary: the field that describes a new or removed item.
        labels: the fields to compare, each with its name in English.
        shown: for some of these, the field to show instead.
        lists: the fields that hold a list of other items, with their rules.
        parts: the fields that hold one other item, with their rules.
        adjusted: the fields to compare whose figures are rounded so that a column adds up.
        counts: the fields that hold a list of which only the items in one state are counted: that state (empty: all
            items), and the name of the number in English.
        without_value: what to show, in English, for a field of `labels` without a value.
    """

    key: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    summary: str = ""
    labels: Mapping[str, str] = {}
    shown: Mapping[str, str] = {}
    lists: Mapping[str, "ComparisonRule"] = {}
    parts: Mapping[str, "ComparisonRule"] = {}
    adjusted: frozenset[str] = frozenset()
    counts: Mapping[str, tuple[str, str]] = {}
    without_value: str = ""


PARTICIPANT = ComparisonRule(key=("office", "name"), summary="how", labels={"how": gettext_noop("Attendance")})
FIGURE_LABELS = {"target": gettext_noop("Annual target"), "now": gettext_noop("Verified figure")}
DIALOGUE_NUMBERS = ComparisonRule(
    lists={
        "figures": ComparisonRule(key=("name",), summary="status_text", labels=FIGURE_LABELS),
        "contributions": ComparisonRule(key=("giver", "what"), summary="period"),
        "works": ComparisonRule(key=("title",), summary="sustained"),
    }
)


def compare_documents(kind: BriefingKind, before: PlainContent, after: PlainContent) -> tuple[SectionDifferences, ...]:
    """Return the sections in which two documents of this kind differ, in the kind's own order."""
    titles = {section.name: section.title for section in SECTIONS[kind]}
    before, after = (_with_section_titles(_with_current_keys(content), titles) for content in (before, after))
    sections = []
    for name, rule in SECTION_RULES[kind].items():
        differences = tuple(_compare_item(rule, before, after, ()))
        if differences:
            sections.append(SectionDifferences(titles.get(name) or gettext(name), differences))
    return tuple(sections)


def _with_current_keys(content: Any) -> Any:
    """Return stored content with the keys of today (see FORMER_KEYS), and with "overdue" for the former state "late".

    "standing" was the key both of readiness and of the words that describe a status.
    """
    if isinstance(content, Mapping):
        values = {
            ("readiness" if isinstance(value, Mapping) else "status_text")
            if key == "standing"
            else FORMER_KEYS.get(key, key): _with_current_keys(value)
            for key, value in content.items()
        }
        return values | {"state": "overdue"} if values.get("state") == "late" else values
    return [*map(_with_current_keys, content)] if isinstance(content, list | tuple) else content


def _with_section_titles(content: PlainContent, titles: Mapping[str, str]) -> PlainContent:
    """Return the content with the titles of its picked sections; "all of them" if none were picked."""
    names = content.get("sections")
    return content | {"sections": gettext("all sections") if names is None else [titles[name] for name in names]}


def _compare_item(
    rule: ComparisonRule, before: PlainContent, after: PlainContent, path: tuple[str, ...]
) -> Iterator[Difference]:
    about = " · ".join(path)
    for field, label in rule.labels.items():
        if _is_different(before.get(field), after.get(field), is_adjusted=field in rule.adjusted):
            shown, empty = rule.shown.get(field, field), rule.without_value and gettext(rule.without_value)
            values = (_format_value(item.get(shown)) or empty for item in (before, after))
            yield Difference(about, gettext(label), *values)
    for field, part in rule.parts.items():
        yield from _compare_item(part, before.get(field) or {}, after.get(field) or {}, path)
    for field, (state, label) in rule.counts.items():
        if field in before and field in after:  # a document of an earlier release may not have it
            old, new = (
                sum(not state or one.get("state") == state for one in item[field] or ()) for item in (before, after)
            )
            if old != new:
                yield Difference(about, gettext(label), str(old), str(new))
    for field, listed in rule.lists.items():
        yield from _compare_lists(listed, before.get(field) or (), after.get(field) or (), path)


def _is_different(before: Any, after: Any, *, is_adjusted: bool) -> bool:
    if before == after or not is_adjusted or before is None or after is None:
        return bool(before != after)
    return abs(Decimal(str(before)) - Decimal(str(after))) > ROUNDING


def _compare_lists(
    rule: ComparisonRule, before: Sequence[PlainContent], after: Sequence[PlainContent], path: tuple[str, ...]
) -> Iterator[Difference]:
    old, new = _index_by_key(rule, before), _index_by_key(rule, after)
    for key, item in new.items():
        if key in old:
            yield from _compare_item(rule, old[key], item, (*path, _item_name(rule, item)))
        else:
            yield Difference(" · ".join((*path, _item_name(rule, item))), "", "", _item_text(rule, item))
    for key, item in old.items():
        if key not in new:
            yield Difference(" · ".join((*path, _item_name(rule, item))), "", _item_text(rule, item), "")


def _index_by_key(rule: ComparisonRule, items: Sequence[PlainContent]) -> dict[tuple[Any, ...], PlainContent]:
    """Return the items by their identifying fields.

    Items with equal fields are counted: the first in one document matches the first in the other.
    """
    counts: Counter[tuple[Any, ...]] = Counter()
    indexed = {}
    for item in items:
        key = tuple(str(item.get(field)) for field in rule.key)
        indexed[(*key, counts[key])] = item
        counts[key] += 1
    return indexed


def _item_name(rule: ComparisonRule, item: PlainContent) -> str:
    return ", ".join(text for field in rule.name or rule.key if (text := _format_value(item.get(field))))


def _item_text(rule: ComparisonRule, item: PlainContent) -> str:
    return (rule.summary and _format_value(item.get(rule.summary))) or gettext("included")


def _format_value(value: Any) -> str:
    """Format a value for the reader: a date in words, a list as its items."""
    if isinstance(value, Mapping):
        return _format_value(next(iter(value.values()), None))
    if isinstance(value, list | tuple):
        return "; ".join(map(_format_value, value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None:
        return ""
    try:
        moment = datetime.fromisoformat(text := str(value))
    except ValueError:
        return text
    is_day = len(text) == len(date.min.isoformat())
    return format_date(moment.date()) if is_day else format_datetime(moment)


COMMITMENT = ComparisonRule(
    key=("text", "made_on"),
    name=("text",),
    summary="status_text",
    labels={"state": gettext_noop("Status"), "due_on": gettext_noop("Due"), "towards": gettext_noop("Benchmarks")},
    shown={"state": "status_text"},
)
HEADER_FIELDS = {
    "as_of": gettext_noop("As of"),
    "known_by": gettext_noop("Using only what was recorded by"),
    "facts_up_to": gettext_noop("Facts up to"),
    "covering_note": gettext_noop("Covering note"),
    "sections": gettext_noop("Chosen sections"),
    "marking": gettext_noop("Marking"),
}
HEADLINE_READINESS = ComparisonRule(
    labels={
        "verified": gettext_noop("Readiness, verified"),
        "claimed": gettext_noop("Readiness with all claims"),
        "projected": gettext_noop("Readiness projected"),
        "mark": gettext_noop("Our target"),
    },
    without_value=gettext_noop("no figure"),
)
READINESS = ComparisonRule(
    labels={
        "possible": gettext_noop("Verified, dated to a later day"),
        "watch_list": gettext_noop("Watch List"),
    },
)
NEXT_STEP = ComparisonRule(
    key=("sentence",),
    summary="owner",
    labels={"points": gettext_noop("Points it adds")},
    adjusted=frozenset({"points"}),
)
QUESTION = ComparisonRule(
    key=("title",),
    labels={"points": gettext_noop("Points"), "verdict": gettext_noop("Verdict"), "reason": gettext_noop("Reason")},
    adjusted=frozenset({"points"}),
)
PART = ComparisonRule(
    key=("title",),
    labels={
        "points": gettext_noop("Points verified"),
        "claimed": gettext_noop("Points claimed"),
        "verdict": gettext_noop("Verdict"),
        "reason": gettext_noop("Reason"),
    },
    lists={"questions": QUESTION},
    adjusted=frozenset({"points", "claimed"}),
)
BENCHMARK = ComparisonRule(
    key=("key",),
    summary="criterion",
    labels={
        "criterion": gettext_noop("Success criterion"),
        "figure": gettext_noop("Share met"),
        "reason": gettext_noop("Reason"),
        "assessment": gettext_noop("Assessment"),
    },
)
RECOMMENDATION = ComparisonRule(
    key=("label",),
    summary="text",
    labels={
        "text": gettext_noop("Wording"),
        "points": gettext_noop("Points verified"),
        "facts": gettext_noop("Details"),
    },
    lists={"benchmarks": BENCHMARK},
    adjusted=frozenset({"points"}),
)
MINISTRY = ComparisonRule(
    key=("name",),
    summary="summary",
    labels={"minister": gettext_noop("Minister"), "leads": gettext_noop("Recommendations it leads on")},
    lists={"commitments": COMMITMENT},
)
DIALOGUE = ComparisonRule(
    key=("held_on", "place"),
    summary="purpose",
    labels={
        "purpose": gettext_noop("Purpose"),
        "record": gettext_noop("What was said"),
        "conclusions": gettext_noop("What was agreed"),
        "agenda": gettext_noop("Agenda"),
    },
    lists={
        "participants": ComparisonRule(key=("name",), summary="office", labels={"attended": gettext_noop("Attendance")})
    },
)
UPDATE = ComparisonRule(
    key=("ministry", "commitment"),
    lists={
        "update_versions": ComparisonRule(
            key=("sent",),
            summary="decision",
            labels={"outcome": gettext_noop("Decision")},
            shown={"outcome": "decision"},
        )
    },
)
EVIDENCE = ComparisonRule(
    key=("what", "when"),
    name=("what",),
    summary="review",
    labels={
        "state": gettext_noop("Status"),
        "done_by": gettext_noop("Who did it"),
        "source": gettext_noop("Source"),
        "note": gettext_noop("Note"),
    },
    shown={"state": "review"},
    lists={
        "evidence_links": ComparisonRule(
            key=("benchmark", "shows"), summary="state", labels={"state": gettext_noop("Status")}
        )
    },
)
INDICATOR = ComparisonRule(
    key=("name",),
    summary="now",
    labels={
        "before": gettext_noop("Year before"),
        "now": gettext_noop("Tracking period"),
        "moved": gettext_noop("Change"),
        "source": gettext_noop("Source"),
    },
)
FACT_LABELS = {"done_by": gettext_noop("Who did it"), "source": gettext_noop("Source")}
VERIFIED_ACTION = ComparisonRule(
    key=("what", "when"), summary="done_by", labels=FACT_LABELS | {"towards": gettext_noop("Benchmarks")}
)
ASSESSMENT = ComparisonRule(
    key=("key",), summary="verdict", labels={"verdict": gettext_noop("Assessment"), "rationale": gettext_noop("Reason")}
)
LAW_ENTRY = ComparisonRule(
    key=("kind", "citation"),
    summary="text",
    labels={"text": gettext_noop("Text"), "since": gettext_noop("In force"), "state": gettext_noop("Evidence")},
)
STANDARD = ComparisonRule(key=("label",), lists={"entries": LAW_ENTRY})
INDICIUM_FACT = ComparisonRule(
    key=("what", "when"),
    summary="done_by",
    labels=FACT_LABELS | {"shows": gettext_noop("What it shows"), "state": gettext_noop("Status")},
)
INDICIUM = ComparisonRule(
    key=("label",),
    lists={"counted": INDICATOR, "deeds": VERIFIED_ACTION, "judged": ASSESSMENT, "others": INDICIUM_FACT},
)
PILLAR_INPUT = ComparisonRule(key=("title",), lists={"standards": STANDARD, "indicia": INDICIUM})

QUESTION_ANSWER = ComparisonRule(
    key=("number",),
    summary="state",
    labels={
        "text": gettext_noop("Question"),
        "state": gettext_noop("State"),
        "finding": gettext_noop("Kind of answer"),
    },
    lists={"sentences": ComparisonRule(key=("text",))},
)
POINT = ComparisonRule(key=("sentence",), summary="source")
TALKING_POINTS = ComparisonRule(
    key=("whose",),
    summary="about",
    labels={"about": gettext_noop("About")},
    lists=dict.fromkeys(("kept", "with_us", "overdue", "returned", "to_ask"), POINT),
)
STEP = ComparisonRule(
    key=("text",), summary="status_text", labels={"state": gettext_noop("Status")}, shown={"state": "status_text"}
)
ASKED_INFORMATION = ComparisonRule(
    key=("ministry", "what"),
    summary="status_text",
    labels={"due_on": gettext_noop("Due"), "state": gettext_noop("Status")},
    shown={"state": "status_text"},
)
MEETING = ComparisonRule(
    labels={
        "held_on": gettext_noop("Date"),
        "record": gettext_noop("What was said"),
        "agreed": gettext_noop("What was agreed"),
    },
    lists={"commitments": COMMITMENT, "steps": STEP},
)
AGENDA_ITEM = ComparisonRule(
    key=("what",),
    summary="ask",
    labels={
        "position": gettext_noop("Place on the agenda"),
        "ask": gettext_noop("What to ask"),
        "said": gettext_noop("What was said"),
    },
)

HEADLINE, HEAD, PILLARS = gettext_noop("Headline figures"), gettext_noop("First page"), gettext_noop("Pillars")
"""Names of the parts of a document that are not sections."""

SECTION_RULES: Mapping[BriefingKind, Mapping[str, ComparisonRule]] = {
    BriefingKind.AMBASSADOR: {
        HEADLINE: ComparisonRule(
            parts={"readiness": HEADLINE_READINESS},
            counts={
                "commitments_to_follow_up": ("overdue", gettext_noop("Overdue commitments")),
                "overdue_requests": ("", gettext_noop("Overdue requests for information")),
            },
        ),
        HEAD: ComparisonRule(
            labels=HEADER_FIELDS | {"deadline": gettext_noop("Deadline"), "methodology": gettext_noop("Method")},
            parts={"readiness": READINESS, "next_steps": ComparisonRule(lists={"steps": NEXT_STEP})},
            lists={
                "milestones": ComparisonRule(
                    key=("title",), summary="on", labels={"on": gettext_noop("Day"), "is_done": gettext_noop("Done")}
                ),
                "checks": ComparisonRule(key=("sentence", "about"), summary="to_do"),
            },
        ),
        "parts": ComparisonRule(lists={"parts": PART}),
        "recommendations": ComparisonRule(lists={"recommendations": RECOMMENDATION}),
        "ministries": ComparisonRule(lists={"ministries": MINISTRY, "united_states": COMMITMENT}),
        "dialogues": ComparisonRule(lists={"dialogues": DIALOGUE}),
        "updates": ComparisonRule(
            labels={"requests": gettext_noop("Requests for information")}, lists={"updates": UPDATE}
        ),
        "evidence": ComparisonRule(lists={"evidence": EVIDENCE}),
    },
    BriefingKind.MINISTRY: {
        HEAD: ComparisonRule(
            labels=HEADER_FIELDS | {"sentence": gettext_noop("Status"), "minister": gettext_noop("Minister")}
        ),
        "agreed": ComparisonRule(lists={"agreed": COMMITMENT}),
        "verified": ComparisonRule(
            lists={
                "verified": ComparisonRule(
                    key=("what",), summary="when", labels={"since": gettext_noop("What has reversed it since")}
                )
            },
        ),
        "needed": ComparisonRule(
            lists={
                "needed": ComparisonRule(
                    key=("what",), summary="sentence", labels={"sentence": gettext_noop("What we ask")}
                )
            },
        ),
    },
    BriefingKind.DIALOGUE: {
        HEAD: ComparisonRule(
            labels=HEADER_FIELDS
            | {
                "held_on": gettext_noop("Day"),
                "place": gettext_noop("Place"),
                "purpose": gettext_noop("Purpose"),
                "sentence": gettext_noop("Summary"),
            }
            | {"table": gettext_noop("With")},
        ),
        "agenda": ComparisonRule(lists={"agenda": AGENDA_ITEM}, parts={"minutes": MEETING}),
        "points": ComparisonRule(
            lists={"next_steps": NEXT_STEP, "talks": TALKING_POINTS, "requests": ASKED_INFORMATION}
        ),
        "figures": ComparisonRule(parts={"numbers": DIALOGUE_NUMBERS}),
        "last_time": ComparisonRule(parts={"last": MEETING}),
        "participants": ComparisonRule(lists={"participants": PARTICIPANT}),
    },
    BriefingKind.WASHINGTON: {
        HEAD: ComparisonRule(
            labels=HEADER_FIELDS | {"sentence": gettext_noop("Verified"), "unverified": gettext_noop("Claims left out")}
        ),
        PILLARS: ComparisonRule(
            lists={"pillars": ComparisonRule(key=("title",), lists={"standards": STANDARD, "indicia": INDICIUM})}
        ),
    },
    BriefingKind.ANSWERS: {
        HEAD: ComparisonRule(labels=HEADER_FIELDS | {"cleared": gettext_noop("Cleared answers")}),
        "answers": ComparisonRule(
            lists={"groups": ComparisonRule(key=("heading",), lists={"answers": QUESTION_ANSWER})},
        ),
        "missing": ComparisonRule(),
        "last_year": ComparisonRule(),
        "sources": ComparisonRule(
            lists={
                "sources": ComparisonRule(
                    key=("label",), summary="source", labels={"questions": gettext_noop("Questions")}
                )
            },
        ),
    },
}
"""The sections of each kind, in order, with what is compared in them."""
