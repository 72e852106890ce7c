"""撤销 and 办理记录: what was decided lately, taken back or looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zwgk_excel.addin.buttons.consolidation import consolidate, tracker_of
from zwgk_excel.addin.buttons.numbers import number_name, number_typed
from zwgk_excel.addin.buttons.persons import decided_by
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import office_at, records_at
from zwgk_excel.addin.host.session import CANCELLED, LISTED, Session, named
from zwgk_excel.domain.acts import Act, ActKind, root_of
from zwgk_excel.domain.scoring import format_points
from zwgk_excel.layout.act_words import act_words, person_words
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.reading.table_reader import find_table
from zwgk_excel.workflow.acts.effect_words import changed_lines, renewed_lines
from zwgk_excel.workflow.acts.history import recorded_acts
from zwgk_excel.workflow.acts.undoing import UndoEffect, can_be_undone, preview_undo, undo
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.office.context import Office

_SHOWN = 60
"""Characters of an act in a line."""


def undo_act(session: Session) -> str:
    """Take one of the last acts back: chosen by its number, with a reason, after its effect was shown."""
    root = workspace_choice.workspace_of(session)
    with records_at(root) as office:
        acts = {each.number: each for each in recorded_acts(office)}
        number = _chosen(session, acts)
        if number is None:
            return CANCELLED
        who = decided_by(session, office)
        reason = session.ask_text(f"为什么撤销第 {number} 号办理？请写明理由，记入办理记录：") if who else None
        if not who or not reason:
            return CANCELLED
        effect = preview_undo(office, number, who=who, reason=reason)
        if not session.confirm(_effect(effect, acts), "现在撤销吗？"):
            return CANCELLED
        effect = undo(office, number, who=who, reason=reason, after=max(acts))
        words = _undone(effect, acts)
        amended = root_of(effect.undone, acts).kind is ActKind.AMEND
    if amended:
        words += _remade(session, root, effect.undone)
    if not session.confirm(words, "现在汇总，更新总台账吗？"):
        return ""
    return "\n".join([*words, consolidate(session)])


def _chosen(session: Session, acts: Mapping[int, Act]) -> int | None:
    """The number of the act to be undone; None where the user gives up."""
    last = [each for _, each in sorted(acts.items(), reverse=True) if can_be_undone(each, acts)][:LISTED]
    if not last:
        raise UserError("还没有可以撤销的办理。")
    shown = [_line(each, acts) for each in last]
    number = number_name("acts")
    if not session.confirm(shown, f"以上是最近可以撤销的办理，最新的在前。按“确定”后输入{number}（更早的也可以）。"):
        return None
    typed = session.ask_text(f"撤销第几号办理？请输入{number}：", str(last[0].number))
    if not typed:
        return None
    return number_typed(typed, "acts")


def _line(act: Act, acts: Mapping[int, Act]) -> str:
    told = act_words(act, acts)
    about = " ".join(filter(None, ("、".join(act.units), str(act.cycle or ""), told.subject)))
    kind = word("act", act.kind)
    change = "" if told.change == kind else told.change
    shown = "：".join(filter(None, (about, change)))
    return f"第 {act.number} 号 {act.at:%m-%d %H:%M} {person_words(act)} {kind} {_short(shown)}".rstrip()


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _effect(effect: UndoEffect, acts: Mapping[int, Act]) -> list[str]:
    told = act_words(effect.undoing, acts)
    lines = [f"要撤销的是{_line(effect.undone, acts)}", f"撤销后：{told.change}"]
    if effect.scores is not None:
        marks = [
            f"{then.unit} {format_points(then.points)} 分 → {format_points(now.points)} 分"
            for then, now in effect.scores.changed
        ]
        return [*lines, *marks]
    return [*lines, *changed_lines(effect.rows)]


def _undone(effect: UndoEffect, acts: Mapping[int, Act]) -> list[str]:
    lines = [f"已撤销第 {effect.undone.number} 号，记为第 {effect.undoing.number} 号办理；撤销错了的，再撤销这一号。"]
    return lines + renewed_lines(effect.corrections)


def _remade(session: Session, root: Path, amendment: Act) -> list[str]:
    """The workbooks that an amendment had changed, made again by what is in force now where the user wants that."""
    month = amendment.cycle
    assert month is not None
    with office_at(root) as office:
        today = office.now().date()
        owing = {each.unit for each in office.listing(month, today)}
        units = [each for each in amendment.units if each in owing]
        told = f"{month} 更正过的单位 {len(units)} 个：{named(units)}。"
        if not units or not session.confirm([told], "现在重做它们的报送表吗？"):
            return [f"{month} 有关单位的报送表还没有重做；要重做的，按“生成报送表”。"] if units else []
        show = session.progress("生成报送表")
        done = generate(office, month, units=units, as_of=today, as_issued=True, progress=show)
    return [f"重做了 {len(done.workbooks)} 个单位的报送表；请按“发送”，作为更正发出。"]


def show_acts(session: Session) -> str:
    """Turn to the sheet 办理记录 of the tracker, brought up to date where the user wants that."""
    root = workspace_choice.workspace_of(session)
    with records_at(root) as office:
        last = max((each.number for each in office.ledger.acts()), default=0)
        shown = _turned_to(session, office)
    told = "还没有总台账。" if shown is None else f"台账的办理记录到第 {shown} 号，实际已到第 {last} 号。"
    if shown == last or not session.confirm([told], "现在汇总，更新总台账吗？"):
        return ""
    words = consolidate(session)
    with records_at(root) as office:
        _turned_to(session, office)
    return words


def _turned_to(session: Session, office: Office) -> int | None:
    """The last number on the sheet, which is in front now; 0 where the sheet is gone, None without a tracker."""
    tracker, shape = tracker_of(session, office), layout("tracker")["acts"]
    if not tracker.exists:
        return None
    tracker.turn_to(shape.name)
    grid = tracker.grid(shape.name)
    table = None if grid is None else find_table(grid, shape)
    if grid is None or table is None or "number" not in table.positions:
        return 0
    return _largest([row[table.positions["number"]] for row in grid.rows[table.header + 1 :]])


def _largest(values: Sequence[object]) -> int:
    return max((int(each) for each in values if isinstance(each, int | float)), default=0)
