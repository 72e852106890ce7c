"""docs/security.md: its bounds are the code's, its tests are there, its commands are commands."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module

import pytest

from tests.tools import ROOT
from zwgk_excel.cli.main import COMMANDS

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
BOUNDS = re.findall(r"^\| [^|]+ \| ([\d,]+) (\S+) \| `([\w.]+)` \|$", TEXT, flags=re.MULTILINE)
UNITS = {"MB": 1 << 20, "个": 1, "倍": 1, "字": 1, "秒": 1, "行": 1, "格": 1}
TESTS = re.findall(r"`(tests/[\w/.]+)`", TEXT)


def value(name: str) -> int:
    """The value of a dotted name, its module first."""
    module, _, rest = re.fullmatch(r"((?:[a-z_]+\.)*[a-z_]+)(\.)([A-Z].*)", name).groups()  # type: ignore[union-attr]
    return reduce(getattr, rest.split("."), import_module(module))  # type: ignore[return-value]


@pytest.mark.parametrize(("number", "unit", "name"), BOUNDS)
def test_a_bound_is_the_codes(number, unit, name):
    assert int(number.replace(",", "")) * UNITS[unit] == value(name)


def test_every_bound_of_the_page_is_looked_at():
    table = TEXT.partition("## 界限")[2].partition("\n## ")[0]
    assert len(BOUNDS) == len(re.findall(r"^\|", table, flags=re.MULTILINE)) - 2 >= 7


def test_every_attack_has_its_tests():
    table = TEXT.partition("## 攻击的测试")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, flags=re.MULTILINE)[1:]
    assert len(rows) > 12
    assert [attack for attack, tests in rows if not re.search(r"`tests/", tests)] == []
    assert [path for path in TESTS if "def test_" not in (ROOT / path).read_text(encoding="utf-8")] == []


def test_the_commands_named_are_commands():
    named = set(re.findall(r"`zwgk ([a-z]+)", TEXT))
    assert named <= {name for name, _, _ in COMMANDS}
    assert {"doctor", "receive", "init", "generate"} <= named


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_it_is_found_from(page):
    assert "docs/security.md" in (ROOT / page).read_text(encoding="utf-8")
