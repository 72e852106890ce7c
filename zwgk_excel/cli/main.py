"""``zwgk``: the commands in the order of the month, and the conversion of errors to messages and exit codes."""

from __future__ import annotations

import gc
import sys
from copy import copy
from typing import Annotated

from zwgk_excel.cli import (
    acts,
    addin,
    adjust,
    assess,
    bulletin,
    catalogue,
    closing,
    columns,
    coverage,
    decisions,
    doctor,
    duty,
    escalate,
    export,
    fault,
    fetch,
    intake,
    mail,
    month,
    node,
    password,
    published,
    receipt,
    receive,
    rectify,
    rollup,
    schedule,
    send_back,
    settings,
    setup,
    task,
    trust,
    unit,
    verify,
)
from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, sentence, typer
from zwgk_excel.version import __version__

EXIT_DONE, EXIT_WRONG, EXIT_UNFORESEEN = 0, 2, 3
EXIT_INTERRUPTED = 130
"""As the shell has it, and Typer, which catches Ctrl-C in a command and says nothing."""
_INTERRUPTED = "已中断；已写好的文件都是完整的，可再次运行。"


def _show_version(wanted: bool) -> None:
    if wanted:
        from zwgk_excel.cli import show

        show.print_line(f"zwgk {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="zwgk",
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="政务公开信息报送：生成报送表、收取、汇总、催报、考核、通报。按一个月的先后列出各命令。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    ("init", setup.init, "新建工作区：设置、责任分工表、单位通讯录。"),
    ("check", setup.check, "检查责任分工表和单位通讯录，指出每处问题所在的单元格。"),
    ("plan", month.plan, "列出某月各单位的报送任务和时限。"),
    ("generate", month.generate, "生成某月各单位的信息报送表，放入发件箱。"),
    ("send", mail.send, "把报送表发给各单位：先预览，加 --yes 才发出，不会重发。"),
    ("fetch", fetch.fetch, "收取邮件：新邮件的附件登记并给出结论，退信、自动回复逐封列出。"),
    ("receive", receive.receive, "登记收到的报送表：复制到收件箱，读取并给出结论。"),
    ("merge", intake.merge, "合并：同一单位同月的几份报送件合在一起计算，不只算最新一份。"),
    ("consolidate", intake.consolidate, "汇总：读取收件箱中的新文件和总台账上的意见，更新总台账。"),
    ("status", month.status, "查看某月的报送情况：哪些单位已报、迟报、未报。"),
    ("columns", columns.columns, "栏目更新：各单位各栏目最近一条信息是哪天发布的，哪些超期未更新、将到时限。"),
    ("remind", mail.remind, "催报：提醒将到时限和已过时限仍未报的单位，先预览，加 --yes 才发出。"),
    ("return", send_back.send_back, "退回修改：把修改意见发给报送件有错误的单位，写明时限；先预览，加 --yes 才发出。"),
    ("extend", decisions.extend, "延期：把一个或几个单位某月的任务顺延到某日。"),
    ("waive", decisions.waive, "免报：免除一个或几个单位某月的任务。"),
    ("opinion", decisions.opinion, "办公室意见：记在某月的任务上，或清除。"),
    ("assess", assess.assess, "考核评分：某月、某季或某年各单位的得分、名次和扣分依据。"),
    ("adjust", adjust.adjust, "复核调整：申诉复核后给某单位加分或减分，已结账的月份也可以；先预览。"),
    ("escalate", escalate.escalate, "督促：哪些单位应催报、通报、督办、约谈，依据哪些事实；可导出名单。"),
    ("close", closing.close, "结账：某月已到期的任务数字从此固定，以后的变化列为更正；有异常的先列出。"),
    ("reopen", closing.reopen, "撤销结账：先列出会有哪些变化，确认后才撤销。"),
    ("history", acts.history, "办理记录：谁在什么时候办了什么、为什么；可按单位、月份、种类查看。"),
    ("undo", acts.undo, "撤销办理：先列出会有哪些变化，确认后才撤销；撤销也可以再撤销。"),
    ("verify", verify.verify, "链接核验：看计入的信息的链接打不打得开、标题和日期对不对；先预览，加 --yes 才访问。"),
    ("coverage", coverage.coverage, "目录覆盖：标准目录的事项，各单位公开了没有、什么时候、迟没迟。"),
    ("bulletin", bulletin.bulletin, "通报：把某月、某季度或某年的报送情况写成 Word 文稿。"),
    ("export", export.export, "导出数据：任务、信息、问题、收件、得分、办理，Excel、CSV 或 Parquet。"),
    ("rollup", rollup.rollup, "汇总多个地区的工作区：一份汇总台账和一个数据集；只读，不改动各工作区。"),
    ("node", node.node, "计算节点：在这台计算机上替办公室读取报送件，不接触工作区。"),
    ("password", password.password, "密码：把邮箱密码存入系统密钥库，不写进任何文件。"),
    ("trust", trust.trust, "确认工作区：允许在这台电脑上按它的设置工作；在本机新建的不需要。"),
    ("doctor", doctor.doctor, "自检：程序、工作区、邮箱逐项检查，说明问题出在哪一步、如何处理。"),
    ("manual", setup.manual, "手册：把办公室手册和填报手册（Word 文档）放进工作区的“手册”文件夹。"),
    ("demo", setup.demo, "演示：不联网演示一个月的工作，生成、各单位填报、汇总，列出可打开的文件。"),
)
"""Name, function and help of every command, in the order of the month."""


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", metavar="", is_eager=True, callback=_show_version, help="显示版本号。")
    ] = False,
) -> None:
    """The options before a command."""


