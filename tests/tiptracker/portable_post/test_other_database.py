"""The exercise moves from PostgreSQL to SQLite and back, beside another country: readiness and files stay the same."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings as current
from django.db import connection

from tests.exercise import load_exercise
from tests.factories import BriefingFactory, CountryFactory
from tests.tiptracker.portable_post.posts import export, fill_post

pytestmark = [
    pytest.mark.long,
    pytest.mark.unordered_locks,  # an import is alone in its database
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL; SQLite is here anyway"),
]
DAYS = [date(2021, 9, 10) + timedelta(days=7 * number) for number in range(20)]

_LOOK = """
import hashlib, io, json
from datetime import date
from django.core.files.storage import default_storage
from django.core.management import call_command
from dialogues.models import Dialogue, EvidenceFile
from recommendations.models import Edition
from reports.briefings.content.documents import to_json_values
from reports.briefings.documents import build_document
from reports.choices import BriefingKind
from reports.management.arguments import temporary_ambassador
from reports.models import Briefing, Document
from tiptracker import clock
from tiptracker.accounts.models import Ministry

def fractions(value):
    if isinstance(value, list):
        return [fractions(each) for each in value]
    if isinstance(value, dict):
        return {key: fractions(each) for key, each in value.items() if key.endswith("_exact") or key in {"parts",
                "questions", "benchmarks", "levers", "claims", "verdict", "headline", "deadline_on"}}
    return value

days, fraction, files = {}, {}, {}
for day in DAYS:
    for more in ([], ["--known-by", day + "T12:00:00+02:00"]):
        said = io.StringIO()
        call_command("readiness", "LSO", "2021", "--as-of", day, *more, "--json", stdout=said)
        days[" ".join([day, *more])] = hashlib.sha256(said.getvalue().encode()).hexdigest()
        fraction[" ".join([day, *more])] = fractions(json.loads(said.getvalue()))
kept = EvidenceFile.objects.kept().filter(evidence__country__code="LSO").values_list("file", "stored_sha256")
written = Briefing.objects.filter(edition__country__code="LSO").exclude(file="").values_list("file", "sha256")
for name, sha256 in [*kept, *written]:
    with default_storage.open(name) as file:
        files[name] = hashlib.sha256(file.read()).hexdigest()
    assert files[name] == sha256

edition = Edition.objects.get(country__code="LSO", year=2021)
wanted = [Document(kind) for kind in (BriefingKind.AMBASSADOR, BriefingKind.WASHINGTON, BriefingKind.ANSWERS)]
wanted += [Document(BriefingKind.MINISTRY, ministry=each) for each in Ministry.objects.filter(country__code="LSO")]
wanted += [Document(BriefingKind.DIALOGUE, dialogue=each) for each in Dialogue.objects.filter(country__code="LSO")]
documents = []
for day in DAYS[::5]:
    with temporary_ambassador(edition.country) as reader:
        documents += [
            json.dumps(to_json_values(build_document(
                document=each, edition=edition, reader=reader, as_of=date.fromisoformat(day),
                known_by=clock.now(edition.country.time_zone), tells_known_by=False,
            )))
            for each in wanted
        ]
print(json.dumps([days, fraction, files, documents]))
"""


def run(arguments, **environment):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=current.BASE_DIR, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def look(**environment):
    """What an installation says: by day and moment, the hash of what `readiness` prints and its exact figures; the hash
    of each file by name; and everything that each document says, of each kind, ministry and dialogue.
    """
    code = _LOOK.replace("DAYS", repr([day.isoformat() for day in DAYS]))
    return json.loads(run(["shell", "--no-imports", "-c", code], **environment).splitlines()[-1])


def test_a_post_goes_from_postgresql_to_sqlite_and_back(fresh_database, tmp_path, settings, new_database_url):
    settings.MEDIA_ROOT = tmp_path / "files"
    common = {"VAR_DIR": str(tmp_path / "var"), "DEMO_CLOCK": settings.DEMO_CLOCK, "DEMONSTRATION": "true"}
    first = common | {"DATABASE_URL": fresh_database, "MEDIA_ROOT": str(tmp_path / "files")}
    load_exercise()
    fill_post(CountryFactory(elsewhere=True))
    BriefingFactory(edition__country=CountryFactory(), pdf=b"%PDF-1.7\nLesotho\n", kind="ambassador", version=7)
    days, figures, files, documents = look(**first)
    assert len(set(days.values())) > 10
    assert len(files) > 0
    assert sum(map(len, documents)) > 100_000
    export(tmp_path / "lesotho.tar", code="LSO")
    export(tmp_path / "malawi.tar", code="MWI")

    sqlite = common | {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}", "MEDIA_ROOT": str(tmp_path / "other")}
    run(["migrate"], **sqlite)
    assert "Proven: Lesotho" in run(["import_post", str(tmp_path / "lesotho.tar")], **sqlite)
    assert look(**sqlite) == [days, figures, files, documents]
    assert "no fault" in run(["verify_audit"], **sqlite)
    run(["export_post", "LSO", str(tmp_path / "back.tar")], **sqlite)

    postgres = common | {"DATABASE_URL": new_database_url, "MEDIA_ROOT": str(tmp_path / "third")}
    run(["migrate"], **postgres)
    assert "Proven: Malawi" in run(["import_post", str(tmp_path / "malawi.tar")], **postgres)
    assert "Proven: Lesotho" in run(["import_post", str(tmp_path / "back.tar")], **postgres)
    assert look(**postgres)[1:] == [figures, files, documents]
    assert "no fault" in run(["verify_audit"], **postgres)
    assert "no fault" in run(["verify_audit"], **first)
