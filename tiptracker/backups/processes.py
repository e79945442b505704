"""Run the commands `backup` and `restore` in processes of their own, for jobs.

A proof restores into a temporary folder below VAR_DIR, with SQLite and without Redis. The folder is deleted at the end.
The folder of a process that was killed is deleted by the next proof.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tiptracker.backups.actions import record_failure, record_proof
from tiptracker.backups.destinations import newest_name, parse_destination
from tiptracker.backups.encryption import SUFFIX
from tiptracker.backups.models import Backup, BackupProof
from tiptracker.errors import Refused
from tiptracker.infrastructure.child_process import child_command
from tiptracker.jobs.actions import JobProgress
from tiptracker.localization import gettext

TIME_LIMIT_SECONDS = 6 * 60 * 60
REPORT_SECONDS = 5
FOLDER_PREFIX = "backup-proof-"
LOCK_NAME = "lock"
KEEP_NOTHING = "--keep-nothing"
"""The option of `restore` with which it proves a backup in the database that its process is given."""
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")
"""What a proof takes over from this process: nothing that leads to the database, the files or the mail server."""


def run_backup(progress: JobProgress, *, now: datetime) -> None:
    """Make a backup at BACKUP_DESTINATION. Raises Refused with what the command said."""
    code, said = run_command(["backup", settings.BACKUP_DESTINATION], os.environ, progress, "Writing the backup")
    if code:
        label = parse_destination(settings.BACKUP_DESTINATION).destination.label
        if not Backup.objects.filter(destination=label, created_at__gte=now).exists():  # it was killed
            record_failure(destination=label, problem=said, now=now)
        raise Refused("backup_failed", said)


def prove_newest_backup(progress: JobProgress, *, now: datetime) -> None:
    """Prove the newest backup, and keep the result.

    Where backups are encrypted and there is no private key here, a new backup is made, and its bytes are proven before
    they are encrypted. Raises Refused with what the command said.
    """
    destination, place = parse_destination(settings.BACKUP_DESTINATION).destination, settings.BACKUP_DESTINATION
    newest = newest_name(destination)
    with temporary_folder() as folder:
        if newest.endswith(SUFFIX) and settings.BACKUP_IDENTITY is None:
            plain, proof = folder / "plain.tar", BackupProof.BEFORE_ENCRYPTION
            copying = ["backup", place, "--copy", str(plain)]
            code, said = run_command(copying, os.environ, progress, "Writing a backup to prove")
            if code:
                raise Refused("backup_failed", said)
            arguments = [str(plain), "--redactions", place]
        else:
            proof = BackupProof.RESTORED
            arguments = [f"{place.rstrip('/')}/{newest}"]
            arguments += ["--identity", str(settings.BACKUP_IDENTITY)] if settings.BACKUP_IDENTITY else []
        name = destination.list_names()[-1]
        code, said = run_command(
            ["restore", *arguments, KEEP_NOTHING], proof_environment(folder), progress, "Proving the newest backup"
        )
    record_proof(destination=destination.label, name=name, proof=proof, problem=said if code else "", now=now)
    if code:
        raise Refused("not_proven", said)


def prove_in_temporary_database(arguments: Sequence[str]) -> int:
    """Run `restore` with these arguments on a temporary database, showing what it prints. Return its exit code."""
    with temporary_folder() as folder:
        return subprocess.run(  # noqa: S603 -- our own command
            child_command(["manage.py", "restore", *arguments, KEEP_NOTHING]),
            cwd=settings.BASE_DIR,
            env=proof_environment(folder) | {"BACKUP_DESTINATION": settings.BACKUP_DESTINATION},
            check=False,
        ).returncode


def proof_environment(folder: Path) -> dict[str, str]:
    """Return the variables with which a proof restores into `folder`, and into nothing else."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    backups = {name: value for name, value in os.environ.items() if name.startswith("BACKUP_S3_")}
    return {
        **kept,
        **backups,
        "SECRET_KEY": settings.SECRET_KEY,
        "SECRET_KEY_FALLBACKS": ",".join(settings.SECRET_KEY_FALLBACKS),
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "LOG_LEVEL": "ERROR",
    } | ({"OIDC_SERVER_URL": settings.OIDC_SERVER_URL} if settings.OIDC_SERVER_URL else {})


def run_command(
    arguments: Sequence[str], environment: Mapping[str, str], progress: JobProgress, step: str
) -> tuple[int, str]:
    """Run a command of manage.py while reporting that the job is alive. Return its exit code and its last line."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 -- our own command
            child_command(["manage.py", *arguments]),
            cwd=settings.BASE_DIR,
            # The last line is to be what was said last. Statements may take longer than those of the worker.
            env={**environment, "PYTHONUNBUFFERED": "1", "DATABASE_STATEMENT_SECONDS": "0"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while True:
                progress.report(50, step)
                with suppress(subprocess.TimeoutExpired):
                    code = process.wait(REPORT_SECONDS)
                    break
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines()
    said = lines[-1] if lines else ""
    if code < 0:
        said = gettext("The process was ended by signal %(number)d. Check memory and disk, then try again.") % {
            "number": -code
        }
    return code, said.removeprefix("CommandError: ")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a folder below VAR_DIR, and delete it at the end; delete those that killed processes left."""
    for left in settings.VAR_DIR.glob(f"{FOLDER_PREFIX}*"):
        with suppress(OSError), (left / LOCK_NAME).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while it is in use
            shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=settings.VAR_DIR))
    try:
        with (folder / LOCK_NAME).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (folder / "var").mkdir()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
