"""The workloads, each run in a process of its own: ``python -m benchmarks.work NAME ARGUMENTS``.

The last line printed is JSON with the seconds of the work and what it came to. Worker processes import this module
too, as they do the command's: what a workload alone needs is imported in it.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import layout

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.context import Office

NOW = datetime(2026, 1, 3, 9)
"""After the last month of a made-up county."""
SHEETS = tuple(layout("report")[key].name for key in ("tasks", "items"))
_CHUNK = 20


def files(root: Path, count: int = 0) -> list[Path]:
    """The returned workbooks of a county, or the first ``count``."""
    found = sorted((root / "收件箱").rglob("*.xlsx"))
    return found[:count] if count else found


def office(root: Path) -> Any:
    """The county's office after the last month."""
    from zwgk_excel.workflow.office.context import open_office

    return open_office(root, now=lambda: NOW)


def fresh(root: Path) -> None:
    """Put the county back to where nothing had come in yet."""
    shutil.copyfile(root / "zwgk.db.new", root / "zwgk.db")
    (root / "总台账.xlsx").unlink(missing_ok=True)


def timed(work: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    """The seconds a piece of work takes, with what it says of itself."""
    started = time.perf_counter()
    facts = work() or {}
    return {"seconds": time.perf_counter() - started, **facts}


# --- reading -----------------------------------------------------------------------------------


def cold(root: str) -> dict[str, Any]:
    """Take in everything that lies in 收件箱 and track it; the tracker itself is not written."""
    from zwgk_excel.workflow.intake.receiving import import_new
    from zwgk_excel.workflow.tracking.statuses import office_statuses

    fresh(Path(root))

    def work() -> dict[str, Any]:
        with office(Path(root)) as desk, desk.ledger.exclusive():
            taken = import_new(desk)
            rows = office_statuses(desk, NOW.date()).rows
        done = sum(row.status.received_at is not None for row in rows)
        return {"files": len(taken), "items": sum(each.items for each in taken), "obligations": len(rows), "done": done}

    return timed(work)


def curve(root: str) -> dict[str, Any]:
    """The same as :func:`cold`, noting files, seconds and MB of this process as it goes."""
    from benchmarks.measure import resident
    from zwgk_excel.workflow.intake.receiving import import_new
    from zwgk_excel.workflow.tracking.statuses import office_statuses

    fresh(Path(root))
    started = time.perf_counter()
    points: list[tuple[int, float, float]] = []

    def progress(done: int, total: int, name: str) -> None:
        if done % 200 == 0 or done == total:
            points.append((done, round(time.perf_counter() - started, 2), round(resident(os.getpid()) / 1024)))

    def work() -> dict[str, Any]:
        with office(Path(root)) as desk, desk.ledger.exclusive():
            taken = import_new(desk, progress=progress)
            rows = office_statuses(desk, NOW.date()).rows
        progress(len(taken), len(taken), "")
        return {"files": len(taken), "items": sum(each.items for each in taken), "obligations": len(rows)}

    return timed(work) | {"points": points}


def whole(root: str) -> dict[str, Any]:
    """``zwgk consolidate``, tracker and all, on whatever is new."""
    from zwgk_excel.workflow.consolidation.consolidating import consolidate
    from zwgk_excel.workflow.consolidation.freshness import check_freshness

    def work() -> dict[str, Any]:
        with office(Path(root)) as desk:
            seen = check_freshness(desk, None)
            if seen.problems is not None:
                return {"files": 0, "written": False}
            done = consolidate(desk, as_of=None, who="测试", found=seen.found)
        return {"files": len(done.taken), "written": done.written}

    return timed(work)


def again(root: str) -> dict[str, Any]:
    """Take in what is new since, and track everything; the tracker itself is not written."""
    from zwgk_excel.workflow.intake.receiving import import_new
    from zwgk_excel.workflow.tracking.statuses import office_statuses

    def work() -> dict[str, Any]:
        with office(Path(root)) as desk, desk.ledger.exclusive():
            return {"files": len(import_new(desk)), "obligations": len(office_statuses(desk, NOW.date()).rows)}

    return timed(work)


def one_more(root: str, number: str) -> dict[str, Any]:
    """The same with one new file: the last unit's last return once more, with something added at its end."""
    source = files(Path(root))[-1]
    target = source.with_name(f"补-{number}-{source.name}")
    target.write_bytes(_touched(source.read_bytes(), number))
    shutil.copystat(source, target)
    return again(root)


def _touched(data: bytes, number: str) -> bytes:
    import zipfile

    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("docProps/custom.txt", number)
    return stream.getvalue()


def started(root: str, *arguments: str) -> dict[str, Any]:
    """A command line from its start to its end, in the folder of a county."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path.cwd()), os.environ.get("PYTHONPATH", "")))}

    def work() -> None:
        command = [sys.executable, *arguments]
        subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)

    return timed(work)


def plain(root: str) -> dict[str, Any]:
    """The floor: python-calamine reads the same two sheets of the same files on all processors, and nothing else."""
    paths = files(Path(root))
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]

    def work() -> dict[str, Any]:
        with ProcessPoolExecutor() as pool:
            return {"files": len(paths), "rows": sum(pool.map(plain_rows, chunks))}

    return timed(work)


def plain_rows(paths: list[Path]) -> int:
    """Rows in the two sheets of some files, read by calamine alone."""
    from python_calamine import CalamineWorkbook

    count = 0
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        count += sum(len(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in SHEETS)
    return count


def pandas_with(root: str, count: str, engine: str) -> dict[str, Any]:
    """What an analyst writes: every file by ``pandas.read_excel``, put together in one frame."""
    import pandas as pd

    paths = files(Path(root), int(count))

    def work() -> dict[str, Any]:
        frames = [pd.read_excel(path, sheet_name=list(SHEETS), header=2, engine=engine) for path in paths]
        items = pd.concat([each[SHEETS[1]].assign(file=path.name) for each, path in zip(frames, paths, strict=True)])
        return {"files": len(paths), "rows": len(items)}

    return timed(work)


def openpyxl_read_only(root: str, count: str) -> dict[str, Any]:
    """openpyxl in its read-only mode."""
    from openpyxl import load_workbook

    paths = files(Path(root), int(count))

    def work() -> dict[str, Any]:
        rows = 0
        for path in paths:
            book = load_workbook(path, read_only=True, data_only=True)
            rows += sum(1 for name in SHEETS for _ in book[name].iter_rows(values_only=True))
            book.close()
        return {"files": len(paths), "rows": rows}

    return timed(work)


def polars(root: str, count: str) -> dict[str, Any]:
    """polars over fastexcel."""
    import polars as pl

    paths = files(Path(root), int(count))

    def work() -> dict[str, Any]:
        rows = 0
        for path in paths:
            for name in SHEETS:
                frame = pl.read_excel(path, sheet_name=name, engine="calamine", read_options={"header_row": 2})
                rows += len(frame)
        return {"files": len(paths), "rows": rows}

    return timed(work)


# --- writing -----------------------------------------------------------------------------------


def contents(root: str, count: str) -> tuple[Office, list[Any]]:
    """What the report workbooks of so many units would hold."""
    from zwgk_excel.workbooks.report.report_workbook import ReportContent

    cycle = Month(2025, 3)
    with office(Path(root)) as desk:
        listed: dict[str, list[Any]] = {}
        for each in desk.listing(cycle, cycle.first):
            listed.setdefault(each.unit, []).append(each)
        made = [
            ReportContent(unit=unit, cycle=cycle, issued_on=cycle.first, listed=tuple(tasks),
                          mailbox="", office="办公室", signature="0" * 64)
            for unit, tasks in listed.items()
        ]  # fmt: skip
        return desk, [made[number % len(made)] for number in range(int(count))]


def generate(root: str, count: str) -> dict[str, Any]:
    """So many report workbooks on all processors."""
    from zwgk_excel.workflow.workers.reports import build_reports

    _, wanted = contents(root, count)
    return timed(lambda: {"files": int(count), "bytes": sum(map(len, build_reports(wanted)))})


def generate_bare(root: str, count: str) -> dict[str, Any]:
    """The floor: the same calls of xlsxwriter, made without us, on all processors."""
    _, wanted = contents(root, "1")
    shares = [_CHUNK] * (int(count) // _CHUNK) + ([int(count) % _CHUNK] if int(count) % _CHUNK else [])

    def work() -> dict[str, Any]:
        with ProcessPoolExecutor() as pool:
            return {"files": int(count), "bytes": sum(pool.map(_bare_reports, [wanted[0]] * len(shares), shares))}

    return timed(work)


def _bare_reports(content: Any, count: int) -> int:
    from benchmarks.replay import noting, replay
    from zwgk_excel.workbooks.report.report_workbook import report_workbook

    global _NOTED  # once for each worker
    if _NOTED is None:
        with noting() as _NOTED:
            report_workbook(content)
    return sum(len(replay(_NOTED)) for _ in range(count))


_NOTED: Any = None


def _view(root: str) -> Any:
    from zwgk_excel.workbooks.tracker.previous.office_input import OfficeInput
    from zwgk_excel.workflow.consolidation.tracker_view import tracker_view
    from zwgk_excel.workflow.tracking.statuses import office_statuses

    with office(Path(root)) as desk:
        return tracker_view(desk, office_statuses(desk, NOW.date()), None, OfficeInput((), ()))


def tracker(root: str) -> dict[str, Any]:
    """Write the tracker of everything taken in."""
    from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

    view = _view(root)
    return timed(lambda: {"bytes": len(tracker_workbook(view)), "obligations": len(view.rows)})


def tracker_bare(root: str) -> dict[str, Any]:
    """The floor: the same calls of xlsxwriter, made without us."""
    from benchmarks.replay import noting, replay
    from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

    with noting() as noted:
        tracker_workbook(_view(root))
    return timed(lambda: {"bytes": len(replay(noted)), "calls": len(noted.steps)})


def _tables(root: str) -> dict[str, list[list[Any]]]:
    from zwgk_excel.workbooks.tracker.rows.row_values import item_rows, receipt_rows, tracking_rows

    view = _view(root)
    found = {"tracking": tracking_rows(view), "items": item_rows(view), "receipts": receipt_rows(view)}
    return {
        key: [[_cell(row.get(column.key)) for column in layout("tracker")[key]] for row in rows]
        for key, rows in found.items()
    }


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | date) else value.text


def tracker_openpyxl(root: str) -> dict[str, Any]:
    """The values of the three large tables by openpyxl, without any look, formula or rule."""
    from openpyxl import Workbook

    tables = _tables(root)

    def work() -> dict[str, Any]:
        book = Workbook(write_only=True)
        for key, rows in tables.items():
            sheet = book.create_sheet(key)
            for row in rows:
                sheet.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return {"bytes": len(stream.getvalue())}

    return timed(work)


def tracker_pandas(root: str) -> dict[str, Any]:
    """The same by ``pandas.to_excel`` with xlsxwriter."""
    import pandas as pd

    tables = _tables(root)

    def work() -> dict[str, Any]:
        stream = io.BytesIO()
        with pd.ExcelWriter(stream, engine="xlsxwriter") as writer:
            for key, rows in tables.items():
                pd.DataFrame(rows).to_excel(writer, sheet_name=key, index=False)
        return {"bytes": len(stream.getvalue())}

    return timed(work)


def county(root: str, returns: str) -> dict[str, Any]:
    """Make a county with so many returns lying in 收件箱."""
    from benchmarks.county import new_county, size_of, unit_name, write_returns

    size = size_of(int(returns))
    desk = new_county(Path(root), size)
    write_returns(desk, size, Path(root) / "收件箱")
    shutil.copyfile(Path(root) / "zwgk.db", Path(root) / "zwgk.db.new")
    return {"seconds": 0.0, "units": size.units, "last": unit_name(size.units - 1)}


WORK: Mapping[str, Callable[..., dict[str, Any]]] = {
    each.__name__: each
    for each in (
        county, cold, curve, whole, again, one_more, started, plain, pandas_with, openpyxl_read_only, polars,
        generate, generate_bare, tracker, tracker_bare, tracker_openpyxl, tracker_pandas,
    )
}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(WORK[sys.argv[1]](*sys.argv[2:])))
