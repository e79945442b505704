"""Statements on controls of NIST SP 800-53, revision 5: as a page, and as an OSCAL component definition."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from oscal_bindings import __oscal_schema_version__ as oscal_version
from oscal_bindings import parse_component_definition

from tests.papers.checkout import DESCRIPTION, Checkout
from tests.papers.markdown import table
from tests.papers.results import Results

CONTROLS_FILE = Path(__file__).with_name("controls.toml")
CATALOG = "https://doi.org/10.6028/NIST.SP.800-53r5"
PROPERTY_NAMESPACE = "https://tiptracker.invalid/ns/papers"
"""Marks properties of OSCAL that are our own. Nothing answers at this address."""

INTRODUCTION = """\
What TIP Tracker does about {number} controls of NIST SP 800-53, revision 5. The words are our own; read the catalogue
for what a control asks. {met} are met, {inherited} are inherited, and {not_met} are not met. Controls that are not
listed were not looked at.

“Met” means that the application does what the statement says, and that each test named holds a part of it. It does not
mean that an assessor has agreed. {run}"""
WITH_RUN = "The suite was run on this commit. The paper says of each test whether it passed."
WITHOUT_RUN = "The suite was not run for this paper. It says of each test only that it exists."


class ControlState(StrEnum):
    """Whether somebody does what a control asks."""

    MET = "met"
    INHERITED = "inherited"
    NOT_MET = "not met"


@dataclass(frozen=True)
class Control:
    """What is done about one control. `by` is the key of a provider, for inherited ones."""

    id: str
    state: ControlState
    statement: str
    tests: Sequence[str] = ()
    by: str = ""

    @property
    def oscal_id(self) -> str:
        """Its identifier as OSCAL writes it, such as ac-2.3."""
        return re.sub(r"\((\d+)\)", r".\1", self.id.lower())

    @property
    def order(self) -> tuple[str, int, int]:
        """Its place in the catalogue."""
        family, number, enhancement = re.fullmatch(r"([A-Z]{2})-(\d+)(?:\((\d+)\))?", self.id).groups()
        return family, int(number), int(enhancement or 0)


@dataclass(frozen=True)
class ControlStatements:
    """All statements, and who the providers of inherited controls are."""

    providers: dict[str, str]
    controls: tuple[Control, ...]

    @property
    def tests(self) -> set[str]:
        """All tests that the statements name."""
        return {test for control in self.controls for test in control.tests}


def read_controls(path: Path = CONTROLS_FILE) -> ControlStatements:
    """Read the statements. Raises KeyError, TypeError or ValueError for one that is not complete."""
    content = tomllib.loads(path.read_text())
    controls = tuple(Control(**row | {"state": ControlState(row["state"])}) for row in content["control"])
    for control in controls:
        if control.state == ControlState.MET and not control.tests:
            raise ValueError(f"{control.id} is met, but no test is named. Name one, or say that it is not met.")
        if (control.state == ControlState.INHERITED) != bool(control.by):
            raise ValueError(f"{control.id}: `by` belongs to an inherited control, and to no other.")
        if control.by and control.by not in content["providers"]:
            raise ValueError(f"{control.id}: there is no provider “{control.by}”.")
    return ControlStatements(content["providers"], controls)


def controls_page(statements: ControlStatements, checkout: Checkout, results: Results) -> str:
    """Return the statements as Markdown."""
    counts = Counter(control.state for control in statements.controls)
    rows = [
        (
            control.id,
            f"{control.state}, by {control.by}" if control.by else control.state,
            control.statement,
            "\n".join(f"`{test}`: {results.describe(test)}" for test in control.tests) or "–",
        )
        for control in statements.controls
    ]
    return "\n\n".join(
        [
            "# Control statements",
            checkout.sentence,
            INTRODUCTION.format(
                number=len(rows),
                met=counts[ControlState.MET],
                inherited=counts[ControlState.INHERITED],
                not_met=counts[ControlState.NOT_MET],
                run=WITHOUT_RUN if results.outcomes is None else WITH_RUN,
            ),
            "## Who provides what is inherited",
            table(("by", "who that is"), statements.providers.items()),
            "## Statements",
            table(("control", "state", "statement", "tests"), rows) + "\n",
        ]
    )


def component_definition(statements: ControlStatements, checkout: Checkout, results: Results) -> str:
    """Return the statements as an OSCAL component definition, in JSON. Raises OscalParseError if it is not valid.

    OSCAL takes every requirement of a component for implemented. So only controls that are met are requirements. The
    others are properties beside them.
    """

    def make_property(name: str, value: str, **more: str) -> dict[str, str]:
        return {"name": name, "ns": PROPERTY_NAMESPACE, "value": value} | more

    def requirement(control: Control) -> dict[str, object]:
        return {
            "uuid": str(checkout.make_uuid(f"control {control.id}")),
            "control-id": control.oscal_id,
            "description": control.statement,
            "props": [make_property("test", test, remarks=results.describe(test)) for test in control.tests],
        }

    def other(control: Control) -> dict[str, str]:
        inherited = f"Inherited from {statements.providers[control.by]}. " if control.by else ""
        name = control.state.replace(" ", "-")
        return make_property(name, control.oscal_id, remarks=f"{inherited}{control.statement}")

    moment = checkout.committed_at.isoformat()
    component = {
        "uuid": str(checkout.make_uuid("component")),
        "type": "software",
        "title": "TIP Tracker",
        "description": DESCRIPTION,
        "props": [make_property("commit", checkout.commit)],
        "control-implementations": [
            {
                "uuid": str(checkout.make_uuid("controls")),
                "source": CATALOG,
                "description": "NIST SP 800-53, revision 5: the controls that were looked at.",
                "props": [other(control) for control in statements.controls if control.state != ControlState.MET],
                "implemented-requirements": [
                    requirement(control) for control in statements.controls if control.state == ControlState.MET
                ],
            }
        ],
    }
    content = {
        "component-definition": {
            "uuid": str(checkout.make_uuid("component definition")),
            "metadata": {
                "title": "Control statements of TIP Tracker",
                "last-modified": moment,
                "version": checkout.version,
                "oscal-version": oscal_version,
                "remarks": checkout.sentence,
            },
            "components": [component],
        }
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    parse_component_definition(text)
    return text
