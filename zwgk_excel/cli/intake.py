"""``receive``, ``merge`` and ``consolidate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
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
    moment,
    reader_pool,
    who,
    who_if_named,
)
from zwgk_excel.cli.pasted import pasted
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.domain.problems import Problem
    from zwgk_excel.domain.returns import Receipt
    from zwgk_excel.workflow.intake.receiving import IntakeResult


def receive(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="文件…", help="收到的文件、压缩包或文件夹。")] = None,
    workspace: Workspace = HERE,
    received_at: Annotated[
        str, typer.Option("--received-at", metavar="时间", help="收到的时间，如 2026-11-20T09:30；默认取文件的时间。")
    ] = "",
    assign: Annotated[
        str, typer.Option("--assign", metavar="单位名称", help="指定这些文件是哪个单位的报送件，与 --cycle 同用。")
    ] = "",
    numbers: Annotated[
        list[int] | None,
        typer.Option("--receipt", metavar="号", help="已登记的文件按收件号指定或搁置，不用写文件名；可重复。"),
    ] = None,
    month: Annotated[str, typer.Option("--cycle", metavar="月份", help="指定是哪个报送月份的，如 2026-11。")] = "",
    force: Annotated[
        bool, typer.Option("--force", metavar="", help="身份标记属于别的单位或月份的，也照样指定。")
    ] = False,
    aside: Annotated[
        bool, typer.Option("--set-aside", metavar="", help="这些待核实的文件不是报送件，搁置，不再提示。")
    ] = False,
    reason: Reason = "",
    name: Who = "",
    cluster: ClusterAddress = "",
    json: Json = False,
) -> int:
    """Import files, or assign or set aside files that were imported."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.decisions import overrides
    from zwgk_excel.workflow.intake import receiving as intake
    from zwgk_excel.workflow.office.context import open_records

    _check_options(assign, month, force=force, aside=aside, received_at=received_at)
    _check_files(paths, numbers, ruled=aside or bool(assign))
    at, wanted = moment(received_at), cycle(month) if month else None
    with (
        open_records(workspace) as office,
        reader_pool(cluster, office) as readers,
        show.progress("收取", quiet=json) as step,
    ):
        files = [*(paths or ()), *overrides.files_of(office, numbers or ())]
        if wanted:
            taken = overrides.assign(
                office,
                files,
                assign,
                wanted,
                who=who(office, name),
                reason=reason,
                force=force,
                received_at=at,
                readers=readers,
            )
        elif aside:
            taken = overrides.set_aside(office, files, who=who(office, name), reason=reason, readers=readers)
        else:
            by = who_if_named(office, name)
            taken = intake.receive(office, files, received_at=at, who=by, progress=step, readers=readers)
    _report(taken, json=json)
    if not taken and not json:
        show.print_line("没有新文件：这些文件都已登记过。")
    return _exit_code(taken)


def _check_options(assign: str, month: str, *, force: bool, aside: bool, received_at: str) -> None:
    if bool(assign) != bool(month):
        raise UserError("指定单位要同时写明 --assign 单位 和 --cycle 月份。")
    if force and not assign:
        raise UserError("--force 只与 --assign 同用。")
    if aside and (assign or received_at):
        raise UserError("--set-aside 不与 --assign、--received-at 同用。")


