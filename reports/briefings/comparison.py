"""What differs between two documents of a kind, as a reader would tell it. Pure.

Both come as `as_plain` gives them, so that one handed over long ago can be compared though the record has moved on.
What only counts days ("overdue by 12 days") or repeats what stands elsewhere is left out: two mornings on which nothing
happened say the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from reports import formatting
from reports.briefings.content.sections import SECTIONS
from reports.choices import BriefingKind

type Plain = dict[str, Any]


class Difference(NamedTuple):
    """One thing that differs: what it is about, which word on it, and that word before and after.

    `before` is empty where the thing was not there, `after` where it is there no more; `word` is empty for both.
    """

    about: str
    word: str
    before: str
    after: str


class Chapter(NamedTuple):
    """The differences of one section."""

    title: str
    differences: tuple[Difference, ...]


class Item(NamedTuple):
    """How things of a sort are compared.

    `by`: the fields by which one is the same thing, `named` those that name it (else `by`), `told` the one that tells
    it where it is new or gone; `words`: the fields that are compared, and each in a word; `shown`: for some of them
    the field that is shown in their place; `lists` and `parts`: what it has of things of other sorts, many or one.
    """

    by: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    told: str = ""
    words: Mapping[str, str] = {}
    shown: Mapping[str, str] = {}
    lists: Mapping[str, "Item"] = {}
    parts: Mapping[str, "Item"] = {}


def differences(kind: BriefingKind, before: Plain, after: Plain) -> tuple[Chapter, ...]:
    """The sections in which two documents of this kind differ, in the kind's own order."""
    titles = {section.name: section.title for section in SECTIONS[kind]}
    before, after = (_with_titles(_in_todays_words(one), titles) for one in (before, after))
    chapters = []
    for name, fields in CHAPTERS[kind].items():
        found = tuple(_of_a_thing(fields, before, after, ()))
        if found:
            chapters.append(Chapter(titles.get(name, name), found))
    return tuple(chapters)


def _in_todays_words(said: Any) -> Any:
    """What was said, "late" in an older document read as "overdue": as the name of a list, and as a state."""
    if isinstance(said, Mapping):
        words = {"overdue" if name == "late" else name: _in_todays_words(one) for name, one in said.items()}
        return words | {"state": "overdue"} if words.get("state") == "late" else words
    return [*map(_in_todays_words, said)] if isinstance(said, list | tuple) else said


def _with_titles(said: Plain, titles: Mapping[str, str]) -> Plain:
    """What was said, with its sections by their titles: those picked, or all."""
    names = said.get("sections")
    return said | {"sections": "all of them" if names is None else [titles[name] for name in names]}


def _of_a_thing(item: Item, before: Plain, after: Plain, path: tuple[str, ...]) -> Iterator[Difference]:
    about = " · ".join(path)
    for field, word in item.words.items():
        if before.get(field) != after.get(field):
            shown = item.shown.get(field, field)
            yield Difference(about, word, _text(before.get(shown)), _text(after.get(shown)))
    for field, part in item.parts.items():
        yield from _of_a_thing(part, before.get(field) or {}, after.get(field) or {}, path)
    for field, listed in item.lists.items():
        yield from _of_a_list(listed, before.get(field) or (), after.get(field) or (), path)


def _of_a_list(
    item: Item, before: Sequence[Plain], after: Sequence[Plain], path: tuple[str, ...]
) -> Iterator[Difference]:
    was, stands = _by_identity(item, before), _by_identity(item, after)
    for key, one in stands.items():
        if key in was:
            yield from _of_a_thing(item, was[key], one, (*path, _name(item, one)))
        else:
            yield Difference(" · ".join((*path, _name(item, one))), "", "", _told(item, one))
    for key, one in was.items():
        if key not in stands:
            yield Difference(" · ".join((*path, _name(item, one))), "", _told(item, one), "")


def _by_identity(item: Item, things: Sequence[Plain]) -> dict[tuple[Any, ...], Plain]:
    """The things by what tells them apart; of those that nothing does, the first is the first again."""
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for one in things:
        key = tuple(str(one.get(field)) for field in item.by)
        found[(*key, seen[key])] = one
        seen[key] += 1
    return found


def _name(item: Item, one: Plain) -> str:
    return ", ".join(text for field in item.named or item.by if (text := _text(one.get(field))))


def _told(item: Item, one: Plain) -> str:
    return (item.told and _text(one.get(item.told))) or "in it"


def _text(value: Any) -> str:
    """A value as it is read: a day in words, a list by its items."""
    if isinstance(value, Mapping):
        return _text(next(iter(value.values()), None))
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    try:
        moment = datetime.fromisoformat(text := str(value))
    except ValueError:
        return text
    is_day = len(text) == len(date.min.isoformat())
    return formatting.day(moment.date()) if is_day else f"{formatting.day(moment.date())}, {moment:%H:%M}"


