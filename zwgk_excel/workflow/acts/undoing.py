"""``zwgk undo``: an act is taken back by another; what that changes is known beforehand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from zwgk_excel.domain.acts import DECIDED, OF_FILES, Act, ActKind, Change, root_of
from zwgk_excel.domain.adjustments import Adjustment
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.domain.obligations import label
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import NotUndoableError
from zwgk_excel.ledger.undoing import IRREVOCABLE
from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect, scores_around
from zwgk_excel.workflow.assessment.counted_once import miscounted_corrections, scored_elsewhere
from zwgk_excel.workflow.decisions.planning import reopen_first
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.renewed_corrections import (
    NOTHING_RENEWED,
    Place,
    RenewedCorrections,
    places_of,
    receipts_of,
    renew_corrections,
    renewed_by,
)
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.office.table_files import finish_table_edit, require_restorable
from zwgk_excel.workflow.tracking.effects import ChangedRow, tried
from zwgk_excel.workflow.workers.readers import ReaderPool


@dataclass(frozen=True, slots=True)
class UndoEffect:
    """What undoing an act changes, or has changed."""

    undone: Act
    undoing: Act
    """Its number is 0 before it is done."""
    rows: tuple[ChangedRow, ...]
    """The obligations whose figures differ."""
    scores: AdjustmentEffect | None = None
    """What becomes of the scores; None where it is not an adjustment that is undone."""
    corrections: RenewedCorrections = NOTHING_RENEWED
    """Of the copies in 退回修改; empty before it is done."""


def can_be_undone(act: Act, acts: Mapping[int, Act]) -> bool:
    """Whether it makes sense to propose an act to be undone: it is in force, and of a kind that can be.

    ``acts`` are all acts by number. Whether an undoing is refused all the same, :func:`preview_undo` tells.
    """
    return not act.undone_by and root_of(act, acts).kind not in IRREVOCABLE


def preview_undo(
    office: Office, number: int, *, who: str, reason: str, kind: ActKind = ActKind.UNDO
) -> UndoEffect:
    """What :func:`undo` would change, as of today; nothing is written. Raises UserError as it does."""
    with office.ledger.exclusive():
        effect, _ = _tried(office, number, kind, who=who, reason=reason)
    return effect


def undo(
    office: Office, number: int, *, who: str, reason: str, after: int | None = None, kind: ActKind = ActKind.UNDO
) -> UndoEffect:
    """Undo an act by a new one of a ``kind``, all or nothing; the copies in 退回修改 follow.

    Later acts about the same stay in force. ``after`` is the number of the last act that the person knows. Raises
    UserError, and changes nothing, without a reason, for an unknown number, an act that is undone already, one that
    cannot be undone, and where others have acted since ``after``.
    """
    with office.ledger.exclusive():
        last = max((each.number for each in office.ledger.acts()), default=0)
        if after is not None and last != after:
            raise UserError(f"这期间又有新的办理（第 {last} 号）；什么也没有撤销，请重新查看后再定。")
        effect, (places, receipts) = _tried(office, number, kind, who=who, reason=reason)
        record = partial(_recorded, office, number, kind, who=who, reason=reason)
        if places:
            with ReaderPool(passwords=office_passwords()) as workers:
                renewed = renew_corrections(office, places, receipts_of(office, places), receipts, workers)
            done = record()
        else:
            done, renewed = renewed_by(office, effect.undoing.units, record)
        if office.ledger.table_edit() is not None:
            finish_table_edit(office.workspace, office.ledger)
            office.reload_tables()
        office.issues.reload()
        return replace(effect, undoing=done, corrections=renewed)


_Receipts = tuple[Sequence[Place], Sequence[Receipt]]
"""Units and cycles, and their receipts."""


def _tried(
    office: Office, number: int, kind: ActKind, *, who: str, reason: str
) -> tuple[UndoEffect, _Receipts]:
    """The effect of an undoing that is not written; of the units whose files it is about the receipts afterwards."""
    if not reason.strip():
        raise UserError("请用 --reason 写明为什么撤销。")

    found: list[AdjustmentEffect] = []

    def record() -> Act:
        about = _adjustment(office, number)
        recorded = partial(_recorded, office, number, kind, who=who, reason=reason)
        if about is None:
            return recorded()
        undoing, scores = scores_around(office, about, recorded)
        found.append(scores)
        return undoing

    def write() -> tuple[Act, _Receipts, Sequence[Change]]:
        files = _files(office, number)
        before, scored = places_of(office, files), miscounted_corrections(office)
        undoing = record()
        _require_counted_once(number, undoing, miscounted_corrections(office) - scored)
        places = list(dict.fromkeys((*before, *places_of(office, files))))
        last, left = office.ledger.table_edit() or (0, ())
        return undoing, (places, receipts_of(office, places)), left if last == undoing.number else ()

    try:
        (undoing, receipts, left), rows = tried(office, write)
    except NotUndoableError as refused:
        raise UserError(str(refused)) from None
    acts = {each.number: each for each in office.ledger.acts()}
    undone = acts[number]
    root = root_of(undone, acts)
    if DECIDED.get(root.kind, DecisionKind.TAKE_BACK) is not DecisionKind.TAKE_BACK:
        _require_open(undone, rows)
    if left:
        _require_restorable(office, undone, root, left)
    return UndoEffect(undone, replace(undoing, number=0), rows, next(iter(found), None)), receipts


def _require_restorable(office: Office, undone: Act, root: Act, left: Sequence[Change]) -> None:
    """Where a later import of the catalogue is what stands in the way, that one is to be undone first."""
    try:
        require_restorable(office.workspace, office.ledger, left)
    except UserError:
        later = office.ledger.later_catalogue_import(root.number) if root.kind is ActKind.IMPORT_CATALOGUE else None
        if later is None:
            raise
        raise UserError(
            f"第 {later} 号办理（后来的导入）改过同样的格；什么也没有改动，"
            f"请先撤销第 {later} 号，再撤销第 {undone.number} 号。"
        ) from None


def _require_open(undone: Act, rows: Sequence[ChangedRow]) -> None:
    """Decisions about what is closed are refused, and so is it to undo one, where it changes any figure."""
    tasks: dict[Month, list[str]] = {}
    for row, _ in rows:
        if row is not None and row.closed:
            obligation = row.status.obligation
            tasks.setdefault(row.month, []).append(f"{obligation.unit} {label(obligation, plain=False)}")
    if tasks:
        told = "；".join(
            f"{problem('decision_closed', CellRef(), month=month, what='撤销').found}；{reopen_first(month)}"
            f"（{'、'.join(names)}）"
            for month, names in sorted(tasks.items(), reverse=True)
        )
        raise UserError(f"第 {undone.number} 号办理不能撤销：{told}。")


def _require_counted_once(number: int, undoing: Act, found: Collection[tuple[Month, Month]]) -> None:
    """``found`` are the closed months, with the later ones that count their corrections, that do not fit any more."""
    for month, later in sorted(found):
        if later == undoing.cycle:
            why = f"{later} 原来的结账计入了 {month} 的更正，而 {month} 的结账已经不是当时的"
            raise NotUndoableError.of(number, why, f"请用 zwgk close {later} 重新结账")
        raise NotUndoableError.of(number, *scored_elsewhere(month, later))


def _recorded(office: Office, number: int, kind: ActKind, *, who: str, reason: str) -> Act:
    record = office.ledger.reopen if kind is ActKind.REOPEN else office.ledger.undo
    return record(number, who=who, reason=reason)


def _adjustment(office: Office, number: int) -> Adjustment | None:
    """The adjustment that undoing an act takes back or restores; None for other acts."""
    acts = {each.number: each for each in office.ledger.acts()}
    if number not in acts or (root := root_of(acts[number], acts)).kind is not ActKind.ADJUST:
        return None
    assert root.cycle is not None
    (change,) = root.changes
    return Adjustment(root.cycle, change.subject, Decimal(change.after), root.at, root.who, root.reason, root.number)


def _files(office: Office, number: int) -> set[str]:
    """The files that an act, or the one that it undoes, was about."""
    acts = {each.number: each for each in office.ledger.acts()}
    if number not in acts or (root := root_of(acts[number], acts)).kind not in OF_FILES:
        return set()
    return {each.subject for each in root.changes}
