"""docs/python-api.md: its examples run one after the other in a demo workspace, its tables have the code's columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import zwgk_excel
from tests.clock import in_december
from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.analysis.frames import table_frame

PAGE = Path(__file__).parents[2] / "docs/python-api.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```python\n(.*?)^```$", TEXT)
TOLD = re.compile(r"(?m)^(.+?)  # → (.+)$")


def test_every_example_gives_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    in_december(monkeypatch)
    zwgk_excel.demo("政务公开")
    known: dict[str, Any] = {}
    shown = 0
    for block in BLOCKS:
        exec(compile(block, PAGE.name, "exec"), known)
        for expression, expected in TOLD.findall(block):
            assert str(eval(expression, known)) == expected, expression
            shown += 1
    assert shown == sum(block.count("→") for block in BLOCKS) > 0


def columns_of(table: str) -> list[tuple[str, str]]:
    """Name and type of each column as the page has them."""
    _, _, section = TEXT.partition(f"\n### {table}\n")
    return re.findall(r"(?m)^\| `(\w+)` \| (\S+) \|", re.split(r"(?m)^##", section)[0])


@pytest.mark.parametrize("table", TABLES)
def test_the_page_has_the_columns_of_a_table(table: str) -> None:
    assert columns_of(table) == [(column, dtype.name) for column, dtype in table_frame(table, []).dtypes.items()]


def test_the_page_names_every_use_case() -> None:
    functions = {name for name in zwgk_excel.__all__ if name.islower() and not name.startswith("_")}
    named = set(re.findall(r"`(\w+)`", TEXT))
    assert functions <= named
