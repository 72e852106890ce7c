"""``zwgk receipt``: the time of a receipt corrected, a receipt withdrawn, and what a newer return takes back decided.

Each is tried first: what it would change is shown before it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from zwgk_excel.domain.decisions import ACCEPTED, KEPT, Decision, DecisionKind, ManualOverride, OverrideKind
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.tracking import TAKING_BACK_CODE
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workflow.decisions.overrides import require_in_force
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receipt_times import require_issued_by, require_past
from zwgk_excel.workflow.intake.renewed_corrections import (
    NOTHING_RENEWED,
    RenewedCorrections,
    places_of,
    receipts_of,
    renew_corrections,
)
from zwgk_excel.workflow.intake.validation import ReturnValidator
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.tracking.effects import ChangedRow, tried
from zwgk_excel.workflow.tracking.statuses import office_statuses
from zwgk_excel.workflow.workers.readers import ReaderPool

_TIMED_CODE = "receipt_timed"


@dataclass(frozen=True, slots=True)
class ReceiptEffect:
    """What an act on a receipt changes, or has changed."""

    before: Receipt
    after: Receipt
    rows: tuple[ChangedRow, ...]
    """The obligations whose figures differ."""
    done: bool = False
    corrections: RenewedCorrections = NOTHING_RENEWED
    """Of the copies in 退回修改; empty before it is done."""


def correct_time(
    office: Office, number: int, at: datetime, *, who: str, reason: str, preview: bool = False
) -> ReceiptEffect:
    """Let a file have been received at another local time; what depends on the day is validated anew.

    With ``preview`` nothing is written. Raises UserError without a reason, for an unknown number, for a receipt that
    was withdrawn or is a duplicate, and for a time that it has already; ImpossibleTimeError for one to come or before
    the month was issued.
    """
    _require_reason(reason)
    with office.ledger.exclusive(), ReaderPool(passwords=office_passwords()) as workers:
        receipt = receipt_of(office, number)
        require_in_force(receipt)
        if receipt.verdict is Verdict.DUPLICATE:
            raise UserError(f"收件 {number} 与先收到的一份内容相同，时间以那一份为准；请更正那一份的时间。")
        if receipt.received_at == at:
            raise UserError(f"收件 {number} 的收件时间已是 {at:%Y-%m-%d %H:%M}，无需更正。")
        require_past(office, at, "所写的收件时间")
        timed = replace(receipt, received_at=at, estimated=False)
        require_issued_by(office, [timed])
        values = {"who": who, "reason": _in_brackets(reason), "former": f"{receipt.received_at:%Y-%m-%d %H:%M}"}
        told = problem(_TIMED_CODE, CellRef(receipt.name), **values)
        again = _validated_again(office, timed, workers)
        after = replace(again, problems=(*(p for p in again.problems if p.code != _TIMED_CODE), told))
        return _overridden(office, receipt, after, OverrideKind.TIMED, who, reason, workers, preview=preview)


def withdraw(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let a return or a 整改链接表 count for nothing; file and record stay, and what the unit sent before counts again.

    With ``preview`` nothing is written. Raises UserError without a reason, for an unknown number, for a receipt that
    was withdrawn already, and for one that is no return.
    """
    _require_reason(reason)
    with office.ledger.exclusive(), ReaderPool(passwords=office_passwords()) as workers:
        receipt = receipt_of(office, number)
        require_in_force(receipt)
        verdict = word("verdict", receipt.verdict)
        if not receipt.was_read and not receipt.is_fault_table:
            raise UserError(
                f"收件 {number} 的结论是“{verdict}”，本来就不计入报送；"
                f"不是报送件的，用 zwgk receive --receipt {number} --set-aside。"
            )
        values = {"who": who, "reason": _in_brackets(reason), "former": verdict}
        told = office.apply_severities([problem("receipt_withdrawn", CellRef(receipt.name), **values)])
        bare = replace(receipt, items=0, content=None, condensed=None, fault_answers=())
        after = replace(bare, verdict=Verdict.WITHDRAWN, problems=told)
        return _overridden(office, receipt, after, OverrideKind.WITHDRAWN, who, reason, workers, preview=preview)


