"""The data set of many counties: Parquet files by county and cycle, codes in English as ``status --json`` has them.

obligations/county=…/cycle=2026-11/part-0.parquet    and in the same way items, problems, receipts
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Item, Receipt
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.tracking.statuses import Statuses

if TYPE_CHECKING:
    import pyarrow as pa

DATA_SET_MARKER = "_zwgk.json"
"""The file that tells a data set of ours; readers of Parquet pass over names with an underscore."""
_NEW, _OLD = ".zwgk-new-", ".zwgk-old-"
RowValues = dict[str, Any]

_TEXT, _DAY, _TIME, _NUMBER, _FLAG = "string", "date32", "timestamp", "int64", "bool"
_KEYS = {"county": _TEXT, "cycle": _TEXT}
_OBLIGATIONS = {
    **dict.fromkeys(("key", "unit", "duty", "column", "cadence", "reference"), _TEXT),
    **dict.fromkeys(("due", "final"), _DAY),
    "mandatory": _FLAG,
    "outcome": _TEXT,
    "timeliness": _TEXT,
    "received_at": _TIME,
    **dict.fromkeys(("days_late", "days_left", "items", "problems"), _NUMBER),
    "extended_to": _DAY,
    "waived": _FLAG,
    "opinion": _TEXT,
    "closed": _FLAG,
    "correction": _TEXT,
}
_KINDS = {"str": _TEXT, "date | None": _DAY, "int": _NUMBER, "bool": _FLAG, "frozenset[str]": _TEXT}
_ITEMS = {"unit": _TEXT, "file": _TEXT, **{each.name: _KINDS[str(each.type)] for each in fields(Item)}}
_PROBLEMS = dict.fromkeys(
    ("unit", "code", "severity", "file", "sheet", "cell", "found", "expected", "action", "obligation"), _TEXT
)
_RECEIPTS = {
    **dict.fromkeys(("file", "sha256", "unit", "verdict"), _TEXT),
    "received_at": _TIME,
    "estimated": _FLAG,
    **dict.fromkeys(("items", "problems"), _NUMBER),
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "obligations": _KEYS | _OBLIGATIONS,
    "items": _KEYS | _ITEMS,
    "problems": _KEYS | _PROBLEMS,
    "receipts": _KEYS | _RECEIPTS,
}
"""Table → column → type."""

ArrowTables = Mapping[str, "pa.Table"]


def tables_of(county: str, found: Statuses) -> ArrowTables:
    """One county's rows as Arrow tables; raises ModuleNotFoundError without pyarrow."""
    by_name = {receipt.name: receipt for receipt in found.receipts}
    rows: Mapping[str, Iterable[RowValues]] = {
        "obligations": map(_obligation, found.rows),
        "items": (_item(item, each) for each in found.contents if each.content for item in each.content.items),
        "problems": (_problem(each, by_name.get(each.place.file)) for each in found.problems),
        "receipts": map(_receipt, found.receipts),
    }
    return {name: _table(name, county, given) for name, given in rows.items()}


class DataSet:
    """The data set while it is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in COLUMNS:
            (folder / name).mkdir()

    def add(self, tables: ArrowTables) -> None:
        """Write the tables of a county that has none here yet."""
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
    """A data set that takes the place of the one in ``folder`` when the block ends; ``about`` is kept with it.

    Raises UserError where ``folder`` holds something else. What a killed run left is removed.
    """
    if folder.exists() and not (folder / DATA_SET_MARKER).is_file() and any(folder.iterdir()):
        raise UserError(f"“{folder}”里有别的文件；汇总只替换自己写的数据集，请另选 --to 的文件夹。")
    folder.parent.mkdir(parents=True, exist_ok=True)
    _recover(folder)
    new = Path(tempfile.mkdtemp(prefix=_NEW, dir=folder.parent))
    try:
        yield DataSet(new)
        (new / DATA_SET_MARKER).write_text(
            json.dumps(about, ensure_ascii=False, indent=2, default=str), encoding="utf-8"
        )
        new.chmod(0o755)
        _replace_folder(new, folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _recover(folder: Path) -> None:
    """Bring back a data set that a run had moved aside when it was killed, and remove what it left."""
    for old in folder.parent.glob(f"{_OLD}*"):
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.replace(folder)
    for left in folder.parent.glob(f"{_NEW}*"):
        shutil.rmtree(left)


def _replace_folder(new: Path, folder: Path) -> None:
    aside = folder.parent / f"{_OLD}{os.getpid()}"
    if folder.exists():
        folder.replace(aside)
    new.replace(folder)
    if aside.exists():
        shutil.rmtree(aside)


def _table(name: str, county: str, rows: Iterable[RowValues]) -> pa.Table:
    import pyarrow as pa

    types = {_TEXT: pa.string(), _DAY: pa.date32(), _TIME: pa.timestamp("s"), _NUMBER: pa.int64(), _FLAG: pa.bool_()}
    columns = COLUMNS[name]
    schema = pa.schema([(column, types[kind]) for column, kind in columns.items()])
    listed = [row | {"county": county} for row in rows]
    return pa.Table.from_pydict({column: [_value(row[column]) for row in listed] for column in columns}, schema=schema)


def _value(value: Any) -> Any:
    """A value that Arrow takes: text without the undecodable bytes that a file's name may have."""
    return str(value).encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _obligation(row: TrackerRow) -> RowValues:
    status, obligation = row.status, row.status.obligation
    return {
        "cycle": str(obligation.cycle),
        "key": obligation.key,
        "unit": obligation.unit,
        "duty": obligation.duty.id,
        "column": obligation.duty.column,
        "cadence": obligation.duty.cadence,
        "reference": obligation.reference,
        "due": obligation.due,
        "final": obligation.final,
        "mandatory": obligation.mandatory,
        "outcome": status.outcome,
        "timeliness": status.timeliness,
        "received_at": status.received_at,
        "days_late": status.days_late,
        "days_left": status.days_left,
        "items": status.items,
        "problems": status.problems,
        "extended_to": status.decisions.extended_to,
        "waived": status.decisions.waived,
        "opinion": status.decisions.opinion,
        "closed": row.closed,
        "correction": row.correction,
    }


def _item(item: Item, receipt: Receipt) -> RowValues:
    typed = {each.name: getattr(item, each.name) for each in fields(Item)}
    unread = ",".join(sorted(item.unread))
    return {**typed, "unread": unread, "unit": receipt.unit, "file": receipt.file, "cycle": _cycle(receipt)}


def _problem(each: Problem, receipt: Receipt | None) -> RowValues:
    unit, cycle = (receipt.unit, _cycle(receipt)) if receipt else ("", None)
    return {**each.as_dict(), "unit": unit, "cycle": cycle}


def _receipt(receipt: Receipt) -> RowValues:
    return {
        "cycle": _cycle(receipt),
        "file": receipt.file,
        "sha256": receipt.sha256,
        "unit": receipt.unit,
        "verdict": receipt.verdict,
        "received_at": receipt.received_at,
        "estimated": receipt.estimated,
        "items": receipt.items,
        "problems": sum(each.counts for each in receipt.problems),
    }


def _cycle(receipt: Receipt) -> str | None:
    return str(receipt.cycle) if receipt.cycle else None
