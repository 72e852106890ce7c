"""``task add``, ``list`` and ``cancel``: one-off tasks by a date of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.effects import ActFlow, run_act
from zwgk_excel.cli.options import HERE, Json, Who, Workspace, day
from zwgk_excel.cli.table_acts import Reason, Yes

if TYPE_CHECKING:
    from collections.abc import Callable

    from zwgk_excel.workflow.issuing import ListedTask, TaskDone, TaskPlan
    from zwgk_excel.workflow.office.context import Office

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="临时任务：办公室另定时限的一次性报送任务，增加、查看、取消；该月已下发的随之更正下发。",
    no_args_is_help=True,
)
Title = Annotated[str, typer.Argument(metavar="名称", help="任务名称，四十字以内，如 防汛工作专题。")]
TaskId = Annotated[str, typer.Argument(metavar="任务编号", help="临时任务的编号，如 T01；见 zwgk task list。")]
Unit = Annotated[
    list[str], typer.Option("--unit", metavar="单位名称", help="由谁报送：单位、别名或单位组，可重复。")
]
Due = Annotated[str, typer.Option("--due", metavar="日期", help="报送时限，如 2026-12-10。")]
Final = Annotated[str, typer.Option("--final", metavar="日期", help="最迟时限；默认与报送时限相同。")]
Duty = Annotated[str, typer.Option("--duty", metavar="任务编号", help="属于哪一项责任事项；默认为专报信息（D40）。")]
Content = Annotated[str, typer.Option("--content", metavar="文字", help="要报的内容，写进任务清单；默认按责任事项。")]


def add(
    title: Title,
    unit: Unit,
    due: Due,
    workspace: Workspace = HERE,
    final: Final = "",
    duty: Duty = "",
    content: Content = "",
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Add a one-off task."""
    from zwgk_excel.workflow.issuing import plan_task

    first, last = _date(due), day(final)

    def planned(office: Office) -> TaskPlan:
        return plan_task(office, title, units=unit, due=first, final=last, duty=duty, content=content)

    return _run(workspace, planned, name=name, reason=reason, yes=yes, json=json)


def cancel(
    task: TaskId,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Cancel a one-off task."""
    from zwgk_excel.workflow.issuing import plan_cancellation

    return _run(
        workspace, lambda office: plan_cancellation(office, task), name=name, reason=reason, yes=yes, json=json
    )


def list_tasks(workspace: Workspace = HERE, json: Json = False) -> int:
    """List the one-off tasks."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.workflow.issuing import listed_tasks
    from zwgk_excel.workflow.office.context import open_office

    with open_office(workspace) as office:
        found = listed_tasks(office)
    if json:
        show.as_json([_listed(each) for each in found])
        return 0
    sheet = layout("task_table")["tasks"]
    keys = ("id", "title", "duty", "owners", "due", "final")
    rows = [(*(each.cells[key] for key in keys), _state(each)) for each in found]
    headings = [*(sheet.heading(key) for key in keys), layout("tracker")["rectifications"].heading("state")]
    show.table(f"{sheet.name}（{len(rows)} 项）", headings, rows, wraps=[headings[1], headings[3]])
    return 0


COMMANDS = (
    ("add", add, "增加临时任务：先预览，加 --yes 才办理；该月已下发的，有关单位的报送表随之更正。"),
    ("list", list_tasks, "列出临时任务和状态。"),
    ("cancel", cancel, "取消临时任务：先预览，加 --yes 才办理。"),
)
for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)


def _date(text: str) -> date:
    from zwgk_excel.workflow.errors import UserError

    found = day(text)
    if found is None:
        raise UserError("请用 --due 写明报送时限，如 2026-12-10。")
    return found


def _run(
    workspace: Path, plan: Callable[[Office], TaskPlan], *, name: str, reason: str, yes: bool, json: bool
) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.issuing import carry_out_task
    from zwgk_excel.workflow.office.context import open_office

    def carry_out(office: Office, planned: TaskPlan, by: str) -> TaskDone:
        with show.progress("更正报送表", quiet=json) as progress:
            return carry_out_task(office, planned, who=by, reason=reason, progress=progress)

    flow = ActFlow(lambda office, by: plan(office), _print, carry_out, _print_done, _fields)
    return run_act(flow, open_office(workspace), name=name, yes=yes, json=json)


def _print(plan: TaskPlan) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.acts import ActKind
    from zwgk_excel.domain.obligations import label
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    tracking = layout("tracker")["tracking"]
    headings = [tracking.heading(key) for key in ("unit", "column", "due", "final")]
    rows = [(each.unit, label(each, plain=False), each.due, each.final) for each in plan.obligations]
    show.table(f"{word('act', plan.kind)} {plan.task.id}", headings, rows, wraps=headings[1:2])
    month = plan.task.month
    if plan.amends:
        told = f"{month} 已下发：办理后更正下发，重做这 {len(rows)} 个单位的报送表，不涉及表中其他改动。"
        show.print_line(told, "yellow")
    elif plan.kind is ActKind.ADD_TASK:
        show.print_line(f"{month} 还没有下发，随该月的报送表下发。")
    else:
        show.print_line(f"{month} 还没有下发，下发时不再列入。")


def _print_done(plan: TaskPlan, done: TaskDone) -> None:
    from zwgk_excel.cli import show

    show.print_line(f"已办理，记为第 {done.act.number} 号；{plan.places[0].file} 已改好。", "green")
    if done.generation is not None:
        month, count = plan.task.month, len(done.generation.workbooks)
        show.print_line(f"已更正 {count} 份报送表；下一步运行 zwgk send {month} --correction 发给有关单位。")
    elif plan.amends:
        show.print_line("有关单位本月已无任务，请勿再发出原来的报送表。", "yellow")


def _state(each: ListedTask) -> str:
    if each.task is None:
        return "已取消"
    return "已下发" if each.issued else "未下发"


def _listed(each: ListedTask) -> dict[str, Any]:
    cells = {key: each.cells[key] for key in ("title", "duty", "owners", "due", "final", "content", "remark")}
    return {"id": each.id, **cells, "cancelled": each.task is None, "issued": each.issued}


def _fields(plan: TaskPlan, done: TaskDone | None) -> dict[str, Any]:
    books = done.generation.workbooks if done and done.generation else ()
    return {
        "act": plan.kind,
        "number": done.act.number if done else None,
        "task": plan.task.id,
        "cycle": str(plan.task.month),
        "amends": plan.amends,
        "obligations": [
            {"key": each.key, "unit": each.unit, "due": each.due, "final": each.final} for each in plan.obligations
        ],
        "workbooks": [{"unit": each.unit, "file": each.path, "change": each.change} for each in books],
    }