def accept_take_back(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let what the unit's earlier returns reported, and this receipt no longer has, not be reported any more.

    With ``preview`` nothing is written. Raises UserError without a reason, for an unknown number, and where the receipt
    takes nothing back, or that was accepted already.
    """
    return _decided(office, number, ACCEPTED, who, reason, preview=preview)


def keep_report(office: Office, number: int, *, who: str, reason: str, preview: bool = False) -> ReceiptEffect:
    """Let what the unit's earlier returns reported count although this receipt no longer has it; nobody asks any more.

    As :func:`accept_take_back`.
    """
    return _decided(office, number, KEPT, who, reason, preview=preview)


def receipt_of(office: Office, number: int) -> Receipt:
    """The receipt with a number, with content; raises UserError where there is none."""
    found = [each for each in office.ledger.receipt_summaries() if each.number == number]
    if not found:
        raise UserError(f"没有收件 {number}；收件号见 zwgk receipt list 或总台账的“收件登记”。")
    return next(office.ledger.with_content(found))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise UserError("请用 --reason 写明理由。")


def _in_brackets(reason: str) -> str:
    return f"（{reason}）"


def _validated_again(office: Office, receipt: Receipt, workers: ReaderPool) -> Receipt:
    """A return read and validated as received at its new time; as it is where it cannot be read any more."""
    if not receipt.was_read:
        return receipt
    try:
        data = read_file(office.workspace.root / receipt.file)
    except OSError:
        return receipt
    reading = workers.read(data, receipt.name, by=receipt.received_at.date())
    return receipt if isinstance(reading, Problem) else ReturnValidator(office).validate_again(receipt, reading)


def _overridden(
    office: Office,
    before: Receipt,
    after: Receipt,
    kind: OverrideKind,
    who: str,
    reason: str,
    workers: ReaderPool,
    *,
    preview: bool,
) -> ReceiptEffect:
    ruling = ManualOverride(before.file, before.sha256, kind, who, office.now(), reason, before.unit, before.cycle)
    places = places_of(office, {before.file})

    def write() -> Sequence[Receipt]:
        office.ledger.override([(ruling, after)])
        return receipts_of(office, places)

    left, rows = tried(office, write)
    if preview:
        return ReceiptEffect(before, after, rows)
    renewed = renew_corrections(office, places, receipts_of(office, places), left, workers)
    office.ledger.override([(ruling, after)])
    return ReceiptEffect(before, after, rows, done=True, corrections=renewed)


def _decided(office: Office, number: int, said: str, who: str, reason: str, *, preview: bool) -> ReceiptEffect:
    _require_reason(reason)
    with office.ledger.exclusive():
        receipt = receipt_of(office, number)
        value, at = f"{said}/{number}", office.now()
        keys = _open_to(office, receipt, said)
        taken = [Decision(key, DecisionKind.TAKE_BACK, value, who, at, reason) for key in keys]
        if not taken:
            raise UserError(f"收件 {number} 没有撤回已报送的内容，或已经这样决定，无需再办。")
        decide = partial(office.ledger.decide, taken, cycle=receipt.cycle)
        _, rows = tried(office, decide)
        if not preview:
            decide()
        return ReceiptEffect(receipt, receipt, rows, done=not preview)


def _open_to(office: Office, receipt: Receipt, said: str) -> list[str]:
    """The obligations that a receipt takes back and of which that was not said yet."""
    statuses = office_statuses(office, office.now().date())
    newest = max((r.number for r in statuses.receipts if r.file == receipt.file and r.was_read), default=0)
    asked = [p.obligation for p in statuses.problems if p.code == TAKING_BACK_CODE and p.place.file == receipt.name]
    other = ACCEPTED if said == KEPT else KEPT
    decided = [key for key, each in office.active_decisions().items() if each.of_receipt(receipt.number) == other]
    return list(dict.fromkeys((*(asked if newest == receipt.number else ()), *decided)))
