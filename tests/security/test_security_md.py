"""Every test that SECURITY.md names exists."""

import re

from django.conf import settings

TOP = settings.BASE_DIR
SECURITY_TEXT = (TOP / "SECURITY.md").read_text()


def test_every_test_that_it_names_is_there():
    files = set(re.findall(r"tests/[\w/]+\.py", SECURITY_TEXT))
    names = set(re.findall(r"`(test_\w+)`", SECURITY_TEXT))
    written = {
        name
        for path in (TOP / "tests").rglob("test_*.py")
        for name in re.findall(r"(?m)^def (test_\w+)", path.read_text())
    }

    assert files
    assert names
    assert {path for path in files if not (TOP / path).exists()} == set()
    assert names - written == set()


def test_every_defence_names_one():
    defences = SECURITY_TEXT.partition("## Threats and defences")[2].partition("\n## ")[0].split("\n### ")[1:]

    assert defences
    assert [defence.splitlines()[0] for defence in defences if "*Tests: " not in defence] == []
    assert [defence.splitlines()[0] for defence in defences if "test_" not in defence] == []
