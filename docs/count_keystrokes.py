"""Counts what a clerk types in a month of 20 items, with and without the cells of the cover that are filled once.

    python docs/count_keystrokes.py
    python docs/count_keystrokes.py --published

With --published also where the website's list has prefilled them.
A character counts one key, whatever the input method needs for it; each cell one more to leave it; an entry chosen from
a list two keys, a link pasted two. The tables are those in docs/items.md and docs/published.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.layout.columns import Column, ColumnKind, common_columns, layout

ITEMS = 20
_CHOSEN = 2
_SAMPLES: Mapping[str, str] = {
    "title": "2026年10月政府集中采购项目实施情况",
    "formed_on": "2026-11-03",
    "published_on": "2026-11-05",
    "section": "政府采购管理科",
    "officer": "张三丰",
    "phone": "0714-8700000",
    "first_review": "李四光",
    "second_review": "王五一",
    "final_review": "赵六合",
}
"""Texts of the usual length; columns without one are chosen from a list or pasted."""
_FIRST_MONTH = "第一个月：报送员、电话取自通讯录，其余四栏填一次"
_FROM_ROSTER = ("officer", "phone")


def rows() -> list[tuple[str, int, int]]:
    """(What is typed, filled cells, keys) of a month: before, in the first month, and in every later one."""
    common = common_columns()
    every = [column for column in layout("report")["items"].inputs if column.required or column.common]
    own = [column for column in every if not column.common]
    first = [column for column in common if column.key not in _FROM_ROSTER]
    return [
        ("每条都填（以前）", ITEMS * len(every), ITEMS * _keys(every)),
        (_FIRST_MONTH, ITEMS * len(own) + len(first), ITEMS * _keys(own) + _keys(first)),
        ("以后各月：取自上次收下的报送表", ITEMS * len(own), ITEMS * _keys(own)),
    ]


def published_rows() -> list[tuple[str, int, int]]:
    """The same of a later month: typed as before, and of rows that the website's list prefilled."""
    given = PrefilledRow("D02", "", date(2026, 11, 5), "http://a.cn").cells
    own = [column for column in layout("report")["items"].inputs if column.required and not column.common]
    left = [column for column in own if column.key not in {*given, "title"}]
    return [
        ("没有导入清单：每条照抄", ITEMS * len(own), ITEMS * _keys(own)),
        ("导入了清单：核对，选类型，填形成日期", ITEMS * len(left), ITEMS * _keys(left)),
    ]


def table(counted: Sequence[tuple[str, int, int]]) -> str:
    """The counts as a table in Markdown, with the share of the first row."""
    lines = ["| 20 条信息的一个月 | 填写的格 | 按键 | 比以前 |", "|---|---|---|---|"]
    before = counted[0][2]
    lines += [f"| {what} | {cells} | {keys} | {_less(keys, before)} |" for what, cells, keys in counted]
    return "\n".join(lines)


def _keys(columns: Iterable[Column]) -> int:
    return sum(1 + (_CHOSEN if _is_chosen(column) else len(_SAMPLES[column.key])) for column in columns)


def _is_chosen(column: Column) -> bool:
    return column.kind in {ColumnKind.CHOICE, ColumnKind.URL}


def _less(keys: int, before: int) -> str:
    return "–" if keys == before else f"少 {1 - keys / before:.0%}"


if __name__ == "__main__":
    print(table(published_rows() if "--published" in sys.argv else rows()))
