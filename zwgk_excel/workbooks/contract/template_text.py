"""Recognises the template's own texts (titles, hints, 自查) among the cells of a returned workbook."""

from __future__ import annotations

import re
from functools import cache

from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.writing.style import BAD, GOOD, OPTIONAL, WATCH

_CYCLE = r"(?P<cycle>\d{4}年\d{1,2}月)"
AMENDED = "（更正）"
"""After the title of the cover of an amended workbook."""
COVER_TITLE = re.compile(rf"{_CYCLE}政务公开信息报送表(?:{AMENDED})?")
"""As :mod:`zwgk_excel.workbooks.report.cover` writes it, with the unit's name in the row below."""
_MARKS = (GOOD, BAD, OPTIONAL, WATCH)


def title_pattern(sheet: SheetLayout) -> re.Pattern[str]:
    """A pattern of the title of 任务清单 or 信息明细; groups ``unit`` and ``cycle``."""
    return _title_pattern(sheet.title)


@cache
def _title_pattern(title: str) -> re.Pattern[str]:
    words = re.escape(title).replace(r"\{unit\}", "(?P<unit>.+)").replace(r"\{cycle_words\}", _CYCLE)
    return re.compile(words)


def is_title(sheet: SheetLayout, raw: object) -> bool:
    """Whether a cell holds the sheet's title, for whatever unit and cycle."""
    return isinstance(raw, str) and bool(sheet.title) and bool(title_pattern(sheet).fullmatch(clean(raw)))


def is_hint(sheet: SheetLayout, raw: object) -> bool:
    """Whether a cell holds the sheet's hint, of this version or an earlier one."""
    return isinstance(raw, str) and bool(sheet.hint) and clean(raw) in map(clean, (sheet.hint, *sheet.former_hints))


def example_title(cycle_words: str, column: str) -> str:
    """The title of the item on 填写示例 that is shown for a column of the unit's own."""
    title: str = layout("report").settings["example"]["title"]
    return title.format(cycle_words=cycle_words, column=column)


def is_example(task: str, title: str) -> bool:
    """Whether a task and a title are those of such an item: one of them typed over, neither is."""
    pattern = re.escape(example_title("{cycle}", "{column}"))
    pattern = pattern.replace(r"\{cycle\}", _CYCLE).replace(r"\{column\}", "(?P<column>.+)")
    found = re.fullmatch(pattern, title)
    return found is not None and task.partition("（")[0].endswith(found["column"])


def type_meaning(code: str, *, satisfies: bool) -> str:
    """What 填写示例 says of a type of items; empty where a list of the office's own has a type more.

    ``satisfies`` is whether such items alone satisfy the policy columns of the workbook.
    """
    settings = layout("report").settings
    meaning: str = settings["meanings"].get(code, "")
    unfit: str = settings["texts"]["unfit"]
    return meaning if satisfies or not meaning else meaning.removesuffix("。") + unfit


def is_check(raw: object) -> bool:
    """Whether a cell holds a result of 自查: these begin with a mark."""
    return isinstance(raw, str) and raw.startswith(_MARKS)
