"""Write the papers of this commit to var/papers: `python -m tests.papers.write [--results FILE] [--contact ADDRESS]`.

docs/papers.md says what each of them is.
"""

import argparse
import shutil
import sys
from pathlib import Path

from tests.papers.accessibility import conformance_report, read_accessibility
from tests.papers.checkout import BASE_DIR, Checkout, read_checkout
from tests.papers.controls import component_definition, controls_page, read_controls
from tests.papers.dictionary import describe_tables, dictionary_page
from tests.papers.inventory import inventory_text
from tests.papers.markdown import table
from tests.papers.privacy import PRIVACY_TESTS, privacy_draft
from tests.papers.results import Results, read_results

FOLDER = BASE_DIR / "var" / "papers"
CONTENTS = {
    "inventory.cdx.json": "the inventory of packages (SBOM), in CycloneDX",
    "accessibility.yaml": "the accessibility conformance report, in OpenACR",
    "data-dictionary.md": "every table and column of the database",
    "controls.md": "what is done about controls of NIST SP 800-53, to read",
    "controls.oscal.json": "the same as an OSCAL component definition",
    "privacy-assessment-draft.md": "the draft of a privacy assessment, for an official to complete",
}


def write_papers(checkout: Checkout, results: Results, contact: str = "") -> dict[str, str]:
    """Return the content of each paper by the name of its file."""
    statements, tables = read_controls(), describe_tables()
    return {
        "README.md": _contents_page(checkout),
        "inventory.cdx.json": inventory_text(checkout),
        "accessibility.yaml": conformance_report(read_accessibility(), checkout, results, contact),
        "data-dictionary.md": dictionary_page(tables, checkout),
        "controls.md": controls_page(statements, checkout, results),
        "controls.oscal.json": component_definition(statements, checkout, results),
        "privacy-assessment-draft.md": privacy_draft(tables, checkout, results),
    }


def _contents_page(checkout: Checkout) -> str:
    rows = [(f"[{name}]({name})", words) for name, words in CONTENTS.items()]
    return f"# Papers\n\n{checkout.sentence}\n\n{table(('file', 'what it is'), rows)}\n"


def named_in_papers() -> set[str]:
    """Return all tests that the papers name."""
    return read_controls().tests | read_accessibility().tests | PRIVACY_TESTS


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the papers that an authorizing official asks for.")
    parser.add_argument("--results", type=Path, help="what a run of the suite with RESULTS= wrote")
    parser.add_argument("--contact", default="", help="the mail address of whoever publishes the accessibility report")
    arguments = parser.parse_args()
    checkout = read_checkout()
    try:
        results = read_results(arguments.results, checkout) if arguments.results else Results()
    except (OSError, ValueError) as error:
        sys.stdout.write(f"papers: FAILED. {error}\n")
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, content in write_papers(checkout, results, arguments.contact).items():
        (FOLDER / name).write_text(content)
        sys.stdout.write(f"{(FOLDER / name).relative_to(BASE_DIR)}\n")
    sys.stdout.write(f"{checkout.sentence}\n")
    if missing := results.missing(named_in_papers()):
        sys.stdout.write("".join(f"{test}: {results.describe(test)}\n" for test in missing))
        sys.stdout.write("papers: FAILED. The papers name the tests above, and these did not all run and pass.\n")
        return 1
    run = "Every test that they name passed." if results.outcomes is not None else "No run of the suite was given."
    sys.stdout.write(f"papers: written. {run}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
