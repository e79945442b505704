"""Who is told what while the clock, the schedule or the mail server fails: nobody twice, nothing lost, nobody waits.

An installation of its own (see `faults`) on the exercise, with a mail server on this machine that can be silent,
slow, or refuse. Each line of the tables ends in what is wrong, if anything is. Clocks are moved by `faketime` (Debian:
faketime); without it that line is left out. `make faults ONLY=notices` runs this alone.
"""

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from tests.performance.faults import (
    BASE_DIR,
    BIN,
    OFFICER,
    Installation,
    Person,
    Process,
    say,
    wait_for,
    worker_command,
)
from tests.smtp_server import MailServer, mail_server

NAMES = ("notices and mail servers",)
RUNS_AT_ONCE, ROUNDS = 2, 5
PAGES = 10
MOST_SECONDS_FOR_A_PAGE = 10.0
"""Longer than this, somebody waited for the mail server: its time-out is as long."""
ADMINISTRATOR = "admin@demo.example"
TOLD = "SELECT person_id, kind, row, day, stage, delivered_at IS NULL FROM notifications_notice ORDER BY 1, 2, 3, 4, 5"
MAILS = "SELECT person_id, state FROM mail_mail WHERE kind = 'notices' ORDER BY 1"


class Outcome(NamedTuple):
    """What people were told, and the mails to each person with their state."""

    notices: tuple[Any, ...]
    mails: tuple[Any, ...]


class Rehearsal:
    """An installation whose notices are told again and again."""

    def __init__(self, installation: Installation, server: MailServer) -> None:
        self.installation, self.server = installation, server
        self.wrong: list[str] = []

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.installation.environment["DATABASE_URL"], autocommit=True) as connection:
            return list(connection.execute(statement))  # type: ignore[call-overload]

    def forget(self) -> None:
        """Let nobody have been told anything."""
        self.installation.sql(
            "DELETE FROM notifications_notice", "DELETE FROM mail_mail", "DELETE FROM jobs_job WHERE kind = 'send_mail'"
        )
        self.server.received.clear()

    def begin_run(self, *before: str, ahead: timedelta = timedelta()) -> subprocess.Popen[str]:
        """Begin a run of the notices, by a program `before` it, with the clock so much ahead."""
        domain, machine = self.installation.environment["DEMO_CLOCK"].split()
        clock = f"{(datetime.fromisoformat(domain) + ahead).isoformat()} {machine}"
        return subprocess.Popen(
            [*before, str(BIN / "python"), "manage.py", "notify", "--json"],
            env=self.installation.environment | {"DEMO_CLOCK": clock},
            cwd=BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *before: str, ahead: timedelta = timedelta()) -> Outcome:
        """Do a run, and return what people have been told by then."""
        process = self.begin_run(*before, ahead=ahead)
        process.communicate()
        if process.returncode:
            raise SystemExit("faults: a run of the notices failed. What it said stands above.")
        return self.outcome()

    def outcome(self) -> Outcome:
        return Outcome(tuple(self.query(TOLD)), tuple(self.query(MAILS)))

    def tell(self, fault: str, told: str, *wrong: str) -> None:
        """Print a line of the table, and remember what is wrong."""
        faults = [sentence for sentence in wrong if sentence]
        self.wrong += [f"{fault}: {sentence}" for sentence in faults]
        say(f"  {fault:<40}{told:<76}{'; '.join(faults) or 'as it should be'}")


# --- Clocks and runs --------------------------------------------------------------------------------------------------


def two_runs_at_once(rehearsal: Rehearsal) -> None:
    """Both wait for a lock before their first notice, and go on in the same moment."""
    rehearsal.forget()
    alone = rehearsal.run()
    same = 0
    for _ in range(ROUNDS):
        rehearsal.forget()
        with psycopg.connect(rehearsal.installation.environment["DATABASE_URL"]) as connection:
            connection.execute("LOCK TABLE notifications_notice IN ACCESS EXCLUSIVE MODE")
            runs = [rehearsal.begin_run() for _ in range(RUNS_AT_ONCE)]
            wait_for(lambda: _waiting(rehearsal) == RUNS_AT_ONCE, "two runs at once")
        ended = [run.communicate() and run.returncode for run in runs]
        same += not any(ended) and rehearsal.outcome() == alone
    rehearsal.tell(
        "two runs in the same moment",
        f"{ROUNDS} times: {len(alone.notices)} notices, {len(alone.mails)} mails",
        "" if same == ROUNDS else f"{ROUNDS - same} times not what one run tells",
        "" if alone.mails else "nobody was told anything",
    )


