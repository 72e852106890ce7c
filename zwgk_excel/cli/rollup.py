"""``rollup``: many workspaces in one workbook and one data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import AsOf, Json, day


def rollup(
    workspaces: Annotated[
        list[str], typer.Argument(metavar="工作区…", help="各地区的工作区文件夹（或它们的上级文件夹），或数据库地址。")
    ],
    to: Annotated[Path, typer.Option("--to", metavar="文件夹", help="汇总结果存放的文件夹。")],
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Roll up the trackers of many counties."""
    from dataclasses import asdict

    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.workflow.counties.county import sources_of
    from zwgk_excel.workflow.counties.rolling_up import rollup as run

    on = day(as_of)
    with show.progress("汇总各地区", quiet=json) as step:
        done = run(sources_of(workspaces), to, as_of=on, progress=step)
    if json:
        counties = [asdict(each) | {"reason": each.reason or None} for each in done.sources]
        show.as_json({"as_of": done.as_of, "workbook": done.workbook, "data_set": done.data_set, "counties": counties})
        return 1 if done.failed else 0
    columns = ("county", "obligations", "receipts", "items", "problems")
    headings = [layout("rollup")["sources"].heading(key) for key in columns]
    rows = [[getattr(each, key) for key in columns] for each in done.sources if not each.reason]
    show.table(f"{len(rows)} 个地区（截至 {done.as_of}）", headings, rows)
    for each in done.failed:
        show.print_line(f"未汇总 {each.place}：{each.reason}", "red")
    show.print_line(f"汇总台账：{done.workbook}", "green")
    show.print_line(f"数据集：{done.data_set}", "green")
    return 1 if done.failed else 0
