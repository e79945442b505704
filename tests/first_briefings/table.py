"""Write docs/first_briefings.md from the results of `make first-briefings`."""

import json
import re
import sys
import textwrap
from pathlib import Path
from statistics import median
from typing import Any

from tests.first_briefings.countries import COUNTRIES
from tests.first_briefings.person_time import (
    CLICK,
    HAND,
    KEYSTROKE,
    MENTAL,
    OUTSIDE,
    POINT,
    SKIMMED_SHARE,
    WORDS_PER_MINUTE,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "first_briefings.md"
GOAL_MINUTES = 15
HEAD = """# First briefings

How long does a post take from an empty installation to a first issued briefing? `make first-briefings` does it in a
real browser for {number} countries of different size, calendar and alphabet, and writes this page. `make test` does it
for the two that differ most.

Three people work one after the other, as [Operating](operating.md#first-day) and the pages say:

1. An administrator, created by the command on the server, sets a password and an authenticator app, adds the country
   and its edition, imports the list from a file, adds three ministries, and invites an officer, the ambassador and a
   focal point.
2. The officer comes by the link of the mail, accepts the suggested benchmarks, and logs a first piece of evidence.
3. The ambassador comes by the link of the mail and verifies it. The officer requests the Ambassador’s briefing, and the
   ambassador clears it for issue and opens the PDF.

The narratives are made up, with 5 to 15 recommendations, and are marked as an exercise. So is everything that people
type. Nobody types anything of the list: the test fails if somebody does.

## Results

The goal is {goal} minutes. It is met in {met} of {number} countries. The median is {median:.1f} minutes: {hands:.1f} of
clicks and typing, {reading:.1f} of reading and {waiting:.1f} of waiting for the application. Without any
waiting, {met_without} countries meet it. “Characters” are those that people type, and none of them belongs to the list.
“Minutes” include waiting. They do not include reading all pages of the briefing, which is in the last column.

| country | it has | items, file | clicks | characters | minutes | waiting | reading the briefing |
|---|---|---|---|---|---|---|---|
"""
MODEL = """
## How minutes are counted

Nobody sat there with a watch. A browser did what people do, and each click, each typed character and each word on the
pages was counted. From these counts, the minutes follow by published rates:

- The keystroke-level model (Card, Moran and Newell, Communications of the ACM 23(7), 1980) gives {keystroke} seconds
  for a typed character, {point} to point with the mouse, {click} to click, {hand} each time a hand moves between mouse
  and keyboard, and {mental} of thought before each click or field.
- People read {words} words a minute (Brysbaert, Journal of Memory and Language 109, 2019). They read every word of what
  they check: the items of the list, the suggested benchmarks and the evidence. Of other pages they read {skimmed} % of
  the words (Weinreich and others, ACM Transactions on the Web 2(1), 2008; Nielsen, 2008). Nobody reads a line twice.
- Beside the browser, we assume: {outside}.
- While the application works, people wait. That is measured, with what the test itself takes, on the machine that wrote
  this page.

Not counted: getting the machine ready, finding out whom to invite, breaks, and the time until a mail is noticed. The
last column is apart, because people read a briefing on paper or elsewhere, and may read the summary alone.

## What people type

The fewest and the most characters, in all countries.

| field | characters |
|---|---|
"""


def write_page(folder: Path) -> None:
    """Write the page from the results in a folder, one file a country."""
    found = {code: folder / f"{code}.json" for code in COUNTRIES}
    results = {code: json.loads(path.read_text()) for code, path in found.items() if path.exists()}
    minutes = {code: _minutes(result) for code, result in results.items()}
    ordered = sorted(minutes.values())
    head = HEAD.format(
        number=len(results),
        goal=GOAL_MINUTES,
        met=sum(value <= GOAL_MINUTES for value in ordered),
        median=median(ordered),
        met_without=sum(
            result["hand_seconds"] + result["reading_seconds"] <= GOAL_MINUTES * 60 for result in results.values()
        ),
        waiting=median(result["machine_seconds"] / 60 for result in results.values()),
        hands=median(result["hand_seconds"] / 60 for result in results.values()),
        reading=median(result["reading_seconds"] / 60 for result in results.values()),
    )
    rows = "".join(_row(code, result, minutes[code]) for code, result in sorted(results.items(), key=_name))
    model = MODEL.format(
        keystroke=KEYSTROKE,
        point=POINT,
        click=CLICK,
        hand=HAND,
        mental=MENTAL,
        words=WORDS_PER_MINUTE,
        skimmed=round(SKIMMED_SHARE * 100),
        outside=", ".join(f"{seconds} seconds to {what}" for what, seconds in OUTSIDE.items()),
    )
    text = f"{_fill(head)}\n{rows}{_fill(model)}\n{_fields(list(results.values()))}"
    PAGE.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")


def _fill(text: str) -> str:
    """Lay out paragraphs and items of lists on lines of 120 characters. Headings and tables stay as they are."""
    parts = [part.split("\n") for part in re.split(r"\n(?=\n)|\n(?=- |\d\. )", text.rstrip("\n"))]
    return "\n".join(_fill_part([line for line in part if line] or [""], is_after_gap=not part[0]) for part in parts)


def _fill_part(lines: list[str], *, is_after_gap: bool) -> str:
    gap = "\n" if is_after_gap else ""
    if lines[0].startswith(("#", "|")):
        return gap + "\n".join(lines)
    marker = re.match(r"- |\d\. |", lines[0])
    indent = " " * len(marker[0]) if marker else ""
    words = " ".join(line.strip() for line in lines)
    return gap + textwrap.fill(words, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _name(item: tuple[str, dict[str, Any]]) -> str:
    return str(item[1]["country"])


def _minutes(result: dict[str, Any]) -> float:
    return float(result["hand_seconds"] + result["reading_seconds"] + result["machine_seconds"]) / 60


def _row(code: str, result: dict[str, Any], minutes: float) -> str:
    facts = COUNTRIES[code]
    cells = (
        result["country"],
        facts["special"],
        f"{facts['items']}, {facts['layout']}",
        result["clicks"],
        sum(result["typed"].values()),
        f"{minutes:.1f}",
        f"{result['machine_seconds'] / 60:.1f}",
        f"{result['briefing_words'] / WORDS_PER_MINUTE:.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |\n"


def _fields(results: list[dict[str, Any]]) -> str:
    """Return the rows of the table of fields, in the order in which people come to them."""
    names = dict.fromkeys(name for result in results for name in result["typed"])
    counts = {name: [result["typed"].get(name, 0) for result in results] for name in names}
    return "".join(
        f"| {name} | {min(each)} |\n" if min(each) == max(each) else f"| {name} | {min(each)} to {max(each)} |\n"
        for name, each in counts.items()
    )


if __name__ == "__main__":
    write_page(Path(sys.argv[1]))
