"""The floors of the package: who may import whom, and who may use which third-party library.

A module imports only from floors strictly below its own, so a reader can start at the bottom and never look up.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]

FLOORS = {
    part: floor
    for floor, parts in enumerate(
        [
            ("bodies", "errors"),
            ("model",),
            ("documents", "ledger", "markers", "removals", "trails", "urls", "wire"),
            ("config", "openapi", "credentials"),
            ("resources", "identities", "oracle"),
            ("observe",),
            ("canaries",),
            ("controls", "sweeping"),
            ("family",),
            ("engine",),
            ("report", "drafting", "emitting"),
            ("plugin",),
            ("showing",),
            ("cli", "__main__"),
        ]
    )
    for part in parts
}

ENGINE = ("sending", "planning", "lanes", "rehearsing", "course")
"""The rooms of the engine, each above those that it imports from."""

OUTPUT = frozenset({"report", "plugin", "showing", "cli"})
"""Parts that write what a person or a tool reads."""

PERMITTED: Mapping[str, frozenset[str]] = {
    "ada_url": frozenset({"urls"}),
    "allure": OUTPUT,
    "allure_commons": OUTPUT,
    "click": frozenset({"cli"}),
    "fastapi": frozenset({"demo"}),
    "hypothesis": frozenset({"openapi"}),
    "jinja2": OUTPUT,
    "markupsafe": OUTPUT,
    "jsonschema_rs": frozenset({"openapi"}),
    "pydantic": frozenset({"config"}),
    "pydantic_core": frozenset({"config"}),
    "pytest": frozenset({"plugin"}),
    "requests": frozenset({"wire"}),
    "rich": OUTPUT,
    "schemathesis": frozenset({"openapi"}),
    "starlette": frozenset({"demo"}),
    "urllib3": frozenset({"wire"}),
    "urllib3.exceptions": frozenset({"urls"}),
    "urllib3.util": frozenset({"urls"}),
    "uvicorn": frozenset({"demo"}),
    "yaml": OUTPUT | {"documents"},
    "yarl": frozenset({"urls"}),
}
"""Dotted prefix of a third-party import -> the parts that may write it. Anything else is the standard library."""


def module_name(path: str) -> str:
    """The dotted name of a file: `harness/wire/__init__.py` is `harness.wire`."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: str, source: str, modules: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each import, wherever in the file; a submodule among `modules` goes by its own name."""
    package = module_name(path) if path.endswith("__init__.py") else module_name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield node.lineno, name if name in modules else base


def part_of(module: str) -> str:
    """The part of the package a module belongs to: `wire` for `harness.wire.raw`, nothing for `harness` itself."""
    return module.partition(".")[2].partition(".")[0]


def objection(part: str, name: str) -> str | None:
    """Why a module of `part` may not import `name`, or None when it may."""
    if name.partition(".")[0] != "harness":
        granted = any(part in parts for prefix, parts in PERMITTED.items() if f"{name}.".startswith(f"{prefix}."))
        return None if granted or name.partition(".")[0] in sys.stdlib_module_names else f"may not use {name}"
    below = part_of(name)
    if below in {"", part}:
        return None
    if (part, name) == ("showing", "harness.demo.process"):
        return None
    if "demo" in {part, below}:
        return f"may not import {name}: the demo stands alone and runs as a process"
    if FLOORS.get(below, len(FLOORS)) >= FLOORS.get(part, -1):
        return f"may not import {name}, which is not on a floor below"
    return None


def upward(module: str, name: str) -> bool:
    """Whether a module of one room of the engine imports from a room above."""
    rooms = [one.split(".")[2] for one in (module, name) if one.startswith("harness.engine.")]
    floors = [ENGINE.index(room) for room in rooms if room in ENGINE]
    return len(floors) == 2 and floors[0] < floors[1]


def violations(sources: Mapping[str, str]) -> list[str]:
    """Every breach of the rules above in a tree of {path from the root: source}, one line each."""
    modules = {module_name(path) for path in sources}
    found: list[str] = []
    inside: dict[str, set[str]] = {}
    for path, source in sorted(sources.items()):
        module = module_name(path)
        part = part_of(module)
        if part not in {"", "demo"} and part not in FLOORS:
            found.append(f"{path}: {part} has no floor")
        for line, name in imported(path, source, modules):
            if why := objection(part, name):
                found.append(f"{path}:{line}: {part or 'harness'} {why}")
            elif upward(module, name):
                found.append(f"{path}:{line}: {module.split('.')[2]} may not import {name}, which is in a room above")
            elif name in modules and part_of(name) == part:
                inside.setdefault(module, set()).add(name)
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        found.append(f"import cycle: {' <- '.join(error.args[1])}")
    return found


def test_the_package_keeps_its_floors() -> None:
    sources = {path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.glob("harness/**/*.py")}
    assert "harness/__init__.py" in sources
    found = violations(sources)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import json\nfrom harness import __version__",
        "from harness.model import Request",
        "from harness import errors",
        "from .session import Session",
        "from ..model import Request",
        "import requests.adapters\nfrom urllib3.response import HTTPResponse",
    ],
)
def test_imports_from_below_are_allowed(source: str) -> None:
    tree = {"harness/__init__.py": "", "harness/model.py": "", "harness/errors.py": "", "harness/wire/session.py": ""}
    assert violations({**tree, "harness/wire/raw.py": source}) == []


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("harness/model.py", "import harness.engine.lanes.lane", "1: model may not import harness.engine.lanes.lane"),
        ("harness/model.py", "from harness import cli", "1: model may not import harness.cli"),
        ("harness/model.py", "from .cli import main", "1: model may not import harness.cli"),
        ("harness/wire/raw.py", "from ..cli import main", "1: wire may not import harness.cli"),
        ("harness/wire/__init__.py", "\nfrom .. import cli", "2: wire may not import harness.cli"),
        ("harness/wire/raw.py", "from harness.urls import judge", "1: wire may not import harness.urls"),
        ("harness/oracle.py", "def f():\n    import harness.plugin", "2: oracle may not import harness.plugin"),
        ("harness/cli.py", "from harness.demo import app", "1: cli may not import harness.demo"),
        ("harness/demo/app.py", "from harness.model import Request", "1: demo may not import harness.model"),
        ("harness/engine/lanes/lane.py", "import pytest", "1: engine may not use pytest"),
        ("harness/urls/readers.py", "import urllib3.connectionpool", "1: urls may not use urllib3.connectionpool"),
        ("harness/urls/readers.py", "import yarlike", "1: urls may not use yarlike"),
        ("harness/__init__.py", "from harness.cli import main", "1: harness may not import harness.cli"),
        ("harness/extras.py", "", " extras has no floor"),
        (
            "harness/engine/lanes/lane.py",
            "from harness.engine.course.run import Run",
            "1: lanes may not import harness.engine.course.run",
        ),
    ],
)
def test_a_breach_is_named(path: str, source: str, complaint: str) -> None:
    found = violations({"harness/cli.py": "", "harness/wire/__init__.py": "", path: source})
    assert len(found) == 1
    assert found[0].startswith(f"{path}:{complaint}")


def test_a_cycle_inside_a_part_is_named() -> None:
    found = violations(
        {
            "harness/wire/a.py": "from harness.wire.b import x",
            "harness/wire/b.py": "from .c import x",
            "harness/wire/c.py": "from . import a",
        }
    )
    assert len(found) == 1
    assert found[0].startswith("import cycle: ")
    assert {name.strip() for name in found[0].removeprefix("import cycle: ").split("<-")} == {
        "harness.wire.a",
        "harness.wire.b",
        "harness.wire.c",
    }
