"""Undoes an act by another, in one transaction: what the acts in force say is so again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from zwgk_excel.domain.acts import (
    DECIDED,
    OF_FAULTS,
    OF_FILES,
    OF_MERGING,
    OF_RECTIFICATIONS,
    OF_TABLES,
    Act,
    ActKind,
    Change,
    root_of,
)
from zwgk_excel.ledger.acts import Undoing, append_act, select_acts, select_undone, set_changes
from zwgk_excel.ledger.adjustments import undo_adjustment
from zwgk_excel.ledger.catalogue_imports import undo_catalogue_import
from zwgk_excel.ledger.cycles import undo_closing
from zwgk_excel.ledger.decisions import undo_decisions
from zwgk_excel.ledger.errors import NotUndoableError
from zwgk_excel.ledger.in_tray import undo_ignoring
from zwgk_excel.ledger.issues import undo_amendment
from zwgk_excel.ledger.overrides import undo_merging, undo_overrides
from zwgk_excel.ledger.published import undo_published
from zwgk_excel.ledger.rectifications import undo_rectification
from zwgk_excel.ledger.site_faults import undo_faults
from zwgk_excel.ledger.table_edits import undo_table_edit

_UNDO: Mapping[ActKind, Callable[[Connection, Undoing], tuple[Change, ...]]] = {
    **dict.fromkeys(DECIDED, undo_decisions),
    **dict.fromkeys(OF_FILES - {ActKind.RECEIVE}, undo_overrides),
    **dict.fromkeys(OF_MERGING, undo_merging),
    **dict.fromkeys(OF_RECTIFICATIONS, undo_rectification),
    **dict.fromkeys(OF_FAULTS, undo_faults),
    **dict.fromkeys(OF_TABLES, undo_table_edit),
    ActKind.CLOSE: undo_closing,
    ActKind.AMEND: undo_amendment,
    ActKind.ADJUST: undo_adjustment,
    ActKind.IGNORE: undo_ignoring,
    ActKind.IMPORT_PUBLISHED: undo_published,
    ActKind.IMPORT_CATALOGUE: undo_catalogue_import,
}
_OTHERWISE: Mapping[ActKind, tuple[str, str]] = {
    ActKind.ISSUE: ("报送表已经下发", "无人答复的用 zwgk generate 月份 --cancel 撤回，有变的用 --amend 更正下发"),
    ActKind.CANCEL_ISSUE: ("报送表已经撤回", "要再下发的，运行 zwgk generate 月份"),
    ActKind.RECEIVE: (
        "收到的文件不能当作没有收到",
        "认错单位的用 zwgk receive --assign，不是报送件的用 --set-aside，时间不对的用 zwgk receipt time，"
        "不应计入的用 zwgk receipt withdraw",
    ),
    ActKind.CHANGE_RULES: ("评分、督促、时限和日历以 zwgk.toml 为准", "要恢复原来的，请把 zwgk.toml 改回去"),
}
"""Kind of an act that cannot be undone → why, and what to do instead."""
IRREVOCABLE = frozenset(_OTHERWISE)
"""The kinds of acts that cannot be undone."""


def undo(connection: Connection, act: Act) -> Act:
    """Record ``act``, which undoes another, and let it have its effect; returns it as recorded.

    Its cycle, units and changes follow from what it undoes. A later act about the same stays in force. Raises
    NotUndoableError for an unknown number, one undone already, and what cannot be undone.
    """
    acts = {each.number: each for each in select_acts(connection)}
    undone = acts.get(act.undoes)
    if undone is None:
        raise NotUndoableError(f"没有第 {act.undoes} 号办理；请用 zwgk history 查看编号。")
    if undone.undone_by:
        raise NotUndoableError(f"第 {undone.number} 号办理已由第 {undone.undone_by} 号撤销，不必再撤销。")
    root = root_of(undone, acts)
    if root.kind in _OTHERWISE:
        raise NotUndoableError.of(root.number, *_OTHERWISE[root.kind])
    undoing = replace(act, cycle=root.cycle, units=root.units)
    number = append_act(connection, undoing)
    undoing = replace(undoing, number=number)
    before, after = select_undone(connection, shown=number - 1), select_undone(connection)
    changes = _UNDO[root.kind](connection, Undoing(undoing, root, before, after))
    set_changes(connection, number, changes)
    return replace(undoing, changes=changes)
