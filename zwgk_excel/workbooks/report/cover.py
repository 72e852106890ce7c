"""Writes 填报说明: unit, deadline, mailbox, instructions, and the overall self-check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import read_text
from zwgk_excel.workbooks.contract.common_cells import common_title
from zwgk_excel.workbooks.contract.cover_texts import fact_labels, open_words
from zwgk_excel.workbooks.contract.template_text import AMENDED
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.report import formulas, self_check
from zwgk_excel.workbooks.report import items as report_items
from zwgk_excel.workbooks.report import tasks as report_tasks
from zwgk_excel.workbooks.report.common_cells import define_common_names, write_common
from zwgk_excel.workbooks.report.content import ReportContent, TaskRow, format_cycle, format_task_counts
from zwgk_excel.workbooks.report.first_state import FirstState
from zwgk_excel.workbooks.report.locked_book import protect, set_page
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, row_height

_WIDTHS = (3.0, 15.0, 50.0, 15.0, 50.0, 3.0)
_FIRST, _SECOND, _LAST = 1, 3, 4
"""Columns, 0 for the first: where the left and the right half begin, and the last one used."""
_WEEKDAYS = "一二三四五六日"
_TEXT_SIZE, _STATE_SIZE = 11, 26
_SOON = 5
_STATE_ROW, _COUNT_ROW, _FACTS_ROW = 4, 5, 7
_COMMON = 3
"""Rows from the end of the facts to the first common cells: a gap, the title and the hint."""
_NAMED = 5
"""So many tasks are named one by one."""
_NUMERALS = "一二三四五六七八九十"
_NO_MAILBOX = "办公室指定的邮箱"


def write_cover(
    page: Any, formats: Formats, content: ReportContent, tasks: Sequence[TaskRow], state: FirstState
) -> int:
    """Write the sheet into ``page``; returns the row, from 0, of the first cells that are filled once."""
    for number, width in enumerate(_WIDTHS):
        page.set_column(number, number, width, formats.plain)
    page.hide_gridlines(2)
    _write_title(page, formats, content)
    _write_state(page, formats, tasks, state)
    below_facts = _write_facts(page, formats, content, tasks)
    row = _write_common(page, formats, content, below_facts)
    last = _write_officers(page, formats, content, _write_text(page, formats, content, row + 1))
    page.print_area(0, 0, last, len(_WIDTHS) - 1)
    set_page(page, footer=f"{content.unit} {content.cycle}")
    page.fit_to_pages(1, 1)  # the officers too: a cover is one page
    page.set_tab_color(style.GREEN_INK)
    protect(page)
    page.activate()
    return below_facts + _COMMON


def _write_title(page: Any, formats: Formats, content: ReportContent) -> None:
    _across(page, 0, f"{content.office}", formats.named("hint", align="center", font_size=_TEXT_SIZE), 26)
    title = f"{format_cycle(content.cycle)}政务公开信息报送表{AMENDED if content.amended_on else ''}"
    _across(page, 1, title, formats.named("title", align="center", font_size=24), 44)
    _across(page, 2, content.unit, formats.get(align="center", bold=True, font_size=16), 30)
    page.set_row(3, 8)


def _write_state(page: Any, formats: Formats, tasks: Sequence[TaskRow], first: FirstState) -> None:
    """Write the overall self-check, and the number of places to correct on each sheet, with links."""
    task_sheet, item_sheet = layout("report")["tasks"], layout("report")["items"]
    todo, faulty = (sum(each.startswith(style.BAD) for each in side) for side in (first.tasks, first.items))
    counts = (
        (_FIRST, task_sheet, formulas.open_formula(task_sheet, report_tasks.last_row(len(tasks))), todo),
        (_SECOND, item_sheet, formulas.open_formula(item_sheet, report_items.last_row()), faulty),
    )
    link = formats.named("link", font_size=_TEXT_SIZE, align="center")
    shown = '0" 行未填或有误";;"没有未填或有误的"'
    figure = formats.named("cell", font_size=_TEXT_SIZE, num_format=shown, align="left", indent=1)
    for column, sheet, formula, value in counts:
        page.write_url(_COUNT_ROW, column, f"internal:{formulas.quoted(sheet.name)}!A1", link, open_words(sheet.key))
        page.write_formula(_COUNT_ROW, column + 1, formula, figure, value)
    page.set_row(_COUNT_ROW, 26)
    cells = [f"${column_letters(column + 1)}${_COUNT_ROW + 1}" for column in (_FIRST, _SECOND)]
    look = formats.named("cell", bold=True, font_size=_STATE_SIZE, align="center")
    page.merge_range(_STATE_ROW, _FIRST, _STATE_ROW, _LAST, "", look)
    said = self_check.overall_check((*first.tasks, *first.items))
    page.write_formula(_STATE_ROW, _FIRST, formulas.overall_formula(*cells), look, said)
    page.set_row(_STATE_ROW, 54)
    done = f"${column_letters(_FIRST)}${_STATE_ROW + 1}={formulas.literal(self_check.ALL_DONE)}"
    doubtful = f"AND(NOT({done}),{cells[0]}+{cells[1]}=0)"
    colours = ((f"={done}", formats.green), (f"={doubtful}", formats.amber), (f"={cells[0]}+{cells[1]}>0", formats.red))
    for condition, colour in colours:
        rule = {"type": "formula", "criteria": condition, "format": colour}
        page.conditional_format(_STATE_ROW, _FIRST, _STATE_ROW, _LAST, rule)
    page.set_row(_STATE_ROW + 2, 8)


@dataclass(frozen=True, slots=True)
class CoverDeadline:
    """The dates on the cover."""

    due: date | None
    due_words: str
    final_words: str


def deadline(tasks: Sequence[TaskRow]) -> CoverDeadline:
    """The nearest due date of this cycle's tasks; without any, of the older ones."""
    owed = [task for task in tasks if task.owed and task.due_on]
    current = [task for task in owed if not task.backlog] or owed
    if not current:
        return CoverDeadline(None, "无固定时限，有信息即报", "无")
    nearest = min(current, key=lambda task: (task.due_on, task.final_on))
    others = any(task.due_on != nearest.due_on for task in current)
    assert nearest.due_on is not None
    words = day_words(nearest.due_on) + ("，其余见任务清单" if others else "")
    return CoverDeadline(nearest.due_on, words, day_words(nearest.final_on) if nearest.final_on else "无")


