"""``zwgk undo``: an act is taken back by another; what that changes is known beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zwgk_excel.domain.acts import OF_TABLES, Act, root_of
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.ledger import NotUndoableError
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.corrections import correctable, marked_up, markup_path_of, newest
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.office.table_files import finish_table_edit, require_restorable
from zwgk_excel.workflow.tracking.statuses import office_statuses
from zwgk_excel.workflow.workers.readers import ReaderPool

_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class UndoEffect:
    """What undoing an act changes, or has changed."""

    undone: Act
    undoing: Act
    """Its number is 0 before it is done."""
    rows: tuple[tuple[TrackerRow | None, TrackerRow | None], ...]
    """The obligations whose figures differ: before and after; None where there is none."""
    outdated: tuple[Path, ...] = ()
    """Copies in 退回修改 that nobody should be sent any more."""


def preview_undo(office: Office, number: int, *, who: str, reason: str) -> UndoEffect:
    """What :func:`undo` would change, as of today; nothing is written. Raises UserError as it does."""
    with office.ledger.exclusive():
        effect, _ = _tried(office, number, who=who, reason=reason)
    return effect


def undo(office: Office, number: int, *, who: str, reason: str, after: int | None = None) -> UndoEffect:
    """Undo an act by a new one, all or nothing; marked-up copies follow where a file changes its unit.

    Later acts about the same stay in force. ``after`` is the number of the last act that the person knows. Raises
    UserError, and changes nothing, without a reason, for an unknown number, an act that is undone already, one that
    cannot be undone, and where others have acted since ``after``.
    """
    with office.ledger.exclusive():
        last = max((each.number for each in office.ledger.acts()), default=0)
        if after is not None and last != after:
            raise UserError(f"这期间又有新的办理（第 {last} 号）；什么也没有撤销，请重新查看后再定。")
        effect, receipts = _tried(office, number, who=who, reason=reason)
        if receipts:
            with ReaderPool(passwords=office_passwords()) as workers:
                marked_up(office, receipts, workers)
        done = office.ledger.undo(number, who=who, reason=reason)
        if office.ledger.table_edit() is not None:
            finish_table_edit(office.workspace, office.ledger)
            office.reload_tables()
        office.issues.reload()
        return UndoEffect(effect.undone, done, effect.rows, _outdated(office, effect.undoing))


def _tried(office: Office, number: int, *, who: str, reason: str) -> tuple[UndoEffect, Sequence[Receipt]]:
    """The effect of an undoing that is not written, and the receipts that it gives to another unit."""
    if not reason.strip():
        raise UserError("请用 --reason 写明为什么撤销。")
    today = office.now().date()
    before = {each.status.obligation.key: each for each in office_statuses(office, today).rows}
    try:
        with office.ledger.trial():
            undoing = office.ledger.undo(number, who=who, reason=reason)
            office.issues.reload()
            after = {each.status.obligation.key: each for each in office_statuses(office, today).rows}
            receipts = _moved_receipts(office, undoing)
    except NotUndoableError as refused:
        raise UserError(str(refused)) from None
    finally:
        office.issues.reload()
    acts = {each.number: each for each in office.ledger.acts()}
    undone = acts[number]
    if root_of(undone, acts).kind in OF_TABLES:
        require_restorable(office.workspace, office.ledger, undoing)
    keys = dict.fromkeys((*before, *after))
    rows = tuple((before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))
    return UndoEffect(undone, replace(undoing, number=0), rows), receipts


def _moved_receipts(office: Office, undoing: Act) -> Sequence[Receipt]:
    files = {each.subject for each in undoing.changes}
    places = _places(each.after for each in undoing.changes)
    found = (each for unit, cycle in places for each in office.ledger.receipts(unit=unit, cycle=cycle))
    return [each for each in found if each.file in files]


def _places(states: Iterable[str]) -> list[tuple[str, Month]]:
    """The units and months in the states of receipts, as a change has them: ``accepted/市财政局/2026-11``."""
    found = []
    for state in states:
        unit, _, cycle = state.partition("/")[2].rpartition("/")
        if unit and _MONTH.fullmatch(cycle):
            found.append((unit, Month.parse(cycle)))
    return list(dict.fromkeys(found))


def _outdated(office: Office, undoing: Act) -> tuple[Path, ...]:
    """The copies of the units and months that the files were taken from, where nothing is left to be corrected."""
    found = []
    for unit, cycle in _places(each.before for each in undoing.changes):
        path = markup_path_of(office, unit, cycle)
        if path.is_file() and not any(map(correctable, newest(office.ledger.receipts(unit=unit, cycle=cycle)))):
            found.append(path)
    return tuple(found)
