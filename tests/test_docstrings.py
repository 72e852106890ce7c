"""What docstrings refer to exists: modules, functions, classes and attributes by name."""

import ast
import re
from pathlib import Path

import zwgk_excel

PACKAGE = Path(zwgk_excel.__file__).parent
_ROLE = re.compile(r":(mod|func|class|attr|meth|data):`~?([\w.]+)`")


def test_every_reference_names_something_of_the_package():
    sources = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    modules = {part for path in sources for part in (path.stem, path.parent.name)}
    names = {name for text in sources.values() for name in _defined(ast.parse(text))}
    # The tracker's are mended with its rooms.
    looked_at = {path: text for path, text in sources.items() if "tracker" not in path.parts}
    found = [(path, role, name) for path, text in looked_at.items() for role, name in _ROLE.findall(text)]
    assert len(found) > 20
    lost = [
        f"{path.name}: {name}"
        for path, role, name in found
        if name.rpartition(".")[2] not in (modules if role == "mod" else names)
    ]
    assert not lost


def _defined(tree):
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr
            case ast.arg():
                yield node.arg
