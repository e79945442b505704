"""Draw one file in the sandbox: content on standard input; media type and page (0: the outline) as arguments."""

import json
import sys

from dialogues.files.previews import MAX_MEMORY, MAX_SECONDS, draw_page, read_outline
from tiptracker.sandbox.confinement import confine


def main() -> None:
    confine(max_seconds=MAX_SECONDS, max_memory=MAX_MEMORY)
    media_type, page = sys.argv[1], int(sys.argv[2])
    content = sys.stdin.buffer.read()
    answer = draw_page(content, media_type, page) if page else json.dumps(read_outline(content, media_type)).encode()
    sys.stdout.buffer.write(answer)


main()
