"""A backup is read only if every byte of it is as it was written."""

import gzip
import hashlib
import io
import json
import random
import tarfile
import zipfile
from contextlib import contextmanager

import pytest

from tests.refusals import refuses
from tests.tiptracker.backups.installations import backup, fill, rewrite
from tiptracker.backups import archive_format as layout
from tiptracker.backups.archive_reader import check_archive, read_header, read_members, unpack_part


@pytest.fixture
def archive(fresh_database, tmp_path, settings):
    """A backup of an installation with rows and files."""
    settings.MEDIA_ROOT = tmp_path / "files"
    fill()
    backup(tmp_path / "whole.tar")
    return tmp_path / "whole.tar"


def opens(path):
    @contextmanager
    def open_stream():
        with path.open("rb") as stream:
            yield stream

    return open_stream


def check(path):
    return check_archive(opens(path))


def altered(archive, at, *, by=1):
    content = bytearray(archive.read_bytes())
    content[at] ^= by
    target = archive.with_name("altered.tar")
    target.write_bytes(content)
    return target


def places_in(archive):
    """By name of a member: where its content begins, and its size."""
    with tarfile.open(archive) as tar:
        return {info.name: (info.offset_data, info.size) for info in tar}


def test_a_whole_backup_is_accepted(archive):
    manifest = check(archive)

    assert manifest.rows > 20
    assert len(manifest.files) == 2
    assert list(places_in(archive))[:-2] == [member.name for member in manifest.members]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_backup_that_was_cut_off_is_refused(archive, share):
    end = sum(places_in(archive)["manifest.sha256"])
    cut = archive.with_name("cut.tar")
    cut.write_bytes(archive.read_bytes()[: int(end * share)])

    with refuses("cut_off"):
        check(cut)


