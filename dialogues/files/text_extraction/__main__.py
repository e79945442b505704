"""Read the text of one file in the sandbox: content on standard input, media type as argument, JSON as answer."""

import json
import sys

from dialogues.files.text_extraction import extract_pages
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine()
    sys.stdout.write(json.dumps(extract_pages(sys.stdin.buffer.read(), sys.argv[1])))


main()
