"""Nothing of another country is in the archive of a post: search all its bytes for planted markers.

In the world of these tests, almost every row of every table is Lesotho's. So Malawi is exported, and any text of
Lesotho that is found is a leak.
"""

import pytest
from django.db import transaction

from tests.factories import CommitmentFactory, EvidenceFactory, EvidenceFileFactory, OfficerFactory
from tests.security.conftest import create_world, reuse_drawn_previews
from tests.security.marked_rows import MarkedRows
from tests.tiptracker.portable_post.posts import export, unpacked
from tests.transactions import record_log_entry
from tiptracker.backups.stored_files import hash_stored, list_file_hashes
from tiptracker.portable_post import exporting

OF_MALAWI = {"accounts.Country.name", "accounts.Country.language"}
"""Fields of the marked row of Malawi itself."""
NAMED = ("recorder@post.example", "reviewer@post.example")
"""People of Lesotho who recorded rows of Malawi: they come along by name."""
OF_THE_CHAIN = {"audit.AuditEntry.hash"}
"""An entry names the hash of the entry before it, which is of another country here. A hash reveals nothing."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A separate world, because markers are put into its rows."""
    with django_db_blocker.unblock(), reuse_drawn_previews(), create_world() as world:
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def marked_rows(world):
    return MarkedRows(world)


def export_text(place, code, monkeypatch):
    """Export a country, and return all bytes of the archive as text."""
    monkeypatch.setattr(exporting, "find_log_fault", lambda: None)  # the marked entries fit into no chain
    monkeypatch.setattr(exporting, "is_work_under_way", lambda country: False)
    hashes = [(name, hash_stored(name)) for name, _ in list_file_hashes()]  # the stored ones are markers
    monkeypatch.setattr(exporting, "list_file_hashes", lambda: hashes)
    export(place, code=code)
    return b"\n".join(unpacked(place).values()).decode(errors="replace")


def test_the_archive_of_a_post_has_no_text_of_another_country(world, marked_rows, tmp_path, monkeypatch):
    text = export_text(tmp_path / "malawi.tar", "MWI", monkeypatch)

    found = {field for mark, field in marked_rows.fields_by_marker.items() if mark in text}
    assert found - OF_THE_CHAIN == OF_MALAWI
    assert len(marked_rows.fields_by_marker) > 200
    of_malawi = [what for mark, (what, to) in world.marks.items() if mark in text and "elsewhere" in to]
    foreign = {what for mark, (what, to) in world.marks.items() if mark in text and "elsewhere" not in to}
    assert [what for what in foreign if not any(person in what for person in NAMED)] == []
    assert len(of_malawi) > 10


def test_the_archive_of_the_other_post_has_no_text_of_malawi(world, tmp_path, monkeypatch):
    text = export_text(tmp_path / "lesotho.tar", "LSO", monkeypatch)

    found = [(what, to) for mark, (what, to) in world.marks.items() if mark in text]
    assert [what for what, to in found if "elsewhere" in to and "officer" not in to] == []
    assert len(found) > 50


def test_a_person_of_two_posts_brings_nothing_of_the_other_one(world, tmp_path, monkeypatch):
    lesotho, malawi = world.rows["lesotho"], world.rows["malawi"]
    both = OfficerFactory(name="Works on both", countries=[lesotho, malawi])
    file = EvidenceFileFactory(uploaded_by=both, country=lesotho, content=b"a file for zzmalawi", name="zzmalawi.pdf")
    EvidenceFactory(country=malawi, file=file, recorded_by=both, title="zzmalawi")
    record_log_entry("evidence.logged", by=both, row=file, country=malawi, after={"title": "zzmalawi"})
    CommitmentFactory(country=lesotho, recorded_by=both, text="zzlesotho")

    of_lesotho = export_text(tmp_path / "lesotho.tar", "LSO", monkeypatch)
    of_malawi = export_text(tmp_path / "malawi.tar", "MWI", monkeypatch)
    assert "Works on both" in of_lesotho
    assert "zzlesotho" in of_lesotho
    assert "zzmalawi" not in of_lesotho
    assert "Works on both" in of_malawi
    assert "zzmalawi.pdf" in of_malawi
    assert "zzlesotho" not in of_malawi
