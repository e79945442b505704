"""`make load`: 200 people of one post at work on the whole product, and how long each of their requests takes.

It starts its own PostgreSQL, Redis, web server, workers and schedule, by the commands of the Dockerfile and of
docker-compose.yml, on free ports of this machine, with a record of 1,000 commitments (`load_record.py`). Each person
sends a request every five seconds on average, straight to the web server and each by a connection of its own, as the
proxy does. A request is sent when its time has come, however many others wait, and its time counts from then: nobody
waits out of sight. Forms to write are opened before, because people type meanwhile. Afterwards a list is compared with
Redmine's (`redmine.py`).

SECONDS says for how long (600), and PEOPLE how many of them are at work (200). The tables go to standard output, and a
picture to var/load. Milliseconds are printed and never judged. What makes it fail (exit 1): a request that is not
answered, or with another page than its own.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from random import Random
from typing import NamedTuple

from tests.performance.faults import BASE_DIR, Process, say
from tests.performance.load_people import PEOPLE, Answered, Asked, People, Post, processor_seconds
from tests.performance.load_picture import draw
from tests.performance.redmine import tell_redmine

MIX = {"dashboard": 4, "list": 6, "row": 6, "readiness": 2, "search": 1, "write": 1}
"""Of 20 requests. A focal point's dashboard is the ministry's home page; readiness and writing are the embassy's."""
SECONDS_BETWEEN = 5.0
WARM_UP_SECONDS = 15.0
"""How long they work before anything counts, so that each process has served each page."""
WINDOW_SECONDS = 10
GOAL_MS = 300


def plan(post: Post, seconds: float, random: Random) -> Iterator[Asked]:
    """What everybody asks for within so many seconds, in its order."""
    kinds_of = {
        kind: [n for n, person in enumerate(post.people) if kind in post.pages[person["reader"]]] for kind in MIX
    }
    mix, block = [kind for kind, times in MIX.items() for _ in range(times)], []
    due = 0.0
    while (due := due + random.expovariate(len(post.people) / SECONDS_BETWEEN)) < seconds:
        if not block:
            block = random.sample(mix, len(mix))
        kind = block.pop()
        person = random.choice(kinds_of[kind])
        path, holds = random.choice(post.pages[post.people[person]["reader"]][kind])
        yield Asked(due, kind, person, path, holds)


# --- What is told -----------------------------------------------------------------------------------------------------


def percentile(took: Sequence[float], share: float) -> float:
    """The least of these that so much of them (0 to 1) doesn't exceed."""
    return sorted(took)[ceil(share * len(took)) - 1] if took else 0.0


class Window(NamedTuple):
    """Some seconds of the run: when they began, the requests a second, and two percentiles in ms."""

    begins: int
    rate: float
    p50: float
    p95: float


def windows(answers: Sequence[Answered]) -> list[Window]:
    """The run in windows of some seconds each, by when the requests were due."""
    by_window: dict[int, list[float]] = {}
    for answer in answers:
        by_window.setdefault(int(answer.asked.due) // WINDOW_SECONDS, []).append(answer.ms)
    return [
        Window(number * WINDOW_SECONDS, len(took) / WINDOW_SECONDS, percentile(took, 0.5), percentile(took, 0.95))
        for number, took in sorted(by_window.items())
    ]


def tell(answers: Sequence[Answered]) -> None:
    """Print the kinds of requests, each with its milliseconds and errors."""
    say(f"\n  {'':12}{'requests':>9}{'p50, ms':>9}{'p95':>8}{'p99':>8}{'most':>8}  errors")
    for kind in (*MIX, "all"):
        of_kind = [answer for answer in answers if kind in (answer.asked.kind, "all")]
        took = [answer.ms for answer in of_kind]
        wrong = Counter(answer.wrong for answer in of_kind if answer.wrong)
        times = "".join(f"{percentile(took, share):>8.0f}" for share in (0.5, 0.95, 0.99, 1))
        say(f"  {kind:12}{len(took):>9} {times}  {', '.join(f'{n} × {what}' for what, n in wrong.items()) or 0}")


async def measure(post: Post, parts: Mapping[str, Process], seconds: float) -> list[Answered]:
    """Let them work, and print what their work took of the processor."""
    people, random = People(post.port, post.cookies), Random(21)  # noqa: S311 -- no secret
    await people.open_forms(post)
    await people.work(list(plan(post, WARM_UP_SECONDS, random)))
    asked = list(plan(post, seconds, random))
    before = {name: processor_seconds(part) for name, part in parts.items()}
    own, began = time.process_time(), time.monotonic()
    answers = await people.work(asked)
    took = time.monotonic() - began
    used = {name: processor_seconds(part) - before[name] for name, part in parts.items()}
    used["those who ask"] = time.process_time() - own
    say(f"\n  {len(answers) / took:.1f} requests a second for {took:.0f} s; of one core, and ms a request:")
    for name, spent in used.items():
        say(f"  {name:14}{100 * spent / took:>5.0f} %{1000 * spent / len(answers):>8.1f}")
    return answers


def main() -> int:
    """Print what was measured; 1 if a request was answered wrongly."""
    seconds = float(os.environ.get("SECONDS") or 600)
    with Post(at_work=int(os.environ.get("PEOPLE") or PEOPLE)) as post:
        parts = post.start_others()
        say(f"{len(post.people)} people, each with a request every {SECONDS_BETWEEN:.0f} s, on {os.cpu_count()} cores")
        answers = asyncio.run(measure(post, parts, seconds))
        tell(answers)
        tell_redmine(post)
    p95, errors = percentile([answer.ms for answer in answers], 0.95), sum(bool(answer.wrong) for answer in answers)
    folder = BASE_DIR / "var" / "load"
    folder.mkdir(parents=True, exist_ok=True)
    rows = windows(answers)
    (folder / "load.svg").write_text(draw(rows, goal=GOAL_MS))
    say(f"\n  {'from s':>8}{'a second':>10}{'p50, ms':>9}{'p95':>8}")
    for row in rows:
        say(f"  {row.begins:>8}{row.rate:>10.1f}{row.p50:>9.0f}{row.p95:>8.0f}")
    say(f"\n  goal: p95 {GOAL_MS} ms, 0 errors. p95 {p95:.0f} ms, {errors} errors. Picture: {folder / 'load.svg'}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
