"""下发, 更正下发 and 撤回 of a month: what is owed is recorded once, and changed by an act alone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.correspondence import HANDED_OVER, WORKBOOK_KINDS, OutgoingMessage
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.issues import IssueDifference, changed, differences, is_unusual
from zwgk_excel.domain.obligations import Obligation, ReportTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.manuals import REPORT, REPORT_FILE, manual_bytes
from zwgk_excel.ledger import IssueKind
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.partial_files import remove_partial

_log = logging.getLogger(__name__)


class TablesChangedError(UserError):
    """The tables have changed since a month was issued; nothing was done."""

    def __init__(self, cycle: Month, found: tuple[IssueDifference, ...]) -> None:
        units = len({each.unit for each in found})
        super().__init__(
            f"{cycle} 已下发，此后责任分工表、单位通讯录或时限有改动，"
            f"涉及 {units} 个单位、{len(found)} 处；没有改动已下发的内容。"
            f"改动从下一个未下发的月份起生效；确需更正 {cycle} 的，请写明理由后更正下发（--amend --reason 理由）；"
            "只按已下发的任务重做报送表的，加 --as-issued。"
        )
        self.differences = found


class NothingToAmendError(UserError):
    """An issued month owes what the tables of today say already."""


class UnusualMonthError(UserError):
    """A month far ahead, or before the first one: asked about before it is issued."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A month taken back."""

    cycle: Month
    removed: int
    """Workbooks removed from 发件箱."""
    kept: tuple[Path, ...]
    """Workbooks left there, because somebody changed them, a program holds them open, or they are not on record."""
    mailed: int
    """Units that have received theirs by mail."""
    later: tuple[Month, ...] = ()
    """Later months whose workbooks list tasks of it as 补报."""


def issue_differences(office: Office, cycle: Month) -> tuple[IssueDifference, ...]:
    """What the tables of today would ask for differently in an issued month; empty for a month not issued."""
    if cycle not in office.issued():
        return ()
    return differences(office.issues.as_listed(cycle), office.issues.by_tables(cycle))


def later_listings(office: Office, cycle: Month, on: date) -> Mapping[Month, tuple[ReportTask, ...]]:
    """Later month that is issued and open → what its workbooks would list on a day."""
    closed = {record.cycle for record in office.ledger.cycles() if record.closed_at}
    later = [each for each in office.issued() if each > cycle and each not in closed]
    return {month: office.listing(month, on) for month in later}


def differing_months(
    before: Mapping[Month, tuple[ReportTask, ...]], after: Mapping[Month, tuple[ReportTask, ...]]
) -> tuple[Month, ...]:
    """The months of two results of :func:`later_listings` whose workbooks would list something else now."""
    return tuple(month for month, listed in before.items() if after.get(month) != listed)


def issue(
    office: Office, cycle: Month, *, on: date, who: str, sure: bool = False, as_issued: bool = False
) -> None:
    """Record what is owed for a cycle by the tables of today, where it is not issued yet.

    Raises UnusualMonthError for a month far ahead or before the first one unless ``sure``, and TablesChangedError where
    the tables no longer agree with what was issued unless ``as_issued``; UserError for that of a month not issued.
    """
    if cycle in office.issued():
        if not as_issued and (found := issue_differences(office, cycle)):
            raise TablesChangedError(cycle, found)
        return
    if as_issued:
        raise UserError(
            f"{cycle} 还没有下发，没有下发时的任务可用来重做；要下发，请不带 --as-issued 运行 zwgk generate {cycle}。"
        )
    if not sure and is_unusual(cycle, office.issued(), Month.of(on)):
        first = min(office.issued(), default=cycle)
        why = f"早于第一个下发的月份 {first}" if cycle < first else f"比本月（{Month.of(on)}）晚超过两个月"
        raise UnusualMonthError(f"{cycle} {why}；请核对月份，确实要下发的请加 --yes。")
    office.ledger.record_issue(office.issues.by_tables(cycle), IssueKind.ISSUED, on, who=who)
    office.issues.reload()


