"""Read one workbook from standard input in a sandboxed process. `read_workbook_in_sandbox` reads the JSON answer."""

import json
import sys

from recommendations.importing.tables.cells import UnreadableTable
from recommendations.importing.tables.excel import read_workbook
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        answer: object = read_workbook(sys.stdin.buffer.read())
    except UnreadableTable as refusal:
        answer = {"code": refusal.code, "sentence": refusal.sentence.serialize()}
    sys.stdout.write(json.dumps(answer))


main()
