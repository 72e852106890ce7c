"""The data set of many counties: Parquet files by county and cycle, codes in English as in ``status --json``.

    obligations/county=…/cycle=2026-11/part-0.parquet    likewise items, problems, receipts
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zwgk_excel.workflow.analysis.columns import MONTH, TABLES, TEXT, Columns, Kind
from zwgk_excel.workflow.analysis.own_folder import own_folder
from zwgk_excel.workflow.analysis.rows import Row, item_row, obligation_row, problem_row, receipt_row, storable
from zwgk_excel.workflow.tracking.statuses import Statuses

if TYPE_CHECKING:
    import pyarrow as pa

_KEYS: Columns = {"county": TEXT, "cycle": MONTH}
_TABLES = ("obligations", "items", "problems", "receipts")
COLUMNS: Mapping[str, Columns] = {name: {**_KEYS, **TABLES[name]} for name in _TABLES}
"""Table → column → what it holds."""

ArrowTables = Mapping[str, "pa.Table"]


def tables_of(county: str, found: Statuses) -> ArrowTables:
    """One county's rows as Arrow tables; raises ModuleNotFoundError without pyarrow."""
    by_name = {receipt.name: receipt for receipt in found.receipts}
    rows: Mapping[str, Iterable[Row]] = {
        "obligations": map(obligation_row, found.rows),
        "items": (item_row(item, each) for each in found.contents if each.content for item in each.content.items),
        "problems": (problem_row(each, by_name.get(each.place.file)) for each in found.problems),
        "receipts": map(receipt_row, found.receipts),
    }
    return {name: _table(name, county, given) for name, given in rows.items()}


class DataSet:
    """Writes the data set."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in COLUMNS:
            (folder / name).mkdir()

    def add(self, tables: ArrowTables) -> None:
        """Write the tables of a county that is not in the data set yet."""
        import pyarrow as pa
        import pyarrow.dataset as ds

        keys = ds.partitioning(pa.schema([(name, pa.string()) for name in _KEYS]), flavor="hive")
        for name, table in tables.items():
            ds.write_dataset(
                table,
                self._folder / name,
                format="parquet",
                partitioning=keys,
                existing_data_behavior="overwrite_or_ignore",
            )


@contextmanager
def new_data_set(folder: Path, about: Mapping[str, Any]) -> Iterator[DataSet]:
    """A data set that replaces the one in ``folder`` when the block ends; ``about`` is stored in it.

    Raises UserError where ``folder`` holds other files. Leftovers of a killed run are removed.
    """
    with own_folder(folder, about, "汇总") as new:  # no tag: the caller is alone in the folder's parent
        yield DataSet(new)


def _table(name: str, county: str, rows: Iterable[Row]) -> pa.Table:
    import pyarrow as pa

    types = {
        Kind.TEXT: pa.string(),
        Kind.MONTH: pa.string(),
        Kind.DAY: pa.date32(),
        Kind.TIME: pa.timestamp("s"),
        Kind.COUNT: pa.int64(),
        Kind.NUMBER: pa.int64(),
        Kind.FLAG: pa.bool_(),
    }
    columns = COLUMNS[name]
    schema = pa.schema([(column, types[each.kind]) for column, each in columns.items()])
    listed = [row | {"county": county} for row in rows]
    return pa.Table.from_pydict(
        {column: [storable(row[column]) for row in listed] for column in columns}, schema=schema
    )
