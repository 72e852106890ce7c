"""``zwgk bulletin``: the bulletin (通报) of a month, a quarter or a year as a Word document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zwgk_excel.domain.counts import Incomplete
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.resources import folder
from zwgk_excel.ledger import CycleRecord
from zwgk_excel.workbooks.bulletin.content import Bulletin
from zwgk_excel.workbooks.bulletin.document import values_of
from zwgk_excel.workbooks.bulletin.words import format_period, settings
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.left_open import as_left_by
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.replaceable_files import write, write_unless_edited
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses
from zwgk_excel.workflow.workers import ReaderPool

_SHIPPED = "bulletin.docx"
SECONDS = 60.0
"""What a template may take; the shipped one takes 2 for a year of a county, on a slow computer 10."""


@dataclass(frozen=True, slots=True)
class Published:
    """The result of ``publish``."""

    bulletin: Bulletin
    path: Path
    written: bool
    """False when the very same bulletin was there already."""
    kept: tuple[Path, ...]
    """Earlier bulletins of the period that were edited since and not changed."""


def publish(office: Office, period: Period, *, as_of: date) -> Published:
    """Write the bulletin of ``period`` into 通报/, from the office's template or the shipped one.

    Closed months have the figures and the day of their closing. A bulletin that was edited by hand is never
    overwritten: the new one gets a number. Raises UserError when no month of the period was issued, for an unusable
    template, for a day to come, and for a file that cannot be written.
    """
    office.refuse_ahead(as_of, "出通报")
    with office.ledger.exclusive():
        bulletin = bulletin_of(office, period, as_of=as_of)
        name, template = template_of(office)
        with ReaderPool(1, SECONDS) as workers:
            data = workers.filled_in(template, name, values_of(bulletin))
        if isinstance(data, Problem):
            raise UserError(str(data))
        file_name = settings()["file_name"].format(period=format_period(period))
        return Published(bulletin, *write_unless_edited(office.workspace.bulletins(period) / file_name, data))


def bulletin_of(office: Office, period: Period, *, as_of: date) -> Bulletin:
    """The content of the bulletin of ``period`` as of a day; raises UserError when no month of it was issued."""
    records = _issued(office, period)
    issued = [record.cycle for record in records]
    closings = [record.closed_as_of for record in records if record.closed_as_of]
    closed = len(closings) == len(records) and records[-1].cycle == period.last
    on = max(closings) if closed else as_of
    everything = office_statuses(office, on)
    if closed:
        everything = replace(everything, rows=as_left_by(office, everything.rows, period.last))
    rows = _issued_rows(office, everything, period)
    unfinished = Incomplete.of(
        period, issued, [each.cycle for each in records if each.closed_at], on, [row.status for row in rows]
    )
    return Bulletin(
        period=period,
        closed=closed,
        view=_view(office, everything, rows, period, issued),
        recent=rows,
        problems=tuple(_problems(everything, period)),
        assessment=assess(office, period, on, everything),
        incomplete=unfinished,
    )


def _issued(office: Office, period: Period) -> list[CycleRecord]:
    records = [each for each in office.ledger.cycles() if each.issued_on and is_within(each.cycle, period)]
    if not records:
        raise UserError(f"{format_period(period)}还没有生成过报送表，没有可通报的数字；请先运行 zwgk generate。")
    return sorted(records, key=lambda record: record.cycle)


def _issued_rows(office: Office, everything: Statuses, period: Period) -> tuple[TrackerRow, ...]:
    """The rows of issued months until the period's last: what a workbook listed early, of a month that was never
    issued, is in no figure, as the bulletin says."""
    issued = office.issued()
    months = ((row, row.status.obligation.cycle) for row in everything.rows)
    return tuple(row for row, month in months if month in issued and month <= period.last)


def is_within(month: Month, period: Period) -> bool:
    """Whether a month lies in a period."""
    return period.first <= month <= period.last


def _view(
    office: Office, everything: Statuses, rows: Iterable[TrackerRow], period: Period, months: Sequence[Month]
) -> TrackerView:
    settings_ = office.workspace.settings
    return TrackerView(
        office=settings_.office.name,
        as_of=everything.as_of,
        live=False,
        due_soon_days=settings_.policy.due_soon_days,
        rows=tuple(row for row in rows if is_within(row.status.obligation.cycle, period)),
        units=office.issues.units(months),
        contents=everything.contents,
        item_count=everything.contents.items,
        problems=everything.problems,
        receipts=everything.receipts,
        site_faults=tuple(
            each
            for each in fault_states(office, everything.as_of, everything.contents)
            if is_within(each.case.cycle, period)
        ),
    )


def _problems(everything: Statuses, period: Period) -> Iterable[tuple[str, Problem]]:
    """(Unit, problem) of the errors and warnings in the period's returns, without files of unknown units."""
    units = {each.name: each.unit for each in everything.receipts if each.cycle and is_within(each.cycle, period)}
    for each in everything.problems:
        if each.counts and units.get(each.place.file):
            yield units[each.place.file], each


# --- template and files ------------------------------------------------------------------------


def template_of(office: Office) -> tuple[str, bytes]:
    """(Name, content) of the template: the office's own in 模板/, else the shipped one."""
    own = office.workspace.templates / settings()["template_name"]
    if not own.exists():
        return _SHIPPED, shipped_template()
    try:
        return own.name, own.read_bytes()
    except OSError as error:
        raise UserError(f"模板“{own}”不能读取：{reason_of(error)}；请关闭打开它的程序后再试。") from None


def shipped_template() -> bytes:
    """``workbook_templates/bulletin.docx``."""
    return (folder("workbook_templates") / _SHIPPED).read_bytes()


def export_template(office: Office) -> tuple[Path, bool]:
    """Copy the shipped template into the workspace for the office to edit; an existing copy is not changed.

    Returns (path, whether it is new). Raises UserError where it cannot be written.
    """
    path = office.workspace.templates / settings()["template_name"]
    return path, not path.exists() and write(path, shipped_template())
