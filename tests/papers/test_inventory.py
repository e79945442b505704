"""The inventory of packages: all of both locks, with hashes, licences and uses, in valid CycloneDX."""

import json
import re

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from tests.known_weaknesses import locked_npm, locked_python
from tests.papers.inventory import (
    LOCK_FILE,
    NPM_LOCK_FILE,
    SCHEMA,
    SHIPPED_NPM,
    find_dependencies,
    inventory_text,
    read_lock,
    read_project,
)


@pytest.fixture(scope="module")
def text(checkout):
    return inventory_text(checkout)


@pytest.fixture(scope="module")
def inventory(text):
    return json.loads(text)


def components_by_purl(inventory):
    return {component["purl"]: component for component in inventory["components"]}


def property_of(component, name):
    return next(each["value"] for each in component["properties"] if each["name"] == f"tiptracker:{name}")


def test_every_locked_package_is_in_the_inventory(inventory):
    expected = {f"pkg:pypi/{name}@{version}" for name, version in locked_python(LOCK_FILE)}
    expected |= {f"pkg:npm/{name.replace('@', '%40')}@{version}" for name, version in locked_npm(NPM_LOCK_FILE)}

    assert len(expected) > 200
    assert set(components_by_purl(inventory)) == expected


def test_every_hash_of_the_lock_is_in_the_inventory(inventory):
    found = [
        each["content"]
        for component in inventory["components"]
        for each in component["hashes"]
        if each["alg"] == "SHA-256"
    ]

    assert sorted(found) == sorted(re.findall(r"sha256:([0-9a-f]+)", LOCK_FILE.read_text()))
    assert all(component["hashes"] for component in inventory["components"])


def test_the_inventory_is_valid_cyclonedx(text):
    validator = JsonStrictValidator(SCHEMA)

    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"version": 1,', '"version": 0,')) is not None


def test_a_package_says_whether_it_runs_and_whether_we_asked_for_it(inventory):
    components = {component["name"]: component for component in inventory["components"]}
    uses = {
        name: (components[name]["scope"], property_of(components[name], "dependency"))
        for name in ("django", "sqlparse", "pytest", "pluggy", "uswds", "esbuild", "lit")
    }

    assert uses == {
        "django": ("required", "direct"),
        "sqlparse": ("required", "transitive"),
        "pytest": ("excluded", "direct"),
        "pluggy": ("excluded", "transitive"),
        "uswds": ("required", "direct"),
        "esbuild": ("excluded", "direct"),
        "lit": ("excluded", "transitive"),
    }


def test_packages_that_run_have_a_licence(inventory):
    without = {
        component["name"]
        for component in inventory["components"]
        if component["scope"] == "required" and not component.get("licenses")
    }

    assert without == set()


def test_licences_are_those_of_spdx_where_a_package_names_one(inventory):
    components = {component["name"]: component for component in inventory["components"]}

    assert components["django"]["licenses"][0]["license"]["id"] == "BSD-3-Clause"
    assert components["pako"]["licenses"][0]["expression"] == "(MIT AND Zlib)"
    assert "public domain" in components["uswds"]["licenses"][0]["license"]["name"]


def test_the_inventory_says_what_requires_what(inventory):
    requires = {row["ref"]: row.get("dependsOn", []) for row in inventory["dependencies"]}
    django = next(purl for purl in requires if purl.startswith("pkg:pypi/django@"))

    assert django in requires["tiptracker"]
    assert any(purl.startswith("pkg:pypi/sqlparse@") for purl in requires[django])


def test_scripts_styles_and_fonts_come_only_from_the_npm_packages_that_are_called_shipped():
    folder = NPM_LOCK_FILE.parent
    build = (folder / "build.mjs").read_text()
    scripts = "".join(path.read_text() for path in (folder / "js").glob("*.js"))
    sources = set(re.findall(r'path\.join\(here, "node_modules/([^"]+)"\)|packageFolder\("([^"]+)"\)', build))

    typefaces = {f"@fontsource-variable/{name}" for name in re.findall(r'\["(noto-sans[a-z-]*)", "', build)}

    assert {own or other for own, other in sources} | typefaces == SHIPPED_NPM
    assert build.count("node_modules") == 1
    assert re.findall(r'\b(?:from|import) "([^./][^"]*)"', scripts) == []


def test_the_lock_is_read_with_markers_and_extras():
    text = (
        'colorama==0.4.6 ; sys_platform == "win32" \\\n    --hash=sha256:' + "a" * 64 + "\n"
        "thing[x]==1.0 \\\n    --hash=sha256:" + "b" * 64 + " \\\n    --hash=sha256:" + "c" * 64 + "\n"
    )

    assert [(each.name, each.version, len(each.hashes)) for each in read_lock(text)] == [
        ("colorama", "0.4.6", 1),
        ("thing", "1.0", 2),
    ]


def test_extras_bring_what_they_require():
    to_run, _ = read_project()
    django = next(each for each in to_run if each.name == "django")

    assert "argon2-cffi" in find_dependencies([django])
