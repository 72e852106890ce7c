"""``bulletin``: the bulletin of a period, and its template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, Units, Workspace, day, period

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from zwgk_excel.domain.periods import Period
    from zwgk_excel.workflow.bulletins.bulletin import Published
    from zwgk_excel.workflow.bulletins.unit_sheets import UnitSheets

_Period = Annotated[str, typer.Argument(metavar="期间", help="月份、季度或年份：2026-11、2026Q4、2026。")]
_Each = Annotated[bool, typer.Option("--units", metavar="", help="改为给每个单位一页年度情况（Excel 和 PDF）。")]
_Template = Annotated[bool, typer.Option("--template", metavar="", help="在工作区放一份通报模板，供修改样式和文字。")]


def bulletin(
    month: _Period = "",
    workspace: Workspace = HERE,
    units: _Each = False,
    unit: Units = None,
    template: _Template = False,
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Write the bulletin of a month, a quarter or a year, or the units' own sheets of a year."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.bulletins.bulletin import publish
    from zwgk_excel.workflow.errors import UserError
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.office.context import open_records

    if template:
        return _put_template(workspace, json)
    if not month:
        raise UserError("请写明通报哪个期间，如 zwgk bulletin 2026-11，或 zwgk bulletin 2026。")
    wanted, on = period(month), day(as_of)
    if units or unit:
        return _write_unit_sheets(workspace, wanted, unit or [], on, json)
    with open_records(workspace) as office:
        done = publish(office, wanted, as_of=on or office.now().date())
        pending = 0 if done.bulletin.closed else not_taken_in(office)
    show.warn_unread(pending)
    if json:
        show.as_json(_fields(done))
    else:
        _print(done)
    return 0


def _put_template(workspace: Path, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.bulletins.bulletin import export_template
    from zwgk_excel.workflow.office.context import open_records

    with open_records(workspace) as office:
        path, new = export_template(office)
    if json:
        show.as_json({"template": path, "new": new})
    elif new:
        show.print_line(f"模板已放在 {path}；用 Word 或 WPS 修改样式和文字，花括号中的标签会换成数字。", "green")
    else:
        show.print_line(f"模板 {path} 已经有了，没有改动；要恢复原样，先删去它再运行。", "yellow")
    return 0


def _write_unit_sheets(workspace: Path, year: Period, units: list[str], on: date | None, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.bulletins.unit_sheets import write_unit_sheets
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.office.context import open_records

    with open_records(workspace) as office, show.progress("单位年度情况", quiet=json) as step:
        done = write_unit_sheets(office, year, units=units, as_of=on or office.now().date(), progress=step)
        pending = not_taken_in(office)
    show.warn_unread(pending)
    if json:
        sheets = [{"unit": s.unit, "file": s.path, "written": s.written, "pdf": s.pdf} for s in done.sheets]
        show.as_json({"period": str(year), "sheets": sheets, "kept": done.kept, "no_pdf": done.no_pdf})
    else:
        _print_sheets(done)
    return 1 if done.pdf_failed else 0


def _print_sheets(done: UnitSheets) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.replaceable_files import kept_words

    for path in done.kept:
        show.print_line(kept_words(path), "yellow")
    new = sum(sheet.written for sheet in done.sheets)
    show.print_line(f"单位年度情况 {len(done.sheets)} 份，其中新写或有变化的 {new} 份。", "green")
    if done.no_pdf:
        show.print_line(f"没有生成 PDF：{done.no_pdf}；可在 Excel 或 WPS 中打开后另存为 PDF。", "yellow")
    show.print_line(f"在 {done.sheets[0].path.parent}")


def _print(done: Published) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.workbooks.bulletin.content import incomplete_words
    from zwgk_excel.workflow.office.replaceable_files import kept_words

    found = done.bulletin
    state = f"按 {found.view.as_of} 结账的数字" if found.closed else f"数据截至 {found.view.as_of}，尚未结账"
    for path in done.kept:
        show.print_line(kept_words(path), "yellow")
    show.print_line(f"{found.title}（{state}）", "bold")
    if words := incomplete_words(found):
        show.print_line(f"{words}。", "yellow")
    show.print_line(f"{'已写入' if done.written else '没有变化：'} {done.path}", "green" if done.written else "")


def _fields(done: Published) -> dict[str, Any]:
    from zwgk_excel.cli.month import count_fields
    from zwgk_excel.workbooks.tracker.rows.figures import counts_of

    found = done.bulletin
    return {
        "period": str(found.period),
        "as_of": found.view.as_of,
        "closed": found.closed,
        "file": done.path,
        "written": done.written,
        "kept": done.kept,
        "unfinished": [str(month) for month in found.incomplete.unfinished],
        "maturing": [str(month) for month in found.incomplete.maturing],
        "unissued": [str(month) for month in found.incomplete.unissued],
        "figures": count_fields(counts_of(found.view.rows)),
    }
