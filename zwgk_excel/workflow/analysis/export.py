"""``zwgk export``: the tables of a range of months as one workbook, or as a folder of CSV or Parquet files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.rollup.export_workbook import is_own_export
from zwgk_excel.workbooks.writing.files import atomic_replacement
from zwgk_excel.workbooks.writing.style import CELL_LIMIT
from zwgk_excel.workflow.analysis.book import Steps, write_book
from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.analysis.exported import Export, ExportedTable
from zwgk_excel.workflow.analysis.frames import table_frame
from zwgk_excel.workflow.analysis.gathering import Gathering, gather
from zwgk_excel.workflow.analysis.own_folder import own_folder
from zwgk_excel.workflow.analysis.text_files import write_csv
from zwgk_excel.workflow.arguments import Months
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.context import Office, Progress, no_progress
from zwgk_excel.workflow.office.replaceable_files import require_own_file, require_replaceable

_BOOK, _WHOLE = ".xlsx", ".parquet"
"""The workbook, and the format whose texts are never cut."""


def export(
    office: Office, months: Months, to: Path, *, as_of: date | str | None = None, progress: Progress = no_progress
) -> Export:
    """Write the tables of a range of months to ``to``, all or nothing, as of a day (today where None).

    ``数据.xlsx`` is one workbook with a sheet for each table and the pivots; ``数据.csv`` and ``数据.parquet`` mean the
    folder ``数据`` with a file for each table. Raises UserError for another suffix; for a target that belongs to the
    workspace, is or holds a file that is not ours, is open or was edited; without pyarrow (Parquet); when no month of
    the range was issued; and when nothing can be written there. InvalidValueError for an unreadable range or day.
    """
    suffix = _suffix_of(to)
    target = to if suffix == _BOOK else to.with_suffix("")
    require_replaceable(target, office.workspace)
    if suffix == _BOOK:
        require_own_file(target, is_own_export)
    found = gather(office, months, as_of)
    steps = _steps(progress)
    tables = {name: table_frame(name, found.rows(name)) for name in steps(TABLES)}
    try:
        _write(target, suffix, found, tables, steps)
    except OSError as error:
        raise UserError(f"无法写入“{target}”：{reason_of(error)}；如已在 Excel 中打开，请先关闭。") from None
    written = tuple(
        ExportedTable(name, target if suffix == _BOOK else target / f"{name}{suffix}", len(table))
        for name, table in tables.items()
    )
    return Export(found.months, found.as_of, target, written, 0 if suffix == _WHOLE else _too_long(tables))


def _suffix_of(to: Path) -> str:
    suffix = to.suffix.lower()
    if suffix not in {_BOOK, *_WRITERS}:
        if to.is_dir():
            raise UserError(f"“{to}”是一个文件夹；请写其中的文件名，如 {(to / '数据.xlsx').as_posix()}。")
        raise UserError(f"“{to.name}”要以 .xlsx、.csv 或 .parquet 结尾；请写成 数据.xlsx 的形式。")
    if suffix == _WHOLE:
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:  # not there, or not made for this numpy
            told = '导出 .parquet 还需要 pyarrow；请运行 pip install "zwgk-excel[rollup]"，或改为 .xlsx、.csv。'
            raise UserError(told) from None
    return suffix


def _steps(progress: Progress) -> Steps:
    """The progress callback called twice per table: after collecting and after writing."""
    count, total = itertools.count(), 2 * len(TABLES)

    def steps(names: Iterable[str]) -> Iterator[str]:
        for name in names:
            progress(next(count), total, layout("export")[name].name)
            yield name

    return steps


def _write(
    target: Path, suffix: str, found: Gathering, tables: Mapping[str, pd.DataFrame], steps: Steps
) -> None:
    if suffix == _BOOK:
        with atomic_replacement(target) as temporary:
            write_book(temporary, found, tables, steps)
            require_own_file(target, is_own_export)  # somebody may have opened or edited it in the meantime
        return
    about = {"months": found.months, "as_of": found.as_of}
    with own_folder(target, about, "导出", f"-{target.name}") as new:
        for name in steps(tables):
            _WRITERS[suffix](tables[name], name, new / f"{name}{suffix}")


def _write_parquet(table: pd.DataFrame, name: str, path: Path) -> None:
    table.to_parquet(path, engine="pyarrow", index=False)


_WRITERS: Mapping[str, Callable[[pd.DataFrame, str, Path], None]] = {".csv": write_csv, _WHOLE: _write_parquet}


def _too_long(tables: Mapping[str, pd.DataFrame]) -> int:
    texts = (table[column] for table in tables.values() for column in table.select_dtypes("string"))
    return sum(int((column.str.len() > CELL_LIMIT).sum()) for column in texts)