def _waiting(rehearsal: Rehearsal) -> int:
    return int(rehearsal.query("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")[0][0])


def clock_an_hour_back(rehearsal: Rehearsal) -> None:
    """The machine's own clock, as after a mistaken correction; then it is right again."""
    if not (faketime := shutil.which("faketime")):
        say("  the machine's clock an hour back: not tried, since faketime is not installed")
        return
    rehearsal.forget()
    before = rehearsal.run()
    back, again = rehearsal.run(faketime, "-f", "-1h"), rehearsal.run()
    rehearsal.tell(
        "the machine's clock an hour back",
        f"{len(before.mails)} mails before, {len(back.mails)} then, {len(again.mails)} once it is right",
        "" if len(again.mails) == len(before.mails) == len(back.mails) else "somebody got another mail",
        "" if again == before else "the notices are not as before",
    )


def three_days_without_a_run(rehearsal: Rehearsal) -> None:
    """The last run is on 1 February; the next one tells all of it by one mail to each person; then nothing more."""
    rehearsal.forget()
    last = timedelta(days=4)
    before, after = rehearsal.run(ahead=last), rehearsal.run(ahead=last + timedelta(days=3))
    again = rehearsal.run(ahead=last + timedelta(days=3, minutes=1))
    more = Counter(person for person, _ in after.mails) - Counter(person for person, _ in before.mails)
    rehearsal.tell(
        "no run for three days",
        f"{len(before.mails)} mails before, {sum(more.values())} after it, {len(again.notices)} notices",
        "" if set(more.values()) == {1} else "not one mail to each",
        "" if again == after else "the next run told something again",
    )


# --- Mail servers -----------------------------------------------------------------------------------------------------


class BadServer(NamedTuple):
    """How a mail server fails: its answers by command, and the state of a mail after the first try."""

    answers: dict[str, str | None]
    state: str = "queued"
    is_silent: bool = False


BAD_SERVERS = {
    "takes calls and says nothing": BadServer({}, is_silent=True),
    "refuses for now (451)": BadServer({"RCPT": "451 4.3.0 Try again later"}),
    "refuses the address (550)": BadServer({"RCPT": "550 5.1.1 No such mailbox"}, state="refused"),
    "says one character a second": BadServer({"greeting": "drip"}),
    "hangs up before it takes the text": BadServer({"text": None}),
}


def bad_servers(rehearsal: Rehearsal) -> None:
    """Tell everybody something while the server fails, read pages meanwhile, then let the server work again."""
    officer = Person(rehearsal.installation.url, OFFICER)
    if officer.sign_in().status != "200":
        raise SystemExit("faults: the officer could not sign in.")
    for name, bad in BAD_SERVERS.items():
        rehearsal.forget()
        server = rehearsal.server
        server.answers = dict(bad.answers)
        server.unanswered_calls = 10**9 if bad.is_silent else 0
        rehearsal.run()
        longest = max(officer.ask("/LSO/2021/dashboard/").seconds for _ in range(PAGES))
        tried = "SELECT count(*) FROM mail_mail WHERE tries = 0 OR (state = 'queued' AND next_try_at IS NULL)"
        waited = wait_for(
            lambda: rehearsal.query(tried)[0][0] == 0, f"a first try at a server that {name}", seconds=180
        )
        states = Counter(state for _, state in rehearsal.outcome().mails)
        pauses = rehearsal.query(
            "SELECT extract(epoch FROM min(next_try_at - tried_at)) FROM mail_mail WHERE state = 'queued'"
        )[0][0]
        server.answers, server.unanswered_calls = {}, 0
        _try_now(rehearsal)
        with suppress(SystemExit):
            wait_for(lambda: not rehearsal.query("SELECT 1 FROM mail_mail WHERE state = 'queued'"), "the mails")
        rehearsal.tell(
            f"a server that {name}",
            f"{dict(states)}, tried within {waited:.0f} s, next in {float(pauses or 0):.0f} s, page {longest:.1f} s",
            *_find_wrong(rehearsal, bad, states),
            "" if longest < MOST_SECONDS_FOR_A_PAGE else "a page waited",
        )


