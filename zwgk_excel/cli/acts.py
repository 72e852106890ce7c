"""``history`` and ``undo``: the list of acts, and how one is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.adjust import print_scores, score_fields
from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.effects import ActFlow, changed_fields, print_changed_rows, run_act, tell_to_consolidate
from zwgk_excel.cli.options import HERE, Json, Reason, Who, Workspace, cycle
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zwgk_excel.domain.acts import Act, ActKind
    from zwgk_excel.layout.act_words import ActWords
    from zwgk_excel.workflow.acts.undoing import UndoEffect
    from zwgk_excel.workflow.office.context import Office

Unit = Annotated[str, typer.Option("--unit", metavar="单位名称", help="只看这个单位的。")]
Cycle = Annotated[str, typer.Option("--cycle", metavar="月份", help="只看这个报送月份的，如 2026-11。")]
Kind = Annotated[str, typer.Option("--kind", metavar="种类", help="只看这一种，如 延期、免报、结账；撤销它的也列出。")]
Number = Annotated[int, typer.Argument(metavar="号数", help="办理编号，见 zwgk history。")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="不再询问，直接撤销。")]


def history(
    workspace: Workspace = HERE, unit: Unit = "", month: Cycle = "", kind: Kind = "", json: Json = False
) -> int:
    """List the acts, the newest last, where a terminal shows them."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.acts.history import history as run
    from zwgk_excel.workflow.office.context import open_records

    wanted, chosen = cycle(month) if month else None, _kind(kind)
    with open_records(workspace) as office:
        every = {each.number: each for each in run(office)}
        found = run(office, unit=unit, cycle=wanted, kind=chosen)
    if json:
        show.as_json([_fields(each) for each in found])
    elif found:
        _print(f"办理记录（{len(found)} 次，最新的在后）", found, every)
    else:
        show.print_line("没有这样的办理记录。")
    return 0


def undo(
    number: Number,
    workspace: Workspace = HERE,
    reason: Reason = "",
    name: Who = "",
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Undo an act, after its effect was shown; the exit code is 1 while it waits for consent."""
    from zwgk_excel.workflow.acts.undoing import preview_undo
    from zwgk_excel.workflow.acts.undoing import undo as run
    from zwgk_excel.workflow.office.context import open_records

    def plan(office: Office, by: str) -> tuple[UndoEffect, Mapping[int, Act]]:
        return preview_undo(office, number, who=by, reason=reason), acts_by_number(office)

    def carry_out(office: Office, planned: tuple[UndoEffect, Mapping[int, Act]], by: str) -> UndoEffect:
        return run(office, number, who=by, reason=reason, after=max(planned[1]))

    flow = ActFlow(
        plan=plan,
        show=lambda planned: print_effect(*planned),
        carry_out=carry_out,
        tell=lambda planned, done: _tell_undone(done, planned[1]),
        fields=lambda planned, done: effect_fields(done or planned[0]),
        verb="撤销",
    )
    return run_act(flow, open_records(workspace), name=name, yes=yes, json=json)


def _tell_undone(effect: UndoEffect, acts: Mapping[int, Act]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.cli.taken import print_renewed
    from zwgk_excel.domain.acts import ActKind, root_of

    show.print_line(f"已撤销第 {effect.undone.number} 号，记为第 {effect.undoing.number} 号办理。", "green")
    print_renewed(effect.corrections)
    if root_of(effect.undone, acts).kind is ActKind.AMEND:
        month = effect.undone.cycle
        show.print_line(f"运行 zwgk generate {month} --as-issued 重做有关单位的报送表，")
        show.print_line(f"再运行 zwgk send {month} --correction 发给它们。")
    tell_to_consolidate()


def acts_by_number(office: Office) -> dict[int, Act]:
    """All acts, by number."""
    return {each.number: each for each in office.ledger.acts()}


def _kind(text: str) -> ActKind | None:
    from zwgk_excel.domain.acts import ActKind
    from zwgk_excel.layout.words import code_of, words

    code = code_of("act", text) or text
    if code and code not in words("act"):
        raise UserError(f"“{text}”不是办理的种类；请写 {'、'.join(words('act').values())}。")
    return ActKind(code) if code else None


def _print(title: str, found: Sequence[Act], acts: Mapping[int, Act]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.acts import OF_FILES, root_of
    from zwgk_excel.layout.act_words import act_words, person_words
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    rows = []
    for each in found:
        rows.append(
            (
                each.number,
                f"{each.at:%Y-%m-%d %H:%M}",
                word("act", each.kind),
                _about(each, act_words(each, acts), of_files=root_of(each, acts).kind in OF_FILES),
                person_words(each),
                word("act_source", each.source),
                each.undone_by or "",
            )
        )
    sheet = layout("tracker")["acts"]
    prefix = sheet.heading("act")  # which every heading need not repeat in a narrow terminal
    keys = ("number", "at", "act", "subject", "who", "source", "undone_by")
    headings = [sheet.heading(key).removeprefix(prefix) or prefix for key in keys]
    show.table(title, headings, rows, wraps=[headings[1], headings[3]])


def _about(act: Act, told: ActWords, *, of_files: bool) -> str:
    """Subject and change in one cell, the reason below; of files the change says unit and month."""
    from zwgk_excel.layout.words import word

    place = () if of_files else ("、".join(act.units), str(act.cycle or ""))
    about = " ".join(filter(None, (*place, told.subject)))
    change = "" if told.change == word("act", act.kind) else told.change  # a waiver is what its column says
    lines = ["：".join(filter(None, (about, change))), f"理由：{act.reason}" if act.reason else ""]
    return "\n".join(filter(None, lines))


def print_effect(effect: UndoEffect, acts: Mapping[int, Act]) -> None:
    """Show what an undoing changes; ``acts`` are all acts by number."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.act_words import act_words

    _print(f"要撤销的是第 {effect.undone.number} 号办理", [effect.undone], acts)
    told = act_words(effect.undoing, acts)
    show.print_line(f"撤销后：{told.change}")
    if effect.scores is not None:
        print_scores(effect.scores, told.change, "撤销后")
    else:
        print_changed_rows(effect.rows, "撤销后")


def _fields(act: Act) -> dict[str, Any]:
    """An act as ``history --json`` gives it."""
    return {
        "number": act.number,
        "at": act.at.isoformat(),
        "kind": act.kind,
        "cycle": str(act.cycle) if act.cycle else None,
        "units": act.units,
        "changes": [{"subject": each.subject, "before": each.before, "after": each.after} for each in act.changes],
        "who": act.who,
        "reason": act.reason,
        "source": act.source,
        "undoes": act.undoes or None,
        "undone_by": act.undone_by or None,
    }


def effect_fields(effect: UndoEffect) -> dict[str, Any]:
    """The effect as ``undo --json`` gives it; ``undoing.number`` is 0 where it was only looked at."""
    return {
        "undone": _fields(effect.undone),
        "undoing": _fields(effect.undoing),
        "obligations": changed_fields(effect.rows),
        "units": score_fields(effect.scores) if effect.scores else [],
        "outdated": [str(each) for each in (*effect.corrections.removed, *effect.corrections.kept)],
    }
