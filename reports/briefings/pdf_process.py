"""Render a document in a process of its own: HTML on standard input, the PDF on standard output.

A web process answers several requests at once, and the engine is for one thread alone. So a page that offers a PDF at
once starts this (`tiptracker.sandbox.sandbox`). Its HTML is our own, so the process may write the engine's font folder.
"""

import resource
import sys

from reports.briefings.pdf import render_pdf

MAX_CPU_SECONDS = 60


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS + 1))
    sys.stdout.buffer.write(render_pdf(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()
