"""docs/security.md: its bounds are the code's, its tests are there, its commands are commands."""

from __future__ import annotations

import ast
import re
from functools import reduce
from importlib import import_module
from typing import Any

import pytest

from tests.tools import ROOT
from zwgk_excel.cli.main import COMMANDS

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
BOUNDS = re.findall(r"^\| [^|]+ \| ([\d,]+) (\S+) \| `([\w.]+)` \|$", TEXT, flags=re.MULTILINE)
UNITS = {"GB": 1 << 30, "MB": 1 << 20, "KB": 1 << 10} | dict.fromkeys(("字节", *"个倍字秒行列格层"), 1)
BOUNDING = """
    workbooks.opening.guard workbooks.opening.sheet_survey workbooks.opening.archives mail.imap mail.headers mail.parts
    workflow.office.settings workflow.workers.readers workflow.bulletins.bulletin workflow.counties.rolling_up
    workflow.cluster.conversation web.exchange web.addresses
    workflow.wps.service workflow.wps.press workflow.wps.addin_lists
"""
"""Modules whose public numbers are all bounds of what strangers send."""
ATTACKING = re.compile(
    r"authentication|bound|crash|damaged|file_modes|file_names|foreign|guard|hostile|identi|inert|killed|mailboxes|odd_"
    r"|senders|strange|stripped|taken_back|tls|trust|web_mark|what_leaves"
)
"""Names of tests that attack."""
TESTS = re.findall(r"`(tests/[\w/.]+)`", TEXT)


def value(name: str) -> Any:
    """The value of a dotted name, its module first."""
    module, _, rest = re.fullmatch(r"((?:[a-z_]+\.)*[a-z_]+)(\.)([A-Z].*)", name).groups()  # type: ignore[union-attr]
    return reduce(getattr, rest.split("."), import_module(module))


@pytest.mark.parametrize(("number", "unit", "name"), BOUNDS)
def test_a_bound_is_the_codes(number, unit, name):
    assert int(number.replace(",", "")) * UNITS[unit] == value(name)


def test_every_bound_of_the_page_is_looked_at():
    table = TEXT.partition("## 界限")[2].partition("\n## ")[0]
    assert len(BOUNDS) == len(re.findall(r"^\|", table, flags=re.MULTILINE)) - 2 >= 30


@pytest.mark.parametrize("module", BOUNDING.split())
def test_every_bound_of_the_code_is_on_the_page(module):
    path = ROOT / "zwgk_excel" / f"{module.replace('.', '/')}.py"
    targets = [each.targets[0] for each in ast.parse(path.read_bytes()).body if isinstance(each, ast.Assign)]
    names = {name.id for each in targets for name in ast.walk(each) if isinstance(name, ast.Name)}
    bounds = {each for each in names if each.isupper() and not each.startswith("_") and is_bound(module, each)}
    told = {name.removeprefix(f"zwgk_excel.{module}.").partition(".")[0] for _, _, name in BOUNDS}
    assert bounds
    assert bounds <= told


def is_bound(module: str, name: str) -> bool:
    """Whether a name stands for a number, or for limits of several kinds."""
    found = value(f"zwgk_excel.{module}.{name}")
    return isinstance(found, int | float) or type(found).__name__.endswith("Limits")


def test_every_test_that_attacks_is_on_the_page():
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    assert {path for path in found if ATTACKING.search(path.rpartition("/")[2])} <= set(TESTS)


def test_every_attack_has_its_tests():
    table = TEXT.partition("## 攻击的测试")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, flags=re.MULTILINE)[1:]
    assert len(rows) > 30
    assert [attack for attack, tests in rows if not re.search(r"`tests/", tests)] == []
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in TESTS}
    assert [path for path, text in texts.items() if not re.search(r"^(def test_|Test\w+ = )", text, re.MULTILINE)] == []


def test_the_commands_named_are_commands():
    named = set(re.findall(r"`zwgk ([a-z]+)", TEXT))
    assert named <= {name for name, _, _ in COMMANDS}
    assert {"doctor", "receive", "init", "generate"} <= named


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_it_is_found_from(page):
    assert "docs/security.md" in (ROOT / page).read_text(encoding="utf-8")
