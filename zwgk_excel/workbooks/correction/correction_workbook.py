"""The sheet 修改意见: one problem per line, errors first, each with a link to its cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from zwgk_excel.domain.problems import Problem
from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW, HINT_ROW, TITLE_ROW
from zwgk_excel.workbooks.correction.complaints import MergedProblem, by_severity, count, merge_problems
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, sheets_of
from zwgk_excel.workbooks.report.locked_book import protect, repeat_header, set_page
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats, new_book, row_height

SEVERITY_LABELS: Mapping[bool, str] = {True: style.BAD, False: style.WATCH}
"""Whether it is an error → mark and label, so that nothing depends on colour alone."""
_COLOURS = {True: (style.RED_FILL, style.RED_INK), False: (style.AMBER_FILL, style.AMBER_INK)}
_CENTRED = frozenset({ColumnKind.INTEGER, ColumnKind.CHOICE, ColumnKind.TEXT, ColumnKind.LINK})
_BORN = date(2000, 1, 1)
"""A creation time that does not change, so that equal sheets are equal files."""
_SHOWN_AREAS = 12
_LONGEST_LINK = 2000
"""Characters; Excel's own limit is 2,079."""


def correction_workbook(
    problems: Sequence[Problem],
    *,
    title: str = "",
    sheets: Collection[str] | None = None,
    removed: Collection[str] = (),
    notes: Sequence[str] = (),
) -> bytes:
    """A workbook of one sheet, 修改意见, with errors, then warnings; equal bytes for equal input.

    ``title`` names the return. ``sheets`` are the sheets of the workbook that the sheet will be put into, which its
    lines may link to; without them it stands alone, says so, and has no links. ``removed`` are keys of what was
    taken out of that workbook (``markup.toml``, ``removed``), which it names. ``notes`` are lines for the unit that
    stand above the list: until when to correct it, and whom to ask.
    """
    stream = BytesIO()
    settings, sheet = layout("markup").settings, layout("markup")["opinions"]
    shown = sheet.title.format(title=title or settings["book_title"])
    book = new_book(stream, title=shown, author=settings["author"], created=_BORN)
    page, formats = book.add_worksheet(sheet.name), Formats(book)
    listed = by_severity(problems)
    _write_head(page, formats, style.cell_text(shown), _hint(listed, removed, notes, alone=sheets is None))
    _write_lines(page, formats, merge_problems(listed), sheets or ())
    page.freeze_panes(HEADER_ROW, 0)
    repeat_header(page)
    set_page(page, footer=shown)
    page.set_tab_color("#C00000")
    page.hide_gridlines(2)
    protect(page)
    book.close()
    return stream.getvalue()


def is_list_alone(data: bytes) -> bool:
    """Whether a workbook in 退回修改 is the list of problems alone, and not a return with its marks."""
    return len(sheets_of(OoxmlPackage(data))) == 1


def _hint(listed: Sequence[Problem], removed: Collection[str], notes: Sequence[str], *, alone: bool) -> str:
    counted, settings = count(listed), layout("markup").settings
    texts = settings["texts"]
    key = "alone" if alone else "mend" if counted[True] else "look"
    joined = texts["joined"] if len(merge_problems(listed)) < sum(counted.values()) else ""
    hint = str(texts[key]).format(errors=counted[True], warnings=counted[False], joined=joined)
    missing = "、".join(name for key, name in settings["removed"].items() if key in removed)
    taken_out = [texts["removed"].format(missing=missing)] if missing else []
    return style.cell_text("\n".join([hint, *notes, *taken_out]))


def _write_head(page: Any, formats: Formats, title: str, hint: str) -> None:
    sheet = layout("markup")["opinions"]
    last, width = len(sheet.columns) - 1, sum(column.width for column in sheet)
    _write_across(page, TITLE_ROW - 1, last, title, formats.title)
    page.set_row(TITLE_ROW - 1, 32)
    _write_across(page, HINT_ROW - 1, last, hint, formats.named("hint", font_color=style.INK))
    page.set_row(HINT_ROW - 1, row_height([(hint, width)]) + 6)
    for number, column in enumerate(sheet):
        page.set_column(number, number, column.width)
        page.write_string(HEADER_ROW - 1, number, column.heading, formats.head)
    page.set_row(HEADER_ROW - 1, 28)


def _write_across(page: Any, row: int, last: int, text: str, form: Any) -> None:
    page.merge_range(row, 0, row, last, "", form)
    # A merge would take text that begins with = for a formula.
    page.write_string(row, 0, text, form)


def _write_lines(page: Any, formats: Formats, found: Sequence[MergedProblem], sheets: Collection[str]) -> None:
    settings, columns = layout("markup").settings, layout("markup")["opinions"].columns
    most = settings["limits"]["rows"]
    for number, each in enumerate(found[:most]):
        row, texts = FIRST_ROW - 1 + number, _texts(number + 1, each)
        link = _link(each, sheets)
        for place, column in enumerate(columns):
            form = _format(formats, column, each, linked=bool(link))
            if link and column.kind is ColumnKind.LINK:
                page.write_url(row, place, link, form, texts[column.key])
            elif column.kind is ColumnKind.INTEGER:
                page.write_number(row, place, number + 1, form)
            else:
                page.write_string(row, place, texts[column.key], form)
        page.set_row(row, row_height([(texts[column.key], column.width) for column in columns], least=24))
    if len(found) > most:
        text = settings["texts"]["more"].format(count=len(found) - most)
        _write_across(page, FIRST_ROW - 1 + most, len(columns) - 1, text, formats.cell)


def _texts(number: int, each: MergedProblem) -> dict[str, str]:
    problem, texts = each.problem, layout("markup").settings["texts"]
    mark = SEVERITY_LABELS[problem.is_error]
    values = {
        "number": str(number),
        "severity": f"{mark} {word('severity', problem.severity)}",
        "sheet": problem.place.sheet or texts["whole_file"],
        "cell": _cells(each) or (texts["whole_sheet"] if problem.place.sheet else ""),
        "found": problem.found,
        "expected": problem.expected,
        "action": problem.action,
    }
    return {key: style.cell_text(text) for key, text in values.items()}


def _cells(each: MergedProblem) -> str:
    """The cell ranges of a line; of many only the first, because every cell has its own mark and comment."""
    if len(each.areas) <= _SHOWN_AREAS:
        return each.cells or each.problem.place.cell
    cells = sum(area.size for area in each.areas)
    return f"{MergedProblem(each.problem, each.areas[:_SHOWN_AREAS]).cells} 等 {cells} 处"


def _link(each: MergedProblem, sheets: Collection[str]) -> str:
    """The target of a line's link: its first range, or the top of its sheet; empty where there is no such sheet."""
    name = each.problem.place.sheet
    if name not in sheets:
        return ""
    quoted = name.replace("'", "''")
    link = f"internal:'{quoted}'!{each.areas[0] if each.areas else 'A1'}"
    return link if len(link) <= _LONGEST_LINK else ""


def _format(formats: Formats, column: Column, each: MergedProblem, *, linked: bool) -> Any:
    align = {"align": "center"} if column.kind in _CENTRED else {}
    if column.kind is ColumnKind.CHOICE:
        fill, ink = _COLOURS[each.problem.is_error]
        return formats.named("cell", bold=True, bg_color=fill, font_color=ink, **align)
    return formats.named("link" if linked and column.kind is ColumnKind.LINK else "cell", **align)
