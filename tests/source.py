"""The package's own code, looked through by what it holds rather than by how it is written."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import zwgk_excel

PACKAGE = Path(zwgk_excel.__path__[0])


@functools.cache
def values(*, but: Path | None = None) -> frozenset[str]:
    """Every text that a module (other than ``but``) has as a value; what a comment says is none."""
    return frozenset(
        node.value
        for path in PACKAGE.rglob("*.py")
        if path != but
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
