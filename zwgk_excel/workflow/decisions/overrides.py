"""Manual overrides: assign a file to a unit and cycle, set it aside, merge a unit's returns."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from zwgk_excel.domain.decisions import ManualOverride, MergeDecision, OverrideKind, merged_cycles
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import SET_ASIDE_CODE, Receipt, Verdict
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.reading.read_return import ParsedReturn
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.intake.corrections import marked_up, markup_path_of
from zwgk_excel.workflow.intake.identification import Identified, is_own_body, is_signature_valid
from zwgk_excel.workflow.intake.inbox import import_file
from zwgk_excel.workflow.intake.receipt_times import require_issued_by, require_past
from zwgk_excel.workflow.intake.receiving import IntakeResult, import_arrivals
from zwgk_excel.workflow.intake.renewed_corrections import places_of, receipts_of, renew_corrections
from zwgk_excel.workflow.intake.validation import ReturnValidator
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.office.partial_files import remove_partial
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.tracking.statuses import require_issued
from zwgk_excel.workflow.workers.readers import ReaderPool


def assign(
    office: Office,
    paths: Sequence[Path],
    unit: str,
    cycle: Month,
    *,
    who: str,
    reason: str = "",
    force: bool = False,
    received_at: datetime | None = None,
    readers: ReaderPool | None = None,
) -> IntakeResult:
    """Assign files to a unit and cycle; files without a receipt are imported first.

    The receipt is rewritten, with the person and time of the override; what is assigned so already is no new act.
    ``readers`` as in ``receive``. Raises UserError,
    and changes no receipt, when the unit is unknown or owes nothing in the cycle, the cycle was not issued, a file
    cannot be read, or its signature is valid for another unit or cycle (``force`` overrules that).
    """
    name = find_unit(office, unit)
    require_issued(office, cycle)
    with office.ledger.exclusive(), _reader_pool(readers) as used:
        validator = ReturnValidator(office)
        if not validator.tasks(name, cycle).by_key:
            raise UserError(f"“{name}”在 {cycle} 没有报送任务；请核对单位和月份。")
        if received_at is not None:
            require_past(office, received_at, "所写的收件时间")
        receipts = _arrived(office, paths, received_at, used, who)
        require_issued_by(office, [replace(each, cycle=cycle) for each in receipts])
        ruled: list[tuple[ManualOverride, Receipt]] = []
        unchanged = [each for each in receipts if _is_assigned(each, name, cycle)]
        for receipt in (each for each in receipts if each not in unchanged):
            require_in_force(receipt)
            reading = _read(office, receipt, used)
            against = _conflicting_signature(validator, reading, name, cycle)
            if against and not force:
                raise UserError(
                    f"“{receipt.name}”的身份标记属实，是{against}的报送表，不能认定为{name} {cycle}；"
                    "请该单位用自己的表填报，确要认定的加 --force。"
                )
            seal = f"（原身份标记是{against}）" if against else ""
            told = problem("identity_assigned", CellRef(receipt.name), who=who, unit=name, cycle=cycle, against=seal)
            ruling = ManualOverride(
                receipt.file,
                receipt.sha256,
                OverrideKind.ASSIGNED,
                who,
                office.now(),
                reason,
                name,
                cycle,
                bool(against),
            )
            ruled.append((ruling, validator.accept(receipt, reading, Identified(name, cycle, (told,)))))
        return _ruled(office, ruled, used, unchanged)


def set_aside(
    office: Office, paths: Sequence[Path], *, who: str, reason: str = "", readers: ReaderPool | None = None
) -> IntakeResult:
    """Mark files in quarantine as no returns, so that they need no further attention.

    ``readers`` as in ``receive``. Raises UserError, and changes no receipt, for a file that has no receipt or is not in
    quarantine.
    """
    with office.ledger.exclusive(), _reader_pool(readers) as used:
        validator = ReturnValidator(office)
        ruled: list[tuple[ManualOverride, Receipt]] = []
        for receipt in _arrived(office, paths, None, used, who):
            if receipt.verdict is not Verdict.QUARANTINED:
                verdict = word("verdict", receipt.verdict)
                raise UserError(f"“{receipt.name}”的结论是“{verdict}”，不能作废；只有待核实的文件可以。")
            former = "；".join(each.found for each in receipt.problems) or word("verdict", receipt.verdict)
            values = {"who": who, "reason": f"，{reason}" if reason else "", "former": former}
            told = problem(SET_ASIDE_CODE, CellRef(receipt.name), **values)
            ruling = ManualOverride(receipt.file, receipt.sha256, OverrideKind.SET_ASIDE, who, office.now(), reason)
            ruled.append((ruling, validator.without_content(receipt, [told])))
        return _ruled(office, ruled, used)


def merge(office: Office, cycle: Month, unit: str, *, cancel: bool, who: str, reason: str = "") -> tuple[Receipt, ...]:
    """Let all returns of a unit for a cycle be effective, or (``cancel``) only the newest again.

    Returns the receipts concerned. Raises UserError for an unknown unit or cycle, and when nothing would change.
    """
    name = find_unit(office, unit)
    require_issued(office, cycle)
    with office.ledger.exclusive():
        returns = tuple(each for each in office.ledger.receipts(unit=name, cycle=cycle) if each.content is not None)
        merged = (name, cycle) in merged_cycles(office.ledger.mergings())
        if merged is not cancel:
            raise UserError(f"{name} {cycle} 的报送件{'已经合并' if merged else '没有合并'}，无需再改。")
        if not cancel and len(returns) < 2:
            raise UserError(f"{name} {cycle} 只有 {len(returns)} 份可读的报送件，没有可合并的。")
        office.ledger.merge(MergeDecision(name, cycle, not cancel, who, office.now(), reason))
    return returns


def _reader_pool(given: ReaderPool | None) -> AbstractContextManager[ReaderPool]:
    """The given readers, which are not closed, or new ones."""
    return nullcontext(given) if given else ReaderPool(passwords=office_passwords())


def _arrived(
    office: Office, paths: Sequence[Path], received_at: datetime | None, readers: ReaderPool, who: str
) -> list[Receipt]:
    """The receipts of files, imported now where they have none; of a content received several times the first."""
    remove_partial(office)
    receipts: dict[str, Receipt] = {}
    for path in paths:
        found = _found(office, path)
        data = _content(found)
        receipt = _receipt_of(office, data)
        if receipt is None:
            arrival = import_file(office, found, received_at or office.now())
            if isinstance(arrival, Problem):
                raise UserError(str(arrival))
            import_arrivals(office, [arrival], "command", who=who, readers=readers)
            receipt = _receipt_of(office, data)
        assert receipt is not None
        receipts[receipt.file] = receipt
    return list(receipts.values())


def require_in_force(receipt: Receipt) -> None:
    """Raise UserError for a receipt that was withdrawn: that has to be undone first."""
    if receipt.verdict is Verdict.WITHDRAWN:
        raise UserError(
            f"收件 {receipt.number}（“{receipt.name}”）已撤回；要恢复的，先用 zwgk history 查编号，用 zwgk undo 撤销。"
        )


def files_of(office: Office, numbers: Sequence[int]) -> list[Path]:
    """The files of receipts by their numbers (收件号); raises UserError for a number that there is none of."""
    files = {number: office.ledger.file_of(number) for number in numbers}
    if missing := [str(number) for number, file in files.items() if file is None]:
        raise UserError(f"没有收件号 {'、'.join(missing)}；收件号见总台账的“收件登记”。")
    return [office.workspace.root / file for file in files.values() if file]


def _found(office: Office, path: Path) -> Path:
    """A file as given, or as the ledger and messages name it: relative to the workspace or to 收件箱."""
    places = (path, office.workspace.root / path, office.workspace.inbox / path)
    found = next((each for each in places if each.is_file()), None)
    if found is None:
        raise UserError(f"找不到文件“{path}”；请核对路径。")
    return found


def _content(path: Path) -> bytes:
    """The bytes of a file; raises UserError where it cannot be read, or is too large to be a return."""
    try:
        return read_file(path)
    except OSError as error:
        raise UserError(f"“{path.name}”无法读取：{reason_of(error)}。") from error


def _receipt_of(office: Office, data: bytes) -> Receipt | None:
    arrived = office.ledger.receipts(sha256=hashlib.sha256(data).hexdigest())
    return next((each for each in arrived if each.verdict is not Verdict.DUPLICATE), None)


def _read(office: Office, receipt: Receipt, readers: ReaderPool) -> ParsedReturn:
    data = _content(office.workspace.root / receipt.file)
    reading = readers.read(data, receipt.name, by=receipt.received_at.date())
    if isinstance(reading, Problem):
        raise UserError(f"不能认定：{reading}")
    return reading


def _conflicting_signature(validator: ReturnValidator, reading: ParsedReturn, unit: str, cycle: Month) -> str:
    """The unit and cycle of a valid signature, as text, where they differ from the given ones; else empty."""
    claim, registry = reading.identity, validator.registry
    if claim is None or not is_signature_valid(registry, claim):
        return ""
    if not is_own_body(registry, claim, reading):
        return ""  # the hidden sheet of one workbook in another says nothing of it
    owner = registry.name_of(claim.unit, cycle)
    same_unit = owner is None or unit in {owner, registry.roster.successor(owner, cycle)}
    return "" if same_unit and claim.cycle == cycle else f"{claim.unit} {claim.cycle}"


def _is_assigned(receipt: Receipt, unit: str, cycle: Month) -> bool:
    """Whether a person has given a receipt to this unit and cycle, and nobody has taken that back."""
    there = (receipt.unit, receipt.cycle) == (unit, cycle)
    return there and any(each.code == "identity_assigned" for each in receipt.problems)


def _ruled(
    office: Office,
    ruled: Sequence[tuple[ManualOverride, Receipt]],
    readers: ReaderPool,
    unchanged: Sequence[Receipt] = (),
) -> IntakeResult:
    """Write the marked-up copies, then record the overrides with their receipts in one transaction.

    What the files leave behind in 退回修改 of the units that they are no longer of goes, and what they put right.
    """
    receipts = (*(receipt for _, receipt in ruled), *unchanged)
    markups, outdated = marked_up(office, receipts, readers)
    moved = {(each.file, each.sha256) for each in receipts}
    gained = {(each.unit, each.cycle) for each in receipts if each.unit and each.cycle}
    left = [place for place in places_of(office, {each.file for each in receipts}) if place not in gained]
    left += [place for place in gained if markup_path_of(office, *place) in outdated]
    before = receipts_of(office, left)
    staying = [each for each in before if (each.file, each.sha256) not in moved]
    after = [*staying, *(each for each in receipts if (each.unit, each.cycle) in left)]
    renewed = renew_corrections(office, left, before, after, readers)
    outdated = tuple(path for path in outdated if path.is_file())
    if ruled:
        office.ledger.override(ruled)
    return IntakeResult(office.ledger.numbered(receipts), markups=markups, solved=outdated, renewed=renewed)
