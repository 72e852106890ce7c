"""The options and arguments that several commands share, and how their text becomes values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.domain.escalation import EscalationLevel
    from zwgk_excel.domain.month_range import MonthRange
    from zwgk_excel.domain.periods import Month, Period
    from zwgk_excel.workflow.office.context import Office
    from zwgk_excel.workflow.workers.readers import ReaderPool

Workspace = Annotated[Path, typer.Option("-w", "--workspace", metavar="文件夹", help="工作区，默认为当前文件夹。")]
CycleArgument = Annotated[str, typer.Argument(metavar="月份", help="报送月份，如 2026-11。")]
PeriodArgument = Annotated[str, typer.Argument(metavar="期间", help="月、季或年，如 2026-11、2026Q4、2026。")]
Json = Annotated[bool, typer.Option("--json", metavar="", help="以 JSON 输出，供其他程序读取。")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="日期", help="按这一天计算，如 2026-11-26；默认为今天。")]
Units = Annotated[list[str] | None, typer.Option("--unit", metavar="单位名称", help="只对这个单位，可重复。")]
OneUnit = Annotated[str, typer.Option("--unit", metavar="单位名称", help="单位名称或别名。")]
Duties = Annotated[list[str] | None, typer.Option("--duty", metavar="任务编号", help="可重复；默认全部未报。")]
Reason = Annotated[str, typer.Option("--reason", metavar="理由", help="说明理由，记入办理记录。")]
Who = Annotated[str, typer.Option("--who", metavar="姓名", help="由谁决定；默认为环境变量 ZWGK_WHO 或设置中的经办人。")]
ClusterAddress = Annotated[
    str,
    typer.Option("--cluster", metavar="地址", help="由计算节点读取，如 tls://192.0.2.10:8790，多个用逗号分开。"),
]

StepOption = Annotated[str, typer.Option("--step", metavar="措施", help="催报、通报、督办或约谈。")]

HERE = Path()


def cycle(text: str) -> Month:
    """A month as typed; raises UserError."""
    from zwgk_excel.workflow import arguments

    return arguments.month_of(text)


def period(text: str) -> Period:
    """A month, quarter or year as typed; raises UserError."""
    from zwgk_excel.workflow import arguments

    return arguments.period_of(text.strip())


def months(text: str) -> MonthRange:
    """A month, quarter, year or two of them with ``..`` between, as typed; raises UserError."""
    from zwgk_excel.workflow import arguments

    return arguments.months_of(text)


def step(text: str) -> EscalationLevel | None:
    """An escalation level as typed, in Chinese or as its code; None for an empty text; raises UserError."""
    from zwgk_excel.domain.escalation import EscalationLevel
    from zwgk_excel.layout.words import code_of, words

    code = code_of("step", text) or text
    if code and code not in words("step"):
        raise UserError(f"“{text}”不是督促措施；请写 {'、'.join(words('step').values())}。")
    return EscalationLevel(code) if code else None


def day(text: str) -> date | None:
    """A day as typed, None for nothing; raises UserError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UserError(f"“{text}”不是日期；请写成 2026-11-26 的形式。") from None


def moment(text: str) -> datetime | None:
    """A moment as typed (with or without a zone), as local time; None for nothing; raises UserError."""
    from zwgk_excel.workflow.arguments import moment_of

    return moment_of(text) if text else None


@contextmanager
def reader_pool(addresses: str, office: Office) -> Iterator[ReaderPool | None]:
    """The readers of a cluster; None (readers of this machine) where no address is given.

    What happened to its nodes is told at the end.
    """
    if not addresses:
        yield None
        return
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.cluster import ClusterReaders
    from zwgk_excel.workflow.office.passwords import office_passwords

    with ClusterReaders(addresses, office.workspace, passwords=office_passwords()) as readers:
        yield readers
    for fault in readers.faults:
        show.warn(fault)


def who(office: Office, name: str) -> str:
    """The person who decides: the given name, else that of ZWGK_WHO or of the settings; raises UserError for none."""
    from zwgk_excel.workflow.users import deciding_person

    return deciding_person(name, office.workspace.settings.office.person)


def who_if_named(office: Office, name: str) -> str:
    """The same for what need not be signed; 未署名 for none."""
    from zwgk_excel.workflow.users import acting_person

    return acting_person(name, office.workspace.settings.office.person)
