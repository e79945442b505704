"""Which commit the papers are about: they are dated by it, so that the same commit gives the same papers."""

import subprocess
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid5

BASE_DIR = Path(__file__).resolve().parents[2]
NAMESPACE = UUID("6f2d1a52-5a0c-4a52-9a3b-0d5a1d7a2b11")
"""Numbers of papers and of what is in them are made from this one and a name, so that they stay the same."""
DESCRIPTION = "Follows what a government does about the recommendations of the Trafficking in Persons Report."
"""What the application is, in the papers that ask for a sentence."""


@dataclass(frozen=True)
class Checkout:
    """A commit, and whether files were changed since."""

    commit: str
    committed_at: datetime
    is_changed: bool
    version: str

    @property
    def day(self) -> date:
        """The day of the commit, where it was made."""
        return self.committed_at.date()

    @property
    def sentence(self) -> str:
        """What the papers are about."""
        changed = " Files were changed since, so these papers describe no commit." if self.is_changed else ""
        return f"TIP Tracker {self.version}, commit {self.commit}, {format_day(self.day)}.{changed}"

    def make_uuid(self, name: str) -> UUID:
        """Return a number for something in the papers of this commit."""
        return uuid5(NAMESPACE, f"{self.commit}{' changed' if self.is_changed else ''} {name}")


def format_day(day: date) -> str:
    """Write a day in words, such as 8 November 2021."""
    return f"{day.day} {day:%B %Y}"


def read_checkout() -> Checkout:
    """Read the commit of this checkout. Raises subprocess.CalledProcessError if this is no repository."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=BASE_DIR, check=True, capture_output=True, text=True).stdout

    commit, moment = git("log", "-1", "--format=%H %cI").split()
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    return Checkout(
        commit=commit,
        committed_at=datetime.fromisoformat(moment),
        is_changed=bool(git("status", "--porcelain")),
        version=project["version"],
    )
