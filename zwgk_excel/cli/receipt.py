"""``receipt list``, ``time``, ``withdraw``, ``take-back``, ``keep``: what was received, and decisions about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.effects import ActFlow, changed_fields, print_changed_rows, run_act, tell_to_consolidate
from zwgk_excel.cli.options import HERE, Json, Reason, Who, Workspace, cycle, moment
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from zwgk_excel.domain.returns import Receipt
    from zwgk_excel.workflow.decisions.receipt_acts import ReceiptEffect
    from zwgk_excel.workflow.office.context import Office

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="收件：查看、更正时间、撤回，以及单位撤回已报内容时由办公室决定。",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="号数", help="收件号，见 zwgk receipt list。")]
At = Annotated[str, typer.Option("--at", metavar="时间", help="实际收到的时间，如 2026-11-20T09:30。")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="不再询问，直接办理。")]
Unit = Annotated[str, typer.Option("--unit", metavar="单位名称", help="只看这个单位的。")]
Cycle = Annotated[str, typer.Option("--cycle", metavar="月份", help="只看这个报送月份的，如 2026-11。")]


def list_(workspace: Workspace = HERE, unit: Unit = "", month: Cycle = "", json: Json = False) -> int:
    """List the receipts, the newest last, where a terminal shows them."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.context import find_unit, open_records

    wanted = cycle(month) if month else None
    with open_records(workspace) as office:
        name = find_unit(office, unit) if unit else ""
        every = office.ledger.receipt_summaries()
    found = [each for each in every if (not name or each.unit == name) and (wanted is None or each.cycle == wanted)]
    if json:
        show.as_json([receipt_fields(each) for each in found])
    elif found:
        _print(f"收件（{len(found)} 份，最新的在后）", found)
    else:
        show.print_line("没有这样的收件。")
    return 0


def time(
    number: Number,
    at: At = "",
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Correct the time of a receipt, after its effect was shown."""
    from zwgk_excel.workflow.decisions.receipt_acts import correct_time

    when = moment(at)
    if when is None:
        raise UserError("请用 --at 写明实际收到的时间，如 2026-11-20T09:30。")

    what = f"收件 {number} 的收件时间更正为 {when:%Y-%m-%d %H:%M}"
    return _decided(workspace, number, partial(correct_time, at=when), what, name, reason, yes=yes, json=json)


def withdraw(
    number: Number,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Withdraw a receipt, after its effect was shown."""
    from zwgk_excel.workflow.decisions.receipt_acts import withdraw as run

    what = f"撤回收件 {number}，不再计入报送"
    return _decided(workspace, number, run, what, name, reason, yes=yes, json=json)


def take_back(
    number: Number,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Agree to what a receipt takes back, after the effect was shown."""
    from zwgk_excel.workflow.decisions.receipt_acts import accept_take_back

    what = f"同意收件 {number} 撤回原来所报"
    return _decided(workspace, number, accept_take_back, what, name, reason, yes=yes, json=json)


def keep(
    number: Number,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Let what was reported before count, after the effect was shown."""
    from zwgk_excel.workflow.decisions.receipt_acts import keep_report

    what = f"收件 {number} 中没有了的，仍算已报送"
    return _decided(workspace, number, keep_report, what, name, reason, yes=yes, json=json)


def _decided(
    workspace: Path,
    number: int,
    act: Callable[..., ReceiptEffect],
    what: str,
    name: str,
    reason: str,
    *,
    yes: bool,
    json: bool,
) -> int:
    """Show what an act would change; do it where the person agrees. The exit code is 1 while it waits for that."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.context import open_records

    def show_effect(effect: ReceiptEffect) -> None:
        _print(what, [effect.before])
        print_changed_rows(effect.rows, "办理后")
        if effect.before.fault_answers and not effect.after.fault_answers:
            show.print_line(f"其中的整改情况 {len(effect.before.fault_answers)} 条不再计入，以单位以前填回的为准。")

    def carry_out(office: Office, planned: ReceiptEffect, by: str) -> tuple[ReceiptEffect, int]:
        done = act(office, number, who=by, reason=reason, preview=False)
        return done, max(each.number for each in office.ledger.acts())

    flow = ActFlow(
        plan=lambda office, by: act(office, number, who=by, reason=reason, preview=True),
        show=show_effect,
        carry_out=carry_out,
        tell=_tell,
        fields=lambda planned, done: _effect_fields(done[0] if done else planned),
    )
    return run_act(flow, open_records(workspace), name=name, yes=yes, json=json)


def _tell(planned: ReceiptEffect, done: tuple[ReceiptEffect, int]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.cli.taken import print_renewed

    effect, number = done
    show.print_line(f"已办理，记为第 {number} 号；撤销用 zwgk undo {number} --reason 理由。", "green")
    print_renewed(effect.corrections)
    tell_to_consolidate()


def _print(title: str, found: Sequence[Receipt]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.file_names import beside_unit
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import verdict_word

    sheet = layout("tracker")["receipts"]
    headings = [
        sheet.heading(key) for key in ("number", "received_at", "file_time", "file", "unit", "cycle", "verdict")
    ]
    rows = [
        (
            each.number,
            f"{each.received_at:%Y-%m-%d %H:%M}",
            f"{each.file_time:%Y-%m-%d %H:%M}" if each.file_time else "",
            beside_unit(each.name, each.unit, each.cycle),
            each.unit,
            each.cycle or "",
            verdict_word(each),
        )
        for each in found
    ]
    show.table(title, headings, rows, wraps=[headings[1], headings[2], headings[3]])


def receipt_fields(receipt: Receipt) -> dict[str, Any]:
    """A receipt as ``status --json`` and ``receipt list --json`` give it."""
    return {
        "number": receipt.number,
        "file": receipt.file,
        "sha256": receipt.sha256,
        "unit": receipt.unit or None,
        "cycle": str(receipt.cycle) if receipt.cycle else None,
        "received_at": receipt.received_at.isoformat(),
        "estimated": receipt.estimated,
        "file_time": receipt.file_time.isoformat() if receipt.file_time else None,
        "verdict": receipt.verdict,
        "items": receipt.items,
        "problems": sum(each.counts for each in receipt.problems),
    }


def _effect_fields(effect: ReceiptEffect) -> dict[str, Any]:
    return {
        "done": effect.done,
        "before": receipt_fields(effect.before),
        "after": receipt_fields(effect.after),
        "obligations": changed_fields(effect.rows),
        "outdated": [str(each) for each in (*effect.corrections.removed, *effect.corrections.kept)],
    }


COMMANDS = (
    ("list", list_, "查看收件：编号、收件时间、文件自己的时间、结论。"),
    ("time", time, "更正收件时间：先列出会有哪些变化，确认后才办理。"),
    ("withdraw", withdraw, "撤回一份收件：不再计入，原来的一份重新有效；文件和记录保留。"),
    ("take-back", take_back, "同意单位撤回已报的内容：后来的报送件中没有了的，不再算已报送。"),
    ("keep", keep, "不同意撤回：后来的报送件中没有了的，仍以先报的为准。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
