"""Read one workbook from standard input in a sandboxed process. `read_lines` reads the answer, which is JSON."""

import json
import sys

from dialogues.workbook.reader.cells import UnreadableWorkbook
from dialogues.workbook.reader.excel import read_workbook
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        answer: object = read_workbook(sys.stdin.buffer.read())
    except UnreadableWorkbook as refusal:
        answer = {"code": refusal.code, "sentence": refusal.sentence.serialize()}
    sys.stdout.write(json.dumps(answer))


main()
