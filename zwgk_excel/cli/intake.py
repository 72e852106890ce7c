"""``receive`` and ``consolidate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, Who, Workspace, cycle, day, moment, who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.returns import Receipt


def receive(
    paths: Annotated[list[Path], typer.Argument(metavar="文件…", help="收到的文件或文件夹。")],
    workspace: Workspace = HERE,
    received_at: Annotated[
        str, typer.Option("--received-at", metavar="时间", help="收到的时间，如 2026-11-20T09:30；默认取文件的时间。")
    ] = "",
    json: Json = False,
) -> int:
    """Take files in."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office import open_office
    from zwgk_excel.workflow.receive import receive as run

    at = moment(received_at)
    with open_office(workspace) as office, show.progress("收取", quiet=json) as step:
        receipts = run(office, paths, received_at=at, progress=step)
    _report(receipts, json=json)
    if not receipts and not json:
        show.line("没有新文件：这些文件都已登记过。")
    return _exit_code(receipts)


def consolidate(
    month: Annotated[str, typer.Argument(metavar="[月份]", help="同时显示该月的情况；汇总总是包括所有月份。")] = "",
    workspace: Workspace = HERE,
    as_of: AsOf = "",
    name: Who = "",
    json: Json = False,
) -> int:
    """Consolidate everything into the tracker."""
    from zwgk_excel.cli import show
    from zwgk_excel.cli.month import print_status, status_fields
    from zwgk_excel.workflow.consolidate import consolidate as run
    from zwgk_excel.workflow.office import open_office
    from zwgk_excel.workflow.status import of_cycle, require_issued

    wanted, on = cycle(month) if month else None, day(as_of)
    with open_office(workspace) as office, show.progress("汇总", quiet=json) as step:
        if wanted:
            require_issued(office, wanted)
        done = run(office, as_of=on, who=who(name), progress=step)
        tracker = office.workspace.tracker
    found = of_cycle(done.standings, wanted) if wanted else None
    problems = (*done.problems, *(p for p in done.standings.problems if p.counts))
    if json:
        summary = {"taken": [_fields(r) for r in done.taken], "decisions": len(done.decisions), "tracker": tracker}
        show.as_json(summary | (status_fields(found) if found else {}))
        return 1 if problems else 0
    _report(done.taken, json=False)
    show.problems(done.problems)
    for note in done.notes:
        show.line(note, "yellow")
    if done.decisions:
        show.line(f"已记下台账上填写的意见 {len(done.decisions)} 条。", "green")
    if found:
        print_status(found, full=False)
    show.line(f"台账{'已更新' if done.written else '没有变化'}：{tracker}", "green")
    return 1 if problems else 0


def _report(receipts: Sequence[Receipt], *, json: bool) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    if json:
        show.as_json([_fields(receipt) for receipt in receipts])
        return
    if not receipts:
        return
    sheet = layout("tracker")["receipts"]
    headings = [sheet.heading(key) for key in ("file", "unit", "cycle", "verdict", "items", "problems")]
    rows = [
        (r.name, r.unit, r.cycle or "", word("verdict", r.verdict), r.items, sum(p.counts for p in r.problems))
        for r in receipts
    ]
    show.table(f"收到 {len(receipts)} 个文件", headings, rows, wraps=headings[:1])
    show.problems(each for receipt in receipts for each in receipt.problems if each.is_error)


def _fields(receipt: Receipt) -> dict[str, object]:
    return {
        "file": receipt.file,
        "sha256": receipt.sha256,
        "unit": receipt.unit or None,
        "cycle": str(receipt.cycle) if receipt.cycle else None,
        "received_at": receipt.received_at.isoformat(),
        "verdict": receipt.verdict,
        "items": receipt.items,
        "problems": [each.as_dict() for each in receipt.problems],
    }


def _exit_code(receipts: Sequence[Receipt]) -> int:
    return 1 if any(problem.counts for receipt in receipts for problem in receipt.problems) else 0
