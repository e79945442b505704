"""The control statements: every test that they name exists, and both papers say what the data file says."""

import json
import re

import pytest
from oscal_bindings import OscalParseError, parse_component_definition

from tests.papers.controls import (
    CONTROLS_FILE,
    ControlState,
    component_definition,
    controls_page,
    read_controls,
)
from tests.papers.results import Outcome, Results, named_tests

STATEMENTS = read_controls()


def test_every_test_that_a_control_names_exists():
    assert [test for test in sorted(STATEMENTS.tests) if not named_tests(test)] == []


def test_there_are_statements_on_enough_controls_in_the_order_of_the_catalogue():
    controls = STATEMENTS.controls

    assert len(controls) >= 60
    assert [control.id for control in controls] == [each.id for each in sorted(controls, key=lambda each: each.order)]
    assert len({control.id for control in controls}) == len(controls)
    assert {control.state for control in controls} == set(ControlState)


@pytest.mark.parametrize(
    ("control", "message"),
    [
        ('id = "AC-1"\nstate = "met"\nstatement = "x"', "no test is named"),
        ('id = "AC-1"\nstate = "inherited"\nstatement = "x"', "`by` belongs"),
        ('id = "AC-1"\nstate = "inherited"\nby = "nobody"\nstatement = "x"', "no provider"),
        ('id = "AC-1"\nstate = "perhaps"\nstatement = "x"', "perhaps"),
    ],
)
def test_an_incomplete_statement_is_refused(tmp_path, control, message):
    path = tmp_path / "controls.toml"
    path.write_text(f'[providers]\nhost = "the host"\n[[control]]\n{control}\n')

    with pytest.raises(ValueError, match=re.escape(message)):
        read_controls(path)


def test_the_component_definition_calls_only_controls_implemented_that_are_met(checkout):
    text = component_definition(STATEMENTS, checkout, Results())
    found = json.loads(text)["component-definition"]["components"][0]["control-implementations"][0]
    by_state = {
        state: [control.oscal_id for control in STATEMENTS.controls if control.state == state] for state in ControlState
    }

    parse_component_definition(text)
    assert [each["control-id"] for each in found["implemented-requirements"]] == by_state[ControlState.MET]
    assert [each["value"] for each in found["props"] if each["name"] == "not-met"] == by_state[ControlState.NOT_MET]
    assert [each["value"] for each in found["props"] if each["name"] == "inherited"] == by_state[ControlState.INHERITED]


def test_a_component_definition_without_its_source_is_no_oscal(checkout):
    content = json.loads(component_definition(STATEMENTS, checkout, Results()))
    del content["component-definition"]["components"][0]["control-implementations"][0]["source"]

    with pytest.raises(OscalParseError):
        parse_component_definition(json.dumps(content))


def test_the_page_says_of_each_test_what_the_run_said(checkout):
    test = STATEMENTS.controls[1].tests[0]
    line = f"`{test}`: "

    assert f"{line}exists; not run for this paper" in controls_page(STATEMENTS, checkout, Results())
    assert f"{line}passed" in controls_page(STATEMENTS, checkout, Results({test: Outcome.PASSED}))
    assert f"{line}FAILED" in controls_page(STATEMENTS, checkout, Results({test: Outcome.FAILED}))
    assert f"{line}not run" in controls_page(STATEMENTS, checkout, Results({}))


def test_the_page_has_a_line_for_each_control(checkout):
    page = controls_page(STATEMENTS, checkout, Results())

    assert CONTROLS_FILE.read_text().count("[[control]]") == len(re.findall(r"(?m)^\| [A-Z]{2}-\d", page))
