"""Where the text files of the product lie: in the wheel inside the package, in a checkout beside it."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

_PACKAGE = "zwgk_excel"


def folder(name: str) -> Traversable:
    """A folder that travels with the package: ``workbook_templates`` or ``vba_shim``."""
    inside = files(_PACKAGE) / name
    return inside if inside.is_dir() else Path(str(files(_PACKAGE))).parent / name


def names(prefix: str, suffix: str) -> list[str]:
    """The files of ``workbook_templates/`` that begin and end so, sorted."""
    found = (each.name for each in folder("workbook_templates").iterdir())
    return sorted(name for name in found if name.startswith(prefix) and name.endswith(suffix))


def read_text(name: str) -> str:
    """A text of ``workbook_templates/``."""
    return (folder("workbook_templates") / name).read_text(encoding="utf-8")


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file of ``workbook_templates/``; numbers with a decimal point as exact decimals."""
    return tomllib.loads(read_text(name), parse_float=Decimal)
