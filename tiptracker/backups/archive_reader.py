"""Check a backup from its first to its last byte, and read it.

A backup comes from outside: nothing of it is used before its names, sizes and hashes were checked.
"""

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO

from tiptracker.backups import archive_format as layout
from tiptracker.backups.archive_format import Header, Manifest, Member
from tiptracker.backups.encryption import OpenStream
from tiptracker.backups.streams import CHUNK_BYTES
from tiptracker.errors import Refused


class MemberContent:
    """The content of a member, as a stream. Raises Refused, code "cut_off", if the backup ends before it does."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`."""
        try:
            return self.stream.read(size)
        except (tarfile.TarError, EOFError):
            raise layout.cut_off() from None


def read_header(open_stream: OpenStream, archive_format: str = layout.FORMAT) -> Header:
    """Return what the backup says of itself at its beginning. Raises Refused."""
    with open_stream() as stream:
        for info, content in _members(stream):
            if info.name != layout.HEADER_MEMBER or info.size > layout.MAX_HEADER_BYTES:
                break
            return layout.decode_header(content.read(), archive_format)
    raise layout.not_a_backup()


def check_archive(open_stream: OpenStream, archive_format: str = layout.FORMAT) -> Manifest:
    """Read all of a backup, and return its manifest if every member is as the manifest says.

    `archive_format` is that of backups, or of another archive that is made in the same way.

    Raises Refused: "not_a_backup", "cut_off", "damaged", "unsafe_name", "other_format".
    """
    read_header(open_stream, archive_format)
    found: list[Member] = []
    manifest, sealed = b"", b""
    with open_stream() as stream:
        for info, content in _members(stream):
            if sealed:
                raise layout.damaged(info.name)
            if info.name == layout.MANIFEST_MEMBER:
                manifest = content.read()
            elif info.name == layout.HASH_MEMBER:
                sealed = content.read(64)
            else:
                found.append(Member(info.name, info.size, _hash(content)))
    if not sealed:
        raise layout.cut_off()
    if hashlib.sha256(manifest).hexdigest().encode() != sealed:
        raise layout.damaged(layout.MANIFEST_MEMBER)
    listed = layout.decode_manifest(manifest)
    _compare(found, listed)
    return listed


def _compare(found: list[Member], manifest: Manifest) -> None:
    """Refuse a backup whose members are not exactly those of its manifest, in the same order."""
    for have, want in zip(found, manifest.members, strict=False):
        if have[:3] != want[:3] or want.unpacked > layout.MAX_PART_BYTES:
            raise layout.damaged(have.name)
    if len(found) < len(manifest.members):
        raise layout.damaged(manifest.members[len(found)].name)
    if len(found) > len(manifest.members):
        raise layout.damaged(found[len(manifest.members)].name)
    names = {member.name for member in found}
    if len(names) < len(found):
        raise layout.damaged(layout.MANIFEST_MEMBER)


def read_members(open_stream: OpenStream) -> Iterator[tuple[str, MemberContent]]:
    """Yield name and content of each table part and stored file. Only for a backup that `check_archive` accepted."""
    with open_stream() as stream:
        for info, content in _members(stream):
            if info.name.startswith((layout.ROWS_PREFIX, layout.FILES_PREFIX)):
                yield info.name, content


def unpack_part(content: MemberContent, member: Member) -> bytes:
    """Return the lines of a part, which must have the size and the hash of the manifest. Raises Refused."""
    packed = content.read()
    unpacker = zlib.decompressobj(wbits=31)
    try:
        lines = unpacker.decompress(packed, member.unpacked + 1)
    except zlib.error:
        raise layout.damaged(member.name) from None
    if len(lines) != member.unpacked or hashlib.sha256(packed).hexdigest() != member.sha256:
        raise layout.damaged(member.name)
    return lines


def _members(stream: BinaryIO) -> Iterator[tuple[tarfile.TarInfo, MemberContent]]:
    """Yield the members of a tar stream, each with its content, which must be read before the next one."""
    is_begun = False
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for info in tar:
                content = tar.extractfile(info) if info.isfile() else None
                if content is None or info.issparse() or not _is_expected(info):
                    raise layout.damaged(info.name) if is_begun else layout.not_a_backup()
                if not is_begun and info.name != layout.HEADER_MEMBER:
                    raise layout.not_a_backup()
                is_begun = True
                yield info, MemberContent(content)
                tar.members.clear()  # type: ignore[attr-defined]  # tarfile keeps them all
    except (tarfile.TarError, EOFError, ValueError, UnicodeError):
        raise layout.cut_off() if is_begun else layout.not_a_backup() from None


def _is_expected(info: tarfile.TarInfo) -> bool:
    """Return whether a member has a name that a backup has, and a size that can be read into memory if it has to be."""
    if info.name in {layout.HEADER_MEMBER, layout.MANIFEST_MEMBER, layout.HASH_MEMBER}:
        return info.size <= layout.MAX_PART_BYTES
    if not layout.is_safe_name(info.name):
        raise Refused(
            "unsafe_name",
            f"The backup names a file outside its folders, “{info.name[:100]}”. It was not made by TIP Tracker.",
        )
    if info.name.startswith(layout.ROWS_PREFIX):
        return info.size <= layout.MAX_PART_BYTES
    return info.name.startswith(layout.FILES_PREFIX)


def _hash(content: MemberContent) -> str:
    sha256 = hashlib.sha256()
    while block := content.read(CHUNK_BYTES):
        sha256.update(block)
    return sha256.hexdigest()
