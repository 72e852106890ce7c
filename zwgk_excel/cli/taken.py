"""What became of files that were registered: as a table with what to do about them, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.cli.pasted import pasted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.periods import Month
    from zwgk_excel.domain.problems import Problem
    from zwgk_excel.domain.returns import Receipt
    from zwgk_excel.workflow.intake.receiving import IntakeResult
    from zwgk_excel.workflow.intake.renewed_corrections import RenewedCorrections


_SHOWN = ("number", "file", "unit", "cycle", "verdict", "items")
_WARNED = 20
"""So many warnings are listed."""
_NAMED = 5
"""So many files with another time of their own are named."""


def report(taken: IntakeResult) -> None:
    """Print the receipts of imported files as a table, then what to do about them."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.in_tray import is_assignable
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import verdict_word
    from zwgk_excel.workbooks.correction.complaints import errors_and_warnings

    if taken:
        sheet = layout("tracker")["receipts"]
        headings = [*(sheet.heading(key) for key in _SHOWN), layout("markup").settings["texts"]["places"]]
        rows = [
            (r.number, r.name, r.unit, r.cycle or "", verdict_word(r), r.items, errors_and_warnings(r.problems))
            for r in taken
        ]
        show.table(f"{len(taken)} 个文件", headings, rows, wraps=headings[1:2])
        _print_times(taken)
    _print_problems([each for receipt in taken for each in receipt.problems])
    show.problems((*taken.unread, *taken.withdrawn))
    for receipt in taken:
        proposal = taken.proposals.get(receipt.file)
        if proposal and proposal.unit and proposal.cycle and is_assignable(receipt.problems):
            told = _suggested(receipt.number, proposal.unit, proposal.cycle)
            show.print_line(f"收件 {receipt.number} 核实后可运行：{told}", "bold")
    for path in dict.fromkeys(taken.markups.values()):
        show.print_line(f"修改意见：{path}")
    for month in sorted({receipt.cycle for receipt in taken if receipt.is_faulty_table and receipt.cycle}):
        show.print_line(f"整改链接表有没有采用的，运行 zwgk fault send {month}，核对后加 --yes 告诉单位。", "yellow")
    for path in taken.solved:
        show.print_line(f"已改好，无需再退回：{path}", "green")
    print_renewed(taken.renewed)


def _print_problems(found: Sequence[Problem]) -> None:
    """Errors and warnings, and notes about a file as a whole; of many warnings the first."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.problems import merge_equal
    from zwgk_excel.layout.columns import layout

    warnings = merge_equal((each for each in found if each.counts and not each.is_error), across_obligations=True)
    notes = [each for each in found if not each.counts and not each.place.cell]
    show.problems([*(each for each in found if each.is_error), *warnings[:_WARNED], *notes])
    if len(warnings) > _WARNED:
        sheet = layout("tracker")["problems"].name
        show.print_line(f"还有提醒 {len(warnings) - _WARNED} 条没有列出，汇总后见总台账“{sheet}”。", "yellow")


def _print_times(taken: IntakeResult) -> None:
    """The receipt times, and of files that were written at quite another time how to correct it."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.intake.receipt_times import is_apart

    times = sorted({f"{each.received_at:%Y-%m-%d %H:%M}" for each in taken})
    show.print_line(f"收件时间：{times[0]}" + (f" 至 {times[-1]}" if len(times) > 1 else ""))
    apart = [each for each in taken if not each.estimated and is_apart(each.file_time, each.received_at)]
    for each in apart[:_NAMED]:
        show.print_line(f"收件 {each.number} 的文件时间是 {each.file_time:%Y-%m-%d %H:%M}，没有采用。", "yellow")
    if len(apart) > _NAMED:
        more = len(apart) - _NAMED
        show.print_line(f"还有 {more} 份的文件时间与收件时间相差一天以上，见 zwgk receipt list。", "yellow")
    if apart:
        show.print_line("实际收到的时间不同的，运行 zwgk receipt time 收件号 --at 时间 --reason 理由 更正。", "yellow")


def print_renewed(renewed: RenewedCorrections) -> None:
    """What became of copies in 退回修改."""
    from zwgk_excel.cli import show

    for path in renewed.removed:
        show.print_line(f"不再需要，已从退回修改中删去：{path}", "yellow")
    for path in renewed.kept:
        show.print_line(f"已经作废，但有人改动过，改名保留，请勿发出：{path}", "yellow")
    for path in renewed.written:
        show.print_line(f"修改意见已按现在的情况重写：{path}")


def _suggested(number: int, unit: str, cycle: Month) -> str:
    """The command that assigns a receipt: a number in place of the name that a stranger gave the file."""
    return f"zwgk receive --receipt {number} --assign {pasted(unit) or '单位名称'} --cycle {cycle}"


def entries(taken: IntakeResult) -> list[dict[str, object]]:
    """The same as JSON objects, for ``--json``."""
    return [*(_fields(receipt, taken) for receipt in taken), *map(_unread, (*taken.unread, *taken.withdrawn))]


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
        "file_time": receipt.file_time.isoformat() if receipt.file_time else None,
        "verdict": receipt.verdict,
        "proposal": proposed,
        "markup": str(markup) if markup else None,
        "items": receipt.items,
        "problems": [each.as_dict() for each in receipt.problems],
    }


def _unread(problem: Problem) -> dict[str, object]:
    """The JSON object of a file that was not registered: it could not be read, or was withdrawn."""
    nothing = dict.fromkeys(("number", "sha256", "verdict"))
    return {"file": problem.place.file, **nothing, "problems": [problem.as_dict()]}


def exit_code(taken: IntakeResult) -> int:
    """1 where something is to be looked at, else 0."""
    found = [each for receipt in taken for each in receipt.problems if each.counts]
    return 1 if found or taken.unread or taken.withdrawn else 0
