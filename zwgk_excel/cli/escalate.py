"""``escalate``: the units that have reached an escalation level, the evidence, and the list to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, CycleArgument, Json, StepOption, Workspace, cycle, day, step

if TYPE_CHECKING:
    from zwgk_excel.domain.escalation import EscalationCandidate, EscalationLevel
    from zwgk_excel.workflow.escalation.escalating import Escalation

SAMPLE = "评分规则和督促规则为样例，待确认；确认后在 zwgk.toml 的 [scoring] 和 [ladder] 中写 confirmed = true。"
Export = Annotated[bool, typer.Option("--export", metavar="", help="把名单写成可打印的工作簿，放入“通报”文件夹。")]
Out = Annotated[Path | None, typer.Option("--out", metavar="输出文件", help="名单写到这个 .xlsx 文件。")]


def escalate(
    month: CycleArgument,
    workspace: Workspace = HERE,
    only: StepOption = "",
    export: Export = False,
    out: Out = None,
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """Show the units that have reached a level."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.escalation import escalating as room
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.office.context import open_records
    from zwgk_excel.workflow.office.replaceable_files import kept_words

    wanted, on, chosen = cycle(month), day(as_of), step(only)
    steps = [chosen] if chosen else []
    with open_records(workspace) as office:
        found = room.escalate(office, wanted, on or office.now().date())
        done = room.export(office, found, out, steps) if export or out else None
        pending = not_taken_in(office)
        show.warn_ahead(office.ahead(found.as_of))
    show.warn_unread(pending)
    due = [each for each in found.due if not steps or each.step in steps]
    if json:
        fields = {"unit": "unit", "step": "step", "rule": "rule", "evidence": "evidence", "facts": "facts"}
        listed = [
            {name: getattr(each, attribute) for name, attribute in fields.items()} | {"basis": found.basis[each.rule]}
            for each in due
        ]
        told = {"cycle": str(wanted), "as_of": found.as_of, "confirmed": found.confirmed}
        show.as_json({**told, "due": listed, "file": done.path if done else None})
        return 0
    _print(found, due, chosen)
    if done:
        for path in done.kept:
            show.print_line(kept_words(path), "yellow")
        show.print_line(f"名单：{done.path}", "green")
    return 0


def _print(found: Escalation, due: list[EscalationCandidate], only: EscalationLevel | None) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    sheet = layout("escalation")["due"]
    headings = [sheet.heading(key) for key in ("step", "unit", "basis", "evidence")]
    rows = [(word("step", each.step), each.unit, found.basis[each.rule], "\n".join(each.evidence)) for each in due]
    if rows:
        show.table(f"{found.cycle} 督促措施（截至 {found.as_of}）", headings, rows, wraps=headings[2:])
    else:
        what = word("step", only) if only else "采取督促措施"
        others = f"；名单上有 {len(found.due)} 条其他措施，不加 --step 即列出" if found.due else ""
        when = f"截至 {found.as_of}{others}；已立项的见 zwgk rectify list"
        show.print_line(f"{found.cycle} 没有应{what}的单位（{when}）。", "green")
    if not found.confirmed:
        show.print_line(SAMPLE, "yellow")
