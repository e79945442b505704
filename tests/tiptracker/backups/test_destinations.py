"""A backup appears at its destination when it is complete, in a folder and in a bucket."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from django.conf import settings as current

from dialogues.models import EvidenceFile
from tests.factories import EvidenceFileFactory
from tests.refusals import refuses
from tests.tiptracker.backups.installations import (
    NAME,
    backup,
    empty_installation,
    fill,
    find_everywhere,
    redact,
    restore,
    stored_files,
)
from tiptracker.backups.destinations import FolderDestination, parse_destination
from tiptracker.backups.models import Backup

pytestmark = pytest.mark.unordered_locks  # a restore is alone in its database


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path):
    """The text that names an empty destination."""
    return str(tmp_path / "backups") if request.param == "folder" else request.getfixturevalue("bucket")


NAMES = ("tiptracker-20261130T002000Z.tar", "tiptracker-20261201T002000Z.tar.age")


def write(destination, name, content=b"content"):
    with destination.create(name) as stream:
        stream.write(content)


def test_backups_are_listed_oldest_first_read_and_deleted(place):
    destination = parse_destination(place).destination
    assert destination.list_names() == []
    content = os.urandom(20_000_000)

    write(destination, NAMES[1], content)
    write(destination, NAMES[0])
    write(destination, "notes.tar")

    assert destination.list_names() == list(NAMES)
    with destination.open(NAMES[1]) as stream:
        assert b"".join(iter(lambda: stream.read(1_000_000), b"")) == content
    destination.delete(NAMES[0])
    assert destination.list_names() == [NAMES[1]]
    with pytest.raises(FileNotFoundError), destination.open(NAMES[0]):
        pass


def test_a_backup_that_failed_leaves_nothing(place):
    destination = parse_destination(place).destination

    with pytest.raises(TypeError), destination.create(NAMES[0]) as stream:
        stream.writelines([b"x" * 40_000_000, None])

    assert destination.list_names() == []
    if isinstance(destination, FolderDestination):
        assert list(destination.folder.iterdir()) == []


def test_a_small_file_is_only_extended_if_nobody_changed_it(place):
    destination = parse_destination(place).destination

    assert destination.read_file("redactions.jsonl") is None
    assert destination.extend_file("redactions.jsonl", None, b"one\n")
    assert not destination.extend_file("redactions.jsonl", None, b"another one\n")
    assert not destination.extend_file("redactions.jsonl", b"other\n", b"two\n")
    assert destination.extend_file("redactions.jsonl", b"one\n", b"two\n")
    assert destination.read_file("redactions.jsonl") == b"one\ntwo\n"


def test_two_who_extend_a_file_at_once_lose_no_line(tmp_path):
    destination = FolderDestination(tmp_path / "backups")

    def add(who):
        for number in range(20):
            line = f"{who} {number}\n".encode()
            while not destination.extend_file("redactions.jsonl", destination.read_file("redactions.jsonl"), line):
                pass

    threads = [threading.Thread(target=add, args=[who]) for who in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(destination.read_file("redactions.jsonl").splitlines())) == 40


def test_what_cannot_be_reached_is_named(tmp_path, bucket):
    with refuses("destination", sentence="Check that the folder above exists"):
        write(FolderDestination(tmp_path / "none" / "backups"), NAMES[0])
    with refuses("destination", sentence="Check BACKUP_S3_ENDPOINT, the key and the bucket"):
        parse_destination("s3://no-such-bucket/x").destination.list_names()
    for nowhere in ("", "s3://"):
        with refuses("no_destination"):
            parse_destination(nowhere)


def test_a_folder_of_somebody_else_is_named_with_who_needs_it(tmp_path):
    folder = tmp_path / "backups"
    write(FolderDestination(folder), NAMES[0])
    tmp_path.chmod(0o755)
    with as_stranger() as user:
        for use in (
            FolderDestination(folder).list_names,
            lambda: FolderDestination(folder).read_file("redactions.jsonl"),
            lambda: FolderDestination(folder).open(NAMES[0]).__enter__(),
            lambda: write(FolderDestination(folder), NAMES[1]),
        ):
            with refuses("destination", sentence=f"chown --recursive {user} FOLDER"):
                use()


@contextmanager
def as_stranger():
    """Have the rights of a user who owns nothing, and yield the number of the user. Root gives up its own."""
    before = os.geteuid()
    if before != 0:
        pytest.skip("only root can be another user")
    os.seteuid(65534)
    try:
        yield os.geteuid()
    finally:
        os.seteuid(before)


def test_a_full_disk_is_named_and_leaves_nothing(fresh_database, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    fill()
    EvidenceFileFactory(content=os.urandom(30_000_000))
    folder = tmp_path / "full"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 20000; exec "$@"', "bash", sys.executable, "manage.py", "backup", str(folder)],
        cwd=current.BASE_DIR, env=os.environ | {"DATABASE_URL": fresh_database, "MEDIA_ROOT": str(settings.MEDIA_ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []
    assert "File too large" in Backup.objects.get().problem


def test_a_killed_backup_leaves_nothing_that_looks_like_one(fresh_database, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    fill()
    stored = tmp_path / "files" / EvidenceFile.objects.values_list("file", flat=True)[0]
    stored.unlink()
    os.mkfifo(stored)  # the backup waits here for a content that never comes
    process = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(tmp_path / "backups")],
        cwd=current.BASE_DIR, env=os.environ | {"DATABASE_URL": fresh_database, "MEDIA_ROOT": str(tmp_path / "files")},
    )  # fmt: skip
    writer = os.open(stored, os.O_WRONLY)  # returns as soon as the backup reads
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.close(writer)
    left = [path.name for path in (tmp_path / "backups").iterdir()]
    assert [name for name in left if name.startswith(".partial-")] != []
    assert FolderDestination(tmp_path / "backups").list_names() == []

    stored.unlink()
    backup(tmp_path / "backups")

    assert sorted(path.suffix for path in (tmp_path / "backups").iterdir()) == [".jsonl", ".tar"]


def test_a_backup_in_a_bucket_is_restored_with_later_redactions(
    fresh_database, bucket, tmp_path, settings, database_template
):
    settings.MEDIA_ROOT = tmp_path / "files"
    country = fill()
    backup(f"{bucket}/first.tar")
    redact(country)
    backup(bucket)

    with empty_installation(database_template, tmp_path / "other"):
        printed = restore(f"{bucket}/first.tar")
        assert "Later redactions that were carried out again: 1." in printed
        assert find_everywhere(NAME, tmp_path / "none") == []


def test_files_in_a_bucket_are_restored_into_another_place_of_it(
    fresh_database, s3_server, tmp_path, settings, database_template
):
    def use_new_place():
        storage = {"BACKEND": "tiptracker.infrastructure.s3_storage.S3FileStorage", "OPTIONS": s3_server.options()}
        settings.STORAGES = settings.STORAGES | {"default": storage}

    use_new_place()
    fill()
    EvidenceFileFactory(content=os.urandom(12_000_000))  # is stored in parts
    before = stored_files()
    backup(tmp_path / "backups")
    use_new_place()

    with empty_installation(database_template, tmp_path / "unused"):
        assert "3 files by their hashes" in restore(tmp_path / "backups")
        assert stored_files() == before
        assert not (tmp_path / "unused").exists()
