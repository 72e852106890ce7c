"""``zwgk bulletin YEAR --units``: a yearly sheet for each unit, as a workbook and, with LibreOffice, as PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from zwgk_excel.domain.file_names import UNIT_BYTES, safe_part
from zwgk_excel.domain.periods import Period, PeriodLength
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.bulletin.content import Bulletin, incomplete_words
from zwgk_excel.workbooks.bulletin.pdf import PdfError, find_soffice, to_pdf
from zwgk_excel.workbooks.bulletin.unit_sheet import UnitYear, unit_sheet
from zwgk_excel.workbooks.bulletin.words import format_day, format_period
from zwgk_excel.workbooks.tracker.rows.figures import rows_by_unit
from zwgk_excel.workflow.bulletins.bulletin import bulletin_of
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.office.replaceable_files import write, write_unless_edited

_BATCH = 20
"""Files that one run of LibreOffice converts."""


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """One written sheet."""

    unit: str
    path: Path
    written: bool
    pdf: Path | None = None
    """None where LibreOffice is missing or failed."""


@dataclass(frozen=True, slots=True)
class UnitSheets:
    """The result of ``write_unit_sheets``."""

    sheets: tuple[UnitSheet, ...]
    kept: tuple[Path, ...]
    """Earlier sheets that were edited since and not changed."""
    no_pdf: str = ""
    """Why there are no PDF files, as a Chinese sentence; empty where there are."""
    pdf_failed: bool = False
    """LibreOffice is there, and yet some PDF did not come out."""


def write_unit_sheets(
    office: Office, period: Period, *, units: Sequence[str] = (), as_of: date, progress: Progress = no_progress
) -> UnitSheets:
    """Write the sheets of a year into 通报/, for the given units or all units with obligations in it.

    Edited files are never overwritten. A PDF is made anew when its sheet has changed. Raises UserError for a period
    that is no year, a day to come, a year without an issued month, and an unknown unit or one without tasks.
    """
    office.refuse_ahead(as_of, "出单位年度情况")
    if period.span is not PeriodLength.YEAR:
        raise UserError(f"单位年度情况按年生成；请写成 zwgk bulletin {period.first.year} --units。")
    with office.ledger.exclusive():
        found = bulletin_of(office, period, as_of=as_of)
        years = _wanted(office, found, units)
        folder = office.workspace.bulletins(period) / layout("unit_sheet").settings["folder"]
        sheets, kept = _write_all(folder, years, progress)
        return _with_pdf(sheets, kept, progress)


def _wanted(office: Office, found: Bulletin, units: Sequence[str]) -> list[UnitYear]:
    rows = {unit: each for unit, each in rows_by_unit(found.view).items() if each}
    names = list(dict.fromkeys(find_unit(office, unit) for unit in units)) or list(rows)
    for name in names:
        if name not in rows:
            raise UserError(f"“{name}”在{format_period(found.period)}没有报送任务；请核对单位名称。")
    return [
        UnitYear(
            office=found.view.office,
            unit=name,
            period=found.period,
            as_of=format_day(found.view.as_of),
            closed=found.closed,
            incomplete=incomplete_words(found),
            rows=tuple(rows[name]),
            problems=tuple(problem for unit, problem in found.problems if unit == name),
            assessment=found.assessment,
        )
        for name in names
    ]


def _write_all(folder: Path, years: Sequence[UnitYear], progress: Progress) -> tuple[list[UnitSheet], list[Path]]:
    sheets: list[UnitSheet] = []
    kept: list[Path] = []
    taken: dict[str, int] = {}
    for count, year in enumerate(years):
        progress(count, len(years), year.unit)
        name = _file_name(year)
        taken[name.casefold()] = number = taken.get(name.casefold(), 0) + 1
        # Two units whose names differ only in what no file name may hold: 甲/乙科 and 甲_乙科.
        place = folder if number == 1 else folder / str(number)
        path, written, left = write_unless_edited(place / name, unit_sheet(year))
        sheets.append(UnitSheet(year.unit, path, written))
        kept += left
    return sheets, kept


def _file_name(year: UnitYear) -> str:
    unit = safe_part(year.unit, UNIT_BYTES)
    return layout("unit_sheet").file_name.format(unit=unit, period=format_period(year.period))


def _with_pdf(sheets: Sequence[UnitSheet], kept: Sequence[Path], progress: Progress) -> UnitSheets:
    soffice = find_soffice()
    if soffice is None:
        return UnitSheets(tuple(sheets), tuple(kept), "这台电脑没有安装 LibreOffice")
    stale = [each.path for each in sheets if each.written or not each.path.with_suffix(".pdf").is_file()]
    failed = ""
    try:
        _convert_to_pdf(soffice, stale, progress)
    except PdfError as error:
        failed = str(error)
    done = [_pdf_of(each) for each in sheets]
    return UnitSheets(tuple(done), tuple(kept), failed, bool(failed))


def _pdf_of(sheet: UnitSheet) -> UnitSheet:
    pdf = sheet.path.with_suffix(".pdf")
    return UnitSheet(sheet.unit, sheet.path, sheet.written, pdf if pdf.is_file() else None)


def _convert_to_pdf(soffice: str, paths: Sequence[Path], progress: Progress) -> None:
    done = 0
    # A PDF that shows older figures than its sheet must not outlive a conversion that fails.
    for path in paths:
        path.with_suffix(".pdf").unlink(missing_ok=True)
    for batch in _batches(paths):
        progress(done, len(paths), "PDF")
        made = to_pdf(soffice, {str(path): path.read_bytes() for path in batch})
        for path in batch:
            write(path.with_suffix(".pdf"), made[str(path)])
        done += len(batch)


def _batches(paths: Sequence[Path]) -> Iterator[list[Path]]:
    rest = iter(paths)
    while batch := list(islice(rest, _BATCH)):
        yield batch
