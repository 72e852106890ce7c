"""``duty reassign``: a duty given to other owners, in the duty table."""

from __future__ import annotations

from typing import Annotated

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import HERE, Json, Who, Workspace, cycle
from zwgk_excel.cli.table_acts import From, Reason, Yes, run

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="责任事项的变动：改由别的单位负责，从某个还没有下发的月份起；改责任分工表，以前各月不变。",
    no_args_is_help=True,
)
DutyId = Annotated[str, typer.Argument(metavar="任务编号", help="责任事项的编号，如 D02。")]
To = Annotated[list[str], typer.Option("--to", metavar="单位名称", help="改由谁负责：单位、别名或单位组，可重复。")]


def reassign(
    duty: DutyId,
    to: To,
    start: From,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Give a duty to other owners."""
    from zwgk_excel.workflow.responsibilities import plan_reassignment

    month = cycle(start)
    return run(
        workspace,
        lambda office: plan_reassignment(office, duty, to, month),
        name=name,
        reason=reason,
        yes=yes,
        json=json,
    )


COMMANDS = (("reassign", reassign, "调整责任单位：从这个月起改由所写的单位负责，原来的负责到上个月。"),)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
