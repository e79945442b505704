"""An encrypted backup opens with its private key alone."""

import pyrage
import pytest
from django.core.management.base import CommandError

from tests.factories import OfficerFactory
from tests.refusals import refuses
from tests.tiptracker.backups.installations import backup, empty_installation, fill, restore
from tiptracker.accounts.models import User
from tiptracker.backups.encryption import parse_recipients
from tiptracker.backups.models import Backup

pytestmark = pytest.mark.unordered_locks  # a restore is alone in its database


@pytest.fixture
def identity(tmp_path, settings):
    """The file of a private key, to whose public key backups are encrypted."""
    key = pyrage.x25519.Identity.generate()
    settings.BACKUP_RECIPIENTS = [str(key.to_public())]
    file = tmp_path / "key.txt"
    file.write_text(f"# created for a test\n{key}\n")
    return file


@pytest.fixture
def archive(fresh_database, identity, tmp_path, settings):
    """An encrypted backup of an installation with rows and files."""
    settings.MEDIA_ROOT = tmp_path / "files"
    fill()
    assert "not encrypted" not in backup(tmp_path / "backups")
    return next((tmp_path / "backups").glob("*.tar.age"))


def test_an_encrypted_backup_needs_its_key(archive, identity, tmp_path, database_template):
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    empty = tmp_path / "empty.txt"
    empty.write_text("nothing\n")
    content = archive.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert b"backup.json" not in content
    assert Backup.objects.get().is_encrypted

    with empty_installation(database_template, tmp_path / "other_files"):
        with pytest.raises(CommandError, match=r"This backup is encrypted\. Name the file of the private key"):
            restore(archive)
        with pytest.raises(CommandError, match="This private key does not open the backup"):
            restore(archive, "--identity", str(other))
        for path, reason in ((tmp_path / "none.txt", "No such file or directory"), (tmp_path, "Is a directory")):
            with pytest.raises(CommandError, match=f"cannot be read: {reason}. It must be a file that the user with"):
                restore(archive, "--identity", str(path))
        with pytest.raises(CommandError, match="has no private key of age"):
            restore(archive, "--identity", str(empty))
        assert not User.objects.exists()
        restore(archive, "--identity", str(identity))
        assert User.objects.exists()


@pytest.mark.parametrize("change", ["cut", "flip in the head", "flip in the middle", "flip at the end", "more"])
def test_a_changed_encrypted_backup_is_refused(archive, identity, tmp_path, database_template, change):
    content = bytearray(archive.read_bytes())
    if change == "cut":
        del content[len(content) // 2 :]
    elif change == "more":
        content += b"more"
    else:
        content[{"flip in the head": 60, "flip in the middle": len(content) // 2, "flip at the end": -1}[change]] ^= 1
    archive.write_bytes(content)

    with empty_installation(database_template, tmp_path / "other_files"):
        with pytest.raises(CommandError, match=r"The backup is damaged or was cut off|does not open the backup"):
            restore(archive, "--identity", str(identity))
        assert not User.objects.exists()


def test_a_wrong_public_key_is_named(fresh_database, tmp_path, settings):
    settings.BACKUP_RECIPIENTS = ["age1nonsense"]
    OfficerFactory()

    with pytest.raises(CommandError, match="BACKUP_RECIPIENTS has a key that is not a public key of age"):
        backup(tmp_path / "backups")
    with refuses("wrong_recipient"):
        parse_recipients(["AGE-SECRET-KEY-1"])

    assert "BACKUP_RECIPIENTS" in Backup.objects.get().problem
    assert not (tmp_path / "backups").exists()