def test_a_backup_that_was_cut_off_after_any_member_is_refused(archive):
    content = archive.read_bytes()
    ends = [start + size for start, size in places_in(archive).values()]
    for end in [-(-end // 512) * 512 for end in ends[:-1]]:
        cut = archive.with_name("cut.tar")
        cut.write_bytes(content[:end])
        with refuses("cut_off"):
            check(cut)


@pytest.mark.parametrize(
    "kind", ["backup.json", "rows/", "files/", "manifest.json", "manifest.sha256"], ids=lambda kind: kind.strip("/")
)
def test_one_changed_byte_in_any_kind_of_member_is_noticed(archive, kind):
    random.seed(kind)
    found = [place for name, place in places_in(archive).items() if name.startswith(kind)]
    for start, size in random.sample(found, min(3, len(found))):
        for at in random.sample(range(start, start + size), min(5, size)):
            path = altered(archive, at, by=1 << random.randrange(7))  # noqa: S311
            with pytest.raises(Exception) as caught:  # noqa: PT011 -- any of these codes
                check(path)
            assert caught.value.code in {"damaged", "not_a_backup", "other_format"}, kind


def test_one_changed_byte_in_the_head_of_any_member_is_noticed(archive):
    for name, (start, _) in places_in(archive).items():
        with pytest.raises(Exception) as caught:  # noqa: PT011
            check(altered(archive, start - 512 + 3))
        assert caught.value.code in {"cut_off", "damaged", "not_a_backup"}, name


@pytest.mark.parametrize("what", ["empty", "text", "zip", "tar", "gzip"])
def test_other_files_are_no_backups(tmp_path, what):
    path = tmp_path / "other.tar"
    if what == "zip":
        with zipfile.ZipFile(path, "w") as other:
            other.writestr("backup.json", "{}")
    elif what == "tar":
        with tarfile.open(path, "w") as other:
            other.addfile(tarfile.TarInfo("README"), io.BytesIO())
    else:
        path.write_bytes({"empty": b"", "text": b"hello\n" * 400, "gzip": gzip.compress(b"x" * 4000)}[what])

    with refuses("not_a_backup", sentence="This is not a backup of TIP Tracker."):
        read_header(opens(path))
    with refuses("not_a_backup"):
        check(path)


def test_another_format_names_the_version_to_use(archive):
    newer = archive.with_name("newer.tar")

    def change(name, content):
        if name == "backup.json":
            content = json.dumps(json.loads(content) | {"format_version": 2, "version": "3.0.0"}).encode()
        return [(name, content)]

    rewrite(archive, newer, change)

    with refuses("other_format", sentence="Use version 3.0.0."):
        check(newer)


@pytest.mark.parametrize(
    "name", ["files/../../etc/passwd", "/etc/passwd", "files/..", "files//x", "files/a\\b", "../x"]
)
def test_a_name_outside_its_folder_is_refused(archive, name):
    def add(member, content):
        extra = [(name, b"evil")] if member == "backup.json" else []
        return [(member, content), *extra]

    rewrite(archive, archive.with_name("evil.tar"), add)

    with refuses("unsafe_name"):
        check(archive.with_name("evil.tar"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(archive, kind):
    evil = archive.with_name("evil.tar")
    with tarfile.open(archive) as old, tarfile.open(evil, "w") as new:
        for info in old:
            new.addfile(info, old.extractfile(info))
            if info.name == "backup.json":
                link = tarfile.TarInfo("files/link")
                link.type, link.linkname = kind, "/etc/passwd"
                new.addfile(link)

    with refuses("damaged"):
        check(evil)


@pytest.mark.parametrize("change", ["add", "remove", "twice", "swap"])
def test_members_that_the_manifest_does_not_list_in_that_order_are_refused(archive, change):
    seen = []

    def edit(name, content):
        if not name.startswith("files/"):
            return [(name, content)]
        seen.append((name, content))
        if change == "add":
            return [(name, content), ("files/more.pdf", b"%PDF")]
        if change == "remove":
            return []
        if change == "twice":
            return [(name, content)] * 2
        return [] if len(seen) == 1 else [seen[1], seen[0]]

    rewrite(archive, archive.with_name("edited.tar"), edit)

    with refuses("damaged"):
        check(archive.with_name("edited.tar"))


def test_a_part_that_unpacks_to_more_than_the_manifest_says_is_refused(archive):
    """A part of a few kilobytes could otherwise fill the memory."""
    bomb = gzip.compress(b"[1]\n" * 20_000_000, compresslevel=9)
    digest = hashlib.sha256(bomb).hexdigest()
    part = "rows/accounts.country/000001.jsonl.gz"

    def plant(name, content):
        if name == part:
            return [(name, bomb)]
        if name == "manifest.json":
            manifest = json.loads(content)
            manifest["members"] = [
                [part, len(bomb), digest, member[3]] if member[0] == part else member for member in manifest["members"]
            ]
            content = plant.manifest = json.dumps(manifest).encode()
        if name == "manifest.sha256":
            content = hashlib.sha256(plant.manifest).hexdigest().encode()
        return [(name, content)]

    evil = archive.with_name("bomb.tar")
    rewrite(archive, evil, plant)
    members = {member.name: member for member in check(evil).members}

    for name, content in read_members(opens(evil)):
        if name == part:
            with refuses("damaged"):
                unpack_part(content, members[name])


def test_a_part_that_claims_to_be_huge_is_refused_before_it_is_read(archive):
    evil = archive.with_name("evil.tar")
    with tarfile.open(archive) as old, evil.open("wb") as new:
        header = old.next()
        content = old.extractfile(header).read()
        huge = tarfile.TarInfo("rows/accounts.country/000001.jsonl.gz")
        huge.size = layout.MAX_PART_BYTES + 1
        new.write(header.tobuf() + content + bytes(-len(content) % 512) + huge.tobuf() + b"x" * 512)

    with refuses("damaged"):
        check(evil)


def test_the_fingerprint_tells_keys_apart_and_reveals_none():
    one, other = layout.fingerprint_key("a" * 50), layout.fingerprint_key("a" * 49 + "b")

    assert one != other
    assert "aaa" not in one


def test_names_of_backups():
    assert layout.parse_backup_name("tiptracker-20261130T002000Z.tar").isoformat() == "2026-11-30T00:20:00+00:00"
    assert layout.parse_backup_name("tiptracker-20261130T002000Z.tar.age") is not None
    for other in (
        "tiptracker.tar",
        "tiptracker-2026.tar",
        "x-20261130T002000Z.tar",
        ".partial-tiptracker-20261130T002000Z.tar",
    ):
        assert layout.parse_backup_name(other) is None
