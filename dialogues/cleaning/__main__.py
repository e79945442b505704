"""Clean one file: its content on standard input, its extension as argument; the answer is read by `apart`."""

import json
import resource
import sys

from dialogues.cleaning import Unclean, clean

MOST_MEMORY = 1536 * 1024 * 1024
MOST_SECONDS = 10
"""Of the processor's time: hardly anything that people send takes one."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        media_type, content = clean(sys.stdin.buffer.read(), sys.argv[1])
        said = {"media_type": media_type}
    except Unclean as refusal:
        content, said = b"", {"refusal": str(refusal)}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)


main()