def _check_files(paths: list[Path] | None, numbers: list[int] | None, *, ruled: bool) -> None:
    if not paths and not numbers:
        raise UserError("请写明收到的文件；已登记的用 --receipt 写收件号。")
    if numbers and not ruled:
        raise UserError("--receipt 只与 --assign 或 --set-aside 同用。")


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
    show.print_line("运行 zwgk consolidate 更新台账。")
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
    from zwgk_excel.workflow.consolidation.consolidating import consolidate as run
    from zwgk_excel.workflow.consolidation.freshness import FreshnessCheck, check_freshness
    from zwgk_excel.workflow.office.context import open_records
    from zwgk_excel.workflow.tracking.statuses import cycle_status, of_cycle, require_issued

    wanted, on = cycle(month) if month else None, day(as_of)
    with open_records(workspace) as office, show.progress("汇总", quiet=json) as step:
        if wanted:
            require_issued(office, wanted)
        tracker = office.workspace.tracker
        seen = FreshnessCheck(None) if json else check_freshness(office, on)
        if seen.problems is not None:
            if wanted:
                print_status(cycle_status(office, wanted, on or office.now().date()), full=False)
            show.print_line(f"没有新的报送件和意见，台账已是最新：{tracker}", "green")
            return 1 if seen.problems else 0
        with reader_pool(cluster, office) as readers:
            by = who_if_named(office, name)
            done = run(office, as_of=on, who=by, found=seen.found, progress=step, readers=readers)
    found = of_cycle(done.statuses, wanted) if wanted else None
    problems = done.to_look_at
    if json:
        summary = {"taken": entries(done.taken), "decisions": len(done.decisions), "tracker": tracker}
        show.as_json(summary | (status_fields(found) if found else {}))
        return 1 if problems else 0
    _report(done.taken, json=False)
    show.problems(done.problems)
    for note in done.notes:
        show.print_line(note, "yellow")
    if done.decisions:
        show.print_line(f"已记下台账上填写的意见 {len(done.decisions)} 条。", "green")
    if found:
        print_status(found, full=False)
    show.print_line(f"台账{'已更新' if done.written else '没有变化'}：{tracker}", "green")
    return 1 if problems else 0


def _report(taken: IntakeResult, *, json: bool) -> None:
    from zwgk_excel.cli import show

    if json:
        show.as_json(entries(taken))
    else:
        report(taken)


def report(taken: IntakeResult) -> None:
    """Print the receipts of imported files as a table, then what to do about them."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    if taken:
        sheet = layout("tracker")["receipts"]
        headings = [sheet.heading(key) for key in ("number", "file", "unit", "cycle", "verdict", "items", "problems")]
        rows = [
            (r.number, r.name, r.unit, r.cycle or "", word("verdict", r.verdict), r.items, _counted(r))
            for r in taken
        ]
        show.table(f"{len(taken)} 个文件", headings, rows, wraps=headings[1:2])
    show.problems(each for receipt in taken for each in receipt.problems if each.is_error or not each.place.cell)
    show.problems(taken.unread)
    for receipt in taken:
        proposal = taken.proposals.get(receipt.file)
        if proposal and proposal.unit and proposal.cycle:
            told = _suggested(receipt.number, proposal.unit, proposal.cycle)
            show.print_line(f"收件 {receipt.number} 核实后可运行：{told}", "bold")
    for path in dict.fromkeys(taken.markups.values()):
        show.print_line(f"修改意见：{path}")
    for path in taken.solved:
        show.print_line(f"已改好，无需再退回：{path}", "green")


def _counted(receipt: Receipt) -> int:
    return sum(each.counts for each in receipt.problems)


def _suggested(number: int, unit: str, cycle: Month) -> str:
    """The command that assigns a receipt: a number in place of the name that a stranger gave the file."""
    return f"zwgk receive --receipt {number} --assign {pasted(unit) or '单位名称'} --cycle {cycle}"


def entries(taken: IntakeResult) -> list[dict[str, object]]:
    """The same as JSON objects, for ``--json``."""
    return [*(_fields(receipt, taken) for receipt in taken), *map(_unread, taken.unread)]


def _fields(receipt: Receipt, taken: IntakeResult) -> dict[str, object]:
    proposal, markup = taken.proposals.get(receipt.file), taken.markups.get(receipt.file)
    proposed = {"unit": proposal.unit or None, "cycle": str(proposal.cycle or "") or None} if proposal else None
    return {
        "number": receipt.number,
        "file": receipt.file,
        "sha256": receipt.sha256,
        "unit": receipt.unit or None,
        "cycle": str(receipt.cycle) if receipt.cycle else None,
        "received_at": receipt.received_at.isoformat(),
        "verdict": receipt.verdict,
        "proposal": proposed,
        "markup": str(markup) if markup else None,
        "items": receipt.items,
        "problems": [each.as_dict() for each in receipt.problems],
    }


def _unread(problem: Problem) -> dict[str, object]:
    """The JSON object of a file in 收件箱 that has no receipt yet because it could not be read."""
    nothing = dict.fromkeys(("number", "sha256", "verdict"))
    return {"file": problem.place.file, **nothing, "problems": [problem.as_dict()]}


def _exit_code(taken: IntakeResult) -> int:
    found = [each for receipt in taken for each in receipt.problems if each.counts]
    return 1 if found or taken.unread else 0
