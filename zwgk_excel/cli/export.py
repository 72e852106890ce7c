"""``export``: the tables of a range of months as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, Workspace, day, months

if TYPE_CHECKING:
    from zwgk_excel.workflow.analysis.exported import Export

_Months = Annotated[
    str, typer.Argument(metavar="期间", help="月份、季度、年份或起止：2026-11、2026Q4、2026、2026-01..2026-12。")
]
_To = Annotated[
    Path,
    typer.Option(
        "--to", metavar="输出文件", help="数据.xlsx 为一个工作簿；数据.csv、数据.parquet 为“数据”文件夹，每表一个文件。"
    ),
]


def export(when: _Months, to: _To, workspace: Workspace = HERE, as_of: AsOf = "", json: Json = False) -> int:
    """Write the tables of a range of months."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.analysis.export import export as run
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.office.context import open_records

    wanted, on = months(when), day(as_of)
    with open_records(workspace) as office, show.progress("导出", quiet=json) as step:
        done = run(office, wanted, to, as_of=on, progress=step)
        pending = not_taken_in(office)
        show.warn_ahead(office.ahead(done.as_of))
    show.warn_unread(pending)
    if json:
        tables = [{"table": each.table, "file": each.path, "rows": each.rows} for each in done.tables]
        show.as_json({"months": done.months, "as_of": done.as_of, "path": done.path, "tables": tables, "cut": done.cut})
    else:
        _print(done)
    return 1 if done.cut else 0


def _print(done: Export) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout

    sheets = layout("export")
    counts = "，".join(f"{sheets[each.table].name} {each.rows}" for each in done.tables)
    show.print_line(f"{done.months.words} 的数据（截至 {done.as_of}，行数）：{counts}。")
    if done.cut:
        show.print_line(f"有 {done.cut} 处文字超过 Excel 一格的 32,767 字，已截断并注明；全文见 .parquet。", "yellow")
    show.print_line(f"已导出：{done.path}", "green")
