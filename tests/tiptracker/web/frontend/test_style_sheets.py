"""Style sheets say start and end, so that a page in a language from right to left is mirrored."""

import re
from pathlib import Path

import pytest

STYLES = Path("tiptracker/web/frontend/scss")
WITHOUT_LOGICAL_PROPERTY = {
    # Chromium before 118 knows no `inline-start` here. Each of these boxes is as wide as its line, so its side is the
    # same in both directions.
    ("_forms.scss", "float: left"),
    ("_layout.scss", "float: left"),
    ("_what_if.scss", "float: left"),
    # "start" would follow each text of the record. This is the style sheet of one direction.
    ("_right_to_left.scss", "text-align: right"),
}
PHYSICAL_PROPERTY = re.compile(
    r"(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius|overscroll-behavior-[xy])\s*:"
    r"|(?:float|clear|text-align|caption-side)\s*:\s*(?:left|right)\b"
)
FOUR_SIDES = re.compile(
    r"(?:margin|padding|inset|border-(?:width|style|color)|scroll-(?:margin|padding))\s*:\s*"
    r"(?P<values>(?:[^\s;(]|\([^)]*\))+(?:\s+(?:[^\s;(]|\([^)]*\))+){3})$"
)


def physical_declarations(text: str) -> list[str]:
    """The declarations of a style sheet that name left or right, also as the sides of a shorthand."""
    without_comments = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    declarations = [" ".join(each.split()) for each in re.split(r"[{};]", without_comments)]
    return [each for each in declarations if PHYSICAL_PROPERTY.match(each) or _has_different_sides(each)]


def _has_different_sides(declaration: str) -> bool:
    if not (found := FOUR_SIDES.match(declaration)):
        return False
    _, right, _, left = re.findall(r"(?:[^\s(]|\([^)]*\))+", found["values"])
    return left != right


def test_style_sheets_follow_the_direction_of_the_page():
    found = {(path.name, each) for path in STYLES.glob("*.scss") for each in physical_declarations(path.read_text())}

    assert found == WITHOUT_LOGICAL_PROPERTY


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-left: units(1)",
        "border-right-color: red",
        "left: -9px",
        "text-align: right",
        "float: left",
        "border-top-left-radius: 2px",
        "padding: 2px units(1) 2px 6px",
        "inset: 0 auto 0 0",
    ],
)
def test_a_side_in_a_style_sheet_is_found(declaration):
    style_sheet = f".panel {{\n  color: red;\n  &:hover {{\n    {declaration};\n  }}\n}}\n"

    assert physical_declarations(style_sheet) == [declaration]


@pytest.mark.parametrize(
    "declaration",
    ["margin-inline-start: 0", "text-align: start", "padding: 0 units(2) 1px units(2)", "margin: 0 0 units(3)"],
)
def test_a_style_without_a_side_is_accepted(declaration):
    assert physical_declarations(f".panel {{ {declaration}; }}") == []


def test_the_built_style_sheet_mirrors_the_design_system_as_well():
    """The design system says left and right. The build turns both into start and end."""
    built = Path("tiptracker/web/frontend/dist/css/site.css")
    if not built.exists():
        pytest.skip("The style sheet has not been built.")

    found = set(physical_declarations(built.read_text()))

    assert found <= {declaration.replace(": ", ":") for _, declaration in WITHOUT_LOGICAL_PROPERTY}
