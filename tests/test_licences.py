"""Under which licences the locked packages are, Python's and the front end's: those that a government may pass on.

As the packages say it themselves. Of several that one says side by side, any may be chosen.
"""

import json
import re
from importlib.metadata import PackageNotFoundError

import pytest
from django.conf import settings

from tests.licences import LICENCE_NAMES, REVIEWED_LICENCES, python_licence

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later",
    "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
}  # fmt: skip
OTHER_PLATFORMS = {"brotlicffi", "colorama", "tzdata"}
"""Locked for other interpreters and systems than those this runs on; MIT, BSD and Apache by their pages."""


def locked_packages():
    """The names in requirements.lock."""
    return re.findall(r"(?m)^([a-z0-9][\w.-]*)==", (settings.BASE_DIR / "requirements.lock").read_text())


def is_allowed(expression):
    """Whether a choice of it is in the list (SPDX: OR is a choice, AND is both)."""
    choices = re.sub(r"^\((.*)\)$", r"\1", expression).split(" OR ")
    return any(all(LICENCE_NAMES.get(part, part) in ALLOWED for part in choice.split(" AND ")) for choice in choices)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-2.0-or-later OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT AND Zlib)", True),
        ("nothing", False),
        ("Other/Proprietary License", False),
    ],
)
def test_licence_is_read(expression, expected):
    assert is_allowed(expression) is expected


def test_every_python_package_is_under_a_licence_of_the_list():
    found, missing = {}, set()
    for name in locked_packages():
        try:
            found[name] = python_licence(name)
        except PackageNotFoundError:
            missing.add(name)

    assert {name: said for name, said in found.items() if name not in REVIEWED_LICENCES and not is_allowed(said)} == {}
    assert missing <= OTHER_PLATFORMS


@pytest.mark.parametrize("folder", ["tiptracker/web/frontend", "tests/journeys/openid_provider"])
def test_every_package_of_node_is_under_a_licence_of_the_list(folder):
    lock = json.loads((settings.BASE_DIR / folder / "package-lock.json").read_text())
    assert not any("resolved" in row for row in lock["packages"].values())
    found = {
        path.rpartition("node_modules/")[2]: row.get("license", "nothing")
        for path, row in lock["packages"].items()
        if path
    }

    assert len(found) > 20
    assert {name: said for name, said in found.items() if name not in REVIEWED_LICENCES and not is_allowed(said)} == {}