UNDERTAKING = Item(
    by=("text", "made_on"),
    named=("text",),
    told="standing",
    words={"state": "where it stands", "due_on": "due", "towards": "towards"},
    shown={"state": "standing"},
)
HEAD = {
    "as_of": "as of",
    "known_by": "as known by",
    "facts_up_to": "facts up to",
    "covering_note": "covering note",
    "sections": "sections picked",
    "marking": "marking",
}
STANDING = Item(
    words={
        "sentence": "where the record stands",
        "possible": "what is possible",
        "ceiling": "ceiling",
        "mark": "our target",
        "watch_list": "Watch List",
    },
)
NEXT_STEP = Item(by=("sentence",), told="owner", words={"points": "points that it adds"})
QUESTION = Item(by=("title",), words={"points": "points", "verdict": "verdict", "reason": "why"})
PART = Item(
    by=("title",),
    words={"points": "points verified", "claimed": "points claimed", "verdict": "verdict", "reason": "why"},
    lists={"questions": QUESTION},
)
BENCHMARK = Item(
    by=("key",),
    told="criterion",
    words={
        "criterion": "criterion",
        "figure": "share",
        "reason": "what it rests on",
        "assessment": "the embassy’s assessment",
    },
)
RECOMMENDATION = Item(
    by=("label",),
    told="text",
    words={"text": "wording", "points": "points verified", "facts": "what is known of it"},
    lists={"benchmarks": BENCHMARK},
)
MINISTRY = Item(
    by=("name",),
    told="summary",
    words={"minister": "minister", "leads": "leads on"},
    lists={"undertakings": UNDERTAKING},
)
DIALOGUE = Item(
    by=("held_on", "place"),
    told="purpose",
    words={
        "purpose": "purpose",
        "record": "what was said",
        "conclusions": "what was agreed",
        "agenda": "agenda",
    },
    lists={"participants": Item(by=("name",), told="office", words={"attended": "took part"})},
)
UPDATE = Item(
    by=("ministry", "commitment"),
    lists={"rounds": Item(by=("sent",), told="decision", words={"outcome": "decision"}, shown={"outcome": "decision"})},
)
EVIDENCE = Item(
    by=("what", "when"),
    named=("what",),
    told="review",
    words={"state": "where it stands", "done_by": "done by", "source": "source", "note": "note"},
    shown={"state": "review"},
    lists={"bearings": Item(by=("benchmark", "shows"), told="state", words={"state": "the embassy’s word on it"})},
)
COUNTED = Item(
    by=("name",),
    told="now",
    words={"before": "the year before", "now": "the period", "moved": "how it moved", "source": "source"},
)
DEED = Item(
    by=("what", "when"), told="done_by", words={"done_by": "by whom", "towards": "benchmark", "source": "source"}
)
JUDGED = Item(by=("key",), told="verdict", words={"verdict": "assessment", "rationale": "why"})
INDICIUM = Item(by=("label",), lists={"counted": COUNTED, "deeds": DEED, "judged": JUDGED})

POINT = Item(by=("sentence",), told="source")
TALK = Item(
    by=("whose",),
    told="about",
    words={"about": "how it stands"},
    lists=dict.fromkeys(("kept", "with_us", "overdue", "returned", "to_ask"), POINT),
)
STEP = Item(by=("text",), told="standing", words={"state": "what became of it"}, shown={"state": "standing"})
MEETING = Item(
    words={"held_on": "held on", "record": "what was said", "agreed": "what was agreed"},
    lists={"undertakings": UNDERTAKING, "steps": STEP},
)
POSITION = Item(
    by=("what",), told="ask", words={"position": "place on the agenda", "ask": "what to ask", "said": "what was said"}
)

CHAPTERS: Mapping[BriefingKind, Mapping[str, Item]] = {
    BriefingKind.AMBASSADOR: {
        "At its head": Item(
            words=HEAD | {"deadline": "deadline", "methodology": "method"},
            parts={"standing": STANDING, "ladder": Item(lists={"steps": NEXT_STEP})},
            lists={
                "milestones": Item(by=("title",), told="on", words={"on": "day", "is_done": "done"}),
                "checks": Item(by=("sentence", "about"), told="to_do"),
            },
        ),
        "parts": Item(lists={"parts": PART}),
        "recommendations": Item(lists={"recommendations": RECOMMENDATION}),
        "ministries": Item(lists={"ministries": MINISTRY, "united_states": UNDERTAKING}),
        "dialogues": Item(lists={"dialogues": DIALOGUE}),
        "updates": Item(lists={"updates": UPDATE}),
        "evidence": Item(lists={"evidence": EVIDENCE}),
    },
    BriefingKind.MINISTRY: {
        "At its head": Item(words=HEAD | {"sentence": "where it stands", "minister": "minister"}),
        "agreed": Item(lists={"agreed": UNDERTAKING}),
        "verified": Item(lists={"verified": Item(by=("what",), told="when")}),
        "needed": Item(
            lists={"needed": Item(by=("what",), told="sentence", words={"sentence": "what would help"})},
        ),
    },
    BriefingKind.DIALOGUE: {
        "At its head": Item(
            words=HEAD
            | {"held_on": "day", "place": "place", "purpose": "purpose", "sentence": "what it is about"}
            | {"table": "with"},
        ),
        "agenda": Item(lists={"agenda": POSITION}, parts={"minutes": MEETING}),
        "points": Item(lists={"next_steps": NEXT_STEP, "talks": TALK}),
        "last_time": Item(parts={"last": MEETING}),
        "participants": Item(
            lists={"participants": Item(by=("office", "name"), told="how", words={"how": "took part"})},
        ),
    },
    BriefingKind.WASHINGTON: {
        "At its head": Item(words=HEAD | {"sentence": "what is verified", "unverified": "claims left out"}),
        "By pillar": Item(lists={"pillars": Item(by=("title",), lists={"indicia": INDICIUM})}),
    },
}
"""For each kind its sections, in order, with what is compared in them."""
