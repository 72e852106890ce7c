"""Every use case that a room of the workflow offers is reached from the command line, the add-in or the API."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.tools import ROOT

Place = tuple[str, str]
"""A module and a name in it; no name for what the module does when it is imported."""

PACKAGE = ROOT / "zwgk_excel"
FACES = sorted(path.parent.name for path in (PACKAGE / "workflow").glob("*/__init__.py"))
USERS = ("cli", "addin", "api", "frames", "__main__", "__init__")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in PACKAGE.rglob("*.py")}


def imported(node: ast.AST) -> dict[str, Place]:
    """Names that the imports within a node give: a module (no name in it), or a name of a module."""
    found: dict[str, Place] = {}
    for each in ast.walk(node):
        if isinstance(each, ast.ImportFrom) and each.module in MODULES:
            for alias in each.names:
                whole = f"{each.module}.{alias.name}"
                found[alias.asname or alias.name] = (whole, "") if whole in MODULES else (each.module, alias.name)
    return found


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


@cache
def uses(module: str) -> dict[str, set[Place]]:
    """What each definition of a module names; "" for the rest of the module."""
    tree = parsed(module)
    kinds = ast.FunctionDef | ast.ClassDef
    own = {node.name for node in tree.body if isinstance(node, kinds)}
    rest = ast.Module([node for node in tree.body if not isinstance(node, kinds)], [])
    parts = {"": rest, **{node.name: node for node in tree.body if isinstance(node, kinds)}}
    outer = imported(rest)
    return {name: set(named(node, module, own, outer | imported(node))) for name, node in parts.items()}


def named(node: ast.AST, module: str, own: set[str], known: dict[str, Place]) -> Iterator[Place]:
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in known:
            place = known[each.value.id]
            yield (place[0], each.attr) if not place[1] else place
        elif isinstance(each, ast.Name) and each.id in own:
            yield module, each.id
        elif isinstance(each, ast.Name) and each.id in known:
            yield known[each.id]


@cache
def passed_on(module: str) -> dict[str, Place]:
    return imported(parsed(module))


@cache
def origin(place: Place) -> Place:
    """Where a name is defined that a face only passes on."""
    module, name = place
    if module not in MODULES or name in uses(module):
        return place
    passed = passed_on(module).get(name)
    return origin(passed) if passed and passed != place else place


@pytest.fixture(scope="module")
def reached() -> set[Place]:
    """Every definition that somebody who talks to a user names, directly or over others."""
    users = [name for name in MODULES if [*name.split("."), "__init__"][1] in USERS]
    waiting = [place for module in users for places in uses(module).values() for place in places]
    found: set[Place] = set()
    while waiting:
        place = origin(waiting.pop())
        if place not in found and place[0] in MODULES:
            found.add(place)
            waiting += uses(place[0]).get(place[1], ())
    return found


def offered(room: str) -> list[Place]:
    face = importlib.import_module(f"zwgk_excel.workflow.{room}")
    functions = {name: getattr(face, name) for name in getattr(face, "__all__", ())}
    return [(each.__module__, each.__name__) for each in functions.values() if inspect.isfunction(each)]


@pytest.mark.parametrize("room", FACES)
def test_somebody_calls_every_use_case(room, reached):
    assert [place for place in offered(room) if place not in reached] == []


def test_what_nobody_calls_is_seen(reached):
    assert ("zwgk_excel.workflow.mailing.sending", "send") in reached
    assert ("zwgk_excel.workflow.mailing.acknowledging", "_FRESH") not in reached
    assert not [place for place in reached if place[0].startswith("tests")]
