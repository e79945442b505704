"""The locked packages compared with files of OSV: ranges, versions, withdrawn records, damaged and old files."""

import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from tests.known_weaknesses import (
    NPM,
    PYPI,
    compare,
    find_gaps,
    is_affected,
    locked_npm,
    locked_python,
    parse_python,
    parse_semver,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LOCKED = {PYPI: {("django-thing", "4.2.1")}, NPM: {("@scope/thing", "2.0.0")}}


def record(number, *affected, modified="2026-11-29T00:00:00.5Z", **more):
    return {"id": f"GHSA-{number}", "summary": "Anybody can read it", "modified": modified, "affected": affected} | more


def entry(name="Django_Thing", ecosystem=PYPI, events=(), versions=(), kind="ECOSYSTEM"):
    return {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": kind, "events": list(events)}] if events else [],
        "versions": list(versions),
    }


def write_archive(path, *records):
    with zipfile.ZipFile(path, "w") as archive:
        for each in records:
            archive.writestr(f"{each['id']}.json", json.dumps(each))
    return path


SINCE_4 = [{"introduced": "4.0"}, {"fixed": "4.2.2"}]


@pytest.mark.parametrize(
    ("events", "affected"),
    [
        (SINCE_4, True),
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "4.2.1"}], False),
        ([{"introduced": "4.2.1"}, {"last_affected": "4.2.1"}], True),
        ([{"introduced": "0"}, {"last_affected": "4.2.0"}], False),
        ([{"introduced": "4.2.2"}], False),
        ([{"introduced": "4.2.1.post1"}], False),
        ([{"fixed": "3.2"}, {"introduced": "0"}, {"introduced": "4.2rc1"}, {"fixed": "4.3"}], True),
        ([{"introduced": "0"}, {"fixed": "3.2"}, {"introduced": "5.0"}, {"fixed": "5.1"}], False),
    ],
)
def test_a_version_is_in_a_range_or_not(events, affected):
    assert is_affected("4.2.1", entry(events=events), parse_python) is affected


def test_a_list_of_versions_counts_and_a_range_of_commits_does_not():
    commits = entry(events=[{"introduced": "0"}], kind="GIT")

    assert is_affected("4.2.1", entry(versions=["4.2.0", "4.2.1"]), parse_python)
    assert not is_affected("4.2.1", entry(versions=["4.2.10"]), parse_python)
    assert not is_affected("4.2.1", commits, parse_python)


def test_versions_of_npm_are_ordered_as_semver_says():
    ordered = (
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.2 1.0.10 2.0.0"
    )

    assert sorted(sorted(ordered.split()), key=parse_semver) == ordered.split()
    assert parse_semver("1.0.0+build") == parse_semver("1.0.0")
    with pytest.raises(ValueError, match="latest"):
        parse_semver("latest")


def test_a_weakness_is_named_with_the_version_that_corrects_it(tmp_path):
    found = compare(
        [
            write_archive(
                tmp_path / "PyPI.zip",
                record("one", entry(events=SINCE_4), aliases=["CVE-2026-1"]),
                record("other", entry("another-thing", events=SINCE_4)),
                record("gone", entry(events=SINCE_4), withdrawn="2026-11-20T00:00:00Z"),
            ),
            write_archive(
                tmp_path / "npm.zip",
                record(
                    "two", entry("@scope/thing", NPM, [{"introduced": "0"}, {"fixed": "2.0.1-rc.1"}], kind="SEMVER")
                ),
                record("three", entry("django-thing", NPM, [{"introduced": "0"}])),  # the same name elsewhere
            ),
        ],
        LOCKED,
    )

    assert found.faults == []
    assert sorted(found.weaknesses) == [
        "@scope/thing 2.0.0: GHSA-two. Anybody can read it. Corrected in 2.0.1-rc.1.",
        "Django_Thing 4.2.1: GHSA-one, CVE-2026-1. Anybody can read it. Corrected in 4.2.2.",
    ]
    assert find_gaps(found, NOW, days=14) == []


def test_a_missing_list_and_an_old_one_are_said(tmp_path):
    both = record("both", entry("x"), entry("x", NPM))
    old = record("old", entry("x"), modified="2026-11-01T00:00:00Z")
    found = compare([write_archive(tmp_path / "PyPI.zip", old, both | {"modified": "2026-11-02T00:00:00Z"})], LOCKED)

    assert find_gaps(found, NOW, days=14) == [
        "The newest record of PyPI is of 2026-11-02, 28 days ago. Download the file again.",
        "No file has the records of npm. Name npm.zip too.",
    ]
    assert find_gaps(found, NOW, days=28) == ["No file has the records of npm. Name npm.zip too."]


def test_a_damaged_file_is_a_fault(tmp_path):
    sound = write_archive(tmp_path / "PyPI.zip", *(record(str(number), entry("x")) for number in range(50)))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(sound.read_bytes()[:-100])
    changed = tmp_path / "changed.zip"
    content = bytearray(sound.read_bytes())
    content[60] ^= 1
    changed.write_bytes(content)
    no_json = tmp_path / "no.zip"
    with zipfile.ZipFile(no_json, "w") as archive:
        archive.writestr("GHSA-1.json", "{")

    found = compare([cut, changed, no_json, tmp_path / "none.zip"], LOCKED)

    assert [name for name in ("cut", "changed", "no", "none") if f"{name}.zip" not in " ".join(found.faults)] == []
    assert len(found.faults) == 4


def test_a_version_that_is_none_is_a_fault_and_not_passed_over(tmp_path):
    found = compare([write_archive(tmp_path / "a.zip", record("1", entry(events=[{"introduced": "r13"}])))], LOCKED)

    assert found.faults == ["Django_Thing 4.2.1: GHSA-1 cannot be compared: “r13” is no version. Read the record."]


def test_our_own_locks_are_read_completely():
    python = locked_python(settings.BASE_DIR / "requirements.lock")
    npm = locked_npm(settings.BASE_DIR / "tiptracker" / "web" / "frontend" / "package-lock.json")

    assert {"django", "celery", "pip-audit"} <= {name for name, _ in python}
    assert len(python) == len(re.findall(r"(?m)^\S+==", (settings.BASE_DIR / "requirements.lock").read_text()))
    assert {"@uswds/uswds", "sass"} <= {name for name, _ in npm}
    for _, version in python:
        parse_python(version)
    for _, version in npm:
        parse_semver(version)


def test_the_command_fails_for_a_weakness_of_ours_and_passes_without_one(tmp_path):
    fresh = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    npm = write_archive(tmp_path / "npm.zip", record("1", entry("x", NPM), modified=fresh))
    weak = write_archive(
        tmp_path / "weak.zip", record("2", entry("django", events=[{"introduced": "0"}]), modified=fresh)
    )
    sound = write_archive(tmp_path / "sound.zip", record("3", entry("x"), modified=fresh))

    def run(*files):
        command = [sys.executable, "-m", "tests.known_weaknesses", *files]
        return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)

    failed, passed = run(weak, npm), run(sound, npm)
    assert failed.returncode == 1
    assert "GHSA-2" in failed.stdout
    assert "audit: FAILED" in failed.stdout
    assert passed.returncode == 0, passed.stdout
    assert "audit: passed" in passed.stdout