for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
app.add_typer(receipt.app, name="receipt")
app.add_typer(schedule.app, name="schedule")
app.add_typer(unit.app, name="unit")
app.add_typer(duty.app, name="duty")
app.add_typer(task.app, name="task")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(rectify.app, name="rectify")
app.add_typer(fault.app, name="fault")
app.add_typer(published.app, name="published")
app.add_typer(settings.app, name="settings")
app.add_typer(addin.app, name="addin")


def main() -> None:
    """Run the command line.

    Exit 0 done, 1 done with problems, 2 wrong usage or input, 3 an error that nobody foresaw, 130 interrupted.
    """
    # Loading makes many objects that stay: looking through them every 700 takes a tenth of a short command.
    gc.set_threshold(100_000, 20, 20)
    try:
        code = run(sys.argv[1:])
    except Exception as error:  # the last resort: a clerk can do nothing with a traceback
        from zwgk_excel.cli import unforeseen

        unforeseen.tell(error)
        code = EXIT_UNFORESEEN
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; a ZwgkError becomes one Chinese sentence on stderr."""
    from typer.exceptions import Abort, TyperException

    from zwgk_excel.workflow.errors import UntrustedWorkspaceError, UserError, refused_words

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        try:
            return _command(arguments)
        except UntrustedWorkspaceError as error:  # it did nothing yet: with the user's consent it starts anew
            if not trust.agreed(error):
                raise
            return _command(arguments)
    except UserError as error:
        return _wrong(str(error))
    except PermissionError as error:
        if not error.filename:  # no file of the office's
            raise
        return _wrong(refused_words(error))
    except TyperException as error:
        return _wrong(sentence(error))
    except Abort:
        return _wrong("已中止；已写好的文件都是完整的，可再次运行。")
    except KeyboardInterrupt:
        _wrong(_INTERRUPTED)
        return EXIT_INTERRUPTED


def _command(arguments: list[str]) -> int:
    asked = _program_with(arguments[0] if arguments else "")
    code = int(asked(arguments, prog_name="zwgk", standalone_mode=False) or EXIT_DONE)
    if code == EXIT_INTERRUPTED:
        raise KeyboardInterrupt
    return code


def _program_with(name: str) -> typer.Typer:
    """The program with the command or group of this name alone, because Typer reads the signatures of all that it has
    and that takes a tenth of a short command; the whole program where there is none of this name."""
    commands = [each for each in app.registered_commands if each.name == name]
    groups = [each for each in app.registered_groups if each.name == name]
    if not commands and not groups:
        return app
    program = copy(app)
    program.registered_commands, program.registered_groups = commands, groups
    return program


def _wrong(sentence: str) -> int:
    from zwgk_excel.cli import show

    show.error(sentence)
    return EXIT_WRONG
