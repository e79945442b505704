"""What becomes of forms that people send while a process or a server is killed, and of a schedule that hangs.

Whoever is answered by an error sends the same form again, as the page asks for, until it is taken. Counted: updates
that were lost or recorded twice, and the longest time until a form was taken. `make faults ONLY=people` runs this.
"""

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import yaml

from tests.performance.faults import (
    BASE_DIR,
    Answer,
    Installation,
    People,
    Process,
    free_port,
    say,
    silent_server,
    small_disk,
    wait_for,
    web_command,
)

NAMES = ("people and a schedule that hangs",)
GOAL_SECONDS = 60.0
MOST_TRIES = 200
NARRATIVE = "Exercise: what was typed while something failed, {}."
NARRATIVES = "SELECT narrative FROM dialogues_updateversion WHERE narrative LIKE 'Exercise: what was typed%'"


def kill_web_process(installation: Installation) -> None:
    """Kill one of the processes that serve pages."""
    serving = Path(f"/proc/{installation.web.pid}/task/{installation.web.pid}/children").read_text().split()
    os.kill(int(serving[0]), signal.SIGKILL)


def restart_postgres(installation: Installation) -> None:
    installation.postgres.freeze()
    installation.postgres.kill()
    (installation.postgres.folder / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    installation.postgres.start()


FAULTS: dict[str, Callable[[Installation], None]] = {
    "web process killed in a request": kill_web_process,
    "PostgreSQL killed in a request": restart_postgres,
}


def send_through(
    people: People, installation: Installation, number: int, fault: Callable[[Installation], None]
) -> float:
    """Send an update, inject the fault meanwhile, and send it again until it is taken. Gives the seconds."""
    person, address, fields = people.updates[number]
    typed = {
        "claimed": "under_way",
        "title": f"Exercise: form {number}",
        "narrative": NARRATIVE.format(number),
        "happened_to": "2022-01-20",
        "happened_from": "2022-01-18",
        "done_by": "government",
    }
    first: list[Answer] = []
    began = time.monotonic()
    sending = threading.Thread(target=lambda: first.append(person.ask(address, fields | typed)))
    sending.start()
    time.sleep(0.1)
    fault(installation)
    sending.join()
    answer = first[0]
    for _ in range(MOST_TRIES):
        if answer.status == "200" and "/update/" not in answer.url:
            return time.monotonic() - began
        time.sleep(0.2)
        answer = person.ask(address, fields | typed)
    raise SystemExit(f"faults: update {number} was never taken: {answer}")


def forms_survive(wrong: list[str]) -> None:
    """Every form that is open is sent, through one fault after the other."""
    with Installation() as installation:
        people = People(installation)
        longest: dict[str, float] = {}
        sent: Counter[str] = Counter()
        for number in range(len(people.updates)):
            name = list(FAULTS)[number % len(FAULTS)]
            longest[name] = max(longest.get(name, 0), send_through(people, installation, number, FAULTS[name]))
            sent[name] += 1
        with psycopg.connect(installation.environment["DATABASE_URL"], autocommit=True) as connection:
            found = Counter(row[0] for row in connection.execute(NARRATIVES))
    for index, (name, count) in enumerate(sent.items()):
        own = [found[NARRATIVE.format(number)] for number in range(index, len(people.updates), len(FAULTS))]
        lost, doubled = own.count(0), sum(times > 1 for times in own)
        say(f"{name:<40}{count:>6}{lost:>6}{doubled:>7}{longest[name]:>26.1f}")
        if lost or doubled or longest[name] > GOAL_SECONDS:
            wrong.append(name)


def scanner_is_silent(wrong: list[str]) -> None:
    """The scanner takes a file and says nothing."""
    with Installation() as installation, silent_server() as scanner:
        people = People(installation)
        port = free_port()
        environment = installation.environment | {
            "CLAMD_URL": f"tcp://127.0.0.1:{scanner}",
            "GRANIAN_PORT": str(port),
        }
        other = Process(web_command(), log=installation.folder / "other-web.log", port=port, environment=environment)
        installation.running(other)
        for updated, _, _ in people.updates:
            updated.url = f"http://127.0.0.1:{port}"
        people.updates = [
            (person, address.replace(str(installation.port), str(port)), fields)
            for person, address, fields in people.updates
        ]
        answer = people.send_update()
        is_told = "malware check is not available" in answer.text
        keeps = "what was typed while something failed" in answer.text
        say(
            f"{'scanner silent':<40}  an update with a photograph: {answer}, after {answer.seconds:.1f} s, "
            f"{'keeps' if keeps else 'LOSES'} what was typed, {'says why' if is_told else 'DOES NOT SAY why'}"
        )
        other.kill()
    if not (is_told and keeps):
        wrong.append("scanner silent")


def disk_is_full(wrong: list[str]) -> None:
    """A file system of its own for files, filled to the last byte while an update with a photograph is sent."""
    if os.getuid() != 0:
        say("disk full: not tried, since only root can mount one")
        return
    with Installation() as installation:
        files = Path(installation.environment["VAR_DIR"]) / "files"
        with small_disk(files, "4m"):
            files.chmod(0o777)
            people = People(installation)
            filler = files / "filler"
            with filler.open("wb", buffering=0) as full:
                while _write(full, b"0" * 4096):
                    pass
            answer = people.send_update()
            keeps = "what was typed while something failed" in answer.text
            left = [path for path in files.rglob("*.part*") if path.is_file()]
            filler.unlink()
            again = people.send_update()
            say(
                f"{'disk full':<40}  an update with a photograph: {answer}, "
                f"{'keeps' if keeps else 'LOSES'} what was typed, {len(left)} part files; with room again: {again}"
            )
    if not keeps or left or again.status != "200":
        wrong.append("disk full")


def _write(file: object, data: bytes) -> bool:
    try:
        return bool(file.write(data))  # type: ignore[attr-defined]
    except OSError:
        return False


def schedule_hangs(wrong: list[str]) -> None:
    """The schedule is stopped as if it hung. Its watchdog has to end it, so that an engine starts it again."""
    service = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]["beat"]
    with Installation() as installation:
        alive = installation.folder / "alive"
        command = [str(alive) if part == "/tmp/alive" else part for part in service["command"]]  # noqa: S108
        command = [sys.executable, *command[1:]]
        command[command.index("celery")] = str(Path(sys.executable).with_name("celery"))
        watchdog = installation.running(installation.process("watched-beat", command))
        wait_for(alive.exists, "the first look at the schedule")
        for child in watchdog.family[1:]:
            os.kill(child, signal.SIGSTOP)
        seconds = wait_for(
            lambda: bool(watchdog.process and watchdog.process.poll() is not None), "its end", seconds=180
        )
    say(f"{'beat hangs':<40}  ended by its watchdog after {seconds:.0f} s, to be started again")
    if seconds > GOAL_SECONDS:
        wrong.append("beat hangs")


def main() -> None:
    """Print the table; SystemExit where something went wrong."""
    say("\nForms survive, each sent again until it is taken")
    say(f"{'fault':<40}{'forms':>6}{'lost':>6}{'twice':>7}{'longest until taken, s':>26}")
    wrong: list[str] = []
    for part in (forms_survive, scanner_is_silent, disk_is_full, schedule_hangs):
        part(wrong)
    if wrong:
        raise SystemExit(f"faults: not as it should be: {', '.join(wrong)}. The table says what happened.")


if __name__ == "__main__":
    main()
