"""Compare the locked packages with records of OSV, from files: `python -m tests.known_weaknesses PyPI.zip npm.zip`.

For machines without a connection; `make audit` asks PyPI and npm otherwise. The files are exports of https://osv.dev,
and the format of their records is https://ossf.github.io/osv-schema/.
"""

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

BASE_DIR = Path(__file__).resolve().parent.parent
PYPI, NPM = "PyPI", "npm"
OLDEST_DAYS = 14


# --- What is locked ---------------------------------------------------------------------------------------------------


def locked_python(path: Path) -> set[tuple[str, str]]:
    """Return name and version of each package of requirements.lock."""
    return set(re.findall(r"(?m)^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", path.read_text()))


def locked_npm(path: Path) -> set[tuple[str, str]]:
    """Return name and version of each package of package-lock.json."""
    packages = json.loads(path.read_text())["packages"]
    return {
        (name.rpartition("node_modules/")[2], package["version"])
        for name, package in packages.items()
        if name and "version" in package
    }


# --- Versions ---------------------------------------------------------------------------------------------------------

SEMVER = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def parse_semver(text: str) -> tuple[Any, ...]:
    """Return what orders versions of npm (https://semver.org, 11). Raises ValueError."""
    match = SEMVER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    numbers = tuple(int(part or 0) for part in match.groups()[:3])
    # A version before a release comes before it. In its parts, numbers come before words.
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in (match[4] or "").split(".") if part
    )
    return (*numbers, not parts, parts)


def parse_python(text: str) -> Version:
    """Return what orders versions of PyPI (PEP 440). Raises ValueError."""
    try:
        return Version(text)
    except InvalidVersion as error:
        raise ValueError(text) from error


PARSERS: dict[str, Callable[[str], Any]] = {PYPI: parse_python, NPM: parse_semver}


def is_affected(version: str, affected: dict[str, Any], parse: Callable[[str], Any]) -> bool:
    """Return whether an entry of a record names this version. Raises ValueError if a version is no version."""
    locked = parse(version)
    if version in affected.get("versions", ()):
        return True
    return any(
        _is_in_range(locked, found["events"], parse)
        for found in affected.get("ranges", ())
        if found["type"] in {"ECOSYSTEM", "SEMVER"}
    )


def _is_in_range(locked: Any, events: list[dict[str, str]], parse: Callable[[str], Any]) -> bool:
    def moment(event: dict[str, str]) -> tuple[Any, ...]:
        ((kind, version),) = event.items()
        return (0,) if version == "0" else (1, parse(version), kind == "last_affected")

    result = False
    for event in sorted((event for event in events if "limit" not in event), key=moment):
        ((kind, version),) = event.items()
        if kind == "introduced" and (version == "0" or parse(version) <= locked):
            result = True
        elif (kind == "fixed" and parse(version) <= locked) or (kind == "last_affected" and parse(version) < locked):
            result = False
    return result


# --- Records ----------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What the files say: faults to correct, and weaknesses; and what they cover."""

    faults: list[str] = field(default_factory=list)
    weaknesses: list[str] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)
    newest: dict[str, datetime] = field(default_factory=dict)
    records: int = 0


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield each record of a file. Raises OSError, ValueError with what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    try:
                        yield json.loads(archive.read(name))
                    except ValueError as error:
                        raise ValueError(f"{path}: {name} is damaged ({error}). Download the file again.") from error
    except (zipfile.BadZipFile, EOFError, zipfile.zlib.error) as error:
        raise ValueError(f"{path} is damaged ({error}). Download it again.") from error


def compare(files: list[Path], locked: dict[str, set[tuple[str, str]]]) -> Report:
    """Compare every record of the files with the locked packages, by ecosystem."""
    versions: dict[tuple[str, str], set[str]] = {}
    for ecosystem, packages in locked.items():
        for name, version in packages:
            versions.setdefault((ecosystem, _normalize(ecosystem, name)), set()).add(version)
    report = Report()
    for path in files:
        try:
            for record in read_records(path):
                _compare_record(record, versions, report)
        except (OSError, ValueError) as error:
            report.faults.append(str(error))
    return report


