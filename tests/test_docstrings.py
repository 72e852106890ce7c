"""What docstrings refer to exists: a name that was changed or removed is found where a docstring still has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import zwgk_excel

ROOT = Path(zwgk_excel.__file__).parent
MODULES = {
    ".".join(("zwgk_excel", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
REFERENCE = re.compile(r":(?:func|class|mod|data|meth|attr|exc|obj):`~?([^`]+)`")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def names(module: str) -> dict[str, ast.AST | str]:
    """What a module defines (its node) or imports (the dotted name), also where only a type checker imports it."""
    found: dict[str, ast.AST | str] = {}
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom):
            found |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.asname or each.name.partition(".")[0]: each.name for each in node.names}
    return found | members(tree(module))


def members(scope: ast.AST) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for node in getattr(scope, "body", []):
        if isinstance(node, Definition):
            found[node.name] = node
        elif isinstance(node, ast.If | ast.Try):
            found |= members(node)
        for target in [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", []):
            found |= {each.id: node for each in ast.walk(target) if isinstance(each, ast.Name)}
    return found


def exists(name: str, module: str, within: str = "") -> bool:
    """Whether a dotted name means something in a module, or in the class ``within`` of it."""
    if within and exists(f"{within}.{name}", module):
        return True
    first, _, rest = name.partition(".")
    found = names(module).get(first)
    if isinstance(found, str):
        return is_anything(f"{found}.{rest}" if rest else found)
    if isinstance(found, ast.ClassDef) and rest:
        return has_member(found, rest, module)
    return (bool(found) and not rest) or is_anything(name)


def has_member(owner: ast.ClassDef, name: str, module: str) -> bool:
    own = {each.attr for each in ast.walk(owner) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store)}
    inherited = any(exists(f"{ast.unparse(base)}.{name}", module) for base in owner.bases if isinstance(base, ast.Name))
    return name in members(owner) or name in own or inherited


def is_anything(dotted: str) -> bool:
    """Whether a full dotted name is a module of the package or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        if (module := ".".join(parts[:length])) in MODULES:
            return length == len(parts) or exists(".".join(parts[length:]), module)
    return False


def references(scope: ast.AST, within: str = "") -> Iterator[tuple[int, str, str]]:
    """(Line, name, class around it) of each reference in the docstrings of a module, attributes' ones included."""
    for node in getattr(scope, "body", []):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from ((node.lineno, each, within) for each in REFERENCE.findall(node.value.value))
        yield from references(node, node.name if isinstance(node, ast.ClassDef) else within)


@pytest.mark.parametrize("module", MODULES)
def test_what_docstrings_refer_to_exists(module: str) -> None:
    path = MODULES[module].relative_to(ROOT)
    lost = [f"{path}:{line} {name}" for line, name, cls in references(tree(module)) if not exists(name, module, cls)]
    assert not lost


@pytest.mark.parametrize(
    ("name", "within", "there"),
    [
        ("fold", "", True),
        ("zwgk_excel.domain.returns.Receipt.order", "", True),
        ("order", "Receipt", True),
        ("Item.identity", "", True),
        ("zwgk_excel.domain.returns", "", True),
        ("Item.heir", "", False),
        ("zwgk_excel.domain.posting", "", False),
        ("order", "", False),
    ],
)
def test_a_name_that_is_gone_is_noticed(name: str, within: str, there: bool) -> None:
    assert exists(name, "zwgk_excel.domain.returns" if name != "fold" else "zwgk_excel.domain.text", within) is there
