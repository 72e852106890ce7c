"""``rectify raise``, ``list``, ``mend``, ``close`` and ``withdraw``: the rectification ledger (整改台账)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.options import (
    HERE,
    AsOf,
    CycleArgument,
    Json,
    Reason,
    StepOption,
    Units,
    Who,
    Workspace,
    cycle,
    day,
    step,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from zwgk_excel.domain.escalation import EscalationCandidate, EscalationLevel, NoteKind, Rectification
    from zwgk_excel.domain.periods import Month

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="整改台账：立项、登记整改情况、销号、撤销、查看。",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="号数", help="整改编号，见 zwgk rectify list。")]
On = Annotated[str, typer.Option("--on", metavar="日期", help="发生在哪一天，默认今天。")]
DueOption = Annotated[str, typer.Option("--mend-by", metavar="日期", help="整改期限，如 2026-12-20。")]
OpenOnly = Annotated[bool, typer.Option("--open", metavar="", help="只列尚未销号的。")]


def open_rectifications(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: Units = None,
    only: StepOption = "",
    mend_by: DueOption = "",
    reason: Reason = "",
    name: Who = "",
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Open rectifications."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.escalation.escalating import escalate
    from zwgk_excel.workflow.escalation.rectifying import open_due_rectifications
    from zwgk_excel.workflow.office.context import open_records

    wanted, on, limit, chosen = cycle(month), day(as_of), day(mend_by), step(only)
    with open_records(workspace) as office:
        today = on or office.now().date()
        done = open_due_rectifications(
            office, wanted, unit or (), chosen, mend_by=limit, as_of=today, who=who(office, name), reason=reason
        )
        listed = () if done or json else escalate(office, wanted, today).due
    if json:
        show.as_json([rectification_fields(each, today) for each in done])
    elif done:
        _print(f"已立项 {len(done)} 件", done, today)
    else:
        _print_none(wanted, chosen, listed)
    return 0


def _print_none(cycle: Month, only: EscalationLevel | None, listed: Sequence[EscalationCandidate]) -> None:
    """Say that nothing was opened, and what the list has that is opened only when it is named."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.escalation.rectifying import BY_DEFAULT

    steps = "、".join(word("step", each) for each in ([only] if only else BY_DEFAULT))
    show.print_line(f"{cycle} 没有应{steps}而尚未立项的单位。", "green")
    others = dict.fromkeys(f"{each.unit}（{word('step', each.step)}）" for each in listed)
    if others:
        show.print_line(f"名单上还有 {'、'.join(others)}；要立项的，加 --step 或 --unit 指明。", "yellow")


def list_(workspace: Workspace = HERE, unfinished: OpenOnly = False, as_of: AsOf = "", json: Json = False) -> int:
    """List the rectification ledger."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.context import open_records

    on = day(as_of)
    with open_records(workspace) as office:
        found = [each for each in office.ledger.rectifications() if each.is_open or not unfinished]
        today = on or office.now().date()
    if json:
        show.as_json([rectification_fields(each, today) for each in found])
    elif found:
        _print(f"整改台账（截至 {today}）", found, today)
    else:
        show.print_line("整改台账中没有记录。")
    return 1 if any(each.is_overdue(today) for each in found) else 0


def mend(number: Number, workspace: Workspace = HERE, reason: Reason = "", on: On = "", name: Who = "") -> int:
    """Note measures that the unit took."""
    from zwgk_excel.domain.escalation import NoteKind

    return _note(workspace, number, NoteKind.MENDED, reason, on, name)


def close(number: Number, workspace: Workspace = HERE, reason: Reason = "", on: On = "", name: Who = "") -> int:
    """Close a rectification (销号)."""
    from zwgk_excel.domain.escalation import NoteKind

    return _note(workspace, number, NoteKind.CLOSED, reason, on, name)


def withdraw(number: Number, workspace: Workspace = HERE, reason: Reason = "", on: On = "", name: Who = "") -> int:
    """Withdraw a rectification that was opened by mistake."""
    from zwgk_excel.domain.escalation import NoteKind

    return _note(workspace, number, NoteKind.WITHDRAWN, reason, on, name)


def _note(workspace: Path, number: int, kind: NoteKind, words: str, on: str, name: str) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.escalation.rectifying import note
    from zwgk_excel.workflow.office.context import open_records

    noted_on = day(on)
    with open_records(workspace) as office:
        today = office.now().date()
        done = note(office, number, kind, words, on=noted_on or today, who=who(office, name))
    told = {"mended": "已登记整改情况", "closed": "已销号", "withdrawn": "已撤销，其事实重新计入"}
    show.print_line(f"第 {number} 号（{done.unit}）{told[kind]}。", "green")
    return 0


def rectification_fields(each: Rectification, as_of: date) -> dict[str, Any]:
    """A rectification as ``--json`` gives it."""
    from zwgk_excel.workbooks.bulletin.escalation_list import rectification_state

    return {
        "number": each.number,
        "unit": each.unit,
        "cycle": str(each.cycle),
        "step": each.step,
        "state": rectification_state(each, as_of),
        "raised_on": each.raised_on,
        "mend_by": each.mend_by,
        "who": each.who,
        "reason": each.reason,
        "evidence": each.evidence,
        "measures": each.measures,
        "closed_on": each.closed_on,
        "closed_by": each.closed_by,
        "conclusion": each.conclusion,
    }


def _print(title: str, found: Iterable[Rectification], as_of: date) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word
    from zwgk_excel.workbooks.bulletin.escalation_list import rectification_state

    sheet = layout("escalation")["rectifications"]
    keys = ("number", "unit", "cycle", "step", "raised_on", "mend_by", "state")
    headings = [sheet.heading(key) for key in keys]
    rows = [
        (
            each.number,
            each.unit,
            each.cycle,
            word("step", each.step),
            each.raised_on,
            each.mend_by or "",
            f"{word('mending', rectification_state(each, as_of))} {each.closed_on or ''}".strip(),
        )
        for each in found
    ]
    show.table(title, headings, rows, wraps=headings[:1])


COMMANDS = (
    ("raise", open_rectifications, "立项：默认对名单中应督办、约谈的单位，附主要事实。"),
    ("mend", mend, "登记整改情况。"),
    ("close", close, "销号：整改完成。"),
    ("withdraw", withdraw, "撤销：误立的，其事实重新计入。"),
    ("list", list_, "查看整改台账；有逾期未整改的退出码为 1。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
