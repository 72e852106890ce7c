"""What leaves the office: bulletin, sheets of units, data, a rollup of counties."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import AnyPath, Day, Names, Paths, day_in, silent
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow.arguments import Months, day_of, names_of, period_of

if TYPE_CHECKING:
    from zwgk_excel.workflow.analysis.exported import Export
    from zwgk_excel.workflow.bulletins.bulletin import Published
    from zwgk_excel.workflow.bulletins.unit_sheets import UnitSheets
    from zwgk_excel.workflow.counties.rolling_up import Rollup
    from zwgk_excel.workflow.office.context import Office, Progress


def bulletin(office: Office, period: str | Month | Period, *, as_of: Day | None = None) -> Published:
    """Write the bulletin of a month, a quarter or a year into the folder 通报."""
    from zwgk_excel.workflow.bulletins.bulletin import publish as run

    return run(office, period_of(period), as_of=day_in(office, as_of))


def unit_sheets(
    office: Office,
    year: str | Period,
    *,
    units: Names = (),
    as_of: Day | None = None,
    progress: Progress = silent,
) -> UnitSheets:
    """Write the yearly sheet of each unit into the folder 通报, also as PDF where LibreOffice is installed."""
    from zwgk_excel.workflow.bulletins.unit_sheets import write_unit_sheets as run

    return run(office, period_of(year), units=names_of(units), as_of=day_in(office, as_of), progress=progress)


def export(
    office: Office,
    months: Months,
    to: AnyPath,
    *,
    as_of: Day | None = None,
    progress: Progress = silent,
) -> Export:
    """Write the tables of a range of months as a workbook, or as a folder of CSV or Parquet files."""
    from zwgk_excel.workflow.analysis.export import export as run

    return run(office, months, Path(to), as_of=as_of, progress=progress)


def rollup(places: Paths, to: AnyPath, *, as_of: Day | None = None, progress: Progress = silent) -> Rollup:
    """Collect many workspaces (folders or ledger URLs, opened read-only) in one workbook and one data set."""
    from zwgk_excel.workflow.counties.county import sources_of
    from zwgk_excel.workflow.counties.rolling_up import rollup as run

    given = [places] if isinstance(places, str | Path) else places
    return run(sources_of([str(each) for each in given]), Path(to), as_of=day_of(as_of), progress=progress)
