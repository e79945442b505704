"""Read one file from standard input in a sandboxed process. `read_report` reads the answer, which is JSON."""

import json
import sys
from typing import Any

from recommendations.importing.readers.paragraph import Paragraph, UnreadableFile
from recommendations.importing.readers.report_file import read_content
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        answer: list[Paragraph] | dict[str, Any] = read_content(sys.stdin.buffer.read())
    except UnreadableFile as refusal:
        answer = {"code": refusal.code, "sentence": refusal.sentence.serialize()}
    sys.stdout.write(json.dumps(answer))


main()
