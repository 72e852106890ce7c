"""What a message says in Excel: no command, wherever in the package the message stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import zwgk_excel
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.checkup import check
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.in_excel import in_excel
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.settings_table import editable_settings

PACKAGE = Path(zwgk_excel.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
COMMAND = re.compile(r"zwgk [a-z-]|(?<![-\w])--[a-z]")
ELSEWHERE = {
    "cli",  # the terminal's own words
    "api",
    "workflow/cluster",  # nodes and counties are run from a terminal
    "workflow/counties",
    "workflow/analysis",
    "workflow/scheduling",
    "workflow/setup/addin_install.py",
    "workflow/setup/addin_paths.py",
    "workbooks/xlam/hardening.py",  # said where the add-in finds no Python to run a button with
    "addin/host/system_windows.py",  # said where no button works
}


def texts(tree: ast.AST) -> Iterator[str]:
    """The string literals of a module that are no docstrings, a placeholder filled."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(each) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for each in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "2026-11" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | parts:
            yield re.sub(r"\{\w+\}", "2026-11", node.value)


def strings(table: Any) -> Iterator[str]:
    """The texts of a TOML file, a placeholder filled."""
    if isinstance(table, dict):
        for each in table.values():
            yield from strings(each)
    elif isinstance(table, str):
        yield re.sub(r"\{\w+\}", "2026-11", table)


def messages() -> list[str]:
    """What the program may say: the words of 自检, and every text in its modules."""
    found = [each for each in strings(read_toml("doctor.toml")) if CHINESE.search(each)]
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if not any(place == each or place.startswith(f"{each}/") for each in ELSEWHERE):
            found += [each for each in texts(ast.parse(path.read_text("utf-8"))) if CHINESE.search(each)]
    return found


def test_no_message_names_a_command_in_excel():
    found = messages()
    assert sum(bool(COMMAND.search(each)) for each in found) > 50, "they are found"
    assert [shown for each in found if COMMAND.search(shown := in_excel(each))] == []
    # Where it becomes a part of a sentence its full stop is taken off.
    assert [shown for each in found if COMMAND.search(shown := in_excel(each.rstrip("。")))] == []


def test_what_self_test_asks_to_be_filled_in_is_asked_for_by_its_button():
    asked = {key: in_excel(check("workspace", f"{key}_missing").action) for key in ("mailbox", "contact", "person")}
    named = {"mailbox": "报送邮箱", "contact": "联系人、联系电话", "person": "经办人"}
    assert [key for key in asked if not asked[key].startswith(f"请按“设置”，填写{named[key]}")] == []


def test_a_setting_that_is_to_be_filled_in_is_there():
    found = [in_excel(each) for each in messages()]
    found += [each["instead"] for each in read_toml("in_excel.toml")["rules"]]
    asked = re.compile("“设置”[，中]填写([\u4e00-\u9fff]+?)(?=后|[^\u4e00-\u9fff]|$)")
    named = {name for each in found for name in asked.findall(each)}
    assert named == {"报送邮箱", "经办人", "联系人"}, "they are found"
    assert named <= {each.label for each in editable_settings()}


def test_a_button_that_is_named_instead_is_there():
    known = {each.label for each in ribbon_tab().buttons.values()} | {"是否取消", "是"}
    known |= set(read_toml("lists.toml")["tray_choice"].values())
    known |= {sheet.name for sheet in layout("tracker").sheets.values()}
    named = {name for each in read_toml("in_excel.toml")["rules"] for name in re.findall("“(.+?)”", each["instead"])}
    assert named - known == set()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("先用 zwgk reopen 2026-11 --reason 理由 撤销结账", "先按“撤销”撤销结账"),
        (
            "请核实后运行 zwgk receive --receipt 收件号 --assign 单位 --cycle 月份，或请该单位用原表填报",
            "请核实后在“待处理”中选“认定”，或请该单位用原表填报",
        ),
        ("请写明理由（表格 --x 不是选项的除外）", "请写明理由（表格 --x 不是选项的除外）"),
    ],
)
def test_what_is_said_instead(told: str, shown: str):
    assert in_excel(told) == shown
