"""The inventory of packages (SBOM) in CycloneDX: Python's from requirements.lock, npm's from the front end's lock."""

import base64
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.licences import LICENCE_NAMES, REVIEWED_LICENCES, python_licence
from tests.papers.checkout import BASE_DIR, Checkout

LOCK_FILE = BASE_DIR / "requirements.lock"
NPM_LOCK_FILE = BASE_DIR / "tiptracker" / "web" / "frontend" / "package-lock.json"
SHIPPED_NPM = {
    "@fontsource-variable/noto-sans",
    "@fontsource-variable/noto-sans-arabic",
    "@fontsource-variable/noto-sans-armenian",
    "@fontsource-variable/noto-sans-bengali",
    "@fontsource-variable/noto-sans-ethiopic",
    "@fontsource-variable/noto-sans-georgian",
    "@fontsource-variable/noto-sans-hebrew",
    "@fontsource-variable/noto-sans-khmer",
    "@fontsource-variable/noto-sans-sinhala",
    "@fontsource-variable/noto-sans-thaana",
    "@fontsource-variable/noto-sans-thai",
    "@fontsource-variable/public-sans",
    "@uswds/uswds",
}
"""The npm packages of which a part reaches browsers. The others build the front end."""
NPM_PREFIX = "node_modules/"
SCHEMA = SchemaVersion.V1_7
HASH_ALGORITHMS = {"sha256": HashAlgorithm.SHA_256, "sha384": HashAlgorithm.SHA_384, "sha512": HashAlgorithm.SHA_512}

RUNS, BUILDS, TESTS, ELSEWHERE = "runs", "builds", "tests", "elsewhere"
USES = {
    RUNS: (ComponentScope.REQUIRED, "part of the running application"),
    BUILDS: (ComponentScope.EXCLUDED, "builds the front end, and is not shipped"),
    TESTS: (ComponentScope.EXCLUDED, "tests and develops the application, and is not shipped"),
    ELSEWHERE: (ComponentScope.OPTIONAL, "locked for other platforms than the one that made this inventory"),
}
"""What a package is used for: its scope in CycloneDX, and the same in words."""

Extras = frozenset[str]


