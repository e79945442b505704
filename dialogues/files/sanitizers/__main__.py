"""Clean one file: its content on standard input, its extension as argument; the answer is read by `apart`."""

import json
import sys

from dialogues.files.sanitizers.errors import Unclean
from dialogues.files.sanitizers.file_types import clean
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        media_type, content = clean(sys.stdin.buffer.read(), sys.argv[1])
        said = {"media_type": media_type}
    except Unclean as refusal:
        content, said = b"", {"refusal": str(refusal)}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)


main()
