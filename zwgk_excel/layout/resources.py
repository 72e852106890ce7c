"""The text files of the product: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

import pickle
import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

_PACKAGE = "zwgk_excel"


def folder(name: str) -> Traversable:
    """A folder shipped with the package: ``workbook_templates`` or ``vba_shim``."""
    inside = files(_PACKAGE) / name
    return inside if inside.is_dir() else Path(str(files(_PACKAGE))).parent / name


def names(prefix: str, suffix: str) -> list[str]:
    """The files of ``workbook_templates/`` with this prefix and suffix, sorted."""
    found = (each.name for each in folder("workbook_templates").iterdir())
    return sorted(name for name in found if name.startswith(prefix) and name.endswith(suffix))


def read_text(name: str) -> str:
    """The text of a file of ``workbook_templates/``."""
    return (folder("workbook_templates") / name).read_text(encoding="utf-8")


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file of ``workbook_templates/``, parsed; numbers with a decimal point as Decimal. The caller's own."""
    found: dict[str, Any] = pickle.loads(_parsed(name))
    return found


@cache
def _parsed(name: str) -> bytes:
    """The parsed file, kept as what a copy is made of in a tenth of the time that parsing takes."""
    return pickle.dumps(tomllib.loads(read_text(name), parse_float=Decimal))