@dataclass(frozen=True)
class LockedPackage:
    """A package of requirements.lock. Each hash (SHA-256) is of one file of this version."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(text: str) -> list[LockedPackage]:
    """Return the packages of a lock."""
    return [
        LockedPackage(name, version, tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)))
        for name, version, rest in re.findall(
            r"(?m)^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)(.*(?:\n[ \t]+--hash.*)*)", text
        )
    ]


# --- What a package is used for ---------------------------------------------------------------------------------------


def read_project() -> tuple[list[Requirement], list[Requirement]]:
    """Return what pyproject.toml asks for: to run, and to develop."""
    content = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    lists = content["project"]["dependencies"], content["dependency-groups"]["dev"]
    return tuple([Requirement(text) for text in each] for each in lists)


def required_by(name: str, extras: Extras) -> Iterator[Requirement]:
    """Yield what an installed package requires on this platform, with some of its extras. Nothing if it is missing."""
    try:
        texts = requires(name) or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, texts):
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": each}) for each in ("", *extras)):
            yield requirement


def find_dependencies(wanted: Iterable[Requirement]) -> dict[str, set[str]]:
    """Return every package that some requirements need, directly or through others, with what it requires itself."""
    found: dict[str, set[str]] = {}
    seen: set[tuple[str, Extras]] = set()
    waiting = list(wanted)
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        needed = list(required_by(name, extras))
        found.setdefault(name, set()).update(canonicalize_name(each.name) for each in needed)
        waiting += needed
    return found


# --- Components -------------------------------------------------------------------------------------------------------


def make_licence(text: str) -> License:
    """Return a licence as CycloneDX writes it: by its SPDX identifier or expression if it has one, or else in words."""
    spdx = " OR ".join(LICENCE_NAMES.get(part, part) for part in text.split(" OR "))
    return LicenseFactory().make_from_string(spdx, license_acknowledgement=LicenseAcknowledgement.DECLARED)


def describe_use(use: str, is_direct: bool) -> dict[str, object]:
    """Return what a component says of its use."""
    scope, words = USES[use]
    return {
        "scope": scope,
        "properties": [
            Property(name="tiptracker:dependency", value="direct" if is_direct else "transitive"),
            Property(name="tiptracker:use", value=words),
        ],
    }


def python_component(package: LockedPackage, use: str, is_direct: bool) -> Component:
    """Return the component of a locked Python package. Without its metadata here, it has no licence."""
    purl = PackageURL("pypi", name=package.name, version=package.version)
    try:
        licences = [make_licence(REVIEWED_LICENCES.get(package.name) or python_licence(package.name))]
    except PackageNotFoundError:
        licences = []
    return Component(
        name=package.name,
        version=package.version,
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.hashes],
        licenses=licences,
        **describe_use(use, is_direct),
    )


def npm_component(name: str, row: Mapping[str, str], is_direct: bool) -> Component:
    """Return the component of a package of package-lock.json."""
    scope, _, bare = name.rpartition("/")
    purl = PackageURL("npm", namespace=scope or None, name=bare, version=row["version"])
    algorithm, _, digest = row["integrity"].partition("-")
    return Component(
        name=bare,
        group=scope or None,
        version=row["version"],
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[HashType(alg=HASH_ALGORITHMS[algorithm], content=base64.b64decode(digest).hex())],
        licenses=[make_licence(REVIEWED_LICENCES.get(name) or row["license"])],
        **describe_use(RUNS if name in SHIPPED_NPM else BUILDS, is_direct),
    )


def build_inventory(checkout: Checkout) -> Bom:
    """Return the inventory of all locked packages, with what requires what."""
    application = Component(
        type=ComponentType.APPLICATION,
        name="tiptracker",
        version=checkout.version,
        bom_ref="tiptracker",
        licenses=[make_licence("MIT")],
        properties=[Property(name="tiptracker:commit", value=checkout.commit)],
    )
    bom = Bom(
        serial_number=checkout.make_uuid("inventory"),
        metadata=BomMetaData(component=application, timestamp=checkout.committed_at),
    )
    direct = [*add_python_packages(bom), *add_npm_packages(bom)]
    bom.register_dependency(application, direct)
    return bom


def add_python_packages(bom: Bom) -> list[Component]:
    """Add the packages of requirements.lock. Return the direct ones."""
    to_run, to_develop = read_project()
    running, developing = find_dependencies(to_run), find_dependencies([*to_run, *to_develop])
    named = {canonicalize_name(each.name) for each in (*to_run, *to_develop)}
    components = {}
    for package in read_lock(LOCK_FILE.read_text()):
        use = RUNS if package.name in running else TESTS if package.name in developing else ELSEWHERE
        components[package.name] = python_component(package, use, package.name in named)
    add_with_dependencies(bom, components, developing)
    return [components[name] for name in sorted(named)]


def add_npm_packages(bom: Bom) -> list[Component]:
    """Add the packages of package-lock.json. Return the direct ones."""
    packages = json.loads(NPM_LOCK_FILE.read_text())["packages"]
    named = set(packages[""]["dependencies"])
    rows = {path.rpartition(NPM_PREFIX)[2]: row for path, row in packages.items() if path}
    components = {name: npm_component(name, row, name in named) for name, row in rows.items()}
    needed = {name: {*row.get("dependencies", ()), *row.get("optionalDependencies", ())} for name, row in rows.items()}
    add_with_dependencies(bom, components, needed)
    return [components[name] for name in sorted(named)]


def add_with_dependencies(bom: Bom, components: Mapping[str, Component], needed: Mapping[str, Collection[str]]) -> None:
    """Add components, and which of them each requires."""
    for name, component in components.items():
        bom.components.add(component)
        bom.register_dependency(
            component, [components[each] for each in sorted(needed.get(name, ())) if each in components]
        )


def inventory_text(checkout: Checkout) -> str:
    """Return the inventory as JSON. Raises ValueError if it is not valid CycloneDX."""
    text = make_outputter(build_inventory(checkout), OutputFormat.JSON, SCHEMA).output_as_string(indent=2)
    if error := JsonStrictValidator(SCHEMA).validate_str(text):
        raise ValueError(f"The inventory is not valid CycloneDX: {error}")
    return text + "\n"
