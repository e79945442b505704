"""Read one file: its content on standard input; the answer, JSON, is read by `read_report`."""

import json
import sys

from recommendations.importing.readers.paragraph import Paragraph, UnreadableFile
from recommendations.importing.readers.report_file import read_content
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        answer: list[Paragraph] | str = read_content(sys.stdin.buffer.read())
    except UnreadableFile as refusal:
        answer = str(refusal)
    sys.stdout.write(json.dumps(answer))


main()
