"""``init``, ``check``, ``manual`` and ``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, Json, Workspace


def init(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="工作区所在的文件夹。")] = HERE,
    ledger: Annotated[
        str, typer.Option("--ledger", metavar="地址", help="数据放在 PostgreSQL，如 postgresql://用户@主机/库名。")
    ] = "",
) -> int:
    """Make a workspace."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.workflow import clock
    from zwgk_excel.workflow.office.workspace import SETTINGS_FILE
    from zwgk_excel.workflow.setup.workspace_setup import import_own_ledger, init_workspace

    workspace = init_workspace(folder, ledger_url=ledger)
    imported = import_own_ledger(workspace)
    show.print_line(f"工作区已就绪：{workspace.root.resolve()}", "green")
    if imported is not None:
        show.print_line(
            f"“{workspace.own_ledger.name}”里的记录已转入数据库（收件 {imported} 个）；此文件留作备份，不再使用。"
        )
    steps = (
        f"打开“{SETTINGS_FILE}”，在 [office] 下填 mailbox（报送邮箱）、person（由谁决定）；",
        f"在 Excel 中核对“{workspace.duty_table.name}”和“{workspace.roster.name}”，补填邮箱和单位组；",
        "运行 zwgk check 检查；",
        f"运行 zwgk generate {Month.of(clock.today())} 生成本月的报送表。以后每月怎么做，见 zwgk manual 的手册。",
    )
    for number, step in enumerate(steps, 1):
        show.print_line(f"  {number}. {step}")
    return 0


def check(workspace: Workspace = HERE, json: Json = False) -> int:
    """Lint the duty table and the roster."""
    from zwgk_excel.cli import show
    from zwgk_excel.workbooks.correction.complaints import count
    from zwgk_excel.workflow.issuing import table_problems
    from zwgk_excel.workflow.office.context import open_office

    with open_office(workspace, strict=False) as office:
        problems, duties, units = table_problems(office), len(office.duties), len(office.roster.units)
    if json:
        show.as_json({"duties": duties, "units": units, "problems": [each.as_dict() for each in problems]})
    else:
        show.problems(problems)
        found = count(problems)
        verdict = "有错误，须改正后才能生成报送表。" if found[True] else "没有错误，可以生成报送表。"
        counts = f"责任事项 {duties} 项，单位 {units} 个；错误 {found[True]} 处，提醒 {found[False]} 处。"
        show.print_line(counts + verdict, "red" if found[True] else "green")
    return 1 if problems else 0


def manual(workspace: Workspace = HERE, json: Json = False) -> int:
    """Put the manuals into the workspace."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.workspace import open_workspace
    from zwgk_excel.workflow.setup.manuals import put_manuals

    found = put_manuals(open_workspace(workspace).root)
    if json:
        show.as_json({"manuals": list(found.values())})
    else:
        for title, path in found.items():
            show.print_line(f"{title}：{path}")
    return 0


def demo(
    folder: Annotated[Path | None, typer.Argument(metavar="文件夹", help="演示用的新文件夹，默认 zwgk-demo。")] = None,
    json: Json = False,
) -> int:
    """Run a whole demonstration month."""
    from zwgk_excel.cli import show
    from zwgk_excel.cli.month import print_status
    from zwgk_excel.workflow.setup.demo import run_demo

    with show.progress("演示", quiet=json) as step:
        played = run_demo(folder or Path("zwgk-demo"), progress=step)
    if json:
        show.as_json({"workspace": played.root, "cycle": played.status.cycle, "files": played.paths})
        return 0
    show.print_line(f"演示了 {played.status.cycle} 一个月：{played.story}")
    print_status(played.status, full=False)
    show.print_line("可打开查看：", "bold")
    for path in played.paths:
        show.print_line(f"  {path}")
    return 0
