"""Sanitize one file in the sandbox: content on standard input, extension as argument.

`sanitizer_sandbox` reads the answer.
"""

import json
import sys
from typing import Any

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import sanitize_file
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        media_type, content = sanitize_file(sys.stdin.buffer.read(), sys.argv[1])
        head: dict[str, Any] = {"media_type": media_type}
    except FileRejected as refusal:
        content, head = b"", {"sentences": refusal.sentences, "values": refusal.values}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)


main()
