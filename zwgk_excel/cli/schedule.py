"""``schedule show``, ``install``, ``remove`` and ``run``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import HERE, Json, Workspace
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.settings import Settings
    from zwgk_excel.workflow.scheduling.installing import JobEntry
    from zwgk_excel.workflow.scheduling.jobs import ScheduledJob

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="定时任务：每月生成、发出，每天收信、汇总、催报；时间和步骤写在 zwgk.toml 里。",
    no_args_is_help=True,
)

System = Annotated[
    str,
    typer.Option("--system", metavar="系统", help="windows、systemd、cron 或 launchd，与 --print 同用；默认为本机。"),
]


def show(workspace: Workspace = HERE, json: Json = False) -> int:
    """Show the jobs and whether they are installed."""
    from zwgk_excel.workflow.office.workspace import open_workspace
    from zwgk_excel.workflow.scheduling import installing as schedule

    opened = open_workspace(workspace)
    entries = schedule.show(opened, schedule.this_computer())
    return _report(opened.settings, entries, json=json)


def install(
    workspace: Workspace = HERE,
    only_print: Annotated[bool, typer.Option("--print", metavar="", help="只显示将要写入的内容，不安装。")] = False,
    system: System = "",
    json: Json = False,
) -> int:
    """Install the jobs, or (``--print``) show what would be written."""
    from zwgk_excel.cli import show as screen
    from zwgk_excel.workflow.office.workspace import open_workspace
    from zwgk_excel.workflow.scheduling import installing as schedule
    from zwgk_excel.workflow.scheduling.running import log_of

    if system and not only_print:
        raise UserError("--system 只与 --print 同用；安装总是装到本机。")
    opened, computer = open_workspace(workspace), schedule.this_computer(system)
    if only_print:
        return _print(schedule.printed(opened, computer), utf16=computer.system == "windows", json=json)
    entries = schedule.install(opened, computer)
    code = _report(opened.settings, entries, json=json)
    if not json and entries:
        screen.print_line(f"运行记录写在 {log_of(opened)}")
        if computer.system == "systemd":
            screen.print_line(
                "只在用户登录期间运行；要在注销后也运行，请管理员执行：loginctl enable-linger 用户名", "yellow"
            )
        if computer.system == "cron":
            screen.print_line(
                "cron 里不能使用系统密钥库；要收发邮件，请在 crontab 开头设置环境变量 ZWGK_MAIL_PASSWORD 和"
                " ZWGK_MAIL_SERVERS（见 docs/mail.md）。",
                "yellow",
            )
    return code


def remove(workspace: Workspace = HERE, json: Json = False) -> int:
    """Remove what install wrote."""
    from zwgk_excel.cli import show as screen
    from zwgk_excel.workflow.office.workspace import open_workspace
    from zwgk_excel.workflow.scheduling import installing as schedule

    removed = schedule.remove(open_workspace(workspace), schedule.this_computer())
    if json:
        screen.as_json({"removed": removed})
    else:
        screen.print_line(f"已取消定时任务 {len(removed)} 项。" if removed else "没有安装定时任务。", "green")
    return 0


def run(
    name: Annotated[str, typer.Argument(metavar="monthly|daily", help="每月的，或每天的。")],
    workspace: Workspace = HERE,
) -> int:
    """Run a job now, as the schedule does."""
    from zwgk_excel.cli import show as screen
    from zwgk_excel.workflow.office.workspace import open_workspace
    from zwgk_excel.workflow.scheduling.jobs import DAILY, MONTHLY
    from zwgk_excel.workflow.scheduling.running import log_of, run_job

    if name not in (MONTHLY, DAILY):
        raise UserError(f"没有任务“{name}”；应为 {MONTHLY} 或 {DAILY}。")
    opened = open_workspace(workspace)
    code = run_job(opened, name)
    words = {0: "完成", 1: "完成，有问题需要查看", 2: "有步骤没有完成"}
    screen.print_line(f"{words[code]}；详见 {log_of(opened)}", "green" if code == 0 else "yellow")
    return code


def _report(settings: Settings, entries: Sequence[JobEntry], *, json: bool) -> int:
    from zwgk_excel.cli import show as screen
    from zwgk_excel.workflow.scheduling.jobs import left_out, steps

    stale = [each for each in entries if not each.current]
    if json:
        screen.as_json([_fields(each, steps(settings, each.job.name)) for each in entries])
        return 1 if stale else 0
    for each in entries:
        state = "已安装" if each.current else "已安装，但与设置不一致" if each.installed else "未安装"
        screen.print_line(f"{_when(each.job)}：{'、'.join(steps(settings, each.job.name))}（{state}）")
    for step in (*settings.schedule.monthly, *settings.schedule.daily):
        if reason := left_out(settings, step):
            screen.print_line(f"  不执行 {step}：{reason}")
    if not entries:
        screen.print_line("没有要定时执行的步骤；见 zwgk.toml 的 [schedule]。")
    if stale:
        screen.print_line("运行 zwgk schedule install 安装或更新。", "yellow")
    return 1 if stale else 0


def _print(texts: dict[str, str], *, utf16: bool, json: bool) -> int:
    from zwgk_excel.cli import show as screen

    if json:
        screen.as_json(texts)
        return 0
    for name, text in texts.items():
        screen.print_line(f"# {name}", "bold")
        screen.print_lines(text.rstrip())
    if utf16:
        screen.warn("另存时请用 UTF-16 编码，再执行 schtasks /create /xml 文件名 /tn 任务名。")
    return 0


def _when(job: ScheduledJob) -> str:
    return f"每月 {job.day} 日 {job.at:%H:%M}" if job.day else f"每天 {job.at:%H:%M}"


def _fields(entry: JobEntry, steps: Sequence[str]) -> dict[str, object]:
    job = entry.job
    when = {"day": job.day or None, "at": f"{job.at:%H:%M}"}
    return {
        "job": job.name,
        "label": job.label,
        **when,
        "steps": steps,
        "installed": entry.installed,
        "current": entry.current,
    }


COMMANDS = (
    ("show", show, "查看定时任务：执行时间和步骤，是否已安装。"),
    ("install", install, "安装或更新到本机当前用户的定时任务；不保存任何密码。"),
    ("remove", remove, "取消本工作区的定时任务。"),
    ("run", run, "立即执行一次；定时任务就是这样执行的。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
