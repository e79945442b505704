"""Read one file from standard input in a sandboxed process. `read_report` reads the answer, which is JSON."""

import json
import sys

from recommendations.importing.readers.paragraph import Paragraph, UnreadableFile
from recommendations.importing.readers.report_file import read_content
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        answer: list[Paragraph] | dict[str, str] = read_content(sys.stdin.buffer.read())
    except UnreadableFile as refusal:
        answer = {"code": refusal.code, "sentence": str(refusal)}
    sys.stdout.write(json.dumps(answer))


main()
