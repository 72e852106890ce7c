"""Records of months issued by a version that kept none: from the workbooks that went out, else from today's tables.

Runs once, when such a workspace is first opened. A month that was closed takes its obligations from its closing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from zwgk_excel.domain.deadlines import window
from zwgk_excel.domain.duties import Cadence, Duty
from zwgk_excel.domain.issues import Issue, issued_duty
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period, PeriodLength
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.ledger import IssueKind
from zwgk_excel.ledger.snapshots import from_payload
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.report.content import BACKLOG

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.context import Office

_log = logging.getLogger(__name__)
_CADENCES = {
    PeriodLength.MONTH: Cadence.MONTHLY,
    PeriodLength.QUARTER: Cadence.QUARTERLY,
    PeriodLength.YEAR: Cadence.YEARLY,
}
_NOBODY = "系统"


def recover_issues(office: Office) -> None:
    """Record every issued month that has no record; logs one Chinese sentence for each on what it was taken from."""
    recorded = office.ledger.issued_months()
    open_months = {each.cycle: each for each in office.ledger.cycles() if each.issued_on}
    for cycle in sorted(open_months.keys() - recorded):
        with office.ledger.exclusive():
            office.issues.reload()
            if cycle in office.ledger.issued_months():  # another process was faster
                continue
            issue, source = _recovered(office, cycle)
            on = open_months[cycle].issued_on
            assert on is not None
            office.ledger.record_issue(issue, IssueKind.RECOVERED, on, who=_NOBODY, reason=source)
            _log.warning("%s 的报送任务已固定下来，%s；此后修改责任分工表、单位通讯录不再影响这个月。", cycle, source)
    office.issues.reload()


def _recovered(office: Office, cycle: Month) -> tuple[Issue, str]:
    by_tables = office.issues.by_tables(cycle)
    records = office.ledger.workbooks(cycle)
    sent = {unit: rows for unit, record in records.items() if (rows := _sent_tasks(office, record.file, record.sha256))}
    owing = {by_tables.successor(each.unit) for each in by_tables.obligations}
    found = [each for each in by_tables.obligations if _unsent(by_tables.successor(each.unit), records, sent)]
    for unit, rows in sent.items():
        found += _as_sent(office, by_tables, unit, rows)
    obligations = _as_closed(office, cycle, found)
    read, unread = len(sent), len((owing & records.keys()) - sent.keys())
    source = f"据已发出的 {read} 份报送表" if read else "据现在的责任分工表和单位通讯录"
    if read and unread:
        source += f"（{unread} 个单位的报送表不在发件箱或已被改动，据现在的责任分工表）"
    return replace(by_tables, obligations=tuple(obligations)), source


def _unsent(unit: str, records: Mapping[str, object], sent: Mapping[str, object]) -> bool:
    """Whether a unit's tasks must come from the tables: its workbook cannot be read, or nobody's was noted."""
    return unit not in sent and (unit in records or not records)


@dataclass(frozen=True, slots=True)
class _SentTask:
    """A row of 任务清单 as it went out."""

    id: str
    category: str
    column: str
    content: str
    requirement: str
    reference: str
    due: str


def _sent_tasks(office: Office, file: str, sha256: str) -> tuple[_SentTask, ...]:
    """The tasks of a workbook in 发件箱; empty where it is missing or is not the one that was generated."""
    path = office.workspace.root / file
    try:
        data = path.read_bytes()
    except OSError as error:
        _log.info("%s: %s", file, error)
        return ()
    return tuple(_rows(data)) if hashlib.sha256(data).hexdigest() == sha256 else ()


def _rows(data: bytes) -> Iterator[_SentTask]:
    from openpyxl import load_workbook

    sheet = layout("report")["tasks"]
    page = load_workbook(BytesIO(data), read_only=True, data_only=True)[sheet.name]
    (headings,) = page.iter_rows(HEADER_ROW, HEADER_ROW, values_only=True)
    columns = (sheet.find(str(heading).rstrip("*")) for heading in headings)
    places = {column.key: place for place, column in enumerate(columns) if column}
    for row in page.iter_rows(FIRST_ROW, values_only=True):
        values = {each.name: row[places[each.name]] for each in fields(_SentTask)}
        if values["id"] and values["reference"]:
            yield _SentTask(**{name: "" if value is None else str(value) for name, value in values.items()})


def _as_sent(office: Office, by_tables: Issue, unit: str, rows: tuple[_SentTask, ...]) -> Iterator[Obligation]:
    """The obligations of one workbook's own tasks; those carried over belong to older months."""
    planned = {
        (each.duty.id, each.reference): each
        for each in by_tables.obligations
        if by_tables.successor(each.unit) == unit
    }
    duties = {duty.id: duty for duty in office.duties}
    for row in rows:
        due = _day(row.due)
        if row.due.startswith(BACKLOG):
            continue
        known = planned.get((row.id, row.reference)) or _by_policy(office, unit, row, duties.get(row.id))
        duty = replace(
            issued_duty(known.duty), column=row.column, content=row.content, requirement=row.requirement
        )
        # The workbook does not say the final date: as far after the due one as it is now.
        grace = known.final - known.due if known.final and known.due else timedelta()
        yield replace(known, duty=duty, due=due, final=due + grace if due else None)


def _by_policy(office: Office, unit: str, row: _SentTask, duty: Duty | None) -> Obligation:
    """A task that the tables no longer ask of the unit, with the dates of its cadence."""
    reference, _, subject = row.reference.partition(" ")
    period = Period.parse(reference)
    cadence = duty.cadence if duty else _CADENCES[period.span] if _day(row.due) else Cadence.ON_DEMAND
    policy = office.workspace.settings.policy
    dates = window(period, policy.deadlines[cadence], policy.shift, office.workdays)
    known = duty or Duty(row.id, row.column, row.category, row.content, row.requirement, cadence)
    mandatory = row.due != word("mandatory", "no")
    return Obligation(issued_duty(known), unit, period, dates.opens, dates.due, dates.final, mandatory, subject)


def _as_closed(office: Office, cycle: Month, found: list[Obligation]) -> list[Obligation]:
    """The same with the obligations of a closed month's own as they were at its closing."""
    closed = [from_payload(each).obligation for each in office.ledger.snapshot(cycle).values()]
    texts = {each.duty.id: each.duty for each in found}
    own = [replace(each, duty=_with_texts(each.duty, texts.get(each.duty.id))) for each in closed]
    return own + [each for each in found if not closed or each.cycle != cycle]


def _with_texts(closed: Duty, known: Duty | None) -> Duty:
    """The duty of a closing, which kept no texts, with those of the workbooks."""
    if known is None:
        return closed
    kept = replace(closed, companions=known.companions, nil=known.nil, unfit_types=known.unfit_types)
    return replace(kept, content=known.content, requirement=known.requirement)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