def day_words(day: date) -> str:
    """``2026年11月25日（星期三）``."""
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def format_days_left(due: date, today: date) -> str:
    """The number of days left, as the formula on the cover shows it: with its day, because a program that computes
    nothing goes on showing it."""
    days = (due - today).days
    words = f"还有 {days} 天" if days > 0 else "当天截止" if days == 0 else f"已过 {-days} 天，请尽快报送"
    return f"{words}（按 {today.month}月{today.day}日算）"


def _left_formula(due: date) -> str:
    days = f"(DATE({due.year},{due.month},{due.day})-TODAY())"
    words = f'IF({days}>0,"还有 "&{days}&" 天",IF({days}=0,"当天截止","已过 "&-{days}&" 天，请尽快报送"))'
    return f'={words}&"（按 "&MONTH(TODAY())&"月"&DAY(TODAY())&"日算）"'


def _write_facts(page: Any, formats: Formats, content: ReportContent, tasks: Sequence[TaskRow]) -> int:
    """Write labels and values, two pairs a row; returns the row below."""
    when = deadline(tasks)
    values = (
        when.due_words,
        "",
        when.final_words,
        format_task_counts(content.listed, content.cycle),
        content.mailbox or _NO_MAILBOX,
        day_words(content.issued_on),
        *(content.contact if any(content.contact) else ()),
    )
    facts = tuple(zip(fact_labels(), values, strict=False))
    label = formats.named("cell", bold=True, bg_color=style.LOCKED_FILL, align="center", font_size=_TEXT_SIZE)
    value = formats.named("cell", font_size=_TEXT_SIZE, indent=1)
    for number, (name, text) in enumerate(facts):
        row, column = _FACTS_ROW + number // 2, (_FIRST, _SECOND)[number % 2]
        page.write_string(row, column, name, label)
        page.write_string(row, column + 1, style.cell_text(text), value)
    for row in range(_FACTS_ROW, _FACTS_ROW + len(facts) // 2):
        pair = facts[(row - _FACTS_ROW) * 2 :][:2]
        page.set_row(row, row_height([(text, _WIDTHS[_LAST]) for _, text in pair], _TEXT_SIZE, least=26))
    if when.due:
        _write_left(page, formats, when.due, content.issued_on)
    return _FACTS_ROW + len(facts) // 2


def _write_left(page: Any, formats: Formats, due: date, issued_on: date) -> None:
    look = formats.named("cell", font_size=_TEXT_SIZE, indent=1, bold=True)
    page.write_formula(_FACTS_ROW, _LAST, _left_formula(due), look, format_days_left(due, issued_on))
    days = f"DATE({due.year},{due.month},{due.day})-TODAY()"
    for condition, colour in ((f"={days}<0", formats.red), (f"={days}<={_SOON}", formats.yellow)):
        rule = {"type": "formula", "criteria": condition, "format": colour}
        page.conditional_format(_FACTS_ROW, _LAST, _FACTS_ROW, _LAST, rule)


def define_names(book: Any, common_row: int) -> None:
    """Define the names of the cells of the cover that other sheets use, from the row that :func:`write_cover` gives."""
    define_common_names(book, layout("report")["cover"].name, common_row, _FIRST)


def _write_common(page: Any, formats: Formats, content: ReportContent, row: int) -> int:
    """Write the cells that are filled once, below ``row``; returns the row below them."""
    hint = layout("report").settings["common"]["hint"]
    height = row_height([(hint, sum(_WIDTHS[_FIRST : _LAST + 1]))], least=20)
    page.set_row(row, 8)
    _across(page, row + 1, common_title(), _section(formats), 28)
    _across(page, row + 2, hint, formats.named("hint"), height)
    return write_common(page, formats, dict(content.common), row + _COMMON, _FIRST)


def _write_text(page: Any, formats: Formats, content: ReportContent, row: int) -> int:
    """Write the instructions, a line a row; returns the last row."""
    page.set_row(row - 1, 8)
    _across(page, row, layout("report")["cover"].name, _section(formats), 28)
    width = sum(_WIDTHS[_FIRST : _LAST + 1])
    look = formats.get(text_wrap=True, font_size=_TEXT_SIZE)
    lines = read_text("cover.txt").replace("{mailbox}", content.mailbox or _NO_MAILBOX).splitlines()
    for line in (*lines, *_lapsed(content, len(lines))):
        row += 1
        _across(page, row, line, look, row_height([(line, width)], _TEXT_SIZE, least=24))
    return row


def _lapsed(content: ReportContent, before: int) -> tuple[str, ...]:
    """The line about what is not asked for any more, numbered after those ``before`` it; none where nothing is."""
    if not content.lapsed:
        return ()
    named = "、".join(content.lapsed[:_NAMED]) + ("等" if len(content.lapsed) > _NAMED else "")
    text = layout("report").settings["texts"]["lapsed"].format(count=len(content.lapsed), tasks=named)
    return (f"{_NUMERALS[before]}、{text}",)


def _write_officers(page: Any, formats: Formats, content: ReportContent, row: int) -> int:
    """Write who reports which task, two pairs a row, below ``row``; returns the last row. Without any, nothing."""
    if not content.officers:
        return row
    page.set_row(row + 1, 8)
    row += 2
    _across(page, row, layout("roster")["officers"].name, _section(formats), 28)
    label = formats.named("cell", bg_color=style.LOCKED_FILL, font_size=_TEXT_SIZE)
    value = formats.named("cell", font_size=_TEXT_SIZE, indent=1)
    for number, (task, contact) in enumerate(content.officers):
        column = (_FIRST, _SECOND)[number % 2]
        row += column == _FIRST
        page.write_string(row, column, style.cell_text(task), label)
        page.write_string(row, column + 1, style.cell_text(contact), value)
        if column == _FIRST:
            pairs = content.officers[number : number + 2]
            texts = [(text, width) for pair in pairs for text, width in zip(pair, _WIDTHS[_FIRST:_SECOND], strict=True)]
            page.set_row(row, row_height(texts, _TEXT_SIZE, least=24))
    return row


def _section(formats: Formats) -> Any:
    return formats.get(bold=True, font_size=13, font_color=style.HEAD_FILL, bottom=2, bottom_color=style.HEAD_FILL)


def _across(page: Any, row: int, text: str, look: Any, height: float) -> None:
    page.merge_range(row, _FIRST, row, _LAST, style.cell_text(text), look)
    page.set_row(row, height)
