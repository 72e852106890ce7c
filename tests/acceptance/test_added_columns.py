"""A column that is added in the TOML alone, of each kind, and what happens to workbooks from before and after.

Each test works in a copy of the checkout whose layout has such columns, as its developer would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tree import Tree

pytestmark = pytest.mark.slow

KINDS = ("text", "paragraph", "name", "date", "choice", "url", "phone", "integer")
REPORT, LISTS = "workbook_templates/report.toml", "workbook_templates/lists.toml"


def column(sheet: str, kind: str, *, required: bool) -> str:
    lines = [f"[[sheets.{sheet}.columns]]", f'key = "new_{kind}"', f'heading = "新列{kind}"', f'kind = "{kind}"']
    lines += ["width = 12", "input = true"]
    lines += ['list = "new_list"'] * (kind == "choice") + ["required = true"] * required
    return "\n".join(["", *lines])


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy whose reports ask for one more thing of each kind, in both sheets."""
    made = Tree(tmp_path_factory.mktemp("tree"))
    made.append(LISTS, '\n[new_list]\none = "甲类"\ntwo = "乙类"')
    last = 'prompt = "选“本期无更新”时必填，例如：经核实，本期无应公开信息。"'
    made.insert(REPORT, last, "\n".join(column("tasks", kind, required=False) for kind in KINDS))
    last = 'prompt = "规范性文件、规划应同步解读：解读材料的网址或文件名。"'
    made.insert(REPORT, last, "\n".join(column("items", kind, required=True) for kind in KINDS))
    return made


def test_it_is_written_read_kept_shown_and_rolled_up(tree: Tree) -> None:
    tree.check("python -m pytest tests/acceptance/test_every_column.py -q")


def test_whatever_is_typed_in_it_is_read_or_named(tree: Tree) -> None:
    tests = ("test_accounting.py", "test_plain_value.py")
    tree.check(" ".join(["python -m pytest -q", *(f"tests/workbooks/reading/{name}" for name in tests)]))


def test_what_holds_of_every_layout_still_does(tree: Tree) -> None:
    tree.check("python -m pytest -q tests/layout/test_columns.py tests/workbooks/report/test_self_check.py")


def test_the_whole_month_of_the_demonstration_is_played(tree: Tree, tmp_path: Path) -> None:
    played = tree.check(f"zwgk demo {tmp_path / '演示'}")
    assert "按时" in played
