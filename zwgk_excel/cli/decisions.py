"""``extend`` and ``waive``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import (
    HERE,
    CycleArgument,
    Duties,
    Json,
    OneUnit,
    Reason,
    Who,
    Workspace,
    cycle,
    day,
    who,
)
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.obligations import Obligation


def extend(
    month: CycleArgument,
    unit: OneUnit,
    workspace: Workspace = HERE,
    until: Annotated[str, typer.Option("--until", metavar="日期", help="延期至，如 2026-12-05。")] = "",
    duty: Duties = None,
    reason: Reason = "",
    name: Who = "",
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="取消延期。")] = False,
    json: Json = False,
) -> int:
    """Extend deadlines."""
    from zwgk_excel.workflow.decisions.extend_and_waive import extend as run
    from zwgk_excel.workflow.office.context import open_office

    wanted, until_day = cycle(month), day(until)
    if (until_day is None) != cancel:
        raise UserError("请用 --until 指定延期至哪一天，或用 --cancel 取消延期（二者选一）。")
    with open_office(workspace) as office:
        done = run(office, wanted, unit, duty or (), until_day, who=who(office, name), reason=reason)
    _report(done, f"已延期至 {until_day}" if until_day else "已取消延期", json=json)
    return 0


def waive(
    month: CycleArgument,
    unit: OneUnit,
    workspace: Workspace = HERE,
    duty: Duties = None,
    reason: Reason = "",
    name: Who = "",
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="取消免报。")] = False,
    json: Json = False,
) -> int:
    """Waive obligations."""
    from zwgk_excel.workflow.decisions.extend_and_waive import waive as run
    from zwgk_excel.workflow.office.context import open_office

    wanted = cycle(month)
    with open_office(workspace) as office:
        done = run(office, wanted, unit, duty or (), cancel=cancel, who=who(office, name), reason=reason)
    _report(done, "已取消免报" if cancel else "已免报", json=json)
    return 0


def _report(obligations: Sequence[Obligation], what: str, *, json: bool) -> None:
    from zwgk_excel.cli import show

    if json:
        show.as_json([each.key for each in obligations])
        return
    show.print_line(f"{what} {len(obligations)} 项：", "green")
    for each in obligations:
        show.print_line(f"  {each.unit} {each.duty.id} {each.duty.column}（{each.reference}）")
    show.print_line("运行 zwgk consolidate 更新台账。")
