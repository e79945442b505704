"""What tells one release of the code from another, so that a page kept by an older release is never shown."""

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

_FOLDERS = ("tiptracker", "recommendations", "dialogues", "reports", "templates")
_SUFFIXES = (".py", ".html", ".toml", ".mo")


@cache
def release_digest() -> str:
    """Return a digest of the names, sizes and times of the code, the templates and the list of static files."""
    files = [Path(settings.STATIC_ROOT) / "staticfiles.json"]
    for folder in _FOLDERS:
        for parent, _, names in os.walk(settings.BASE_DIR / folder):
            files += [Path(parent, name) for name in names if name.endswith(_SUFFIXES)]
    digest = sha256()
    for path in sorted(files):
        if path.exists():
            stat = path.stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
