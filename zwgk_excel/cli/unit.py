"""``unit rename``, ``merge`` and ``end``: units as they change, in the roster."""

from __future__ import annotations

from typing import Annotated

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import HERE, Json, Who, Workspace, cycle
from zwgk_excel.cli.table_acts import From, Reason, Yes, run
from zwgk_excel.workflow.errors import UserError

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="单位变动：更名、合并、停用，从某个还没有下发的月份起；改单位通讯录，以前各月不变。",
    no_args_is_help=True,
)
Old = Annotated[str, typer.Argument(metavar="原名", help="现在的名称或别名。")]
New = Annotated[str, typer.Argument(metavar="新名", help="新的全称。")]
Olds = Annotated[list[str], typer.Argument(metavar="单位名称...", help="被合并的单位，可写几个。")]
Into = Annotated[str, typer.Option("--into", metavar="单位名称", help="并入哪个单位；可以是新设的。")]
Ended = Annotated[str, typer.Argument(metavar="单位名称", help="停用的单位。")]


def rename(
    old: Old,
    new: New,
    start: From,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Rename a unit."""
    from zwgk_excel.workflow.responsibilities import plan_renaming

    month = cycle(start)
    return run(
        workspace, lambda office: plan_renaming(office, old, new, month), name=name, reason=reason, yes=yes, json=json
    )


def merge(
    old: Olds,
    start: From,
    into: Into,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Merge units into another."""
    from zwgk_excel.workflow.responsibilities import plan_merger

    month = cycle(start)
    if not into.strip():
        raise UserError("请用 --into 写明并入哪个单位。")
    return run(
        workspace, lambda office: plan_merger(office, old, into, month), name=name, reason=reason, yes=yes, json=json
    )


def end(
    unit: Ended,
    start: From,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """End a unit that has no successor."""
    from zwgk_excel.workflow.responsibilities import plan_end

    month = cycle(start)
    return run(workspace, lambda office: plan_end(office, unit, month), name=name, reason=reason, yes=yes, json=json)


COMMANDS = (
    ("rename", rename, "更名：旧名用到上个月，新名从这个月起，未报的任务由新名补报。"),
    ("merge", merge, "合并：几个单位并入一个，它们未报的任务由它补报，报过的不再报。"),
    ("end", end, "停用：单位撤销，没有接替的。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
