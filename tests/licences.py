"""What an installed package says of its licence, and what people read where it says nothing."""

from importlib.metadata import metadata

LICENCE_NAMES = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What older packages call them (PyPI's classifiers), and what SPDX does."""
REVIEWED_LICENCES = {
    "pymupdf": "AGPL 3.0; reads the tests' own documents for outloud, and goes out with nothing",
    "axe-playwright-python": "MIT, by its LICENSE",
    "pyrage": "MIT, by its LICENSE; age and the other crates in it MIT or Apache 2.0",
    "pypdfium2": "Apache 2.0 or BSD 3-Clause, by its LICENSES; PDFium and what is in it BSD, MIT, Apache, FTL and Zlib",
    "text-unidecode": "Artistic License, which it offers beside the GPL; for the tests' browser alone",
    "@uswds/uswds": "by its LICENSE.md: public domain, with parts under MIT, OFL 1.1, Apache 2.0 and BSD",
}
"""What was read by a person, since the package names no licence of the list."""


def python_licence(name: str) -> str:
    """Return what an installed package says of its licence; several where it may be chosen.

    Raises PackageNotFoundError if it is not installed.
    """
    said = metadata(name)
    if expression := said.get("License-Expression"):
        return expression
    classified = [
        line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if line.startswith("License ")
    ]
    return " OR ".join(classified) or said.get("License") or "nothing"
