"""Sanitize one file in the sandbox: content on standard input, extension as argument.

`sanitizer_sandbox` reads the answer.
"""

import json
import sys

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import sanitize_file
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        media_type, content = sanitize_file(sys.stdin.buffer.read(), sys.argv[1])
        said = {"media_type": media_type}
    except FileRejected as refusal:
        content, said = b"", {"refusal": str(refusal)}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)


main()