def amend(
    office: Office, cycle: Month, *, on: date, who: str, reason: str, only: Collection[str] | None = None
) -> tuple[IssueDifference, ...]:
    """Record an issued month anew by the tables of today; returns what has changed.

    ``only`` are the keys of the obligations that are changed, whatever else differs; None for all. The record of before
    is kept. Raises UserError without a reason, for a closed month, and one that was not issued;
    NothingToAmendError where nothing has changed.
    """
    _require_reason(reason, "更正下发")
    with office.ledger.exclusive():
        office.issues.reload()
        _require_open(office, cycle, "更正下发")
        found = issue_differences(office, cycle)
        if only is not None:
            found = tuple(each for each in found if each.obligation and each.obligation.key in only)
        if not found:
            raise NothingToAmendError(
                f"{cycle} 下发的内容与现在的责任分工表、单位通讯录一致，不需要更正；"
                f"报送表还是旧的，请运行 zwgk generate {cycle} --as-issued。"
            )
        units = dict.fromkeys(each.unit for each in found)
        amended = {**office.issues.issue(cycle).amended, **dict.fromkeys(units, on)}
        before = office.issues.issue(cycle)
        after = office.issues.by_tables(cycle) if only is None else changed(before, found)
        now = replace(after, amended=amended, entries=before.entries, publish_within=before.publish_within)
        changes = tuple(map(_change, found))
        office.ledger.record_issue(now, IssueKind.AMENDED, on, who=who, reason=reason, units=units, changes=changes)
        office.issues.reload()
    return found


def cancel(office: Office, cycle: Month, *, who: str, reason: str) -> Cancellation:
    """Take back a month that nobody has answered; its workbooks are removed from 发件箱.

    They go before the month does: where the run is killed meanwhile, it can be run again. Raises UserError without a
    reason, for a closed month, one that was not issued, and one with returns.
    """
    _require_reason(reason, "撤回")
    with office.ledger.exclusive():
        office.issues.reload()
        _require_open(office, cycle, "撤回")
        if answered := [each for each in office.ledger.receipt_summaries() if each.cycle == cycle and each.was_read]:
            raise UserError(
                f"{cycle} 已收到 {len(answered)} 份报送件（如“{answered[0].name}”），不能撤回；"
                "内容有误的请更正下发（--amend）。"
            )
        records = office.ledger.workbooks(cycle).values()
        mailed = {each.unit for each in office.ledger.letters(cycle=cycle) if _has_workbook(each)}
        folder = office.workspace.outbox(cycle)
        remove_partial(office, folder)
        today = office.now().date()
        before = later_listings(office, cycle, today)
        removed = sum(_remove(office.workspace.root / each.file, each.sha256) for each in records)
        _remove(folder / REPORT_FILE, hashlib.sha256(manual_bytes(REPORT)).hexdigest())
        office.ledger.cancel_issue(cycle, who=who, reason=reason)
        office.issues.reload()
        _remove_empty(folder)
        later = differing_months(before, later_listings(office, cycle, today))
        return Cancellation(cycle, removed, tuple(sorted(folder.glob("*.xlsx"))), len(mailed), later)


def _change(found: IssueDifference) -> Change:
    subject = found.obligation.key if found.obligation else found.unit
    return Change(subject, _side(found.before), _side(found.after))


def _side(side: Obligation | UnitKind | None) -> str:
    """One side of a difference: the dates of an obligation, or a kind; empty for nothing."""
    if isinstance(side, Obligation):
        return f"{side.due or ''}/{side.final or ''}"
    return side or ""


def _has_workbook(letter: OutgoingMessage) -> bool:
    return letter.kind in WORKBOOK_KINDS and letter.state in HANDED_OVER


def _require_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise UserError(f"{what}要写明理由；请加 --reason 理由。")


def _require_open(office: Office, cycle: Month, what: str) -> None:
    record = next((each for each in office.ledger.cycles() if each.cycle == cycle), None)
    left = list(office.workspace.outbox(cycle).glob("*.xlsx"))
    if record is not None and record.issued_on is None and left:
        raise UserError(f"{cycle} 已撤回，不能{what}；{left[0].parent} 里还有 {len(left)} 份报送表，请删除，勿再发出。")
    if record is None or record.issued_on is None:
        raise UserError(f"{cycle} 还没有下发，不能{what}；下发请运行 zwgk generate {cycle}。")
    if record.closed_at is not None:
        raise UserError(f"{cycle} 已结账，不能{what}；请先用 zwgk reopen {cycle} --reason 理由 撤销结账。")


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        try:
            folder.rmdir()
        except OSError as error:  # held open by a window: an empty folder does no harm
            _log.info("%s: %s", folder, error)


def _remove(path: Path, sha256: str) -> bool:
    """Whether the workbook was removed; one that somebody has changed, or that a program holds open, stays."""
    try:
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            return False
        path.unlink()
    except OSError:
        return False  # what is left is named by the caller
    return True