def _normalize(ecosystem: str, name: str) -> str:
    return canonicalize_name(name) if ecosystem == PYPI else name


def _compare_record(record: dict[str, Any], versions: dict[tuple[str, str], set[str]], report: Report) -> None:
    report.records += 1
    entries = [entry for entry in record.get("affected", ()) if "package" in entry]
    ecosystems = {entry["package"]["ecosystem"].partition(":")[0] for entry in entries}
    # Only a list of an ecosystem holds records of it alone: others of PyPI's name npm too, and the other way round.
    if len(ecosystems) == 1:
        report.covered |= ecosystems
    modified = datetime.fromisoformat(record["modified"])
    for ecosystem in ecosystems:
        report.newest[ecosystem] = max(modified, report.newest.get(ecosystem, modified))
    if record.get("withdrawn"):
        return
    for entry in entries:
        ecosystem, name = entry["package"]["ecosystem"], entry["package"]["name"]
        for version in sorted(versions.get((ecosystem, _normalize(ecosystem, name)), ())):
            label = f"{name} {version}: {', '.join([record['id'], *record.get('aliases', ())])}"
            try:
                if is_affected(version, entry, PARSERS[ecosystem]):
                    report.weaknesses.append(f"{label}. {_summary(record)} {_remedy(entry)}")
            except ValueError as error:
                report.faults.append(f"{label} cannot be compared: “{error}” is no version. Read the record.")


def _summary(record: dict[str, Any]) -> str:
    text = " ".join((record.get("summary") or record.get("details") or "The record has no summary.").split())
    return text[:160] if text.endswith(".") else f"{text[:160]}."


def _remedy(entry: dict[str, Any]) -> str:
    fixed = [event["fixed"] for found in entry.get("ranges", ()) for event in found["events"] if "fixed" in event]
    return f"Corrected in {' or '.join(fixed)}." if fixed else "No version corrects it."


def find_gaps(report: Report, now: datetime, *, days: int) -> list[str]:
    """Return a sentence for each ecosystem that the files do not cover, or whose newest record is too old."""
    gaps = []
    for ecosystem in (PYPI, NPM):
        if ecosystem not in report.covered:
            gaps.append(f"No file has the records of {ecosystem}. Name {ecosystem}.zip too.")
        elif (age := (now - report.newest[ecosystem]).days) > days:
            day = f"{report.newest[ecosystem]:%Y-%m-%d}"
            gaps.append(f"The newest record of {ecosystem} is of {day}, {age} days ago. Download the file again.")
    return gaps


def main() -> int:
    parser = argparse.ArgumentParser(description="Find known weaknesses of the locked packages in files of OSV.")
    parser.add_argument("files", nargs="+", type=Path, help="exports of OSV, such as PyPI.zip and npm.zip")
    parser.add_argument("--days", type=int, default=OLDEST_DAYS, help="how old the newest record may be")
    arguments = parser.parse_args()
    locked = {
        PYPI: locked_python(BASE_DIR / "requirements.lock"),
        NPM: locked_npm(BASE_DIR / "tiptracker" / "web" / "frontend" / "package-lock.json"),
    }
    report = compare(arguments.files, locked)
    gaps = find_gaps(report, datetime.now(UTC), days=arguments.days)
    for sentence in (*report.faults, *gaps, *sorted(report.weaknesses)):
        sys.stdout.write(f"{sentence}\n")
    newest = ", ".join(f"{name} of {day:%Y-%m-%d}" for name, day in sorted(report.newest.items()) if name in locked)
    packages = sum(map(len, locked.values()))
    sys.stdout.write(f"Compared {packages} packages with {report.records} records. The newest: {newest or 'none'}.\n")
    if report.faults or gaps or report.weaknesses:
        sys.stdout.write("audit: FAILED. The lines above say why.\n")
        return 1
    sys.stdout.write("audit: passed. No known weakness.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
