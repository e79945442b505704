"""Check a post's Word template in a confined process: content on standard input.

`template_sandbox` reads the answer.
"""

import io
import json
import re
import sys
import zipfile
from typing import Any

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop
from dialogues.files.sanitizers.file_types import sanitize_file
from dialogues.files.sanitizers.package_xml import read_elements
from reports.briefings.word.template import UnusableTemplate, merge_template
from tiptracker.sandbox.confinement import confine

_LOCAL_TEMPLATE = re.compile(r"(?:file:///)?[A-Za-z]:[\\/](?![\\/]).*|[^:\\/]+\.do[tc][xm]?", re.IGNORECASE)
"""A template on the computer of whoever wrote the file. The clean copy does not name it."""
_UNUSABLE = {
    "no_styles": gettext_noop("“%(name)s” has no styles that we can read."),
    "narrow_page": gettext_noop("The page of “%(name)s” leaves less than 9 by 10 cm for text."),
    "too_many_parts": gettext_noop("“%(name)s” contains too much to be checked."),
    "unreadable": gettext_noop("“%(name)s” is damaged, or its content is not of type Word."),
}


def check_template(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return what a template gives, and its clean copy. Raises FileRejected."""
    _refuse_distant_parts(content)
    clean = sanitize_file(content, ".docx").content
    try:
        facts = merge_template(clean).facts
    except UnusableTemplate as reason:
        raise FileRejected(_UNUSABLE[reason.code]) from reason
    return facts._asdict(), clean


def _refuse_distant_parts(content: bytes) -> None:
    """Refuse a file that loads something from elsewhere when it is opened, such as another template."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            parts = [zipped.read(entry) for entry in zipped.infolist() if entry.filename.lower().endswith(".rels")]
            elements = [element for part in parts for element in read_elements(part)]
    except Exception:  # noqa: BLE001 -- the sanitizer says what is wrong with a file that can't be read
        return
    for element in elements:
        kind, target = element.said.get("Type", "").rpartition("/")[2].lower(), element.said.get("Target", "")
        if element.said.get("TargetMode") != "External" or kind == "hyperlink":
            continue
        if kind == "attachedtemplate" and _LOCAL_TEMPLATE.fullmatch(target):
            continue
        sentence = (
            gettext_noop("“%(name)s” uses another template that is kept elsewhere (%(link)s).")
            if kind == "attachedtemplate"
            else gettext_noop("“%(name)s” loads something that is kept elsewhere (%(link)s).")
        )
        raise FileRejected(sentence, link=target if len(target) <= 60 else f"{target[:59]}…")


def main() -> None:
    confine()
    try:
        facts, content = check_template(sys.stdin.buffer.read())
        head: dict[str, Any] = {"facts": facts}
    except FileRejected as refusal:
        content, head = b"", {"sentences": refusal.sentences, "values": refusal.values}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