def _try_now(rehearsal: Rehearsal) -> None:
    """Let all pauses be over."""
    rehearsal.installation.sql(
        "UPDATE mail_mail SET next_try_at = now() WHERE state = 'queued'",
        "UPDATE jobs_job SET due_at = now(), messaged_at = NULL WHERE state = 'queued'",
    )


def _find_wrong(rehearsal: Rehearsal, bad: BadServer, states: Counter[str]) -> Iterator[str]:
    mails = rehearsal.query("SELECT message_id, state, answer FROM mail_mail")
    taken = Counter(message["Message-ID"] for message in rehearsal.server.received)
    if set(states) != {bad.state}:
        yield f"the mails were {dict(states)}"
    if any(count > 1 for count in taken.values()):
        yield "a mail came twice"
    if bad.state == "refused":
        if any(not answer for _, _, answer in mails):
            yield "the server's words are missing"
    elif set(taken) != {message_id for message_id, _, _ in mails}:
        yield f"{len(mails) - len(taken)} of {len(mails)} mails were lost"


def a_day_of_refusals(rehearsal: Rehearsal) -> None:
    """Pauses grow for a day; then the operator reads what the server said."""
    words = "451 4.7.1 Greylisted, says the server"
    rehearsal.forget()
    rehearsal.server.answers = {"RCPT": words}
    rehearsal.run()
    pauses: list[int] = []
    tries = "SELECT min(tries), max(extract(epoch FROM next_try_at - tried_at)) FROM mail_mail WHERE state = 'queued'"
    for number in range(1, 100):
        wait_for(lambda count=number: (rehearsal.query(tries)[0][0] or count) >= count, f"try {number}")
        if rehearsal.query(tries)[0][1] is None:
            break
        pauses.append(round(rehearsal.query(tries)[0][1]))
        rehearsal.installation.sql(
            "UPDATE mail_mail SET queued_at = queued_at - (next_try_at - tried_at) WHERE state = 'queued'"
        )
        _try_now(rehearsal)
    administrator = Person(rehearsal.installation.url, ADMINISTRATOR)
    administrator.sign_in()
    page = administrator.ask("/mails/?state=given_up")
    rehearsal.server.answers = {}
    rehearsal.tell(
        "a day of refusals",
        f"{len(pauses) + 1} tries, pauses of {pauses[0] // 60} to {max(pauses) // 60} minutes",
        "" if words in page.text else "the operator's page does not say what the server said",
        "" if rehearsal.query("SELECT 1 FROM mail_mail WHERE state <> 'given_up'") == [] else "not all were given up",
    )


CLOCKS: Sequence[Callable[[Rehearsal], None]] = (two_runs_at_once, clock_an_hour_back, three_days_without_a_run)
SERVERS: Sequence[Callable[[Rehearsal], None]] = (bad_servers, a_day_of_refusals)


def main() -> None:
    """Print what was found; SystemExit where something went wrong."""
    with mail_server() as server, Installation(EMAIL_PORT=str(server.port)) as installation:
        server.drip_seconds = 1.0
        rehearsal = Rehearsal(installation, server)
        say("\nNotices: clocks and runs")
        for rehearse in CLOCKS:
            rehearse(rehearsal)
        say("\nNotices: mail servers")
        others: list[Process] = [installation.process(name, worker_command(name)) for name in ("mail", "beat")]
        try:
            for process in others:
                process.start()
            time.sleep(5)  # until they have begun
            for rehearse in SERVERS:
                rehearse(rehearsal)
        finally:
            for process in others:
                process.kill()
    if rehearsal.wrong:
        raise SystemExit("faults: " + "; ".join(rehearsal.wrong))


if __name__ == "__main__":
    main()
