"""Read one workbook from standard input in a sandboxed process. `read_workbook_in_sandbox` reads the JSON answer."""

import json
import sys

from recommendations.importing.tables.excel import read_workbook
from tiptracker.errors import Refused
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    try:
        answer: object = read_workbook(sys.stdin.buffer.read())
    except Refused as refusal:
        answer = {"code": refusal.code, "sentence": str(refusal)}
    sys.stdout.write(json.dumps(answer))


main()
