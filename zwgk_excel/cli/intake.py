"""``merge`` and ``consolidate``."""

from __future__ import annotations

from typing import Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.effects import tell_to_consolidate
from zwgk_excel.cli.options import (
    HERE,
    AsOf,
    ClusterAddress,
    CycleArgument,
    Json,
    OneUnit,
    Reason,
    Who,
    Workspace,
    cycle,
    day,
    reader_pool,
    who,
    who_if_named,
)


def merge(
    month: CycleArgument,
    unit: OneUnit,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="取消合并，恢复以最新一份为准。")] = False,
    json: Json = False,
) -> int:
    """Let all returns of a unit be effective."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.decisions import overrides
    from zwgk_excel.workflow.office.context import open_records

    wanted = cycle(month)
    with open_records(workspace) as office:
        returns = overrides.merge(office, wanted, unit, cancel=cancel, who=who(office, name), reason=reason)
    if json:
        show.as_json([receipt.file for receipt in returns])
        return 0
    show.print_line("已取消合并，以最新一份为准：" if cancel else f"{len(returns)} 份报送件合并计算：", "green")
    for receipt in returns:
        show.print_line(f"  {receipt.received_at:%Y-%m-%d %H:%M} {receipt.file}（{receipt.items} 条）")
    tell_to_consolidate()
    return 0


def consolidate(
    month: Annotated[str, typer.Argument(metavar="[月份]", help="同时显示该月的情况；汇总总是包括所有月份。")] = "",
    workspace: Workspace = HERE,
    as_of: AsOf = "",
    name: Who = "",
    cluster: ClusterAddress = "",
    json: Json = False,
) -> int:
    """Consolidate everything into the tracker."""
    from zwgk_excel.cli import show
    from zwgk_excel.cli.month import print_status, status_fields
    from zwgk_excel.cli.taken import entries, report
    from zwgk_excel.domain.tracking import TAKING_BACK_CODE
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.workflow.consolidation.freshness import FreshnessCheck, check_freshness
    from zwgk_excel.workflow.office.context import open_records
    from zwgk_excel.workflow.tracking.statuses import cycle_status, of_cycle, require_issued

    wanted, on = cycle(month) if month else None, day(as_of)
    with open_records(workspace) as office, show.progress("汇总", quiet=json) as step:
        if wanted:
            require_issued(office, wanted)
        tracker = office.workspace.tracker
        show.warn_ahead(office.ahead(on) if on else "")
        seen = FreshnessCheck(None) if json else check_freshness(office, on)
        if seen.problems is not None:
            if wanted:
                print_status(cycle_status(office, wanted, on or office.now().date()), full=False)
            show.print_line(f"没有新的报送件和意见，总台账已是最新：{tracker}", "green")
            if seen.problems:
                show.print_line(f"上次汇总时指出的问题还没有改正，{_where()}。", "yellow")
            return 1 if seen.problems else 0
        # What writes a tracker takes a while to load, and is not needed where nothing is new.
        from zwgk_excel.workflow.consolidation.consolidating import consolidate as run

        with reader_pool(cluster, office) as readers:
            by = who_if_named(office, name)
            done = run(office, as_of=on, who=by, found=seen.found, progress=step, readers=readers)
        found = of_cycle(office, done.statuses, wanted) if wanted else None
    problems = done.to_look_at
    if json:
        handled = [each.told for each in done.tray.done]
        tray = {"handled": handled, "waiting": done.waiting}
        summary = {"taken": entries(done.taken), "decisions": len(done.decisions), **tray, "tracker": tracker}
        show.as_json(summary | (status_fields(found) if found else {}))
        return 1 if problems else 0
    report(done.taken)
    show.problems(done.problems)
    show.problems(each for each in done.statuses.problems if each.code == TAKING_BACK_CODE)
    for note in done.notes:
        show.print_line(note, "yellow")
    for deed in done.tray.done:
        show.print_line(f"已办理  {deed.told}。", "green")
    if done.decisions:
        show.print_line(f"已记下总台账上填写的意见 {len(done.decisions)} 条。", "green")
    if found:
        print_status(found, full=False)
    if done.uncorrected:
        show.print_line(f"已登记的报送件还有 {len(done.uncorrected)} 项问题没有改正，{_where()}。", "yellow")
    if done.waiting:
        name = layout("tracker")["in_tray"].name
        show.print_line(f"待处理 {done.waiting} 项，见总台账的“{name}”表。", "yellow")
    show.print_line(f"总台账{'已更新' if done.written else '没有变化'}：{tracker}", "green")
    return 1 if problems else 0


def _where() -> str:
    """Where the problems of all returns are listed."""
    from zwgk_excel.layout.columns import layout

    return f"见总台账的“{layout('tracker')['problems'].name}”表，或运行 zwgk status 月份"
